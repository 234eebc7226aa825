//! The guard before a workbook's archive: every part is unpacked here, counted as it grows, and
//! handed on in a fresh archive.
//!
//! A zip directory says sizes that nobody enforces, and the spreadsheet reader has no limit of
//! its own (half a megabyte grew to 521 MiB). So the reader never sees the file that came in,
//! only a copy made of bytes that were counted.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::markup;
use crate::exchange::table::FileError;

/// The most parts of an archive; a plain register has about ten.
const PARTS_MAX: usize = 400;
/// The most one part may hold, unpacked.
const PART_BYTES_MAX: u64 = 24 << 20;
/// The most all parts may hold, unpacked.
const TOTAL_BYTES_MAX: u64 = 48 << 20;
/// The most a part may shrink; sheets reach 40 to 1.
const RATIO_MAX: u64 = 200;
/// Below this size a high ratio is harmless.
const RATIO_FROM: u64 = 1 << 20;

/// The parts of a workbook that a register is read from, by name.
pub struct Parts(BTreeMap<String, Vec<u8>>);

impl Parts {
    /// Unpacks and counts; refuses what no spreadsheet program writes.
    pub fn unpack(bytes: &[u8]) -> Result<Self, FileError> {
        let mut parts = BTreeMap::new();
        walk(bytes, is_read, |name, content| {
            markup::check(&name, &content)?;
            parts.insert(name, content);
            Ok(())
        })?;
        if parts.contains_key("xl/workbook.xml") {
            Ok(Self(parts))
        } else {
            Err(FileError::NotAWorkbook)
        }
    }

    /// The same parts in an archive of this program's making, nothing packed.
    pub fn repack(&self) -> Result<Vec<u8>, FileError> {
        let broken = |_| FileError::BrokenArchive;
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, content) in &self.0 {
            archive.start_file(name.as_str(), options).map_err(broken)?;
            archive.write_all(content).map_err(|_| FileError::BrokenArchive)?;
        }
        Ok(archive.finish().map_err(broken)?.into_inner())
    }

    /// One part.
    pub fn part(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }
}

/// Unpacks the parts that are wanted one after the other, counted as they grow.
pub fn walk(
    bytes: &[u8],
    wanted: impl Fn(&str) -> bool,
    mut take: impl FnMut(String, Vec<u8>) -> Result<(), FileError>,
) -> Result<(), FileError> {
    let broken = |_| FileError::BrokenArchive;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > PARTS_MAX {
        return Err(FileError::TooManyParts { entries: archive.len(), max: PARTS_MAX });
    }
    check_directory(&mut archive)?;
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(broken)?;
        let name = part.name().map_err(broken)?.into_owned();
        if !wanted(&name) {
            continue;
        }
        let mut content = Vec::new();
        // One byte more than allowed tells too large from just fitting.
        let read = (&mut part).take(PART_BYTES_MAX + 1).read_to_end(&mut content);
        total += content.len() as u64;
        if content.len() as u64 > PART_BYTES_MAX || total > TOTAL_BYTES_MAX {
            return Err(FileError::Unpacked { max: TOTAL_BYTES_MAX.min(PART_BYTES_MAX) });
        }
        read.map_err(|_| FileError::BrokenArchive)?;
        take(name, content)?;
    }
    Ok(())
}

/// Pictures, macros, printer settings and the like are left out. The reader asks for parts by
/// these very names, so another case would not be read either.
#[allow(clippy::case_sensitive_file_extension_comparisons)]
fn is_read(name: &str) -> bool {
    let wanted = name.ends_with(".xml") || name.ends_with(".rels");
    let tree = name.starts_with("xl/") || name.starts_with("_rels/");
    let aside =
        ["xl/theme/", "xl/drawings/", "xl/media/", "xl/charts/", "xl/pivot", "xl/externalLinks/"];
    wanted
        && (tree || name == "[Content_Types].xml")
        && !aside.iter().any(|folder| name.starts_with(folder))
}

/// What the directory itself admits is refused before a byte is unpacked.
fn check_directory(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), FileError> {
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|_| FileError::BrokenArchive)?;
        let (size, packed) = (part.size(), part.compressed_size());
        total = total.saturating_add(size);
        if size > RATIO_FROM && size / packed.max(1) > RATIO_MAX {
            let part = part.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
            return Err(FileError::Ratio { part, max: RATIO_MAX });
        }
        if size > PART_BYTES_MAX || total > TOTAL_BYTES_MAX {
            return Err(FileError::Unpacked { max: TOTAL_BYTES_MAX.min(PART_BYTES_MAX) });
        }
    }
    Ok(())
}
