//! A server that can't take more: queues that are full, files that fill the memory, commits of
//! which nobody knows.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode};
use mingzhang::services::books::Limits;
use mingzhang::web::api::limits::Rates;
use mingzhang::web::{Site, router};
use serde_json::json;
use test_case::test_case;

use super::examples::PAPER;
use super::{Answer, Api};
use crate::harness::{On, TestBook, credit, debit, estate, event};
use crate::postgres::{Cluster, Options};

const HOME: &str = "/api/v1/estates/620722-0017";

fn income() -> String {
    let draft = json!({"estate": estate().to_string(), "date": "2025-01-01",
        "event": {"kind": "income"}, "lines": [{"account": "R.1001.01", "debit": "5.00"},
            {"account": "R.4502.01", "credit": "5.00"}]});
    draft.to_string()
}

/// A file of ten megabytes that begins and doesn't go on.
fn stalled(api: &Api, nth: usize) -> Request<Body> {
    let (first, rest) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    first.try_send(Ok(Bytes::from_static(b"%PDF-1.4\n"))).unwrap();
    // Its sender is kept for as long as the request is.
    let rest = futures_util::stream::unfold((rest, first), async |(mut rest, first)| {
        let piece = rest.recv().await?;
        Some((piece, (rest, first)))
    });
    Request::builder()
        .method(Method::POST)
        .uri(format!("{HOME}/documents"))
        .header("authorization", format!("Bearer {}", api.key))
        .header("idempotency-key", format!("stalled-{nth:04}"))
        .header("content-type", "application/octet-stream")
        .header("content-length", (10 << 20).to_string())
        .body(Body::from_stream(rest))
        .unwrap()
}

fn is_busy(answer: &Answer, name: &str) {
    assert_eq!(answer.problem(), (503, name.to_owned()));
    assert_eq!(answer.header("retry-after"), "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_would_fill_the_memory_are_asked_to_come_again() {
    let api = Arc::new(Api::of(TestBook::open(On::Sqlite).await).await);
    let mut held = Vec::new();
    for nth in 0..12 {
        let api = Arc::clone(&api);
        // Where the one below comes first there is room for eleven, until it is answered.
        held.push(tokio::spawn(async move {
            while api.sends(stalled(&api, nth)).await.status == StatusCode::SERVICE_UNAVAILABLE {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }));
    }
    let large = vec![b' '; 10 << 20];
    let mut told = None;
    for _ in 0..200 {
        let answer = api.hands_in(&format!("{HOME}/documents"), "large-0001", large.clone()).await;
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            told = Some(answer);
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    is_busy(&told.expect("twelve files of ten megabytes are all that fits"), "uploads-full");
    // What is small, and whoever only reads, is answered.
    assert_eq!(api.posts("order-0001", income()).await.status, StatusCode::CREATED);
    assert_eq!(api.asks(HOME).await.status, StatusCode::OK);
    for one in held {
        one.abort();
        let _ = one.await;
    }
    let kept = api.hands_in(&format!("{HOME}/documents"), "large-0001", PAPER).await;
    assert_eq!(kept.status, StatusCode::CREATED, "room is given back");
    api.book.check().await;
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_says_so_and_every_key_is_settled_later(on: On) {
    let book = TestBook::bounded(on, Limits { queue_max: 1, batch_max: 1, ..Limits::default() });
    let book = book.await;
    book.open_estate(estate()).await;
    let api = Arc::new(Api::of(book).await);
    // Bodies that are all there at the same moment meet a queue of one.
    let gate = Arc::new(tokio::sync::Barrier::new(64));
    let sent: Vec<_> = (0..64)
        .map(|nth| {
            let (api, gate) = (Arc::clone(&api), Arc::clone(&gate));
            tokio::spawn(async move {
                gate.wait().await;
                api.posts(&format!("order-{nth:04}"), income()).await
            })
        })
        .collect();
    let mut full = 0;
    for one in sent {
        let answer = one.await.unwrap();
        if answer.status != StatusCode::CREATED {
            is_busy(&answer, "queue-full");
            full += 1;
        }
    }
    assert!(full > 0, "64 at once fit into a queue of one");
    for nth in 0..64 {
        let key = format!("order-{nth:04}");
        let again = api.posts(&key, income()).await;
        assert!(again.status.is_success(), "{key}: {:?}", again.body);
    }
    let posted = api.book.balance("R.1001.01").await;
    assert_eq!(posted, "320.00", "each once");
    api.book.check().await;
}

/// A posting that waits for a standby that isn't there.
const WAITING: &str = "select pid from pg_stat_activity
    where wait_event = 'SyncRep' and application_name = 'mingzhang'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_outcome_is_said_and_settled_by_the_same_key() {
    let mut cluster = Cluster::start(&Options::fast());
    let book = TestBook::on_database(cluster.fresh_database()).await;
    book.open_estate(estate()).await;
    let api = Arc::new(Api::of(book).await);
    // That the key is used is noted once a minute: not while the standby is away.
    assert_eq!(api.with_key(&format!("{HOME}/imports/i_000000000000"), None).await.status, 404);
    cluster.set("synchronous_standby_names", "nobody");
    let posting = {
        let api = Arc::clone(&api);
        tokio::spawn(async move { api.posts("order-0001", income()).await })
    };
    let mut pid = String::new();
    for _ in 0..2_000 {
        pid = cluster.psql("postgres", WAITING);
        if !pid.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    cluster.psql("postgres", &format!("select pg_cancel_backend({pid})"));
    is_busy(&posting.await.unwrap(), "outcome-unknown");
    cluster.set("synchronous_standby_names", "");
    let again = api.posts("order-0001", income()).await;
    assert_eq!((again.status, &again.json()["known"]), (StatusCode::OK, &json!(true)));
    assert_eq!(api.book.balance("R.1001.01").await, "5.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_book_that_takes_nothing_says_when_to_come_back(on: On) {
    let mut book = TestBook::open(on).await;
    let lines = vec![debit("R.1001.01", "5.00"), credit("R.4502.01", "5.00")];
    let draft = book.money(event("income", []), lines);
    book.post(draft).await.unwrap();
    let mut api = Api::of(book).await;
    let store = api.book.books.store().clone();
    let books = mingzhang::services::books::Books::open(
        store,
        api.book.clock.clone(),
        Limits { disk_low_bytes: u64::MAX / 2, ..Limits::default() },
    );
    let rates = Rates { address_min: 0, key_min: 0 };
    api.site = router(Site { people: api.people.clone(), rates, ..Site::of(books) });
    let answer = api.posts("order-0001", income()).await;
    // PostgreSQL's disk is another machine's.
    match on {
        On::Sqlite => is_busy(&answer, "unavailable"),
        On::Postgres => assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.body),
    }
    assert_eq!(api.asks(HOME).await.status, StatusCode::OK);
}
