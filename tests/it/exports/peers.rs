//! hledger and beancount, the real ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use mingzhang::ledger::account::AccountCode;
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::listing::{Direction, Filter};
use mingzhang::ledger::money::Money;
use mingzhang::services::demonstration::MadeUp;
use mingzhang::services::exporter::FileFormat;

use super::{demonstration, download, file, year_and_after};
use crate::harness::{TestBook, estate, is_long};

type Balances = BTreeMap<AccountCode, Money>;

/// What a command prints; it must succeed.
fn says(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .env("LANG", "C.UTF-8")
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed by this test: {error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}{complained}");
    assert!(program != "bean-check" || complained.is_empty(), "{complained}");
    said
}

fn accepts(program: &str, arguments: &[&str], file: &Path) -> bool {
    let output =
        Command::new(program).args(arguments).arg(file).env("LC_ALL", "C.UTF-8").output().unwrap();
    output.status.success()
}

fn signed(text: &str) -> Money {
    match text.strip_prefix('-') {
        Some(plain) => -plain.parse::<Money>().unwrap(),
        None => text.parse().unwrap(),
    }
}

/// `hledger balance`, account by account.
fn hledger_balances(journal: &Path) -> Balances {
    let flat = ["balance", "--flat", "--no-total", "-E", "-N", "-O", "csv", "-f"];
    let table = says("hledger", &flat, journal);
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let rows = rows.records().map(|row| {
        let row = row.unwrap();
        let path: Vec<&str> = row[0].split(':').collect();
        let number = path.last().unwrap().split(' ').next().unwrap();
        let code = format!("{}.{number}", path[0]).parse().unwrap();
        let amount = row[1].trim_start_matches("CNY").trim();
        (code, if amount == "0" { Money::ZERO } else { signed(amount) })
    });
    rows.collect()
}

