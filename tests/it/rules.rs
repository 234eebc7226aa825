//! A book goes on under other rules: from their day on, never for what was judged before.

use mingzhang::ledger::entry::Line;
use mingzhang::ledger::findings::{Grade, findings};
use mingzhang::ledger::json::Value;
use mingzhang::ledger::period::parse_date;
use mingzhang::services::bookkeeper::{AdoptRules, OpenError, adopt_rules, command_line};
use mingzhang::services::books::{PostError, Posted};
use mingzhang::services::packs::OwnParam;
use test_case::test_case;

use crate::harness::{On, TestBook, credit, debit, estate, event};

async fn adopt(book: &TestBook, from: &str, own: &[(&str, &str)]) -> Result<Posted, OpenError> {
    let param = |(key, value): &(&str, &str)| OwnParam {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
        cite: "业主大会议事规则第三条".to_owned(),
    };
    let adopt = AdoptRules {
        code: estate(),
        pack: "cn-gansu-minle".to_owned(),
        from: parse_date(from).unwrap(),
        own: own.iter().map(param).collect(),
    };
    let posted = adopt_rules(&book.books, &adopt, command_line("o_operator")).await;
    book.check().await;
    posted
}

fn settled(fee: &str, bank: &str) -> Vec<Line> {
    vec![debit("R.1001.01", bank), debit("R.5501.05", fee), credit("R.1002", "100.00")]
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn rules_judge_what_is_dated_from_their_day_on(on: On) {
    let mut book = TestBook::open(on).await;
    let received = vec![debit("R.1002", "300.00"), credit("R.4502.01", "300.00")];
    let draft = book.money(event("income", []), received);
    book.post(draft).await.unwrap();
    book.on("2025-02-20");
    let own = [("fee_percent_max", "10")];
    match adopt(&book, "2025-02-19", &own).await.unwrap_err() {
        OpenError::Post(PostError::Refused { violation, .. }) => {
            assert_eq!(violation.rule().code(), "I8", "{violation}");
        }
        other => panic!("{other}"),
    }
    let first = adopt(&book, "2025-03-01", &own).await.unwrap();
    assert!(adopt(&book, "2025-03-01", &own).await.unwrap().known, "said twice is said once");

    let channel = || event("settle", [("channel", Value::text("微信"))]);
    book.on("2025-03-02");
    for (date, taken) in [("2025-02-28", false), ("2025-03-01", true)] {
        let mut draft = book.money(channel(), settled("8.00", "92.00"));
        draft.date = parse_date(date).ok();
        if taken {
            book.post(draft).await.unwrap();
        } else {
            assert_eq!(book.refusal(draft).await, "I9", "8 percent on {date}");
        }
    }
    // Rules recorded later for an earlier day go before those announced for a later one.
    adopt(&book, "2025-06-01", &[("fee_percent_max", "50")]).await.unwrap();
    adopt(&book, "2025-04-01", &[]).await.unwrap();
    let stands = book.book().await;
    let rules = stands.rules().unwrap();
    let at = |day: &str| rules.number("fee_percent_max", parse_date(day).unwrap());
    let days = ["2025-02-28", "2025-03-31", "2025-04-01", "2025-06-01"];
    assert_eq!(days.map(at), [Some(3), Some(10), Some(3), Some(3)]);
    let own = rules.earlier.as_ref().and_then(|e| e.earlier.as_ref()).unwrap();
    assert_eq!((own.seq, own.pack.as_str()), (first.seq, "cn-gansu-minle"));
    let param = own.params().find(|(key, _)| *key == "fee_percent_max").unwrap().1;
    assert!(!param.verified && param.cite.contains("议事规则"));
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn what_a_book_took_over_is_a_hint_until_its_grace_is_over(on: On) {
    let mut book = TestBook::open(on).await;
    let contract = |no: &str, from: &str| {
        let keys = [
            ("authority", Value::map([("none", Value::text("无"))])),
            ("from", Value::text(from)),
            ("no", Value::text(no)),
            ("paper", Value::text("none")),
            ("site", Value::text("摊位")),
        ];
        event("contract", keys)
    };
    let draft = book.draft(contract("OLD", "2023-01-01"));
    book.post(draft).await.unwrap();
    adopt(&book, "2025-01-01", &[("grace_until", "2025-06-30")]).await.unwrap();
    let grades = async |book: &TestBook, day: &str| {
        let found = findings(&book.book().await.clone(), parse_date(day).unwrap());
        let grade = |code: &str| found.iter().find(|f| f.code == code).map(|f| f.grade);
        (grade("no_contract"), grade("no_authority"))
    };
    let (hint, fact) = (Some(Grade::Hint), Some(Grade::Fact));
    assert_eq!(grades(&book, "2025-06-30").await, (hint, hint));
    assert_eq!(grades(&book, "2025-07-01").await, (fact, fact));
    // One that the book didn't take over is none of the old ones.
    let draft = book.draft(contract("NEW", "2025-02-01"));
    book.post(draft).await.unwrap();
    let found = findings(&book.book().await.clone(), parse_date("2025-03-01").unwrap());
    let of = |no: &str| found.iter().find(|f| f.subject == no && f.code == "no_contract");
    assert_eq!(of("OLD").map(|f| (f.grade, f.rule)), Some((Grade::Hint, Some("grace_until"))));
    assert_eq!(of("NEW").map(|f| (f.grade, f.rule)), Some((Grade::Fact, None)));
    assert_eq!(found.iter().find(|f| f.code == "no_authority").map(|f| f.grade), fact);
}
