//! A bank's or a platform's statement to drafts: the statement, its lines, and what is matched
//! for certain, one batch that the fold takes whole or not at all.
//!
//! It goes on where the account's last statement ended: lines of a file that were posted before
//! are known by their serial and left out, so files may overlap. Matched is only what can't be
//! anything else: one line and one entry of the same day and amount.

use std::collections::HashMap;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::batch::post_batch;
use super::{ImportError, reference_of};
use crate::exchange::register::reference::row_ref;
use crate::exchange::rows::{Row, Weight};
use crate::exchange::statement::{Line, Statement};
use crate::ledger::account::AccountCode;
use crate::ledger::book::{self, BankBook, Book, Boxes, OpenItem, Pair, boxes};
use crate::ledger::draft::Draft;
use crate::ledger::entry::Actor;
use crate::ledger::event::Event;
use crate::ledger::format::grouped;
use crate::ledger::id::EstateCode;
use crate::ledger::json::{FormatError, ROWS_MAX, Value};
use crate::ledger::money::Money;
use crate::ledger::period::parse_date;
use crate::ledger::schema::NAME_MAX;
use crate::services::books::door::is_personal_text;
use crate::services::books::{Books, Posted};

/// Entries read at once when serials are looked up.
const CHUNK: u32 = 1_000;

/// Count and sum of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// How many.
    pub count: u64,
    /// Together, without sign.
    pub sum: Money,
}

/// What a statement would post.
#[derive(Debug)]
pub struct StatementPlan {
    /// The file, with what the books have to say of it.
    pub statement: Statement,
    /// The batch; empty where something is in the way or nothing is new.
    pub drafts: Vec<Draft>,
    /// First and last day of what is new.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// New lines in, and out.
    pub moved: [Side; 2],
    /// Lines that were posted with an earlier statement.
    pub known: u64,
    /// Bank lines matched to an entry, by serial.
    pub matched: Vec<Pair>,
    /// Left open up to the last day: in and out of the book alone, in and out of the bank alone.
    pub left: [Side; 4],
}

/// Plans what a statement would post to an account; posts nothing.
pub async fn plan(
    books: &Books,
    estate: EstateCode,
    account: AccountCode,
    statement: Statement,
    is_matching: bool,
) -> Result<StatementPlan, ImportError> {
    let book = books.book(estate).await?.ok_or(ImportError::UnknownEstate(estate))?;
    if !book.is_reconciled(account) {
        return Err(ImportError::NotABank(account));
    }
    let secret = books.store().primary().secret().await?;
    let last = book.bank_book(account).and_then(|bank| bank.last().cloned());
    let seen = match last {
        Some(_) => serials_of(books, estate, account).await?,
        None => HashMap::new(),
    };
    let mut plan = StatementPlan {
        statement,
        drafts: Vec::new(),
        period: None,
        moved: <[Side; 2]>::default(),
        known: 0,
        matched: Vec::new(),
        left: <[Side; 4]>::default(),
    };
    for row in &mut plan.statement.rows {
        row.read.serial = public_serial(&secret, &row.read.serial);
    }
    let mut planner = Planner { estate, account, book: &book, last, secret, today: books.today() };
    planner.tell_known(&mut plan, &seen);
    if !plan.statement.is_open() {
        planner.draw_up(&mut plan, is_matching)?;
    }
    Ok(plan)
}

/// Posts a plan as one batch; nothing where nothing is new.
pub async fn commit(
    books: &Books,
    plan: &StatementPlan,
    by: &Actor,
) -> Result<Vec<Posted>, ImportError> {
    if plan.drafts.is_empty() {
        return Ok(Vec::new());
    }
    post_batch(books, plan.drafts.clone(), by).await
}

/// A serial as the bytes may carry it: as it stands, or, where it is too long or could be a
/// person's number, sixteen letters by the instance's secret. The same serial gives the same.
pub(in crate::services) fn public_serial(secret: &[u8], serial: &str) -> String {
    let plain = serial.len() <= NAME_MAX && serial.bytes().all(|byte| byte.is_ascii_graphic());
    if serial.is_empty() || (plain && !is_personal_text(serial)) {
        return serial.to_owned();
    }
    let mut hash = Sha256::new();
    hash.update(secret);
    hash.update(b"serial");
    hash.update(serial.as_bytes());
    // Letters alone, so that it can't look like a number again.
    let nibbles =
        hash.finalize()[..8].iter().flat_map(|byte| [byte >> 4, byte & 15]).collect::<Vec<_>>();
    format!("~{}", nibbles.into_iter().map(|nibble| char::from(b'a' + nibble)).collect::<String>())
}

