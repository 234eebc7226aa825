//! Statements of a bank, from the file to the reconciled book.

use std::fmt::Write as _;

use encoding_rs::GB18030;
use mingzhang::exchange::statement::{Map, Options, Statement, StatementError};
use mingzhang::ledger::account::AccountCode;
use mingzhang::ledger::money::Money;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::importer::statement::{self, StatementPlan};
use rust_xlsxwriter::Workbook;
use test_case::test_case;

use crate::harness::{On, TestBook, credit, debit, estate, event};
use crate::program::Program;

const XLS: &[u8] = include_bytes!("../../data/statement-2025-03.xls");

pub const CSV: &str = "账户交易明细\n\
    起止日期：2025-03-01至2025-03-31,,期初余额：,1000.00\n\
    交易日期,流水号,借/贷,交易金额,余额,对方户名,摘要\n\
    2025-03-28 16:20:01,A0004,贷,300.00,1681.53,李四,摊位费\n\
    2025-03-21 00:00:00,A0003,贷,1.88,\"1,381.53\",,结息\n\
    2025-03-10 10:01:59,A0002,借,120.35,\"1,379.65\",国网民乐供电公司,电费\n\
    2025-03-03 09:00:00,A0001,贷,500.00,1500.00,某传媒有限公司,一季度电梯广告\n";

const CAMT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr/><Stmt>
<FrToDt><FrDtTm>2025-03-01T00:00:00+08:00</FrDtTm><ToDtTm>2025-03-31T23:59:59+08:00</ToDtTm></FrToDt>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1000.00</Amt>
  <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-03-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1681.53</Amt>
  <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-03-31</Dt></Dt></Bal>
ENTRIES</Stmt></BkToCstmrStmt></Document>"#;

/// The four lines as CAMT.053 has them, and one that isn't booked yet.
fn camt() -> String {
    let lines = [
        ("A0001", "2025-03-03", "CRDT", "500.00", "BOOK"),
        ("A0002", "2025-03-10", "DBIT", "120.35", "BOOK"),
        ("A0003", "2025-03-21", "CRDT", "1.88", "BOOK"),
        ("A0004", "2025-03-28", "CRDT", "300.00", "BOOK"),
        ("A0005", "2025-03-31", "DBIT", "9.99", "PDNG"),
    ];
    let entry = |(serial, day, way, amount, status): (&str, &str, &str, &str, &str)| {
        format!(
            "<Ntry><Amt Ccy=\"CNY\">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>\
             <Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
             <AcctSvcrRef>{serial}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty>\
             <Nm>A &amp; B &#x674E;</Nm></Pty></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>\n"
        )
    };
    CAMT.replace("ENTRIES", &lines.map(entry).concat())
}

