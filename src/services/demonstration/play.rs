//! Plays stories: day by day over all estates, the clock moving with them, so that an entry's
//! time is the day on which it was recorded. The same stories give the same bytes.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::bank::{closing, handover, statement};
use super::deed::{Deed, Standing, Stands, organisation, stands};
use super::story::{Act, Story, What, day};
use super::{DemonstrationError, OPERATOR};
use crate::exchange::register::{Options, Register};
use crate::ledger::book::Book;
use crate::ledger::draft::Draft;
use crate::ledger::entry::Actor;
use crate::ledger::event::Event;
use crate::ledger::id::EstateCode;
use crate::ledger::kinds::Guard;
use crate::ledger::time::Timestamp;
use crate::services::bookkeeper::{command_line, open_estate};
use crate::services::books::{Books, Posted};
use crate::services::clock::{FixedClock, SeededEntropy};
use crate::services::importer;

/// People record at five in the afternoon: five hours after noon.
const AT_FIVE_MS: i64 = 5 * 3_600_000;
/// What follows in an estate on the same day comes a minute later.
const NEXT_MS: i64 = 60_000;

/// A story under way.
struct Telling<'a> {
    story: &'a Story,
    code: EstateCode,
    entropy: SeededEntropy,
    standing: Standing,
    drafted: u32,
}

/// What an act posts: drafts to post together, what each is called, and by whom.
struct Wanted {
    drafts: Vec<Draft>,
    names: Vec<Option<String>>,
    by: Actor,
}

/// Plays every act up to a day.
pub async fn play(
    books: &Books,
    clock: &FixedClock,
    stories: &[Story],
    as_of: NaiveDate,
) -> Result<(), DemonstrationError> {
    let mut tellings = Vec::new();
    for story in stories {
        let entropy = SeededEntropy::from_name(story.code);
        let code = story.code.parse()?;
        tellings.push(Telling { story, code, entropy, standing: Standing::new(), drafted: 0 });
    }
    for (date, acts) in days(stories, as_of)? {
        let noon = Timestamp::noon_of(date).millis();
        for (minute, wave) in (0_i64..).zip(waves(&acts)) {
            clock.set(Timestamp::from_millis(noon + AT_FIVE_MS + minute * NEXT_MS));
            together(books, &mut tellings, &wave).await?;
        }
    }
    Ok(())
}

/// Acts of a day: which story, which act of it.
type OfDay = Vec<(usize, usize)>;

/// The acts up to a day, by day.
fn days(
    stories: &[Story],
    as_of: NaiveDate,
) -> Result<BTreeMap<NaiveDate, OfDay>, DemonstrationError> {
    let mut days: BTreeMap<NaiveDate, OfDay> = BTreeMap::new();
    for (nth, story) in stories.iter().enumerate() {
        for (no, act) in story.acts.iter().enumerate() {
            let date = day(&act.day)?;
            if date <= as_of {
                days.entry(date).or_default().push((nth, no));
            }
        }
    }
    Ok(days)
}

/// A day's acts in waves: the first of each estate, then the second of each …
fn waves(acts: &[(usize, usize)]) -> Vec<OfDay> {
    let mut waves: Vec<OfDay> = Vec::new();
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    for (nth, no) in acts {
        let wave = seen.entry(*nth).or_default();
        if waves.len() == *wave {
            waves.push(Vec::new());
        }
        waves[*wave].push((*nth, *no));
        *wave += 1;
    }
    waves
}

