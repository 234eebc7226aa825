//! The preview of an import as JSON, `import/1`: every row with what was read, mended, asked and
//! refused, and the control totals. Amounts are strings; every text stands in both languages.

use serde_json::{Map, Value, json};

use super::grammar::rate::Rate;
use super::grammar::text::yuan;
use super::register::due::MonthlyDue;
use super::register::{
    Field, Fix, Flag, Question, Reading, Register, Row, SheetTotal, Totals, Trouble, said,
};

/// The whole preview.
pub fn to_json(register: &Register) -> Value {
    let counts: Map<String, Value> = register
        .counts()
        .into_iter()
        .map(|(status, count)| (status.word().to_owned(), json!(count)))
        .collect();
    let mut preview = json!({
        "format": "import/1",
        "file": register.file,
        "sha256": register.sha256,
        "sheet": register.sheet,
        "rows": register.rows.iter().map(row).collect::<Vec<_>>(),
        "counts": counts,
        "totals": totals(&register.totals),
    });
    put(&mut preview, "month", register.month.map(|month| json!(month.to_string())));
    put(&mut preview, "flags", list(&register.flags, flag));
    preview
}

/// Sets a key where there is a value, so that nothing is said by `null`.
fn put(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Some(object), Some(value)) = (object.as_object_mut(), value) {
        object.insert(key.to_owned(), value);
    }
}

fn list<T>(all: &[T], one: impl Fn(&T) -> Value) -> Option<Value> {
    (!all.is_empty()).then(|| Value::Array(all.iter().map(one).collect()))
}

fn row(row: &Row) -> Value {
    let mut out = json!({
        "row": row.row,
        "status": row.status.word(),
        "class": row.class.word(),
        "read": if row.class.is_entry() { read(&row.read) } else { json!({}) },
        "fixes": row.fixes.iter().map(fix).collect::<Vec<_>>(),
        "errors": row.errors.iter().map(error).collect::<Vec<_>>(),
    });
    put(&mut out, "hidden", row.hidden.then_some(Value::Bool(true)));
    put(&mut out, "questions", list(&row.questions, question));
    put(&mut out, "flags", list(&row.flags, flag));
    put(&mut out, "total", row.total.as_ref().map(total));
    out
}

fn read(read: &Reading) -> Value {
    let mut out = json!({
        "name": read.name,
        "site": read.site,
        "paper": read.paper.word(),
        "rates": read.rates.iter().map(rate).collect::<Vec<_>>(),
    });
    let text = |value: Option<String>| value.map(Value::String);
    let month = |due: Option<MonthlyDue>| due.map(|due| json!(due.rounded().to_string()));
    put(&mut out, "number", text(read.number.clone()));
    put(&mut out, "counterparty", text(read.counterparty.clone()));
    let kind = read.counterparty.as_ref().map(|_| json!(read.counterparty_kind.word()));
    put(&mut out, "counterparty_kind", kind);
    put(&mut out, "account", text(read.account.map(|account| account.to_string())));
    put(&mut out, "quantity", text(read.quantity.map(|n| n.normalize().to_string())));
    put(&mut out, "due_month", month(read.due_month));
    put(&mut out, "fee_month", month(read.fee_month));
    put(&mut out, "term_from", text(read.term_from.map(|day| day.to_string())));
    put(&mut out, "term_to", text(read.term_to.map(|day| day.to_string())));
    put(&mut out, "open_ended", read.open_ended.then_some(Value::Bool(true)));
    let step = |(from, share): &(chrono::NaiveDate, u64)| json!([from.to_string(), share]);
    put(&mut out, "steps", list(&read.steps, step));
    put(&mut out, "received", text(read.received.map(|money| money.to_string())));
    let source = read.attribution_source.map(|source| json!(source.word()));
    put(&mut out, "attribution", text(read.attribution.map(|period| period.to_string())));
    put(&mut out, "attribution_source", source);
    put(&mut out, "for_earlier_periods", read.for_earlier_periods.then_some(Value::Bool(true)));
    put(&mut out, "held_by_operator", read.held_by_operator.then_some(Value::Bool(true)));
    put(&mut out, "note", text(read.note.clone()));
    out
}

fn rate(rate: &Rate) -> Value {
    let mut out = json!({
        "what": rate.what.word(),
        "amount": yuan(rate.amount),
        "pieces": rate.pieces.normalize().to_string(),
    });
    put(&mut out, "per", rate.per.map(|per| json!(per.word())));
    put(&mut out, "piece", rate.piece.map(|piece| json!(piece.word())));
    out
}

fn fix(fix: &Fix) -> Value {
    let (zh, en) = said::why(fix.why);
    json!({
        "field": fix.field.word(), "from": fix.from, "to": fix.to, "why": fix.why,
        "zh": zh, "en": en,
    })
}

fn question(question: &Question) -> Value {
    json!({
        "field": question.field.word(), "key": question.key, "zh": question.zh,
        "en": question.en, "choices": question.choices, "required": question.required,
    })
}

fn flag(flag: &Flag) -> Value {
    json!({"code": flag.code, "zh": flag.zh, "en": flag.en})
}

fn error(error: &Trouble) -> Value {
    let pointer = if error.field == Field::Row { "" } else { error.field.word() };
    json!({
        "pointer": format!("/read/{pointer}"), "code": error.rule, "field": error.field.word(),
        "found": error.found, "zh": error.zh, "en": error.en, "do_zh": error.do_zh,
        "do_en": error.do_en,
    })
}

fn totals(totals: &Totals) -> Value {
    json!({
        "due_month": totals.due_month.rounded().to_string(),
        "received": totals.received.to_string(),
        "due_month_without_contract": totals.due_month_without_contract.rounded().to_string(),
        "to_post": totals.to_post.to_string(),
        "held": totals.held.to_string(),
        "sheet": totals.sheet.iter().map(total).collect::<Vec<_>>(),
    })
}

fn total(total: &SheetTotal) -> Value {
    let mut out = json!({"row": total.row, "agrees": total.agrees()});
    put(&mut out, "printed", total.printed.map(|money| json!(money.to_string())));
    put(&mut out, "computed", total.computed.map(|money| json!(money.to_string())));
    out
}
