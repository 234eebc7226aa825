//! What is bounded: fees by clause also after their year, one clause for the same accounts,
//! toppings-up by rule, and what an overdrawn account still takes.

use mingzhang::ledger::draft::Draft;
use mingzhang::ledger::entry::Line;
use mingzhang::ledger::event::Event;
use mingzhang::ledger::findings::findings;
use mingzhang::ledger::json::Value;
use mingzhang::services::books::{PostError, Posted};
use test_case::test_case;

use crate::harness::{On, TestBook, cosigned, credit, debit, event, invoice, of, org, prepared};

fn clause(no: &str, rate: Option<u64>, base: &[&str], from: &str) -> Event {
    let base: Vec<_> = base.iter().map(|code| Value::List(vec![Value::text(code)])).collect();
    let mode = if rate.is_some() { "agreed" } else { "itemised" };
    let mut keys = vec![
        ("cite", Value::text("物业服务合同第八条")),
        ("from", Value::text(from)),
        ("mode", Value::text(mode)),
        ("no", Value::text(no)),
    ];
    keys.extend(rate.map(|rate| ("rate_bp", Value::Integer(rate))));
    keys.extend((!base.is_empty()).then_some(("base", Value::List(base))));
    event("clause", keys)
}

fn signed(mut draft: Draft) -> Draft {
    draft.signs = vec![prepared(), cosigned()];
    draft
}

async fn post(book: &mut TestBook, event: Event, lines: Vec<Line>) -> Posted {
    let draft = signed(book.money(event, lines));
    book.post(draft).await.unwrap()
}

/// The sentence of the refusal.
async fn refused(book: &mut TestBook, event: Event, lines: Vec<Line>) -> String {
    let draft = signed(book.money(event, lines));
    match book.post(draft).await.unwrap_err() {
        PostError::Refused { violation, .. } => violation.to_string(),
        other => other.to_string(),
    }
}

async fn say(book: &mut TestBook, event: Event) -> Result<Posted, PostError> {
    let draft = book.draft(event);
    book.post(draft).await
}

fn income(amount: &str) -> Vec<Line> {
    vec![debit("R.1001.01", amount), credit("R.4508", amount)]
}

fn fee(amount: &str) -> (Event, Vec<Line>) {
    let keys = [("clause", Value::text("8")), ("payee", org("甲物业公司"))];
    (event("cost", keys), vec![debit("R.5501.06", amount), credit("R.1001.01", amount)])
}

