//! A book as it grows: readers who follow it hear of every posting to their estate, once, and of
//! no other; whoever was away hears the newest; the stream ends with the server.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use mingzhang::ledger::draft::Draft;
use mingzhang::ledger::id::EstateCode;
use mingzhang::services::books::Books;
use mingzhang::services::readiness::Readiness;
use mingzhang::web::{Site, router};
use serde_json::Value as Json;
use test_case::test_case;
use tower::ServiceExt;

use crate::harness::{On, TestBook, credit, debit, estate, event, reviewer};

/// Long enough for what comes at once to come; what doesn't is not on its way.
const A_WHILE: Duration = Duration::from_millis(300);
/// Far longer than anything here takes.
const AT_LAST: Duration = Duration::from_secs(20);

/// A reader's open stream.
struct Stream {
    body: Body,
    read: String,
}

/// One event.
struct Heard {
    id: String,
    data: Json,
}

impl Stream {
    async fn open(site: &Router, estate: EstateCode, last: Option<&str>) -> Self {
        let mut request = Request::builder().uri(format!("/e/{estate}/events"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = site.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        Self { body: answer.into_body(), read: String::new() }
    }

    /// The next event; none where the stream ended.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = event.lines();
                    lines
                        .find_map(|line| line.strip_prefix(&format!("{name}: ")))
                        .map(str::to_owned)
                };
                let heard = field("data").map(|data| Heard {
                    id: field("id").expect("every event has a name"),
                    data: serde_json::from_str(&data).unwrap(),
                });
                self.read = rest.to_string();
                match heard {
                    Some(heard) => return Some(heard),
                    None => continue,
                }
            }
            let frame = tokio::time::timeout(AT_LAST, self.body.frame()).await.expect("in time")?;
            let bytes = frame.unwrap().into_data().unwrap();
            self.read.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    async fn hears(&mut self, seq: u64) -> Heard {
        let heard = self.next().await.expect("the stream goes on");
        assert_eq!(heard.data["seq"], seq, "{}", heard.id);
        heard
    }

    async fn hears_nothing(&mut self) {
        let heard = tokio::time::timeout(A_WHILE, self.next()).await;
        assert!(heard.is_err(), "{:?}", heard.ok().flatten().map(|heard| heard.id));
    }
}

fn other() -> EstateCode {
    "620722-0018".parse().unwrap()
}

fn receipt(book: &mut TestBook, of: EstateCode, amount: &str) -> Draft {
    let lines = vec![debit("R.1001.01", amount), credit("R.4502.01", amount)];
    let draft = book.money(event("income", []), lines);
    Draft { estate: of, ..draft }
}

async fn head(books: &Books) -> (u64, String) {
    let head = books.book(estate()).await.unwrap().unwrap().head();
    (head.entries - 1, head.hash.to_string())
}

#[tokio::test]
async fn a_posting_is_heard_once_by_those_who_follow_its_estate() {
    let mut book = TestBook::open(On::Sqlite).await;
    book.open_estate(other()).await;
    let site = router(Site::of(book.books.clone()));
    let mut here = Stream::open(&site, estate(), None).await;
    let mut there = Stream::open(&site, other(), None).await;
    let (seq, hash) = head(&book.books).await;
    let first = here.hears(seq).await;
    assert_eq!(first.id, format!("620722-0017:{seq}"));
    assert_eq!(first.data["head"], hash);
    there.hears(seq).await;
    here.hears_nothing().await;

    let drafts = ["10.00", "20.00", "30.00"].map(|amount| receipt(&mut book, estate(), amount));
    book.books.post(drafts.into(), reviewer()).await.unwrap();
    let heard = here.hears(seq + 3).await;
    assert_eq!(heard.data["balances"]["R.1001.01"], "60.00", "debit less credit");
    assert_eq!(heard.data["balances"]["R.4502.01"], "-60.00");
    assert_eq!(heard.data["head"], head(&book.books).await.1);
    here.hears_nothing().await;
    there.hears_nothing().await;

    // A refused posting is no news.
    let refused = receipt(&mut book, estate(), "1.00").with_lines(
        book.books.today(),
        vec![debit("R.1001.01", "1.00"), credit("R.4502.01", "2.00")],
    );
    book.books.post(vec![refused], reviewer()).await.unwrap_err();
    here.hears_nothing().await;
}

#[tokio::test]
async fn whoever_was_away_hears_the_newest() {
    let mut book = TestBook::open(On::Sqlite).await;
    let site = router(Site::of(book.books.clone()));
    let (seq, _) = head(&book.books).await;
    let name = |seq: u64| format!("620722-0017:{seq}");
    let mut up_to_date = Stream::open(&site, estate(), Some(&name(seq))).await;
    up_to_date.hears_nothing().await;
    let draft = receipt(&mut book, estate(), "1.00");
    book.books.post(vec![draft], reviewer()).await.unwrap();
    up_to_date.hears(seq + 1).await;
    // Names of an older entry, of one that a restored database doesn't have, of another estate,
    // and none at all.
    let names = [&name(0), &name(9_999), &format!("620722-0018:{}", seq + 1), "", "x:y", "0017:1"];
    for last in names {
        Stream::open(&site, estate(), Some(last)).await.hears(seq + 1).await;
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_server() {
    let book = TestBook::open(On::Sqlite).await;
    let readiness = Arc::new(Readiness::of_books(book.books.clone()));
    let site = Site { readiness: Arc::clone(&readiness), ..Site::of(book.books.clone()) };
    let mut stream = Stream::open(&router(site), estate(), None).await;
    stream.hears(head(&book.books).await.0).await;
    readiness.stop();
    assert!(stream.next().await.is_none());
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn what_another_process_posts_is_heard(on: On) {
    let mut book = TestBook::open(on).await;
    let reader = book.again().await;
    let follower = reader.clone();
    let following = tokio::spawn(async move { follower.follow(Duration::from_millis(20)).await });
    let site = router(Site::of(reader.clone()));
    let mut stream = Stream::open(&site, estate(), None).await;
    let (seq, _) = head(&book.books).await;
    stream.hears(seq).await;
    for nth in 1..=3 {
        let draft = receipt(&mut book, estate(), "5.00");
        book.books.post(vec![draft], reviewer()).await.unwrap();
        stream.hears(seq + nth).await;
    }
    following.abort();
}

#[tokio::test]
async fn streams_leave_room_for_pages() {
    let book = TestBook::open(On::Sqlite).await;
    let site = router(Site::of(book.books.clone()));
    let mut streams = Vec::new();
    for _ in 0..1_024 {
        streams.push(Stream::open(&site, estate(), None).await);
    }
    let asks = async |address: &str| {
        let request = Request::builder().uri(address).body(Body::empty()).unwrap();
        site.clone().oneshot(request).await.unwrap().status()
    };
    assert_eq!(asks("/e/620722-0017/events").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(asks("/e/620722-0017").await, StatusCode::OK);
    // One that is closed makes room for another.
    streams.pop();
    Stream::open(&site, estate(), None).await;
    assert_eq!(asks("/e/620722-0099/events").await, StatusCode::NOT_FOUND);
}
