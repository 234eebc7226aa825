//! One row of the sheet: its name first, then price, term, receipt, and what they say together.

use super::headings::Layout;
use super::judge;
use super::model::{Class, Field, Fix, Status, Trouble};
use super::reading::Row;
use super::said::{self, flag};
use super::{price, receipt, term};
use crate::exchange::answers::{Place, RowAnswer};
use crate::exchange::grammar::name::{self, Name, PartyKind};
use crate::exchange::grammar::note::{self, Remark};
use crate::exchange::grammar::text::{mended, normal, says_nothing};
use crate::exchange::grammar::words::{Doubt, is_organisation};
use crate::exchange::table::{Cell, Sheet, SheetRow};
use crate::ledger::account::AccountCode;
use crate::ledger::money::Money;
use crate::ledger::period::Month;

/// Columns whose figures would count twice if joined cells were read in each of their rows.
const FIGURES: [Field; 4] = [Field::Due, Field::Received, Field::Quantity, Field::Area];

/// What a row is read with.
pub struct Context<'a> {
    pub sheet: &'a Sheet,
    pub layout: &'a Layout,
    pub month: Option<Month>,
    pub answer: Option<&'a RowAnswer>,
    pub source: &'a SheetRow,
}

impl Context<'_> {
    /// A field's cell as it is seen, when the sheet has the column and something stands there.
    ///
    /// A figure counts once, in the row that holds it; words joined over rows hold for each.
    pub fn cell(&self, field: Field) -> Option<&Cell> {
        let column = self.layout.of(field).next()?;
        let cell = if FIGURES.contains(&field) {
            self.source.cells.get(column.at)?
        } else {
            self.sheet.seen(self.source, column.at)
        };
        Some(cell).filter(|cell| !cell.is_empty())
    }

    /// The cell's text without formula, where it says something.
    pub fn text(&self, field: Field) -> Option<String> {
        self.cell(field).map(Cell::text).filter(|text| !says_nothing(&normal(text)))
    }

    /// All columns of a field that may have several, joined.
    pub fn joined(&self, field: Field) -> String {
        let texts: Vec<String> = self
            .layout
            .of(field)
            .map(|column| self.sheet.seen(self.source, column.at).text())
            .filter(|text| !text.trim().is_empty())
            .collect();
        texts.join(" ")
    }

    /// One of the answer's values.
    pub fn answered<T>(&self, value: impl Fn(&RowAnswer) -> Option<T>) -> Option<T> {
        self.answer.and_then(value)
    }

    /// True where the row is to be taken as read.
    pub fn accepted(&self) -> bool {
        self.answer.is_some_and(|answer| answer.accept.is_some())
    }
}

/// A sum that a remark prints.
pub struct PrintedSum {
    pub amount: Money,
    pub years: Option<u32>,
    pub span: note::Span,
}

/// A row on its way, with what its neighbours need.
pub struct Draft {
    pub row: Row,
    pub sums: Vec<PrintedSum>,
}

impl Draft {
    /// A row that is no entry.
    pub fn plain(row: Row) -> Self {
        Self { row, sums: Vec::new() }
    }
}

impl Row {
    /// Says what was mended.
    pub fn fix(&mut self, field: Field, from: &str, to: impl Into<String>, why: &'static str) {
        self.fixes.push(Fix { field, from: from.to_owned(), to: to.into(), why });
    }

    /// Asks for a value.
    pub fn ask(&mut self, field: Field, key: &'static str, words: (&str, &str), choices: &[&str]) {
        self.questions.push(said::question(field, key, words.0, words.1, choices));
    }

    /// Asks whether a reading is right; nothing where that was said.
    pub fn confirm(&mut self, context: &Context<'_>, field: Field, zh: &str, en: &str) {
        if !context.accepted() {
            self.ask(field, "accept", (zh, en), &[]);
        }
    }

    /// Says what should be known.
    pub fn flag(&mut self, words: said::Words) {
        if !self.has_flag(words.0) {
            self.flags.push(said::flagged(words));
        }
    }

    /// Says what can't be.
    pub fn refuse(&mut self, trouble: Trouble) {
        self.errors.push(trouble);
    }
}

