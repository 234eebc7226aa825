//! Corrections (I7): the mirror of what was recorded and what is right, in one entry; papers
//! and attributions that come later. Nothing posted is ever changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::crossings::check_crossing;
use super::funds::Counted;
use super::lines::{Meaning, check_balanced, check_one_fund};
use super::{Book, Violation};
use crate::ledger::account::AccountCode;
use crate::ledger::chart::Role;
use crate::ledger::entry::{Entry, Line, PostedEntry};
use crate::ledger::event::Fields;
use crate::ledger::json::Pair;
use crate::ledger::kinds::LineRule;
use crate::ledger::period::{Month, Period};
use crate::ledger::serial;

/// What stands in place of an entry that was corrected or attributed anew. Only such entries
/// are kept; of all others the book keeps sums.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Live {
    /// The entry whose lines stand: the last correction, or the entry itself.
    pub version: u64,
    /// Its accounting date.
    #[serde(with = "serial::day")]
    pub date: NaiveDate,
    /// The lines that stand, as their bytes have them; a further correction mirrors these.
    pub lines: Vec<Line>,
    /// The decision cited instead.
    pub decision: Option<String>,
    /// The keys of the correction that showed other evidence.
    #[serde(with = "keys")]
    evidence: Option<Vec<Pair<'static>>>,
    /// The account of income or expense that a line is about, by its position, where it stands
    /// on what that account was closed to.
    meant: BTreeMap<usize, AccountCode>,
    /// Contract and period given to a line later, by its position.
    attributed: BTreeMap<usize, (Option<String>, Option<Period>)>,
}

/// Corrected entries by their number.
pub type Corrections = BTreeMap<u64, Arc<Live>>;

impl Live {
    fn of(entry: &Entry) -> Self {
        Self {
            version: entry.seq,
            date: entry.date,
            lines: entry.lines.clone(),
            decision: None,
            evidence: None,
            meant: BTreeMap::new(),
            attributed: BTreeMap::new(),
        }
    }

    /// A line with the contract and period it counts for now.
    pub fn effective(&self, at: usize) -> Option<Line> {
        let mut line = self.lines.get(at)?.clone();
        if let Some((contract, period)) = self.attributed.get(&at) {
            line.contract = contract.clone().or(line.contract);
            line.period = period.or(line.period);
        }
        Some(line)
    }

    /// The lines as they count: each with its contract and period, on the account it is about.
    fn meant(&self) -> Vec<Line> {
        let line = |at: usize| {
            let line = self.effective(at)?;
            let account = self.meant.get(&at).copied().unwrap_or(line.account);
            Some(Line { account, ..line })
        };
        (0..self.lines.len()).filter_map(line).collect()
    }

    /// True where the lines were replaced, not only attributed.
    pub fn is_corrected(&self, seq: u64) -> bool {
        self.version != seq
    }
}

