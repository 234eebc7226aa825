//! Names: what is let and where (public), who pays (private unless an organisation), and the
//! account the income belongs to.
//!
//! `承租人丙（六栋负一层仓库）` is the site 仓库（六栋负一层） and the counterparty 承租人丙. A site
//! is made of words of [`words`](super::words) and of counted places (六栋, 负一层, 13平方米)
//! only, so a person's name can't get into it: whatever isn't such a word is the counterparty's.

use rust_decimal::Decimal;

use super::number;
use super::text::{Scan, normal};
use super::words::{
    BUSINESSES, Doubt, FILLERS, HEADS, Head, OPERATORS, ORGANISATION_END, ORGANISATION_IN, PLACES,
    advert, is_label,
};
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

/// A stretch of a name between blanks and brackets.
struct Segment {
    text: String,
    bracketed: bool,
    /// Without an organisation's name.
    said: String,
    public: String,
    private: String,
    head: Option<Head>,
    several: bool,
    weak_advert: bool,
}

/// Reads a name; `more` is a further public column, such as the kind of business.
pub fn read(text: &str) -> Name {
    let mut segments: Vec<Segment> = segments(&normal(text));
    for segment in &mut segments {
        split(segment);
    }
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

fn segments(name: &str) -> Vec<Segment> {
    let mut all = vec![(String::new(), false)];
    let mut depth = 0_u32;
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let by_digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_ascii_digit());
        let dash = *c == '-' && !by_digit(Some(at + 1)) && !by_digit(at.checked_sub(1));
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ' ' | ',' | ';' | ':' | '/' | '。' => {}
            _ if dash => {}
            _ => {
                if let Some((text, _)) = all.last_mut() {
                    text.push(*c);
                }
                continue;
            }
        }
        all.push((String::new(), depth > 0));
    }
    let filled = all.into_iter().filter(|(text, _)| !text.is_empty());
    filled
        .map(|(text, bracketed)| Segment {
            text,
            bracketed,
            said: String::new(),
            public: String::new(),
            private: String::new(),
            head: None,
            several: false,
            weak_advert: false,
        })
        .collect()
}

/// Parts a segment into public words and the rest, and finds its head.
fn split(segment: &mut Segment) {
    let text = segment.text.clone();
    if let Some(end) = organisation_end(&text) {
        let (organisation, rest) = text.split_at(end);
        segment.weak_advert =
            ["广告", "传媒", "传播"].iter().any(|word| organisation.contains(word));
        let place = place_before(organisation);
        segment.public = format!("{}{}", &organisation[..place], public_part(rest).0);
        segment.private = format!("{}{}", &organisation[place..], public_part(rest).1);
        segment.said = format!("{}{rest}", &organisation[..place]);
    } else {
        segment.said.clone_from(&text);
        (segment.public, segment.private) = public_part(&text);
    }
    let found = heads(&segment.public);
    segment.head = found.last().map(|(_, head)| *head);
    segment.several = several(&segment.public, &found);
}

/// Where an organisation's name ends: after 公司 and the label that may follow.
fn organisation_end(text: &str) -> Option<usize> {
    let at = text.find("公司")? + "公司".len();
    let label: usize = text[at..].chars().take_while(|c| is_label(*c)).map(char::len_utf8).sum();
    Some(at + label)
}

/// A place named before an organisation: 六栋仓库|某某公司. Adverts don't count, since 广告公司 is a
/// kind of company, and something must be left over as its name.
fn place_before(organisation: &str) -> usize {
    let len = strict(organisation);
    let place = &organisation[..len];
    let room = heads(place).last().is_some_and(|(_, head)| *head != Head::Advert);
    let left = organisation[len..].chars().count();
    if room && left > "有限公司".chars().count() { len } else { 0 }
}

/// The public words of a text, and the rest. All of it is public when every word is known; else
/// only counted places and a head, at the end or at the beginning, are.
fn public_part(text: &str) -> (String, String) {
    if text.is_empty() || is_public(text) {
        return (text.to_owned(), String::new());
    }
    let starts = text.char_indices().map(|(at, _)| at);
    let at_end = starts.clone().find(|at| strict(&text[*at..]) == text.len() - at);
    if let Some(at) = at_end {
        return (text[at..].to_owned(), text[..at].to_owned());
    }
    let len = strict(text);
    (text[..len].to_owned(), text[len..].to_owned())
}

/// Every word known, and one of them says something (or it is a single letter: 大, 东).
fn is_public(text: &str) -> bool {
    let mut rest = text;
    let mut strong = text.chars().count() == 1 && FILLERS.contains(&text);
    let mut after_head = false;
    while !rest.is_empty() {
        let known = HEADS.iter().map(|(word, _)| *word).filter(|word| rest.starts_with(word));
        let head = known.max_by_key(|word| word.len());
        let place = PLACES.iter().chain(BUSINESSES).filter(|word| rest.starts_with(**word));
        let place = place.copied().max_by_key(|word| word.len());
        let word = head.max_by(place);
        let len = if let Some(word) = word {
            strong = true;
            word.len()
        } else if let Some(len) = counted_place(rest) {
            strong = true;
            len
        } else if let Some(filler) = FILLERS.iter().find(|word| rest.starts_with(**word)) {
            filler.len()
        } else if let Some(label) = rest.chars().next().filter(|c| after_head && is_label(*c)) {
            label.len_utf8()
        } else {
            return false;
        };
        after_head = head.is_some_and(|head| head.len() == len);
        rest = &rest[len..];
    }
    strong
}

/// The longer of two words.
trait Longer<'a> {
    fn max_by(self, other: Option<&'a str>) -> Option<&'a str>;
}

