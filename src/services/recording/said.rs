//! What is said and moves nothing: a notice was put up, a finding is answered.

use super::ask::{Ask, Choice, MEMO, Named, Wants, of};
use super::form::{Sheet, sheet};
use super::{Ground, Made, Reader, Rule};
use crate::ledger::event::Event;
use crate::ledger::findings::findings;
use crate::ledger::json::Value;
use crate::ledger::publications::{Standing, calendar};

/// Periods offered at most.
const PERIODS: usize = 12;

const PUBLICATION_ASKS: &[Ask] = &[
    Ask::new("notice", Wants::One(periods)).called("notice_period").hinted(),
    Ask::new("from", Wants::Today).called("put_up_from"),
    Ask::new("until", Wants::Day).called("put_up_to").hinted(),
    MEMO,
];
pub(super) const PUBLICATION: Sheet = sheet!("publication", Closing, PUBLICATION_ASKS, publication);

/// Periods of the calendar, those without a notice first.
fn periods(ground: &Ground<'_>) -> Vec<Choice> {
    let all = calendar(ground.book, ground.today, &|_| Some(ground.today));
    let missing = |standing| matches!(standing, Standing::Missing | Standing::Waiting);
    let (first, later): (Vec<_>, Vec<_>) = all.into_iter().partition(|of| missing(of.standing));
    let periods = first.into_iter().chain(later).take(PERIODS);
    periods.map(|one| of(one.period, Named::Period(one.period))).collect()
}

fn publication(reader: &mut Reader<'_>) -> Option<Made> {
    let period = reader.chosen("notice");
    let from = reader.date("from");
    let until = reader.date_if_any("until");
    reader.text("memo");
    let notice = reader.ground.notice;
    let file = reader.wants(notice, Rule::Choice, "notice");
    let mut keys = vec![
        ("file", Value::text(file?)),
        ("from", Value::text(from?)),
        ("period", Value::text(period?)),
    ];
    keys.extend(until.map(|day| ("to", Value::text(day))));
    Some(reader.says(Event::new("publication", keys)))
}

const REPLY_ASKS: &[Ask] = &[
    Ask::new("finding", Wants::One(asked)).called("which_finding"),
    Ask::new("text", Wants::Text).called("reply_text").hinted(),
];
pub(super) const REPLY: Sheet = sheet!("reply", Closing, REPLY_ASKS, reply);

/// Findings of today, and questions by number.
fn asked(ground: &Ground<'_>) -> Vec<Choice> {
    let questions = ground.book.said().questions.keys();
    let questions = questions.map(|no| of(no, Named::Said(no.clone())));
    let found = findings(ground.book, ground.today).into_iter();
    let found = found.map(|found| of(found.id(), Named::Sentence(found.zh, found.en)));
    questions.chain(found).collect()
}

fn reply(reader: &mut Reader<'_>) -> Option<Made> {
    // A finding that has gone meanwhile is answered all the same.
    let finding = reader.needed("finding", Rule::Choice);
    let text = reader.needed("text", Rule::Needed);
    let keys = [("finding", Value::text(finding?)), ("text", Value::text(text?))];
    Some(reader.says(Event::new("reply", keys)))
}
