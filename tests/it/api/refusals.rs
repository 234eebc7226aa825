//! Every status that the API refuses with, provoked; and the page of each problem.

use axum::body::Body;
use axum::http::Request;
use mingzhang::services::books::Limits;
use mingzhang::services::people::{Role, Scope, Verb};
use mingzhang::web::Site;
use mingzhang::web::api::limits::Rates;
use mingzhang::web::api::problem::PROBLEMS;
use serde_json::{Value, json};

use super::{Api, hired};
use crate::harness::{On, TestBook, credit, debit, estate, event, prepared};

const HOME: &str = "/api/v1/estates/620722-0017";

async fn api() -> (Api, Value) {
    let mut book = TestBook::open(On::Sqlite).await;
    let lines = vec![debit("R.1001.01", "5.00"), credit("R.4502.01", "5.00")];
    let draft = super::spoken(&book.money(event("income", []), lines));
    (Api::of(book).await, draft)
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_by_name() {
    let (api, _) = api().await;
    for (address, status, name) in [
        ("/api/v1", 404, "not-found"),
        ("/api/v1/nothing", 404, "not-found"),
        ("/api/v1/%ff", 404, "not-found"),
        ("/api/v1/estates/620722-0099", 404, "no-estate"),
        ("/api/v1/estates/x", 404, "no-estate"),
        ("/api/v1/estates/620722-0017/entries/9999", 404, "no-entry"),
        ("/api/v1/estates/620722-0017/entries/01", 404, "no-entry"),
        ("/api/v1/estates/620722-0017/contracts/C-99", 404, "no-contract"),
        ("/api/v1/estates?limit=0", 400, "parameter"),
        ("/api/v1/estates?limit=201", 400, "parameter"),
        ("/api/v1/estates?limit=1&limit=2", 400, "parameter"),
        ("/api/v1/estates?sort=name", 400, "parameter"),
        ("/api/v1/estates?lang=en", 400, "parameter"),
        ("/api/v1/estates/620722-0017/lines?from=2025-3", 400, "parameter"),
        ("/api/v1/estates/620722-0017/lines?from=2025-03&to=2025-01", 422, "value"),
        ("/api/v1/estates/620722-0017/contracts?on=2199-01-01", 422, "value"),
        ("/api/v1/estates/620722-0017/statements/income?period=2025-03..2025-01", 422, "value"),
    ] {
        let answer = api.asks(address).await;
        assert_eq!(answer.problem(), (status, name.into()), "{address}");
    }
    let wrong = Request::builder().method("DELETE").uri(format!("{HOME}/entries"));
    let answer = api.sends(wrong.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(), (405, "method".into()));
    assert_eq!(answer.header("allow"), "GET,HEAD,POST");
}

#[tokio::test]
async fn what_cannot_be_posted_is_refused_by_name() {
    let (mut api, draft) = api().await;
    let body = draft.to_string();
    let with = |name: &'static str, value: Option<&str>| {
        let mut request =
            api.posting(estate(), "order-0001").body(Body::from(body.clone())).unwrap();
        request.headers_mut().remove(name);
        if let Some(value) = value {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        request
    };
    let unknown = format!("Bearer mz_{}", "0".repeat(64));
    for (name, value, expected) in [
        ("authorization", None, (401, "key")),
        ("authorization", Some(unknown.as_str()), (401, "key")),
        ("authorization", Some("Basic eDp5"), (401, "key")),
        ("idempotency-key", None, (428, "no-key")),
        ("idempotency-key", Some("short"), (400, "idempotency-key")),
        ("content-type", None, (415, "media-type")),
        ("content-type", Some("text/plain"), (415, "media-type")),
    ] {
        let answer = api.sends(with(name, value)).await;
        let problem = answer.problem();
        assert_eq!((problem.0, problem.1.as_str()), expected, "{name} {value:?}");
        assert_eq!(answer.header("www-authenticate").is_empty(), expected.0 != 401);
    }
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut draft = draft.clone();
        change(&mut draft);
        draft.to_string()
    };
    let foreign = json!([{"act": "prepare", "at": "2025-01-01T00:00:00.000Z",
        "org": "o_property", "role": "clerk", "user": prepared().by.user}]);
    let cost = json!({"kind": "cost", "payee": {"org": "某公司"}});
    for (body, expected, pointer) in [
        ("{".to_owned(), "unreadable", ""),
        ("[]".to_owned(), "i2", ""),
        (changed(&|d| d["memo"] = Value::Null), "i2", "/memo"),
        (changed(&|d| d["extra"] = json!("x")), "i2", "/extra"),
        (changed(&|d| d["estate"] = json!("620722-0018")), "other-estate", "/estate"),
        (changed(&|d| d["lines"][0]["debit"] = json!("5.01")), "i3", "/lines"),
        (changed(&|d| d["lines"][0]["account"] = json!("R.9999")), "i4", "/lines/0/account"),
        (changed(&|d| d["date"] = json!("2025-01-02")), "i8", "/date"),
        (changed(&|d| d["event"] = cost.clone()), "i4", ""),
        (changed(&|d| d["event"]["contract"] = json!("C-99")), "reference", "/event"),
        (changed(&|d| d["memo"] = json!("电话13912345678")), "personal-number", "/memo"),
        (changed(&|d| d["memo"] = json!("e\u{301}")), "nfc", "/memo"),
        (changed(&|d| d["signs"] = foreign.clone()), "signature", "/signs/0"),
    ] {
        let answer = api.posts("order-0001", body.clone()).await;
        let status = if expected == "unreadable" { 400 } else { 422 };
        assert_eq!(answer.problem(), (status, expected.to_owned()), "{body}");
        if !pointer.is_empty() {
            assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{body}");
        }
    }
    let rules = json!({"estate": "620722-0017", "event": {"kind": "contract.end", "no": "C-1",
        "on": "2025-01-01", "reason": "x"}});
    assert_eq!(api.posts("order-0009", rules.to_string()).await.problem().1, "reference");
    // Unless the operator says so, no program signs for anybody, also not for its owner.
    let untrusted = Site { people: api.people.clone(), ..Site::of(api.book.books.clone()) };
    api.site = mingzhang::web::router(untrusted);
    let clerk = api.signs().remove(0).by;
    let own = json!([{"act": "prepare", "at": "2025-01-01T00:00:00.000Z",
        "org": clerk.org, "role": clerk.role, "user": clerk.user}]);
    let signed = changed(&|d| d["signs"] = own.clone());
    assert_eq!(api.posts("order-0002", signed).await.problem().1, "signature");
    let large = vec![b' '; 16 * 1024 * 1024 + 1];
    assert_eq!(api.posts("order-0001", large).await.problem(), (413, "too-large".into()));
}

