//! What the books make somebody ask, and what makes the question go away.

use mingzhang::ledger::book::OpenItem;
use mingzhang::ledger::entry::Line;
use mingzhang::ledger::event::Event;
use mingzhang::ledger::findings::{Finding, Grade, findings};
use mingzhang::ledger::json::Value;
use mingzhang::ledger::period::parse_date;
use mingzhang::services::books::Posted;
use test_case::test_case;

use crate::harness::{On, TestBook, cosigned, credit, debit, event, invoice, of, org, prepared};

async fn post(book: &mut TestBook, event: Event, lines: Vec<Line>) -> Posted {
    let mut draft = book.money(event, lines);
    draft.signs = vec![prepared(), cosigned()];
    book.post(draft).await.unwrap()
}

async fn say(book: &mut TestBook, event: Event) -> Posted {
    let draft = book.draft(event);
    book.post(draft).await.unwrap()
}

/// The finding of a code on a day.
async fn asked(book: &TestBook, code: &str, day: &str) -> Option<Finding> {
    let found = findings(&book.book().await.clone(), parse_date(day).unwrap());
    found.into_iter().find(|finding| finding.code == code)
}

async fn earn(book: &mut TestBook, amount: &str) -> Posted {
    let lines = vec![debit("R.1001.01", amount), credit("R.4508", amount)];
    post(book, event("income", []), lines).await
}

fn cost(no: &str, amount: &str) -> (Event, Vec<Line>) {
    let keys = [("evidence", invoice(no, amount)), ("payee", org("供电公司"))];
    (event("cost", keys), vec![debit("R.5501.02", amount), credit("R.1001.01", amount)])
}

async fn withdraw(book: &mut TestBook, posted: &Posted) {
    let lines = book.entry(posted.seq).await.entry.lines;
    let mirror = lines.iter().map(Line::mirror).collect();
    post(book, event("correct", of(posted, "重复入账")), mirror).await;
}