/// `bean-query`'s sums, account by account.
fn beancount_balances(file: &Path) -> Balances {
    let query = "select account, sum(number) as total group by account order by account";
    let output = Command::new("bean-query")
        .args(["-f", "csv"])
        .arg(file)
        .arg(query)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("bean-query is needed by this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut rows = csv::Reader::from_reader(output.stdout.as_slice());
    let rows = rows.records().map(|row| {
        let row = row.unwrap();
        let mut path = row[0].trim().split(':').skip(1);
        let (fund, number) = (path.next().unwrap(), path.next().unwrap());
        let code = format!("{fund}.{}", number.replace('-', ".")).parse().unwrap();
        (code, signed(row[1].trim()))
    });
    rows.collect()
}

/// Accounts that aren't nothing: programs leave the others out as they like.
fn standing(balances: impl IntoIterator<Item = (AccountCode, Money)>) -> Balances {
    balances.into_iter().filter(|(_, balance)| !balance.is_zero()).collect()
}

/// Both programs accept the estate's journals and come to the book's balances.
async fn peers_agree(book: &TestBook, estate: EstateCode) {
    let ours = book.books.book(estate).await.unwrap().unwrap();
    let ours = standing(ours.balances().accounts());
    assert!(!ours.is_empty());
    let directory = tempfile::tempdir().unwrap();

    let journal = directory.path().join("books.journal");
    let text = file(&book.books, estate, FileFormat::Hledger, Filter::default()).await;
    std::fs::write(&journal, &text).unwrap();
    says("hledger", &["check", "-f"], &journal);
    says("hledger", &["check", "--strict", "-f"], &journal);
    assert_eq!(standing(hledger_balances(&journal)), ours);

    let beans = directory.path().join("books.beancount");
    let beancount = file(&book.books, estate, FileFormat::Beancount, Filter::default()).await;
    std::fs::write(&beans, &beancount).unwrap();
    says("bean-check", &["--no-cache"], &beans);
    assert_eq!(standing(beancount_balances(&beans)), ours);

    a_fen_is_noticed(&directory.path().join("wrong.journal"), &text, &beancount);
}

/// The balances written are really compared: one fen off is refused by both.
fn a_fen_is_noticed(to: &Path, journal: &[u8], beancount: &[u8]) {
    let one_off = |text: &[u8], balance: fn(&str) -> Option<usize>| {
        let text = std::str::from_utf8(text).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let (line, at) = lines
            .iter_mut()
            .find_map(|line| Some((balance(line)?, line)))
            .map(|(at, line)| (line, at))
            .unwrap();
        // The last digit of the fen.
        let digit = if line.as_bytes()[at] == b'9' { "8" } else { "9" };
        line.replace_range(at..=at, digit);
        lines.join("\n") + "\n"
    };
    let in_journal = one_off(journal, |line| line.contains(" = CNY ").then(|| line.len() - 1));
    std::fs::write(to, in_journal).unwrap();
    assert!(!accepts("hledger", &["check", "-f"], to), "hledger compares");
    let beans = to.with_extension("beancount");
    let in_beans = one_off(beancount, |line| line.find(" ~ ").map(|at| at - 1));
    std::fs::write(&beans, in_beans).unwrap();
    assert!(!accepts("bean-check", &["--no-cache"], &beans), "beancount compares");
}

#[tokio::test]
async fn peers_agree_on_the_demonstration() {
    let book = demonstration(MadeUp { estates: 1, entries: 60 }).await;
    peers_agree(&book, "620722-0013".parse().unwrap()).await;
    peers_agree(&book, "620722-1000".parse().unwrap()).await;
}

#[tokio::test]
async fn peers_accept_every_estate_of_the_county() {
    let book = crate::demonstration::county("2026-06-30").await;
    let directory = tempfile::tempdir().unwrap();
    for ours in book.books.directory("", None, 100).await.unwrap() {
        let estate = ours.estate();
        let journal = directory.path().join(format!("{estate}.journal"));
        let text = file(&book.books, estate, FileFormat::Hledger, Filter::default()).await;
        std::fs::write(&journal, text).unwrap();
        says("hledger", &["check", "--strict", "-f"], &journal);
        assert_eq!(
            standing(hledger_balances(&journal)),
            standing(ours.balances().accounts()),
            "{estate}"
        );
        let beans = directory.path().join(format!("{estate}.beancount"));
        let text = file(&book.books, estate, FileFormat::Beancount, Filter::default()).await;
        std::fs::write(&beans, text).unwrap();
        says("bean-check", &["--no-cache"], &beans);
    }
}

#[tokio::test]
async fn peers_agree_on_a_year_its_closing_and_what_came_after() {
    let book = year_and_after().await;
    peers_agree(&book, estate()).await;
}

#[tokio::test]
async fn peers_accept_an_extract() {
    let book = year_and_after().await;
    let filters = [
        Filter { direction: Some(Direction::In), ..Filter::default() },
        Filter { text: Some("更正".into()), ..Filter::default() },
        Filter { kind: Some("no such kind".into()), ..Filter::default() },
    ];
    let directory = tempfile::tempdir().unwrap();
    for filter in filters {
        let journal = directory.path().join("part.journal");
        let part = file(&book.books, estate(), FileFormat::Hledger, filter.clone()).await;
        assert!(!String::from_utf8_lossy(&part).contains("月末余额"));
        std::fs::write(&journal, part).unwrap();
        says("hledger", &["check", "--strict", "-f"], &journal);
        let beans = directory.path().join("part.beancount");
        let part = file(&book.books, estate(), FileFormat::Beancount, filter).await;
        std::fs::write(&beans, part).unwrap();
        says("bean-check", &["--no-cache"], &beans);
    }
}

#[tokio::test]
async fn the_site_gives_the_same_journals() {
    let book = year_and_after().await;
    for (ending, format) in [("journal", FileFormat::Hledger), ("beancount", FileFormat::Beancount)]
    {
        let address = format!("/e/{}/export.{ending}", estate());
        let (status, body) = download(&book.books, &address, "zh").await;
        assert_eq!(status, 200);
        assert_eq!(body, file(&book.books, estate(), format, Filter::default()).await);
    }
}

/// `tests/run --long peers`: larger books.
#[tokio::test]
async fn peers_agree_on_a_large_book() {
    let entries = if is_long() { 20_000 } else { 700 };
    let book = demonstration(MadeUp { estates: 2, entries }).await;
    for code in ["620722-1000", "620722-1001"] {
        peers_agree(&book, code.parse().unwrap()).await;
    }
}
