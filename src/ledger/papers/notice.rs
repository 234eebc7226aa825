//! 公示表: a period as it is put up for the owners (Civil Code 943). Opening, every income with its
//! contract and authority, every cost and use with its voucher and what it rests on, closing, what
//! contracts owe, where the money lies, what the bank says.
//!
//! What was recorded and put right within the period is one row with the right amount; a row that
//! was put right later says so and keeps the amount of its period.

use std::collections::BTreeMap;

use super::contracts::{dues_of, party};
use super::{Asked, Cell, Paper, Rank, Row, Sources, balance, daybook, income, standing};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::chart::Role;
use crate::ledger::entry::{Entry, Line, PostedEntry};
use crate::ledger::event::{Fields, Party};
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};
use crate::ledger::statements::role;
use crate::ledger::vouchers::Cause;

/// Its columns.
const COLUMNS: &[&str] = &[
    "item",
    "what",
    "counterparty",
    "contract",
    "basis",
    "attributed",
    "due",
    "amount",
    "gap",
    "voucher",
    "mark",
];
/// Where the amount stands.
const AMOUNT_AT: usize = 7;

/// What lines of an entry and of its corrections in the period are summed by: account, part,
/// contract, attribution.
type Key = (AccountCode, Option<String>, Option<String>, Option<Period>);

/// An entry with its corrections of the same period.
struct Group<'e> {
    entry: &'e Entry,
    sums: BTreeMap<Key, Money>,
    /// Where it concerns months before the period.
    cause: Option<Cause>,
}

/// The notice of a period.
pub fn notice(from: Sources<'_>, asked: &Asked) -> Paper {
    let Asked { fund, period, .. } = *asked;
    let groups = groups(&from, fund, period);
    let owners = standing::owners(from.book, fund, period);
    let sum = |of: &dyn Fn(&standing::Owners) -> Money| owners.iter().map(of).sum::<Money>();
    let mut rows = vec![result("owners_opening", sum(&|of| of.opening))];
    let earned = section(&from, &groups, "income", true, &standing::is_income, &mut rows);
    let mut spent = Money::ZERO;
    if fund == Fund::R {
        spent = section(&from, &groups, "cost", false, &Role::is_cost, &mut rows);
        rows.push(result("net", earned - spent));
    }
    let title = if fund == Fund::R { "uses" } else { "paid" };
    let used = section(&from, &groups, title, false, &standing::is_use, &mut rows);
    rows.push(result("balance", earned - spent - used));
    let (years, confirmed) = income::adjusted(from.book, from.vouchers, fund, period);
    for (name, amount) in [("earlier_years", years), ("confirmed", confirmed)] {
        if !amount.is_zero() {
            rows.push(result(name, amount));
        }
    }
    rows.push(result("owners_closing", sum(&|of| of.closing)));
    if fund == Fund::R {
        dues(&from, asked, &mut rows);
    }
    held(&from, asked, &mut rows);
    bank(&from, asked, &mut rows);
    Paper { columns: COLUMNS, rows, total: None }
}

/// The figures of a notice that have a name of their own: sums and what they come to.
pub(super) fn figures(paper: &Paper) -> Vec<(&'static str, Money)> {
    let named =
        paper.rows.iter().filter_map(|row| match (row.cells.first()?, row.cells.get(AMOUNT_AT)?) {
            (Cell::Section(name), Cell::Money(amount)) => Some((*name, *amount)),
            _ => None,
        });
    named.collect()
}

/// A row that has a name and an amount.
fn named(rank: Rank, item: Cell, amount: Money) -> Row {
    let mut cells = vec![Cell::Empty; COLUMNS.len()];
    cells[0] = item;
    cells[AMOUNT_AT] = Cell::Money(amount);
    Row::of(rank, cells)
}

fn result(name: &'static str, amount: Money) -> Row {
    named(Rank::Result, Cell::Section(name), amount)
}

