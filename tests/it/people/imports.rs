//! The import wizard: what the command line reads, asks and posts, step by step through pages.

use axum::http::StatusCode;
use mingzhang::services::people::{Place, Role};
use test_case::test_case;

use super::desk::{Answer, Browser, all, is_sound, site};
use super::{World, here};
use crate::harness::{On, export, verified};
use crate::import;

fn word(answer: &Answer, selector: &str) -> String {
    let html = answer.html();
    let found = all(&html, selector);
    found.first().map(|e| e.text().collect::<String>()).unwrap_or_default()
}

/// The digest that the form to post carries; none where nothing can be posted.
fn seen(answer: &Answer) -> Option<String> {
    let html = answer.html();
    let found = all(&html, "#commit input[name=seen]");
    found.first().map(|input| input.value().attr("value").unwrap().to_owned())
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn the_register_of_october_gives_the_figures_of_the_command_line(on: On) {
    let world = World::over(import::opened(on).await, false);
    let (books, code) = (&world.book.books, import::code());
    let place = Place::Estate(code);
    let site = site(&world);
    let clerk = Browser { site: &site, token: Some(world.signed(Role::Clerk, place).await) };
    let reviewer = Browser { site: &site, token: Some(world.signed(Role::Reviewer, place).await) };
    let home = format!("/desk/e/{code}/imports");
    let fields = [("sort", "register")];
    let file = ("lease-register-2018-10.xlsx", &import::bytes()[..]);
    let entries = async || books.book(code).await.unwrap().unwrap().head().entries;
    let before = entries().await;
    let sent = clerk.uploads(&home, &fields, file).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let address = sent.header("location").to_owned();
    let preview = clerk.gets(&address).await;
    is_sound(&address, &preview);
    assert!(preview.text.contains(">30 笔<") && preview.text.contains(">23,350.00<"));
    assert!(preview.text.contains("828.91"));
    assert!(seen(&preview).is_none() && preview.text.contains("请复核员"), "a clerk posts nothing");
    let answers = format!("{address}/answers");
    let wrong = clerk.fills(&answers, &[("a.28.account", "R.1001.01")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let given = [("a.28.account", "R.4599"), ("a.30.skip", "late+fee"), ("a.31.skip", "returned")];
    let kept = clerk.fills(&answers, &given).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let looked = reviewer.gets(&address).await;
    assert!(looked.text.contains(">31 笔<") && looked.text.contains(">23,770.00<"));
    let digest = seen(&looked).unwrap();
    assert_eq!(entries().await, before, "nothing is posted before the last step");

    let commit = format!("{address}/commit");
    let stale = reviewer.fills(&commit, &[("seen", "0")]).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = clerk.fills(&commit, &[("seen", &digest)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let posted = reviewer.fills(&commit, &[("seen", &digest)]).await;
    assert_eq!(posted.header("location"), format!("{address}?done=posted"), "{}", posted.text);
    assert_eq!(entries().await, before + 32, "23 contracts, 8 receipts, the entry that heads them");
    let book = books.book(code).await.unwrap().unwrap();
    let balance = |account: &str| book.balances().balance(account.parse().unwrap()).to_string();
    assert_eq!((balance("R.1001.01"), balance("R.1221.01")), ("22220.00".into(), "1550.00".into()));
    assert!(verified(&export(books, code).await).is_sound());
    let batch = reviewer.gets(&address).await;
    is_sound(&address, &batch);
    assert_eq!(all(&batch.html(), "tbody a").len(), 32);
    reviewer.fills(&commit, &[("seen", &digest)]).await;
    clerk.fills(&answers, &given).await;
    assert_eq!(entries().await, before + 32, "what was posted is over");

    let again = reviewer.uploads(&home, &fields, file).await.header("location").to_owned();
    assert_ne!(again, address);
    let preview = reviewer.gets(&again).await;
    assert!(word(&preview, ".facts").contains("30 笔"), "those that needed no answer are known");
    assert!(seen(&preview).is_none(), "the same file posts nothing");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_statement_is_read_looked_at_and_posted(on: On) {
    let world = World::over(import::statement::opened(on).await, false);
    let site = site(&world);
    let token = world.signed(Role::Reviewer, here()).await;
    let reviewer = Browser { site: &site, token: Some(token) };
    let home = "/desk/e/620722-0017/imports";
    let file = ("march.csv", import::statement::CSV.as_bytes());
    let unsaid = reviewer.uploads(home, &[("sort", "statement")], file).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.text.contains("href=\"#import-account\""));
    let fields = [("sort", "statement"), ("account", "R.1001.01")];
    let address = reviewer.uploads(home, &fields, file).await.header("location").to_owned();
    let preview = reviewer.gets(&address).await;
    is_sound(&address, &preview);
    let digest = seen(&preview).unwrap();
    let posted = reviewer.fills(&format!("{address}/commit"), &[("seen", &digest)]).await;
    assert_eq!(posted.status, StatusCode::SEE_OTHER, "{}", posted.text);
    let book = world.book.book().await;
    let bank = book.bank_book("R.1001.01".parse().unwrap()).unwrap();
    assert_eq!(bank.last().unwrap().closing.to_string(), "1681.53");
    world.book.check().await;
    let again = reviewer.uploads(home, &fields, file).await.header("location").to_owned();
    let preview = reviewer.gets(&again).await;
    assert!(seen(&preview).is_none() && preview.text.contains("没有新的内容可记"));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_not_kept() {
    let world = World::new(On::Sqlite, false).await;
    let site = site(&world);
    let token = world.signed(Role::Clerk, here()).await;
    let clerk = Browser { site: &site, token: Some(token) };
    let home = "/desk/e/620722-0017/imports";
    for (name, bytes) in [("a.xlsx", &b""[..]), ("a.xlsx", b"PK\x03\x04"), ("a.csv", b"x,y\n1,2\n")]
    {
        for sort in ["register", "contracts", "parking", "statement"] {
            let fields = [("sort", sort), ("account", "R.1001.01")];
            let answer = clerk.uploads(home, &fields, (name, bytes)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {sort}");
            is_sound(home, &answer);
        }
    }
    let kept = crate::behind::sql(&world.book.database, "select count(*) from document");
    assert_eq!(kept.trim(), "0");
}
