//! The dry run: every line judged as the writer would judge it, upon the lines before it.
//!
//! In memory are the books of the estates that the journal touches, and eight bytes a draft: a
//! keyed hash of its reference, so that one used twice is found. A refused line leaves its book
//! as it was, so what it would have changed is missing for those after it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::io::BufRead;

use super::answer::{Answer, Sent, Totals, unread};
use super::lines::{Line, Lines};
use super::{Journal, JournalError, Report};
use crate::ledger::book::Book;
use crate::ledger::draft::{Batch, Draft};
use crate::ledger::entry::{Act, Actor, PostedEntry};
use crate::ledger::id::EstateCode;
use crate::ledger::time::Timestamp;
use crate::services::books::preview::{Chance, judge};
use crate::services::books::{Books, PostError, Posted};
use crate::store::StoreError;

/// Drafts whose references are looked up together.
const CHUNK: usize = 512;

pub async fn run<R: BufRead>(
    journal: Journal<'_, R>,
    books: &Books,
    now: Timestamp,
    report: &mut Report<'_>,
) -> Result<Totals, JournalError> {
    let log = books.store().primary().log_origin().await?.ok_or(StoreError::Unnamed)?;
    let mut dry = DryRun {
        books,
        by: journal.by,
        log,
        now,
        estates: HashMap::new(),
        base: HashMap::new(),
        seen: HashSet::new(),
        keys: RandomState::new(),
    };
    let mut totals = Totals::default();
    let mut lines = Lines::new(journal.source, journal.estate);
    loop {
        let chunk = read_chunk(&mut lines)?;
        if chunk.is_empty() {
            return Ok(totals);
        }
        dry.read_books(&chunk).await?;
        let mut known = known(books, &chunk).await?;
        // What others posted since a book was read is judged as if it weren't there: a book and
        // what is known of it are of one moment.
        known.retain(|(estate, _), posted| dry.base.get(estate) > Some(&posted.entry.seq));
        for line in chunk {
            let answers = dry.judge(line, &known).await?;
            totals.lines += 1;
            for answer in answers {
                totals.count(answer.status);
                report(&answer).map_err(JournalError::Report)?;
            }
        }
    }
}

fn read_chunk<R: BufRead>(lines: &mut Lines<R>) -> Result<Vec<Line>, JournalError> {
    let mut chunk = Vec::new();
    let mut drafts = 0;
    while drafts < CHUNK {
        let Some(line) = lines.next().map_err(JournalError::Read)? else { break };
        drafts += line.read.as_ref().map_or(1, |batch| batch.drafts.len());
        chunk.push(line);
    }
    Ok(chunk)
}

/// Drafts whose references stand, with the entry that stands.
type Known = HashMap<(EstateCode, String), PostedEntry>;

/// What stands of a batch.
enum Standing {
    None,
    All(Vec<Posted>),
    /// The reference of this draft stands for another, or stands earlier in the journal.
    Taken(usize),
}

struct DryRun<'a> {
    books: &'a Books,
    by: &'a Actor,
    log: String,
    now: Timestamp,
    estates: HashMap<EstateCode, Book>,
    /// How many entries each of them had when it was read.
    base: HashMap<EstateCode, u64>,
    /// References that lines of this journal would post, hashed.
    seen: HashSet<u64>,
    keys: RandomState,
}

