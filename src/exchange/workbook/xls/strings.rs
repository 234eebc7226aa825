//! Texts of a BIFF8 stream: one byte a character (Latin-1) or two (UTF-16), and the shared table
//! whose texts run on over the ends of records ([MS-XLS] 2.5.293, 2.5.294, 2.4.265).

use super::records::{Record, Records, broken, bytes_at, u16_at, u32_at};
use crate::exchange::table::FileError;

const CONTINUE: u16 = 0x003C;
const WIDE: u8 = 0x01;
const EXTENDED: u8 = 0x04;
const RICH: u8 = 0x08;

/// A text with its length in two bytes before it; all of it stands in the record.
pub fn long(data: &[u8]) -> Result<String, FileError> {
    counted(data, usize::from(u16_at(data, 0)?), 2)
}

/// A text with its length in one byte before it.
pub fn short(data: &[u8]) -> Result<String, FileError> {
    let [len] = bytes_at(data, 0)?;
    counted(data, usize::from(len), 1)
}

fn counted(data: &[u8], len: usize, at: usize) -> Result<String, FileError> {
    let [flags] = bytes_at(data, at)?;
    let width = if flags & WIDE == 0 { 1 } else { 2 };
    let bytes = data.get(at + 1..at + 1 + len * width).ok_or_else(broken)?;
    let mut text = String::new();
    decode(bytes, width, &mut text);
    Ok(text)
}

fn decode(bytes: &[u8], width: usize, text: &mut String) {
    if width == 1 {
        text.extend(bytes.iter().map(|byte| char::from(*byte)));
    } else {
        let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{FFFD}')));
    }
}

/// The shared table of texts, from its record and those that continue it.
pub fn shared<'a>(first: Record<'a>, records: &mut Records<'a>) -> Result<Vec<String>, FileError> {
    let count = u32_at(first.data, 4)?;
    let mut reader = Reader { chunk: first.data.get(8..).ok_or_else(broken)?, records };
    let mut strings = Vec::new();
    for _ in 0..count {
        match reader.string()? {
            Some(text) => strings.push(text),
            // Some writers count more than they write.
            None => break,
        }
    }
    Ok(strings)
}

struct Reader<'a, 'r> {
    chunk: &'a [u8],
    records: &'r mut Records<'a>,
}

impl<'a> Reader<'a, '_> {
    /// True where there is more, in this record or the next.
    fn refill(&mut self) -> Result<bool, FileError> {
        while self.chunk.is_empty() {
            match self.records.next_if(CONTINUE)? {
                Some(record) => self.chunk = record.data,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Bytes that stand in one record.
    fn take(&mut self, len: usize) -> Result<&'a [u8], FileError> {
        let taken = self.chunk.get(..len).ok_or_else(broken)?;
        self.chunk = &self.chunk[len..];
        Ok(taken)
    }

    fn skip(&mut self, mut len: usize) -> Result<(), FileError> {
        while len > 0 {
            if !self.refill()? {
                return Err(broken());
            }
            let here = len.min(self.chunk.len());
            self.chunk = &self.chunk[here..];
            len -= here;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Option<String>, FileError> {
        if !self.refill()? {
            return Ok(None);
        }
        let head = self.take(3)?;
        let (mut len, flags) = (usize::from(u16_at(head, 0)?), head[2]);
        let runs = if flags & RICH == 0 { 0 } else { usize::from(u16_at(self.take(2)?, 0)?) };
        let extra = if flags & EXTENDED == 0 { 0 } else { u32_at(self.take(4)?, 0)? };
        let mut width = if flags & WIDE == 0 { 1 } else { 2 };
        let mut text = String::new();
        while len > 0 {
            if self.chunk.is_empty() {
                if !self.refill()? {
                    return Err(broken());
                }
                // A text that goes on says anew how wide its characters are.
                width = if self.take(1)?[0] & WIDE == 0 { 1 } else { 2 };
            }
            let here = len.min(self.chunk.len() / width);
            if here == 0 {
                return Err(broken());
            }
            decode(self.take(here * width)?, width, &mut text);
            len -= here;
        }
        let extra = usize::try_from(extra).map_err(|_| broken())?;
        self.skip(runs * 4 + extra)?;
        Ok(Some(text))
    }
}