/// A table of texts as a workbook.
fn xlsx(table: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(table.as_bytes());
    for (row, record) in (0..).zip(reader.records()) {
        for (column, cell) in (0..).zip(&record.unwrap()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn read(name: &str, bytes: &[u8]) -> Statement {
    Statement::read(name, bytes, &Options::default()).unwrap()
}

fn account() -> AccountCode {
    "R.1001.01".parse().unwrap()
}

/// A book that knows of March what a careful clerk knew: not the power bill, and the stall's
/// money a day late.
pub async fn opened(on: On) -> TestBook {
    let mut book = TestBook::open(on).await;
    for (day, amount) in
        [("2025-02-10", "1000.00"), ("2025-03-03", "500.00"), ("2025-03-29", "300.00")]
    {
        book.on(day);
        let lines = vec![debit("R.1001.01", amount), credit("R.4502.01", amount)];
        let draft = book.money(event("income", []), lines);
        book.post(draft).await.unwrap();
    }
    let lines = vec![debit("R.1001.01", "1.88"), credit("R.4509", "1.88")];
    let interest = book.money(event("interest", []), lines);
    let day = "2025-03-21".parse().unwrap();
    book.post(mingzhang::ledger::draft::Draft { date: Some(day), ..interest }).await.unwrap();
    book.on("2025-04-02");
    book
}

async fn plan(book: &TestBook, statement: Statement) -> StatementPlan {
    statement::plan(&book.books, estate(), account(), statement, true).await.unwrap()
}

async fn commit(book: &TestBook, plan: &StatementPlan) -> usize {
    let by = command_line("o_operator");
    let posted = statement::commit(&book.books, plan, &by).await.unwrap();
    book.check().await;
    posted.len()
}

/// Everything that stands in the way, with the row of it.
fn troubles(statement: &Statement) -> Vec<(u32, &'static str)> {
    let rows = statement.rows.iter().filter(|row| row.is_open());
    let rows = rows.map(|row| (row.row, row.notes.last().unwrap().code));
    rows.chain(statement.notes.iter().map(|note| (0, note.code))).collect()
}

#[test]
fn one_statement_in_five_kinds_of_file() {
    let (gb, ..) = GB18030.encode(CSV);
    let marked = format!("\u{FEFF}{CSV}");
    let (workbook, camt) = (xlsx(CSV), camt());
    for (name, bytes, serials) in [
        ("a.csv", CSV.as_bytes(), 4),
        ("b.csv", gb.as_ref(), 4),
        ("c.csv", marked.as_bytes(), 4),
        ("d.xlsx", workbook.as_slice(), 4),
        ("e.xls", XLS, 4),
        ("f.xml", camt.as_bytes(), 4),
    ] {
        let read = read(name, bytes);
        assert_eq!(troubles(&read), [], "{name}");
        let lines: Vec<String> = read
            .lines()
            .map(|row| {
                let line = &row.read;
                format!("{} {} {}", line.serial, line.day.unwrap(), line.amount)
            })
            .collect();
        assert_eq!(lines.len(), serials, "{name}");
        let wanted = [
            "A0001 2025-03-03 500.00",
            "A0002 2025-03-10 -120.35",
            "A0003 2025-03-21 1.88",
            "A0004 2025-03-28 300.00",
        ];
        assert_eq!(lines, wanted, "{name}");
        let ends = [read.opening, read.closing].map(|money| money.map(Money::fen));
        assert_eq!(ends, [Some(100_000), Some(168_153)], "{name}");
        let days = [read.from, read.to].map(|day| day.map(|day| day.to_string()));
        assert_eq!(days, [Some("2025-03-01".into()), Some("2025-03-31".into())], "{name}");
    }
    assert!(read("a.csv", CSV.as_bytes()).turned);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn what_is_certain_is_matched_and_the_rest_is_left_open_on_both_sides(on: On) {
    let book = opened(on).await;
    let march = plan(&book, read("m.xls", XLS)).await;
    assert_eq!(troubles(&march.statement), []);
    let sides = |sides: &[statement::Side]| -> Vec<String> {
        sides.iter().map(|side| format!("{} {}", side.count, side.sum)).collect()
    };
    assert_eq!(sides(&march.moved), ["3 801.88", "1 120.35"]);
    assert_eq!(sides(&march.left), ["1 300.00", "0 0.00", "1 300.00", "1 120.35"]);
    let matched: Vec<_> = march.matched.iter().map(|pair| pair.serial.as_str()).collect();
    assert_eq!(matched, ["A0001", "A0003"]);
    assert_eq!(commit(&book, &march).await, 3);
    let text = String::from_utf8(book.export().await).unwrap();
    for private in ["李四", "国网", "电费", "摊位费"] {
        assert!(!text.contains(private), "{private} stands in the bytes");
    }
    // The same again, in whatever file, posts nothing.
    for again in [read("m.xls", XLS), read("m.csv", CSV.as_bytes())] {
        let again = plan(&book, again).await;
        assert_eq!((troubles(&again.statement), again.known, again.drafts.len()), (vec![], 4, 0));
        assert_eq!(commit(&book, &again).await, 0);
    }
}

#[tokio::test]
async fn an_overlapping_file_goes_on_where_the_last_one_ended() {
    let book = opened(On::Sqlite).await;
    commit(&book, &plan(&book, read("m.xls", XLS)).await).await;
    book.on("2025-05-02");
    let both = "交易日期,流水号,收入,支出,余额\n\
        2025-03-21,A0003,1.88,,1381.53\n\
        2025-03-28,A0004,300.00,,1681.53\n\
        2025-04-07,A0006,20.00,,1701.53\n";
    let april = plan(&book, read("april.csv", both.as_bytes())).await;
    assert_eq!((troubles(&april.statement), april.known), (vec![], 2));
    let (from, to) = april.period.unwrap();
    assert_eq!((from.to_string(), to.to_string()), ("2025-04-01".into(), "2025-04-07".into()));
    assert_eq!(commit(&book, &april).await, 2);
    for (text, wanted) in [
        // Another line in days that are covered.
        ("2025-03-22,A0009,5.00,,1386.53\n", vec![(2, "not_in_statement")]),
        // A serial that was there.
        ("2025-04-09,A0003,5.00,,1706.53\n", vec![(2, "serial_known")]),
        // Something between the two is missing.
        ("2025-04-09,A0008,5.00,,1711.53\n", vec![(0, "opening_differs")]),
        ("2025-05-02,A0008,5.00,,1706.53\n", vec![(0, "future")]),
    ] {
        let text = format!("交易日期,流水号,收入,支出,余额\n{text}");
        let plan = plan(&book, read("x.csv", text.as_bytes())).await;
        assert_eq!((troubles(&plan.statement), plan.drafts.len()), (wanted, 0), "{text}");
    }
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn two_thousand_lines_are_one_statement(on: On) {
    let book = TestBook::open(on).await;
    book.on("2026-01-02");
    let first = mingzhang::ledger::period::parse_date("2025-01-01").unwrap();
    let mut balance = 0_i64;
    let mut text = "交易日期,流水号,金额,余额\n".to_owned();
    for nth in 0..2_000_i64 {
        let day = first + chrono::Days::new(u64::try_from(nth / 6).unwrap());
        let fen = if nth % 3 == 2 { -(nth + 1) } else { nth + 200 };
        balance += fen;
        let yuan = |fen: i64| Money::from_fen(fen).to_string();
        writeln!(text, "{day},S{nth:06},{},{}", yuan(fen), yuan(balance)).unwrap();
    }
    let year = plan(&book, read("year.csv", text.as_bytes())).await;
    assert_eq!(troubles(&year.statement), []);
    assert_eq!(commit(&book, &year).await, 15, "a statement and fourteen parts");
    let now = book.book().await;
    assert_eq!(now.bank_book(account()).unwrap().bank_open.len(), 2_000);
}

#[test]
fn the_first_line_that_disagrees_is_named() {
    let wrong = |from: &str, to: &str| {
        let text = CSV.replacen(from, to, 1);
        assert_ne!(text, CSV, "{from}");
        troubles(&read("x.csv", text.as_bytes()))
    };
    // Rows by the file's own numbers; the file runs backwards.
    assert_eq!(wrong("\"1,379.65\"", "\"1,379.56\""), [(6, "balance_differs")]);
    assert_eq!(wrong("120.35", "12.35"), [(6, "balance_differs")]);
    assert_eq!(wrong("期初余额：,1000.00", "期初余额：,1000.01"), [(7, "balance_differs")]);
    assert_eq!(wrong("期初余额：,1000.00", "期末余额：,1681.35"), [(0, "closing_differs")]);
    assert_eq!(wrong("A0003", "A0002"), [(5, "serial_twice")]);
    assert_eq!(wrong("至2025-03-31", "至2025-03-27"), [(4, "outside")]);
    assert_eq!(wrong("2025-03-10 10:01:59", "2025-02-29"), [(6, "no_day")]);
    assert_eq!(wrong("借,120.35", "抹,120.35"), [(6, "no_way")]);
    assert_eq!(wrong("借,120.35", "借,12o.35"), [(6, "no_amount")]);
    let bare = "交易日期,流水号,金额\n2025-03-01,1,5.00\n";
    assert_eq!(troubles(&read("x.csv", bare.as_bytes())), [(0, "no_balance")]);
    let closing = "5.00".parse().ok();
    let said = Options { closing, ..Options::default() };
    let said = Statement::read("x.csv", bare.as_bytes(), &said).unwrap();
    assert_eq!((troubles(&said), said.opening), (vec![], Some(Money::ZERO)));
}

#[tokio::test]
async fn a_serial_that_could_be_a_persons_number_is_veiled() {
    let book = TestBook::open(On::Sqlite).await;
    book.on("2025-04-02");
    let text = "交易日期,流水号,收入,支出,余额\n\
        2025-03-21,13912345678,1.88,,1.88\n\
        2025-03-22,张三的转账,1.00,,2.88\n\
        2025-03-23,,1.00,,3.88\n";
    let veiled = plan(&book, read("x.csv", text.as_bytes())).await;
    assert_eq!(troubles(&veiled.statement), []);
    let serials: Vec<_> = veiled.statement.lines().map(|row| row.read.serial.clone()).collect();
    assert!(serials[0].starts_with('~') && serials[1].starts_with('~'), "{serials:?}");
    assert_eq!(serials[2], "20250323-01");
    commit(&book, &veiled).await;
    let again = plan(&book, read("x.csv", text.as_bytes())).await;
    assert_eq!((again.known, again.drafts.len()), (3, 0), "the same serial, the same veil");
}

#[test]
fn a_map_names_the_columns_that_words_do_not() {
    let text = "Buchung,Beleg,借方,贷方,Stand\n2025-03-03,7,5.00,,5.00\n2025-03-04,8,,2.00,3.00\n";
    let none = Statement::read("x.csv", text.as_bytes(), &Options::default());
    assert!(matches!(none, Err(StatementError::Table(_))), "{none:?}");
    let map = "day = \"Buchung\"\nserial = \"Beleg\"\nbalance = \"Stand\"\ndebit = \"in\"\n";
    let map: Map = map.parse().unwrap();
    let options = Options { map, ..Options::default() };
    let read = Statement::read("x.csv", text.as_bytes(), &options).unwrap();
    assert_eq!(troubles(&read), []);
    let fen: Vec<_> = read.lines().map(|row| row.read.amount.fen()).collect();
    assert_eq!(fen, [500, -200], "借 is in, in the company's own books");
    for wrong in ["tag = \"x\"", "day = 3", "debit = \"left\"", "day"] {
        assert!(wrong.parse::<Map>().is_err(), "{wrong}");
    }
}

#[test]
fn xml_that_no_bank_writes_is_refused() {
    let camt = camt();
    let read = |text: &str| Statement::read("x.xml", text.as_bytes(), &Options::default());
    let laughs = camt.replacen(
        "<Document",
        "<!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><Document",
        1,
    );
    assert_eq!(read(&laughs), Err(StatementError::DocumentType));
    assert_eq!(read(&camt.replacen("&amp;", "&b;", 1)), Err(StatementError::DocumentType));
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert_eq!(read(&deep), Err(StatementError::TooDeep { max: 64 }));
    assert!(matches!(read(&camt[..camt.len() - 30]), Err(StatementError::Xml { .. })));
    assert!(matches!(read("<html></html>"), Err(StatementError::Statements { found: 0 })));
    let euro = camt.replacen("<Ntry><Amt Ccy=\"CNY\">", "<Ntry><Amt Ccy=\"EUR\">", 1);
    assert_eq!(read(&euro), Err(StatementError::Currency { found: "EUR".into() }));
    let wrong = read(&camt.replacen("1681.53", "1681.54", 1)).unwrap();
    assert_eq!(troubles(&wrong), [(0, "closing_differs")]);
}

#[test]
fn the_command_previews_posts_and_reports_both_sides() {
    let program = Program::sqlite();
    let file =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/statement-2025-03.xls");
    let import =
        format!("import statement {} --estate 620722-0001 --account R.1001.01", file.display());
    let (status, said) = program.run(&import);
    assert_eq!(status, 1, "the book has no opening of 1,000.00: {said}");
    assert!(said.contains("不平"), "{said}");
    let text = "交易日期,流水号,收入,支出,余额\n2025-03-21,A1,1.88,,1.88\n";
    let path = program.write("s.csv", &[text.to_owned()]);
    let import = import.replace(&file.display().to_string(), &path.display().to_string());
    let (status, said) = program.run(&format!("--json {import} --commit"));
    assert_eq!(status, 0, "{said}");
    let report: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!((&report["format"], &report["posted"]), (&"import/1".into(), &2.into()));
    assert_eq!(report["totals"]["bank_in"]["sum"], "1.88");
    let (status, said) = program.run(&format!("--lang en {import} --commit"));
    assert_eq!((status, said.contains("known 1")), (0, true), "{said}");
    let (status, said) = program.run(&import.replace("R.1001.01", "R.4509"));
    assert_eq!(status, 2, "{said}");
    assert_eq!(program.verified(), 4);
}
