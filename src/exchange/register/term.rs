//! A row's term and paper.

use chrono::NaiveDate;

use super::entry::Context;
use super::model::Field;
use super::reading::Row;
use super::said::{flag, trouble};
use crate::exchange::grammar::note::Remark;
use crate::exchange::grammar::term::{self, NotATerm, Paper, Term};
use crate::exchange::grammar::text::{compact, mended, normal};
use crate::exchange::table::Cell;

/// Reads the term's cell or its two, and the words about the paper wherever they stand.
pub fn read(context: &Context<'_>, row: &mut Row, remarks: &[Remark]) {
    let mut said = Term::default();
    if let Some(cell) = context.cell(Field::Term) {
        merge(&mut said, in_one_cell(context, row, cell));
    }
    for (field, is_end) in [(Field::Starts, false), (Field::Ends, true)] {
        if let Some(cell) = context.cell(field) {
            merge(&mut said, in_own_cell(context, row, field, cell, is_end));
        }
    }
    let starts = context.answered(|answer| answer.starts);
    let ends = context.answered(|answer| answer.ends);
    for (answer, day) in [(starts, &mut said.from), (ends, &mut said.to)] {
        if let Some(answer) = answer {
            let before = day.map(|day| day.to_string()).unwrap_or_default();
            row.fix(Field::Term, &before, answer.to_string(), "answer");
            *day = Some(answer);
        }
    }
    said.open &= said.to.is_none();
    if let (Some(from), Some(to)) = (said.from, said.to)
        && to < from
    {
        reversed(row, &format!("{from}..{to}"));
        said.to = None;
    }
    row.read.term_from = said.from;
    row.read.term_to = said.to;
    let bad_end = row.errors.iter().any(|error| matches!(error.field, Field::Term | Field::Ends));
    row.read.open_ended = said.open || (said.from.is_some() && said.to.is_none() && !bad_end);
    row.read.paper = paper(context, row, &said, remarks);
}

fn merge(into: &mut Term, found: Term) {
    into.from = into.from.or(found.from);
    into.to = into.to.or(found.to);
    into.open |= found.open;
    into.paper = into.paper.or(found.paper);
}

fn in_one_cell(context: &Context<'_>, row: &mut Row, cell: &Cell) -> Term {
    let raw = cell.text();
    let text = compact(&raw);
    if matches!(text.as_str(), "-" | "--" | "/") {
        return Term::default();
    }
    if text == "无" {
        row.fix(Field::Term, &raw, Paper::None.word(), "not_a_term");
        return Term { paper: Some(Paper::None), ..Term::default() };
    }
    match term::read(&text) {
        Ok(found) => {
            mends(row, Field::Term, &raw, found);
            if found.paper == Some(Paper::Renewing) {
                row.fix(Field::Term, &raw, Paper::Renewing.word(), "not_a_term");
            }
            found
        }
        Err(wrong) => wrong_term(context, row, Field::Term, &raw, wrong),
    }
}

fn in_own_cell(
    context: &Context<'_>,
    row: &mut Row,
    field: Field,
    cell: &Cell,
    is_end: bool,
) -> Term {
    let raw = cell.text();
    if let Cell::Date(day) = cell.value() {
        let day = Some(*day);
        return if is_end {
            Term { to: day, ..Term::default() }
        } else {
            Term { from: day, ..Term::default() }
        };
    }
    if let Some(paper) = term::paper_in(&raw) {
        return Term { paper: Some(paper), ..Term::default() };
    }
    match term::read_day(&raw, is_end) {
        Ok(found) => {
            mends(row, field, &raw, found);
            found
        }
        Err(wrong) => wrong_term(context, row, field, &raw, wrong),
    }
}

fn mends(row: &mut Row, field: Field, raw: &str, found: Term) {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let to = format!("{}..{}", day(found.from), day(found.to));
    let mended = mended(raw);
    for why in mended.into_iter().chain(found.whole_months.then_some("whole_months")) {
        row.fix(field, raw, to.clone(), why);
    }
}