/// Posts one act of each of some estates; the writer takes them in one go.
async fn together(
    books: &Books,
    tellings: &mut [Telling<'_>],
    wave: &[(usize, usize)],
) -> Result<(), DemonstrationError> {
    let mut answers = Vec::new();
    for (nth, no) in wave {
        let telling = &mut tellings[*nth];
        let story = telling.story;
        let Some(act) = story.acts.get(*no) else { continue };
        let wrong = |error| DemonstrationError::Act {
            estate: story.code,
            day: act.day.clone(),
            error: Box::new(error),
        };
        if telling.by_services(books, act).await.map_err(wrong)? {
            continue;
        }
        let wanted = telling.wanted(books, act).await.map_err(wrong)?;
        let answer = books.post_bulk(wanted.drafts.clone(), wanted.by.clone())?;
        answers.push((*nth, *no, wanted, answer));
    }
    for (nth, no, wanted, answer) in answers {
        let telling = &mut tellings[nth];
        let posted = answer.await.map_err(|error| DemonstrationError::Act {
            estate: telling.story.code,
            day: telling.story.acts[no].day.clone(),
            error: Box::new(error.into()),
        })?;
        telling.note(&wanted, &posted);
    }
    Ok(())
}

impl Telling<'_> {
    /// What other services post by themselves; true where the act is one of those.
    async fn by_services(&self, books: &Books, act: &Act) -> Result<bool, DemonstrationError> {
        match &act.what {
            What::Open(estate) => {
                open_estate(books, estate, command_line(OPERATOR)).await?;
            }
            What::Import { file, bytes, month } => {
                let options = Options { month: *month, ..Options::default() };
                let register = Register::read(file, bytes, &options)?;
                let plan = importer::plan(books, self.code, register, &self.entropy).await?;
                importer::commit(books, &plan, &act.cast.reviewer()?).await?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The drafts of an act.
    async fn wanted(&mut self, books: &Books, act: &Act) -> Result<Wanted, DemonstrationError> {
        let by = act.cast.reviewer()?;
        let date = day(&act.day)?;
        let (mut drafts, mut names) = (Vec::new(), Vec::new());
        match &act.what {
            What::Open(_) | What::Import { .. } => {}
            What::Deeds(deeds) => {
                for deed in deeds {
                    drafts.push(self.draft(deed, act, date)?);
                    names.push(deed.name.clone());
                }
            }
            What::Statement { account, to, on_the_way } => {
                let way = on_the_way.iter().map(|name| stands(&self.standing, name));
                let way = way.map(|stands| Ok(stands?.seq));
                let way = way.collect::<Result<Vec<u64>, DemonstrationError>>()?;
                let book = self.book(books).await?;
                for event in statement(&book, account.parse()?, day(to)?, &way)? {
                    drafts.push(self.plain(event)?);
                }
            }
            What::Close { fund, to } => {
                let to = day(to)?;
                let (event, lines) = closing(&*self.book(books).await?, *fund, to)?;
                let mut draft = self.plain(event)?.with_lines(to, lines);
                draft.signs = vec![act.cast.prepared(Timestamp::noon_of(date))?];
                drafts.push(draft);
            }
            What::Handover { to, accounts } => {
                let book = self.book(books).await?;
                let from = organisation(act.cast.company).to_value();
                let event = handover(&book, accounts, &from, organisation(to).to_value(), date)?;
                let mut draft = self.plain(event)?;
                draft.signs = act.cast.handed_over(to, Timestamp::noon_of(date))?;
                drafts.push(draft);
            }
        }
        names.resize(drafts.len(), None);
        Ok(Wanted { drafts, names, by })
    }

    async fn book(&self, books: &Books) -> Result<std::sync::Arc<Book>, DemonstrationError> {
        let book = books.book(self.code).await.map_err(crate::services::books::PostError::from)?;
        book.ok_or_else(|| DemonstrationError::Nameless(self.code.to_string()))
    }

    /// A draft with an event alone, under the next reference.
    fn plain(&mut self, event: Event) -> Result<Draft, DemonstrationError> {
        self.drafted += 1;
        let reference = format!("demo:{}:{:05}", self.code, self.drafted);
        Ok(Draft::new(self.code, event, reference.parse()?))
    }

    fn draft(
        &mut self,
        deed: &Deed,
        act: &Act,
        date: NaiveDate,
    ) -> Result<Draft, DemonstrationError> {
        let (event, lines, sealed) = deed.told(&self.standing, &self.entropy)?;
        let kind = event.kind();
        let mut draft = self.plain(event)?;
        let noon = Timestamp::noon_of(date);
        if !lines.is_empty() || kind.asks(Guard::TwoPersons) {
            draft.signs.push(act.cast.prepared(noon)?);
        }
        if kind.asks(Guard::CoSigned) || deed.cosigned {
            draft.signs.push(act.cast.cosigned(noon)?);
        }
        if !lines.is_empty() {
            let dated = deed.date.as_deref().map(day).transpose()?;
            draft = draft.with_lines(dated.unwrap_or(date), lines);
        }
        draft.occurred = deed.occurred.as_deref().map(day).transpose()?;
        draft.memo.clone_from(&deed.memo);
        draft.docs = deed.docs();
        draft.sealed = sealed;
        Ok(draft)
    }

    fn note(&mut self, wanted: &Wanted, posted: &[Posted]) {
        for ((draft, name), posted) in wanted.drafts.iter().zip(&wanted.names).zip(posted) {
            if let Some(name) = name {
                let (seq, hash, lines) = (posted.seq, posted.hash, draft.lines.clone());
                self.standing.insert(name.clone(), Stands { seq, hash, lines });
            }
        }
    }
}
