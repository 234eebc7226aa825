//! The register of October 2018, from the file to the proof; other files beside it.

mod hostile;
mod hostile_xls;
mod mutated;
mod parking;
mod sites;
pub mod statement;

use mingzhang::exchange::answers::Answers;
use mingzhang::exchange::register::{Options, Register};
use mingzhang::ledger::account::Fund;
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::period::parse_date;
use mingzhang::ledger::statements::{contract_dues, gap_of_book, income_statement};
use mingzhang::ledger::time::Timestamp;
use mingzhang::services::bookkeeper::{OpenEstate, command_line, open_estate};
use mingzhang::services::clock::SeededEntropy;
use mingzhang::services::importer::{self, Plan};
use test_case::test_case;

use crate::harness::{On, TestBook, export, verified};

const FILE: &str = "lease-register-2018-10.xlsx";

pub fn bytes() -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(FILE);
    std::fs::read(path).unwrap()
}

pub fn code() -> EstateCode {
    "620722-0013".parse().unwrap()
}

pub async fn opened(on: On) -> TestBook {
    let book = opened_on(on, "2018-10-01").await;
    book.on("2018-10-31");
    book
}

/// A book that opens on a day, which is today.
async fn opened_on(on: On, since: &str) -> TestBook {
    let book = TestBook::empty(on).await;
    book.on(since);
    let estate = OpenEstate {
        code: code(),
        name: "明珠花园".into(),
        address: "民乐县".into(),
        area: "68450.00".parse().unwrap(),
        households: 486,
        manager: mingzhang::ledger::event::Party::Organisation {
            code: None, org: "甲物业".into()
        },
        committee: None,
        community: None,
        banks: vec![(Fund::R, "农业银行".into(), "****1234".into())],
        since: parse_date(since).unwrap(),
        rules: "cn-default".into(),
    };
    open_estate(&book.books, &estate, command_line("o_operator")).await.unwrap();
    book
}

async fn plan(book: &TestBook, answers: &str) -> Plan {
    let answers: Answers = answers.parse().unwrap();
    let options = Options { answers, ..Options::default() };
    let register = Register::read(FILE, &bytes(), &options).unwrap();
    let entropy = SeededEntropy::from_name("test");
    importer::plan(&book.books, code(), register, &entropy).await.unwrap()
}

