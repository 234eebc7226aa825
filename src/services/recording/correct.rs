//! An entry says something that isn't so. What was wrong is asked in words; the mirror of what
//! stands is the book's, the right lines are those that stand with what is said now.

use super::cost::{PAPERS, paper};
use super::form::{Group, Sheet};
use super::places::of_role;
use super::{Ground, Made, Reader, Rule};
use crate::ledger::account::AccountCode;
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, PostedEntry, Side};
use crate::ledger::event::Event;
use crate::ledger::json::Value;
use crate::ledger::money::Money;
use crate::ledger::statements::{is_money, role};

/// What was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// How much it was.
    Amount,
    /// What it was for.
    Account,
    /// Which contract.
    Contract,
    /// Which months.
    Months,
    /// Where the money was.
    Place,
    /// It was recorded twice, or never happened.
    Never,
}

/// Lines of an entry that can be asked about one by one.
const LINES_ASKED: usize = 8;
/// The fields for amounts, a line each; where there are two lines the first is for both.
pub const AMOUNTS: [&str; LINES_ASKED] =
    ["amount", "amount_2", "amount_3", "amount_4", "amount_5", "amount_6", "amount_7", "amount_8"];
/// The fields for accounts, a line each.
pub const ACCOUNTS: [&str; LINES_ASKED] = [
    "account",
    "account_2",
    "account_3",
    "account_4",
    "account_5",
    "account_6",
    "account_7",
    "account_8",
];

impl What {
    /// Each of them.
    pub const ALL: [Self; 6] =
        [Self::Amount, Self::Account, Self::Contract, Self::Months, Self::Place, Self::Never];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Account => "account",
            Self::Contract => "contract",
            Self::Months => "months",
            Self::Place => "place",
            Self::Never => "never",
        }
    }

    /// The one with a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.word() == word)
    }
}

pub(super) const SHEET: Sheet = Sheet {
    word: "correct",
    group: Group::Mend,
    fields: &[
        "seq",
        "what",
        "amount",
        "amount_2",
        "amount_3",
        "amount_4",
        "amount_5",
        "amount_6",
        "amount_7",
        "amount_8",
        "account",
        "account_2",
        "account_3",
        "account_4",
        "account_5",
        "account_6",
        "account_7",
        "account_8",
        "contract",
        "from",
        "to",
        "paper",
        "paper_no",
        "paper_amount",
        "issuer",
        "reason",
    ],
    asks: &[],
    read,
};

/// A line of the entry that is asked about: its place, its field, what stands, which accounts
/// can stand there.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its place among the lines that stand.
    pub at: usize,
    /// The field for it.
    pub field: &'static str,
    /// As it counts now.
    pub line: Line,
    /// Accounts that it can be on.
    pub offered: Vec<AccountCode>,
}

/// The lines that are asked about one by one, where something of that sort was wrong; none where
/// the entry can't have that wrong.
pub fn asked_lines(ground: &Ground<'_>, what: What) -> Vec<Asked> {
    let Some(named) = ground.named else { return Vec::new() };
    let Some((_, counts)) = ground.book.correctable(named) else { return Vec::new() };
    let count = counts.len();
    let lines = counts.into_iter().take(LINES_ASKED).enumerate();
    let on_money = |line: &Line| is_money(role(ground.book, line.account));
    let asked = lines.filter(|(at, line)| match what {
        What::Amount => count != 2 || *at == 0,
        What::Account => !on_money(line),
        What::Place => on_money(line),
        What::Contract | What::Months => earns(ground.book, line),
        What::Never => false,
    });
    let fields = if what == What::Amount { AMOUNTS } else { ACCOUNTS };
    let asked = asked.zip(fields).map(|((at, line), field)| {
        let offered = offered(ground.book, named, &line);
        Asked { at, field, line, offered }
    });
    asked.collect()
}

/// Accounts that a line can be on instead: those that its kind allows on its side, money for
/// money and purpose for purpose.
fn offered(book: &Book, named: &PostedEntry, line: &Line) -> Vec<AccountCode> {
    let fund = line.account.fund();
    let Some(sides) = named.entry.event.kind().lines.sides(fund) else { return Vec::new() };
    let allowed = if line.side == Side::Debit { sides.debit } else { sides.credit };
    let money = is_money(role(book, line.account));
    let alike = allowed.iter().filter(|role| is_money(**role) == money);
    alike.flat_map(|role| of_role(book, fund, *role)).collect()
}