async fn close_2025(book: &mut TestBook) {
    book.on("2026-02-01");
    let to = Value::text("2025-12-31");
    let keys = [("fund", Value::text("R")), ("period_kind", Value::text("year")), ("to", to)];
    let mut draft = signed(book.draft(event("close", keys)));
    let stands = book.book().await;
    let to = "2025-12-31".parse().unwrap();
    draft.lines = stands.closing_lines(stands.rules().unwrap(), "R".parse().unwrap(), to);
    draft.date = Some(to);
    book.post(draft).await.unwrap();
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_correction_into_a_closed_year_changes_a_clauses_base(on: On) {
    let mut book = TestBook::open(on).await;
    say(&mut book, clause("8", Some(2_000), &["R.4508"], "2025-01-01")).await.unwrap();
    let received = post(&mut book, event("income", []), income("1000.00")).await;
    let (charged, lines) = fee("200.00");
    post(&mut book, charged, lines).await;
    close_2025(&mut book).await;
    let (more, lines) = fee("0.01");
    let said = refused(&mut book, more, lines).await;
    assert!(said.contains("at most 200.00 so far, charged 200.00, this 0.01"), "{said}");

    let right = |amount: &str| vec![debit("R.1001.01", amount), credit("R.3201", amount)];
    let mirror = |amount: &str| -> Vec<Line> { right(amount).iter().map(Line::mirror).collect() };
    let correct = |from: &str, to: &str| {
        (event("correct", of(&received, "实收不同")), [mirror(from), right(to)].concat())
    };
    let (raised, lines) = correct("1000.00", "2000.00");
    post(&mut book, raised, lines).await;
    let (more, lines) = fee("200.01");
    let said = refused(&mut book, more, lines).await;
    assert!(said.contains("at most 400.00 so far"), "{said}");
    let (more, lines) = fee("200.00");
    post(&mut book, more, lines).await;
    // Corrected once more, on the account that it was about: the base is smaller again.
    let (lowered, lines) = correct("2000.00", "1500.00");
    post(&mut book, lowered, lines).await;
    let (more, lines) = fee("0.01");
    let said = refused(&mut book, more, lines).await;
    assert!(said.contains("at most 300.00 so far, charged 400.00"), "{said}");
    let over = async |book: &TestBook| {
        let found = findings(&book.book().await.clone(), "2026-02-01".parse().unwrap());
        found.into_iter().find(|finding| finding.code == "fee_over_ceiling")
    };
    let found = over(&book).await.expect("400.00 were charged");
    assert_eq!(found.figures[1], ("limit", "300.00".to_owned()));
    let keys = [
        ("clause", Value::text("8")),
        ("evidence", invoice("F", "100.00")),
        ("party", org("甲物业公司")),
        ("reason", Value::text("多提管理费")),
    ];
    let lines = vec![debit("R.1221.04", "100.00"), credit("R.5501.06", "100.00")];
    post(&mut book, event("claim", keys), lines).await;
    assert_eq!(over(&book).await, None);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_mixed_cost_is_corrected_in_a_closed_year_line_by_line(on: On) {
    let mut book = TestBook::open(on).await;
    say(&mut book, clause("8", Some(2_000), &["R.4508"], "2025-01-01")).await.unwrap();
    post(&mut book, event("income", []), income("1000.00")).await;
    let keys = [
        ("clause", Value::text("8")),
        ("evidence", invoice("E1", "100.00")),
        ("payee", org("甲物业公司")),
    ];
    let lines = vec![
        debit("R.5501.02", "100.00"),
        debit("R.5501.06", "200.00"),
        credit("R.1001.01", "300.00"),
    ];
    let cost = post(&mut book, event("cost", keys), lines).await;
    close_2025(&mut book).await;
    let of_lines = |power: &str, fee: &str, bank: &str| {
        vec![debit("R.3201", power), debit("R.3201", fee), credit("R.1001.01", bank)]
    };
    let mirror: Vec<Line> =
        of_lines("100.00", "200.00", "300.00").iter().map(Line::mirror).collect();
    let correct = || event("correct", of(&cost, "电费有误"));
    let lines = [mirror.clone(), of_lines("100.01", "200.00", "300.01")].concat();
    let said = refused(&mut book, correct(), lines).await;
    assert!(said.starts_with("I9") && said.contains("100.01"), "the paper shows 100.00: {said}");
    let lines = [mirror, of_lines("90.00", "200.00", "290.00")].concat();
    post(&mut book, correct(), lines).await;
    assert_eq!(book.book().await.clauses()["8"].charged[&None].to_string(), "200.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn beside_a_rate_nothing_else_is_charged_on_the_same_accounts(on: On) {
    let mut book = TestBook::open(on).await;
    let rate = Some(2_000);
    say(&mut book, clause("8", rate, &["R.4501"], "2025-01-01")).await.unwrap();
    let taken = [
        clause("9", rate, &["R.4501.01"], "2025-06-01"),
        clause("9", None, &["R.4501.01"], "2025-06-01"),
        clause("9", None, &[], "2025-06-01"),
    ];
    for overlapping in taken {
        let draft = book.draft(overlapping);
        assert_eq!(book.refusal(draft).await, "I9");
    }
    say(&mut book, clause("9", None, &["R.4502"], "2025-06-01")).await.unwrap();
    say(&mut book, clause("10", None, &["R.4502"], "2025-06-01")).await.unwrap();
    let end = |no: &str, on: &str| {
        let text = Value::text;
        event("clause.end", [("no", text(no)), ("on", text(on)), ("reason", text("合同到期"))])
    };
    for (no, on, rule) in
        [("7", "2025-06-30", "I9"), ("8", "2024-12-31", "reference"), ("8", "2025-06-30", "")]
    {
        match rule {
            "" => drop(say(&mut book, end(no, on)).await.unwrap()),
            rule => {
                let draft = book.draft(end(no, on));
                assert_eq!(book.refusal(draft).await, rule);
            }
        }
    }
    let draft = book.draft(end("8", "2025-07-31"));
    assert_eq!(book.refusal(draft).await, "I9", "an ended clause isn't prolonged");
    say(&mut book, clause("11", rate, &["R.4501.01"], "2025-07-01")).await.unwrap();
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_rule_commands_its_share_and_no_more(on: On) {
    let mut book = TestBook::open(on).await;
    post(&mut book, event("income", []), income("1000.00")).await;
    let top_up = |amount: &str| {
        let lines = vec![
            debit("R.5502", amount),
            credit("R.1001.01", amount),
            debit("F.1001.01", amount),
            credit("F.4201.01", amount),
        ];
        (event("top_up", [("rule", Value::text("top_up_share_percent"))]), lines)
    };
    let (over, lines) = top_up("500.01");
    let said = refused(&mut book, over, lines).await;
    assert!(said.starts_with("I9") && said.contains("at most 500.00 so far"), "{said}");
    let (all, lines) = top_up("500.00");
    let all = post(&mut book, all, lines).await;
    let (over, lines) = top_up("0.01");
    assert!(refused(&mut book, over, lines).await.contains("used 500.00"));
    let mirrored: Vec<Line> = top_up("100.00").1.iter().map(Line::mirror).collect();
    post(&mut book, event("top_up.return", of(&all, "多转")), mirrored).await;
    let (again, lines) = top_up("100.00");
    post(&mut book, again, lines).await;
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_batch_may_make_an_overdrawn_account_better(on: On) {
    let mut book = TestBook::open(on).await;
    let keys = [
        ("day", Value::text("2025-01-01")),
        ("reason", Value::text("法院扣划")),
        ("serial", Value::text("S-1")),
    ];
    let lines = vec![debit("R.1221.04", "50.00"), credit("R.1001.01", "50.00")];
    post(&mut book, event("bank_fact", keys), lines).await;
    let out = |book: &mut TestBook, amount: &str| {
        let lines = vec![debit("R.1001.02", amount), credit("R.1001.01", amount)];
        signed(book.money(event("transfer", []), lines))
    };
    let parts = vec![out(&mut book, "5.00"), book.money(event("income", []), income("4.99"))];
    assert!(book.batch(parts).await.is_err(), "0.01 worse");
    let parts = vec![out(&mut book, "5.00"), book.money(event("income", []), income("20.00"))];
    book.batch(parts).await.unwrap();
    assert_eq!(book.balance("R.1001.01").await, "-35.00");
}
