//! One person alone posts a receipt that a bank's line backs, and nothing else.

use axum::http::StatusCode;
use mingzhang::services::drafts::Drafts;
use mingzhang::services::people::Role;
use test_case::test_case;

use super::bank::{APRIL, open, states};
use super::desk::{Answer, Browser, is_sound, site};
use super::drafts::{DESK, but, text};
use super::{World, here};
use crate::harness::{On, TestBook, estate};

const RECEIPT: [(&str, &str); 6] = [
    ("version", "0"),
    ("account", "R.4501.01"),
    ("amount", "2700"),
    ("day", "2025-04-02"),
    ("to", "R.1001.01"),
    ("payer", "Media Ltd"),
];

fn page_of(key: &str) -> String {
    format!("{DESK}/drafts/{}", key.replace(':', "%3A"))
}

/// Types a receipt; its page.
async fn types(browser: &Browser<'_>, key: &str, changes: &[(&str, &str)]) -> Answer {
    let fields = but(&but(&RECEIPT, changes), &[("key", key)]);
    let saved = browser.fills(&format!("{DESK}/record/income"), &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", text(&saved, ".faults"));
    let page = browser.gets(&page_of(key)).await;
    is_sound(key, &page);
    page
}

async fn posts(browser: &Browser<'_>, key: &str) -> Answer {
    browser.fills(&format!("{}/post", page_of(key)), &[("version", "1")]).await
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_receipt_that_the_bank_shows_is_posted_with_its_match(on: On) {
    let book = TestBook::open(on).await;
    book.on("2025-05-02");
    let world = World::over(book, false);
    let site = site(&world);
    let reviewer = Browser { site: &site, token: Some(world.signed(Role::Reviewer, here()).await) };
    let clerk = Browser { site: &site, token: Some(world.signed(Role::Clerk, here()).await) };
    states(&reviewer, APRIL).await;
    let before = world.book.book().await.head().entries;

    // Another amount, another day, another place: no line backs them, and no form posts them.
    let others: [(&str, &[(&str, &str)]); 3] = [
        ("desk:alone0000001", &[("amount", "2700.01")]),
        ("desk:alone0000002", &[("day", "2025-04-03")]),
        ("desk:alone0000003", &[("to", "R.1002")]),
    ];
    for (key, changes) in others {
        let page = types(&reviewer, key, changes).await;
        assert_eq!(text(&page, "[data-part=alone]"), "", "{changes:?}");
        let refused = posts(&reviewer, key).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{changes:?}");
        assert!(refused.text.contains("I12"), "{changes:?}");
    }
    // Who may not post doesn't, backed or not.
    let page = types(&clerk, "desk:alone0000004", &[]).await;
    assert_eq!(text(&page, "[data-part=alone]"), "");
    assert_eq!(posts(&clerk, "desk:alone0000004").await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.book.book().await.head().entries, before);

    let key = "desk:alone0000005";
    let page = types(&reviewer, key, &[]).await;
    let why = text(&page, "[data-part=alone]");
    assert!(why.contains("2,700.00") && why.contains("B1"), "{why}");
    let (one, two) = (posts(&reviewer, key).await, posts(&reviewer, key).await);
    assert_eq!((one.status, two.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    world.book.check().await;
    assert_eq!(world.book.book().await.head().entries, before + 2, "the receipt and its match");
    let (bank, unmatched) = open(&world.book).await;
    assert!(!bank.contains(&"B1".to_owned()) && unmatched.is_empty(), "{bank:?} {unmatched:?}");
    let receipt = world.book.entry(before).await.entry;
    assert_eq!(receipt.event.kind().name, "income");
    assert_eq!(receipt.signs[0].by.user, receipt.by.user, "the entry says that it was one");

    // The line backs once: the same receipt again waits for a second person.
    let again = types(&reviewer, "desk:alone0000006", &[]).await;
    assert_eq!(text(&again, "[data-part=alone]"), "");
    let refused = posts(&reviewer, "desk:alone0000006").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = Drafts::of(&world.book.books).find(estate(), "desk:alone0000006").await.unwrap();
    assert!(kept.posted_seq().is_none(), "nothing half-posted");
}
