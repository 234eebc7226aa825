//! The rules an estate's book is judged by: each parameter with its value, since when and by which
//! law or agreement; what nobody could read in the original says so. Earlier rules stand below.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;

use crate::ledger::book::Book;
use crate::ledger::format::grouped;
use crate::ledger::money::Money;
use crate::ledger::rules::Param;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// A parameter as text.
struct Row {
    key: String,
    name: String,
    value: String,
    since: String,
    cite: String,
    verified: bool,
}

/// Parameters that were adopted together.
struct Adopted {
    pack: String,
    version: String,
    from: String,
    /// They come into force after the day of the page.
    ahead: bool,
    seq: u64,
    rows: Vec<Row>,
}

/// The page.
#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    f: Frame,
    in_force: Option<Adopted>,
    charts: String,
    unverified: usize,
    earlier: Vec<Adopted>,
}

/// `GET /e/{estate}/rules`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let lang = visit.lang;
        let f = Frame::of(&room, &visit, &book, Here::Nowhere, &lang.t("rules.title"));
        let mut versions = versions(&book, room.site.books.today(), lang);
        let in_force = (!versions.is_empty()).then(|| versions.remove(0));
        let rows = in_force.iter().flat_map(|version| &version.rows);
        let charts = book.rules().map(|rules| rules.charts.join(" · "));
        answer::render(&RulesPage {
            unverified: rows.filter(|row| !row.verified).count(),
            charts: charts.unwrap_or_default(),
            in_force,
            earlier: versions,
            f,
        })
    })
    .await
}

/// The rules of a book, the last recorded first.
fn versions(book: &Book, today: NaiveDate, lang: Lang) -> Vec<Adopted> {
    let Some(rules) = book.rules() else { return Vec::new() };
    let version = |pack: &str, version: &str, from: NaiveDate, seq, rows| Adopted {
        pack: pack.to_owned(),
        version: version.to_owned(),
        from: lang.day(from),
        ahead: today < from,
        seq,
        rows,
    };
    let rows = rules.params().map(|(key, param)| row(key, param, lang)).collect();
    let mut versions = vec![version(&rules.pack, &rules.version, rules.from, rules.seq, rows)];
    let mut at = rules.earlier.as_deref();
    while let Some(earlier) = at {
        let rows = earlier.params().map(|(key, param)| row(key, param, lang)).collect();
        versions.push(version(&earlier.pack, &earlier.version, earlier.from, earlier.seq, rows));
        at = earlier.earlier.as_deref();
    }
    versions
}

fn row(key: &str, param: &Param, lang: Lang) -> Row {
    let value = match param.value.parse::<Money>() {
        Ok(amount) => grouped(amount).into(),
        Err(_) => lang.word("rule_value", &param.value),
    };
    let value = match param.compare.as_str() {
        ">=" => lang.with("rules.at_least", &[("value", &value)]),
        ">" => lang.with("rules.more_than", &[("value", &value)]),
        _ => value.into_owned(),
    };
    Row {
        key: key.to_owned(),
        name: lang.word("param", key).into_owned(),
        value,
        since: lang.day(param.from),
        cite: param.cite.clone(),
        verified: param.verified,
    }
}
