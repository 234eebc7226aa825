//! Records of a BIFF stream ([MS-XLS] 2.1.4): type, length, data; and integers in them. What is
//! too short is an error, never a panic.

use crate::exchange::table::FileError;

/// A record with its place.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Its type.
    pub kind: u16,
    /// Its data.
    pub data: &'a [u8],
}

/// The records from a place on.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    /// Of a stream, from a byte on.
    pub fn from(stream: &'a [u8], at: usize) -> Result<Self, FileError> {
        stream.get(at..).map(|rest| Self { rest }).ok_or_else(broken)
    }

    /// The next record; none at the end of the stream.
    pub fn next(&mut self) -> Result<Option<Record<'a>>, FileError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (kind, len) = (u16_at(self.rest, 0)?, usize::from(u16_at(self.rest, 2)?));
        let data = self.rest.get(4..4 + len).ok_or_else(broken)?;
        self.rest = &self.rest[4 + len..];
        Ok(Some(Record { kind, data }))
    }

    /// The next record, if it is of this type.
    pub fn next_if(&mut self, kind: u16) -> Result<Option<Record<'a>>, FileError> {
        let mut ahead = self.clone();
        let next = ahead.next()?.filter(|record| record.kind == kind);
        if next.is_some() {
            *self = ahead;
        }
        Ok(next)
    }
}

/// The workbook's records don't fit together.
pub fn broken() -> FileError {
    FileError::BrokenOle
}

/// A 16-bit number.
pub fn u16_at(data: &[u8], at: usize) -> Result<u16, FileError> {
    bytes_at(data, at).map(u16::from_le_bytes)
}

/// A 32-bit number.
pub fn u32_at(data: &[u8], at: usize) -> Result<u32, FileError> {
    bytes_at(data, at).map(u32::from_le_bytes)
}

/// So many bytes.
pub fn bytes_at<const N: usize>(data: &[u8], at: usize) -> Result<[u8; N], FileError> {
    let bytes = data.get(at..).and_then(|rest| rest.first_chunk::<N>());
    bytes.copied().ok_or_else(broken)
}