/// Entries of the period by what they record: each with its corrections.
fn groups<'e>(from: &Sources<'e>, fund: Fund, period: Period) -> Vec<Group<'e>> {
    let mut groups: Vec<Group<'e>> = Vec::new();
    let mut at: BTreeMap<u64, usize> = BTreeMap::new();
    for PostedEntry { entry, .. } in from.entries {
        let is_closing = entry.event.kind().name == "close";
        if is_closing || from.vouchers.is_opening(entry.seq) {
            continue;
        }
        let corrected = from.vouchers.corrected(entry.seq);
        let root = corrected.map_or(entry.seq, |corrected| corrected.root);
        let nth = *at.entry(root).or_insert_with(|| {
            let recorded = from.vouchers.date(root).map(Month::of);
            let cause = match corrected {
                Some(_) if recorded < Some(period.from) => Some(Cause::Correction),
                None if Month::of(entry.occurred_on()) < period.from => Some(Cause::Late),
                _ => None,
            };
            groups.push(Group { entry, sums: BTreeMap::new(), cause });
            groups.len() - 1
        });
        add_lines(from, entry, fund, root, &mut groups[nth].sums);
    }
    groups
}

/// Adds an entry's lines, with the contract and period that they count for now.
fn add_lines(
    from: &Sources<'_>,
    entry: &Entry,
    fund: Fund,
    root: u64,
    sums: &mut BTreeMap<Key, Money>,
) {
    let mirror = from.vouchers.corrected(entry.seq).map_or(0, |corrected| corrected.mirror);
    let stands = from.book.corrections().get(&root).filter(|live| live.version == entry.seq);
    let of_fund = |(_, line): &(usize, &Line)| line.account.fund() == fund;
    for (at, line) in entry.lines.iter().enumerate().filter(of_fund) {
        let now = at.checked_sub(mirror).and_then(|at| stands?.effective(at));
        let line = now.as_ref().unwrap_or(line);
        let key = (line.account, line.part.clone(), line.contract.clone(), line.period);
        let sum = sums.entry(key).or_default();
        *sum = *sum + line.signed();
    }
}