#[tokio::test]
async fn an_estate_that_is_not_granted_is_like_one_that_is_not_there() {
    let (api, draft) = api().await;
    let other = "620722-0018".parse().unwrap();
    api.book.open_estate(other).await;
    let nowhere = "620722-0099".parse().unwrap();
    let mut told = Vec::new();
    for code in [other, nowhere] {
        let request = api.posting(code, "order-0001").body(Body::from(draft.to_string()));
        let answer = api.sends(request.unwrap()).await;
        assert_eq!(answer.problem(), (404, "no-estate".into()));
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        let id = answer.header("x-request-id").to_owned();
        told.push(text.replace(code.as_str(), "…").replace(&id, "…"));
    }
    assert_eq!(told[0], told[1]);
    // A key that may read here and not post is told so.
    let org = api.people.organisations().await.unwrap()[0].organisation_id.clone();
    let clerk = hired(&api.people, &org, "another", Role::Clerk).await;
    let scope = Scope { estate: estate(), verb: Verb::Read };
    let key = api.people.make_token(&clerk, "reads", &[scope]).await.unwrap();
    let mut request =
        api.posting(estate(), "order-0001").body(Body::from(draft.to_string())).unwrap();
    let shown = format!("Bearer {key}").parse().unwrap();
    request.headers_mut().insert("authorization", shown);
    assert_eq!(api.sends(request).await.problem(), (403, "not-allowed".into()));
}

#[tokio::test]
async fn kinds_of_the_operator_are_not_for_programs() {
    let (api, draft) = api().await;
    let first = api.reads(&format!("{HOME}/entries?limit=3")).await;
    let rules = first["entries"].as_array().unwrap().iter();
    let mut rules = rules.filter(|entry| entry["entry"]["event"]["kind"] == "rules");
    let mut again = draft;
    again["event"] = rules.next().unwrap()["entry"]["event"].clone();
    again.as_object_mut().unwrap().remove("lines");
    let answer = api.posts("order-0001", again.to_string()).await;
    assert_eq!(answer.problem(), (403, "reserved-kind".into()));
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let book = TestBook::open(On::Sqlite).await;
    let api = Api::limited(book, Rates { address_min: 5, key_min: 0 }).await;
    for left in (0..5).rev() {
        let answer = api.asks(HOME).await;
        assert_eq!(answer.header("ratelimit-policy"), "\"minute\";q=5;w=60");
        assert!(answer.header("ratelimit").starts_with(&format!("\"minute\";r={left};t=")));
    }
    let answer = api.asks(HOME).await;
    assert_eq!(answer.problem(), (429, "too-many".into()));
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=12).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_full_disk_says_when_to_come_back() {
    let low = Limits { disk_low_bytes: u64::MAX / 2, ..Limits::default() };
    let (mut api, draft) = api().await;
    let store = api.book.books.store().clone();
    let clock = api.book.clock.clone();
    let books = mingzhang::services::books::Books::open(store, clock, low);
    let people = api.people.clone();
    api.site = mingzhang::web::router(Site { people, ..Site::of(books) });
    let answer = api.posts("order-0001", draft.to_string()).await;
    assert_eq!(answer.problem(), (503, "unavailable".into()));
    assert_eq!(answer.header("retry-after"), "2");
}

#[tokio::test]
async fn each_problem_has_its_page() {
    let (api, _) = api().await;
    for (name, status) in PROBLEMS {
        let answer = api.asks(&format!("/problems/{name}")).await;
        assert_eq!(answer.status, 200, "{name}");
        let page = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(page.contains(&format!("HTTP {status}")), "{name}");
        for family in ["problem", "problem_says", "problem_do"] {
            for lang in ["zh", "en"] {
                let known = crate::pages::texts::texts(lang);
                assert!(known.contains_key(&format!("{family}.{name}")), "{family}.{name}");
            }
        }
    }
    assert_eq!(api.asks("/problems/nothing").await.status, 404);
}
