//! The lines of a journal, one at a time, so that memory doesn't grow with their number.

use std::io::{self, BufRead, Read};

use super::answer::Refusal;
use crate::ledger::draft::Batch;
use crate::ledger::id::EstateCode;

/// The longest line in bytes: a batch of the longest drafts, with room for their spelling.
pub const LINE_LEN_MAX: usize = 16 * 1024 * 1024;

/// A line with its number, from 1.
pub struct Line {
    pub no: u64,
    pub read: Result<Batch, Refusal>,
}

/// Reads lines; blank ones are passed over.
pub struct Lines<R> {
    source: R,
    estate: Option<EstateCode>,
    no: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub const fn new(source: R, estate: Option<EstateCode>) -> Self {
        Self { source, estate, no: 0, buffer: Vec::new() }
    }

    /// The next line that isn't blank.
    pub fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            self.buffer.clear();
            let limit = u64::try_from(LINE_LEN_MAX).unwrap_or(u64::MAX);
            let read = self.source.by_ref().take(limit).read_until(b'\n', &mut self.buffer)?;
            if read == 0 {
                return Ok(None);
            }
            self.no += 1;
            if read == LINE_LEN_MAX && !self.buffer.ends_with(b"\n") {
                self.source.skip_until(b'\n')?;
                return Ok(Some(Line { no: self.no, read: Err(Refusal::LineTooLong) }));
            }
            if !self.buffer.trim_ascii().is_empty() {
                return Ok(Some(Line { no: self.no, read: self.batch() }));
            }
        }
    }

    fn batch(&self) -> Result<Batch, Refusal> {
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let batch = Batch::read(line).map_err(Refusal::Unreadable)?;
        let found = batch.drafts[0].estate;
        match self.estate {
            Some(wanted) if wanted != found => Err(Refusal::OtherEstate { found, wanted }),
            _ => Ok(batch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_as_they_stand_in_the_file() {
        let draft = |estate: &str| {
            format!(r#"{{"ref":"paper:1234","estate":"{estate}","event":{{"kind":"income"}}}}"#)
        };
        let text = format!("\n{}\r\n  \nx\n{}", draft("620722-0013"), draft("620722-0014"));
        let mut lines = Lines::new(text.as_bytes(), Some("620722-0013".parse().unwrap()));
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push((line.no, line.read.err().map(|refusal| refusal.to_string())));
        }
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].0, found[1].0, found[2].0), (2, 4, 5));
        assert!(found[2].1.as_ref().unwrap().contains("620722-0014"), "{found:?}");
        let long = [vec![b' '; LINE_LEN_MAX + 7], b"\nx".to_vec()].concat();
        let mut lines = Lines::new(long.as_slice(), None);
        let first = lines.next().unwrap().unwrap();
        assert!(matches!(first.read, Err(Refusal::LineTooLong)));
        assert_eq!(lines.next().unwrap().unwrap().no, 2);
    }
}
