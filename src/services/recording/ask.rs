//! What a form asks, field by field. Pages make inputs of it and the reader checks what was
//! typed by it, so that nothing is offered that isn't taken.

use super::Ground;
use super::accept::awaiting;
use super::places::of_role;
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};

/// A field: its name, its label, how it is filled in.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Its name, as forms and drafts have it.
    pub field: &'static str,
    /// Its label, a text `ask.…`.
    pub label: &'static str,
    /// True where a text `ask_hint.…` says what to type.
    pub hinted: bool,
    /// How it is filled in.
    pub wants: Wants,
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug)]
pub enum Wants {
    /// An amount in yuan.
    Amount,
    /// A line of text.
    Text,
    /// A day; today unless something else is typed.
    Today,
    /// A day, where one is typed.
    Day,
    /// A month.
    Month,
    /// A whole number or a share in percent.
    Number,
    /// One of what the book offers.
    One(fn(&Ground<'_>) -> Vec<Choice>),
    /// Any of what the book offers.
    Several(fn(&Ground<'_>) -> Vec<Choice>),
    /// Nothing: a heading over the fields that follow.
    Heading,
    /// Nothing: a page led here with it.
    Hidden,
}

/// Something that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What it is called.
    pub named: Named,
}

/// What a choice is called; pages say it in a language.
#[derive(Clone, Debug)]
pub enum Named {
    /// An account, by its name.
    Account(AccountCode),
    /// A word of the format.
    Word(&'static str),
    /// A word of the forms (`choice.…`).
    Own(&'static str),
    /// A month.
    Month(Month),
    /// Several months.
    Period(Period),
    /// What the book says itself.
    Said(String),
    /// A payment that awaits evidence: its number, how much is open.
    Claim(u64, Money),
    /// What is held, and how much.
    Held(String, Money),
    /// A sentence of the core's.
    Sentence(String, String),
}

impl Ask {
    /// A field with the label of its name.
    pub const fn new(field: &'static str, wants: Wants) -> Self {
        Self { field, label: field, hinted: false, wants }
    }

    /// With a label of its own.
    pub const fn called(self, label: &'static str) -> Self {
        Self { label, ..self }
    }

    /// With a hint.
    pub const fn hinted(self) -> Self {
        Self { hinted: true, ..self }
    }

    /// What can be chosen.
    pub fn choices(&self, ground: &Ground<'_>) -> Vec<Choice> {
        match self.wants {
            Wants::One(offer) | Wants::Several(offer) => offer(ground),
            _ => Vec::new(),
        }
    }
}

/// The names of fields, in order.
pub(super) const fn names<const N: usize>(asks: &[Ask]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = asks[at].field;
        at += 1;
    }
    names
}

/// The memo, as every form asks for it.
pub(super) const MEMO: Ask = Ask::new("memo", Wants::Text).hinted();
/// An amount.
pub(super) const AMOUNT: Ask = Ask::new("amount", Wants::Amount);
/// Why.
pub(super) const REASON: Ask = Ask::new("reason", Wants::Text).hinted();
/// A contract, where there is one.
pub(super) const CONTRACT: Ask = Ask::new("contract", Wants::One(contracts)).hinted();

/// A choice called by a word of the format.
pub(super) fn words(words: &[&'static str]) -> Vec<Choice> {
    words.iter().map(|word| of(*word, Named::Word(word))).collect()
}

/// A choice called by a word of the forms.
pub(super) fn own(words: &[&'static str]) -> Vec<Choice> {
    words.iter().map(|word| of(*word, Named::Own(word))).collect()
}

/// A choice.
#[expect(clippy::needless_pass_by_value, reason = "callers hand in numbers and references")]
pub(super) fn of(value: impl ToString, named: Named) -> Choice {
    Choice { value: value.to_string(), named }
}

/// Accounts as choices.
pub(super) fn accounts(codes: impl IntoIterator<Item = AccountCode>) -> Vec<Choice> {
    codes.into_iter().map(|code| of(code, Named::Account(code))).collect()
}

/// Accounts of some roles, of the shared revenue.
pub(super) fn roles(book: &Book, wanted: &[Role]) -> Vec<Choice> {
    accounts(wanted.iter().flat_map(|role| of_role(book, Fund::R, *role)))
}

/// Every contract, by number and place.
pub(super) fn contracts(ground: &Ground<'_>) -> Vec<Choice> {
    let contracts = ground.book.contracts().contracts.values();
    contracts.map(|c| of(&c.no, Named::Said(format!("{} · {}", c.no, c.site)))).collect()
}

/// Every decision, by number and matter.
pub(super) fn decisions(ground: &Ground<'_>) -> Vec<Choice> {
    let decisions = ground.book.decisions().iter();
    decisions.map(|(no, d)| of(no, Named::Said(format!("{no} · {}", d.matter)))).collect()
}

/// Clauses that haven't ended, by number and where they stand.
pub(super) fn clauses(ground: &Ground<'_>) -> Vec<Choice> {
    let today = ground.today;
    let clauses = ground.book.clauses().iter();
    let open = clauses.filter(|(_, clause)| clause.to.is_none_or(|to| today <= to));
    open.map(|(no, clause)| of(no, Named::Said(format!("{no} · {}", clause.cite)))).collect()
}

/// Payments that await evidence.
pub(super) fn claims(ground: &Ground<'_>) -> Vec<Choice> {
    awaiting(ground.book).map(|(seq, open)| of(seq, Named::Claim(seq, open))).collect()
}

/// What is held for others on accounts of a role, by item: what stands as `account|item`.
pub(super) fn items(book: &Book, fund: Fund, role: Role) -> Vec<Choice> {
    let accounts = of_role(book, fund, role);
    let held = book.fund(fund).items.iter();
    let held = held.filter(|((account, _), sum)| accounts.contains(account) && sum.is_negative());
    held.map(|((account, item), sum)| {
        of(format!("{account}|{item}"), Named::Held(item.clone(), -*sum))
    })
    .collect()
}
