//! The API as programs get it: the figures of the pages, drafts posted with a key, every refusal
//! by its name, and a year kept through it alone.

mod a_month;
mod busy;
mod examples;
mod files;
mod fuzzed;
mod posting;
mod reading;
mod refusals;
mod year;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use mingzhang::ledger::draft::{Draft, Place as DraftPlace};
use mingzhang::ledger::encoding::encode;
use mingzhang::ledger::entry::{Sign, SignAct};
use mingzhang::ledger::id::{EntryHash, EstateCode};
use mingzhang::services::clock::SeededEntropy;
use mingzhang::services::people::{
    NewGrant, NewOfficer, People, Place, Role, Scope, SessionLimits, Verb,
};
use mingzhang::web::api::limits::Rates;
use mingzhang::web::{Site, router};
use serde_json::Value;
use tower::ServiceExt;

use crate::harness::{TestBook, actor, estate};

/// Who adds people in the tests.
const BY: &str = "u_test";

/// A program before the API of an instance.
pub struct Api {
    pub book: TestBook,
    pub people: People,
    site: Router,
    /// The reviewer's key, for the estate of most stories.
    pub key: String,
    clerk: (String, String),
    member: (String, String),
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&self.body));
        })
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The problem that it is, by status and name; its shape is checked.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(body["request_id"], self.header("x-request-id"));
        for key in ["title", "title_zh"] {
            assert!(!body[key].as_str().unwrap().is_empty(), "{body}");
        }
        for error in body["errors"].as_array().into_iter().flatten() {
            for key in ["code", "zh", "en", "do_zh", "do_en"] {
                assert!(!error[key].as_str().unwrap_or_default().is_empty(), "{key}: {error}");
            }
        }
        let name = body["type"].as_str().unwrap().strip_prefix("/problems/").unwrap();
        (self.status.as_u16(), name.to_owned())
    }
}

impl Api {
    /// The people of the estate: who prepares, who posts, who co-signs; a key for the second.
    pub async fn of(book: TestBook) -> Self {
        Self::limited(book, Rates { address_min: 0, key_min: 0 }).await
    }

    pub async fn limited(book: TestBook, rates: Rates) -> Self {
        let entropy = Arc::new(SeededEntropy::from_name("people"));
        let store = book.books.store().clone();
        let people = People::of(store, book.clock.clone(), entropy, SessionLimits::default());
        let company = people.add_organisation("甲物业公司", BY).await.unwrap();
        let committee = people.add_organisation("业主委员会", BY).await.unwrap();
        let clerk = hired(&people, &company, "clerk", Role::Clerk).await;
        let reviewer = hired(&people, &company, "reviewer", Role::Reviewer).await;
        let member = hired(&people, &committee, "member", Role::Committee).await;
        let scopes = Verb::ALL.map(|verb| Scope { estate: estate(), verb });
        let key = people.make_token(&reviewer, "tests", &scopes).await.unwrap();
        let base_url = Some("https://ledger.example".to_owned());
        let site = Site {
            people: people.clone(),
            rates,
            base_url,
            trust_signs: true,
            ..Site::of(book.books.clone())
        };
        let site = router(site);
        Self { book, people, site, key, clerk: (company, clerk), member: (committee, member) }
    }

    pub async fn sends(&self, request: Request<Body>) -> Answer {
        let response = self.site.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn asks(&self, address: &str) -> Answer {
        self.sends(Request::builder().uri(address).body(Body::empty()).unwrap()).await
    }

    /// What an address answers with, when it is fine.
    pub async fn reads(&self, address: &str) -> Value {
        let answer = self.asks(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {:?}", answer.body);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        answer.json()
    }

    /// A request to post, to be changed before it is sent.
    pub fn posting(&self, code: EstateCode, key: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(Method::POST)
            .uri(format!("/api/v1/estates/{code}/entries"))
            .header("authorization", format!("Bearer {}", self.key))
            .header("idempotency-key", key)
            .header("content-type", "application/json")
    }

    /// A request with the reviewer's key, and one of its own where something is sent.
    pub async fn with_key(&self, address: &str, sent: Option<(&str, &str, Body)>) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        let request = Request::builder().uri(address).header("authorization", bearer);
        let request = match sent {
            None => request.body(Body::empty()),
            Some((key, media_type, body)) => request
                .method(Method::POST)
                .header("idempotency-key", key)
                .header("content-type", media_type)
                .body(body),
        };
        self.sends(request.unwrap()).await
    }

    /// Sends a file.
    pub async fn hands_in(&self, address: &str, key: &str, bytes: impl Into<Body>) -> Answer {
        self.with_key(address, Some((key, "application/octet-stream", bytes.into()))).await
    }

    /// Sends JSON.
    pub async fn says(&self, address: &str, key: &str, body: &Value) -> Answer {
        let body = Body::from(body.to_string());
        self.with_key(address, Some((key, "application/json", body))).await
    }

    pub async fn posts(&self, key: &str, body: impl Into<Body>) -> Answer {
        self.sends(self.posting(estate(), key).body(body.into()).unwrap()).await
    }

    /// Signatures of the clerk and of the committee.
    pub fn signs(&self) -> Vec<Sign> {
        let at = "2025-01-01T00:00:00.000Z".parse().unwrap();
        let of =
            |act, role, who: &(String, String)| Sign { act, at, by: actor(&who.0, role, &who.1) };
        vec![
            of(SignAct::Prepare, "clerk", &self.clerk),
            of(SignAct::Cosign, "committee", &self.member),
        ]
    }
}

/// Somebody new, with a role for the estate of most stories, or for the instance.
pub async fn hired(people: &People, organisation: &str, sign_in: &str, role: Role) -> String {
    let new = NewOfficer { organisation, sign_in, name: "某人" };
    let (id, _) = people.add_officer(&new, BY).await.unwrap();
    let of_instance = role == Role::Administrator;
    let place = if of_instance { Place::Instance } else { Place::Estate(estate()) };
    let grant = NewGrant { role, place, from: None, until: None };
    people.grant(&id, grant, BY).await.unwrap();
    id
}

/// A draft as a program writes it: an entry without what the server sets.
pub fn spoken(draft: &Draft) -> Value {
    let by = actor("o_x", "x", "u_x");
    let time = "2025-01-01T00:00:00.000Z".parse().unwrap();
    let prev = EntryHash::NONE;
    let place = DraftPlace { act: None, by: &by, log: "x", prev, seq: 0, time };
    let mut said: Value = serde_json::from_slice(&encode(&draft.at(&place))).unwrap();
    let keys = said.as_object_mut().unwrap();
    for key in ["by", "log", "prev", "ref", "seq", "time", "v"] {
        keys.remove(key);
    }
    said
}
