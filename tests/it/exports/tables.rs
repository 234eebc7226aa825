//! CSV and XLSX: the rows of the page, sums that are the book's, cells that run nothing.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use mingzhang::ledger::account::{AccountCode, Fund};
use mingzhang::ledger::listing::Filter;
use mingzhang::ledger::money::Money;
use mingzhang::ledger::statements::{income_statement, trial_balance, trial_total};
use mingzhang::services::exporter::FileFormat;
use scraper::{Html, Selector};

use super::{download, file, year_and_after};
use crate::harness::{TestBook, estate};
use crate::pages::story::half_a_year;

/// A CSV file read back.
struct Table {
    lines: Vec<csv::StringRecord>,
    end: Vec<csv::StringRecord>,
}

impl Table {
    fn read(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).unwrap();
        let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "CRLF");
        // Not flexible: a row with another number of cells is an error.
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(&reader.headers().unwrap()[0], "笔号");
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        let (end, lines) = rows.into_iter().partition(|row| &row[0] == "#");
        Self { lines, end }
    }

    /// A line of the end, by its label.
    fn said(&self, label: &str) -> &str {
        let row = self.end.iter().find(|row| row[1].starts_with(label));
        &row.unwrap_or_else(|| panic!("no {label}"))[2]
    }

    fn column(&self, fund: &str, at: usize) -> Money {
        let lines = self.lines.iter().filter(|row| &row[4] == fund && !row[at].is_empty());
        lines.map(|row| row[at].parse::<Money>().unwrap()).sum()
    }

    fn total(&self, fund: &str, at: usize) -> Money {
        let row = self.end.iter().find(|row| &row[1] == "合计" && &row[4] == fund);
        row.unwrap()[at].parse().unwrap()
    }
}

fn money(text: &str) -> Money {
    let plain = text.replace(',', "");
    match plain.strip_prefix('-') {
        Some(plain) => -plain.parse::<Money>().unwrap(),
        None => plain.parse().unwrap(),
    }
}

/// What the pages of a list show: numbers of entries, and the sums at their feet.
async fn pages(book: &TestBook, query: &str) -> (Vec<u64>, [Money; 4]) {
    let mut address = format!("/e/{}/lines?{query}", estate());
    let (mut shown, mut sums) = (Vec::new(), [Money::ZERO; 4]);
    loop {
        let (status, body) = download(&book.books, &address, "zh").await;
        assert_eq!(status, 200, "{address}");
        let html = Html::parse_document(std::str::from_utf8(&body).unwrap());
        let links = Selector::parse("table.lines a[href*='/entries/']").unwrap();
        let mut here: Vec<u64> = Vec::new();
        for row in html.select(&Selector::parse("table.lines tr:not(.month)").unwrap()) {
            let first = row.select(&links).next();
            let seq: Option<u64> =
                first.and_then(|a| a.value().attr("href")?.rsplit('/').next()?.parse().ok());
            here.extend(seq);
        }
        shown.extend(here);
        for (at, part) in ["in", "out", "moved", "opening"].into_iter().enumerate() {
            let foot = Selector::parse(&format!(".sums dd[data-part={part}]")).unwrap();
            if let Some(dd) = html.select(&foot).next() {
                sums[at] = sums[at] + money(dd.text().collect::<String>().trim());
            }
        }
        let older = Selector::parse("a[rel=next]").unwrap();
        match html.select(&older).next() {
            Some(next) => next.value().attr("href").unwrap().clone_into(&mut address),
            None => return (shown, sums),
        }
    }
}

const FILTERS: [&str; 9] = [
    "",
    "fund=R",
    "fund=F",
    "from=2025-02&to=2025-03",
    "kind=income",
    "side=out&min=100",
    "side=in&max=1000.00",
    "q=%E5%81%9C%E8%BD%A6",
    "from=2031-01",
];

