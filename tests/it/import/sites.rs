//! The list of contracts of December 2018, from the file to the posted book.

use std::collections::BTreeMap;

use mingzhang::exchange::answers::Answers;
use mingzhang::exchange::register::{Options, Register};
use mingzhang::ledger::due::Mode;
use mingzhang::ledger::money::Money;
use mingzhang::ledger::period::{Month, parse_date};
use mingzhang::services::clock::SeededEntropy;
use mingzhang::services::importer::{self, Plan};
use test_case::test_case;

use super::{code, commit, opened_on};
use crate::harness::{On, TestBook, export, verified};
use crate::program::Program;

const FILE: &str = "site-contracts-2018-12.csv";
const BYTES: &[u8] = include_bytes!("../../data/site-contracts-2018-12.csv");
/// What row 15 (the fourteenth contract) needs: a day that is, and where energy is booked.
const ANSWERS: &str = "[row.\"15\"]\nends = 2023-11-30\naccount = \"R.2242\"\n";

async fn plan(book: &TestBook, bytes: &[u8], answers: &str) -> Plan {
    let answers: Answers = answers.parse().unwrap();
    let options = Options { answers, ..Options::default() };
    let register = Register::read(FILE, bytes, &options).unwrap();
    let entropy = SeededEntropy::from_name("sites");
    importer::plan_contracts(&book.books, code(), register, &entropy).await.unwrap()
}

/// What the posted contracts owe, by month.
async fn dues(book: &TestBook) -> BTreeMap<Month, Money> {
    let now = book.books.book(code()).await.unwrap().unwrap();
    let mut sums = BTreeMap::new();
    for contract in now.contracts().contracts.values() {
        for (month, due) in contract.months("2022-12".parse().unwrap()) {
            let sum: &mut Money = sums.entry(month).or_default();
            *sum = sum.checked_add(due.due).unwrap();
        }
    }
    sums
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn the_posted_contracts_owe_what_the_list_says_month_by_month(on: On) {
    let book = opened_on(on, "2018-12-01").await;
    let first = plan(&book, BYTES, "").await;
    assert_eq!((first.contracts.len(), first.incomes.len()), (20, 0));
    let open: Vec<_> = first.register.open_rows().map(|row| row.row).collect();
    assert_eq!(open, [15]);
    assert_eq!(commit(&book, &first).await, 21);
    let dues = dues(&book).await;
    for (month, wanted) in [
        ("2018-12", "6466.66"),
        ("2019-01", "11796.52"),
        ("2019-02", "14541.67"),
        ("2019-03", "14691.65"),
        ("2019-04", "16791.68"),
        ("2019-12", "15874.99"),
        ("2020-04", "15979.00"),
        ("2020-12", "13728.99"),
        ("2021-04", "7975.00"),
        ("2022-01", "5464.52"),
    ] {
        assert_eq!(dues[&month.parse::<Month>().unwrap()].to_string(), wanted, "{month}");
    }
    for (year, wanted) in
        [(2018, "6466.66"), (2019, "191238.18"), (2020, "189186.00"), (2021, "112262.00")]
    {
        let months = dues.iter().filter(|(month, _)| month.year() == year);
        assert_eq!(months.map(|(_, due)| *due).sum::<Money>().to_string(), wanted, "{year}");
    }
    let now = book.books.book(code()).await.unwrap().unwrap();
    let by_use = now.contracts().contracts.values().find(|c| c.site == "电动自行车充电").unwrap();
    let modes: Vec<_> = by_use.parts.iter().map(|part| part.mode).collect();
    assert_eq!(modes, [Mode::PerUse], "no due is made up for what goes by use");
    let report = verified(&export(&book.books, code()).await);
    assert!(report.is_sound(), "{:?}", report.faults);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn an_answer_posts_the_refused_row_and_nothing_comes_twice(on: On) {
    let book = opened_on(on, "2018-12-01").await;
    commit(&book, &plan(&book, BYTES, "").await).await;
    let again = plan(&book, BYTES, "").await;
    assert_eq!((again.contracts.len(), again.known), (0, 20));
    assert_eq!(commit(&book, &again).await, 0);
    let settled = plan(&book, BYTES, ANSWERS).await;
    assert_eq!((settled.contracts.len(), settled.register.open_rows().count()), (1, 0));
    assert_eq!(commit(&book, &settled).await, 2);
    assert_eq!(commit(&book, &plan(&book, BYTES, ANSWERS).await).await, 0);
    let now = book.books.book(code()).await.unwrap().unwrap();
    let energy = now.contracts().contracts.values().find(|c| c.site.contains("有线")).unwrap();
    assert_eq!(energy.term.to, parse_date("2023-11-30").ok());
    assert_eq!(energy.parts[0].mode, Mode::Metered);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_rate_or_a_term_that_changed_is_asked(on: On) {
    let book = opened_on(on, "2018-12-01").await;
    commit(&book, &plan(&book, BYTES, "").await).await;
    let text = String::from_utf8(BYTES.to_vec()).unwrap();
    // The gate's rate, and the notice boards' last day.
    let rate = text.replacen("4000", "4500", 1);
    assert_ne!(rate, text);
    let changed = plan(&book, rate.as_bytes(), "").await;
    let open: Vec<_> = changed.register.open_rows().map(|row| row.row).collect();
    assert_eq!((open, changed.contracts.len()), (vec![2, 15], 0));
    assert_eq!(commit(&book, &changed).await, 0);
    let skipped = plan(&book, rate.as_bytes(), "[row.\"2\"]\nskip = \"另记合同变更\"").await;
    let open: Vec<_> = skipped.register.open_rows().map(|row| row.row).collect();
    assert_eq!(open, [15]);
}

#[test]
fn the_command_exits_with_1_until_the_refused_row_is_settled() {
    let program = Program::sqlite();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(FILE);
    let import = format!("import contracts {} --estate 620722-0001 --commit", path.display());
    let (status, said) = program.run(&format!("{import} --write-answers asked.toml"));
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("新合同 20"), "{said}");
    let asked = std::fs::read_to_string(program.directory.path().join("asked.toml")).unwrap();
    assert!(asked.contains("[row.\"15\"]") && asked.contains("# ends = 2023-11-30"), "{asked}");
    std::fs::write(program.directory.path().join("answers.toml"), ANSWERS).unwrap();
    let (status, said) = program.run(&format!("--json {import} --answers answers.toml"));
    assert_eq!(status, 0, "{said}");
    let report: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!((&report["format"], &report["posted"]), (&"import/1".into(), &2.into()));
    let (status, said) = program.run(&format!("--lang en {import} --answers answers.toml"));
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("entries posted: 0"), "{said}");
}
