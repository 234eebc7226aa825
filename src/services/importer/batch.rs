//! Posting a plan: batches headed by their `import` entry.

use super::{ImportError, Plan, reference_of};
use crate::exchange::register::{Row, Status};
use crate::ledger::account::AccountCode;
use crate::ledger::book::Book;
use crate::ledger::chain::content_hash;
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Actor, BATCH_MAX};
use crate::ledger::event::Event;
use crate::ledger::json::Value;
use crate::ledger::money::Money;
use crate::services::books::{Books, PostError, Posted};

/// Posts a plan: one batch headed by its `import` entry (several, where it is longer than a
/// batch may be). A plan without anything new posts nothing.
pub async fn commit(books: &Books, plan: &Plan, by: &Actor) -> Result<Vec<Posted>, ImportError> {
    let mut posted = Vec::new();
    let drafts: Vec<&Draft> = plan.contracts.iter().chain(&plan.incomes).collect();
    let room = usize::try_from(BATCH_MAX).unwrap_or(usize::MAX) - 1;
    for part in drafts.chunks(room) {
        let mut batch = vec![head(plan, part)?];
        batch.extend(part.iter().copied().cloned());
        let rows: Vec<String> = batch.iter().map(row_of).collect();
        let answer = books.post(batch, by.clone()).await;
        posted.extend(answer.map_err(|error| refused(&rows, error))?);
    }
    Ok(posted)
}

/// The entry that heads a batch: the file, what was not posted and why, the control totals.
fn head(plan: &Plan, part: &[&Draft]) -> Result<Draft, ImportError> {
    let register = &plan.register;
    // Sentences quote cells, and cells hold names of persons; the bytes carry codes alone.
    let why = |row: &Row| match (row.status, row.questions.first(), row.errors.first()) {
        (Status::Skipped, ..) => row.class.word().to_owned(),
        (_, _, Some(trouble)) => format!("{}: {}", trouble.field.word(), trouble.rule),
        (status, Some(question), _) => format!("{}: {}", status.word(), question.field.word()),
        (status, ..) => status.word().to_owned(),
    };
    let rows = |wanted: &[Status]| {
        let chosen = register.rows.iter().filter(|row| wanted.contains(&row.status));
        let rows: Vec<_> = chosen
            .take(crate::ledger::json::ROWS_MAX)
            .map(|row| Value::List(vec![Value::Integer(row.row.into()), Value::text(why(row))]))
            .collect();
        (!rows.is_empty()).then_some(Value::List(rows))
    };
    let totals = &register.totals;
    let total =
        |name: &str, amount: Money| Value::List(vec![Value::text(name), Value::text(amount)]);
    let mut keys = vec![
        ("count", Value::Integer(u64::try_from(part.len()).unwrap_or_default())),
        ("file", Value::text(&register.sha256)),
        ("source_kind", Value::text(plan.source.word())),
        (
            "totals",
            Value::List(vec![
                total("due_month", totals.due_month.rounded()),
                total("received", totals.received),
                total("due_month_without_contract", totals.due_month_without_contract.rounded()),
                total("to_post", totals.to_post),
                total("held", totals.held),
            ]),
        ),
    ];
    keys.extend(register.month.map(|month| ("month", Value::text(month))));
    keys.extend(rows(&[Status::Ask, Status::Refused]).map(|rows| ("refused", rows)));
    keys.extend(rows(&[Status::Skipped]).map(|rows| ("skipped", rows)));
    let event =
        Event::new("import", keys).map_err(|error| ImportError::Format { row: 0, error })?;
    // The same file may come again with more rows settled, so the key names what is posted.
    let refs: Vec<&str> = part.iter().map(|draft| draft.r#ref.as_str()).collect();
    let identity = content_hash(format!("{}\n{}", register.sha256, refs.join("\n")).as_bytes());
    let reference = format!("imp:{}", &identity.to_string()[..32]);
    Ok(Draft::new(plan.estate, event, reference_of(&reference)?))
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
