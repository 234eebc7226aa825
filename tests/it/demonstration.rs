//! The demonstration county: each estate shows what it is there for, and all of it is sound.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use mingzhang::ledger::account::Fund;
use mingzhang::ledger::book::Book;
use mingzhang::ledger::findings::findings;
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::listing::Filter;
use mingzhang::ledger::statements::{gap_of_book, income_statement, position};
use mingzhang::services::demonstration::{self, Wanted};

use crate::harness::{On, TestBook, export, verified};

/// The county as of a day.
pub async fn county(as_of: &str) -> TestBook {
    made(On::Sqlite, as_of, None).await
}

async fn made(on: On, as_of: &str, only: Option<&[EstateCode]>) -> TestBook {
    let book = TestBook::empty(on).await;
    let wanted = Wanted { as_of: day(as_of), only, ..Wanted::default() };
    demonstration::make(&book.books, &book.clock, &wanted, &|_| {}).await.unwrap();
    book
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn code(serial: &str) -> EstateCode {
    format!("620722-{serial}").parse().unwrap()
}

async fn of(county: &TestBook, serial: &str) -> Arc<Book> {
    county.books.book(code(serial)).await.unwrap().unwrap()
}

fn balance(book: &Book, account: &str) -> String {
    book.balances().balance(account.parse().unwrap()).to_string()
}

/// The codes of an estate's findings on the last day.
fn codes(book: &Book) -> BTreeSet<&'static str> {
    findings(book, demonstration::last_day()).iter().map(|finding| finding.code).collect()
}

/// What each estate makes one ask about; nothing where it is as it should be.
const SHOWS: &[(&str, &[&str])] = &[
    ("0001", &[]),
    ("0002", &[]),
    ("0003", &["gap", "overdue"]),
    ("0004", &["silent"]),
    ("0005", &[]),
    ("0006", &["operator_held"]),
    ("0007", &[]),
    ("0008", &["unproven"]),
    (
        "0009",
        &[
            "asset_without_contract",
            "contract_expired",
            "contract_renewing",
            "gap",
            "no_authority",
            "no_contract",
            "overdue",
            "ownership_unclear",
            "receipt_outside_term",
        ],
    ),
    ("0010", &["opening_unproven"]),
    ("0011", &[]),
    ("0012", &[]),
    ("0017", &["opening_unproven"]),
];

#[tokio::test]
async fn every_estate_shows_what_it_is_there_for() {
    let county = county("2026-06-30").await;
    for (serial, shows) in SHOWS {
        let book = of(&county, serial).await;
        let found = codes(&book);
        assert_eq!(found, shows.iter().copied().collect(), "{serial}");
        assert_eq!(book.delays().late, 0, "{serial}: recorded when it happened");
    }
    for (serial, account, stands) in [
        ("0002", "R.1221.01", "0.00"),
        ("0005", "R.1221.01", "0.00"),
        ("0006", "R.1221.01", "96969.00"),
        ("0007", "R.4503.01", "-6800.00"),
        ("0007", "R.4503.02", "-3900.00"),
        ("0007", "R.5501.02", "0.00"),
        ("0008", "R.1221.03", "6780.00"),
        ("0008", "R.5501.03", "17500.00"),
        ("0010", "R.1001.01", "0.00"),
        ("0010", "R.1221.02", "7000.00"),
        ("0010", "R.3209", "-7000.00"),
        ("0011", "R.4503.01", "-260.00"),
    ] {
        assert_eq!(balance(&*of(&county, serial).await, account), stands, "{serial} {account}");
    }
    for (serial, entries) in [("0011", 3), ("0012", 2)] {
        assert_eq!(of(&county, serial).await.head().entries, entries, "{serial}");
    }
    let unpaid = gap_of_book(&*of(&county, "0003").await);
    assert_eq!(unpaid.to_string(), "69600.00");
    let silent = of(&county, "0004").await.last_day().unwrap();
    assert!((demonstration::last_day() - silent).num_days() > 120);
    of_the_old_registers(&county).await;
    both_pots(&county).await;
}

/// The registers of 2018 stay in their days; what they lack only grows.
async fn of_the_old_registers(county: &TestBook) {
    for (serial, last) in [("0013", "2018-10-31"), ("0014", "2019-02-20")] {
        let book = of(county, serial).await;
        assert_eq!(book.last_day(), Some(day(last)), "{serial}");
        let found = codes(&book);
        for expected in ["contract_expired", "gap", "silent", "no_authority"] {
            assert!(found.contains(expected), "{serial}: {expected}");
        }
    }
    let listed = of(county, "0014").await;
    assert_eq!(listed.contracts().contracts.len(), 20, "the list's, but for the refused row");
}

