//! The papers of the worked year: what they print adds up, and is the accountant's.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use mingzhang::ledger::json::Value;
use mingzhang::ledger::money::Money;
use mingzhang::ledger::papers::PAPERS as KNOWN;
use scraper::{ElementRef, Html};

use super::{Reader, all, amount, words};
use crate::harness::{On, cosigned, credit, debit, event, invoice, org, prepared};
use crate::worked_year::Year;

const PAPERS: &str = "/e/620722-0017/statements";

/// The cells of each row, as text.
fn rows(page: &Html, part: &str) -> Vec<Vec<String>> {
    let cells = |row: ElementRef<'_>| {
        let cells = row.child_elements().map(words);
        cells.collect::<Vec<_>>()
    };
    all(page, &format!(".paper {part} tr")).into_iter().map(cells).collect()
}

fn money(cell: &str) -> Money {
    amount(cell).unwrap_or_else(|| panic!("\"{cell}\" is no amount"))
}

/// The cells of each line: rows that are no sums.
fn lines(page: &Html) -> Vec<Vec<String>> {
    let all = all(page, ".paper tbody tr.line").into_iter();
    all.map(|row| row.child_elements().map(words).collect()).collect()
}

/// The cells of the row that begins so.
fn row(page: &Html, first: &str) -> Vec<String> {
    let found = rows(page, "tbody").into_iter().find(|row| row.iter().any(|cell| cell == first));
    found.unwrap_or_else(|| panic!("no {first}"))
}

/// Σ of a column over the lines.
fn column(page: &Html, at: usize) -> Money {
    let cells = lines(page).into_iter().map(|mut row| row.remove(at));
    cells.filter(|cell| !cell.is_empty()).map(|cell| money(&cell)).sum()
}

/// A file read back: its rows, and what it says of itself.
struct File {
    rows: Vec<Vec<String>>,
    control: Vec<String>,
    said: Vec<(String, String)>,
}

impl File {
    fn csv(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).unwrap();
        let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "CRLF");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let all: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let (end, rows): (Vec<_>, Vec<_>) = all.into_iter().partition(|row| row[0] == "#");
        let mut end = end.into_iter();
        let control = end.next().unwrap();
        let said = end.map(|row| (row[1].clone(), row[2].clone())).collect();
        Self { rows: rows.into_iter().map(|row| row[1..].to_vec()).collect(), control, said }
    }

    fn says(&self, label: &str) -> &str {
        let said = self.said.iter().find(|(of, _)| of == label);
        &said.unwrap_or_else(|| panic!("no {label}")).1
    }
}

/// Rows of the page as a file writes them: no grouping, whatever would run made harmless.
fn as_file(row: &[String]) -> Vec<String> {
    let plain = |cell: &String| amount(cell).filter(|_| cell.contains('.'));
    let safe = |cell: &String| match plain(cell) {
        Some(amount) => amount.to_string(),
        None if cell.starts_with(['=', '+', '-', '@']) => format!("'{cell}"),
        None => cell.clone(),
    };
    row.iter().map(safe).collect()
}

/// The sheet of a workbook, as the page would print its cells.
fn sheet(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let cell = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::Float(number) => format!("{number}"),
        Data::DateTime(day) => {
            let (year, month, of_month, ..) = day.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{of_month:02}")
        }
        other => other.to_string(),
    };
    range.rows().skip(1).map(|row| row.iter().map(cell).collect()).collect()
}

/// Every column that has a sum is the sum of what stands above it.
fn adds_up(page: &Html, name: &str) {
    let body = rows(page, "tbody");
    for total in rows(page, "tfoot") {
        for (column, printed) in total.iter().enumerate().skip(1).filter(|(_, t)| !t.is_empty()) {
            let above: Money = body.iter().map(|row| money(&row[column])).sum();
            assert_eq!(above, money(printed), "{name}, column {column}");
        }
    }
}