/// Reads a row that is no heading, title or sum.
pub fn read(context: &Context<'_>, cells: Vec<String>) -> Draft {
    let mut row = Row::new(context.source.number, Class::Lease, cells);
    let raw = context.joined(Field::Name);
    let name = named(context, &mut row, &raw);
    let remarks = note::read(&context.joined(Field::Note));
    let note = context.joined(Field::Note);
    row.read.note = (!note.is_empty()).then(|| normal(&note));
    row.read.number = context.text(Field::Number).map(|text| normal(&text));
    let sums = remarked(context, &mut row, &remarks);
    if row.class != Class::Sale {
        price::read(context, &mut row, &name);
    }
    term::read(context, &mut row, &remarks);
    receipt::read(context, &mut row);
    if row.class == Class::Sale {
        price::sale(&mut row, &name);
    }
    booked(context, &mut row, &name);
    judge::flags(context, &mut row, &remarks);
    confirm_formulas(context, &mut row);
    confirm_joined(context, &mut row);
    left_out(context, &mut row);
    Draft { row, sums }
}

fn named(context: &Context<'_>, row: &mut Row, raw: &str) -> Name {
    let kind = context.joined(Field::Kind);
    let mut name = name::read(raw);
    if let (Err(Doubt::Unsaid), false) = (name.account, kind.is_empty()) {
        // The kind of business tells the income only where the name doesn't; its words may be
        // anybody's, so they don't enter the site.
        name.account = name::read(&kind).account;
    }
    let text = normal(raw);
    if note::changes(&text) {
        row.confirm(
            context,
            Field::Name,
            "名称里说租约有变动：还要按这一行的租金入账吗？",
            "The name speaks of a change of the lease: does its rate still hold?",
        );
    }
    if text.is_empty() {
        row.ask(
            Field::Name,
            "skip",
            ("没有名称：这一行是什么？", "No name: what is this row?"),
            &[],
        );
    }
    if raw.trim() != raw || text.contains(' ') && context.layout.of(Field::Name).count() == 1 {
        row.fix(Field::Name, raw, text.replace(' ', ""), "blank");
    } else if let Some(why @ "full_width") = mended(raw) {
        row.fix(Field::Name, raw, text.clone(), why);
    }
    row.class = match name.account {
        _ if name.goods => Class::Sale,
        Err(Doubt::LateFee | Doubt::ServiceFee | Doubt::Energy | Doubt::Deposit) => Class::Other,
        _ => Class::Lease,
    };
    row.read.name = text;
    row.read.site.clone_from(&name.site);
    party(context, row, &name);
    name
}

fn party(context: &Context<'_>, row: &mut Row, name: &Name) {
    let column = context.text(Field::Party).map(|text| normal(&text));
    if let Some(party) = column {
        let organisation = is_organisation(&party) && !party.contains(' ');
        row.read.counterparty_kind =
            if organisation { PartyKind::Organisation } else { PartyKind::Unknown };
        row.read.counterparty = Some(party);
    } else if row.class == Class::Lease {
        row.read.counterparty.clone_from(&name.counterparty);
        row.read.counterparty_kind = name.kind;
    }
    if let Some(kind) = context.answered(|answer| answer.party) {
        row.read.counterparty_kind = kind;
    }
    let unknown = row.read.counterparty_kind == PartyKind::Unknown;
    if row.read.counterparty.is_some() && unknown {
        row.flag(flag::PARTY_UNKNOWN);
        let words =
            ("承租方是单位还是个人？不答按个人保密", "Organisation or person? Else kept private");
        let choices = ["organisation", "person"];
        let mut question = said::question(Field::Party, "party", words.0, words.1, &choices);
        question.required = false;
        row.questions.push(question);
    }
}

/// What the remark says, apart from the paper: rises, sums, who holds the money.
fn remarked(context: &Context<'_>, row: &mut Row, remarks: &[Remark]) -> Vec<PrintedSum> {
    let mut sums = Vec::new();
    for remark in remarks {
        match remark {
            Remark::Step(from, share) => {
                row.read.steps.push((*from, *share));
                row.flag(flag::STEP);
            }
            Remark::Sum { amount, years, span } => {
                sums.push(PrintedSum { amount: *amount, years: *years, span: *span });
            }
            Remark::Energy(rate) => {
                row.read.rates.push(*rate);
                row.flag(flag::ENERGY_BESIDE);
            }
            Remark::WithServiceFee => row.read.held_by_operator = true,
            Remark::Payers(_) => row.flag(flag::PAYERS_NOT_NAMED),
            Remark::Figures(text) => row.confirm(
                context,
                Field::Note,
                &format!("备注里有没读懂的数字：{text}"),
                &format!("The remark has figures that aren't understood: {text}"),
            ),
            Remark::Paper(_) | Remark::Words(_) => {}
        }
    }
    row.read.steps.sort_unstable();
    row.read.steps.dedup_by_key(|step| step.0);
    if row.read.steps.len() > 1 {
        // A second rise may be of the first rate or of the risen one.
        row.confirm(
            context,
            Field::Note,
            "有几次涨跌：每次都按最初的租金算吗？",
            "Several changes: is each one of the first rate?",
        );
    }
    sums
}

