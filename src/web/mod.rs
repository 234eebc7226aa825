//! The web: pages that owners read without an account, and the desk of those who sign in. It
//! asks [`crate::services`] for books, lists and verbs and the core for figures; it computes no
//! money.
//!
//! Read next: `routes.rs` (every address on one screen, with who may), `answer.rs` (how a page
//! is kept and found again), `portal/` and `desk/` (a file a page, its template beside it in
//! `templates/`), `desk/guard.rs` (what every request to the desk passes).

mod answer;
pub mod api;
mod assets;
mod bodies;
mod desk;
mod error;
mod frame;
mod headers;
mod machine;
mod paper;
mod peer;
mod plot;
mod portal;
mod qr;
mod request;
pub mod routes;
mod serve;
mod show;
mod text;
mod visit;

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use tokio::sync::Semaphore;

use self::api::limits::{Buckets, Rates};
use self::desk::guard;
use self::routes::Sort;

use crate::services::books::Books;
use crate::services::clock::{SystemClock, SystemEntropy};
use crate::services::documents::{Documents, MAX_MIB};
use crate::services::imports::Imports;
use crate::services::people::demonstration::SignIn;
use crate::services::people::{People, SessionLimits};
use crate::services::programs;
use crate::services::readiness::Readiness;

pub use peer::Network;
pub use serve::{Peer, serve};
pub use text::Lang;

/// What the site is made of.
#[derive(Clone)]
pub struct Site {
    /// The books.
    pub books: Books,
    /// The language of readers who name none.
    pub lang: Lang,
    /// A banner says that the clock stands.
    pub demonstration: bool,
    /// `https://…`, where links on paper lead; the address asked for when there is none.
    pub base_url: Option<String>,
    /// Where objections to a notice are heard; a blank to fill in where there is none.
    pub phone: Option<String>,
    /// Whether readers may be sent here now.
    pub readiness: Arc<Readiness>,
    /// Anyone may read the figures, not only this machine.
    pub metrics_public: bool,
    /// Who signs in.
    pub people: People,
    /// Papers.
    pub documents: Documents,
    /// Files that entries are read from.
    pub imports: Imports,
    /// Proxies whose word on where a request came from is believed.
    pub trusted_proxies: Vec<Network>,
    /// Sign-ins that a demonstration shows to everybody.
    pub sign_ins: &'static [SignIn],
    /// How often programs may ask.
    pub rates: Rates,
    /// Signatures that a program hands in are taken at its word.
    pub trust_signs: bool,
}

impl Site {
    /// A site over books, all else as it is where nobody says otherwise.
    pub fn of(books: Books) -> Self {
        let readiness = Arc::new(Readiness::of_books(books.clone()));
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        let store = books.store().clone();
        let documents = Documents::of(books.clone(), MAX_MIB);
        let imports = Imports::of(books.clone(), documents.clone(), entropy.clone());
        let people = People::of(store, clock, entropy, SessionLimits::default());
        Self {
            books,
            lang: Lang::Zh,
            demonstration: false,
            base_url: None,
            phone: None,
            readiness,
            metrics_public: false,
            people,
            documents,
            imports,
            trusted_proxies: Vec::new(),
            sign_ins: &[],
            rates: Rates::default(),
            trust_signs: false,
        }
    }
}

/// The site with its rendered pages: the state of every handler.
#[derive(Clone)]
pub struct Room(Arc<Inner>);

/// What a [`Room`] shares.
pub struct Inner {
    /// The site.
    pub site: Site,
    /// Pages rendered before.
    pub pages: answer::Pages,
    /// A permit for each stream of events that may be open.
    pub streams: Arc<Semaphore>,
    /// What requests with files and drafts may take of memory.
    pub bodies: bodies::Bodies,
    /// How often each program asked.
    pub buckets: Buckets,
    /// Requests of programs to post.
    pub programs: programs::Desk,
}

impl Deref for Room {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Every route of the site, with its errors and headers.
pub fn router(site: Site) -> Router {
    let programs = programs::Desk::trusting(site.trust_signs);
    let bodies = bodies::Bodies::of(site.documents.max_mib());
    let room = Room(Arc::new(Inner {
        site,
        pages: answer::pages(),
        streams: portal::events::streams(),
        bodies,
        buckets: Buckets::default(),
        programs,
    }));
    let mut router = Router::new();
    for route in routes::ROUTES {
        let mut handler = (route.handler)();
        if route.sort.is_guarded() {
            handler = handler.route_layer(from_fn_with_state((room.clone(), route), guard::check));
        }
        if route.sort == Sort::Api {
            let gate = from_fn_with_state((room.clone(), route), api::gate::check);
            handler = handler.route_layer(gate);
        }
        router = router.route(route.path, handler);
    }
    router
        .fallback(error::no_page)
        .method_not_allowed_fallback(error::no_method)
        .layer(from_fn_with_state(room.clone(), visit::keep_choice))
        .layer(from_fn_with_state(room.clone(), error::show))
        .layer(from_fn(api::gate::open))
        .layer(map_response(headers::add))
        .layer(from_fn(request::follow))
        .with_state(room)
}
