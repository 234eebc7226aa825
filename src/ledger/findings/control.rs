//! Findings of control: what a bank did by itself, statements and what they leave open, papers
//! shown twice, amounts split under a limit, fees over their ceiling, questions without reply,
//! notices that are missing.

use chrono::{Days, Months, NaiveDate};

use super::{CITE_PUBLISH, Finding, Grade, of_book};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::{BankBook, Book};
use crate::ledger::chart::Role;
use crate::ledger::format::grouped;
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};
use crate::ledger::statements::role;

const CITE_BOOKS: &str = "会计法第十七条";
const CITE_VOUCHERS: &str = "会计法第十四条";
const CITE_ANSWERS: &str = "民法典第二百八十五条";

/// Months without a statement after which it is asked for, when the rules name none.
const STATEMENT_MONTHS: u32 = 2;
/// Days after which a question without reply is a finding, when the rules name none.
const REPLY_DAYS: u32 = 15;
/// Months after its end in which a period is published, when the rules name none.
const PUBLICATION_DUE_MONTHS: u32 = 1;
/// Periods looked back on for their notice.
const PERIODS_BACK: i32 = 4;

/// Statements of accounts that banks keep, and what they leave open.
pub(super) fn of_banks(book: &Book, as_of: NaiveDate) -> Vec<Finding> {
    let mut found = Vec::new();
    for account in Fund::ALL.iter().flat_map(|fund| book.fund(*fund).accounts.keys().copied()) {
        let bank = book.bank_book(account);
        found.extend(bank.into_iter().flat_map(|bank| left_open(account, bank)));
        if role(book, account) == Role::Bank {
            found.extend(without_statement(book, account, bank, as_of));
        }
    }
    found
}

/// Lines of one side that waited out a whole statement.
fn left_open(account: AccountCode, bank: &BankBook) -> Vec<Finding> {
    let Some(last) = bank.last() else { return Vec::new() };
    let of_bank: Vec<_> = bank.bank_open.values().filter(|item| item.day < last.from).collect();
    let of_book: Vec<_> = bank.book_open.iter().filter(|(_, item)| item.day < last.from).collect();
    let size = |amounts: &mut dyn Iterator<Item = Money>| -> Money {
        amounts.map(|amount| if amount.is_negative() { -amount } else { amount }).sum()
    };
    let bank_sum = size(&mut of_bank.iter().map(|item| item.amount));
    let book_sum = size(&mut of_book.iter().map(|(_, item)| item.amount));
    let finding = |code, count: usize, sum: Money, of, zh: String, en: String| Finding {
        of,
        figures: vec![("entries", count.to_string()), ("amount", sum.to_string())],
        zh,
        en,
        ..of_book_item(code, account)
    };
    let mut found = Vec::new();
    let day = last.from;
    if !of_bank.is_empty() {
        let (count, sum) = (of_bank.len(), grouped(bank_sum));
        found.push(finding(
            "bank_unmatched",
            count,
            bank_sum,
            Vec::new(),
            format!("{account} 有 {count} 笔 {day} 以前的银行流水账上没有，共 {sum} 元"),
            format!("{account}: {count} bank lines before {day} are in no entry, {sum} yuan"),
        ));
    }
    if !of_book.is_empty() {
        let (count, sum) = (of_book.len(), grouped(book_sum));
        let entries = of_book.iter().map(|(seq, _)| *seq).collect();
        found.push(finding(
            "book_unmatched",
            count,
            book_sum,
            entries,
            format!("{account} 有 {count} 笔 {day} 以前的账银行没有，共 {sum} 元"),
            format!("{account}: the bank has no line for {count} entries before {day}, {sum} yuan"),
        ));
    }
    found
}

fn of_book_item(code: &'static str, account: AccountCode) -> Finding {
    of_book(code, Grade::Fact, account.to_string(), CITE_BOOKS)
}

/// No statement for longer than the rules allow; a hint where there never was one.
fn without_statement(
    book: &Book,
    account: AccountCode,
    bank: Option<&BankBook>,
    as_of: NaiveDate,
) -> Option<Finding> {
    let allowed = book.rules().and_then(|rules| rules.number("statement_months", as_of));
    let allowed = allowed.unwrap_or(STATEMENT_MONTHS);
    let is_open = book.profile().bank(account).is_some_and(|bank| bank.open);
    let last = bank.and_then(|bank| bank.last()).map(|last| last.to);
    let since = last.unwrap_or(book.profile().since.pred_opt()?);
    let asked = since.checked_add_months(Months::new(allowed + 1))?;
    if !is_open || as_of <= asked {
        return None;
    }
    let grade = if last.is_some() { Grade::Fact } else { Grade::Hint };
    let months = Month::of(since).until(Month::of(as_of));
    Some(Finding {
        figures: vec![("last", since.to_string()), ("months", months.to_string())],
        zh: format!("{account} 在 {since} 以后没有对账单，已 {months} 个月"),
        en: format!("{account}: no statement after {since}, for {months} months"),
        rule: Some("statement_months"),
        grade,
        ..of_book_item("statement_missing", account)
    })
}

/// Papers that prove a cost and stand in two entries.
pub(super) fn of_papers(book: &Book) -> Vec<Finding> {
    let twice = book.watch().twice.iter().map(|paper| {
        let (issuer, no) = (&paper.issuer, &paper.no);
        Finding {
            of: vec![paper.first, paper.seq],
            figures: vec![("amount", paper.amount.to_string())],
            zh: format!("{issuer} 的凭证 {no} 用了两次"),
            en: format!("The paper {no} of {issuer} is shown twice"),
            ..of_book("paper_twice", Grade::Fact, paper.seq.to_string(), CITE_VOUCHERS)
        }
    });
    twice.collect()
}

