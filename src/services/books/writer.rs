//! The writer: one task that turns waiting requests into one transaction at a time.
//!
//! ```text
//! take what waits → warm books → begin → catch up → apply in order → append → commit → answer
//! ```
//! A round is judged in parts: while the database writes one, the next is applied.
//!
//! A crash before the commit leaves nothing of the round; after it, everything. Nothing is
//! answered before the commit returned, and a commit is never cancelled. One that failed leaves
//! the outcome unknown: the touched books are read again and the caller retries with the same
//! `ref`. When the disk itself failed, nothing more is posted until the program starts again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};

use super::round::{End, Round, Rows, estates_of};
use super::{Answer, BooksError, PostError, Posted, Request, Shared, Standing};
use crate::ledger::draft::Draft;
use crate::ledger::entry::Actor;
use crate::services::telemetry;
use crate::store::{StoreError, WriteTx};

/// Entries after which a part of a round goes to the database.
const PART: usize = 64;

/// One request's drafts, and who posts them.
pub(super) type Work = (Vec<Draft>, Actor);

/// Requests taken together.
#[derive(Default)]
struct Taken {
    entries: usize,
    work: Vec<Work>,
    answers: Vec<Answer>,
    stop: Option<oneshot::Sender<()>>,
}

impl Taken {
    fn take(&mut self, request: Request) {
        match request {
            Request::Post { drafts, by, answer } => {
                self.entries += drafts.len();
                self.work.push((drafts, by));
                self.answers.push(answer);
            }
            Request::Stop(done) => self.stop = Some(done),
        }
    }

    /// Takes what waits, up to so many entries.
    fn take_waiting(&mut self, queue: &mut mpsc::Receiver<Request>, entries_max: usize) {
        while self.entries < entries_max {
            let Ok(request) = queue.try_recv() else { return };
            self.take(request);
        }
    }
}

/// Runs until it is asked to stop, or every [`super::Books`] is dropped.
pub async fn run(
    shared: Arc<Shared>,
    mut desk: mpsc::Receiver<Request>,
    mut bulk: mpsc::Receiver<Request>,
) {
    let batch_max = shared.limits.batch_max;
    let mut end = None;
    loop {
        let mut taken = Taken::default();
        let first = tokio::select! {
            biased;
            request = desk.recv() => request,
            request = bulk.recv() => request,
        };
        let Some(first) = first else { return };
        taken.take(first);
        // Desks first, and each queue has room in every round.
        taken.take_waiting(&mut desk, batch_max.div_ceil(2));
        taken.take_waiting(&mut bulk, batch_max);
        taken.take_waiting(&mut desk, batch_max);
        if taken.stop.is_some() {
            desk.close();
            bulk.close();
            taken.take_waiting(&mut desk, usize::MAX);
            taken.take_waiting(&mut bulk, usize::MAX);
        }
        match write_round(&shared, taken.work, taken.answers, end.take()).await {
            Ok(written) => end = written,
            Err(error) if is_away(&error) => {
                // Who waited meanwhile would wait as long again, a round at a time.
                let mut waited = Taken { stop: taken.stop.take(), ..Taken::default() };
                waited.take_waiting(&mut desk, usize::MAX);
                waited.take_waiting(&mut bulk, usize::MAX);
                taken.stop = waited.stop;
                refuse_all(&shared, waited.answers, &error);
            }
            Err(_) => {}
        }
        if let Some(done) = taken.stop {
            // Whoever asked may be gone.
            let _ = done.send(());
            return;
        }
    }
}

/// True where the database didn't answer for as long as one waits for it.
fn is_away(error: &PostError) -> bool {
    matches!(error, PostError::Books(BooksError::Store(cause)) if cause.is_away())
}

/// Posts one round and answers everyone in it. Returns the log's end for the next round, where
/// there is one, or why the round failed; then it has to be read again.
async fn write_round(
    shared: &Shared,
    work: Vec<Work>,
    answers: Vec<Answer>,
    end: Option<End>,
) -> Result<Option<End>, PostError> {
    if work.is_empty() {
        return Ok(end);
    }
    match try_round(shared, &work, end).await {
        Ok((outcomes, end)) => {
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // Whoever asked may be gone; the entry stands all the same.
                let _ = answer.send(outcome);
            }
            Ok(Some(end))
        }
        Err(error) => {
            tracing::error!(%error, "a round of postings failed");
            for estate in estates_of(&work) {
                shared.cache.forget(estate);
            }
            refuse_all(shared, answers, &error);
            Err(error)
        }
    }
}

