//! The four agreements of the worked year: what agrees is the accountant's figure, what doesn't
//! is told with its amount, what can't be said with its reason.

use std::fmt::Write as _;

use mingzhang::exchange::statement::{Options, Statement};
use mingzhang::ledger::account::AccountCode;
use mingzhang::ledger::chain::content_hash;
use mingzhang::ledger::draft::Draft;
use mingzhang::ledger::entry::{Doc, DocKind, Line};
use mingzhang::ledger::json::Value;
use mingzhang::ledger::money::Money;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::importer::statement;
use mingzhang::services::reconciling::{Named, post_match};
use scraper::Html;
use test_case::test_case;

use super::{Reader, all, amount, words};
use crate::harness::{On, TestBook, credit, debit, estate, event, invoice, reviewer};
use crate::worked_year::Year;

const HOME: &str = "/e/620722-0017/agreements";

/// The rows of an agreement, and the sentence on it with its verdict.
struct Agreement {
    verdict: String,
    sentence: String,
    rows: Vec<Vec<String>>,
}

fn agreement(page: &Html, name: &str) -> Agreement {
    let of = format!("section[aria-labelledby={name}]");
    let section = all(page, &of)[0];
    let rows = all(page, &format!("{of} tbody tr")).into_iter();
    Agreement {
        verdict: section.value().attr("data-verdict").unwrap().to_owned(),
        sentence: words(all(page, &format!("{of} .verdict"))[0]),
        rows: rows.map(|row| row.child_elements().map(words).collect()).collect(),
    }
}

impl Agreement {
    /// The row with a cell.
    fn row(&self, text: &str) -> &[String] {
        let found = self.rows.iter().find(|row| row[0].contains(text) || row[1].contains(text));
        found.unwrap_or_else(|| panic!("no {text} in {:?}", self.rows))
    }
}

/// A bank's slip.
fn slip() -> Doc {
    let media_type = "application/pdf".into();
    Doc { kind: DocKind::BankSlip, sha256: content_hash(b"slip"), size: 4, media_type }
}

fn account() -> AccountCode {
    "R.1001.01".parse().unwrap()
}