impl Book {
    /// Checks the entry handed in against the number and hash that the event names.
    pub(super) fn named<'n>(
        entry: &Entry,
        named: Option<&'n PostedEntry>,
    ) -> Result<&'n PostedEntry, Violation> {
        let fields = entry.event.fields();
        let seq = fields.integer("seq").unwrap_or_default();
        let wanted = fields.hash("of");
        let found = named.filter(|n| n.entry.seq == seq && Some(n.hash) == wanted);
        found.filter(|_| seq < entry.seq).ok_or(Violation::NotThatEntry { seq })
    }

    fn live(&self, named: &PostedEntry) -> Live {
        let known = self.corrections.get(&named.entry.seq);
        known.map_or_else(|| Live::of(&named.entry), |live| Live::clone(live))
    }

    /// The lines of an entry that its correction has to mirror, and the same with the contract
    /// and period they count for now: right lines begin from these. None where it can't be
    /// corrected; empty where it was taken back.
    pub fn correctable(&self, named: &PostedEntry) -> Option<(Vec<Line>, Vec<Line>)> {
        let root = &named.entry;
        let rules = self.rules.as_ref()?;
        if !matches!(root.event.kind().lines, LineRule::Sides(_) | LineRule::Crossing { .. }) {
            return None;
        }
        let live = self.live(named);
        let mut funds = root.lines.iter().map(|line| line.account.fund());
        let is_past = funds.any(|fund| self.is_past_year(fund, root.date));
        let carried = |line: &Line| {
            if is_past { self.carried_line(rules, line, root.date) } else { line.clone() }
        };
        let stood = live.lines.iter().map(carried).collect();
        let counts = (0..live.lines.len()).filter_map(|at| live.effective(at));
        let counts = counts.map(|line| carried(&line)).collect();
        Some((stood, counts))
    }

    /// I7: the exact mirror of the live lines, then the right ones (possibly none).
    pub(super) fn correct(
        &mut self,
        entry: &Entry,
        named: Option<&PostedEntry>,
    ) -> Result<(), Violation> {
        let named = Self::named(entry, named)?;
        let root = &named.entry;
        let kind = root.event.kind();
        if !matches!(kind.lines, LineRule::Sides(_) | LineRule::Crossing { .. }) {
            return Err(Violation::NotCorrectable { kind: kind.name });
        }
        check_overrides(root, entry.event.fields())?;
        let live = self.live(named);
        let rules = Arc::clone(self.rules.as_ref().ok_or(Violation::NoRules)?);
        let mut funds = root.lines.iter().map(|line| line.account.fund());
        let past = funds.any(|fund| self.is_past_year(fund, root.date)).then_some(root.date);
        let stood = live.lines.iter().map(|line| match past {
            Some(date) => self.carried_line(&rules, line, date),
            None => line.clone(),
        });
        let stood: Vec<Line> = stood.collect();
        let right = right_lines(entry, &stood)?;
        let old = Meaning { past, ..live.meaning(root) };
        let overrides = entry.event.fields();
        let new = Meaning {
            decision: overrides.text("decision").or(old.decision),
            evidence: overrides.value("evidence").map(|_| overrides).or(old.evidence),
            past,
            ..Meaning::of(&root.event, root.seq)
        };
        let opening = kind.name == "opening";
        check_balanced(&entry.lines)?;
        if !right.is_empty() {
            self.check_accounts(&rules, &new, right, live.lines.len())?;
            check_one_fund(kind, right)?;
            check_crossing(kind, right)?;
            check_same_fund(root, right)?;
            self.check_opening_lines(&root.event, right, live.lines.len())?;
            if opening && entry.docs.is_empty() && overrides.list("evidence").is_empty() {
                return Err(Violation::OpeningUnproven);
            }
        }
        self.check_sides(&rules, &new, entry)?;
        self.check_parts(&rules, &entry.lines)?;
        let meant_before = live.meant();
        let meant = match past {
            Some(date) => self.meant_lines(&rules, &root.event, (right, &meant_before), date),
            None => right.to_vec(),
        };
        let differing = right.iter().zip(&meant).enumerate();
        let differing = differing.filter(|(_, (line, meant))| line.account != meant.account);
        let stands = Live {
            meant: differing.map(|(at, (_, meant))| (at, meant.account)).collect(),
            version: entry.seq,
            date: entry.date,
            lines: right.to_vec(),
            decision: new.decision.map(str::to_owned),
            evidence: new.evidence.map(Fields::to_owned_pairs),
            attributed: live.carried(&stood, right),
        };
        let mirror: Vec<Line> = meant_before.iter().map(Line::mirror).collect();
        let right = stands.meant();
        let change = [mirror.clone(), right.clone()].concat();
        Self::check_guards(&rules, entry, &new, &right)?;
        self.check_contracts(&new, &stands.lines)?;
        let same_decision = new.decision() == old.decision();
        let uses = if same_decision { &change } else { &right };
        self.check_uses(&rules, &new, uses, root.date)?;
        self.check_clause(&rules, &new, &change, root.date)?;
        self.check_itemised(&rules, &new, &right)?;
        self.check_claim_change(&rules, &new, &change)?;
        self.check_top_up(&rules, &new, &change)?;

        let same_day = entry.occurred_on() == root.occurred_on();
        if !opening {
            self.check_matched(&rules, root.seq, &live.lines, &stands.lines, same_day)?;
        }

        let month = Month::of(root.date);
        let (as_mirror, as_right) = if opening {
            (Counted::Opening, Counted::Opening)
        } else {
            (Counted::AsMirrorOf(month), Counted::AsRightOf(month))
        };
        if let Some(date) = past {
            self.book_past(&rules, &change, date);
        }
        if right.is_empty() || overrides.value("evidence").is_some() {
            self.unwatch(root.seq, right.is_empty());
        }
        self.open_claim(&rules, named, &right);
        self.book_lines(&rules, &old, entry, &mirror, as_mirror);
        if !opening {
            self.note_corrected_items(&rules, root, &live.lines, &stands.lines, entry.date);
        }
        self.book_lines(&rules, &new, entry, &right, as_right);
        Arc::make_mut(&mut self.corrections).insert(root.seq, Arc::new(stands));
        Ok(())
    }

    /// A paper that came later.
    pub(super) fn attach(
        &mut self,
        entry: &Entry,
        named: Option<&PostedEntry>,
    ) -> Result<(), Violation> {
        let named = Self::named(entry, named)?;
        if entry.docs.is_empty() {
            return Err(Violation::NothingAttached);
        }
        self.note_decision_paper(named.entry.seq);
        self.note_attached(named.entry.seq, entry.seq);
        Ok(())
    }

    /// A receipt's contract or period, given or changed later; its money stays where it is.
    pub(super) fn attribute(
        &mut self,
        entry: &Entry,
        named: Option<&PostedEntry>,
    ) -> Result<(), Violation> {
        let named = Self::named(entry, named)?;
        let root = &named.entry;
        let rules = Arc::clone(self.rules.as_ref().ok_or(Violation::NoRules)?);
        let fields = entry.event.fields();
        let number = fields.integer("line").unwrap_or(u64::MAX);
        let unknown = Violation::NoSuchReceipt { seq: root.seq, line: number };
        let at = usize::try_from(number).map_err(|_| unknown.clone())?;
        let mut live = self.live(named);
        let before = live.effective(at).ok_or_else(|| unknown.clone())?;
        let role = rules.chart.nearest(before.account).map(|found| found.role);
        let is_income = root.event.kind().name == "income";
        if !is_income || !matches!(role, Some(Role::Income | Role::PassThrough)) {
            return Err(unknown);
        }
        let event_contract = root.event.fields().text("contract");
        let old = before.contract.as_deref().or(event_contract);
        let new = fields.text("contract").or(old);
        let period = fields.period("period").or(before.period);
        if (new, period) == (old, before.period) {
            return Err(Violation::NothingChanged);
        }
        if let Some(no) = new {
            self.contract(no)?;
        }
        let amount = -before.signed();
        if let Some(no) = old {
            self.add_receipt(no, before.period, -amount, entry.seq);
        }
        if let Some(no) = new {
            self.add_receipt(no, period, amount, entry.seq);
        }
        live.attributed.insert(at, (new.map(str::to_owned), period));
        Arc::make_mut(&mut self.corrections).insert(root.seq, Arc::new(live));
        Ok(())
    }
}

