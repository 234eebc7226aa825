//! The web: pages that owners read without an account. It asks [`crate::services`] for books
//! and lists and the core for figures; it computes no money and writes nothing.
//!
//! Read next: `routes.rs` (every address on one screen), `answer.rs` (how a page is kept and
//! found again), `portal/` (a file a page, its template beside it in `templates/`).

mod answer;
mod assets;
mod error;
mod frame;
mod headers;
mod machine;
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

use crate::services::books::Books;
use crate::services::readiness::Readiness;

pub use serve::serve;
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
}

impl Site {
    /// A site over books, all else as it is where nobody says otherwise.
    pub fn of(books: Books) -> Self {
        let readiness = Arc::new(Readiness::of_books(books.clone()));
        Self {
            books,
            lang: Lang::Zh,
            demonstration: false,
            base_url: None,
            phone: None,
            readiness,
            metrics_public: false,
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
}

impl Deref for Room {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Every route of the site, with its errors and headers.
pub fn router(site: Site) -> Router {
    let room =
        Room(Arc::new(Inner { site, pages: answer::pages(), streams: portal::events::streams() }));
    let mut router = Router::new();
    for route in routes::ROUTES {
        router = router.route(route.path, (route.handler)());
    }
    router
        .fallback(error::no_page)
        .method_not_allowed_fallback(error::no_method)
        .layer(from_fn_with_state(room.clone(), visit::keep_choice))
        .layer(from_fn_with_state(room.clone(), error::show))
        .layer(map_response(headers::add))
        .layer(from_fn(request::follow))
        .with_state(room)
}