/// The page's rows and sums are those of the file, whatever the filter.
async fn page_and_file_agree(book: &TestBook) {
    for query in FILTERS {
        let (shown, sums) = pages(book, query).await;
        let address = format!("/e/{}/export.csv?{query}", estate());
        let (status, body) = download(&book.books, &address, "zh").await;
        assert_eq!(status, 200, "{address}");
        let table = Table::read(&body);
        let mut of_file: Vec<(u64, String)> = Vec::new();
        for row in &table.lines {
            let key = (row[0].parse().unwrap(), row[4].to_owned());
            if !of_file.contains(&key) {
                of_file.push(key);
            }
        }
        // A correction to nothing is a row of the page without lines that stand.
        let mut of_page: Vec<u64> = shown.clone();
        of_page.reverse();
        let mut seqs: Vec<u64> = of_file.iter().map(|(seq, _)| *seq).collect();
        of_page.sort_unstable();
        seqs.sort_unstable();
        let empty = of_page.len() - seqs.len();
        of_page.retain(|seq| empty == 0 || seqs.contains(seq));
        assert_eq!(of_page, seqs, "{query}");
        assert_eq!(table.said("笔数"), shown.len().to_string(), "{query}");
        assert_eq!(table.said("行数"), table.lines.len().to_string(), "{query}");
        let file_sums =
            ["收入合计", "支出合计", "转存合计", "期初合计"].map(|l| money(table.said(l)));
        assert_eq!(file_sums, sums, "{query}");
        for fund in ["公共收益", "维修资金"] {
            assert_eq!(table.total(fund, 7), table.column(fund, 7), "{query}");
            assert_eq!(table.total(fund, 8), table.column(fund, 8), "{query}");
            assert_eq!(table.total(fund, 7), table.total(fund, 8), "{query}: balanced");
        }
    }
}

#[tokio::test]
async fn the_pages_rows_are_the_files_rows() {
    page_and_file_agree(&half_a_year().await).await;
    page_and_file_agree(&year_and_after().await).await;
}

#[tokio::test]
async fn a_table_adds_up_to_the_book() {
    let book = half_a_year().await;
    let table = Table::read(&file(&book.books, estate(), FileFormat::Csv, Filter::default()).await);
    let mut sums: BTreeMap<AccountCode, Money> = BTreeMap::new();
    for row in &table.lines {
        let sum = sums.entry(row[5].parse().unwrap()).or_default();
        let side = |at: usize| if row[at].is_empty() { Money::ZERO } else { money(&row[at]) };
        *sum = *sum + side(7) - side(8);
    }
    let ours = book.book().await;
    for (account, balance) in ours.balances().accounts() {
        assert_eq!(sums.get(&account).copied().unwrap_or_default(), balance, "{account}");
    }
    assert_eq!(table.said("账本指纹"), ours.head().hash.to_string());
    assert_eq!(table.said("账本笔数"), ours.head().entries.to_string());
    assert_eq!(table.said("截至"), "2025-06-30");
    assert_eq!(table.said("筛选"), "全部");
}

#[tokio::test]
async fn a_cell_is_never_a_formula() {
    let book = year_and_after().await;
    let csv = file(&book.books, estate(), FileFormat::Csv, Filter::default()).await;
    let table = Table::read(&csv);
    let memos: Vec<&str> = table.lines.iter().map(|row| &row[13]).collect();
    assert!(memos.contains(&"'=1+1"), "{memos:?}");
    assert!(memos.contains(&"'@x  y"), "{memos:?}");
    for cell in table.lines.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
}

