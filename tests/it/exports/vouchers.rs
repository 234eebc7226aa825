//! Vouchers for 用友 U8 and 金蝶 KIS: whole, balanced, numbered without a gap, the book's turnover.

use std::collections::BTreeMap;
use std::io::Cursor;

use axum::http::StatusCode;
use calamine::{Data, Reader as _, Xlsx};
use mingzhang::ledger::account::Fund;
use mingzhang::ledger::listing::Filter;
use mingzhang::ledger::money::Money;
use mingzhang::ledger::period::Period;
use mingzhang::ledger::statements::{trial_balance, trial_total};
use mingzhang::services::exporter::FileFormat;

use super::{download, file, year_and_after};
use crate::harness::{TestBook, estate};

/// One line: voucher's day and number, account, debit, credit, text.
type Line = ((String, u64), String, Money, Money, String);

fn money(text: &str) -> Money {
    text.strip_prefix('-').map_or_else(
        || text.parse().unwrap_or_else(|_| panic!("{text}")),
        |plain| -plain.parse::<Money>().unwrap(),
    )
}

fn of_u8(bytes: &[u8]) -> Vec<Line> {
    let (text, _, malformed) = encoding_rs::GB18030.decode(bytes);
    assert!(!malformed);
    let mut lines = text.split_terminator("\r\n");
    assert_eq!(lines.next(), Some("填制凭证,V800"));
    let line = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!((cells.len(), cells[1]), (8, "记"), "{line}");
        assert!(cells[3].parse::<u8>().is_ok() && !line.contains('"'), "{line}");
        let key = (cells[0].to_owned(), cells[2].parse().unwrap());
        (key, cells[5].to_owned(), money(cells[6]), money(cells[7]), cells[4].to_owned())
    };
    lines.map(line).collect()
}

fn of_kis(bytes: Vec<u8>) -> Vec<Line> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let about = book.worksheet_range("说明").unwrap();
    assert!(about.rows().any(|row| row[1].to_string().contains("未在软件中核实")));
    let range = book.worksheet_range("凭证").unwrap();
    let mut rows = range.rows();
    assert_eq!(
        rows.next().unwrap()[..3],
        ["日期", "凭证字", "凭证号"].map(|t| Data::String(t.into()))
    );
    let amount = |cell: &Data| match cell {
        Data::Empty => Money::ZERO,
        Data::String(text) if text.is_empty() => Money::ZERO,
        Data::Float(number) => money(&format!("{number:.2}")),
        other => panic!("{other:?}"),
    };
    let line = |row: &[Data]| {
        let Data::DateTime(day) = &row[0] else { panic!("{:?}", row[0]) };
        let (year, month, of_month, ..) = day.to_ymd_hms_milli();
        let day = format!("{year:04}-{month:02}-{of_month:02}");
        let no = row[2].to_string().parse().unwrap();
        let key = (day, no);
        (key, row[5].to_string(), amount(&row[7]), amount(&row[8]), row[4].to_string())
    };
    rows.map(line).collect()
}

async fn is_the_books(book: &TestBook, fund: Fund, lines: &[Line]) {
    let ours = book.book().await;
    let mut vouchers: BTreeMap<_, Money> = BTreeMap::new();
    let mut accounts: BTreeMap<&str, (Money, Money)> = BTreeMap::new();
    for (key, code, debit, credit, _) in lines {
        let sum = vouchers.entry(key).or_default();
        *sum = *sum + *debit - *credit;
        let sums = accounts.entry(code).or_default();
        *sums = (sums.0 + *debit, sums.1 + *credit);
    }
    assert!(vouchers.values().all(|sum| sum.is_zero()), "each is balanced");
    let mut months: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (day, no) in vouchers.keys() {
        months.entry(&day[..7]).or_default().push(*no);
    }
    for (month, mut numbers) in months {
        numbers.sort_unstable();
        let whole: Vec<u64> = (1..).take(numbers.len()).collect();
        assert_eq!(numbers, whole, "{month} {fund}");
    }
    // The accounts' balances are the book's.
    for (account, balance) in ours.balances().accounts().filter(|(code, _)| code.fund() == fund) {
        let code: String = account.as_str().chars().filter(char::is_ascii_digit).collect();
        let (debit, credit) = accounts.get(code.as_str()).copied().unwrap_or_default();
        assert_eq!(debit - credit, balance, "{account}");
    }
}

#[tokio::test]
async fn vouchers_are_whole_balanced_and_the_books() {
    let book = year_and_after().await;
    for fund in Fund::ALL {
        let filter = Filter { fund: Some(fund), ..Filter::default() };
        let u8 = of_u8(&file(&book.books, estate(), FileFormat::U8, filter.clone()).await);
        is_the_books(&book, fund, &u8).await;
        let kis = of_kis(file(&book.books, estate(), FileFormat::Kis, filter).await);
        assert_eq!(u8.len(), kis.len());
        for (a, b) in u8.iter().zip(&kis) {
            assert_eq!((&a.0, &a.1, a.2, a.3), (&b.0, &b.1, b.2, b.3));
        }
    }
    // Without a fund the shared revenue; a text keeps its commas from parting cells.
    let plain = of_u8(&file(&book.books, estate(), FileFormat::U8, Filter::default()).await);
    assert!(plain.iter().all(|line| !line.1.starts_with("4001")), "no account of the fund's");
    assert!(plain.iter().any(|line| line.4 == "甲; 乙， 丙:丁" || line.4.contains('，')));
    // What a correction takes back stands as a red figure.
    assert!(plain.iter().any(|line| line.2.is_negative() || line.3.is_negative()));
}

#[tokio::test]
async fn vouchers_are_chosen_by_fund_and_month_and_no_further() {
    let book = year_and_after().await;
    let of = |rest: &str| format!("/e/{}/export.u8.txt{rest}", estate());
    let (status, bytes) = download(&book.books, &of("?fund=R&from=2025-03&to=2025-03"), "en").await;
    assert_eq!(status, StatusCode::OK);
    let lines = of_u8(&bytes);
    assert!(!lines.is_empty() && lines.iter().all(|line| line.0.0.starts_with("2025-03")));
    let ours = book.book().await;
    let march = Period::month("2025-03".parse().unwrap());
    let total = trial_total(&trial_balance(&ours, Fund::R, march));
    let sums =
        lines.iter().fold((Money::ZERO, Money::ZERO), |sum, line| (sum.0 + line.2, sum.1 + line.3));
    assert_eq!(sums, total.turnover);
    for query in ["?kind=income", "?min=1.00", "?q=a", "?side=in", "?contract=C-01"] {
        let (status, body) = download(&book.books, &of(query), "zh").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        assert!(String::from_utf8(body).unwrap().contains("凭证只按账和月份选"), "{query}");
    }
    let kis = format!("/e/{}/export.kis.xlsx?fund=F", estate());
    assert_eq!(download(&book.books, &kis, "zh").await.0, StatusCode::OK);
}
