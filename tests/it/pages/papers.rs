//! The papers of the worked year: what they print adds up, and is the accountant's.

use mingzhang::ledger::money::Money;
use scraper::{ElementRef, Html};

use super::{Reader, all, amount, words};
use crate::harness::On;
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
