//! Reading values: the canonical spelling of an entry, or any spelling of a draft.
//!
//! Both name the same faults; only white space, the order of keys, and escapes are free in a
//! draft, which is not hashed. What is read is the same [`Tree`], keys ascending.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::{
    DEPTH_MAX, ENTRY_LEN_MAX, FormatError, FormatFault, INTEGER_MAX, Pair, ROWS_MAX, Tree,
    check_text,
};

/// Reads one object that fills the bytes.
pub fn read(bytes: &[u8]) -> Result<Tree<'_>, FormatError> {
    if bytes.len() > ENTRY_LEN_MAX {
        return Err(FormatFault::TooLong(bytes.len()).into());
    }
    let mut reader = Reader::new(bytes, false)?;
    let value = reader.object()?;
    reader.end()?;
    Ok(value)
}

/// What a line of drafts holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objects<'a> {
    /// An object.
    One(Tree<'a>),
    /// A list of objects.
    Many(Vec<Tree<'a>>),
}

/// Reads an object in any spelling of JSON, or a list of at most `max` of them.
pub fn read_objects(bytes: &[u8], max: usize) -> Result<Objects<'_>, FormatError> {
    let mut reader = Reader::new(bytes, true)?;
    let objects = match reader.token() {
        Some(b'[') => Objects::Many(reader.objects(max)?),
        _ => Objects::One(reader.object()?),
    };
    reader.end()?;
    Ok(objects)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// White space, any order of keys and every escape are fine.
    free: bool,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], free: bool) -> Result<Self, FormatFault> {
        let text = std::str::from_utf8(bytes).map_err(|e| FormatFault::NotUtf8(e.valid_up_to()))?;
        if text.starts_with('\u{feff}') {
            return Err(FormatFault::ByteOrderMark);
        }
        Ok(Self { text, bytes, at: 0, free })
    }

    fn object(&mut self) -> Result<Tree<'a>, FormatError> {
        if self.token() != Some(b'{') {
            return Err(self.unreadable().into());
        }
        self.value(1)
    }

    /// A list of objects, each nested as if it stood alone.
    fn objects(&mut self, max: usize) -> Result<Vec<Tree<'a>>, FormatError> {
        self.expect(b'[')?;
        if self.token() == Some(b']') {
            return Err(FormatFault::EmptyList.into());
        }
        let mut objects = Vec::new();
        loop {
            if objects.len() == max {
                return Err(FormatFault::Expected("a list that is no longer than a batch").into());
            }
            let no = objects.len();
            objects.push(self.object().map_err(|e| e.under(no))?);
            match self.token() {
                Some(b',') => self.at += 1,
                _ => break,
            }
        }
        self.expect(b']')?;
        Ok(objects)
    }

    fn end(&mut self) -> Result<(), FormatFault> {
        match self.token() {
            Some(_) => Err(FormatFault::Trailing(self.at)),
            None => Ok(()),
        }
    }

    /// The byte that the next token begins with.
    fn token(&mut self) -> Option<u8> {
        while self.free && matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.peek()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The fault of an unexpected byte here.
    fn unreadable(&self) -> FormatFault {
        match self.peek() {
            Some(b' ' | b'\t' | b'\n' | b'\r') => FormatFault::WhiteSpace(self.at),
            _ => FormatFault::Syntax(self.at),
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), FormatFault> {
        if self.token() != Some(byte) {
            return Err(self.unreadable());
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Tree<'a>, FormatError> {
        match self.token() {
            Some(b'"') => {
                let text = self.text()?;
                check_text(&text)?;
                Ok(Tree::Text(text))
            }
            Some(b'{' | b'[') if depth > DEPTH_MAX => Err(FormatFault::Depth.into()),
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => Ok(Tree::Integer(self.integer()?)),
            Some(b'n') if self.bytes[self.at..].starts_with(b"null") => {
                Err(FormatFault::Null.into())
            }
            Some(b't' | b'f')
                if self.bytes[self.at..].starts_with(b"true")
                    || self.bytes[self.at..].starts_with(b"false") =>
            {
                Err(FormatFault::Boolean.into())
            }
            _ => Err(self.unreadable().into()),
        }
    }

    fn map(&mut self, depth: usize) -> Result<Tree<'a>, FormatError> {
        self.expect(b'{')?;
        if self.token() == Some(b'}') {
            return Err(FormatFault::EmptyMap.into());
        }
        let mut entries: Vec<Pair<'a>> = Vec::with_capacity(8);
        loop {
            let key = self.key()?;
            if let Some((last, _)) = entries.last().filter(|_| !self.free) {
                match key.cmp(last) {
                    Ordering::Greater => {}
                    _ if entries.iter().any(|(known, _)| *known == key) => {
                        return Err(FormatError::from(FormatFault::DuplicateKey).under(key));
                    }
                    _ => return Err(FormatError::from(FormatFault::KeyOrder).under(key)),
                }
            }
            self.expect(b':')?;
            let value = self.value(depth + 1).map_err(|e| e.under(&key))?;
            entries.push((key, value));
            match self.token() {
                Some(b',') => self.at += 1,
                _ => break,
            }
        }
        self.expect(b'}')?;
        if self.free {
            sort(&mut entries)?;
        }
        Ok(Tree::Map(entries))
    }

    fn key(&mut self) -> Result<Cow<'a, str>, FormatFault> {
        if self.token() != Some(b'"') {
            return Err(self.unreadable());
        }
        let key = self.text()?;
        let first = key.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        let rest = key.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if first && rest { Ok(key) } else { Err(FormatFault::KeyGrammar) }
    }

    fn list(&mut self, depth: usize) -> Result<Tree<'a>, FormatError> {
        self.expect(b'[')?;
        if self.token() == Some(b']') {
            return Err(FormatFault::EmptyList.into());
        }
        let mut values = Vec::new();
        loop {
            if values.len() == ROWS_MAX {
                return Err(FormatFault::Rows.into());
            }
            let no = values.len();
            values.push(self.value(depth + 1).map_err(|e| e.under(no))?);
            match self.token() {
                Some(b',') => self.at += 1,
                _ => break,
            }
        }
        self.expect(b']')?;
        Ok(Tree::List(values))
    }

    fn integer(&mut self) -> Result<u64, FormatFault> {
        let rest = &self.bytes[self.at..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let more = matches!(rest.get(digits), Some(b'.' | b'e' | b'E' | b'-' | b'+'));
        let leading_zero = digits > 1 && rest[0] == b'0';
        if digits == 0 || more || leading_zero {
            return Err(FormatFault::NumberGrammar);
        }
        if digits > 16 {
            return Err(FormatFault::NumberRange);
        }
        let number = rest[..digits].iter().fold(0, |n, b| n * 10 + u64::from(b - b'0'));
        if number > INTEGER_MAX {
            return Err(FormatFault::NumberRange);
        }
        self.at += digits;
        Ok(number)
    }

    /// A text between quotes.
    fn text(&mut self) -> Result<Cow<'a, str>, FormatFault> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let rest = &self.bytes[self.at..];
            let stop = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0x00..=0x1f));
            let Some(stop) = stop else { return Err(FormatFault::Syntax(self.bytes.len())) };
            let text: &'a str = self.text;
            let plain = &text[self.at..self.at + stop];
            self.at += stop;
            match rest[stop] {
                b'"' => {
                    self.at += 1;
                    if out.is_empty() {
                        return Ok(Cow::Borrowed(plain));
                    }
                    out.push_str(plain);
                    return Ok(Cow::Owned(out));
                }
                b'\\' => {
                    out.push_str(plain);
                    let (c, len) = self.escape()?;
                    out.push(c);
                    self.at += len;
                }
                control => return Err(FormatFault::Character(control.into())),
            }
        }
    }

    /// The character that the escape here spells, and the escape's length. In an entry only
    /// `\"` and `\\` are read: every other one spells a character that is either written as
    /// itself or forbidden.
    fn escape(&self) -> Result<(char, usize), FormatFault> {
        match self.bytes.get(self.at + 1) {
            Some(b'"') => Ok(('"', 2)),
            Some(b'\\') => Ok(('\\', 2)),
            Some(b'u') => match self.unicode()? {
                (c, len) if self.free => Ok((c, len)),
                (c @ ('\0'..='\x1f' | '\x7f'), _) => Err(FormatFault::Character(c.into())),
                _ => Err(FormatFault::Escape),
            },
            Some(b'/') if self.free => Ok(('/', 2)),
            Some(b'b') if self.free => Ok(('\x08', 2)),
            Some(b'f') if self.free => Ok(('\x0c', 2)),
            Some(b'n') if self.free => Ok(('\n', 2)),
            Some(b'r') if self.free => Ok(('\r', 2)),
            Some(b't') if self.free => Ok(('\t', 2)),
            _ => Err(FormatFault::Escape),
        }
    }

    /// The character of a `\uXXXX`, or of the two that spell one beyond the first plane.
    fn unicode(&self) -> Result<(char, usize), FormatFault> {
        let unit = |at: usize| {
            let hex = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
            let digits = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
            u32::from_str_radix(hex, 16).ok().filter(|_| digits)
        };
        let first = unit(self.at).ok_or(FormatFault::Escape)?;
        let (code, len) = match (first, unit(self.at + 6)) {
            (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => {
                (0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00), 12)
            }
            _ => (first, 6),
        };
        char::from_u32(code).map(|c| (c, len)).ok_or(FormatFault::LoneSurrogate)
    }
}

/// Puts keys in ascending order; none may stand twice.
fn sort(entries: &mut [Pair<'_>]) -> Result<(), FormatError> {
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    match entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(FormatError::here(FormatFault::DuplicateKey).under(&pair[0].0)),
        None => Ok(()),
    }
}
