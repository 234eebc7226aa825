//! What a person answers, and what the program makes of it.

use mingzhang::exchange::answers::{AnswerError, Answers, template};
use mingzhang::exchange::grammar::name::PartyKind;
use mingzhang::exchange::preview::to_json;
use mingzhang::exchange::register::{
    Options, Register, RegisterError, SheetTotal, Status, reference,
};
use mingzhang::ledger::money::Money;

use super::{line, october, sites};

fn answered(answers: &str) -> Result<Register, RegisterError> {
    let bytes = include_bytes!("../../data/lease-register-2018-10.xlsx");
    let answers: Answers = answers.parse().map_err(RegisterError::Answers)?;
    Register::read("r.xlsx", bytes, &Options { answers, ..Options::default() })
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

#[test]
fn answers_settle_what_was_asked() {
    let register = answered(
        r#"
        [row."28"]
        account = "R.4599"
        [row."30"]
        skip = "物业费的滞纳金"
        [row."31"]
        money = "common"
        [row."6"]
        party = "organisation"
        "#,
    )
    .unwrap();
    assert_eq!(register.open_rows().count(), 0);
    let account = |row| register.row(row).and_then(|row| row.read.account).map(|a| a.to_string());
    assert_eq!(account(28).as_deref(), Some("R.4599"));
    assert_eq!(account(31).as_deref(), Some("R.2242"));
    assert_eq!(register.row(30).unwrap().status, Status::Skipped);
    assert_eq!(register.row(6).unwrap().read.counterparty_kind, PartyKind::Organisation);
    assert_eq!(register.totals.to_post, money("23770.01"));
    assert_eq!(register.totals.held, Money::ZERO);
    // The sheet's own sums still hold: leaving a row out doesn't change what was received.
    assert!(register.totals.sheet.iter().all(SheetTotal::agrees));
}

#[test]
fn money_that_is_not_the_owners_is_left_out() {
    for place in ["operator", "outside"] {
        let register = answered(&format!("[row.\"31\"]\nmoney = \"{place}\"")).unwrap();
        assert_eq!(register.row(31).unwrap().status, Status::Skipped, "{place}");
    }
    let held = answered("[row.\"28\"]\naccount = \"R.4599\"\nmoney = \"operator\"").unwrap();
    assert_eq!(held.row(28).unwrap().read.place(), "R.1221.01");
}

#[test]
fn an_invalid_day_is_settled_by_the_last_day_that_was_meant() {
    let bytes = include_bytes!("../../data/site-contracts-2018-12.csv");
    let answers = "[row.\"15\"]\nends = 2023-11-30\naccount = \"R.2242\"".parse().unwrap();
    let register =
        Register::read("c.csv", bytes, &Options { answers, ..Options::default() }).unwrap();
    let row = register.row(15).unwrap();
    assert_eq!(row.status, Status::Fixed);
    assert!(line(row).contains("2018-12-01…2023-11-30"), "{}", line(row));
}

#[test]
fn a_slip_in_the_answers_is_named() {
    let slip = |text: &str| match answered(text).unwrap_err() {
        RegisterError::Answers(error) => error,
        other => panic!("{other}"),
    };
    assert_eq!(slip("[row.\"99\"]\nskip = \"x\""), AnswerError::UnknownRow { row: "99".into() });
    assert_eq!(slip("[row.\"2\"]\nskip = \"x\""), AnswerError::UnknownRow { row: "2".into() });
    assert_eq!(slip("[row.x]\nskip = \"x\""), AnswerError::UnknownRow { row: "x".into() });
    let key = AnswerError::UnknownKey { key: "row.\"28\".acount".into() };
    assert_eq!(slip("[row.\"28\"]\nacount = \"R.4599\""), key);
    assert_eq!(slip("rows = 1"), AnswerError::UnknownKey { key: "rows".into() });
    assert!(matches!(slip("[row"), AnswerError::Syntax { .. }));
    for bad in [
        "account = \"R.1001\"",
        "account = \"F.4001\"",
        "account = 4599",
        "ends = 2023-11-31",
        "ends = \"soon\"",
        "money = \"bank\"",
        "period = \"2018-13\"",
        "party = \"firm\"",
        "per = \"week\"",
        "received = \"1\"",
        "quantity = -1",
        "skip = \"\"",
    ] {
        let error = slip(&format!("[row.\"28\"]\n{bad}"));
        let named = matches!(error, AnswerError::BadValue { .. } | AnswerError::Syntax { .. });
        assert!(named, "{bad}: {error}");
    }
}

#[test]
fn the_template_lists_each_open_row_and_settles_none() {
    let register = october();
    let text = template(&register);
    for wanted in [
        "[row.\"28\"]",
        "[row.\"30\"]",
        "[row.\"31\"]",
        "# account = \"R.4599\"",
        "# money = \"common\"",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    assert!(!text.contains("[row.\"6\"]"));
    let answers: Answers = text.parse().unwrap();
    assert_eq!(answers.rows.len(), 3);
    assert_eq!(answered(&text).unwrap().open_rows().count(), 3);
    assert!(template(&sites()).contains("# ends = 2023-11-30"));
}

#[test]
fn the_preview_is_the_agreed_json() {
    let json = to_json(&october());
    assert_eq!(json["format"], "import/1");
    assert_eq!(json["month"], "2018-10");
    assert_eq!(json["rows"].as_array().unwrap().len(), 32);
    let row = &json["rows"][7];
    assert_eq!((&row["row"], &row["status"]), (&8.into(), &"fixed".into()));
    let fix = &row["fixes"][0];
    assert_eq!(fix["field"], "due");
    assert_eq!(fix["from"], "5000元/月 ");
    assert_eq!(fix["to"], "5000.00/month");
    assert_eq!(fix["why"], "blank");
    assert_eq!(row["errors"], serde_json::json!([]));
    let totals = serde_json::json!({
        "due_month": "45998.50", "received": "24178.91",
        "due_month_without_contract": "13960.00", "to_post": "23350.00", "held": "828.91",
        "sheet": [
            {"row": 27, "printed": "23350.00", "computed": "23350.00", "agrees": true},
            {"row": 32, "printed": "24178.91", "computed": "24178.91", "agrees": true},
        ],
    });
    assert_eq!(json["totals"], totals);
    // Every amount is a string, and nothing is said by null.
    assert!(!json.to_string().contains("null"));
    let refused = &to_json(&sites())["rows"][14];
    assert_eq!(refused["status"], "refused");
    assert_eq!(refused["errors"][0]["code"], "no_such_day");
}

#[test]
fn equal_rows_have_references_of_their_own() {
    let rows = "名称,应收金额,实收金额\n仓库,100元/月,100\n仓库,100元/月,100\n";
    let month = "2018-10".parse().ok();
    let options = Options { month, ..Options::default() };
    let register = Register::read("r.csv", rows.as_bytes(), &options).unwrap();
    let reference = |number: u32| {
        let row = register.row(number).unwrap();
        reference::row_ref(b"secret", "income", &register.sheet, &row.cells, row.nth)
    };
    assert_ne!(reference(2), reference(3));
    assert_eq!(register.row(3).map(|row| row.nth), Some(2));
}
