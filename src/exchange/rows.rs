//! What is said of a row of a table of plain figures, and how far it may be posted.

use serde_json::{Map, Value, json};

use super::register::Status;

/// What a note does to its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Should be known; stops nothing.
    Flag,
    /// Something was mended.
    Fix,
    /// A person must decide.
    Ask,
    /// It can't be.
    Refuse,
}

/// Something said of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it does.
    pub weight: Weight,
    /// The field it is about.
    pub field: &'static str,
    /// A stable code.
    pub code: &'static str,
    /// In Chinese: what, and what to do.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A row with what was read in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<R> {
    /// The sheet's own number.
    pub row: u32,
    /// Nothing to post, and why: `heading`, `total`, `title`, `zero`, `known`.
    pub skipped: Option<&'static str>,
    /// What was read.
    pub read: R,
    /// What is said of it.
    pub notes: Vec<Note>,
}

impl<R> Row<R> {
    /// A row of which nothing is said yet.
    pub const fn new(row: u32, read: R) -> Self {
        Self { row, skipped: None, read, notes: Vec::new() }
    }

    /// How far it may be posted.
    pub fn status(&self) -> Status {
        match self.notes.iter().map(|note| note.weight).max() {
            Some(Weight::Refuse) => Status::Refused,
            Some(Weight::Ask) => Status::Ask,
            _ if self.skipped.is_some() => Status::Skipped,
            Some(Weight::Fix) => Status::Fixed,
            Some(Weight::Flag) | None => Status::Read,
        }
    }

    /// True where it may be posted.
    pub fn is_postable(&self) -> bool {
        matches!(self.status(), Status::Read | Status::Fixed)
    }

    /// True where it stops a commit from being whole.
    pub fn is_open(&self) -> bool {
        matches!(self.status(), Status::Ask | Status::Refused)
    }

    /// Says something.
    pub fn note(
        &mut self,
        weight: Weight,
        (field, code): (&'static str, &'static str),
        (zh, en): (impl Into<String>, impl Into<String>),
    ) {
        self.notes.push(Note { weight, field, code, zh: zh.into(), en: en.into() });
    }

    /// As JSON, with what was read as `read`.
    pub fn to_json(&self, read: &Value) -> Value {
        let notes = |weight: Weight| {
            let of = self.notes.iter().filter(move |note| note.weight == weight);
            let one = |note: &Note| {
                let Note { field, code, zh, en, .. } = note;
                json!({"field": field, "code": code, "zh": zh, "en": en})
            };
            of.map(one).collect::<Vec<_>>()
        };
        let mut out = Map::new();
        out.insert("row".into(), self.row.into());
        out.insert("status".into(), self.status().word().into());
        out.insert("read".into(), read.clone());
        out.insert("fixes".into(), notes(Weight::Fix).into());
        out.insert("errors".into(), notes(Weight::Refuse).into());
        out.extend(self.skipped.map(|why| ("class".into(), why.into())));
        for (key, weight) in [("questions", Weight::Ask), ("flags", Weight::Flag)] {
            let notes = notes(weight);
            if !notes.is_empty() {
                out.insert(key.into(), notes.into());
            }
        }
        Value::Object(out)
    }
}
