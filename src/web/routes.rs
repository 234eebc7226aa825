//! Every address of the site, in one table: the router is made from it, and tests list it to try
//! every role on every address.

use axum::http::Method;
use axum::routing::{MethodRouter, get, post};

use super::api::{
    check as api_check, contracts as api_contracts, documents as api_documents, entries, estates,
    findings as api_findings, imports as api_imports, lines as api_lines, months as api_months,
    notices as api_notices, openapi, page as api_page, papers as api_papers, post as api_post,
    problems, rules as api_rules, statements as api_statements, vouchers as api_vouchers,
};
use super::desk::{
    account, bank, bank_matches, cosign, documents, drafts, entries as desk_entries, estate,
    home as desk_home, imports, officers, record, second, sign_in, tokens,
};
use super::portal::{
    about, agreements, check, contract, contracts, directory, document, entry, events, export,
    findings, home, lines, notices, papers, rules, voucher,
};
use super::{Room, assets, machine};
use crate::services::exporter::FileFormat;
use crate::services::people::Permission;

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
    /// A page of the desk: for one officer, never kept.
    Desk,
    /// For programs: JSON, or a problem.
    Api,
    /// A file of the desk: for one officer, never kept.
    Kept,
    /// What a form of the desk sends with a file: as [`Sort::Act`], as large as a file may be.
    Upload,
    /// What a form of the desk sends: with the form's token, from this site.
    Act,
}

impl Sort {
    /// True for what passes the desk's guard.
    pub const fn is_guarded(self) -> bool {
        matches!(self, Self::Desk | Self::Kept | Self::Act | Self::Upload)
    }

    /// True for what a form sends.
    pub const fn is_form(self) -> bool {
        matches!(self, Self::Act | Self::Upload)
    }
}

/// One address.
pub struct Route {
    /// The method; GET answers HEAD too.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// What it answers with.
    pub sort: Sort,
    /// What one must hold, for the estate of the path where there is one; none for everybody.
    pub permission: Option<Permission>,
    /// Another permission that lets one in as well; its handler says how far.
    pub or: Option<Permission>,
    /// What answers.
    pub handler: fn() -> MethodRouter<Room>,
}

const fn of(path: &'static str, sort: Sort, handler: fn() -> MethodRouter<Room>) -> Route {
    Route { method: Method::GET, path, sort, permission: None, or: None, handler }
}

/// A page of the desk.
const fn page(
    path: &'static str,
    permission: Option<Permission>,
    handler: fn() -> MethodRouter<Room>,
) -> Route {
    Route { method: Method::GET, path, sort: Sort::Desk, permission, or: None, handler }
}

/// What programs ask; each stands in `api/operations.rs` with what it takes and gives.
const fn api(method: Method, path: &'static str, handler: fn() -> MethodRouter<Room>) -> Route {
    Route { method, path, sort: Sort::Api, permission: None, or: None, handler }
}

/// What a form of the desk sends.
const fn act(
    path: &'static str,
    permission: Option<Permission>,
    handler: fn() -> MethodRouter<Room>,
) -> Route {
    Route { method: Method::POST, path, sort: Sort::Act, permission, or: None, handler }
}

/// A file of the desk.
const fn kept(
    path: &'static str,
    permission: Option<Permission>,
    handler: fn() -> MethodRouter<Room>,
) -> Route {
    Route { method: Method::GET, path, sort: Sort::Kept, permission, or: None, handler }
}

/// What a form of the desk sends with a file.
const fn upload(
    path: &'static str,
    permission: Option<Permission>,
    handler: fn() -> MethodRouter<Room>,
) -> Route {
    Route { method: Method::POST, path, sort: Sort::Upload, permission, or: None, handler }
}

/// The same address, let in by another permission as well.
const fn or(mut route: Route, permission: Permission) -> Route {
    route.or = Some(permission);
    route
}

