//! A name's segments: what stands between blanks and brackets, parted into public words and the
//! rest.

use rust_decimal::Decimal;

use super::number;
use super::text::Scan;
use super::words::{Doubt, Head, advert, filler_at, head_at, is_label, place_at, stands_alone};

/// A stretch of a name between blanks and brackets.
pub struct Segment {
    pub text: String,
    pub bracketed: bool,
    /// Without an organisation's name.
    pub said: String,
    pub public: String,
    pub private: String,
    pub head: Option<Head>,
    pub several: bool,
    pub weak_advert: bool,
}

/// Cuts a name into segments and parts each.
pub fn segments(name: &str) -> Vec<Segment> {
    let mut all = vec![(String::new(), false)];
    let mut depth = 0_u32;
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let by_digit =
            |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
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
    filled.map(|(text, bracketed)| parted(text, bracketed)).collect()
}

/// Parts a segment into public words and the rest, and finds its head.
fn parted(text: String, bracketed: bool) -> Segment {
    let mut said = text.clone();
    let mut weak_advert = false;
    let (public, private) = if let Some(end) = organisation_end(&text) {
        let (organisation, rest) = text.split_at(end);
        let (place, firm) = organisation.split_at(place_before(organisation));
        let (more_public, more_private) = public_part(rest);
        weak_advert = ["广告", "传媒", "传播"].iter().any(|word| firm.contains(word));
        said = format!("{place}{rest}");
        (format!("{place}{more_public}"), format!("{firm}{more_private}"))
    } else {
        public_part(&text)
    };
    let found = heads(&public);
    let head = found.last().map(|(_, head)| *head);
    let several = several(&public, &found);
    Segment { text, bracketed, said, public, private, head, several, weak_advert }
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
    let mut strong = stands_alone(text);
    let mut after_head = false;
    while !rest.is_empty() {
        let head = head_at(rest).map(|(word, _)| word);
        let word = head.into_iter().chain(place_at(rest)).max_by_key(|word| word.len());
        let len = if let Some(word) = word {
            strong = true;
            word.len()
        } else if let Some(len) = counted_place(rest) {
            strong = true;
            len
        } else if let Some(filler) = filler_at(rest) {
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

/// How far a text is counted places and then one head with its label; 0 without a head.
fn strict(text: &str) -> usize {
    let mut len = 0;
    while let Some(place) = counted_place(&text[len..]) {
        len += place;
    }
    let Some((word, _)) = head_at(&text[len..]) else { return 0 };
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
        "号楼",
        "单元",
        "平方米",
        "平米",
        "㎡",
        "m²",
        "m2",
        "栋",
        "幢",
        "座",
        "号",
        "层",
        "楼",
        "区",
        "期",
        "间",
        "个",
        "套",
        "台",
        "块",
        "处",
        "位",
        "张",
        "部",
        "把",
        "米",
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
pub fn heads(text: &str) -> Vec<(usize, Head)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match head_at(&text[at..]) {
            Some((word, head)) => {
                found.push((at, head));
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

pub fn resolve(head: Head, text: &str) -> Result<&'static str, Doubt> {
    match head {
        Head::Account(code) | Head::One(code) => Ok(code),
        Head::Advert => advert(text),
        Head::Goods => Err(Doubt::Goods),
        Head::Doubt(doubt) => Err(doubt),
    }
}

/// 两间, 28张, 3个; 各一间 for each of the places joined before it. Storeys, buildings and areas
/// count nothing.
pub fn pieces(text: &str) -> Option<Decimal> {
    const COUNTED: &[&str] = &["间", "张", "个", "套", "台", "块", "把", "处", "部"];
    for (at, _) in text.char_indices() {
        let each = text[at..].starts_with('各');
        let mut scan = Scan::new(&text[at..]);
        scan.eat("各");
        let Some(count) = scan.count() else { continue };
        let before = text[..at].chars().next_back();
        let inside = before
            .is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | '第' | '负' | '每' | '各'))
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
pub fn area(text: &str) -> Option<(Decimal, bool)> {
    text.char_indices().filter(|(_, c)| c.is_ascii_digit()).find_map(|(at, _)| {
        let mut scan = Scan::new(&text[at..]);
        let number = scan.number()?;
        scan.eat_any(&["平方米", "平米", "㎡", "m²", "m2"])
            .then_some((number.value, text.contains('每')))
    })
}
