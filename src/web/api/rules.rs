//! The rules an estate's book is judged by, the last adopted first.

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::wire::{Day, Hash, as_of, head};
use crate::ledger::rules::Param;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::book;
use crate::web::portal::rules::{Adoption, versions};
use crate::web::visit::Visit;

/// A parameter.
#[derive(Serialize, JsonSchema)]
pub struct ParamView {
    /// Its key.
    key: String,
    /// A number, a fraction like `2/3`, an amount in yuan or a word.
    value: String,
    /// How it is compared: `=`, `>` or `>=`.
    compare: String,
    /// In force from this day.
    from: Day,
    /// The law, article or agreement.
    cite: String,
    /// The source was read in the original.
    verified: bool,
}

/// Parameters that were adopted together.
#[derive(Serialize, JsonSchema)]
pub struct AdoptedView {
    /// The pack they came from.
    pack: String,
    /// Its version.
    version: String,
    /// In force from this day.
    from: Day,
    /// The entry that carries them.
    seq: u64,
    /// Parameters by key.
    params: Vec<ParamView>,
}

/// The rules.
#[derive(Serialize, JsonSchema)]
pub struct RuleList {
    /// Names of the charts of accounts, R then F.
    charts: Vec<String>,
    /// The last adopted first.
    rules: Vec<AdoptedView>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

fn param((key, param): (&str, &Param)) -> ParamView {
    ParamView {
        key: key.to_owned(),
        value: param.value.clone(),
        compare: param.compare.clone(),
        from: Day(param.from),
        cite: param.cite.clone(),
        verified: param.verified,
    }
}

fn adopted(of: Adoption<'_>) -> AdoptedView {
    AdoptedView {
        pack: of.pack.to_owned(),
        version: of.version.to_owned(),
        from: Day(of.from),
        seq: of.seq,
        params: of.params.into_iter().map(param).collect(),
    }
}

/// `GET /api/v1/estates/{estate}/rules`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let list = RuleList {
            charts: book.rules().map(|rules| rules.charts.to_vec()).unwrap_or_default(),
            rules: versions(&book).into_iter().map(adopted).collect(),
            as_of_seq: as_of(&book),
            head: head(&book),
        };
        Ok((list, None))
    })
    .await
}
