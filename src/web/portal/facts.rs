//! The keys of an event in words: the table of kinds says what each key holds, so a new kind is
//! readable without a page of its own.

use crate::ledger::book::Book;
use crate::ledger::entry::Entry;
use crate::ledger::event::{Fields, Party};
use crate::ledger::format::grouped;
use crate::ledger::json::Tree;
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period, parse_date};
use crate::ledger::schema::{Column, Key, Sort};
use crate::web::frame::short;
use crate::web::show::{self, contract_href};
use crate::web::text::Lang;

/// Keys that the page shows elsewhere, or that only programs need.
const ELSEWHERE: &[&str] = &["book", "of"];
/// A table with more rows is folded away until asked for.
const ROWS_OPEN_MAX: usize = 12;

/// A key with its value, as text.
pub struct Fact {
    pub label: String,
    pub text: String,
    pub href: Option<String>,
    pub table: Option<Table>,
}

/// A list of rows.
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Long: shown when asked for.
    pub folded: bool,
}

/// The facts of an entry's event.
pub fn facts(book: &Book, entry: &Entry, lang: Lang) -> Vec<Fact> {
    let words = Words { book, lang };
    let keys = entry.event.kind().keys.iter().filter(|key| !ELSEWHERE.contains(&key.name));
    keys.filter_map(|key| Some(words.fact(key, entry.event.value(key.name)?))).collect()
}

#[derive(Clone, Copy)]
struct Words<'a> {
    book: &'a Book,
    lang: Lang,
}

impl Words<'_> {
    fn fact(self, key: &Key, value: &Tree<'_>) -> Fact {
        let table = match key.sort {
            Sort::Rows(columns) => Some(self.rows(columns, value)),
            Sort::List(Sort::Object(keys)) => Some(self.objects(keys, value)),
            _ => None,
        };
        let text =
            if table.is_some() { String::new() } else { self.text(key.name, key.sort, value) };
        Fact { label: self.label(key.name), text, href: self.href(key.name, value), table }
    }

    fn label(self, name: &str) -> String {
        self.lang.word("key", name).into_owned()
    }

    /// The page of what a key cites.
    fn href(self, name: &str, value: &Tree<'_>) -> Option<String> {
        let code = self.book.estate();
        match (name, value) {
            ("contract", Tree::Text(no)) => Some(contract_href(self.book, no)),
            ("no", Tree::Text(no)) if self.book.contracts().contracts.contains_key(no.as_ref()) => {
                Some(contract_href(self.book, no))
            }
            ("decision", Tree::Text(no)) => {
                let decision = self.book.decisions().get(no.as_ref())?;
                Some(format!("/e/{code}/entries/{}", decision.seq))
            }
            ("seq", Tree::Integer(seq)) => Some(format!("/e/{code}/entries/{seq}")),
            _ => None,
        }
    }

    fn text(self, name: &str, sort: Sort, value: &Tree<'_>) -> String {
        match (sort, value) {
            (_, Tree::Integer(number)) if name == "seq" => {
                self.lang.with("entry.number", &[("seq", number)])
            }
            (_, Tree::Integer(number)) => number.to_string(),
            (_, Tree::Map(_)) => self.object(sort, value.as_fields().unwrap_or(Fields(&[]))),
            (Sort::List(sort), Tree::List(values)) => self.list(name, *sort, values),
            (Sort::Rows(columns), Tree::List(rows)) => {
                let rows = rows.iter().map(|row| self.row(columns, row).join(" "));
                rows.collect::<Vec<_>>().join(self.lang.pick("；", "; "))
            }
            (_, Tree::List(values)) => self.list(name, Sort::Text, values),
            (sort, Tree::Text(text)) => self.word(sort, text),
        }
    }

    fn word(self, sort: Sort, text: &str) -> String {
        let lang = self.lang;
        let shown = match sort {
            Sort::Word(_) => Some(lang.word("word", text).into_owned()),
            Sort::Money => text.parse::<Money>().ok().map(|amount| format!("¥{}", grouped(amount))),
            Sort::Area => text.parse().ok().map(|area| format!("{} m²", show::area(area))),
            Sort::Date => parse_date(text).ok().map(|day| lang.day(day)),
            Sort::Month => text.parse::<Month>().ok().map(|month| show::month(month, lang)),
            Sort::Period => text.parse::<Period>().ok().map(|period| show::period(period, lang)),
            Sort::Fund => text.parse().ok().map(|fund| show::fund(fund, lang)),
            Sort::Hash => Some(short(text)),
            Sort::Account => text
                .parse()
                .ok()
                .map(|code| format!("{} {code}", show::account(self.book, code, lang))),
            _ => None,
        };
        shown.unwrap_or_else(|| text.to_owned())
    }

    /// An object in one line; a person is 个人.
    fn object(self, sort: Sort, fields: Fields<'_>) -> String {
        if let Some(party) = Party::from_fields(fields) {
            return show::party(&party, self.lang);
        }
        let keys = match sort {
            Sort::Object(keys) => keys,
            Sort::Either(choices) => choices
                .iter()
                .find(|(name, _)| fields.value(name).is_some())
                .map_or(&[][..], |(_, keys)| keys),
            _ => &[],
        };
        let known = keys.iter().filter_map(|key| Some((key, fields.value(key.name)?)));
        let texts = known.map(|(key, value)| {
            format!("{} {}", self.label(key.name), self.text(key.name, key.sort, value))
        });
        texts.collect::<Vec<_>>().join(self.lang.pick("；", "; "))
    }

    fn list(self, name: &str, sort: Sort, values: &[Tree<'_>]) -> String {
        let texts: Vec<_> = values.iter().map(|value| self.text(name, sort, value)).collect();
        texts.join(self.lang.pick("、", ", "))
    }

    fn row(self, columns: &[Column], row: &Tree<'_>) -> Vec<String> {
        let cells = columns.iter().zip(row.cells());
        cells.map(|(column, cell)| self.text(column.name, column.sort, cell)).collect()
    }

    fn rows(self, columns: &[Column], value: &Tree<'_>) -> Table {
        let rows: Vec<_> = value.cells().iter().map(|row| self.row(columns, row)).collect();
        Table {
            columns: columns.iter().map(|column| self.label(column.name)).collect(),
            folded: rows.len() > ROWS_OPEN_MAX,
            rows,
        }
    }

    /// A list of objects as a table of the keys that at least one of them has.
    fn objects(self, keys: &[Key], value: &Tree<'_>) -> Table {
        let items: Vec<Fields<'_>> = value.cells().iter().filter_map(Tree::as_fields).collect();
        let used = |key: &&Key| items.iter().any(|item| item.value(key.name).is_some());
        let used: Vec<&Key> = keys.iter().filter(used).collect();
        let cell = |item: &Fields<'_>, key: &Key| {
            let value = item.value(key.name);
            value.map(|value| self.text(key.name, key.sort, value)).unwrap_or_default()
        };
        Table {
            columns: used.iter().map(|key| self.label(key.name)).collect(),
            rows: items
                .iter()
                .map(|item| used.iter().map(|key| cell(item, key)).collect())
                .collect(),
            folded: items.len() > ROWS_OPEN_MAX,
        }
    }
}
