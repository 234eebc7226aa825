//! How figures, days, names and rows look on a page. Nothing is computed here: amounts come
//! from the core and are only printed.

use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::area::Area;
use crate::ledger::book::Book;
use crate::ledger::entry::Entry;
use crate::ledger::event::Party;
use crate::ledger::format::{grouped, paper_period};
use crate::ledger::kinds::{Kind, kind};
use crate::ledger::listing::{Direction, Row};
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};

use super::text::Lang;
use super::visit::encoded;

/// An account's name in a language: a bank account's own, else the chart's.
pub fn account(book: &Book, code: AccountCode, lang: Lang) -> String {
    let name = match lang {
        Lang::Zh => book.account_name(code),
        Lang::En => book.account_name_en(code),
    };
    name.unwrap_or_else(|| code.to_string())
}

/// A kind's name.
pub fn kind_name(kind: &Kind, lang: Lang) -> &'static str {
    lang.pick(kind.zh, kind.en)
}

/// A floor area, in m².
pub fn area(area: Area) -> String {
    grouped(Money::from_fen(area.hundredths()))
}

/// A fund's name.
pub fn fund(fund: Fund, lang: Lang) -> String {
    lang.word("fund", fund.letter()).into_owned()
}

/// A payer or payee: an organisation by name, a person as 个人.
pub fn party(party: &Party, lang: Lang) -> String {
    match party {
        Party::Organisation { org, .. } => org.clone(),
        Party::Person(_) => lang.t("text.person").into_owned(),
    }
}

/// Who paid or was paid, where the event says it.
pub fn party_of(entry: &Entry, lang: Lang) -> Option<String> {
    let fields = entry.event.fields();
    let object = ["party", "payee"].into_iter().find_map(|key| fields.object(key))?;
    Party::from_fields(object).map(|found| party(&found, lang))
}

/// `2025年3月`, `March 2025`.
pub fn month(month: Month, lang: Lang) -> String {
    period(Period::month(month), lang)
}

/// `2025年第一季度`, `Q1 2025`.
pub fn period(period: Period, lang: Lang) -> String {
    if lang == Lang::Zh {
        return paper_period(period);
    }
    let (from, to) = (period.from, period.to);
    let named = |month: Month| month.first_day().format("%B %Y").to_string();
    match (from.month(), from.until(to)) {
        (_, 0) => named(from),
        (1, 11) => from.year().to_string(),
        (1 | 4 | 7 | 10, 2) => format!("Q{} {}", from.quarter(), from.year()),
        _ => format!("{} – {}", named(from), named(to)),
    }
}

/// A row of a list of lines, as text.
#[derive(Clone, Debug)]
pub struct LineRow {
    /// Its entry's page.
    pub href: String,
    /// Its number.
    pub seq: u64,
    /// `2025-03-31`.
    pub date: String,
    /// What it was, in one phrase.
    pub what: String,
    /// Further words: kind, account, party, period.
    pub facts: Vec<String>,
    /// The contract, with its page.
    pub contract: Option<(String, String)>,
    /// `in`, `out`, `moved` or `opening`.
    pub side: &'static str,
    /// The amount.
    pub amount: String,
    /// The fund's letter, with its name.
    pub fund: String,
    /// The correction that took its place, with its page.
    pub corrected: Option<(u64, String)>,
}

impl LineRow {
    /// A row as text.
    pub fn of(book: &Book, row: &Row, lang: Lang) -> Self {
        let entry = &row.entry;
        let code = book.estate();
        let contract = row.lines.iter().find_map(|line| line.contract.clone());
        let contract =
            contract.or_else(|| entry.event.fields().text("contract").map(str::to_owned));
        let site = contract.as_ref().and_then(|no| book.contracts().contracts.get(no));
        let name = kind_name(entry.event.kind(), lang);
        let what = entry.memo.clone().or_else(|| site.map(|site| site.site.clone()));
        let what = what.or_else(|| party_of(entry, lang)).unwrap_or_else(|| name.to_owned());
        let mut facts = vec![name.to_owned()];
        facts.extend(other_side(book, row, lang));
        facts.extend(row.lines.iter().find_map(|line| line.period).map(|p| period(p, lang)));
        facts.dedup();
        facts.retain(|fact| *fact != what);
        Self {
            href: format!("/e/{code}/entries/{}", entry.seq),
            seq: entry.seq,
            date: entry.date.to_string(),
            what,
            facts,
            contract: contract.map(|no| (no.clone(), contract_href(book, &no))),
            side: side(row),
            amount: grouped(row.amount()),
            fund: fund(row.fund, lang),
            corrected: row.corrected_by.map(|seq| (seq, format!("/e/{code}/entries/{seq}"))),
        }
    }
}

/// Which way a row went: `in`, `out`, `moved`; `opening` where a book begins.
pub fn side(row: &Row) -> &'static str {
    match row.direction() {
        _ if row.entry.event.kind().name == "opening" => "opening",
        Some(Direction::In) => "in",
        Some(Direction::Out) => "out",
        None => "moved",
    }
}

/// The page of a contract.
pub fn contract_href(book: &Book, no: &str) -> String {
    format!("/e/{}/contracts/{}", book.estate(), encoded(no))
}

/// Accounts that say what the money was for: those that hold none.
fn other_side(book: &Book, row: &Row, lang: Lang) -> Option<String> {
    let role = |line: &&crate::ledger::entry::Line| {
        !crate::ledger::statements::is_money(crate::ledger::statements::role(book, line.account))
    };
    let mut names: Vec<String> =
        row.lines.iter().filter(role).map(|line| account(book, line.account, lang)).collect();
    names.dedup();
    (!names.is_empty()).then(|| names.join(lang.pick("、", ", ")))
}

/// Kinds whose entries a list can show: they move money and have rows of their own.
pub fn listed_kinds() -> impl Iterator<Item = &'static Kind> {
    use crate::ledger::kinds::KINDS;
    KINDS.iter().filter(|kind| kind.moves_money() && kind.name != "correct")
}

/// The name of a kind that an address gives.
pub fn known_kind(name: &str) -> Option<&'static Kind> {
    kind(name).filter(|kind| listed_kinds().any(|listed| listed.name == kind.name))
}
