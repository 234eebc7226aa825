//! Every address of the site, in one table: the router is made from it and tests list it.

use axum::http::Method;
use axum::routing::{MethodRouter, get};

use super::portal::{
    about, check, contract, contracts, directory, entry, events, export, findings, home, lines,
    notices, papers, rules, voucher,
};
use super::{Room, assets, machine};

/// What an address answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A page for people: HTML with an edition.
    Page,
    /// Bytes that never change.
    Bytes,
    /// A download that grows with the book.
    Download,
    /// A stream of events without an end of its own (server-sent events).
    Stream,
    /// For machines, as it is at this moment.
    Machine,
}

/// One address.
pub struct Route {
    /// The method; GET answers HEAD too.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// What it answers with.
    pub sort: Sort,
    /// What answers.
    pub handler: fn() -> MethodRouter<Room>,
}

const fn of(path: &'static str, sort: Sort, handler: fn() -> MethodRouter<Room>) -> Route {
    Route { method: Method::GET, path, sort, handler }
}

/// Every address.
pub const ROUTES: &[Route] = &[
    of("/", Sort::Page, || get(directory::show)),
    of("/about", Sort::Page, || get(about::show)),
    of("/check", Sort::Page, || get(check::show)),
    of("/e/{estate}", Sort::Page, || get(home::show)),
    of("/e/{estate}/lines", Sort::Page, || get(lines::show)),
    of("/e/{estate}/entries/{seq}", Sort::Page, || get(entry::show)),
    of("/e/{estate}/entries/{seq}/bytes", Sort::Bytes, || get(entry::bytes)),
    of("/e/{estate}/entries/{seq}/voucher", Sort::Page, || get(voucher::show)),
    of("/e/{estate}/contracts", Sort::Page, || get(contracts::show)),
    of("/e/{estate}/contracts/{no}", Sort::Page, || get(contract::show)),
    of("/e/{estate}/findings", Sort::Page, || get(findings::show)),
    of("/e/{estate}/rules", Sort::Page, || get(rules::show)),
    of("/e/{estate}/statements", Sort::Page, || get(papers::list)),
    of("/e/{estate}/statements/{name}", Sort::Page, || get(papers::show)),
    of("/e/{estate}/statements/{name}/table.csv", Sort::Download, || get(papers::csv)),
    of("/e/{estate}/statements/{name}/table.xlsx", Sort::Download, || get(papers::xlsx)),
    of("/e/{estate}/notices", Sort::Page, || get(notices::list)),
    of("/e/{estate}/notices/{period}", Sort::Page, || get(notices::show)),
    of("/e/{estate}/notices/{period}/table.csv", Sort::Download, || get(notices::csv)),
    of("/e/{estate}/notices/{period}/table.xlsx", Sort::Download, || get(notices::xlsx)),
    of("/e/{estate}/export.jsonl", Sort::Download, || get(export::jsonl)),
    of("/e/{estate}/export.csv", Sort::Download, || get(export::csv)),
    of("/e/{estate}/export.xlsx", Sort::Download, || get(export::xlsx)),
    of("/e/{estate}/export.journal", Sort::Download, || get(export::journal)),
    of("/e/{estate}/export.beancount", Sort::Download, || get(export::beancount)),
    of("/e/{estate}/events", Sort::Stream, || get(events::stream)),
    of("/static/{name}", Sort::Bytes, || get(assets::file)),
    of("/healthz", Sort::Machine, || get(machine::healthz)),
    of("/readyz", Sort::Machine, || get(machine::readyz)),
    of("/metrics", Sort::Machine, || get(machine::metrics)),
];