/// A day that can't be is refused, with what may have been meant and never by itself; what isn't
/// understood is asked. Answers settle both.
fn wrong_term(
    context: &Context<'_>,
    row: &mut Row,
    field: Field,
    raw: &str,
    wrong: NotATerm,
) -> Term {
    let starts = context.answered(|answer| answer.starts).is_some();
    let ends = context.answered(|answer| answer.ends).is_some();
    let raw = normal(raw);
    match wrong {
        NotATerm::NoSuchDay { written, suggestion, is_end, from } => {
            let settled = if is_end {
                ends && (starts || from.is_some() || field == Field::Ends)
            } else {
                starts
            };
            if !settled {
                let hint = suggestion.map(|day| day.to_string()).unwrap_or_default();
                no_such_day(row, field, &written, &hint, is_end);
            }
            return Term { from, ..Term::default() };
        }
        NotATerm::Reversed if !(starts && ends) => reversed(row, &raw),
        NotATerm::NotUnderstood if !(ends || starts) => {
            let key = if field == Field::Starts { "starts" } else { "ends" };
            let zh = format!("期限没读懂：{raw}。请用 starts、ends 写明");
            let en = format!("The term isn't understood: {raw}. Answer with starts and ends");
            row.ask(field, key, (&zh, &en), &[]);
        }
        NotATerm::Reversed | NotATerm::NotUnderstood => {}
    }
    Term::default()
}

fn no_such_day(row: &mut Row, field: Field, written: &str, hint: &str, is_end: bool) {
    let key = if is_end { "ends" } else { "starts" };
    let (do_zh, do_en) = if hint.is_empty() {
        (format!("请核对合同，用 {key} 写明"), format!("Look into the contract, answer with {key}"))
    } else {
        (
            format!("是不是 {hint}？请核对合同，用 {key} 写明"),
            format!("Was {hint} meant? Look into the contract, answer with {key}"),
        )
    };
    row.refuse(trouble(
        field,
        written,
        "no_such_day",
        ("日历里没有这一天", "The calendar has no such day"),
        (&do_zh, &do_en),
    ));
    let choices: Vec<&str> = Some(hint).filter(|hint| !hint.is_empty()).into_iter().collect();
    row.ask(field, key, ("应该是哪一天？", "Which day is it?"), &choices);
}

fn reversed(row: &mut Row, found: &str) {
    row.refuse(trouble(
        Field::Term,
        found,
        "reversed",
        ("结束早于开始", "It ends before it begins"),
        ("请用 starts、ends 写明", "Answer with starts and ends"),
    ));
}

/// The term's cell speaks first, then the remark, then a column of its own; two days alone mean a
/// contract.
fn paper(context: &Context<'_>, row: &mut Row, said: &Term, remarks: &[Remark]) -> Paper {
    let remarked = remarks.iter().find_map(|remark| match remark {
        Remark::Paper(paper) => Some(*paper),
        _ => None,
    });
    let column = context.text(Field::Paper).map(|text| {
        let text = compact(&text);
        match text.as_str() {
            "有" | "是" => Some(Paper::Signed),
            "无" | "否" => Some(Paper::None),
            text => term::paper_in(text),
        }
    });
    if let Some(None) = column {
        let words = ("合同情况没读懂", "The state of the contract isn't understood");
        row.confirm(context, Field::Paper, words.0, words.1);
    }
    let dated = said.from.is_some() || said.to.is_some() || said.open;
    let found = said.paper.or(remarked).or(column.flatten());
    if dated && found == Some(Paper::None) {
        row.confirm(
            context,
            Field::Paper,
            "写了期限，又说无合同：确认无合同",
            "A term is given and no contract is said: confirm that there is none",
        );
    }
    let paper = found.unwrap_or(if dated { Paper::Signed } else { Paper::Unknown });
    match paper {
        Paper::None => row.flag(flag::NO_CONTRACT),
        Paper::Renewing => row.flag(flag::RENEWING),
        Paper::Sealing => row.flag(flag::NOT_SIGNED),
        Paper::Framework => row.flag(flag::FRAMEWORK),
        Paper::Unknown => row.flag(flag::NO_PAPER),
        Paper::Signed => {}
    }
    paper
}