impl Live {
    /// Attributions that a correction keeps: those of lines it only gives another amount.
    fn carried(
        &self,
        stood: &[Line],
        right: &[Line],
    ) -> BTreeMap<usize, (Option<String>, Option<Period>)> {
        let same = |at: usize| match (stood.get(at), right.get(at)) {
            (Some(stood), Some(line)) => Line { amount: stood.amount, ..line.clone() } == *stood,
            _ => false,
        };
        let kept = self.attributed.iter().filter(|(at, _)| same(**at));
        kept.map(|(at, attribution)| (*at, attribution.clone())).collect()
    }

    /// What the live lines mean: the event with what earlier corrections put in its place.
    fn meaning<'a>(&'a self, root: &'a Entry) -> Meaning<'a> {
        Meaning {
            decision: self.decision.as_deref(),
            evidence: self.evidence.as_ref().map(|keys| Fields(keys)),
            ..Meaning::of(&root.event, root.seq)
        }
    }
}

/// A correction shows other evidence or another decision only where the kind asks for one.
fn check_overrides(root: &Entry, overrides: Fields<'_>) -> Result<(), Violation> {
    let kind = root.event.kind();
    let idle = ["decision", "evidence"].into_iter().find(|key| {
        overrides.value(key).is_some() && !kind.keys.iter().any(|known| known.name == *key)
    });
    match idle {
        Some(key) => Err(Violation::OverrideIdle { kind: kind.name, key }),
        None => Ok(()),
    }
}

/// I6: what was recorded in one fund is put right in that fund.
fn check_same_fund(root: &Entry, right: &[Line]) -> Result<(), Violation> {
    let of_root =
        |line: &Line| root.lines.iter().any(|stood| stood.account.fund() == line.account.fund());
    if right.iter().all(of_root) {
        Ok(())
    } else {
        Err(Violation::CrossesFunds { kind: root.event.kind().name })
    }
}

/// The lines after the mirror; the mirror must be exact and come first.
fn right_lines<'e>(entry: &'e Entry, stood: &[Line]) -> Result<&'e [Line], Violation> {
    let count = stood.len();
    for (line, stands) in stood.iter().enumerate() {
        if entry.lines.get(line) != Some(&stands.mirror()) {
            return Err(Violation::MirrorDiffers { line, live: count });
        }
    }
    if entry.lines.is_empty() {
        return Err(Violation::NothingChanged);
    }
    Ok(&entry.lines[count..])
}

/// `with` for the keys of a correction: their canonical bytes as a text, read by the grammar
/// of entries and the table of kinds.
mod keys {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::{Error as _, Serialize, Serializer};

    use crate::ledger::json::{self, FormatError, FormatFault, Pair, Tree, owned_pair};
    use crate::ledger::kinds::kind;
    use crate::ledger::schema::check_keys;

    type Keys = Option<Vec<Pair<'static>>>;

    pub fn serialize<S: Serializer>(keys: &Keys, serializer: S) -> Result<S::Ok, S::Error> {
        let write = |keys: &Vec<Pair<'static>>| {
            let mut bytes = Vec::new();
            json::write(&mut bytes, &Tree::Map(keys.clone()));
            String::from_utf8(bytes).map_err(S::Error::custom)
        };
        keys.as_ref().map(write).transpose()?.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Keys, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| read(&text)).transpose().map_err(D::Error::custom)
    }

    fn read(text: &str) -> Result<Vec<Pair<'static>>, FormatError> {
        let (Tree::Map(keys), Some(kind)) = (json::read(text.as_bytes())?, kind("correct")) else {
            return Err(FormatFault::Expected("the keys of a correction").into());
        };
        check_keys(&keys, kind.keys)?;
        Ok(keys.into_iter().map(owned_pair).collect())
    }
}
