//! The simplest maintenance fund on its pages, and the rules a book is judged by.

use mingzhang::ledger::entry::{Doc, DocKind, Line};
use mingzhang::ledger::json::Value;
use mingzhang::services::bookkeeper::{AdoptRules, adopt_rules, command_line, erase};
use mingzhang::services::clock::SeededEntropy;
use mingzhang::services::packs::OwnParam;
use mingzhang::services::sealing::seal;

use super::{HOME, Reader, all, words};
use crate::harness::{On, TestBook, cosigned, credit, debit, estate, event, prepared};

/// Taken over with 1,000.00, topped up by 300.00, with interest of 6.10.
async fn simple_fund() -> TestBook {
    let mut book = TestBook::open(On::Sqlite).await;
    let units = Line { holder: Some("pool:unassigned".into()), ..credit("F.3001", "1000.00") };
    let lines = vec![debit("F.1001.01", "1000.00"), units];
    let mut draft = book.money(event("opening", [("fund", Value::text("F"))]), lines);
    let sha256 = "7".repeat(64).parse().unwrap();
    draft.docs =
        vec![Doc { kind: DocKind::Other, sha256, size: 1, media_type: "application/pdf".into() }];
    book.post(draft).await.unwrap();
    let lines = vec![debit("R.1001.01", "1000.00"), credit("R.4502.01", "1000.00")];
    let draft = book.money(event("income", []), lines);
    book.post(draft).await.unwrap();
    let rule = [("rule", Value::text("top_up_share_percent"))];
    let lines = vec![
        debit("R.5502", "300.00"),
        credit("R.1001.01", "300.00"),
        debit("F.1001.01", "300.00"),
        credit("F.4201.01", "300.00"),
    ];
    let mut draft = book.money(event("top_up", rule), lines);
    draft.signs = vec![prepared(), cosigned()];
    book.post(draft).await.unwrap();
    let lines = vec![debit("F.1001.01", "6.10"), credit("F.4101.01", "6.10")];
    let draft = book.money(event("interest", []), lines);
    book.post(draft).await.unwrap();
    book
}

#[tokio::test]
async fn a_fund_with_opening_top_up_and_interest_stands_on_its_pages() {
    let book = simple_fund().await;
    let reader = Reader::of(&book);
    let of = async |address: &str, part: &str| {
        let page = reader.page(&format!("{HOME}{address}"), "zh").await;
        all(&page, part).into_iter().map(words).collect::<Vec<_>>().join("|")
    };
    let card = of("", "section.fund[aria-labelledby=fund]").await;
    assert!(card.contains("1,306.10"), "{card}");
    let lines = of("/lines?fund=F", ".lines tbody tr:not(.month)").await;
    assert_eq!(lines.split('|').count(), 3, "opening, top-up, interest: {lines}");
    assert!(lines.contains("300.00") && lines.contains("6.10"), "{lines}");
    let income = of("/statements/income?fund=F&period=2025", "main").await;
    for figure in ["300.00", "6.10", "306.10"] {
        assert!(income.contains(figure), "{figure} in {income}");
    }
    let trial = of("/statements/trial?fund=F&period=2025", ".trial").await;
    for figure in ["1,000.00", "306.10", "1,306.10"] {
        assert!(trial.contains(figure), "{figure} in {trial}");
    }
}

#[tokio::test]
async fn the_rules_are_a_page_with_what_was_in_force_before() {
    let book = TestBook::open(On::Sqlite).await;
    let own = |key: &str, value: &str| OwnParam {
        key: key.to_owned(),
        value: value.to_owned(),
        cite: "业主大会议事规则".to_owned(),
    };
    let adopt = AdoptRules {
        code: estate(),
        pack: "cn-default".to_owned(),
        from: "2025-02-01".parse().unwrap(),
        own: vec![own("grace_until", "2025-12-31"), own("late_days", "20")],
    };
    adopt_rules(&book.books, &adopt, command_line("o_operator")).await.unwrap();
    let reader = Reader::of(&book);
    for (lang, ahead, unverified) in
        [("zh", "还没有到执行日", "未核实"), ("en", "are not in force yet", "Unverified")]
    {
        let page = reader.page(&format!("{HOME}/rules"), lang).await;
        assert!(words(all(&page, ".notice")[0]).contains(ahead));
        let row = words(all(&page, "tr#late_days")[0]);
        assert!(row.contains("20") && row.contains("业主大会议事规则"), "{row}");
        assert!(row.contains(unverified), "{row}");
        let quorum = words(all(&page, "tr#quorum_area")[0]);
        assert!(quorum.contains("2/3") && !quorum.contains(unverified), "{quorum}");
        let before = words(all(&page, "section[aria-labelledby=earlier]")[0]);
        assert!(before.contains("30") && !before.contains("议事规则第"), "{before}");
    }
    let home = reader.page(HOME, "zh").await;
    assert!(!all(&home, &format!("footer a[href='{HOME}/rules']")).is_empty());
}

#[tokio::test]
async fn an_entry_says_what_of_it_was_erased() {
    let mut book = TestBook::open(On::Sqlite).await;
    let name = seal("pt_1", "party", "张三", &SeededEntropy::from_name("n")).unwrap();
    let keys = [
        ("authority", Value::map([("none", Value::text("口头"))])),
        ("no", Value::text("C-1")),
        ("paper", Value::text("none")),
        ("site", Value::text("摊位")),
    ];
    let mut draft = book.draft(event("contract", keys));
    draft.sealed = vec![name];
    let posted = book.post(draft).await.unwrap();
    let address = format!("{HOME}/entries/{}", posted.seq);
    let text = async |book: &TestBook| {
        words(all(&Reader::of(book).page(&address, "zh").await, "main")[0]).clone()
    };
    assert!(!text(&book).await.contains("已删除"));
    let by = command_line("o_operator");
    let gone = erase(&book.books, (estate(), posted.seq), &[], "当事人申请", by).await.unwrap();
    let said = text(&book).await;
    assert!(
        said.contains(&format!(
            "其中 1 项已删除，谁也看不到了；这一笔本身没有变。 第 {} 笔",
            gone.seq
        )),
        "{said}"
    );
}
