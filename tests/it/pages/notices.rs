//! Public notices: what was put up stays as it was, beside the book as it is now; a head from
//! paper is found.

use mingzhang::ledger::chain::content_hash;
use mingzhang::ledger::json::Value;
use mingzhang::ledger::money::Money;
use scraper::Html;

use super::{Reader, all, amount, one, words};
use crate::harness::{On, TestBook, credit, debit, event};
use crate::worked_year::Year;

const NOTICES: &str = "/e/620722-0017/notices";

/// A notice of a period was put up.
async fn put_up(book: &mut TestBook, period: &str, from: &str) -> u64 {
    let keys = [
        ("file", Value::text(content_hash(b"notice"))),
        ("from", Value::text(from)),
        ("period", Value::text(period)),
    ];
    let draft = book.draft(event("publication", keys));
    book.post(draft).await.unwrap().seq
}

/// The rows of the notice: class and cells.
fn rows(page: &Html) -> Vec<(String, Vec<String>)> {
    let rows = all(page, ".notice-paper tbody tr").into_iter();
    rows.map(|row| {
        let class = row.value().attr("class").unwrap().to_owned();
        (class, row.child_elements().map(words).collect())
    })
    .collect()
}

fn money(text: &str) -> Money {
    amount(text).unwrap_or_else(|| panic!("\"{text}\" is no amount"))
}

/// The amount of the row that begins so.
fn said(page: &Html, title: &str) -> Money {
    let rows = rows(page);
    let row = rows.iter().find(|(_, cells)| cells[0].contains(title));
    money(&row.unwrap_or_else(|| panic!("no {title}")).1[7])
}

/// Each section is the sum of its lines, headings within it apart.
fn sections_add_up(page: &Html, name: &str) {
    let mut section: Option<(String, Money, Money)> = None;
    let mut checked = 0;
    let mut end = |section: &mut Option<(String, Money, Money)>| {
        if let Some((title, said, sum)) = section.take() {
            assert_eq!(said, sum, "{name} {title}");
            checked += 1;
        }
    };
    for (class, cells) in rows(page) {
        match class.as_str() {
            "section" => {
                end(&mut section);
                section = Some((cells[0].clone(), money(&cells[7]), Money::ZERO));
            }
            "line" => {
                if let Some((_, _, sum)) = &mut section {
                    *sum = *sum + money(&cells[7]);
                }
            }
            "heading" if !cells[7].is_empty() => {}
            _ => end(&mut section),
        }
    }
    end(&mut section);
    assert!(checked >= 4, "{name}: {checked} sections");
}

#[tokio::test]
async fn a_notice_adds_up_and_is_the_accountants() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    for period in ["2025", "2025Q1", "2025Q2", "2025-04", "2025Q4"] {
        let page = reader.page(&format!("{NOTICES}/{period}"), "zh").await;
        sections_add_up(&page, period);
        let part = |title: &str| said(&page, title);
        let extra = |title: &str| {
            let is_there = rows(&page).iter().any(|(_, c)| c[0].contains(title));
            if is_there { part(title) } else { Money::ZERO }
        };
        let balance = part("本期结余");
        assert_eq!(part("一、收入") - part("二、合理成本"), part("三、公共收益"), "{period}");
        assert_eq!(part("三、公共收益") - part("四、使用"), balance, "{period}");
        let own = part("期初：属于业主的") + balance + extra("以前年度更正") + extra("期初转正");
        assert_eq!(own, part("期末：属于业主的"), "{period}");
        assert_eq!(part("期末的钱在哪里"), own, "{period}: what lies there is the owners'");
        let spelled = period.replace('Q', "-Q");
        let statement = format!("/e/620722-0017/statements/income?period={spelled}");
        let statement = reader.page(&statement, "zh").await;
        assert_eq!(balance, one(&statement, "[data-part=balance]"), "{period}");
        assert_eq!(part("一、收入"), one(&statement, "[data-section=income] .section .num"));
    }
    let page = reader.page(&format!("{NOTICES}/2025"), "zh").await;
    for (title, figure) in [
        ("期初：属于业主的", "134300.00"),
        ("一、收入", "200952.62"),
        ("二、合理成本", "46679.02"),
        ("四、使用", "101110.00"),
        ("期末：属于业主的", "205463.60"),
    ] {
        assert_eq!(said(&page, title).to_string(), figure);
    }
    // Recorded wrong and put right within the period: one row with the right amount.
    let lockers: Vec<_> =
        rows(&page).into_iter().filter(|(_, c)| c[0].contains("快递柜")).collect();
    assert_eq!(lockers.len(), 1);
    assert_eq!(lockers[0].1[7], "3,900.00");
    assert!(lockers[0].1[10].starts_with("已更正"), "{lockers:?}");
    let uses = rows(&page).into_iter().filter(|(_, c)| c[0].contains("共用部位维修"));
    for (_, cells) in uses {
        assert!(cells[4].contains("2025-0") && cells[9].starts_with("记-2025"), "{cells:?}");
    }
}

