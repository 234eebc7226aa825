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
        let today = room.site.books.today();
        let versions = versions(&book).into_iter();
        let mut versions: Vec<Adopted> = versions.map(|of| adopted(of, today, lang)).collect();
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

/// Rules that were adopted together, as the book has them.
pub struct Adoption<'b> {
    /// Name of the pack.
    pub pack: &'b str,
    /// Its version.
    pub version: &'b str,
    /// In force from this day.
    pub from: NaiveDate,
    /// The entry that carries them.
    pub seq: u64,
    /// Its parameters by key.
    pub params: Vec<(&'b str, &'b Param)>,
}

/// The rules of a book, the last recorded first.
pub fn versions(book: &Book) -> Vec<Adoption<'_>> {
    let Some(rules) = book.rules() else { return Vec::new() };
    let mut versions = vec![Adoption {
        pack: &rules.pack,
        version: &rules.version,
        from: rules.from,
        seq: rules.seq,
        params: rules.params().collect(),
    }];
    let mut at = rules.earlier.as_deref();
    while let Some(earlier) = at {
        versions.push(Adoption {
            pack: &earlier.pack,
            version: &earlier.version,
            from: earlier.from,
            seq: earlier.seq,
            params: earlier.params().collect(),
        });
        at = earlier.earlier.as_deref();
    }
    versions
}

fn adopted(of: Adoption<'_>, today: NaiveDate, lang: Lang) -> Adopted {
    Adopted {
        pack: of.pack.to_owned(),
        version: of.version.to_owned(),
        from: lang.day(of.from),
        ahead: today < of.from,
        seq: of.seq,
        rows: of.params.into_iter().map(|(key, param)| row(key, param, lang)).collect(),
    }
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
