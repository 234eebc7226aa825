//! Who and what the estate is: roles, bank accounts, the handing-over between companies, and
//! what the book began with.

use super::ask::{AMOUNT, Ask, Choice, MEMO, REASON, Wants, accounts, of, roles, words};
use super::deposits::shown;
use super::form::{Sheet, sheet};
use super::places::of_role;
use super::{Ground, Made, Named, Reader, Rule};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::{Book, Organisation};
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::{Event, Party};
use crate::ledger::json::Value;
use crate::ledger::statements::{is_money, role};

const OFFICES: &[&str] = &["manager", "committee", "community", "bank", "custodian"];

const APPOINT_ASKS: &[Ask] = &[
    Ask::new("role", Wants::One(|_| words(OFFICES))).called("office"),
    Ask::new("org", Wants::Text).called("organisation").hinted(),
    Ask::new("code", Wants::Text).called("credit_code").hinted(),
    Ask::new("from", Wants::Day).called("in_office_from").hinted(),
    Ask::new("until", Wants::Day).called("in_office_to").hinted(),
    MEMO,
];
pub(super) const APPOINT: Sheet = sheet!("appoint", Estate, APPOINT_ASKS, appoint);

/// An organisation that was typed, with its code.
fn party(reader: &mut Reader<'_>) -> Option<Party> {
    let name = reader.needed("org", Rule::Needed)?;
    // A credit code has eighteen letters and digits, and is no number of a person.
    let code = Some(reader.typed.value("code")).filter(|code| !code.is_empty());
    let fits = code.is_none_or(|code| {
        code.len() == 18 && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    });
    reader.wants(fits.then_some(()), Rule::Code, "code")?;
    Some(Party::Organisation { code: code.map(str::to_owned), org: name.to_owned() })
}

fn appoint(reader: &mut Reader<'_>) -> Option<Made> {
    let role = reader.chosen("role");
    let org = party(reader);
    let from = reader.date("from");
    let until = reader.date_if_any("until");
    reader.text("memo");
    let mut keys =
        vec![("from", Value::text(from?)), ("org", org?.to_value()), ("role", Value::text(role?))];
    keys.extend(until.map(|day| ("to", Value::text(day))));
    Some(reader.says(Event::new("appoint", keys)))
}

const ACCOUNT_ASKS: &[Ask] = &[
    Ask::new("act", Wants::One(|_| words(&["open", "rename", "close"]))).called("account_act"),
    Ask::new("account", Wants::One(numbered)).called("which_account").hinted(),
    Ask::new("bank", Wants::Text).called("bank_name").hinted(),
    Ask::new("number", Wants::Text).called("bank_number").hinted(),
    MEMO,
];
pub(super) const ACCOUNT: Sheet = sheet!("account", Estate, ACCOUNT_ASKS, account);

/// The accounts there are, and the next that can be opened.
fn numbered(ground: &Ground<'_>) -> Vec<Choice> {
    let banks = ground.book.profile().banks.iter().filter(|(_, bank)| bank.open);
    let known: Vec<AccountCode> = banks.map(|(code, _)| *code).collect();
    let next = next_accounts(ground.book).into_iter();
    let next = next.map(|code| {
        let word = if code.fund() == Fund::R { "new_of_revenue" } else { "new_of_fund" };
        of(code, Named::Own(word))
    });
    next.chain(accounts(known)).collect()
}

/// The first number that is free below the banks of each fund.
fn next_accounts(book: &Book) -> Vec<AccountCode> {
    let Some(rules) = book.rules() else { return Vec::new() };
    let headings = rules.chart.accounts().filter(|(_, account)| account.role == Role::Bank);
    let free = |heading: AccountCode| {
        let numbered = (1..100).filter_map(|no| format!("{heading}.{no:02}").parse().ok());
        numbered.into_iter().find(|code| !book.profile().banks.contains_key(code))
    };
    headings.filter_map(|(heading, _)| free(heading)).collect()
}

fn account(reader: &mut Reader<'_>) -> Option<Made> {
    let act = reader.chosen("act");
    let account = reader.chosen_account("account");
    let opens = act == Some("open");
    let bank = if opens { reader.needed("bank", Rule::Needed) } else { reader.text("bank") };
    let number = reader.typed.value("number");
    let masked = number.len() == 8
        && number.strip_prefix("****").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    let number = if opens || !number.is_empty() {
        reader.wants(Some(number).filter(|_| masked), Rule::Masked, "number")
    } else {
        None
    };
    if act == Some("rename") {
        reader.wants(bank.or(number), Rule::Unchanged, "bank");
    }
    reader.text("memo");
    let mut keys = vec![("account", Value::text(account?)), ("act", Value::text(act?))];
    keys.extend(bank.map(|bank| ("bank", Value::text(bank))));
    keys.extend(number.map(|number| ("number", Value::text(number))));
    Some(reader.says(Event::new("account", keys)))
}

const HANDOVER_ASKS: &[Ask] = &[
    Ask::new("org", Wants::Text).called("takes_over").hinted(),
    Ask::new("code", Wants::Text).called("credit_code").hinted(),
    Ask::new("on", Wants::Today).called("handed_over_on"),
    MEMO,
];
pub(super) const HANDOVER: Sheet = sheet!("handover", Estate, HANDOVER_ASKS, handover);

fn handover(reader: &mut Reader<'_>) -> Option<Made> {
    let to = party(reader);
    let on = reader.date("on");
    reader.text("memo");
    let book = reader.book;
    let from = book.profile().holder_of("manager", on?);
    let Organisation { code, name } = reader.wants(from, Rule::NoManager, "on")?.clone();
    let from = Party::Organisation { code, org: name };
    let open = Fund::ALL.into_iter().flat_map(|fund| book.fund(fund).accounts.iter());
    let open = open.filter(|(code, sum)| {
        let role = role(book, **code);
        !sum.is_zero() && (is_money(role) || role.is_own_money() || role.is_others_money())
    });
    let balances =
        open.map(|(code, sum)| Value::List(vec![Value::text(code), Value::text(sum.abs())]));
    let keys = [
        ("balances", Value::List(balances.collect())),
        ("from", from.to_value()),
        ("on", Value::text(on?)),
        ("to", to?.to_value()),
    ];
    Some(reader.says(Event::new("handover", keys)))
}

const CONFIRM_ASKS: &[Ask] = &[
    Ask::new("account", Wants::One(|g| roles(g.book, CONFIRMED))).called("confirmed_as").hinted(),
    AMOUNT,
    Ask::new("day", Wants::Today).called("on_day"),
    REASON,
    Ask::new("paper_no", Wants::Text).called("shown_no").hinted(),
    Ask::new("issuer", Wants::Text).called("shown_by"),
    MEMO,
];
pub(super) const CONFIRM: Sheet = sheet!("opening_confirm", Estate, CONFIRM_ASKS, confirm);
const CONFIRMED: &[Role] = &[Role::NetAll, Role::NetPart, Role::PredecessorDue];

fn confirm(reader: &mut Reader<'_>) -> Option<Made> {
    let account = reader.chosen_account("account");
    let amount = reader.amount("amount");
    let day = reader.day();
    let reason = reader.needed("reason", Rule::Needed);
    let shown = shown(reader, amount);
    reader.text("memo");
    let unproven = *of_role(reader.book, Fund::R, Role::OpeningUnproven).first()?;
    let keys = [("evidence", shown?), ("reason", Value::text(reason?))];
    let lines =
        vec![Line::new(unproven, Side::Debit, amount?), Line::new(account?, Side::Credit, amount?)];
    Some(reader.record(Event::new("opening.confirm", keys), lines, day?))
}