/// Every line of the account's statements so far, by serial.
async fn serials_of(
    books: &Books,
    estate: EstateCode,
    account: AccountCode,
) -> Result<HashMap<String, (NaiveDate, Money)>, ImportError> {
    let mut seen = HashMap::new();
    let mut from = 0;
    loop {
        let entries = books.entries_from(estate, from, CHUNK).await?;
        let Some(newest) = entries.last() else { return Ok(seen) };
        from = newest.posted.entry.seq + 1;
        for stored in entries {
            let event = &stored.posted.entry.event;
            let is_part = event.kind().name == "statement.lines";
            if !is_part || event.fields().account("account") != Some(account) {
                continue;
            }
            for row in event.fields().list("rows") {
                let cell = |at| row.cell(at).unwrap_or_default();
                let amount: Money = cell(3).parse().unwrap_or_default();
                let amount = if cell(2) == "out" { -amount } else { amount };
                if let Ok(day) = parse_date(cell(1)) {
                    seen.insert(cell(0).to_owned(), (day, amount));
                }
            }
        }
    }
}

struct Planner<'a> {
    estate: EstateCode,
    account: AccountCode,
    book: &'a Book,
    last: Option<book::Statement>,
    secret: Vec<u8>,
    today: NaiveDate,
}

impl Planner<'_> {
    /// Lines of days that a statement covers already must be its own.
    fn tell_known(&mut self, plan: &mut StatementPlan, seen: &HashMap<String, (NaiveDate, Money)>) {
        let Some(last) = &self.last else { return };
        for row in plan.statement.rows.iter_mut().filter(|row| row.skipped.is_none()) {
            let Some(day) = row.read.day else { continue };
            let stands = seen.get(&row.read.serial);
            if day <= last.to && stands == Some(&(day, row.read.amount)) {
                row.skipped = Some("known");
                plan.known += 1;
            } else if day <= last.to {
                let words = (
                    format!("账上的对账单到 {} 为止，里面没有这一行", last.to),
                    format!("The statement up to {} has no such line", last.to),
                );
                row.note(Weight::Refuse, ("day", "not_in_statement"), words);
            } else if stands.is_some() {
                let words = (
                    format!("流水号 {} 在以前的对账单里", row.read.serial),
                    format!("The serial {} is in an earlier statement", row.read.serial),
                );
                row.note(Weight::Refuse, ("serial", "serial_known"), words);
            }
        }
    }

    /// First day, last day and opening of what is new; nothing where all of it is known.
    fn begin(&self, plan: &mut StatementPlan) -> Option<(NaiveDate, NaiveDate, Money)> {
        let statement = &plan.statement;
        let days = statement.lines().filter_map(|row| row.read.day);
        let (first, newest) = (days.clone().next(), days.max());
        let known = statement.rows.iter().filter(|row| row.skipped == Some("known"));
        let known: Money = known.map(|row| row.read.amount).sum();
        let opening = statement.opening.unwrap_or_default() + known;
        let to = statement.to.or(newest);
        let Some(last) = &self.last else {
            return Some((statement.from.or(first)?, to?, opening));
        };
        let to = to.filter(|to| *to > last.to)?;
        let from = last.to.succ_opt()?;
        if let Some(stated) = statement.from.filter(|stated| *stated > from) {
            let words = (
                format!("上一份对账单到 {} 为止，这一份从 {stated} 开始，中间缺", last.to),
                format!("The last statement ends on {}, this one begins on {stated}", last.to),
            );
            plan.statement.note(Weight::Refuse, ("from", "gap"), words);
        } else if opening != last.closing {
            let (opening, closing) = (grouped(opening), grouped(last.closing));
            let words = (
                format!("期初 {opening}，上一份对账单的期末却是 {closing}"),
                format!("Opens with {opening}; the last statement closed with {closing}"),
            );
            plan.statement.note(Weight::Refuse, ("opening", "opening_differs"), words);
        }
        Some((from, to, opening))
    }

    fn draw_up(&self, plan: &mut StatementPlan, is_matching: bool) -> Result<(), ImportError> {
        let Some((from, to, opening)) = self.begin(plan) else { return Ok(()) };
        if to >= self.today {
            let words = (
                format!("对账单的最后一天 {to} 还没有过完；请用 --to 写明前一天或更早"),
                format!("The last day, {to}, isn't over; say an earlier one with --to"),
            );
            plan.statement.note(Weight::Refuse, ("to", "future"), words);
        }
        plan.period = Some((from, to));
        let fresh = plan.statement.lines().filter_map(|row| {
            let line = &row.read;
            Some((line.serial.clone(), OpenItem { day: line.day?, amount: line.amount }))
        });
        let fresh: Vec<(String, OpenItem)> = fresh.collect();
        plan.moved = sides(fresh.iter().map(|(_, item)| *item));
        if plan.statement.is_open() {
            return Ok(());
        }
        let mut ahead = self.book.bank_ahead(self.account, (from, opening), fresh.clone());
        if is_matching {
            plan.matched = ahead.certain_matches();
            ahead.take_matched(&plan.matched);
        }
        plan.left = left(&ahead, to);
        let moved: Money = fresh.iter().map(|(_, item)| item.amount).sum();
        let closing = opening + moved;
        let found = boxes(&ahead, to);
        self.reconcile(plan, to, closing, found);
        if plan.statement.is_open() {
            return Ok(());
        }
        let head = Head { from, to, opening, closing, count: fresh.len(), found };
        plan.drafts = self.drafts(&plan.statement.sha256, &head, &fresh, &plan.matched)?;
        Ok(())
    }

    /// Both sides must come to the same, or the fold refuses the statement.
    fn reconcile(&self, plan: &mut StatementPlan, to: NaiveDate, closing: Money, found: Boxes) {
        let book = self.book.balance_on(self.account, to);
        let bank_side = closing + found.book_in - found.book_out;
        let book_side = book + found.bank_in - found.bank_out;
        if bank_side != book_side {
            let (bank, book) = (grouped(bank_side), grouped(book_side));
            let words = (
                format!("调节后银行 {bank}，账面 {book}，不平；多半是期初或以前的账没有记全"),
                format!(
                    "Reconciled, the bank comes to {bank} and the book to {book}; most often \
                     the opening or something earlier isn't recorded"
                ),
            );
            plan.statement.note(Weight::Refuse, ("closing", "not_reconciled"), words);
        }
    }

    fn drafts(
        &self,
        file: &str,
        head: &Head,
        lines: &[(String, OpenItem)],
        matched: &[Pair],
    ) -> Result<Vec<Draft>, ImportError> {
        let found = head.found;
        let count = u64::try_from(head.count).unwrap_or_default();
        let keys = vec![
            ("account", Value::text(self.account)),
            ("bank_in", Value::text(found.bank_in)),
            ("bank_out", Value::text(found.bank_out)),
            ("book_in", Value::text(found.book_in)),
            ("book_out", Value::text(found.book_out)),
            ("closing", Value::text(head.closing)),
            ("count", Value::Integer(count)),
            ("file", Value::text(file)),
            ("from", Value::text(head.from)),
            ("opening", Value::text(head.opening)),
            ("to", Value::text(head.to)),
        ];
        let mut drafts = vec![self.draft("statement", keys, head, 0)?];
        for part in lines.chunks(ROWS_MAX) {
            let row = |(serial, item): &(String, OpenItem)| {
                Value::List([Value::text(serial)].into_iter().chain(item.cells()).collect())
            };
            let rows = Value::List(part.iter().map(row).collect());
            let keys = vec![("account", Value::text(self.account)), ("rows", rows)];
            drafts.push(self.draft("statement.lines", keys, head, drafts.len())?);
        }
        let groups: Vec<(u64, &Pair)> = (1..).zip(matched).collect();
        for part in groups.chunks(ROWS_MAX) {
            let row = |group: u64, name, item: OpenItem| {
                let named = [Value::Integer(group), name];
                Value::List(named.into_iter().chain(item.cells()).collect())
            };
            let bank = part.iter().map(|(no, pair)| row(*no, Value::text(&pair.serial), pair.item));
            let book = part.iter().map(|(no, pair)| row(*no, Value::Integer(pair.seq), pair.item));
            let keys = vec![
                ("account", Value::text(self.account)),
                ("bank", Value::List(bank.collect())),
                ("book", Value::List(book.collect())),
            ];
            drafts.push(self.draft("statement.match", keys, head, drafts.len())?);
        }
        Ok(drafts)
    }

    fn draft(
        &self,
        kind: &str,
        keys: Vec<(&'static str, Value)>,
        head: &Head,
        no: usize,
    ) -> Result<Draft, ImportError> {
        let format = |error: FormatError| ImportError::Format { row: 0, error };
        let event = Event::new(kind, keys).map_err(format)?;
        let cells = [head.from.to_string(), head.to.to_string(), no.to_string()];
        let sheet = self.account.to_string();
        let reference = row_ref(&self.secret, kind, &sheet, &cells, 1);
        Ok(Draft::new(self.estate, event, reference_of(&reference)?))
    }
}

/// What a statement says of itself.
struct Head {
    from: NaiveDate,
    to: NaiveDate,
    opening: Money,
    closing: Money,
    count: usize,
    found: Boxes,
}

/// In, and out.
fn sides(items: impl Iterator<Item = OpenItem>) -> [Side; 2] {
    let mut sides = <[Side; 2]>::default();
    for item in items {
        let out = item.amount.is_negative();
        let side = &mut sides[usize::from(out)];
        side.count += 1;
        side.sum = side.sum + if out { -item.amount } else { item.amount };
    }
    sides
}

fn left(bank: &BankBook, to: NaiveDate) -> [Side; 4] {
    let until = |item: &OpenItem| item.day <= to;
    let book = sides(bank.book_open.iter().map(|(_, item)| item).filter(until));
    let bank = sides(bank.bank_open.values().copied().filter(until));
    [book[0], book[1], bank[0], bank[1]]
}

/// A line, for whoever shows the plan: what its row says beside day and amount.
pub fn words_of(row: &Row<Line>) -> String {
    let texts = [&row.read.party, &row.read.remark];
    texts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" · ")
}