const OWN: Option<Permission> = Some(Permission::OwnAccount);
const KEYS: Option<Permission> = Some(Permission::OwnKeys);
const SEE: Option<Permission> = Some(Permission::SeeDesk);
const READ: Option<Permission> = Some(Permission::ReadDrafts);
const DRAFT: Option<Permission> = Some(Permission::Draft);
const COSIGN: Option<Permission> = Some(Permission::Cosign);
const POST: Option<Permission> = Some(Permission::Post);
const RECONCILE: Option<Permission> = Some(Permission::Reconcile);
const MANAGE: Option<Permission> = Some(Permission::ManageOfficers);

/// Every address.
pub const ROUTES: &[Route] = &[
    of("/", Sort::Page, || get(directory::show)),
    of("/about", Sort::Page, || get(about::show)),
    of("/check", Sort::Page, || get(check::show)),
    of("/e/{estate}", Sort::Page, || get(home::show)),
    of("/e/{estate}/lines", Sort::Page, || get(lines::show)),
    of("/e/{estate}/entries/{seq}", Sort::Page, || get(entry::show)),
    of("/e/{estate}/entries/{seq}/bytes", Sort::Bytes, || get(entry::bytes)),
    of("/e/{estate}/entries/{seq}/documents/{sha256}", Sort::Download, || get(document::show)),
    of("/e/{estate}/entries/{seq}/voucher", Sort::Page, || get(voucher::show)),
    of("/e/{estate}/contracts", Sort::Page, || get(contracts::show)),
    of("/e/{estate}/contracts/{no}", Sort::Page, || get(contract::show)),
    of("/e/{estate}/findings", Sort::Page, || get(findings::show)),
    of("/e/{estate}/rules", Sort::Page, || get(rules::show)),
    of("/e/{estate}/statements", Sort::Page, || get(papers::list)),
    of("/e/{estate}/statements/{name}", Sort::Page, || get(papers::show)),
    of("/e/{estate}/statements/{name}/table.csv", Sort::Download, || {
        get(|room, visit, path| papers::download(room, visit, path, FileFormat::Csv))
    }),
    of("/e/{estate}/statements/{name}/table.xlsx", Sort::Download, || {
        get(|room, visit, path| papers::download(room, visit, path, FileFormat::Xlsx))
    }),
    of("/e/{estate}/agreements", Sort::Page, || get(agreements::list)),
    of("/e/{estate}/agreements/{period}", Sort::Page, || get(agreements::show)),
    of("/e/{estate}/agreements/{period}/table.csv", Sort::Download, || {
        get(|room, visit, path| agreements::download(room, visit, path, FileFormat::Csv))
    }),
    of("/e/{estate}/agreements/{period}/table.xlsx", Sort::Download, || {
        get(|room, visit, path| agreements::download(room, visit, path, FileFormat::Xlsx))
    }),
    of("/e/{estate}/notices", Sort::Page, || get(notices::list)),
    of("/e/{estate}/notices/{period}", Sort::Page, || get(notices::show)),
    of("/e/{estate}/notices/{period}/table.csv", Sort::Download, || {
        get(|room, visit, path| notices::download(room, visit, path, FileFormat::Csv))
    }),
    of("/e/{estate}/notices/{period}/table.xlsx", Sort::Download, || {
        get(|room, visit, path| notices::download(room, visit, path, FileFormat::Xlsx))
    }),
    of("/e/{estate}/export.jsonl", Sort::Download, || get(export::jsonl)),
    of("/e/{estate}/export.csv", Sort::Download, || get(export::csv)),
    of("/e/{estate}/export.xlsx", Sort::Download, || get(export::xlsx)),
    of("/e/{estate}/export.journal", Sort::Download, || get(export::journal)),
    of("/e/{estate}/export.beancount", Sort::Download, || get(export::beancount)),
    of("/e/{estate}/export.u8.txt", Sort::Download, || get(export::u8)),
    of("/e/{estate}/export.kis.xlsx", Sort::Download, || get(export::kis)),
    of("/e/{estate}/events", Sort::Stream, || get(events::stream)),
    page("/sign-in", None, || get(sign_in::show)),
    act("/sign-in", None, || post(sign_in::enter)),
    act("/sign-out", OWN, || post(sign_in::leave)),
    page("/recover", None, || get(sign_in::show_recover)),
    act("/recover", None, || post(sign_in::recover)),
    page("/desk", OWN, || get(desk_home::show)),
    page("/desk/e/{estate}", SEE, || get(estate::show)),
    page("/desk/e/{estate}/entries", SEE, || get(desk_entries::list)),
    page("/desk/e/{estate}/record/{form}", DRAFT, || get(record::show)),
    act("/desk/e/{estate}/record/{form}", DRAFT, || post(record::save)),
    page("/desk/e/{estate}/drafts", READ, || get(drafts::list)),
    page("/desk/e/{estate}/drafts/{draft}", READ, || get(drafts::show)),
    page("/desk/e/{estate}/drafts/{draft}/edit", DRAFT, || get(record::edit)),
    act("/desk/e/{estate}/drafts/{draft}/submit", DRAFT, || post(drafts::submit)),
    act("/desk/e/{estate}/drafts/{draft}/withdraw", DRAFT, || post(drafts::withdraw)),
    act("/desk/e/{estate}/drafts/{draft}/return", POST, || post(drafts::give_back)),
    act("/desk/e/{estate}/drafts/{draft}/post", POST, || post(drafts::post)),
    act("/desk/e/{estate}/drafts/{draft}/cosign", COSIGN, || post(cosign::sign)),
    act("/desk/e/{estate}/drafts/{draft}/cosign/return", COSIGN, || post(cosign::decline)),
    page("/desk/e/{estate}/documents", SEE, || get(documents::list)),
    upload("/desk/e/{estate}/documents", DRAFT, || post(documents::hand_in)),
    page("/desk/e/{estate}/documents/{sha256}", SEE, || get(documents::show)),
    kept("/desk/e/{estate}/documents/{sha256}/file", SEE, || get(documents::file)),
    act("/desk/e/{estate}/documents/{sha256}/visibility", POST, || post(documents::show_to)),
    act("/desk/e/{estate}/documents/{sha256}/attach", POST, || post(documents::attach)),
    or(page("/desk/e/{estate}/imports", DRAFT, || get(imports::list)), Permission::Reconcile),
    or(upload("/desk/e/{estate}/imports", DRAFT, || post(imports::hand_in)), Permission::Reconcile),
    or(
        page("/desk/e/{estate}/imports/{import}", DRAFT, || get(imports::show)),
        Permission::Reconcile,
    ),
    act("/desk/e/{estate}/imports/{import}/answers", DRAFT, || post(imports::answer)),
    or(
        act("/desk/e/{estate}/imports/{import}/commit", POST, || post(imports::commit)),
        Permission::Reconcile,
    ),
    page("/desk/e/{estate}/bank", RECONCILE, || get(bank::list)),
    page("/desk/e/{estate}/bank/{account}", RECONCILE, || get(bank::show)),
    act("/desk/e/{estate}/bank/{account}/check", RECONCILE, || post(bank::check)),
    act("/desk/e/{estate}/bank/{account}/match", RECONCILE, || post(bank::confirm)),
    page("/desk/e/{estate}/bank/{account}/matches", RECONCILE, || get(bank_matches::list)),
    act("/desk/e/{estate}/bank/{account}/unmatch", RECONCILE, || post(bank_matches::undo)),
    page("/desk/account", OWN, || get(account::show)),
    act("/desk/account/password", OWN, || post(account::change_password)),
    act("/desk/account/sessions/end", OWN, || post(account::end_session)),
    page("/desk/account/second", OWN, || get(second::show)),
    act("/desk/account/second/begin", OWN, || post(second::begin)),
    act("/desk/account/second", OWN, || post(second::confirm)),
    act("/desk/account/keys", KEYS, || post(tokens::make)),
    act("/desk/account/keys/revoke", KEYS, || post(tokens::revoke)),
    page("/desk/officers", MANAGE, || get(officers::list)),
    act("/desk/officers", MANAGE, || post(officers::add)),
    act("/desk/organisations", MANAGE, || post(officers::add_organisation)),
    page("/desk/officers/{officer}", MANAGE, || get(officers::show)),
    act("/desk/officers/{officer}/grants", MANAGE, || post(officers::grant)),
    act("/desk/officers/{officer}/grants/revoke", MANAGE, || post(officers::revoke)),
    act("/desk/officers/{officer}/code", MANAGE, || post(officers::issue_code)),
    of("/api", Sort::Page, || get(api_page::show)),
    of("/api/kinds", Sort::Page, || get(api_page::kinds)),
    of("/problems/{name}", Sort::Page, || get(problems::show)),
    api(Method::GET, "/api/v1/openapi.json", || get(openapi::show)),
    api(Method::GET, "/api/v1/estates", || get(estates::list)),
    api(Method::GET, "/api/v1/estates/{estate}", || get(estates::show)),
    api(Method::GET, "/api/v1/estates/{estate}/balances", || get(estates::balances)),
    api(Method::GET, "/api/v1/estates/{estate}/lines", || get(api_lines::list)),
    api(Method::GET, "/api/v1/estates/{estate}/entries", || get(entries::list)),
    api(Method::POST, "/api/v1/estates/{estate}/entries", || post(api_post::entries)),
    api(Method::GET, "/api/v1/estates/{estate}/entries/{seq}", || get(entries::show)),
    api(Method::GET, "/api/v1/estates/{estate}/contracts", || get(api_contracts::list)),
    api(Method::GET, "/api/v1/estates/{estate}/contracts/{no}", || get(api_contracts::show)),
    api(Method::GET, "/api/v1/estates/{estate}/findings", || get(api_findings::list)),
    api(Method::GET, "/api/v1/estates/{estate}/statements/income", || get(api_statements::income)),
    api(Method::GET, "/api/v1/estates/{estate}/statements/trial", || get(api_statements::trial)),
    api(Method::GET, "/api/v1/estates/{estate}/statements", || get(api_papers::list)),
    api(Method::GET, "/api/v1/estates/{estate}/statements/{name}", || get(api_papers::show)),
    api(Method::GET, "/api/v1/estates/{estate}/months", || get(api_months::show)),
    api(Method::GET, "/api/v1/estates/{estate}/notices", || get(api_notices::list)),
    api(Method::GET, "/api/v1/estates/{estate}/notices/{period}", || get(api_notices::show)),
    api(Method::GET, "/api/v1/estates/{estate}/rules", || get(api_rules::show)),
    api(Method::GET, "/api/v1/estates/{estate}/entries/{seq}/documents", || {
        get(api_documents::of_entry)
    }),
    api(Method::GET, "/api/v1/estates/{estate}/entries/{seq}/voucher", || get(api_vouchers::show)),
    api(Method::GET, "/api/v1/check", || get(api_check::show)),
    api(Method::POST, "/api/v1/estates/{estate}/documents", || post(api_documents::hand_in)),
    api(Method::GET, "/api/v1/estates/{estate}/documents/{sha256}", || get(api_documents::show)),
    api(Method::POST, "/api/v1/estates/{estate}/documents/{sha256}/visibility", || {
        post(api_documents::show_to)
    }),
    api(Method::POST, "/api/v1/estates/{estate}/imports", || post(api_imports::hand_in)),
    api(Method::GET, "/api/v1/estates/{estate}/imports/{import}", || get(api_imports::show)),
    api(Method::POST, "/api/v1/estates/{estate}/imports/{import}/answers", || {
        post(api_imports::answer)
    }),
    api(Method::POST, "/api/v1/estates/{estate}/imports/{import}/commit", || {
        post(api_imports::commit)
    }),
    of("/static/{name}", Sort::Bytes, || get(assets::file)),
    of("/healthz", Sort::Machine, || get(machine::healthz)),
    of("/readyz", Sort::Machine, || get(machine::readyz)),
    of("/metrics", Sort::Machine, || get(machine::metrics)),
];