async fn commit(book: &TestBook, plan: &Plan) -> usize {
    let by = command_line("o_operator");
    importer::commit(&book.books, plan, &by).await.unwrap().len()
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn the_default_commit_posts_what_was_read_and_holds_the_rest(on: On) {
    let book = opened(on).await;
    let first = plan(&book, "").await;
    assert_eq!((first.contracts.len(), first.incomes.len()), (23, 7));
    assert_eq!(first.register.totals.to_post.to_string(), "23350.00");
    assert_eq!(first.register.totals.held.to_string(), "828.91");
    let open: Vec<_> = first.register.open_rows().map(|row| row.row).collect();
    assert_eq!(open, [28, 30, 31]);
    assert_eq!(commit(&book, &first).await, 31);

    let now = book.books.book(code()).await.unwrap().unwrap();
    assert_eq!(now.head().entries, 33);
    let balance = |account: &str| now.balances().balance(account.parse().unwrap()).to_string();
    assert_eq!(balance("R.1001.01"), "21800.00");
    assert_eq!(balance("R.1221.01"), "1550.00");
    let statement = income_statement(&now, Fund::R, "2018-10".parse().unwrap());
    let rows: Vec<_> =
        statement.income.iter().map(|row| format!("{} {}", row.account, row.amount)).collect();
    assert_eq!(
        rows,
        ["R.4503.01 2000.00", "R.4503.99 10000.00", "R.4505.01 5000.00", "R.4505.02 6350.00"]
    );
    let dues = contract_dues(&now, parse_date("2018-10-31").unwrap());
    let due: i64 = dues.iter().map(|row| row.due.fen()).sum();
    let received: i64 = dues.iter().map(|row| row.received.fen()).sum();
    assert_eq!((due, received), (4_491_516, 645_000));
    assert_eq!(gap_of_book(&now).to_string(), "38465.16");
    let report = verified(&export(&book.books, code()).await);
    assert!(report.is_sound(), "{:?}", report.faults);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn the_same_file_again_posts_nothing(on: On) {
    let book = opened(on).await;
    commit(&book, &plan(&book, "").await).await;
    let again = plan(&book, "").await;
    assert_eq!((again.contracts.len(), again.incomes.len(), again.known), (0, 0, 30));
    assert_eq!(commit(&book, &again).await, 0);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn answers_settle_what_was_held_and_nothing_is_doubled(on: On) {
    let book = opened(on).await;
    commit(&book, &plan(&book, "").await).await;
    let answers = r#"
        [row."28"]
        account = "R.4599"
        [row."30"]
        skip = "物业费滞纳金，不属于公共收益"
        [row."31"]
        skip = "物业费多转，退回物业"
    "#;
    let settled = plan(&book, answers).await;
    assert_eq!((settled.contracts.len(), settled.incomes.len()), (0, 1));
    assert_eq!(settled.register.open_rows().count(), 0);
    assert_eq!(commit(&book, &settled).await, 2, "the receipt and the entry that heads it");
    let now = book.books.book(code()).await.unwrap().unwrap();
    assert_eq!(now.balances().balance("R.1001.01".parse().unwrap()).to_string(), "22220.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn no_persons_name_reaches_the_bytes(on: On) {
    let book = opened(on).await;
    commit(&book, &plan(&book, "").await).await;
    let text = String::from_utf8(export(&book.books, code()).await).unwrap();
    for name in ["承租人", "商户", "扣款"] {
        assert!(!text.contains(name), "{name} stands in the public bytes");
    }
    let sealed = book.books.store().primary().sealed_values(code()).await.unwrap();
    assert!(sealed.len() >= 10, "names are kept beside the log: {}", sealed.len());
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn next_month_adds_receipts_only_and_asks_about_a_changed_rate(on: On) {
    let book = opened(on).await;
    commit(&book, &plan(&book, "").await).await;
    book.clock.set(Timestamp::noon_of(parse_date("2018-11-30").unwrap()));
    let csv = "2018年11月份租赁收入汇总,,,,,\n\
        序号,租赁名称,合同日期,应收金额,实收金额,所属月份,备注\n\
        1,会所（琴行）,协商续签,10656元/月,10656,2018.11,\n\
        2,承租人丙（六栋负一层仓库）,无合同,700元/月,700,2018.11,\n\
        合计,,,,11356,,\n";
    let register = Register::read("11.csv", csv.as_bytes(), &Options::default()).unwrap();
    let entropy = SeededEntropy::from_name("november");
    let plan = importer::plan(&book.books, code(), register, &entropy).await.unwrap();
    assert_eq!((plan.contracts.len(), plan.incomes.len()), (0, 1));
    let open: Vec<_> = plan.register.open_rows().map(|row| row.row).collect();
    assert_eq!(open, [4], "603 a month became 700");
    assert_eq!(commit(&book, &plan).await, 2);
    let now = book.books.book(code()).await.unwrap().unwrap();
    assert_eq!(now.contracts().contracts.len(), 23);
    let clubhouse = &now.contracts().contracts["C-003"];
    assert_eq!(clubhouse.received().to_string(), "10656.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn money_of_others_in_a_register_is_kept_by_an_item(on: On) {
    let book = opened(on).await;
    let plan = plan(&book, "[row.\"31\"]\nmoney = \"common\"").await;
    commit(&book, &plan).await;
    let now = book.books.book(code()).await.unwrap().unwrap();
    let account = "R.2242".parse().unwrap();
    let held: Vec<_> =
        now.fund(Fund::R).items.iter().filter(|((of, _), _)| *of == account).collect();
    assert!(!held.is_empty());
    let sum = held.iter().map(|(_, sum)| **sum).sum();
    assert_eq!(now.balances().balance(account), sum, "all of it is kept by an item");
}
