//! Posting a journal: many requests on their way at once, answered in the order of the file.
//!
//! The writer takes requests in the order in which they were handed to it, so drafts of one
//! estate keep their order. An answer comes when its entry is durable; a crash before it leaves
//! a line of which nothing was told, and posting the file again settles it by its reference.

use std::collections::VecDeque;
use std::future::Future;
use std::io::BufRead;
use std::pin::Pin;
use std::time::Duration;

use super::answer::{Answer, Sent, Totals, unread};
use super::lines::{Line, Lines};
use super::{Journal, JournalError, Report};
use crate::ledger::draft::Draft;
use crate::ledger::entry::Actor;
use crate::services::books::{Books, PostError, Posted};

/// The most drafts on their way at once; one line more may exceed it.
const WINDOW: usize = 1024;
/// How long to wait for room in a queue that others filled.
const PAUSE: Duration = Duration::from_millis(5);

type Outcome = Result<Vec<Posted>, PostError>;

/// A request that was handed to the writer.
enum Request {
    Waiting(Pin<Box<dyn Future<Output = Outcome>>>),
    Answered(Outcome),
}

pub async fn run<R: BufRead>(
    journal: Journal<'_, R>,
    books: &Books,
    report: &mut Report<'_>,
) -> Result<Totals, JournalError> {
    let mut lines = Lines::new(journal.source, journal.estate);
    let mut flight = Flight { books, by: journal.by, sent: VecDeque::new(), drafts: 0 };
    let mut totals = Totals::default();
    let mut open = true;
    loop {
        while open && flight.drafts < WINDOW {
            match lines.next().map_err(JournalError::Read)? {
                None => open = false,
                Some(line) => flight.send(line).await,
            }
        }
        let Some(answers) = flight.land().await else { return Ok(totals) };
        totals.lines += 1;
        for answer in answers {
            totals.count(answer.status);
            report(&answer).map_err(JournalError::Report)?;
        }
        open &= totals.is_clean();
    }
}

/// What is on its way, in the order of the file.
struct Flight<'a> {
    books: &'a Books,
    by: &'a Actor,
    sent: VecDeque<Result<(Sent, Request), Answer>>,
    drafts: usize,
}

impl Flight<'_> {
    /// Hands a line to the writer.
    async fn send(&mut self, line: Line) {
        match line.read {
            Err(refusal) => {
                self.drafts += 1;
                self.sent.push_back(Err(unread(line.no, &refusal)));
            }
            Ok(batch) => {
                let sent = Sent::of(line.no, &batch);
                self.drafts += sent.len();
                let request = self.request(batch.drafts).await;
                self.sent.push_back(Ok((sent, request)));
            }
        }
    }

    async fn request(&mut self, drafts: Vec<Draft>) -> Request {
        loop {
            // It stands in the queue when this returns, so the order of the lines is kept.
            match self.books.post_bulk(drafts.clone(), self.by.clone()) {
                Ok(answered) => return Request::Waiting(Box::pin(answered)),
                Err(PostError::QueueFull) => tokio::time::sleep(PAUSE).await,
                Err(error) => return Request::Answered(Err(error)),
            }
        }
    }

    /// The answers for the oldest line on its way.
    async fn land(&mut self) -> Option<Vec<Answer>> {
        let (sent, request) = match self.sent.pop_front()? {
            Ok(sent) => sent,
            Err(answer) => {
                self.drafts -= 1;
                return Some(vec![answer]);
            }
        };
        self.drafts -= sent.len();
        let outcome = match request {
            Request::Answered(outcome) => outcome,
            Request::Waiting(future) => future.await,
        };
        Some(sent.answers(outcome))
    }
}
