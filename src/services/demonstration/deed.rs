//! A deed: what somebody in a story records, told in few words. The player makes the draft.

use std::collections::BTreeMap;

use super::DemonstrationError;
use super::cast::id_of;
use super::lines::lines;
use crate::ledger::chain::content_hash;
use crate::ledger::draft::SealedValue;
use crate::ledger::entry::{Doc, DocKind, Line};
use crate::ledger::event::{Event, Party};
use crate::ledger::id::EntryHash;
use crate::ledger::json::Value;
use crate::services::clock::Entropy;
use crate::services::sealing::seal;

/// Something to record.
#[derive(Clone, Debug)]
pub struct Deed {
    kind: &'static str,
    keys: Vec<(&'static str, Value)>,
    lines: String,
    person: Option<(&'static str, &'static str)>,
    paper: Option<DocKind>,
    /// One line for people.
    pub memo: Option<String>,
    /// Accounting day, when it isn't that of the act.
    pub date: Option<String>,
    /// When it took place, if earlier.
    pub occurred: Option<String>,
    /// The deed that it names, by the name it was given.
    pub of: Option<String>,
    /// What later deeds call it.
    pub name: Option<String>,
    /// The committee or the community signs too, though its kind doesn't ask for it.
    pub cosigned: bool,
}

/// A deed that stands in the chain.
#[derive(Clone, Debug)]
pub struct Stands {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: EntryHash,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// Deeds that stand, by name.
pub type Standing = BTreeMap<String, Stands>;

impl Deed {
    /// Something of a kind.
    pub fn new(kind: &'static str) -> Self {
        Self {
            kind,
            keys: Vec::new(),
            lines: String::new(),
            person: None,
            paper: None,
            memo: None,
            date: None,
            occurred: None,
            of: None,
            name: None,
            cosigned: false,
        }
    }

    /// Its lines, as a short text: `D R.1001.01 600.00; C R.4503.02(C-02) 600.00 2026-01`.
    pub fn lines(self, text: impl Into<String>) -> Self {
        Self { lines: text.into(), ..self }
    }

    /// A key of its event.
    pub fn with(mut self, key: &'static str, value: Value) -> Self {
        self.keys.push((key, value));
        self
    }

    /// A key with a text.
    pub fn text(self, key: &'static str, text: &str) -> Self {
        self.with(key, Value::text(text))
    }

    /// An organisation it pays, or is paid by.
    pub fn party(self, key: &'static str, name: &str) -> Self {
        self.with(key, organisation(name).to_value())
    }

    /// The same for a person, whose name is sealed.
    pub fn person(self, key: &'static str, name: &'static str) -> Self {
        Self { person: Some((key, name)), ..self }
    }

    /// An invoice over an amount shows it.
    pub fn invoice(self, no: &str, issuer: &str, amount: &str) -> Self {
        self.shown("invoice", no, issuer, amount)
    }

    /// A paper over an amount shows it.
    pub fn shown(self, kind: &str, no: &str, issuer: &str, amount: &str) -> Self {
        let paper = Value::map([
            ("amount", Value::text(amount)),
            ("issuer", Value::text(issuer)),
            ("kind", Value::text(kind)),
            ("no", Value::text(no)),
        ]);
        self.with("evidence", Value::List(vec![paper]))
    }

    /// A paper is attached.
    pub fn paper(self, kind: DocKind) -> Self {
        Self { paper: Some(kind), ..self }
    }

    /// One line for people.
    pub fn memo(self, memo: impl Into<String>) -> Self {
        Self { memo: Some(memo.into()), ..self }
    }

    /// The committee or the community signs too.
    pub fn cosigned(self) -> Self {
        Self { cosigned: true, ..self }
    }

    /// It counts on another day than that of the act.
    pub fn dated(self, day: impl Into<String>) -> Self {
        Self { date: Some(day.into()), ..self }
    }

    /// It took place earlier.
    pub fn occurred(self, day: impl Into<String>) -> Self {
        Self { occurred: Some(day.into()), ..self }
    }

    /// It is about an earlier deed.
    pub fn of(self, name: &str) -> Self {
        Self { of: Some(name.to_owned()), ..self }
    }

    /// Later deeds call it so.
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// Its event and lines after what stands, and what it seals.
    pub fn told(
        &self,
        standing: &Standing,
        entropy: &dyn Entropy,
    ) -> Result<(Event, Vec<Line>, Vec<SealedValue>), DemonstrationError> {
        let (mut keys, mut sealed) = (self.keys.clone(), Vec::new());
        let mut recorded = lines(&self.lines)?;
        if let Some(name) = &self.of {
            let stands = stands(standing, name)?;
            keys.push(("of", Value::text(stands.hash)));
            keys.push(("seq", Value::Integer(stands.seq)));
            if self.kind == "correct" {
                let mirror = stands.lines.iter().map(Line::mirror);
                recorded = mirror.chain(recorded).collect();
            }
        }
        if let Some((key, name)) = self.person {
            let id = id_of("pt_", name)?;
            sealed.push(seal(&id, "party", name, entropy)?);
            keys.push((key, Party::Person(id).to_value()));
        }
        Ok((Event::new(self.kind, keys)?, recorded, sealed))
    }

    /// Its paper; the demonstration has the digest of one, not the paper.
    pub fn docs(&self) -> Vec<Doc> {
        let paper = |kind: DocKind| {
            let text = format!(
                "{} {} {}",
                kind.word(),
                self.kind,
                self.memo.as_deref().unwrap_or_default()
            );
            let size = u64::try_from(text.len()).unwrap_or_default() * 1_024;
            let media_type = "application/pdf".to_owned();
            Doc { kind, sha256: content_hash(text.as_bytes()), size, media_type }
        };
        self.paper.map(paper).into_iter().collect()
    }
}

/// What stands under a name.
pub fn stands<'a>(standing: &'a Standing, name: &str) -> Result<&'a Stands, DemonstrationError> {
    standing.get(name).ok_or_else(|| DemonstrationError::Nameless(name.to_owned()))
}

/// An organisation by name.
pub fn organisation(name: &str) -> Party {
    Party::Organisation { code: None, org: name.to_owned() }
}
