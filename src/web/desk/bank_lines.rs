//! Open lines of a bank and of the book as a page shows them, and why something is proposed, in
//! words.

use chrono::NaiveDate;

use crate::ledger::book::{Book, OpenItem};
use crate::ledger::entry::PostedEntry;
use crate::ledger::format::grouped;
use crate::ledger::matching::{OfBank, Proposal, Shape};
use crate::services::reconciling::{BookLine, Named, Open};
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::encoded;

/// A line of either side.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id on the page.
    pub id: String,
    /// Its name on its side: a serial, an entry's number.
    pub value: String,
    /// Its day.
    pub day: String,
    /// In above zero, out below.
    pub amount: String,
    /// What it is.
    pub what: String,
    /// How old it is, in words.
    pub age: String,
    /// The public page of an entry.
    pub href: Option<String>,
    /// Where it can be recorded, for a bank's line that nobody did.
    pub record: Option<String>,
    /// It is ticked.
    pub is_ticked: bool,
}

/// A proposal.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its id on the page.
    pub id: String,
    /// Its lines by name, as the form sends them.
    pub value: String,
    /// The sum of either side.
    pub amount: String,
    /// Why it is proposed.
    pub why: Vec<String>,
    /// Lines of the bank.
    pub bank: Vec<Line>,
    /// Lines of the book.
    pub book: Vec<Line>,
    /// It is ticked.
    pub is_ticked: bool,
}

/// Proposals that share a line.
#[derive(Clone, Debug)]
pub struct Set {
    /// More than one: which of them is right, a person knows.
    pub is_ambiguous: bool,
    /// The proposals.
    pub offers: Vec<Offer>,
}

/// Who makes the lines of a page.
#[derive(Clone, Copy)]
pub struct Maker<'a> {
    /// The book.
    pub book: &'a Book,
    /// In which language.
    pub lang: Lang,
    /// The day to which ages are counted.
    pub today: NaiveDate,
    /// Where what is open can be recorded, by whoever prepares.
    pub record: Option<&'a str>,
}

impl Maker<'_> {
    /// A bank's line.
    pub fn of_bank(&self, serial: &str, item: OpenItem, words: &str) -> Line {
        let what = [serial, words].into_iter().filter(|text| !text.is_empty());
        Line {
            what: what.collect::<Vec<_>>().join(" · "),
            record: self.record.map(|record| self.record(record, item)),
            ..self.line("bank", serial.to_owned(), item)
        }
    }

    /// An entry.
    pub fn of_book(&self, entry: &PostedEntry, item: OpenItem) -> Line {
        let PostedEntry { entry, .. } = entry;
        let kind = show::kind_name(entry.event.kind(), self.lang).to_owned();
        let no = entry.lines.iter().find_map(|line| line.contract.clone());
        let site = no.as_ref().and_then(|no| self.book.contracts().contracts.get(no));
        let site = site.map(|contract| contract.site.clone());
        let mut what = vec![kind];
        what.extend(no);
        what.extend(show::party_of(entry, self.lang));
        what.extend(entry.memo.clone().or(site));
        Line {
            what: what.join(" · "),
            href: Some(format!("/e/{}/entries/{}", self.book.estate(), entry.seq)),
            ..self.line("book", entry.seq.to_string(), item)
        }
    }

    fn line(&self, side: &str, value: String, item: OpenItem) -> Line {
        let days = (self.today - item.day).num_days();
        Line {
            id: format!("{side}-{value}"),
            value,
            day: item.day.to_string(),
            amount: grouped(item.amount),
            what: String::new(),
            age: self.lang.with("bank.age", &[("days", days)]),
            href: None,
            record: None,
            is_ticked: false,
        }
    }

    /// The form that records what a bank's line is, with day and amount filled in.
    fn record(&self, account: &str, item: OpenItem) -> String {
        let (form, field) =
            if item.amount.is_negative() { ("cost", "from") } else { ("income", "to") };
        let (code, amount) = (self.book.estate(), item.amount.abs());
        let account = encoded(account);
        format!("/desk/e/{code}/record/{form}?amount={amount}&day={}&{field}={account}", item.day)
    }

    /// Both sides, ids told apart.
    pub fn sides(&self, open: &Open) -> [Vec<Line>; 2] {
        let of_bank = open.bank.iter().map(|of| self.of_bank(&of.serial, of.item, &of.words));
        let of_book = open.book.iter().map(|line| self.of_book(&line.entry, line.of.item));
        let mut sides = [of_bank.collect::<Vec<_>>(), of_book.collect()];
        // A serial may hold what an id may not.
        for (at, line) in sides[0].iter_mut().enumerate() {
            line.id = format!("bank-{at}");
        }
        sides
    }

    /// Proposals by the lines they share.
    pub fn sets(&self, open: &Open, proposals: &[Proposal]) -> Vec<Set> {
        let mut sets: Vec<Set> = Vec::new();
        let mut last = None;
        for (at, of) in proposals.iter().enumerate() {
            if last != Some(of.set) {
                last = Some(of.set);
                sets.push(Set { is_ambiguous: of.is_ambiguous, offers: Vec::new() });
            }
            if let Some(set) = sets.last_mut() {
                set.offers.push(self.offer(at, of, open));
            }
        }
        sets
    }

    fn offer(&self, at: usize, of: &Proposal, open: &Open) -> Offer {
        let bank: Vec<&OfBank> = of.bank.iter().map(|i| &open.bank[*i]).collect();
        let book: Vec<&BookLine> = of.book.iter().map(|j| &open.book[*j]).collect();
        let named = Named {
            bank: bank.iter().map(|line| line.serial.clone()).collect(),
            book: book.iter().map(|line| line.of.seq).collect(),
        };
        let plain = Self { record: None, ..*self };
        Offer {
            id: format!("proposal-{at}"),
            value: serde_json::to_string(&named).unwrap_or_default(),
            amount: grouped(of.amount),
            why: self.why(of),
            bank: bank
                .into_iter()
                .map(|line| plain.of_bank(&line.serial, line.item, &line.words))
                .collect(),
            book: book.into_iter().map(|line| plain.of_book(&line.entry, line.of.item)).collect(),
            is_ticked: of.is_chosen,
        }
    }

    /// Why lines may be the same money.
    fn why(&self, of: &Proposal) -> Vec<String> {
        let (lang, n, m) = (self.lang, of.bank.len(), of.book.len());
        let mut why = vec![match of.shape {
            Shape::Pair => lang.t("bank.why_pair").into_owned(),
            Shape::OneOfBank => lang.with("bank.why_one_of_bank", &[("n", m)]),
            Shape::OneOfBook => lang.with("bank.why_one_of_book", &[("n", n)]),
            Shape::Day => lang.with("bank.why_day", &[("n", n), ("m", m)]),
        }];
        why.push(match of.days {
            0 => lang.t("bank.why_same_day").into_owned(),
            days => lang.with("bank.why_days", &[("days", days)]),
        });
        let common =
            of.common.as_ref().map(|words| lang.with("bank.why_words", &[("words", words)]));
        why.extend(common);
        let contract = of.contract.as_ref();
        why.extend(contract.map(|no| lang.with("bank.why_contract", &[("no", no)])));
        why
    }
}