#[tokio::test]
async fn what_papers_print_adds_up_and_is_the_accountants() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    for lang in ["zh", "en"] {
        for period in ["2025", "2025-Q1", "2025-Q3", "2025-06"] {
            let page = reader.page(&format!("{PAPERS}/changes?period={period}"), lang).await;
            adds_up(&page, period);
            for row in rows(&page, "tbody") {
                let figures: Vec<Money> = row[1..].iter().map(|cell| money(cell)).collect();
                let (closing, parts) = figures.split_last().unwrap();
                assert_eq!(parts.iter().copied().sum::<Money>(), *closing, "{period} {row:?}");
            }
        }
        let page = reader.page(&format!("{PAPERS}/changes?period=2025"), lang).await;
        let total = rows(&page, "tfoot").remove(0);
        let figures =
            ["134,300.00", "200,952.62", "-46,679.02", "-101,110.00", "18,000.00", "205,463.60"];
        assert_eq!(total[1..], figures);

        let page = reader.page(&format!("{PAPERS}/custody"), lang).await;
        adds_up(&page, "custody");
        assert_eq!(rows(&page, "tfoot")[0].last().unwrap(), "11,030.00");
        let page = reader.page(&format!("{PAPERS}/claims"), lang).await;
        assert_eq!(rows(&page, "tbody")[0][2..], ["6,800.00", "6,800.00", "0.00"]);
        let page = reader.page(&format!("{PAPERS}/limits"), lang).await;
        let rows_of = rows(&page, "tbody");
        let pump = rows_of.iter().find(|row| row[0].contains("2025-02")).unwrap();
        assert_eq!(pump[3..], ["25,000.00", "22,310.00", "2,690.00"]);
        let page = reader.page(&format!("{PAPERS}/fees"), lang).await;
        let fee = ["193,153.97", "20.00 %", "38,630.79", "32,616.00", "6,014.79"];
        assert_eq!(rows(&page, "tbody")[0][2..], fee);
    }
}

/// Page, CSV and XLSX of every paper are the same rows, with the count, control sums and the head.
#[tokio::test]
async fn page_and_files_of_every_paper_agree() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    let head = year.book.book().await.head().hash.to_string();
    for name in KNOWN.iter().map(|known| known.name) {
        for query in ["", "?period=2025", "?period=2025-04", "?fund=F&period=2025"] {
            let address = format!("{PAPERS}/{name}");
            let file = reader.asks(&format!("{address}/table.csv{query}"), &[]).await;
            let file = File::csv(&file.body);
            assert_eq!(file.says("账本指纹"), head, "{name}");
            assert_eq!(file.says("行数"), file.rows.len().to_string(), "{name}");
            let workbook = reader.asks(&format!("{address}/table.xlsx{query}"), &[]).await;
            let workbook = sheet(&workbook.body);
            assert_eq!(workbook.len(), file.rows.len(), "{name}{query}");
            for (of_csv, of_xlsx) in file.rows.iter().zip(&workbook) {
                for (one, other) in of_csv.iter().zip(of_xlsx) {
                    let (a, b) = (one.parse::<f64>(), other.parse::<f64>());
                    assert!(one.trim_start_matches('\'') == other || a == b, "{one} {other}");
                }
            }
            if matches!(name, "income" | "trial") {
                continue;
            }
            let page = reader.page(&format!("{address}{query}"), "zh").await;
            let mut printed = rows(&page, "tbody");
            printed.extend(rows(&page, "tfoot"));
            let printed: Vec<_> = printed.iter().map(|row| as_file(row)).collect();
            for (of_page, of_file) in printed.iter().zip(&file.rows) {
                assert_eq!(of_page[..], of_file[..of_page.len()], "{name}{query}");
            }
            assert_eq!(printed.len(), file.rows.len(), "{name}{query}");
            for (at, said) in file.control.iter().enumerate().skip(2).filter(|(_, s)| !s.is_empty())
            {
                assert_eq!(column(&page, at - 1).to_string(), *said, "{name}{query} {at}");
            }
        }
    }
}

/// The income statement and the trial balance print what their files hold.
#[tokio::test]
async fn statements_and_their_files_agree() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    for period in ["2025", "2025-Q2", "2025-04"] {
        let figures = |page: &Html, selector: &str| -> Vec<String> {
            let cells = all(page, selector).into_iter().map(words);
            cells.filter(|text| !text.is_empty()).map(|text| text.replace(',', "")).collect()
        };
        let income = reader.page(&format!("{PAPERS}/income?period={period}"), "zh").await;
        for name in ["income", "cost", "uses"] {
            let of = |rows: &str| format!("[data-section={name}] {rows} .num");
            let total = super::one(&income, &of(".section"));
            assert_eq!(super::sum(&income, &of(".heading")), total, "{period} {name}");
        }
        for (name, selector) in [("income", ".statement .num"), ("trial", ".trial td.num")] {
            let page = reader.page(&format!("{PAPERS}/{name}?period={period}"), "zh").await;
            let file =
                reader.asks(&format!("{PAPERS}/{name}/table.csv?period={period}"), &[]).await;
            let file = File::csv(&file.body);
            let of_file = file.rows.iter().flatten().filter(|cell| amount(cell).is_some());
            let of_file: Vec<String> = of_file.cloned().collect();
            assert_eq!(figures(&page, selector), of_file, "{name} {period}");
        }
    }
}

