//! A draft as it is kept: what was typed, where it stands, who had a hand in it.

use super::{Life, State};
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Actor, Sign, SignAct};
use crate::ledger::id::EstateCode;
use crate::ledger::time::Timestamp;
use crate::services::people::{Permission, Signed};
use crate::services::recording::{self, Form, Ground, RecordFault, Typed};
use crate::store::drafts::DraftRow;

/// A draft as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its estate.
    pub estate: EstateCode,
    /// Which form it was typed into.
    pub form: Form,
    /// What was typed.
    pub typed: Typed,
    /// Where it stands.
    pub state: State,
    /// What happened to it, with the signatures it bears.
    pub life: Life,
    pub(super) row: DraftRow,
}

impl Kept {
    pub(super) fn of(row: DraftRow, life: Life) -> Option<Self> {
        let typed = serde_json::from_str(&row.fields).ok()?;
        Some(Self {
            estate: row.estate.parse().ok()?,
            form: Form::of(&row.form)?,
            typed: Typed(typed),
            state: State::of(&row.state)?,
            life,
            row,
        })
    }

    /// Its key: the reference of its entry.
    pub fn key(&self) -> &str {
        &self.row.draft_id
    }

    /// One more with each change.
    pub fn version(&self) -> u64 {
        u64::try_from(self.row.version).unwrap_or_default()
    }

    /// Who prepared it, `u_…`.
    pub fn prepared_by(&self) -> &str {
        &self.row.prepared_by
    }

    /// When it was made.
    pub const fn made_at(&self) -> Timestamp {
        Timestamp::from_millis(self.row.made_at)
    }

    /// When it last changed.
    pub const fn changed_at(&self) -> Timestamp {
        Timestamp::from_millis(self.row.changed_at)
    }

    /// When it was handed over.
    pub fn prepared_at(&self) -> Option<Timestamp> {
        self.row.prepared_at.map(Timestamp::from_millis)
    }

    /// Why it was returned, and by whom.
    pub fn returned(&self) -> Option<(&str, &str)> {
        Some((self.row.reason.as_deref()?, self.row.returned_by.as_deref()?))
    }

    /// Who posts it, `u_…`.
    pub fn posted_by(&self) -> Option<&str> {
        self.row.posted_by.as_deref()
    }

    /// The number of its entry.
    pub fn posted_seq(&self) -> Option<u64> {
        self.row.posted_seq.and_then(|seq| u64::try_from(seq).ok())
    }

    /// True where somebody typed in it.
    pub fn is_of(&self, user: &str) -> bool {
        self.row.hands.split(' ').any(|hand| hand == user)
    }

    /// The drafts of its entries, one or a batch, signed by whoever prepared it and whoever signed
    /// it since. The first has its key as reference, the others with their number behind it.
    pub(super) fn drafts(&self, ground: Ground<'_>) -> Result<Vec<Draft>, Vec<RecordFault>> {
        let records = recording::read(self.form, &self.typed, ground)?;
        let at = self.prepared_at().unwrap_or_else(|| self.changed_at());
        let prepared = Sign { act: SignAct::Prepare, at, by: self.preparer() };
        let signs: Vec<Sign> = [prepared].into_iter().chain(self.life.signs()).collect();
        let drafts = records.into_iter().enumerate().map(|(no, record)| {
            let key = if no == 0 { self.key().to_owned() } else { format!("{}.{no}", self.key()) };
            let key = key.parse().expect("keys were checked when they were kept");
            let mut draft = record.draft(ground.book, ground.today, key);
            draft.signs.clone_from(&signs);
            draft
        });
        Ok(drafts.collect())
    }

    /// Who would post it, as far as is known: whoever took it, whoever asks, or somebody other
    /// than its hands.
    pub fn second(&self, asks: &Signed) -> Actor {
        if self.posted_by().is_some() {
            return self.poster();
        }
        let own = self.is_of(&asks.officer.officer_id);
        let asks = asks.actor(Permission::Post, self.estate).filter(|_| !own);
        asks.unwrap_or_else(|| self.stand_in())
    }

    /// Stands for whoever will post it.
    pub(super) fn stand_in(&self) -> Actor {
        Actor { user: "u_second".to_owned(), ..self.preparer() }
    }

    /// True where whoever took it typed in it: one person posts what a bank's line backs.
    pub fn is_taken_alone(&self) -> bool {
        self.posted_by().is_some_and(|user| self.is_of(user))
    }

    fn preparer(&self) -> Actor {
        let row = &self.row;
        Actor {
            org: row.prepared_org.clone(),
            role: row.prepared_role.clone(),
            user: row.prepared_by.clone(),
        }
    }

    /// Who took it to post it.
    pub(super) fn poster(&self) -> Actor {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let row = &self.row;
        Actor {
            org: text(&row.posted_org),
            role: text(&row.posted_role),
            user: text(&row.posted_by),
        }
    }
}