/// A section with its rows: those of the period, then those that concern earlier months.
fn section(
    from: &Sources<'_>,
    groups: &[Group<'_>],
    name: &'static str,
    is_credit: bool,
    roles: &dyn Fn(Role) -> bool,
    out: &mut Vec<Row>,
) -> Money {
    let mut blocks = Vec::new();
    let mut total = Money::ZERO;
    for cause in [None, Some(Cause::Correction), Some(Cause::Late)] {
        let mut rows = Vec::new();
        let mut sum = Money::ZERO;
        for group in groups.iter().filter(|group| group.cause == cause) {
            let of_section = group.sums.iter().filter(|((account, ..), amount)| {
                roles(role(from.book, *account)) && !amount.is_zero()
            });
            for (key, signed) in of_section {
                let amount = if is_credit { -*signed } else { *signed };
                sum = sum + amount;
                rows.push(line(from, group.entry, key, amount));
            }
        }
        total = total + sum;
        blocks.push((cause, sum, rows));
    }
    out.push(named(Rank::Section, Cell::Section(name), total));
    for (cause, sum, rows) in blocks {
        let heading = match cause {
            Some(Cause::Correction) => Some("earlier"),
            Some(_) => Some("late"),
            None => None,
        };
        if let Some(heading) = heading.filter(|_| !rows.is_empty()) {
            out.push(named(Rank::Heading, Cell::Word(heading), sum));
        }
        out.extend(rows);
    }
    total
}

fn line(from: &Sources<'_>, entry: &Entry, key: &Key, amount: Money) -> Row {
    let (account, part, contract, attributed) = key;
    let fields = entry.event.fields();
    let of_event = || fields.text("contract").map(str::to_owned);
    let no = contract.clone().or_else(of_event);
    let known = no.as_ref().and_then(|no| from.book.contracts().contracts.get(no));
    let site = known.map(|contract| contract.site.clone());
    let said = entry.memo.clone().or(site).or_else(|| fields.text("reason").map(str::to_owned));
    let kind = Cell::Kind(entry.event.kind());
    let what = match (part, said) {
        (None, None) => kind,
        (part, said) => {
            let both = part.iter().cloned().chain(said).collect::<Vec<_>>();
            Cell::Text(both.join(" "))
        }
    };
    let named = ["party", "payee"].into_iter().find_map(|key| fields.object(key));
    let named = named.and_then(Party::from_fields).map(Cell::Party);
    let basis = known.map(|contract| Cell::Authority(contract.authority.clone()));
    Row::line(vec![
        Cell::Account(*account),
        what,
        named.or_else(|| known.map(|contract| party(contract))).unwrap_or(Cell::Empty),
        no.map_or(Cell::Empty, Cell::Contract),
        rests_on(fields).or(basis).unwrap_or(Cell::Empty),
        attributed.map_or(Cell::Empty, Cell::Period),
        Cell::Empty,
        Cell::Money(amount),
        Cell::Empty,
        daybook::voucher(from.vouchers, account.fund(), entry),
        daybook::mark(from.vouchers, entry),
    ])
}

/// What a cost or a use rests on: a decision, a clause, evidence.
fn rests_on(fields: Fields<'_>) -> Option<Cell> {
    if let Some(no) = fields.text("decision") {
        return Some(Cell::Decision(no.to_owned()));
    }
    if let Some(no) = fields.text("clause") {
        return Some(Cell::Clause(no.to_owned()));
    }
    let papers = fields.list("evidence").iter().filter_map(|paper| {
        let paper = paper.as_fields()?;
        Some(format!("{} {}", paper.text("issuer")?, paper.text("no")?))
    });
    let papers: Vec<String> = papers.collect();
    (!papers.is_empty()).then(|| Cell::Text(papers.join("；")))
}

/// What contracts owe for the months of the period, paid or not.
fn dues(from: &Sources<'_>, asked: &Asked, out: &mut Vec<Row>) {
    let (mut lines, mut sums) = (Vec::new(), [Money::ZERO; 3]);
    for contract in from.book.contracts().contracts.values() {
        let (months, of) = dues_of(from.book, contract, asked.period, asked.today);
        if months.is_empty() {
            continue;
        }
        let figures = [of.due, of.received, of.gap];
        sums.iter_mut().zip(figures).for_each(|(sum, of)| *sum = *sum + of);
        let known = |amount| {
            if contract.has_due() { Cell::Money(amount) } else { Cell::Word("due_unknown") }
        };
        lines.push(Row::line(vec![
            contract.account().map_or(Cell::Word("contract"), Cell::Account),
            Cell::Text(contract.site.clone()),
            party(contract),
            Cell::Contract(contract.no.clone()),
            Cell::Authority(contract.authority.clone()),
            Cell::Period(asked.period),
            known(of.due),
            Cell::Money(of.received),
            known(of.gap),
            Cell::Empty,
            Cell::Empty,
        ]));
    }
    if lines.is_empty() {
        return;
    }
    let mut head = named(Rank::Section, Cell::Section("dues"), sums[1]);
    (head.cells[AMOUNT_AT - 1], head.cells[AMOUNT_AT + 1]) =
        (Cell::Money(sums[0]), Cell::Money(sums[2]));
    out.push(head);
    out.extend(lines);
}

/// Where the owners' money lies: in the accounts and owed, less what belongs to others.
fn held(from: &Sources<'_>, asked: &Asked, out: &mut Vec<Row>) {
    let table = balance::balance(from.book, asked.fund, asked.period);
    let (mut section, mut lines, mut sum) = ("", Vec::new(), Money::ZERO);
    for Row { rank, cells } in table.rows {
        let [item, _, Cell::Money(closing)] = &cells[..] else { continue };
        if let (Rank::Section, Cell::Section(name)) = (rank, item) {
            section = *name;
        }
        let amount = match section {
            "assets" => *closing,
            "others" | "unproven_opening" => -*closing,
            _ => Money::ZERO,
        };
        if rank == Rank::Line && !amount.is_zero() {
            sum = sum + amount;
            lines.push(named(Rank::Line, item.clone(), amount));
        }
    }
    out.push(named(Rank::Section, Cell::Section("held"), sum));
    out.extend(lines);
}

/// The last reconciliation of each bank account: the bank's balance, what is on its way, the
/// book's.
fn bank(from: &Sources<'_>, asked: &Asked, out: &mut Vec<Row>) {
    let table = standing::bank(from.book, asked.fund, asked.period.last_day());
    for row in table.rows {
        let [account, day, figures @ ..] = &row.cells[..] else { continue };
        let mut head = vec![Cell::Empty; COLUMNS.len()];
        (head[0], head[1], head[5]) = (Cell::Section("bank"), account.clone(), day.clone());
        out.push(Row::of(Rank::Heading, head));
        for (name, figure) in table.columns.iter().skip(2).zip(figures) {
            let mut cells = vec![Cell::Empty; COLUMNS.len()];
            (cells[0], cells[AMOUNT_AT]) = (Cell::Word(name), figure.clone());
            out.push(Row::line(cells));
        }
    }
}
