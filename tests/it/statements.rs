//! Statements beside the book: a line matched to what is recorded later, a wrong file replaced, a
//! wrong match taken apart.

use mingzhang::ledger::book::{BankBook, OpenItem, boxes};
use mingzhang::ledger::draft::Draft;
use mingzhang::ledger::event::Event;
use mingzhang::ledger::json::Value;
use mingzhang::ledger::money::Money;
use mingzhang::ledger::period::parse_date;
use mingzhang::services::books::Posted;
use test_case::test_case;

use crate::harness::{On, TestBook, credit, debit, event, of};

const ACCOUNT: &str = "R.1001.01";

/// A period: days, opening and closing, count, then the four totals of entries and of the bank.
struct Period {
    days: [&'static str; 2],
    ends: [&'static str; 2],
    count: u64,
    boxes: [&'static str; 4],
}

fn statement(period: &Period, replaced: Option<&Posted>) -> Event {
    let text = |text: &str| Value::text(text);
    let [book_in, book_out, bank_in, bank_out] = period.boxes;
    let keys = [
        ("account", text(ACCOUNT)),
        ("bank_in", text(bank_in)),
        ("bank_out", text(bank_out)),
        ("book_in", text(book_in)),
        ("book_out", text(book_out)),
        ("closing", text(period.ends[1])),
        ("count", Value::Integer(period.count)),
        ("file", text(&"5".repeat(64))),
        ("from", text(period.days[0])),
        ("opening", text(period.ends[0])),
        ("to", text(period.days[1])),
    ];
    match replaced {
        None => event("statement", keys),
        Some(posted) => event("statement.replace", keys.into_iter().chain(of(posted, "文件有误"))),
    }
}

fn item(day: &str, amount: &str) -> OpenItem {
    OpenItem { day: parse_date(day).unwrap(), amount: amount.parse().unwrap() }
}

fn row(keys: impl IntoIterator<Item = Value>, item: OpenItem) -> Value {
    Value::List(keys.into_iter().chain(item.cells()).collect())
}

fn lines(rows: &[(&str, OpenItem)], dropped: &[&str]) -> Event {
    let rows = rows.iter().map(|(serial, item)| row([Value::text(serial)], *item)).collect();
    let dropped = dropped.iter().map(|serial| Value::List(vec![Value::text(serial)])).collect();
    let keys = [("dropped", Value::List(dropped)), ("rows", Value::List(rows))];
    let said = keys.into_iter().filter(|(_, list)| *list != Value::List(Vec::new()));
    event("statement.lines", said.chain([("account", Value::text(ACCOUNT))]))
}

/// Groups of one line and one entry.
fn matched(pairs: &[(&str, OpenItem, u64, OpenItem)]) -> Event {
    let group = |no: usize| Value::Integer(no as u64 + 1);
    let bank = pairs.iter().enumerate();
    let bank = bank.map(|(no, (serial, item, ..))| row([group(no), Value::text(serial)], *item));
    let book = pairs.iter().enumerate();
    let book = book.map(|(no, (_, _, seq, item))| row([group(no), Value::Integer(*seq)], *item));
    let (bank, book) = (Value::List(bank.collect()), Value::List(book.collect()));
    event("statement.match", [("account", Value::text(ACCOUNT)), ("bank", bank), ("book", book)])
}

fn unmatched(posted: &Posted, group: u64) -> Event {
    let groups = Value::List(vec![Value::List(vec![Value::Integer(group)])]);
    let keys = [("account", Value::text(ACCOUNT)), ("groups", groups)];
    event("statement.unmatch", keys.into_iter().chain(of(posted, "对错了")))
}

async fn receive(book: &mut TestBook, day: &str, amount: &str) -> u64 {
    book.on(day);
    let lines = vec![debit(ACCOUNT, amount), credit("R.4502.01", amount)];
    let draft = book.money(event("income", []), lines);
    book.post(draft).await.unwrap().seq
}

fn batch(book: &mut TestBook, events: Vec<Event>) -> Vec<Draft> {
    events.into_iter().map(|event| book.draft(event)).collect()
}

async fn bank(book: &TestBook) -> BankBook {
    book.book().await.bank_book(ACCOUNT.parse().unwrap()).unwrap().clone()
}

/// January's and February's statements; a line of January is recorded in March only.
async fn two_months(book: &mut TestBook) -> [Vec<Posted>; 2] {
    let first = receive(book, "2025-01-10", "100.00").await;
    let second = receive(book, "2025-01-31", "40.00").await;
    book.on("2025-02-05");
    let january = Period {
        days: ["2025-01-01", "2025-01-31"],
        ends: ["0.00", "130.00"],
        count: 2,
        boxes: ["40.00", "0.00", "30.00", "0.00"],
    };
    let (a, b) = (item("2025-01-10", "100.00"), item("2025-01-20", "30.00"));
    let events = vec![
        statement(&january, None),
        lines(&[("J1", a), ("J2", b)], &[]),
        matched(&[("J1", a, first, a)]),
    ];
    let drafts = batch(book, events);
    let january = book.batch(drafts).await.unwrap();
    let late = receive(book, "2025-03-03", "30.00").await;
    let draft = book.draft(matched(&[("J2", b, late, item("2025-03-03", "30.00"))]));
    book.post(draft).await.unwrap();
    let february = Period {
        days: ["2025-02-01", "2025-02-28"],
        ends: ["130.00", "170.00"],
        count: 1,
        boxes: ["0.00", "0.00", "30.00", "0.00"],
    };
    let line = item("2025-02-01", "40.00");
    let events = vec![
        statement(&february, None),
        lines(&[("F1", line)], &[]),
        matched(&[("F1", line, second, item("2025-01-31", "40.00"))]),
    ];
    let drafts = batch(book, events);
    [january, book.batch(drafts).await.unwrap()]
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_line_matched_to_what_comes_later_blocks_no_statement(on: On) {
    let mut book = TestBook::open(on).await;
    two_months(&mut book).await;
    let bank = bank(&book).await;
    assert!(bank.bank_open.is_empty() && bank.book_open.is_empty(), "everything is matched");
    let of = |day: &str| boxes(&bank, parse_date(day).unwrap());
    assert_eq!(of("2025-02-28").bank_in.to_string(), "30.00", "recorded in March");
    assert_eq!(of("2025-01-31").book_in.to_string(), "40.00", "the bank had it in February");
    assert_eq!(of("2025-03-31").bank_in, Money::ZERO);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_wrong_file_is_replaced_between_its_neighbours(on: On) {
    let mut book = TestBook::open(on).await;
    let [january, february] = two_months(&mut book).await;
    let whole = |closing, count, boxes| Period {
        days: ["2025-01-01", "2025-01-31"],
        ends: ["0.00", closing],
        count,
        boxes,
    };
    // J1 was two lines of the bank; as long as it is matched it can't fall.
    let a = item("2025-01-10", "100.00");
    let halves = [("J1a", item("2025-01-10", "60.00")), ("J1b", item("2025-01-10", "40.00"))];
    let open = ["40.00", "0.00", "130.00", "0.00"];
    let entry_open = ["140.00", "0.00", "130.00", "0.00"];
    let replacing = |closing, boxes| statement(&whole(closing, 3, boxes), Some(&january[0]));
    let events = vec![replacing("130.00", open), lines(&halves, &["J1"])];
    let drafts = batch(&mut book, events);
    book.batch(drafts).await.expect_err("J1 is matched");
    let draft = book.draft(unmatched(&january[2], 1));
    book.post(draft).await.unwrap();
    assert_eq!(bank(&book).await.bank_open.get("J1"), Some(&a), "open again");
    for (closing, boxes) in [("130.01", entry_open), ("130.00", open)] {
        let events = vec![replacing(closing, boxes), lines(&halves, &["J1"])];
        let drafts = batch(&mut book, events);
        book.batch(drafts).await.expect_err("February opens with 130.00, the entry is open");
    }
    let events = vec![replacing("130.00", entry_open), lines(&halves, &["J1"])];
    let drafts = batch(&mut book, events);
    let replaced = book.batch(drafts).await.unwrap();
    let stands = bank(&book).await;
    assert_eq!(stands.statements.len(), 2);
    assert_eq!((stands.statements[0].version, stands.statements[0].came), (replaced[0].seq, 3));
    assert_eq!(stands.bank_open.keys().collect::<Vec<_>>(), ["J1a", "J1b"], "J2 stays matched");

    // February's match survives; taken apart, its entry waits at the end of January again.
    let draft = book.draft(unmatched(&february[2], 1));
    book.post(draft).await.unwrap();
    let stands = bank(&book).await;
    assert_eq!(stands.statements[0].straddling.book_in, Money::ZERO);
    assert_eq!(boxes(&stands, stands.statements[0].to).book_in.to_string(), "140.00");
    let draft = book.draft(unmatched(&february[2], 1));
    assert_eq!(book.refusal(draft).await, "statement", "taken apart once");
}
