//! Posting a plan: batches headed by their `import` entry.

use super::{ImportError, Plan, SourceKind, reference_of};
use crate::exchange::register::{Row, Status};
use crate::ledger::account::AccountCode;
use crate::ledger::book::Book;
use crate::ledger::chain::content_hash;
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Actor, BATCH_MAX};
use crate::ledger::event::Event;
use crate::ledger::id::EstateCode;
use crate::ledger::json::Value;
use crate::ledger::money::Money;
use crate::ledger::period::Month;
use crate::services::books::{Books, PostError, Posted};

/// Posts a plan: one batch headed by its `import` entry (several, where it is longer than a
/// batch may be). A plan without anything new posts nothing.
pub async fn commit(books: &Books, plan: &Plan, by: &Actor) -> Result<Vec<Posted>, ImportError> {
    let drafts: Vec<&Draft> = plan.contracts.iter().chain(&plan.incomes).collect();
    post(books, &heading(plan), &drafts, by).await
}

/// What heads the batches of a file: the file, what was not posted and why, the control totals.
pub(super) struct Heading<'a> {
    pub estate: EstateCode,
    pub source: SourceKind,
    /// SHA-256 of the file, hex.
    pub file: &'a str,
    pub month: Option<Month>,
    pub totals: Vec<(&'static str, Money)>,
    /// Rows and codes, never what a cell says: cells hold names of persons.
    pub refused: Vec<(u32, String)>,
    pub skipped: Vec<(u32, String)>,
}

/// Posts drafts in their order, in as many headed batches as they need.
pub(super) async fn post(
    books: &Books,
    heading: &Heading<'_>,
    drafts: &[&Draft],
    by: &Actor,
) -> Result<Vec<Posted>, ImportError> {
    let mut posted = Vec::new();
    let room = usize::try_from(BATCH_MAX).unwrap_or(usize::MAX) - 1;
    for part in drafts.chunks(room) {
        let mut batch = vec![heading.draft(part)?];
        batch.extend(part.iter().copied().cloned());
        posted.extend(post_batch(books, batch, by).await?);
    }
    Ok(posted)
}

/// Posts one batch; a refusal names the row it is about.
pub(super) async fn post_batch(
    books: &Books,
    batch: Vec<Draft>,
    by: &Actor,
) -> Result<Vec<Posted>, ImportError> {
    let rows: Vec<String> = batch.iter().map(row_of).collect();
    let answer = match books.post_bulk(batch, by.clone()) {
        Ok(answer) => answer.await,
        Err(error) => Err(error),
    };
    answer.map_err(|error| refused(&rows, error))
}

fn heading(plan: &Plan) -> Heading<'_> {
    let register = &plan.register;
    let why = |row: &Row| match (row.status, row.questions.first(), row.errors.first()) {
        (Status::Skipped, ..) => row.class.word().to_owned(),
        (_, _, Some(trouble)) => format!("{}: {}", trouble.field.word(), trouble.rule),
        (status, Some(question), _) => format!("{}: {}", status.word(), question.field.word()),
        (status, ..) => status.word().to_owned(),
    };
    let rows = |wanted: &[Status]| {
        let chosen = register.rows.iter().filter(|row| wanted.contains(&row.status));
        chosen.map(|row| (row.row, why(row))).collect()
    };
    let totals = &register.totals;
    Heading {
        estate: plan.estate,
        source: plan.source,
        file: &register.sha256,
        month: register.month,
        totals: vec![
            ("due_month", totals.due_month.rounded()),
            ("received", totals.received),
            ("due_month_without_contract", totals.due_month_without_contract.rounded()),
            ("to_post", totals.to_post),
            ("held", totals.held),
        ],
        refused: rows(&[Status::Ask, Status::Refused]),
        skipped: rows(&[Status::Skipped]),
    }
}

impl Heading<'_> {
    /// The entry that heads a batch.
    fn draft(&self, part: &[&Draft]) -> Result<Draft, ImportError> {
        let rows = |rows: &[(u32, String)]| {
            let chosen = rows.iter().take(crate::ledger::json::ROWS_MAX);
            let cells =
                |(row, why): &(u32, String)| vec![Value::Integer((*row).into()), Value::text(why)];
            let rows: Vec<_> = chosen.map(|row| Value::List(cells(row))).collect();
            (!rows.is_empty()).then_some(Value::List(rows))
        };
        let total = |(name, amount): &(&str, Money)| {
            Value::List(vec![Value::text(name), Value::text(amount)])
        };
        let mut keys = vec![
            ("count", Value::Integer(u64::try_from(part.len()).unwrap_or_default())),
            ("file", Value::text(self.file)),
            ("source_kind", Value::text(self.source.word())),
            ("totals", Value::List(self.totals.iter().map(total).collect())),
        ];
        keys.extend(self.month.map(|month| ("month", Value::text(month))));
        keys.extend(rows(&self.refused).map(|rows| ("refused", rows)));
        keys.extend(rows(&self.skipped).map(|rows| ("skipped", rows)));
        let event =
            Event::new("import", keys).map_err(|error| ImportError::Format { row: 0, error })?;
        // The same file may come again with more rows settled, so the key names what is posted.
        let refs: Vec<&str> = part.iter().map(|draft| draft.r#ref.as_str()).collect();
        let identity = content_hash(format!("{}\n{}", self.file, refs.join("\n")).as_bytes());
        let reference = format!("imp:{}", &identity.to_string()[..32]);
        Ok(Draft::new(self.estate, event, reference_of(&reference)?))
    }
}

fn row_of(draft: &Draft) -> String {
    draft.origin.as_ref().map_or_else(|| "import".to_owned(), |origin| origin.row.clone())
}

fn refused(rows: &[String], error: PostError) -> ImportError {
    let no = match &error {
        PostError::Format { no, .. }
        | PostError::Door { no, .. }
        | PostError::Refused { no, .. }
        | PostError::RefTaken { no, .. } => *no,
        _ => 0,
    };
    ImportError::Refused { row: rows.get(no).cloned().unwrap_or_default(), error }
}

/// What money of others is kept by: its contract, or else what its account is called.
pub(super) fn kept_by(book: &Book, account: AccountCode, contract: Option<&str>) -> Option<String> {
    let found = book.rules()?.chart.nearest(account)?;
    let name = || contract.unwrap_or(&found.name).to_owned();
    found.role.is_others_money().then(name)
}