/// Where the income belongs and where the money lies.
fn booked(context: &Context<'_>, row: &mut Row, name: &Name) {
    let place = context.answered(|answer| answer.money);
    let answered = context.answered(|answer| answer.account);
    let service_fee = name.account == Err(Doubt::ServiceFee);
    row.read.account = match (answered, name.account) {
        (Some(account), _) | (None, Ok(account)) => Some(account),
        (None, Err(_)) if service_fee && place == Some(Place::Common) => held_for_others(),
        (None, Err(_)) => None,
    };
    if place == Some(Place::Operator) && !service_fee {
        row.read.held_by_operator = true;
    }
    let nothing = row.class != Class::Lease && row.read.received.is_none_or(Money::is_zero);
    let metered = row.read.rates.iter().any(|rate| !rate.amount.is_zero());
    if row.read.account.is_some() || (nothing && !metered && row.errors.is_empty()) {
        return;
    }
    if let Err(doubt) = name.account {
        let (zh, en) = doubt.question();
        if service_fee {
            let choices = ["common", "operator", "outside"];
            row.ask(Field::Money, "money", (zh, en), &choices);
        } else {
            row.ask(Field::Account, "account", (zh, en), doubt.choices());
        }
    }
}

fn held_for_others() -> Option<AccountCode> {
    "R.2242".parse().ok()
}

/// A formula's value was left behind by a program; nobody here has recomputed it.
fn confirm_formulas(context: &Context<'_>, row: &mut Row) {
    let read = [
        Field::Due,
        Field::Received,
        Field::Quantity,
        Field::Area,
        Field::Attribution,
        Field::Term,
        Field::Starts,
        Field::Ends,
    ];
    for field in read {
        let formula = context.cell(field).filter(|cell| matches!(cell, Cell::Formula(_)));
        if let Some(cell) = formula {
            let value = cell.text();
            row.confirm(
                context,
                field,
                &format!("这一格是公式，留下的值是 {value}：对吗？"),
                &format!("The cell is a formula that left {value}: is that right?"),
            );
        }
    }
}

/// A rate or amount joined over several rows may be for all of them together.
fn confirm_joined(context: &Context<'_>, row: &mut Row) {
    for field in FIGURES {
        let at = context.layout.of(field).next().map(|column| column.at);
        let joined = at.and_then(|at| context.sheet.joined(context.source.number, at));
        if let Some(merge) = joined {
            let rows = format!("{}–{}", merge.top, merge.bottom);
            row.confirm(
                context,
                field,
                &format!("第 {rows} 行合并成一格：是合起来的数吗？请用答复写明各行"),
                &format!("Rows {rows} are joined in one cell: is it for all? Answer for each row"),
            );
        }
    }
}

/// Rows that an answer takes out, and rows without anything to post.
fn left_out(context: &Context<'_>, row: &mut Row) {
    let outside = context.answered(|answer| answer.money) == Some(Place::Outside)
        || (context.answered(|answer| answer.money) == Some(Place::Operator)
            && row.questions.iter().any(|question| question.key == "money"));
    let skipped = context.answered(|answer| answer.skip.clone());
    let priced = row.class == Class::Lease && context.text(Field::Due).is_some();
    let zero = !priced && row.read.received.is_some_and(Money::is_zero) && row.errors.is_empty();
    if outside || skipped.is_some() || zero {
        row.questions.clear();
        row.errors.clear();
        row.status = Status::Skipped;
        if let Some(reason) = skipped {
            row.fix(Field::Row, "", reason, "answer");
        } else if outside {
            row.fix(Field::Row, "", "outside", "answer");
        }
    } else {
        row.status = Status::Read;
    }
}