#[tokio::test]
async fn what_was_put_up_stays_as_it_was() {
    let mut book = super::half_a_year().await;
    book.on("2025-06-15");
    let before = book.book().await.head();
    let seq = put_up(&mut book, "2025-06", "2025-06-16").await;
    let reader = Reader::of(&book);
    let frozen = reader.page(&format!("{NOTICES}/2025-06"), "zh").await;
    assert!(words(all(&frozen, ".since")[0]).contains("没有变化"));
    let file = format!("{NOTICES}/2025-06/table.csv");
    let printed = reader.asks(&file, &[]).await.body;

    // Afterwards a receipt is found and a cost goes to another account.
    let lines = vec![debit("R.1001.01", "420.00"), credit("R.4508", "420.00")];
    let mut draft = book.money(event("income", []), lines);
    draft.memo = Some("废纸箱".into());
    book.post(draft).await.unwrap();
    let page = reader.page(&format!("{NOTICES}/2025-06"), "zh").await;
    assert_eq!(rows(&frozen), rows(&page), "frozen");
    assert_eq!(reader.asks(&file, &[]).await.body, printed, "its file too");
    let changes: Vec<(String, String)> = all(&page, ".changes tbody tr")
        .into_iter()
        .map(|row| (row.value().attr("class").unwrap().to_owned(), words(row)))
        .collect();
    let of = |which: &str, text: &str| {
        changes.iter().filter(|(class, row)| class == which && row.contains(text)).count()
    };
    assert_eq!((of("is", "废纸箱"), of("was", "废纸箱")), (1, 0), "{changes:?}");
    assert_eq!((of("is", "一、收入"), of("was", "一、收入")), (1, 1));
    let now = reader.page(&format!("{NOTICES}/2025-06?as=now"), "zh").await;
    let delta = said(&now, "一、收入") - said(&page, "一、收入");
    assert_eq!(delta.to_string(), "420.00");
    let head = words(all(&page, "[data-part=head]")[0]);
    let entry = book.entry(seq).await;
    assert!(entry.hash.to_string().starts_with(&head.replace(' ', "")));
    assert_ne!(before.hash, entry.hash);

    // A second notice of the period is shown; the first one is still there.
    let again = put_up(&mut book, "2025-06", "2025-06-20").await;
    let latest = reader.page(&format!("{NOTICES}/2025-06"), "zh").await;
    assert_eq!(rows(&latest), rows(&now));
    let first = reader.page(&format!("{NOTICES}/2025-06?seq={seq}"), "en").await;
    assert_eq!(all(&first, ".scope a[aria-current]").len(), 2);
    assert!(words(all(&first, "main")[0]).contains(&format!("after entry {seq}")));
    assert!(again > seq);
    for wrong in ["?seq=1", "?seq=x", "?fund=X"] {
        let answer = reader.asks(&format!("{NOTICES}/2025-06{wrong}"), &[]).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
    assert_eq!(reader.asks(&format!("{NOTICES}/soon"), &[]).await.status, 404);
}

/// What was put right after the notice is marked beside it.
#[tokio::test]
async fn a_row_that_was_put_right_later_says_so() {
    let mut year = Year::play(On::Sqlite).await;
    let seq = put_up(&mut year.book, "2025-Q1", "2025-04-10").await;
    let reader = Reader::of(&year.book);
    let page = reader.page(&format!("{NOTICES}/2025Q1?seq={seq}"), "zh").await;
    let lockers = rows(&page).into_iter().find(|(_, c)| c[0].contains("快递柜")).unwrap().1;
    assert_eq!(lockers[7], "9,300.00", "as booked in the quarter");
    assert!(lockers[10].starts_with("已更正，见"), "{lockers:?}");
    let april = reader.page(&format!("{NOTICES}/2025-04"), "zh").await;
    assert_eq!(said(&april, "更正以前期间").to_string(), "-5400.00");
}

#[tokio::test]
async fn the_calendar_says_what_is_late_and_what_is_missing() {
    let mut book = TestBook::open(On::Sqlite).await;
    for (day, period, from) in [
        ("2025-04-20", "2025-Q1", "2025-04-20"),
        ("2025-08-05", "2025-Q2", "2025-08-03"),
        ("2025-08-06", "2025", "2025-08-06"),
    ] {
        book.on(day);
        put_up(&mut book, period, from).await;
    }
    book.on("2026-01-15");
    let reader = Reader::of(&book);
    let page = reader.page(NOTICES, "zh").await;
    let standing: Vec<String> = all(&page, ".list li")
        .into_iter()
        .map(|row| {
            let row = words(row);
            row.split(' ').take(2).collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(
        standing,
        [
            "2025年第四季度 待公示",
            "2025年第三季度 未公示",
            "2025年第二季度 逾期公示",
            "2025年 另行公示",
            "2025年第一季度 按时",
        ]
    );
}

#[tokio::test]
async fn a_head_from_paper_is_found() {
    let book = super::half_a_year().await;
    let reader = Reader::of(&book);
    let check = |code: &str| {
        let code = code.replace(' ', "+").replace('<', "%3C").replace('>', "%3E");
        format!("/check?code={code}")
    };
    let of = |seq: u64, page: &Html| {
        let text = words(all(page, "main")[0]);
        assert!(text.contains(&format!("第 {seq} 笔")) && text.contains("620722-0017"), "{text}");
        text
    };
    let last = book.book().await.head().entries - 1;
    for seq in [0, 7, last] {
        let hash = book.entry(seq).await.hash.to_string();
        let short: Vec<&str> = (0..5).map(|at| &hash[at * 4..at * 4 + 4]).collect();
        let code = format!("620722-0017.{}.{}", seq + 1, &hash[..20]);
        for typed in [hash.clone(), short.join(" "), hash[..16].to_uppercase(), code] {
            let text = of(seq, &reader.page(&check(&typed), "zh").await);
            let after = last - seq;
            let says = if after == 0 {
                "没有再记账".into()
            } else {
                format!("又记了 {after} 笔")
            };
            assert!(text.contains(&says), "{typed}: {text}");
        }
    }
    let mut wrong = book.entry(7).await.hash.to_string();
    wrong.replace_range(0..1, if wrong.starts_with('0') { "1" } else { "0" });
    let hash = book.entry(7).await.hash.to_string();
    for missing in [wrong, format!("620722-0017.9.{hash}"), format!("620722-0099.8.{hash}")] {
        let page = reader.page(&check(&missing), "zh").await;
        assert!(words(all(&page, "main")[0]).contains("不在账里"), "{missing}");
    }
    for unreadable in ["abc", "12345678", "<script>"] {
        let page = reader.page(&check(unreadable), "zh").await;
        assert_eq!(all(&page, ".fault").len(), 1, "{unreadable}");
    }
    // What the notice prints leads there.
    let notice = reader.page(&format!("{NOTICES}/2025Q1"), "zh").await;
    let href = all(&notice, ".seal a")[0].value().attr("href").unwrap();
    let address = href.strip_prefix("https://ledger.example").unwrap();
    of(last, &reader.page(address, "zh").await);
}

/// Page and file of a notice are the same rows.
#[tokio::test]
async fn a_notice_and_its_file_agree() {
    let year = Year::play(On::Sqlite).await;
    let reader = Reader::of(&year.book);
    for fund in ["R", "F"] {
        let page = reader.page(&format!("{NOTICES}/2025?fund={fund}"), "zh").await;
        let file = reader.asks(&format!("{NOTICES}/2025/table.csv?fund={fund}"), &[]).await;
        let text = file.text().strip_prefix('\u{feff}').unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let all: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let of_file: Vec<&csv::StringRecord> = all.iter().filter(|row| &row[0] != "#").collect();
        let of_page = rows(&page);
        assert_eq!(of_page.len(), of_file.len(), "{fund}");
        for ((_, cells), row) in of_page.iter().zip(of_file) {
            assert_eq!(cells[0], row[1], "{fund}");
            assert_eq!(cells[7].replace(',', ""), row[8], "{fund}");
            assert_eq!(cells[9], row[10], "{fund}");
        }
    }
}
