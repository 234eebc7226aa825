//! Posting: a key makes a repeat harmless, whatever comes between.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Api;
use crate::harness::{On, TestBook, credit, debit, event};

fn income(book: &mut TestBook, amount: &str) -> Value {
    let lines = vec![debit("R.1001.01", amount), credit("R.4502.01", amount)];
    super::spoken(&book.money(event("income", []), lines))
}

#[tokio::test]
async fn the_same_again_is_known_and_another_is_refused() {
    let mut book = TestBook::open(On::Sqlite).await;
    let (draft, other) = (income(&mut book, "5.00"), income(&mut book, "6.00"));
    let api = Api::of(book).await;
    let first = api.posts("order-0001", draft.to_string()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{:?}", first.body);
    let (first, at) = (first.json(), first.header("location").to_owned());
    assert_eq!(first["known"], false);
    assert_eq!(first["entries"][0]["ref"], "order-0001");
    let read = api.reads(&at).await;
    assert_eq!(read["entry"]["hash"], first["entries"][0]["hash"]);
    assert_eq!(read["entry"]["entry"]["by"]["role"], "reviewer");
    let again = api.posts("order-0001", draft.to_string()).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["known"], true);
    assert_eq!(again.json()["entries"], first["entries"]);
    let refused = api.posts("order-0001", other.to_string()).await;
    assert_eq!(refused.problem(), (422, "key-taken".into()));
    // The reference may be said, as long as it is the key.
    let mut said = draft.clone();
    said["ref"] = "order-0001".into();
    assert_eq!(api.posts("order-0001", said.to_string()).await.status, StatusCode::OK);
    assert_eq!(api.posts("order-0002", said.to_string()).await.problem(), (422, "i2".into()));
    api.book.check().await;
}

#[tokio::test]
async fn a_list_stands_or_falls_together_under_its_key() {
    let mut book = TestBook::open(On::Sqlite).await;
    let drafts: Vec<_> = ["1.00", "2.00", "3.00"].map(|n| income(&mut book, n)).to_vec();
    let mut wrong = drafts.clone();
    wrong[1]["lines"][0]["debit"] = "2.01".into();
    let api = Api::of(book).await;
    let before = api.book.book().await.head();
    let refused = api.posts("batch-001", json!(wrong).to_string()).await;
    assert_eq!(refused.problem(), (422, "i3".into()));
    let error = &refused.json()["errors"][0];
    assert_eq!(error["pointer"], "/1/lines");
    assert_eq!((&error["debit"], &error["credit"]), (&json!("2.01"), &json!("2.00")));
    assert_eq!(api.book.book().await.head(), before);
    let posted = api.posts("batch-001", json!(drafts).to_string()).await;
    assert_eq!(posted.status, StatusCode::CREATED, "what was refused holds no key");
    let refs: Vec<_> =
        posted.json()["entries"].as_array().unwrap().iter().map(|e| e["ref"].clone()).collect();
    assert_eq!(refs, ["batch-001.1", "batch-001.2", "batch-001.3"]);
    assert_eq!(api.posts("batch-001", json!(drafts).to_string()).await.status, StatusCode::OK);
    for other in [json!(drafts[0]), json!(drafts[..2]), json!([drafts[0]])] {
        let answer = api.posts("batch-001", other.to_string()).await;
        assert_eq!(answer.problem(), (422, "key-taken".into()), "{other}");
    }
    api.book.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_at_once_is_posted_once() {
    let mut book = TestBook::open(On::Sqlite).await;
    let draft = income(&mut book, "5.00").to_string();
    let api = std::sync::Arc::new(Api::of(book).await);
    let before = api.book.book().await.head().entries;
    let sent: Vec<_> = (0..24)
        .map(|_| {
            let (api, draft) = (api.clone(), draft.clone());
            tokio::spawn(async move { api.posts("order-0001", draft).await })
        })
        .collect();
    let mut created = 0;
    for one in sent {
        let answer = one.await.unwrap();
        match answer.status {
            StatusCode::CREATED => created += 1,
            StatusCode::OK => assert_eq!(answer.json()["known"], true),
            _ => {
                assert_eq!(answer.problem(), (409, "in-progress".into()));
                assert_eq!(answer.header("retry-after"), "2");
            }
        }
    }
    assert_eq!(created, 1);
    assert_eq!(api.book.book().await.head().entries, before + 1);
    assert_eq!(api.posts("order-0001", draft).await.status, StatusCode::OK);
    api.book.check().await;
}