fn refuse_all(shared: &Shared, answers: Vec<Answer>, error: &PostError) {
    if let PostError::Books(BooksError::Store(cause)) = error {
        shared.note(cause);
    }
    for answer in answers {
        let told = match error {
            PostError::OutcomeUnknown => PostError::OutcomeUnknown,
            PostError::ReadOnly(standing) => PostError::ReadOnly(standing.clone()),
            other => PostError::Unavailable(other.to_string()),
        };
        let _ = answer.send(Err(told));
    }
}

impl Shared {
    /// A disk that failed once is not trusted again by this process: after a failed write the
    /// system may forget what it could not write and report success for what follows.
    fn note(&self, error: &StoreError) {
        if error.is_broken_disk() {
            // The first cause stands.
            let _ = self.broken.set(error.to_string());
        }
    }
}

pub(super) type Outcomes = Vec<Result<Vec<Posted>, PostError>>;

async fn try_round(
    shared: &Shared,
    work: &[Work],
    end: Option<End>,
) -> Result<(Outcomes, End), PostError> {
    match shared.standing() {
        Standing::Open => {}
        other => return Err(PostError::ReadOnly(other)),
    }
    // A cold book is folded before the transaction: it must not hold the lock meanwhile. One
    // that can't be read refuses its own requests only, further on.
    let estates = estates_of(work);
    for estate in &estates {
        if let Err(BooksError::Store(error)) = shared.book(*estate).await {
            return Err(error.into());
        }
    }
    let mut tx = shared.store.begin().await?;
    let mut round = Round::begin(shared, &mut tx, &estates, work, end).await?;
    let mut outcomes = Vec::with_capacity(work.len());
    let mut rows = Rows::default();
    for part in parts(work) {
        let judge = async {
            for (drafts, by) in part {
                outcomes.push(round.post(drafts, by).await);
            }
        };
        let (written, ()) = tokio::join!(rows.write(&mut tx), judge);
        written?;
        rows = round.take_rows();
    }
    rows.write(&mut tx).await?;
    if round.is_empty() {
        let end = round.into_end();
        if outcomes.iter().any(Result::is_ok) {
            // What is known was perhaps committed by somebody whose wait for the standby was
            // cut short; this commit waits for the standby to have it, too.
            commit(shared, tx).await?;
        }
        return Ok((outcomes, end));
    }
    let before = round.size();
    let (books, end) = round.finish(&mut tx).await?;
    let begun = Instant::now();
    commit(shared, tx).await?;
    let entries = usize::try_from(end.size() - before).unwrap_or_default();
    telemetry::round_committed(entries, begun.elapsed());
    let books = books.into_values().filter(|book| book.head().entries > 0).map(Arc::new);
    shared.cache.publish(books, || {
        shared.fresh_to.fetch_max(end.size(), Ordering::AcqRel);
    });
    shared.ears.tell(estates);
    telemetry::log_size(end.size());
    Ok((outcomes, end))
}

/// Requests in parts of about so many entries, none of them divided.
fn parts(work: &[Work]) -> Vec<&[Work]> {
    let (mut parts, mut rest, mut entries, mut taken) = (Vec::new(), work, 0, 0);
    for (drafts, _) in work {
        entries += drafts.len();
        taken += 1;
        if entries >= PART {
            let (part, after) = rest.split_at(taken);
            parts.push(part);
            (rest, entries, taken) = (after, 0, 0);
        }
    }
    parts.extend(Some(rest).filter(|rest| !rest.is_empty()));
    parts
}

async fn commit(shared: &Shared, tx: WriteTx) -> Result<(), PostError> {
    tx.commit().await.map_err(|error| {
        tracing::error!(%error, "the commit's outcome is unknown");
        shared.note(&error);
        PostError::OutcomeUnknown
    })
}
