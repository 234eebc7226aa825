//! What is said and moves nothing: questions and replies, notices, handovers, and that a bank
//! did something by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Book, Violation};
use crate::ledger::entry::{Entry, PostedEntry};
use crate::ledger::id::EntryHash;
use crate::ledger::money::Money;
use crate::ledger::serial;

/// Questions and replies, publications and handovers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Questions by number.
    pub questions: BTreeMap<String, Question>,
    /// Replies to findings by their id: the last reply's entry.
    pub replies: BTreeMap<String, u64>,
    /// Notices by period: the entry of each.
    pub publications: BTreeMap<String, Vec<u64>>,
    /// Entries that record a handover.
    pub handovers: Vec<u64>,
    /// Digests whose values were erased, each with the entry that says so.
    pub erased: BTreeMap<EntryHash, u64>,
    /// Entries to which papers were attached, each with the entries that did.
    pub attached: BTreeMap<u64, Vec<u64>>,
    /// Entries that record what a bank did by itself.
    pub bank_facts: Vec<u64>,
}

/// A question that a person raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its entry.
    pub seq: u64,
    /// When it was raised.
    #[serde(with = "serial::day")]
    pub day: NaiveDate,
    /// The entry of the last reply.
    pub reply: Option<u64>,
}

impl Book {
    /// A question, a reply, a notice.
    pub(super) fn record_said(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let text = |key| fields.text(key).unwrap_or_default().to_owned();
        let mut said = Said::clone(&self.said);
        match entry.event.kind().name {
            "finding" => {
                let no = text("no");
                if said.questions.contains_key(&no) {
                    return Err(Violation::QuestionExists { no });
                }
                let question = Question { seq: entry.seq, day: entry.date, reply: None };
                said.questions.insert(no, question);
            }
            "reply" => {
                let finding = text("finding");
                if let Some(question) = said.questions.get_mut(&finding) {
                    question.reply = Some(entry.seq);
                }
                said.replies.insert(finding, entry.seq);
            }
            "publication" => said.publications.entry(text("period")).or_default().push(entry.seq),
            _ => said.handovers.push(entry.seq),
        }
        self.said = Arc::new(said);
        Ok(())
    }

    /// A handover: three organisations sign, and the balances are the book's.
    pub(super) fn record_handover(&mut self, entry: &Entry) -> Result<(), Violation> {
        let signed: BTreeSet<&str> = entry.signs.iter().map(|sign| sign.by.org.as_str()).collect();
        if signed.len() < HANDOVER_ORGS {
            return Err(Violation::HandoverSigns { signed: signed.len() });
        }
        for row in entry.event.fields().list("balances") {
            let Some(account) = row.cell(0).and_then(|code| code.parse().ok()) else { continue };
            let said: Money = row.cell(1).and_then(|sum| sum.parse().ok()).unwrap_or_default();
            let balance = self.balances.balance(account);
            let stands = if balance.is_negative() { -balance } else { balance };
            if said != stands {
                return Err(Violation::HandoverBalance { account, said, stands });
            }
        }
        self.record_said(entry)
    }

    /// Private values that an entry binds are gone; what they bound stands.
    pub(super) fn erase(
        &mut self,
        entry: &Entry,
        named: Option<&PostedEntry>,
    ) -> Result<(), Violation> {
        let named = Self::named(entry, named)?;
        let mut said = Said::clone(&self.said);
        for digest in entry.event.fields().list("digests") {
            let digest = digest.as_text().and_then(|text| text.parse::<EntryHash>().ok());
            let digest = digest.filter(|digest| named.entry.sealed.contains(digest));
            let fresh =
                digest.is_some_and(|digest| said.erased.insert(digest, entry.seq).is_none());
            if !fresh {
                return Err(Violation::NothingSealed { seq: named.entry.seq });
            }
        }
        self.said = Arc::new(said);
        Ok(())
    }

    /// A paper that came later is found from the entry it belongs to.
    pub(super) fn note_attached(&mut self, root: u64, seq: u64) {
        Arc::make_mut(&mut self.said).attached.entry(root).or_default().push(seq);
    }

    /// What a bank did by itself is remembered: it is a finding until somebody answers.
    pub(super) fn note_bank_fact(&mut self, seq: u64) {
        Arc::make_mut(&mut self.said).bank_facts.push(seq);
    }
}

/// Who hands over, who takes over, and who watches: committee or community.
const HANDOVER_ORGS: usize = 3;