#[tokio::test]
async fn the_balance_is_the_accountants() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    let page = reader.page(&format!("{PAPERS}/balance?period=2025"), "zh").await;
    for (title, closing) in [
        ("一、账户里的和应收回的", "222,613.60"),
        ("二、要还给别人的", "11,030.00"),
        ("三、待核期初", "6,120.00"),
        ("四、属于业主的", "205,463.60"),
        ("合计（二 + 三 + 四）", "222,613.60"),
    ] {
        assert_eq!(row(&page, title)[2], closing, "{title}");
    }
    assert_eq!(row(&page, "3幢")[2], "8,400.00");
    for period in ["2025", "2025-Q1", "2025-06", "2025-11"] {
        let page = reader.page(&format!("{PAPERS}/balance?period={period}"), "en").await;
        for at in [1, 2] {
            let of = |title: &str| money(&row(&page, title)[at]);
            let assets = of("1. In the accounts and owed to us");
            assert_eq!(assets, of("Total (2 + 3 + 4)"), "{period}");
            let lines: Money = column(&page, at);
            assert_eq!(lines, assets + assets, "{period}: every line stands in a section");
        }
    }
}

/// Journal, ledgers and trial balance are three views of the same lines.
#[tokio::test]
async fn daybooks_come_to_the_trial_balance() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    for period in ["2025", "2025-04", "2025-12"] {
        let trial = reader.page(&format!("{PAPERS}/trial?period={period}"), "zh").await;
        let sums: Vec<String> = all(&trial, ".trial tfoot td").into_iter().map(words).collect();
        let journal = reader.page(&format!("{PAPERS}/journal?period={period}"), "zh").await;
        assert_eq!(row(&journal, "其中：本期发生")[5..7], sums[2..4], "{period}");
        adds_up_lines(&journal, period);
        for line in all(&trial, ".trial tbody tr") {
            let cells: Vec<String> = line.child_elements().map(words).collect();
            let address = format!("{PAPERS}/ledger?account={}&period={period}", cells[0]);
            let ledger = reader.page(&address, "zh").await;
            let of = |at: usize| match cells[at].as_str() {
                "" => Money::ZERO,
                text => money(text),
            };
            assert_eq!((column(&ledger, 4), column(&ledger, 5)), (of(4), of(5)), "{address}");
            let last = rows(&ledger, "tbody").pop().unwrap();
            assert_eq!(money(&last[7]), (of(6) - of(7)).abs(), "{address}");
            runs(&ledger, &address);
        }
    }
    let april = reader.page(&format!("{PAPERS}/journal?period=2025-04"), "zh").await;
    let red: Vec<_> = lines(&april).into_iter().filter(|row| row[0] == "记-202504-0002").collect();
    let figures: Vec<&str> =
        red.iter().flat_map(|row| [row[5].as_str(), row[6].as_str()]).collect();
    // The mirror as red figures on the sides of what it takes back, then what is right.
    assert_eq!(
        figures,
        ["-9,300.00", "", "", "-9,300.00", "3,900.00", "", "", "3,900.00"],
        "{red:?}"
    );
}

/// Σ of the lines is the last row, in both columns.
fn adds_up_lines(journal: &Html, name: &str) {
    let total = rows(journal, "tfoot").remove(0);
    for at in [5, 6] {
        assert_eq!(column(journal, at), money(&total[at]), "{name}");
    }
    assert_eq!(total[5], total[6], "{name}: debit equals credit");
}