/// A statement over the book's own lines of some days, each on its day but for those moved, and
/// a bank's fee; taken in as a file.
async fn states(
    book: &TestBook,
    (from, to): (&str, &str),
    opening: &str,
    moved: &[(u64, &str)],
    fee: bool,
) -> Money {
    let known = book.book().await;
    let day_of = |seq: u64, day: String| {
        moved.iter().find(|(of, _)| *of == seq).map_or(day, |(_, to)| (*to).to_owned())
    };
    let open = known.bank_book(account()).unwrap().book_open.iter();
    let mut lines: Vec<(String, String, Money)> = open
        .map(|(seq, item)| (day_of(seq, item.day.to_string()), format!("N{seq:05}"), item.amount))
        .filter(|(day, ..)| (from..=to).contains(&day.as_str()))
        .collect();
    if fee {
        lines.push(("2025-06-21".into(), "FEE".into(), -"15.00".parse::<Money>().unwrap()));
    }
    lines.sort();
    let mut balance: Money = opening.parse().unwrap();
    let mut text =
        format!("起止日期：{from}至{to},,期初余额：,{opening}\n交易日期,流水号,金额,余额\n");
    for (day, serial, amount) in lines {
        balance = balance + amount;
        writeln!(text, "{day},{serial},{amount},{balance}").unwrap();
    }
    let read = Statement::read("s.csv", text.as_bytes(), &Options::default()).unwrap();
    let plan = statement::plan(&book.books, estate(), account(), read, true).await.unwrap();
    assert!(!plan.statement.is_open(), "{:?}", plan.statement.notes);
    statement::commit(&book.books, &plan, &command_line("o_operator")).await.unwrap();
    book.check().await;
    balance
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn the_money_is_the_accountants_and_what_is_lost_on_the_way_is_told(on: On) {
    let year = Year::play(on).await;
    year.book.on("2026-01-05");
    let reader = Reader::of(&year.book);
    let money = async |period: &str| {
        let page = reader.page(&format!("{HOME}/{period}"), "zh").await;
        agreement(&page, "agree_money")
    };
    let before = money("2025").await;
    assert_eq!(before.verdict, "unsaid");
    assert!(before.sentence.contains("没有收到过对账单"), "{}", before.sentence);
    assert_eq!(before.row("R.1001.02")[3], "216,183.60");

    // The cheque and the platform's money come in July, as the bank has it.
    let open = year.book.book().await;
    let open = open.bank_book(account()).unwrap().book_open.iter().collect::<Vec<_>>();
    let of = |day: &str, amount: &str| {
        let wanted = amount.parse().unwrap();
        let found = open
            .iter()
            .find(|(_, item)| item.day.to_string() == day && item.amount.abs() == wanted);
        found.unwrap().0
    };
    let (cheque, platform) = (of("2025-06-28", "12310.00"), of("2025-06-30", "38467.80"));
    let moved = [(cheque, "2025-07-03"), (platform, "2025-07-01")];
    let june = ("2025-01-01", "2025-06-30");
    let closing = states(&year.book, june, "142300.00", &moved, true).await;
    assert_eq!(closing.to_string(), "220103.87");
    let june = money("2025Q2").await;
    let head = june.row("R.1001.01");
    assert_eq!(head[2..6], ["2025-06-30", "246,276.67", "220,103.87", "26,172.80"]);
    assert_eq!(june.row("账已收、银行未收")[4], "38,467.80");
    assert_eq!(june.row("账已付、银行未付")[4], "-12,310.00");
    assert_eq!(june.row("银行已付、账未付")[3], "-15.00");
    assert_eq!(june.row("调节后")[3..7], ["246,261.67", "246,261.67", "0.00", "相符"]);
    assert_eq!(head[6], "相符");
    assert_eq!(june.verdict, "unsaid", "the platform has stated nothing");
    assert!(june.row("R.1002")[6].contains("没有对账单"));
    assert_eq!(money("2025Q3").await.row("R.1001.01")[6], "对账单只到这一天，之后说不清");

    // July: the fee and both on their way had no other side since before it began.
    let closing = closing.to_string();
    states(&year.book, ("2025-07-01", "2025-07-31"), &closing, &moved, false).await;
    let july = money("2025-07").await;
    assert_eq!((&*july.verdict, &*july.row("R.1001.01")[6]), ("differs", "不符"));
    assert_eq!(july.row("银行就有")[1..6], ["1", "2025-06-21", "", "", "15.00"]);
    assert_eq!(july.row("账上就有")[1..6], ["2", "2025-06-28", "", "", "50,777.80"]);
    let named = |seq: u64| Named { bank: vec![format!("N{seq:05}")], book: vec![seq] };
    let book = year.book.book().await;
    let both = [named(cheque), named(platform)];
    post_match(&year.book.books, (&book, account()), &both, ("match:000001", &reviewer()))
        .await
        .unwrap();
    year.book.check().await;
    let july = money("2025-07").await;
    assert!(july.sentence.contains("差 15.00 元"), "{}", july.sentence);
    assert_eq!(july.row("调节后")[5], "0.00");
}

#[tokio::test]
async fn an_account_that_was_emptied_needs_no_further_statement() {
    let mut book = TestBook::open(On::Sqlite).await;
    book.on("2025-01-10");
    let lines = vec![debit("R.1001.01", "100.00"), credit("R.4502.01", "100.00")];
    let income = book.money(event("income", []), lines);
    book.post(income).await.unwrap();
    book.on("2025-01-20");
    let lines = vec![debit("R.1001.02", "100.00"), credit("R.1001.01", "100.00")];
    let mut transfer = book.money(event("transfer", []), lines);
    transfer.signs = vec![crate::harness::prepared()];
    book.post(transfer).await.unwrap();
    book.on("2025-04-02");
    let closing = states(&book, ("2025-01-01", "2025-01-31"), "0.00", &[], false).await;
    assert!(closing.is_zero());
    let reader = Reader::of(&book);
    let page = reader.page(&format!("{HOME}/2025-03"), "zh").await;
    let money = agreement(&page, "agree_money");
    assert_eq!(money.row("R.1001.01")[6], "相符");
    assert!(money.row("R.1001.02")[6].contains("没有对账单"), "the other one does");
}

#[tokio::test]
async fn ledgers_and_statements_of_the_year_agree_with_the_accountants() {
    let year = Year::closed(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    for lang in ["zh", "en"] {
        for (period, fund) in [("2025", "R"), ("2025Q1", "R"), ("2025-06", "R"), ("2025", "F")] {
            let page = reader.page(&format!("{HOME}/{period}?fund={fund}"), lang).await;
            for name in ["agree_ledgers", "agree_statements"] {
                let of = agreement(&page, name);
                // The accountant names nobody that the distribution is owed to.
                let unnamed = name == "agree_ledgers" && fund == "R";
                let wanted = if unnamed { "unsaid" } else { "agrees" };
                assert_eq!(of.verdict, wanted, "{period} {fund} {name} {:?}", of.rows);
                for row in of.rows.iter().filter(|row| !row[5].is_empty()) {
                    assert_eq!(row[3], row[4], "{period} {fund} {row:?}");
                }
            }
        }
    }
    let page = reader.page(&format!("{HOME}/2025"), "zh").await;
    let ledgers = agreement(&page, "agree_ledgers");
    for (code, figure) in [
        ("R.1001.02", "216,183.60"),
        ("R.1002", "310.00"),
        ("R.1221.02", "6,120.00"),
        ("R.3209", "-6,120.00"),
        ("R.4502.01", "-96,180.00"),
        ("R.5503", "24,710.00"),
    ] {
        assert_eq!(ledgers.row(code)[3], figure, "{code}");
    }
    let parts = |code: &str| {
        let at = ledgers.rows.iter().position(|r| r[0].contains(code) && r[1].contains("分户"));
        let at = at.unwrap_or_else(|| panic!("no {code}"));
        let parts = ledgers.rows[at + 1..].iter().take_while(|row| row[0].is_empty());
        let parts: Vec<_> = parts.map(|row| format!("{} {}", row[1], row[3])).collect();
        (ledgers.rows[at][3].clone(), parts)
    };
    assert_eq!(parts("R.2241").0, "9,000.00");
    assert!(parts("R.2241").1.contains(&"C-01 5,000.00".to_owned()), "{:?}", parts("R.2241"));
    assert_eq!(parts("R.2242").0, "1,280.00");
    assert_eq!(parts("R.1221.02").0, "6,120.00");
    let owed = ledgers.rows.iter().find(|r| r[0].contains("R.2243") && r[1].contains("分户"));
    assert_eq!(owed.unwrap()[3..], ["", "750.00", "", "没有分户，说不清"]);
    let statements = agreement(&page, "agree_statements");
    assert_eq!(statements.row("期初＋收－支")[3], "216,493.60");
    assert_eq!(statements.row("应收回的")[3], "222,613.60");
    assert_eq!(statements.row("本期结余")[3], "205,463.60");
    assert!(statements.sentence.contains("没有登记公示"), "{}", statements.sentence);
}

#[tokio::test]
async fn parts_that_nobody_named_differ_from_their_account() {
    let mut book = TestBook::open(On::Sqlite).await;
    let named = Line { item: Some("旧商户".into()), ..credit("R.2241", "500.00") };
    let lines = vec![debit("R.1001.01", "1300.00"), credit("R.2241", "800.00"), named];
    let mut opening = book.money(event("opening", [("fund", Value::text("R"))]), lines);
    opening.docs = vec![slip()];
    book.post(opening).await.unwrap();
    let reader = Reader::of(&book);
    let page = reader.page(&format!("{HOME}/2025-01"), "zh").await;
    let ledgers = agreement(&page, "agree_ledgers");
    assert_eq!(ledgers.verdict, "differs");
    assert!(ledgers.sentence.contains("差 800.00 元"), "{}", ledgers.sentence);
}

#[tokio::test]
async fn entries_without_a_paper_are_listed_with_their_amounts() {
    let mut book = TestBook::open(On::Sqlite).await;
    let cost = |book: &mut TestBook, no: &str, amount: &str| -> Draft {
        let keys = [("evidence", invoice(no, amount)), ("payee", crate::harness::org("供电公司"))];
        let lines = vec![debit("R.5501.02", amount), credit("R.1001.01", amount)];
        let mut draft = book.money(event("cost", keys), lines);
        draft.signs = vec![crate::harness::prepared()];
        draft
    };
    book.on("2025-02-10");
    let lines = vec![debit("R.1001.01", "1000.00"), credit("R.4502.01", "1000.00")];
    let mut income = book.money(event("income", []), lines);
    income.memo = Some("停车".into());
    let seq = book.post(income).await.unwrap().seq;
    let draft = cost(&mut book, "A1", "30.00");
    book.post(draft).await.unwrap();
    book.on("2025-03-10");
    let draft = cost(&mut book, "A2", "40.00");
    book.post(draft).await.unwrap();
    let reader = Reader::of(&book);
    let papers = async |period: &str| {
        let page = reader.page(&format!("{HOME}/{period}"), "zh").await;
        agreement(&page, "agree_papers")
    };
    let february = papers("2025-02").await;
    assert_eq!(february.verdict, "differs");
    assert!(february.sentence.contains("1,000.00"), "{}", february.sentence);
    assert_eq!(february.row("写明凭证号")[1..4], ["1", "", "30.00"]);
    assert_eq!(february.row("没有凭证的")[1..6], ["1", "", "1,000.00", "0.00", "1,000.00"]);
    assert_eq!(february.row("停车")[6], "没有凭证");
    assert_eq!(papers("2025-03").await.verdict, "agrees");
    let april = papers("2025-04").await;
    assert_eq!((&*april.verdict, april.rows.len()), ("unsaid", 0));

    // A paper attached later counts.
    let hash = book.entry(seq).await.hash;
    let keys = [("of", Value::text(hash)), ("seq", Value::Integer(seq))];
    let mut attach = book.draft(event("attach", keys));
    attach.docs.push(slip());
    book.post(attach).await.unwrap();
    assert_eq!(papers("2025-02").await.verdict, "agrees");
}

#[tokio::test]
async fn a_notice_is_compared_figure_by_figure() {
    let mut book = super::half_a_year().await;
    book.on("2025-06-15");
    let keys = [
        ("file", Value::text(content_hash(b"notice"))),
        ("from", Value::text("2025-06-16")),
        ("period", Value::text("2025-06")),
    ];
    let draft = book.draft(event("publication", keys));
    let seq = book.post(draft).await.unwrap().seq;
    let reader = Reader::of(&book);
    let statements = async || {
        let page = reader.page(&format!("{HOME}/2025-06"), "zh").await;
        agreement(&page, "agree_statements")
    };
    let same = statements().await;
    assert_eq!(same.verdict, "agrees", "{:?}", same.rows);
    assert!(same.sentence.contains(&format!("第 {seq} 笔")), "{}", same.sentence);
    let income = amount(&same.row("一、收入")[4]).unwrap();
    let lines = vec![debit("R.1001.01", "420.00"), credit("R.4508", "420.00")];
    let late = book.money(event("income", []), lines);
    book.post(late).await.unwrap();
    let changed = statements().await;
    assert_eq!(changed.verdict, "differs");
    let row = changed.row("一、收入");
    assert_eq!(amount(&row[4]).unwrap(), income, "as it was put up");
    assert_eq!((&*row[5], &*row[6]), ("420.00", "不符"));
}

#[tokio::test]
async fn page_and_files_hold_the_same_rows() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    let page = reader.page(&format!("{HOME}/2025"), "zh").await;
    let printed = all(&page, ".agree-paper tbody tr").len() + 4;
    let file = reader.asks(&format!("{HOME}/2025/table.csv"), &[]).await;
    let text = std::str::from_utf8(&file.body).unwrap();
    let rows = text.lines().skip(1).filter(|line| !line.starts_with('#')).count();
    assert_eq!(rows, printed, "and a title for each of the four");
    for title in ["账实相符", "账证相符", "账账相符", "账表相符"] {
        assert!(text.contains(title), "{title}");
    }
    let list = reader.page(HOME, "zh").await;
    assert!(all(&list, "a[href$='/agreements/2025-Q1']").len() == 1);
    for wrong in ["2025-13", "x", "2025-Q5"] {
        let answer = reader.asks(&format!("{HOME}/{wrong}"), &[]).await;
        assert_eq!(answer.status, axum::http::StatusCode::NOT_FOUND, "{wrong}");
    }
}
