//! The frame around every page: where the reader is, in which language, as of when, and the
//! head of the chain that the page speaks of.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::Room;
use super::assets::{ICON, LIVE, STYLE};
use super::text::Lang;
use super::visit::Visit;
use crate::ledger::book::Book;

/// A calendar day.
pub type Day = NaiveDate;

/// Which part of an estate's pages is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// None of them.
    Nowhere,
    /// What the owners have.
    Home,
    /// Line items.
    Lines,
    /// Contracts.
    Contracts,
    /// What asks for an explanation.
    Findings,
    /// Statements.
    Statements,
    /// Public notices.
    Notices,
    /// What this is.
    About,
}

/// What the frame says of an estate.
#[derive(Clone, Debug)]
pub struct Estate {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How many entries its chain has.
    pub entries: u64,
    /// The hash of the last one.
    pub head: String,
    /// When that was posted, in Shanghai.
    pub posted: String,
}

/// A link of the navigation.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Where to.
    pub href: String,
    /// What it says.
    pub label: Cow<'static, str>,
    /// The reader is there.
    pub here: bool,
}

/// What the frame says of somebody who is signed in.
#[derive(Clone, Debug)]
pub struct DeskBar {
    /// Their name.
    pub name: String,
    /// Pages of the desk.
    pub tabs: Vec<Tab>,
    /// What forms of this session carry.
    pub token: String,
}

/// The frame.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The language.
    pub lang: Lang,
    /// Large and plain.
    pub elder: bool,
    /// What the page is.
    pub title: String,
    /// The estate it is about.
    pub estate: Option<Estate>,
    /// The day it speaks of.
    pub today: Day,
    /// The clock stands at that day: a demonstration.
    pub demonstration: bool,
    /// This page in the other language.
    pub other_lang: String,
    /// This page in the other view.
    pub other_view: String,
    /// The style sheet's address.
    pub style: &'static str,
    /// The icon's address.
    pub icon: &'static str,
    /// The address of the script that follows the book.
    pub live: &'static str,
    /// What the frame says of who is signed in, on the desk's pages.
    pub desk: Option<DeskBar>,
    here: Here,
}

impl Frame {
    /// The frame of a page about no estate.
    pub fn new(room: &Room, visit: &Visit, here: Here, title: &str) -> Self {
        let other = visit.lang.other();
        let view = if visit.elder { "full" } else { "elder" };
        Self {
            lang: visit.lang,
            elder: visit.elder,
            title: title.to_owned(),
            estate: None,
            today: room.site.books.today(),
            demonstration: room.site.demonstration,
            other_lang: visit.address(&[("lang", other.code())]),
            other_view: visit.address(&[("view", view)]),
            style: &STYLE.address,
            icon: &ICON.address,
            live: &LIVE.address,
            desk: None,
            here,
        }
    }

    /// The frame of a page about an estate.
    pub fn of(room: &Room, visit: &Visit, book: &Book, here: Here, title: &str) -> Self {
        let head = book.head();
        let estate = Estate {
            code: book.estate().to_string(),
            name: book.profile().name.clone(),
            entries: head.entries,
            head: head.hash.to_string(),
            posted: head.time.local(),
        };
        Self { estate: Some(estate), ..Self::new(room, visit, here, title) }
    }

    /// The frame of a page of the desk.
    pub fn of_desk(room: &Room, visit: &Visit, bar: DeskBar, title: &str) -> Self {
        Self { desk: Some(bar), ..Self::new(room, visit, Here::Nowhere, title) }
    }

    /// A text.
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        self.lang.t(key)
    }

    /// The day that the page speaks of, in words.
    pub fn today_in_words(&self) -> String {
        self.lang.day(self.today)
    }

    /// The code of the estate that the page is about.
    pub fn code(&self) -> &str {
        self.estate.as_ref().map_or("", |estate| &estate.code)
    }

    /// How many entries its chain has.
    pub fn entries(&self) -> String {
        self.estate.as_ref().map_or(0, |estate| estate.entries).to_string()
    }

    /// The hash of its last entry.
    pub fn head(&self) -> &str {
        self.estate.as_ref().map_or("", |estate| &estate.head)
    }

    /// The other language's tag.
    pub const fn other_tag(&self) -> &'static str {
        self.lang.other().tag()
    }

    /// The other language's own name.
    pub const fn other_name(&self) -> &'static str {
        self.lang.other().pick("中文", "English")
    }

    /// The pages of the estate.
    pub fn tabs(&self) -> Vec<Tab> {
        let Some(estate) = &self.estate else { return Vec::new() };
        let tab = |here, path: &str, key| Tab {
            href: format!("/e/{}{path}", estate.code),
            label: self.t(key),
            here: here == self.here,
        };
        vec![
            tab(Here::Home, "", "tab.home"),
            tab(Here::Lines, "/lines", "tab.lines"),
            tab(Here::Contracts, "/contracts", "tab.contracts"),
            tab(Here::Findings, "/findings", "tab.findings"),
            tab(Here::Statements, "/statements", "tab.statements"),
            tab(Here::Notices, "/notices", "tab.notices"),
        ]
    }
}

impl Estate {
    /// The first twenty digits of the head in groups of four: what paper carries.
    pub fn head_short(&self) -> String {
        short(&self.head)
    }
}

/// The first twenty digits of a hash in groups of four.
pub fn short(hash: &str) -> String {
    let groups: Vec<&str> = (0..5).filter_map(|at| hash.get(at * 4..at * 4 + 4)).collect();
    groups.join(" ")
}
