//! Names: what is let and where (public), who pays (private unless an organisation), and the
//! account the income belongs to.
//!
//! `承租人丙（六栋负一层仓库）` is the site 仓库（六栋负一层） and the counterparty 承租人丙. A site
//! is made of words of [`words`](super::words) and of counted places (六栋, 负一层, 13平方米)
//! only, so a person's name can't get into it: whatever isn't such a word is the counterparty's.

use rust_decimal::Decimal;

use super::segment::{Segment, area, heads, pieces, resolve, segments};
use super::text::normal;
use super::words::{Doubt, Head, OPERATORS, is_organisation};
use crate::ledger::account::AccountCode;

/// What sort of counterparty a name speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartyKind {
    /// Certainly an organisation; its name is public.
    Organisation,
    /// Said to be a person.
    Person,
    /// Can't be told, so it is kept as private as a person.
    Unknown,
}

impl PartyKind {
    /// The word in reports and answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Person => "person",
            Self::Unknown => "unknown",
        }
    }
}

/// What a name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// What is let and where, in public words; empty when the name says neither.
    pub site: String,
    /// Who pays.
    pub counterparty: Option<String>,
    /// What sort that is.
    pub kind: PartyKind,
    /// The income's account, or why a person must choose.
    pub account: Result<AccountCode, Doubt>,
    /// Pieces the name counts: 两间, 28张, 各一间.
    pub pieces: Option<Decimal>,
    /// A room or a place, which is one where nothing is counted.
    pub single: bool,
    /// Square metres the name says, and whether for each piece.
    pub area: Option<(Decimal, bool)>,
    /// A sale of things.
    pub goods: bool,
}

/// The longest name that is taken apart; a longer one is somebody's remark.
const CHARS_MAX: usize = 120;

/// Reads a name.
pub fn read(text: &str) -> Name {
    if text.chars().count() > CHARS_MAX {
        return Name {
            site: String::new(),
            counterparty: Some(normal(text)),
            kind: PartyKind::Unknown,
            account: Err(Doubt::Unsaid),
            pieces: None,
            single: false,
            area: None,
            goods: false,
        };
    }
    let segments = segments(&normal(text));
    let account = account(&segments);
    let heads: Vec<Head> = segments.iter().filter_map(|segment| segment.head).collect();
    let goods = heads.contains(&Head::Goods);
    let (counterparty, kind) = counterparty(&segments, account.ok());
    let mut site = site(&segments);
    let is_advert = account.is_ok_and(|code| code.as_str().starts_with("R.4501"));
    let bare_medium = ["液晶", "道闸", "框架", "灯箱"].contains(&site.as_str());
    if is_advert && bare_medium {
        site.push_str("广告");
    }
    Name {
        site,
        counterparty,
        kind,
        account,
        pieces: segments.iter().find_map(|segment| pieces(&segment.text)),
        single: heads.iter().any(|head| matches!(head, Head::One(_))),
        area: segments.iter().find_map(|segment| area(&segment.text)),
        goods,
    }
}

/// The main words decide; then the bracketed ones; an advertising company alone means an advert.
fn account(segments: &[Segment]) -> Result<AccountCode, Doubt> {
    if segments.iter().any(|segment| segment.several) {
        return Err(Doubt::Several);
    }
    // An advert's place may be a word that isn't known as public, and still tell the account.
    let whole: String = segments.iter().map(|segment| segment.said.as_str()).collect();
    for bracketed in [false, true] {
        let here = segments.iter().filter(|segment| segment.bracketed == bracketed);
        let mut found: Vec<_> =
            here.filter_map(|segment| segment.head).map(|head| resolve(head, &whole)).collect();
        found.dedup();
        match found.as_slice() {
            [] => {}
            [one] => return one.and_then(code),
            _ => return Err(Doubt::Several),
        }
    }
    let advertiser = segments.iter().any(|segment| segment.weak_advert);
    if advertiser { code("R.4501.99") } else { Err(Doubt::Unsaid) }
}

fn code(text: &str) -> Result<AccountCode, Doubt> {
    text.parse().map_err(|_| Doubt::Unsaid)
}

fn counterparty(segments: &[Segment], account: Option<AccountCode>) -> (Option<String>, PartyKind) {
    let private = segments.iter().map(|segment| segment.private.as_str());
    let private: Vec<&str> = private.filter(|text| !text.is_empty()).collect();
    if private.is_empty() {
        let telecom = account.is_some_and(|code| code.as_str().starts_with("R.4504"));
        let operator = OPERATORS.iter().find(|operator| {
            telecom && segments.iter().any(|segment| segment.public.starts_with(**operator))
        });
        let kind = operator.map_or(PartyKind::Unknown, |_| PartyKind::Organisation);
        return (operator.map(|operator| (*operator).to_owned()), kind);
    }
    // One private name beside an organisation's may be a person's: then neither is public.
    let all = private.iter().all(|text| is_organisation(text));
    let kind = if all { PartyKind::Organisation } else { PartyKind::Unknown };
    (Some(private.join(" ")), kind)
}

/// Main words first, bracketed ones behind in brackets; where only a bracket names the thing, its
/// head leads: 承租人丙（六栋负一层仓库） is 仓库（六栋负一层）.
fn site(segments: &[Segment]) -> String {
    let words = |bracketed: bool| {
        let here = segments.iter().filter(move |segment| segment.bracketed == bracketed);
        here.map(|segment| segment.public.clone()).filter(|text| !text.is_empty())
    };
    let mut main: String = words(false).collect();
    let mut aside: Vec<String> = words(true).collect();
    if heads(&main).is_empty()
        && let Some(at) = aside.iter().position(|text| !heads(text).is_empty())
    {
        let text = aside.remove(at);
        let head = heads(&text).last().map_or(0, |(at, _)| *at);
        let (place, thing) = text.split_at(head);
        if !place.is_empty() {
            aside.insert(0, place.to_owned());
        }
        let before = std::mem::replace(&mut main, thing.to_owned());
        if !before.is_empty() {
            aside.insert(0, before);
        }
    }
    match (main.is_empty(), aside.is_empty()) {
        (_, true) => main,
        (true, false) => aside.join("，"),
        (false, false) => format!("{main}（{}）", aside.join("，")),
    }
}