/// True for a line that a contract and months can stand at.
fn earns(book: &Book, line: &Line) -> bool {
    matches!(role(book, line.account), Role::Income | Role::PassThrough | Role::Deposit)
}

fn read(reader: &mut Reader<'_>) -> Option<Made> {
    let correctable = reader.named.and_then(|named| reader.book.correctable(named));
    let correctable = correctable.filter(|(stood, _)| !stood.is_empty());
    let correctable = reader.wants(correctable, Rule::NoEntry, "seq");
    let what = What::of(reader.typed.value("what"));
    let what = reader.wants(what, Rule::Choice, "what");
    let reason = reader.needed("reason", Rule::Needed);
    let paper = match PAPERS.into_iter().find(|word| *word == reader.typed.value("paper")) {
        None | Some("none") => Some(None),
        Some(kind) => {
            let issuer = issuer(reader.named?);
            paper(reader, kind, None, issuer.as_deref()).map(Some)
        }
    };
    let ((stood, counts), what, named) = (correctable?, what?, reader.named?);
    let right = right(reader, what, &counts)?;
    let same = right == counts && paper.as_ref().is_some_and(Option::is_none);
    reader.wants((!same).then_some(()), Rule::Unchanged, first_field(what))?;
    let (reason, paper) = (reason?, paper?);
    let mut keys = vec![
        ("of", Value::text(named.hash)),
        ("reason", Value::text(reason)),
        ("seq", Value::Integer(named.entry.seq)),
    ];
    keys.extend(paper.map(|paper| ("evidence", Value::List(vec![paper]))));
    let lines = stood.iter().map(Line::mirror).chain(right).collect();
    let made = reader.record(Event::new("correct", keys), lines, reader.today);
    let moved = Some(named.entry.occurred_on());
    Some(made.map(|mut made| {
        for record in &mut made {
            record.moved = moved;
        }
        made
    }))
}

fn first_field(what: What) -> &'static str {
    match what {
        What::Amount => AMOUNTS[0],
        What::Account | What::Place => ACCOUNTS[0],
        What::Contract => "contract",
        What::Months => "from",
        What::Never => "reason",
    }
}

/// Who made out the paper that the entry shows.
fn issuer(named: &PostedEntry) -> Option<String> {
    let papers = named.entry.event.fields().list("evidence");
    papers.first()?.as_fields()?.text("issuer").map(str::to_owned)
}

/// The lines as they are right.
fn right(reader: &mut Reader<'_>, what: What, counts: &[Line]) -> Option<Vec<Line>> {
    let ground = reader.ground;
    let asked = asked_lines(&ground, what);
    let field = first_field(what);
    if what != What::Never {
        reader.wants(asked.first(), Rule::NoEntry, field)?;
    }
    let mut right = counts.to_vec();
    match what {
        What::Never => right.clear(),
        What::Amount => {
            for one in &asked {
                right[one.at].amount = reader.amount(one.field)?;
            }
            if let ([first, second], [_]) = (right.as_mut_slice(), asked.as_slice()) {
                second.amount = first.amount;
            }
            let side = |side| -> Money {
                right.iter().filter(|line| line.side == side).map(|line| line.amount).sum()
            };
            let (debit, credit) = (side(Side::Debit), side(Side::Credit));
            let balanced = (debit == credit).then_some(());
            reader.wants(balanced, Rule::Sums(debit, credit), field)?;
        }
        What::Account | What::Place => {
            for one in &asked {
                right[one.at].account = reader.account(one.field, &one.offered)?;
            }
        }
        What::Contract => {
            let no = reader.typed.value("contract");
            let known = reader.book.contracts().contracts.contains_key(no);
            let no = reader.wants(known.then(|| no.to_owned()), Rule::Contract, "contract")?;
            for one in &asked {
                let line = &mut right[one.at];
                if line.item.is_some() && line.item == line.contract {
                    line.item = Some(no.clone());
                }
                line.contract = Some(no.clone());
            }
        }
        What::Months => {
            let period = reader.months("from", "to");
            let period = reader.wants(period, Rule::Month, "from")?;
            for one in &asked {
                right[one.at].period = Some(period);
            }
        }
    }
    Some(right)
}