impl<'a> Longer<'a> for Option<&'a str> {
    fn max_by(self, other: Option<&'a str>) -> Option<&'a str> {
        self.into_iter().chain(other).max_by_key(|word| word.len())
    }
}

/// How far a text is counted places and then one head with its label; 0 without a head.
fn strict(text: &str) -> usize {
    let mut len = 0;
    while let Some(place) = counted_place(&text[len..]) {
        len += place;
    }
    let head = HEADS.iter().filter(|(word, _)| text[len..].starts_with(word));
    let Some((word, _)) = head.max_by_key(|(word, _)| word.len()) else { return 0 };
    len += word.len();
    for tail in ["租赁费", "租金", "使用费", "费", "款", "位"] {
        if text[len..] == *tail {
            return len + tail.len();
        }
    }
    let mut label = text[len..].chars();
    match (label.next(), label.next()) {
        (Some(c), None) if is_label(c) => len + c.len_utf8(),
        _ => len,
    }
}

/// 六栋, 负一层, 3号楼, A座, 13平方米, 每间, 各一间, B1: a number and what it counts. Room numbers
/// (502室) are no public words.
fn counted_place(text: &str) -> Option<usize> {
    const COUNTED: &[&str] = &[
        "号楼", "单元", "平方米", "平米", "㎡", "m²", "m2", "栋", "幢", "座", "号", "层", "楼", "区", "期", "间", "个",
        "套", "台", "块", "处", "位", "张", "部", "把", "米",
    ];
    let mut scan = Scan::new(text);
    let each = scan.eat_any(&["每", "各"]);
    let below = scan.eat_any(&["负", "第", "-", "B"]);
    let letter = text.chars().next().filter(char::is_ascii_uppercase);
    if let Some(letter) = letter
        && !below
    {
        scan.eat(letter.encode_utf8(&mut [0; 4]));
        return scan.eat_any(&["座", "区", "栋", "幢"]).then(|| text.len() - scan.rest().len());
    }
    let number = match scan.number() {
        Some(number) => number.value < Decimal::from(10_000),
        None => scan.count().is_some(),
    };
    let counted = scan.eat_any(COUNTED);
    ((number || each) && counted).then(|| text.len() - scan.rest().len())
}

/// The words of a text that name an income, in order; where one holds another, the longer.
fn heads(text: &str) -> Vec<(usize, Head)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let here = HEADS.iter().filter(|(word, _)| text[at..].starts_with(word));
        match here.max_by_key(|(word, _)| word.len()) {
            Some((word, head)) => {
                found.push((at, *head));
                at += word.len();
            }
            None => at += c.len_utf8(),
        }
    }
    found
}

/// 仓库和商铺: two heads joined by a word that adds.
fn several(text: &str, found: &[(usize, Head)]) -> bool {
    found.windows(2).any(|pair| {
        let between = &text[pair[0].0..pair[1].0];
        let adds = ["和", "及", "与", "、", "+"].iter().any(|word| between.contains(word));
        adds && resolve(pair[0].1, text) != resolve(pair[1].1, text)
    })
}

fn resolve(head: Head, text: &str) -> Result<&'static str, Doubt> {
    match head {
        Head::Account(code) | Head::One(code) => Ok(code),
        Head::Advert => advert(text),
        Head::Goods => Err(Doubt::Goods),
        Head::Doubt(doubt) => Err(doubt),
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
        let mut found: Vec<_> = here
            .filter_map(|segment| segment.head)
            .map(|head| resolve(head, &whole))
            .collect();
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

fn counterparty(
    segments: &[Segment],
    account: Option<AccountCode>,
) -> (Option<String>, PartyKind) {
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

/// True for a text that can only be an organisation's name.
pub fn is_organisation(text: &str) -> bool {
    let bare = text.trim_end_matches(is_label);
    ORGANISATION_IN.iter().any(|word| bare.contains(word))
        || ORGANISATION_END.iter().any(|word| bare.ends_with(word))
        || OPERATORS.iter().any(|operator| bare.starts_with(operator))
        || bare.starts_with("中国")
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

/// 两间, 28张, 3个; 各一间 for each of the places joined before it. Storeys, buildings and areas
/// count nothing.
fn pieces(text: &str) -> Option<Decimal> {
    const COUNTED: &[&str] = &["间", "张", "个", "套", "台", "块", "把", "处", "部"];
    for (at, _) in text.char_indices() {
        let each = text[at..].starts_with('各');
        let mut scan = Scan::new(&text[at..]);
        scan.eat("各");
        let Some(count) = scan.count() else { continue };
        let before = text[..at].chars().next_back();
        let inside = before.is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | '第' | '负' | '每' | '各'))
            || before.is_some_and(|c| number::chinese(c.encode_utf8(&mut [0; 4])).is_some());
        if inside || !scan.eat_any(COUNTED) {
            continue;
        }
        let joined = ["和", "及", "与", "、"].iter().map(|word| text[..at].matches(word).count());
        let places = if each { 1 + joined.sum::<usize>() } else { 1 };
        return Decimal::from(count).checked_mul(Decimal::from(places));
    }
    None
}

/// 13平方米, 每间13平方米
fn area(text: &str) -> Option<(Decimal, bool)> {
    text.char_indices().filter(|(_, c)| c.is_ascii_digit()).find_map(|(at, _)| {
        let mut scan = Scan::new(&text[at..]);
        let number = scan.number()?;
        scan.eat_any(&["平方米", "平米", "㎡", "m²", "m2"])
            .then_some((number.value, text.contains('每')))
    })
}