/// Payments of one day to one payee, each just under a limit and together over it.
pub(super) fn of_split(book: &Book) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for (day, payee, limit, near) in book.watch().groups() {
        let sum: Money = near.iter().map(|near| near.amount).sum();
        if near.len() < 2 || sum < limit {
            continue;
        }
        let (count, amount) = (near.len(), grouped(sum));
        let of: Vec<u64> = near.iter().map(|near| near.seq).collect();
        let subject = of.first().map(u64::to_string).unwrap_or_default();
        found.push(Finding {
            of,
            figures: vec![("amount", sum.to_string()), ("limit", limit.to_string())],
            zh: format!("{day} 分 {count} 笔付给 {payee} 共 {amount} 元，每笔都略低于 {limit} 元"),
            en: format!(
                "{amount} yuan paid to {payee} on {day} in {count}, each just under {limit}"
            ),
            rule: Some(near[0].rule()),
            ..of_book("split_under_limit", Grade::Doubt, subject, CITE_BOOKS)
        });
    }
    found
}

/// Fees that stand above their clause's ceiling, since what they are reckoned from has shrunk.
pub(super) fn of_fees(book: &Book) -> Vec<Finding> {
    let mut found = Vec::new();
    for (no, clause) in book.clauses() {
        for (part, charged) in &clause.charged {
            let base = book.clause_base(clause, part.as_deref());
            let Some(most) = clause.ceiling(base).filter(|most| charged > most) else { continue };
            let whose = part.as_deref().unwrap_or("");
            let (charged_is, most_is) = (grouped(*charged), grouped(most));
            found.push(Finding {
                of: vec![clause.seq],
                figures: vec![("amount", charged.to_string()), ("limit", most.to_string())],
                zh: format!("条款 {no}{whose} 已收 {charged_is} 元，最多可收 {most_is} 元"),
                en: format!("Clause {no} {whose}: {charged_is} yuan charged, at most {most_is}"),
                ..of_book("fee_over_ceiling", Grade::Fact, no.clone(), "服务合同条款")
            });
        }
    }
    found
}

/// What a bank did by itself, and questions, until somebody answers.
pub(super) fn of_said(book: &Book, as_of: NaiveDate) -> Vec<Finding> {
    let said = book.said();
    let days = book.rules().and_then(|rules| rules.number("reply_days", as_of));
    let days = days.unwrap_or(REPLY_DAYS);
    let mut found = Vec::new();
    for seq in &said.bank_facts {
        let finding = Finding {
            of: vec![*seq],
            zh: format!("第 {seq} 笔是银行自行处理的，待说明"),
            en: format!("Entry {seq} is what the bank did by itself; nobody explained it yet"),
            ..of_book("bank_fact", Grade::Doubt, seq.to_string(), CITE_BOOKS)
        };
        if !said.replies.contains_key(&finding.id()) {
            found.push(finding);
        }
    }
    for (no, question) in said.questions.iter().filter(|(_, question)| question.reply.is_none()) {
        let due = question.day.checked_add_days(Days::new(days.into()));
        if due.is_none_or(|due| due >= as_of) {
            continue;
        }
        let waited = (as_of - question.day).num_days();
        found.push(Finding {
            of: vec![question.seq],
            figures: vec![("day", question.day.to_string()), ("days", waited.to_string())],
            zh: format!("质询 {no} 提出 {waited} 天没有答复"),
            en: format!("The question {no} has had no reply for {waited} days"),
            rule: Some("reply_days"),
            ..of_book("unanswered", Grade::Fact, no.clone(), CITE_ANSWERS)
        });
    }
    found
}

/// Periods in which money moved, whose notice is due and not recorded.
pub(super) fn of_publications(book: &Book, as_of: NaiveDate) -> Option<Finding> {
    let rules = book.rules()?;
    let length = match rules.param("publication_period", as_of)?.value.as_str() {
        "month" => 1,
        "quarter" => 3,
        "year" => 12,
        _ => return None,
    };
    let due = rules.number("publication_due_months", as_of).unwrap_or(PUBLICATION_DUE_MONTHS);
    let now = Month::of(as_of);
    let month = i32::try_from(now.month()).ok()?;
    let this = now.plus(-((month - 1) % length));
    let noticed: Vec<Period> =
        book.said().publications.keys().filter_map(|period| period.parse().ok()).collect();
    let moved = |period: Period| {
        let months = || period.months().filter_map(|month| book.fund(Fund::R).months.get(&month));
        months().any(|sums| !sums.accounts.is_empty())
    };
    let missing = (1..=PERIODS_BACK).filter_map(|back| {
        let from = this.plus(-back * length);
        let period = Period::new(from, from.plus(length - 1))?;
        let late = period.last_day().checked_add_months(Months::new(due))? < as_of;
        let is_noticed = noticed.iter().any(|noticed| {
            noticed.first_day() <= period.first_day() && period.last_day() <= noticed.last_day()
        });
        (late && moved(period) && !is_noticed).then_some(period)
    });
    let missing: Vec<Period> = missing.collect();
    let (last, first) = (missing.first()?, missing.last()?);
    let (from, to) = (first.first_day(), last.last_day());
    let count = missing.len();
    Some(Finding {
        figures: vec![("count", count.to_string()), ("last", to.to_string())],
        zh: format!("{from} 至 {to} 有 {count} 期没有公示记录"),
        en: format!("{count} periods from {from} to {to} have no publication recorded"),
        rule: Some("publication_period"),
        ..of_book("publication_missing", Grade::Fact, String::new(), CITE_PUBLISH)
    })
}