/// Both funds stand in several estates, and the shared revenue in all that began.
async fn both_pots(county: &TestBook) {
    let books = county.books.directory("", None, 100).await.unwrap();
    assert_eq!(books.len(), 15);
    let has = |fund| books.iter().filter(|book| position(book, fund).own().is_positive()).count();
    assert_eq!(has(Fund::R), 14);
    assert!(has(Fund::F) >= 6);
}

#[tokio::test]
async fn everything_verifies_by_both_verifiers() {
    let county = county("2026-06-30").await;
    let mut exports = Vec::new();
    for book in county.books.directory("", None, 100).await.unwrap() {
        let bytes = export(&county.books, book.estate()).await;
        let report = verified(&bytes);
        assert_eq!(report.faults, vec![], "{}", book.estate());
        assert_eq!(report.head, book.head().hash);
        exports.push(bytes);
    }
    for (code, said) in crate::spec::judged(&exports) {
        assert_eq!(code, 0, "{said}");
    }
    county.check().await;
}

#[tokio::test]
async fn the_guide_names_every_estate() {
    let guide = include_str!("../../docs/operating.md");
    let county = county("2026-06-30").await;
    let books = county.books.directory("", None, 100).await.unwrap();
    for book in &books {
        let row = format!("| {} | {} |", book.estate(), book.profile().name);
        assert!(guide.contains(&row), "{row}");
    }
    assert_eq!(guide.matches("| 620722-").count(), books.len());
}

#[tokio::test]
async fn an_earlier_day_gives_the_beginning_of_the_same_chains() {
    let whole = county("2026-06-30").await;
    let part = county("2025-12-31").await;
    let books = part.books.directory("", None, 100).await.unwrap();
    assert_eq!(books.len(), 12, "0007 begins in 2026, two more in June");
    for book in books {
        let (estate, head) = (book.estate(), book.head());
        assert!(head.time.day() <= day("2025-12-31"), "{estate}");
        let same = whole.books.entry(estate, head.entries - 1).await.unwrap().unwrap();
        assert_eq!(same.posted.hash, head.hash, "{estate}");
    }
}

#[tokio::test]
async fn both_engines_hold_the_same_county() {
    let only = ["0001", "0010", "0017"].map(code);
    let sqlite = made(On::Sqlite, "2026-06-30", Some(&only)).await;
    let postgres = made(On::Postgres, "2026-06-30", Some(&only)).await;
    for estate in only {
        let one = sqlite.books.book(estate).await.unwrap().unwrap().head();
        let other = postgres.books.book(estate).await.unwrap().unwrap().head();
        assert_eq!(one.hash, other.hash, "{estate}");
    }
    assert_eq!(sqlite.books.directory("", None, 100).await.unwrap().len(), 3, "and no other");
}

#[tokio::test]
async fn the_register_of_october_is_what_a_careful_person_reads() {
    let october = county("2018-10-31").await;
    assert_eq!(october.books.directory("", None, 100).await.unwrap().len(), 1);
    let book = of(&october, "0013").await;
    assert_eq!(book.head().entries, 33);
    assert_eq!(balance(&book, "R.1001.01"), "21800.00");
    assert_eq!(balance(&book, "R.1221.01"), "1550.00");
    assert_eq!(gap_of_book(&book).to_string(), "38465.16");
}

#[tokio::test]
async fn the_worked_year_ends_as_the_accountant_has_it_and_goes_on() {
    let only = [code("0017")];
    let year = made(On::Sqlite, "2026-06-30", Some(&only)).await;
    let book = of(&year, "0017").await;
    let statement = income_statement(&book, Fund::R, "2025".parse().unwrap());
    assert_eq!(statement.net().to_string(), "154273.60");
    assert_eq!(statement.balance().to_string(), "53163.60");
    // Closed to 197,063.60; 1,500 paid twice in 2025 was claimed back later.
    assert_eq!(balance(&book, "R.3201"), "-198563.60");
    assert_eq!(balance(&book, "R.1221.04"), "0.00");
    assert_eq!(balance(&book, "R.3202"), "-8400.00");
    assert_eq!(gap_of_book(&book).to_string(), "0.00");
    assert!(income_statement(&book, Fund::R, "2026".parse().unwrap()).net().is_positive());

    let handed = book.said().handovers[0];
    let handed = year.books.entry(book.estate(), handed).await.unwrap().unwrap().posted.entry;
    let row = &handed.event.fields().list("balances")[0];
    assert_eq!((row.cell(0), row.cell(1)), (Some("R.1001.01"), Some("218598.00")));

    // The bank's June has neither the platform's settlement nor the cheque.
    let summer = made(On::Sqlite, "2025-07-04", Some(&only)).await;
    let book = of(&summer, "0017").await;
    let bank = book.bank_book("R.1001.01".parse().unwrap()).unwrap();
    let boxes = bank.last().unwrap().boxes;
    assert_eq!(boxes.book_in.to_string(), "38467.80");
    assert_eq!(boxes.book_out.to_string(), "12310.00");
}

