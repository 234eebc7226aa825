//! Daily totals of a parking system, from the file to the posted book.

use std::fmt::Write as _;

use mingzhang::exchange::columns::TableError;
use mingzhang::exchange::parking::{Parking, Totals};
use mingzhang::exchange::register::Status;
use mingzhang::ledger::encoding::encode;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::importer::parking::{self, ParkingPlan, Places};
use test_case::test_case;

use crate::harness::{On, TestBook, estate};
use crate::program::Program;

const MARCH: &str = include_str!("../../data/parking-2025-03.csv");

async fn opened(on: On) -> TestBook {
    let book = TestBook::open(on).await;
    book.on("2025-03-31");
    book
}

async fn plan(book: &TestBook, text: &str) -> ParkingPlan {
    let options = parking::options(&book.books, estate(), None).await.unwrap();
    let read = Parking::read("p.csv", text.as_bytes(), &options).unwrap();
    parking::plan(&book.books, estate(), read, &Places::default()).await.unwrap()
}

async fn commit(book: &TestBook, plan: &ParkingPlan) -> usize {
    let posted = parking::commit(&book.books, plan, &command_line("o_operator")).await.unwrap();
    book.check().await;
    posted.len()
}

/// Rows that stop a commit, with the codes of what is said of them.
fn open_rows(plan: &ParkingPlan) -> Vec<(u32, &'static str)> {
    let rows = plan.parking.open_rows();
    rows.map(|row| (row.row, row.notes.last().unwrap().code)).collect()
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_day_is_an_income_and_the_platform_settles_on_the_banks_day(on: On) {
    let book = opened(on).await;
    let first = plan(&book, MARCH).await;
    assert_eq!((first.drafts.len(), first.settlements, first.known), (7, 3, 0));
    assert_eq!(open_rows(&first), []);
    let Totals { days, cash, platform, amount, settled, fee } = first.parking.totals(|_| true);
    let figures = [cash, platform, amount, settled, fee].map(|money| money.to_string());
    assert_eq!((days, figures.join(" ").as_str()), (4, "87.00 1474.50 1561.50 1169.43 7.07"));
    assert!(first.parking.sums.iter().all(|sum| sum.printed == sum.computed));
    assert_eq!(commit(&book, &first).await, 8, "the entry that heads the batch, and seven");

    for (account, balance) in [
        ("R.1002", "298.00"),
        ("R.1221.01", "87.00"),
        ("R.1001.01", "1169.43"),
        ("R.5501.05", "7.07"),
        ("R.4502.01", "-1561.50"),
    ] {
        assert_eq!(book.balance(account).await, balance, "{account}");
    }
    let now = book.book().await;
    let mut texts = Vec::new();
    for seq in 0..now.head().entries {
        let bytes = encode(&book.entry(seq).await.entry);
        texts.push(String::from_utf8(bytes).unwrap());
    }
    let day = texts.iter().find(|text| text.contains("2025-03-02") && text.contains("visits"));
    let event = r#""event":{"exempt":27,"kind":"income","visits":198}"#;
    assert!(day.unwrap().contains(event), "{day:?}");
    let head = texts.iter().find(|text| text.contains(r#""kind":"import""#)).unwrap();
    assert!(head.contains(r#""source_kind":"parking""#), "{head}");
    assert!(head.contains(r#"[8,"zero"]"#), "{head}");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_day_never_comes_twice_and_a_later_file_adds_what_is_new(on: On) {
    let book = opened(on).await;
    commit(&book, &plan(&book, MARCH).await).await;
    let again = plan(&book, MARCH).await;
    assert_eq!((again.drafts.len(), again.known), (0, 7));
    assert_eq!(commit(&book, &again).await, 0);
    // The fourth is settled now, the third has another figure, a fifth day is new.
    let later = "日期,进场车次,免费车次,现金,平台,手续费,到账日期\n\
        2025-03-03,154,22,5.00,311.00,,\n\
        2025-03-04,161,25,12.00,298.00,1.79,2025-03-06\n\
        2025-03-06,100,9,0,200.00,,\n";
    let later = plan(&book, later).await;
    assert_eq!(open_rows(&later), [(2, "day_differs")]);
    assert_eq!((later.drafts.len(), later.settlements, later.known), (2, 1, 1));
    assert_eq!(commit(&book, &later).await, 3);
    assert_eq!(book.balance("R.1002").await, "200.00");
}

#[tokio::test]
async fn a_year_is_posted_in_several_batches() {
    let book = opened(On::Sqlite).await;
    book.on("2026-02-28");
    let first = mingzhang::ledger::period::parse_date("2025-01-01").unwrap();
    let mut text = "日期,现金,平台,手续费,到账日期,到账金额\n".to_owned();
    for (nth, day) in first.iter_days().take(400).enumerate() {
        let platform = 100 + nth % 50;
        let next = day.succ_opt().unwrap();
        writeln!(text, "{day},3.00,{platform}.00,0.60,{next},{}.40", platform - 1).unwrap();
    }
    let year = plan(&book, &text).await;
    assert_eq!((year.drafts.len(), open_rows(&year).len()), (800, 0));
    assert_eq!(commit(&book, &year).await, 804, "four batches with their heads");
    assert_eq!(book.balance("R.1002").await, "0.00");
    assert_eq!(plan(&book, &text).await.drafts.len(), 0);
}

#[tokio::test]
async fn what_can_not_be_is_refused_row_by_row() {
    let book = opened(On::Sqlite).await;
    let text = "日期,总车次,免费车次,现金,平台,金额,手续费,到账日期,到账金额\n\
        2025-04-01,1,0,0,5.00,5.00,,,\n\
        2024-12-31,1,0,0,5.00,5.00,,,\n\
        2025-03-01,1,0,2.00,5.00,8.00,,,\n\
        2025-03-02,1,2,0,5.00,5.00,,,\n\
        2025-03-03,1,0,0,5.005,5.00,,,\n\
        2025-03-04,1,0,0,-5.00,5.00,,,\n\
        2025-02-30,1,0,0,5.00,5.00,,,\n\
        2025-03-05,1,0,0,5.00,5.00,,,4.00\n\
        2025-03-06,1,0,0,5.00,5.00,1.00,2025-03-01,4.00\n\
        2025-03-07,1,0,0,5.00,5.00,0.03,,\n\
        2025-03-07,1,0,0,6.00,6.00,,,\n\
        合计,9,2,2.00,41.00,99.00,,,\n";
    let bad = plan(&book, text).await;
    let wanted = [
        (2, "future"),
        (3, "closed"),
        (4, "parts_differ"),
        (5, "exempt_over"),
        (6, "parts_differ"),
        (7, "parts_differ"),
        (8, "no_day"),
        (9, "settled_when"),
        (10, "settled_early"),
        (12, "day_twice"),
        (13, "total_differs"),
    ];
    assert_eq!(open_rows(&bad), wanted);
    let waits = bad.parking.rows.iter().find(|row| row.row == 11).unwrap();
    assert_eq!((waits.status(), waits.notes[0].code), (Status::Read, "fee_waits"));
    assert_eq!((bad.drafts.len(), bad.settlements), (1, 0), "the day whose fee waits");
    let options = parking::options(&book.books, estate(), None).await.unwrap();
    let none = Parking::read("x.csv", "日期,应收\n2025-03-01,2\n".as_bytes(), &options);
    assert!(matches!(none, Err(TableError::NoHeadings { .. })), "{none:?}");
    let twice = Parking::read("x.csv", "日期,平台,线上\n2025-03-01,2,2\n".as_bytes(), &options);
    assert!(matches!(twice, Err(TableError::HeadingTwice { .. })), "{twice:?}");
}

#[test]
fn the_command_previews_posts_and_says_what_it_did() {
    let program = Program::sqlite();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let import = format!(
        "import parking {} --estate 620722-0001 --cash R.1001.01",
        path.join("parking-2025-03.csv").display()
    );
    let (status, said) = program.run(&import);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("新收入 4 · 新结算 3"), "{said}");
    assert_eq!(program.verified(), 2, "a preview posts nothing");
    let (status, said) = program.run(&format!("--json {import} --commit"));
    assert_eq!(status, 0, "{said}");
    let report: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!((&report["format"], &report["posted"]), (&"import/1".into(), &8.into()));
    assert_eq!(report["totals"]["received"], "1561.50");
    let (status, said) = program.run(&format!("--lang en {import} --commit"));
    assert_eq!((status, said.contains("known 7")), (0, true), "{said}");
    assert_eq!(program.verified(), 10);
}