/// Each balance is the one above plus debit less credit.
fn runs(ledger: &Html, name: &str) {
    let signed = |row: &[String]| match row[6].as_str() {
        "贷" => -money(&row[7]),
        _ => money(&row[7]),
    };
    let of = |cell: &String| if cell.is_empty() { Money::ZERO } else { money(cell) };
    let all = rows(ledger, "tbody");
    let mut balance = signed(&all[0]);
    for row in lines(ledger) {
        balance = balance + of(&row[4]) - of(&row[5]);
        assert_eq!(signed(&row), balance, "{name} {row:?}");
    }
}

/// Numbers count without gap, by month and fund, in the order of posting.
#[tokio::test]
async fn vouchers_are_numbered_without_gap() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    for fund in ["R", "F"] {
        let page = reader.page(&format!("{PAPERS}/journal?period=2025&fund={fund}"), "zh").await;
        let mut numbers: Vec<String> =
            lines(&page).into_iter().map(|mut row| row.remove(0)).collect();
        numbers.dedup();
        let mut expected: Vec<String> = Vec::new();
        for number in &numbers {
            let month = &number[.."记-202501-".len()];
            let before = expected.iter().filter(|known| known.starts_with(month)).count();
            expected.push(format!("{month}{:04}", before + 1));
        }
        assert_eq!(numbers, expected);
        assert!(numbers.len() > 3, "{fund}");
    }
}

#[tokio::test]
async fn what_is_open_has_its_age() {
    let year = Year::play(On::Sqlite).await;
    year.book.on("2025-12-31");
    let reader = Reader::of(&year.book);
    let page = reader.page(&format!("{PAPERS}/ageing"), "zh").await;
    let claim = lines(&page).into_iter().find(|row| row[0].contains("R.1221.02")).unwrap();
    assert_eq!(claim[2..4], ["2025-01-01", "364"]);
    assert_eq!(claim[9], "6,120.00");
    let owed = row(&page, "要还给别人的");
    assert_eq!(owed[9], "11,030.00");
    for row in rows(&page, "tbody") {
        let buckets: Money = row[4..9].iter().map(|cell| money(cell)).sum();
        assert_eq!(buckets, money(&row[9]), "{row:?}");
    }
    assert_eq!(column(&page, 9), money(&row(&page, "别人欠的")[9]) + money(&owed[9]));
    let fees = lines(&page).into_iter().find(|row| row[1] == "物业费").unwrap();
    assert_eq!((fees[2].as_str(), fees[9].as_str()), ("2025-12-31", "1,200.00"));
}

#[tokio::test]
async fn due_and_received_by_month_add_up() {
    let book = super::half_a_year().await;
    let reader = Reader::of(&book);
    let page = reader.page(&format!("{PAPERS}/dues?period=2025-01..2025-06"), "zh").await;
    let total = rows(&page, "tfoot").remove(0);
    let headings: Vec<Vec<String>> = all(&page, ".paper tbody tr.heading")
        .into_iter()
        .map(|row| row.child_elements().map(words).collect())
        .collect();
    for at in 3..7 {
        let of = |rows: &[Vec<String>]| -> Money {
            rows.iter().filter_map(|row| amount(&row[at])).sum()
        };
        assert_eq!(of(&headings), money(&total[at]), "column {at}");
        assert_eq!(of(&lines(&page)), money(&total[at]), "column {at}");
    }
    for row in headings.iter().filter(|row| row[3] != "不详") {
        let [due, received, ahead, gap] = [3, 4, 5, 6].map(|at| money(&row[at]));
        assert_eq!(due - (received - ahead), gap, "{row:?}");
    }
    let contracts = reader.page("/e/620722-0017/contracts", "zh").await;
    assert_eq!(super::one(&contracts, ".strip [data-part=gap]"), money(&total[6]));
}