#[tokio::test]
async fn statements_and_notices_come_every_month_and_quarter() {
    let only = ["0001", "0002"].map(code);
    let county = made(On::Sqlite, "2026-06-30", Some(&only)).await;
    for (serial, account) in [("0001", "R.1001.01"), ("0002", "R.1001.01"), ("0002", "R.1002")] {
        let book = of(&county, serial).await;
        let bank = book.bank_book(account.parse().unwrap()).unwrap();
        let to = bank.last().unwrap().to;
        assert_eq!(to, day("2026-05-31"), "{serial} {account}");
        assert!(bank.book_open.iter().all(|(_, item)| item.day > to), "{serial} {account}");
        assert!(bank.bank_open.is_empty(), "{serial} {account}");
        assert!(book.said().publications.contains_key("2026-Q1"), "{serial}");
    }
    let large = of(&county, "0002").await;
    let mut lines = 0;
    for seq in 0..large.head().entries {
        let entry = county.books.entry(large.estate(), seq).await.unwrap().unwrap();
        lines += entry.posted.entry.lines.len();
    }
    assert!((2_200..=2_600).contains(&lines), "{lines} lines");
    let (kind, text) = (Some("income".into()), Some("临时停车".into()));
    let parking = Filter { kind, text, ..Filter::default() };
    let days = county.books.rows(&large, &parking, None, 1_000).await.unwrap().rows;
    let first = day("2025-01-01");
    let wanted = (day("2026-06-28") - first).num_days() + 1;
    assert_eq!(i64::try_from(days.len()).unwrap(), wanted, "a receipt a day");
}

#[tokio::test]
async fn what_the_operator_collects_without_a_committee_is_deposited_in_time() {
    let only = [code("0005")];
    let county = made(On::Sqlite, "2026-06-30", Some(&only)).await;
    let book = of(&county, "0005").await;
    let held = "R.1221.01".parse().unwrap();
    let (mut collected, mut cosigned) = (None, 0);
    for seq in 0..book.head().entries {
        let entry = county.books.entry(book.estate(), seq).await.unwrap().unwrap().posted.entry;
        cosigned += entry.signs.iter().filter(|sign| sign.by.role == "community").count();
        let moved = entry.lines.iter().find(|line| line.account == held);
        match moved.map(|line| line.signed().is_positive()) {
            Some(true) => collected = Some(entry.date),
            Some(false) => {
                let working = collected.unwrap().iter_days().skip(1);
                let working = working.take_while(|day| *day <= entry.date);
                let weekdays = working.filter(|day| day.weekday().number_from_monday() < 6);
                assert!(weekdays.count() <= 15, "entry {seq}");
            }
            None => {}
        }
    }
    assert!(cosigned >= 10, "the community signs: {cosigned}");
}

#[tokio::test]
async fn corrections_leave_what_was_wrong_to_be_seen() {
    let only = [code("0007")];
    let county = made(On::Sqlite, "2026-06-30", Some(&only)).await;
    let book = of(&county, "0007").await;
    let mut kinds = Vec::new();
    for seq in 0..book.head().entries {
        let entry = county.books.entry(book.estate(), seq).await.unwrap().unwrap().posted.entry;
        if book.corrections().get(&seq).is_some_and(|live| live.is_corrected(seq)) {
            kinds.push((entry.event.kind().name, entry.lines[0].amount.to_string()));
        }
    }
    let wrong = [("income", "1950.00"), ("income", "8600.00"), ("cost", "735.00")];
    let wrong: Vec<_> = wrong.into_iter().map(|(kind, sum)| (kind, sum.to_owned())).collect();
    assert_eq!(kinds, wrong);
    assert_eq!(gap_of_book(&book).to_string(), "0.00", "the rent counts for its own quarter");
}