impl DryRun<'_> {
    /// Reads the books that lines touch.
    async fn read_books(&mut self, lines: &[Line]) -> Result<(), JournalError> {
        for batch in lines.iter().filter_map(|line| line.read.as_ref().ok()) {
            let estate = batch.drafts[0].estate;
            if !self.estates.contains_key(&estate) {
                let book = self.books.book(estate).await?;
                let book = book.map(|book| Book::clone(&book)).unwrap_or_default();
                self.base.insert(estate, book.head().entries);
                self.estates.insert(estate, book);
            }
        }
        Ok(())
    }

    async fn judge(&mut self, line: Line, known: &Known) -> Result<Vec<Answer>, JournalError> {
        let batch = match &line.read {
            Ok(batch) => batch,
            Err(refusal) => return Ok(vec![unread(line.no, refusal)]),
        };
        let sent = Sent::of(line.no, batch);
        match self.standing(batch, known) {
            Standing::All(posted) => return Ok(sent.answers(Ok(posted))),
            Standing::Taken(no) => {
                let r#ref = batch.drafts[no].r#ref.clone();
                return Ok(sent.answers(Err(PostError::RefTaken { no, r#ref })));
            }
            Standing::None => {}
        }
        if let Err(error) = self.apply(batch).await? {
            return Ok(sent.answers(Err(error)));
        }
        let keys: Vec<u64> = batch.drafts.iter().map(|draft| self.key(draft)).collect();
        self.seen.extend(keys);
        Ok(sent.ready())
    }

    fn key(&self, draft: &Draft) -> u64 {
        self.keys.hash_one((draft.estate, &draft.r#ref))
    }

    fn standing(&self, batch: &Batch, known: &Known) -> Standing {
        let mut refs = HashSet::new();
        let mut posted = Vec::new();
        for (no, draft) in batch.drafts.iter().enumerate() {
            let again = !refs.insert(&draft.r#ref) || self.seen.contains(&self.key(draft));
            let estate = draft.estate;
            match known.get(&(estate, draft.r#ref.as_str().to_owned())) {
                None if again => return Standing::Taken(no),
                None => {}
                Some(PostedEntry { entry, hash }) if draft.stands_as(self.by, entry) => {
                    posted.push(Posted { estate, seq: entry.seq, hash: *hash, known: true });
                }
                Some(_) => return Standing::Taken(no),
            }
        }
        let is_known =
            |draft: &Draft| known.contains_key(&(draft.estate, draft.r#ref.as_str().to_owned()));
        match batch.drafts.iter().position(is_known) {
            None => Standing::None,
            Some(_) if posted.len() == batch.drafts.len() => Standing::All(posted),
            // Part of a batch stands: the batch as a whole is another one.
            Some(no) => Standing::Taken(no),
        }
    }

    /// Applies a batch to its book; refused, it leaves the book as it was.
    async fn apply(&mut self, batch: &Batch) -> Result<Result<(), PostError>, JournalError> {
        let estate = batch.drafts[0].estate;
        let of = u64::try_from(batch.drafts.len()).unwrap_or(u64::MAX);
        let before = (of > 1).then(|| self.estates[&estate].clone());
        for (no, draft) in batch.drafts.iter().enumerate() {
            let act = Act::of(no, batch.drafts.len());
            let named = match Book::names(&draft.event) {
                Some((seq, _)) => self.books.entry(estate, seq).await?.map(|named| named.posted),
                None => None,
            };
            if let Err(error) = self.apply_one(no, draft, act, named.as_ref()) {
                if let Some(before) = before {
                    self.estates.insert(estate, before);
                }
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    fn apply_one(
        &mut self,
        no: usize,
        draft: &Draft,
        act: Option<Act>,
        named: Option<&PostedEntry>,
    ) -> Result<(), PostError> {
        let book = self.estates.entry(draft.estate).or_default();
        let chance = Chance { no, act, by: self.by, log: &self.log, now: self.now };
        judge(book, draft, &chance, named).map(drop)
    }
}

/// Which references of some lines stand already, and what stands.
async fn known(books: &Books, lines: &[Line]) -> Result<Known, JournalError> {
    let mut wanted: HashMap<EstateCode, Vec<&str>> = HashMap::new();
    let batches = lines.iter().filter_map(|line| line.read.as_ref().ok());
    for draft in batches.flat_map(|batch| &batch.drafts) {
        wanted.entry(draft.estate).or_default().push(draft.r#ref.as_str());
    }
    let mut known = Known::new();
    for (estate, refs) in wanted {
        let mut found = books.store().primary().known_refs(estate, &refs).await?;
        found.sort_unstable_by_key(|(_, seq)| *seq);
        // Lines posted one after another stand one after another: they are read together.
        for run in found.chunk_by(|(_, a), (_, b)| a + 1 == *b) {
            let limit = u32::try_from(run.len()).unwrap_or(u32::MAX);
            let entries = books.entries_from(estate, run[0].1, limit).await?;
            let each = run.iter().zip(entries);
            known.extend(each.map(|((key, _), entry)| ((estate, key.clone()), entry.posted)));
        }
    }
    Ok(known)
}