fn workbook(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

/// The exact amount of a cell.
fn amount(cell: &Data) -> Money {
    match cell {
        Data::Empty => Money::ZERO,
        Data::Float(number) => money(&format!("{number:.2}")),
        Data::Int(number) => money(&format!("{number}.00")),
        other => panic!("{other:?} is no amount"),
    }
}

#[tokio::test]
async fn a_workbook_holds_lines_balances_and_statement() {
    let book = year_and_after().await;
    let query = "from=2025-01&to=2025-12";
    let address = format!("/e/{}/export.xlsx?{query}", estate());
    let (status, body) = download(&book.books, &address, "zh").await;
    assert_eq!(status, 200);
    let mut sheets = workbook(body);
    assert_eq!(sheets.sheet_names(), ["明细", "科目余额", "收支表", "说明"]);

    let lines = sheets.worksheet_range("明细").unwrap();
    let csv = format!("/e/{}/export.csv?{query}", estate());
    let table = Table::read(&download(&book.books, &csv, "zh").await.1);
    assert_eq!(lines.height(), table.lines.len() + 1);
    for (row, of_csv) in lines.rows().skip(1).zip(&table.lines) {
        assert!(matches!(row[1], Data::DateTime(_)), "a real date: {:?}", row[1]);
        let debit = if of_csv[7].is_empty() { Money::ZERO } else { money(&of_csv[7]) };
        assert_eq!(amount(&row[7]), debit);
        assert_eq!(row[16].to_string(), of_csv[16]);
        assert_eq!(row[13].to_string(), of_csv[13].strip_prefix('\'').unwrap_or(&of_csv[13]));
    }

    let ours = book.book().await;
    let year = "2025".parse().unwrap();
    let trial = sheets.worksheet_range("科目余额").unwrap();
    for fund in Fund::ALL {
        for row in trial_balance(&ours, fund, year) {
            let code = row.account.to_string();
            let cells = trial.rows().find(|cells| cells[0].to_string() == code).unwrap();
            assert_eq!(amount(&cells[2]) - amount(&cells[3]), row.opening, "{code}");
            assert_eq!(amount(&cells[6]) - amount(&cells[7]), row.closing, "{code}");
        }
    }
    let income = sheets.worksheet_range("收支表").unwrap();
    let statement = income_statement(&ours, Fund::R, year);
    let of = |label: &str| {
        let row = income.rows().find(|cells| cells[0].to_string().starts_with(label));
        amount(&row.unwrap_or_else(|| panic!("no {label}"))[2])
    };
    assert_eq!(of("一、收入"), statement.income_total());
    assert_eq!(of("三、公共收益"), statement.net());
    assert_eq!(of("五、本期结余"), statement.balance());
    let about = sheets.worksheet_range("说明").unwrap();
    let said = |label: &str| {
        let row = about.rows().find(|cells| cells[0].to_string().starts_with(label));
        row.unwrap_or_else(|| panic!("no {label}"))[1].to_string()
    };
    assert_eq!(said("账本指纹"), ours.head().hash.to_string());
    assert_eq!(said("行数"), table.lines.len().to_string());
    assert!(said("筛选条件").contains("2025-12"));
    assert!(said("程序").starts_with("mingzhang "));
}

#[tokio::test]
async fn a_workbook_is_the_same_every_time_and_speaks_english() {
    let book = half_a_year().await;
    let address = format!("/e/{}/export.xlsx", estate());
    let (_, first) = download(&book.books, &address, "en").await;
    let (_, second) = download(&book.books, &address, "en").await;
    assert_eq!(first, second);
    let names = workbook(first).sheet_names();
    assert_eq!(names, ["Lines", "Trial balance", "Income statement", "About"]);
}

/// After a year is closed its trial balance still shows what stood before closing, and the next
/// year begins with nothing on accounts of income and expense.
#[tokio::test]
async fn a_closed_year_is_where_the_next_begins() {
    let book = year_and_after().await.book().await;
    let closing = |account: &str, rows: &[mingzhang::ledger::statements::TrialRow]| {
        let row = rows.iter().find(|row| row.account.to_string() == account).unwrap();
        (row.opening.to_string(), row.closing.to_string())
    };
    let of = |period: &str| trial_balance(&book, Fund::R, period.parse().unwrap());
    let (year, next, both) = (of("2025"), of("2026"), of("2025-01..2026-12"));
    assert_eq!(closing("R.4501.01", &year), ("0.00".into(), "-39600.00".into()));
    assert_eq!(closing("R.4501.01", &next), ("0.00".into(), "0.00".into()));
    assert_eq!(closing("R.3201", &year).1, "-146300.00");
    assert_eq!(closing("R.3201", &next).0, "-197063.60");
    for rows in [year, next, both] {
        let total = trial_total(&rows);
        for (debit, credit) in [total.opening, total.turnover, total.closing] {
            assert_eq!(debit, credit);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_cut_or_read_is_said() {
    let book = half_a_year().await;
    let of = |rest: &str| format!("/e/{}/export.{rest}", estate());
    for (rest, wanted) in [
        ("jsonl?fund=R", 400),
        ("csv?fund=X", 400),
        ("xlsx?from=abc", 400),
        ("journal?min=1.234", 400),
        ("beancount?fund=R", 200),
        ("jsonl?utm=1", 200),
    ] {
        let (status, _) = download(&book.books, &of(rest), "en").await;
        assert_eq!(status, wanted, "{rest}");
    }
    let (status, _) = download(&book.books, "/e/620722-9999/export.csv", "zh").await;
    assert_eq!(status, 404);
}
