//! The filter of a list of lines, read from an address: what can't be read is said field by
//! field, and the form keeps what was typed.

use crate::ledger::account::Fund;
use crate::ledger::listing::{Direction, Filter};
use crate::ledger::typed::{amount, month};
use crate::web::show::known_kind;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// The longest text to search for, in characters.
const SEARCH_MAX: usize = 60;

/// A value that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field's name in the address.
    pub field: &'static str,
    /// The field's label.
    pub label: String,
    /// What was given.
    pub value: String,
    /// What is accepted.
    pub accepted: String,
}

/// The filter, where to go on, and what could not be read.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What to show.
    pub filter: Filter,
    /// Only entries before this one.
    pub before: Option<u64>,
    /// Fields that could not be read.
    pub faults: Vec<Fault>,
}

impl Asked {
    /// Reads an address.
    pub fn read(visit: &Visit) -> Self {
        let mut faults = Vec::new();
        let mut reader = Reader { visit, faults: &mut faults };
        let filter = Filter {
            fund: reader.field("fund", |text| text.parse::<Fund>().ok()),
            from: reader.field("from", month),
            to: reader.field("to", month),
            kind: reader.field("kind", |text| Some(known_kind(text)?.name.to_owned())),
            direction: reader.field("side", direction),
            min: reader.field("min", amount),
            max: reader.field("max", amount),
            text: reader
                .field("q", |text| (text.chars().count() <= SEARCH_MAX).then(|| text.to_owned())),
            contract: reader.field("contract", |text| Some(text.to_owned())),
        };
        let before = reader.field("before", |text| text.parse().ok());
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && to < from
        {
            faults.push(fault(visit.lang, "to", &to.to_string(), "to_before_from"));
        }
        if let (Some(min), Some(max)) = (filter.min, filter.max)
            && max < min
        {
            faults.push(fault(visit.lang, "max", &max.to_string(), "max_below_min"));
        }
        Self { filter, before, faults }
    }
}

struct Reader<'a> {
    visit: &'a Visit,
    faults: &'a mut Vec<Fault>,
}

impl Reader<'_> {
    fn field<T>(&mut self, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.visit.value(name)?;
        let value = read(text);
        if value.is_none() {
            self.faults.push(fault(self.visit.lang, name, text, name));
        }
        value
    }
}

fn fault(lang: Lang, field: &'static str, value: &str, accepted: &str) -> Fault {
    Fault {
        field,
        label: lang.word("field", field).into_owned(),
        value: value.chars().take(80).collect(),
        accepted: lang.word("accepted", accepted).into_owned(),
    }
}

fn direction(text: &str) -> Option<Direction> {
    match text {
        "in" => Some(Direction::In),
        "out" => Some(Direction::Out),
        _ => None,
    }
}