#[tokio::test]
async fn a_voucher_prints_its_lines_and_its_number() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    let journal = reader.page(&format!("{PAPERS}/journal?period=2025"), "zh").await;
    let (mut seen, mut with_both) = (0, 0);
    for link in all(&journal, ".paper tbody tr.line td:first-child a") {
        let href = link.value().attr("href").unwrap();
        let number = words(link);
        let page = reader.page(href, "zh").await;
        let text = words(all(&page, "main")[0]);
        assert!(text.contains(&number), "{href}");
        for side in ["debit", "credit"] {
            let cells = all(&page, &format!(".voucher tbody [data-part={side}]"));
            let cells = cells.into_iter().map(words).filter(|cell| !cell.is_empty());
            let total = super::one(&page, &format!(".voucher tfoot [data-part={side}]"));
            assert_eq!(cells.map(|cell| money(&cell)).sum::<Money>(), total, "{href}");
            let capitals = mingzhang::ledger::format::capitals(total);
            assert!(text.contains(&format!("人民币{capitals}")), "{href}");
        }
        let entry = reader.page(&href.replace("/voucher?fund=R", ""), "zh").await;
        assert!(words(all(&entry, "main")[0]).contains(&number), "{href}");
        let whole = reader.page(&href.replace("?fund=R", ""), "zh").await;
        with_both += usize::from(all(&whole, ".voucher").len() == 2);
        seen += 1;
    }
    assert!(seen > 100 && with_both >= 4, "{seen}, {with_both} in both funds");
    let opening = reader.page("/e/620722-0017/entries/0/voucher", "zh").await;
    assert!(words(all(&opening, "main")[0]).contains("没有分录"));
}

/// What a section prints under a heading: name and amount.
fn block(page: &Html, section: &str, heading: &str) -> Vec<(String, String)> {
    let rows = all(page, &format!("[data-section={section}] tr"));
    let cells = rows.into_iter().map(|row| {
        let cells: Vec<String> = row.child_elements().map(words).collect();
        let is_heading = row.value().attr("class") == Some("heading");
        (is_heading, cells[0].clone(), cells[1].clone())
    });
    let mut found = cells.skip_while(|(_, name, _)| !name.starts_with(heading));
    let first = found.next().map(|(_, name, amount)| (name, amount));
    let rest = found.take_while(|(is_heading, _, _)| !is_heading);
    first.into_iter().chain(rest.map(|(_, name, amount)| (name, amount))).collect()
}

/// March's receipt was put right in April: a block of its own in a statement that begins later,
/// none where both months are in it.
#[tokio::test]
async fn corrections_of_earlier_periods_stand_apart() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    for period in ["2025-04", "2025-Q2"] {
        let page = reader.page(&format!("{PAPERS}/income?period={period}"), "zh").await;
        let block = block(&page, "income", "更正以前期间");
        assert_eq!(block[0].1, "-5,400.00", "{period}");
        assert_eq!(block[1], ("快递柜 R.4503.02".into(), "-5,400.00".into()), "{period}");
    }
    for period in ["2025", "2025-03", "2025-05"] {
        let page = reader.page(&format!("{PAPERS}/income?period={period}"), "zh").await;
        assert!(block(&page, "income", "更正以前期间").is_empty(), "{period}");
    }
    let page = reader.page(&format!("{PAPERS}/income?period=2025"), "zh").await;
    let confirmed = super::one(&page, "[data-part=confirmed]");
    assert_eq!(confirmed.to_string(), "18000.00");
    assert!(all(&page, "[data-part=earlier_years]").is_empty());
}

/// Found late: it happened in the year that is closed, and is booked in the next.
#[tokio::test]
async fn what_is_found_late_stands_under_its_heading() {
    let mut year = Year::closed(On::Sqlite).await;
    let lines = vec![debit("R.1001.02", "660.00"), credit("R.4508", "660.00")];
    let mut draft = year.book.money(event("income", []), lines);
    draft.occurred = Some("2025-12-20".parse().unwrap());
    year.book.post(draft).await.unwrap();
    let keys = [
        ("evidence", invoice("B7", "1500.00")),
        ("party", org("供电公司")),
        ("reason", Value::text("2025 年电费重复付款")),
    ];
    let lines = vec![debit("R.1221.04", "1500.00"), credit("R.3201", "1500.00")];
    let mut draft = year.book.money(event("claim", keys), lines);
    draft.signs = vec![prepared(), cosigned()];
    year.book.post(draft).await.unwrap();
    let reader = Reader::of(&year.book);
    for period in ["2026", "2026-03"] {
        let page = reader.page(&format!("{PAPERS}/income?period={period}"), "zh").await;
        let late = block(&page, "income", "归属以前期间");
        assert_eq!(late[0].1, "660.00", "{period}");
        assert!(late[1].0.ends_with("R.4508"), "{late:?}");
        assert_eq!(super::one(&page, "[data-part=earlier_years]").to_string(), "1500.00");
        assert_eq!(super::one(&page, "[data-part=balance]").to_string(), "660.00");
    }
}