fn reply(to: &str) -> Event {
    event("reply", [("finding", Value::text(to)), ("text", Value::text("说明见附件"))])
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_paper_shown_twice_and_a_payment_split_are_asked_about(on: On) {
    let mut book = TestBook::open(on).await;
    earn(&mut book, "200000.00").await;
    let day = "2025-01-01";
    let (first, lines) = cost("E1", "45000.00");
    let first = post(&mut book, first, lines).await;
    assert_eq!(asked(&book, "paper_twice", day).await, None);
    assert_eq!(asked(&book, "split_under_limit", day).await, None, "one alone");
    let (again, lines) = cost("E1", "45000.00");
    let again = post(&mut book, again, lines).await;
    let twice = asked(&book, "paper_twice", day).await.unwrap();
    assert_eq!((twice.grade, twice.of), (Grade::Fact, vec![first.seq, again.seq]));
    assert!(twice.zh.contains("供电公司 的凭证 E1"), "{}", twice.zh);
    let split = asked(&book, "split_under_limit", day).await.unwrap();
    assert_eq!((split.grade, split.rule), (Grade::Doubt, Some("quotes_above")));
    let figures = [("amount", "90000.00".to_owned()), ("limit", "50000.00".to_owned())];
    assert_eq!(split.figures, figures);
    withdraw(&mut book, &again).await;
    assert_eq!(asked(&book, "paper_twice", day).await, None);
    assert_eq!(asked(&book, "split_under_limit", day).await, None);
    // Far under the limit, or on another day, it is nothing to ask about.
    let (small, lines) = cost("E2", "39999.99");
    post(&mut book, small, lines).await;
    book.on("2025-01-02");
    let (later, lines) = cost("E3", "45000.00");
    post(&mut book, later, lines).await;
    assert_eq!(asked(&book, "split_under_limit", "2025-01-02").await, None);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn what_nobody_answers_stays_a_finding(on: On) {
    let mut book = TestBook::open(on).await;
    earn(&mut book, "100.00").await;
    let keys = [
        ("day", Value::text("2025-01-01")),
        ("reason", Value::text("法院扣划")),
        ("serial", Value::text("S-1")),
    ];
    let lines = vec![debit("R.1221.04", "50.00"), credit("R.1001.01", "50.00")];
    let fact = post(&mut book, event("bank_fact", keys), lines).await;
    let found = asked(&book, "bank_fact", "2025-01-01").await.unwrap();
    assert_eq!(found.id(), format!("bank_fact:{}", fact.seq));
    say(&mut book, reply(&found.id())).await;
    assert_eq!(asked(&book, "bank_fact", "2025-01-01").await, None);

    let question = [("no", Value::text("Q-1")), ("text", Value::text("为何扣划？"))];
    say(&mut book, event("finding", question)).await;
    assert_eq!(asked(&book, "unanswered", "2025-01-16").await, None, "within fifteen days");
    let late = asked(&book, "unanswered", "2025-01-17").await.unwrap();
    assert_eq!((late.figures[1].1.as_str(), late.rule), ("16", Some("reply_days")));
    say(&mut book, reply("Q-1")).await;
    assert_eq!(asked(&book, "unanswered", "2025-01-17").await, None);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_quarter_without_notice_is_asked_about(on: On) {
    let mut book = TestBook::open(on).await;
    earn(&mut book, "100.00").await;
    assert_eq!(asked(&book, "publication_missing", "2025-04-30").await, None, "not due yet");
    let found = asked(&book, "publication_missing", "2025-05-01").await.unwrap();
    assert_eq!(found.figures[0].1, "1", "no money moved in the quarters before");
    book.on("2025-05-02");
    let keys = [
        ("file", Value::text("5".repeat(64))),
        ("from", Value::text("2025-05-02")),
        ("period", Value::text("2025-Q1")),
    ];
    say(&mut book, event("publication", keys)).await;
    assert_eq!(asked(&book, "publication_missing", "2025-05-02").await, None);
}

/// A statement of a month with one line, or none.
async fn statement(
    book: &mut TestBook,
    month: &str,
    ends: [&str; 2],
    line: Option<&str>,
    boxes: [&str; 2],
) {
    let text = |text: &str| Value::text(text);
    let month: mingzhang::ledger::period::Month = month.parse().unwrap();
    let account = || ("account", text("R.1001.01"));
    let head = event(
        "statement",
        [
            account(),
            ("bank_in", text(boxes[1])),
            ("bank_out", text("0.00")),
            ("book_in", text(boxes[0])),
            ("book_out", text("0.00")),
            ("closing", text(ends[1])),
            ("count", Value::Integer(u64::from(line.is_some()))),
            ("file", text(&"5".repeat(64))),
            ("from", Value::text(month.first_day())),
            ("opening", text(ends[0])),
            ("to", Value::text(month.last_day())),
        ],
    );
    let mut drafts = vec![book.draft(head)];
    if let Some(amount) = line {
        let item = OpenItem { day: month.first_day(), amount: amount.parse().unwrap() };
        let row = [text("S1")].into_iter().chain(item.cells()).collect();
        let rows = Value::List(vec![Value::List(row)]);
        drafts.push(book.draft(event("statement.lines", [account(), ("rows", rows)])));
    }
    book.batch(drafts).await.unwrap();
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn what_waits_out_a_statement_and_a_statement_that_is_missing_are_asked_about(on: On) {
    let mut book = TestBook::open(on).await;
    let earned = earn(&mut book, "100.00").await;
    let asked_on = async |book: &TestBook, day: &str| {
        let found = asked(book, "statement_missing", day).await;
        found.filter(|found| found.subject == "R.1001.01").map(|found| found.grade)
    };
    assert_eq!(asked_on(&book, "2025-03-31").await, None);
    assert_eq!(asked_on(&book, "2025-04-01").await, Some(Grade::Hint), "there never was one");
    book.on("2025-03-05");
    statement(&mut book, "2025-01", ["0.00", "100.00"], Some("100.00"), ["100.00", "100.00"]).await;
    assert_eq!(asked_on(&book, "2025-04-01").await, None);
    assert_eq!(asked_on(&book, "2025-05-01").await, Some(Grade::Fact), "they stopped");
    assert_eq!(asked(&book, "bank_unmatched", "2025-03-05").await, None, "the month itself");
    statement(&mut book, "2025-02", ["100.00", "100.00"], None, ["100.00", "100.00"]).await;
    let bank = asked(&book, "bank_unmatched", "2025-03-05").await.unwrap();
    assert_eq!(bank.figures, [("entries", "1".to_owned()), ("amount", "100.00".to_owned())]);
    let of_book = asked(&book, "book_unmatched", "2025-03-05").await.unwrap();
    assert_eq!(of_book.of, [earned.seq]);
    let item =
        OpenItem { day: parse_date("2025-01-01").unwrap(), amount: "100.00".parse().unwrap() };
    let row = |name: Value| {
        let cells = [Value::Integer(1), name].into_iter().chain(item.cells());
        Value::List(vec![Value::List(cells.collect())])
    };
    let keys = [
        ("account", Value::text("R.1001.01")),
        ("bank", row(Value::text("S1"))),
        ("book", row(Value::Integer(earned.seq))),
    ];
    say(&mut book, event("statement.match", keys)).await;
    assert_eq!(asked(&book, "bank_unmatched", "2025-03-05").await, None);
    assert_eq!(asked(&book, "book_unmatched", "2025-03-05").await, None);
}
