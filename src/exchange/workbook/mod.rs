//! Bytes to sheets: `.xlsx` behind a guard, `.xls`, and text tables.
//!
//! What kind of file it is, its first bytes say; the name only names the sheet of a text table.
//! Read next: `archive` (what keeps a hostile workbook out), `xlsx`,
//! `xls`, `text`.

mod archive;
mod markup;
mod text;
mod xls;
mod xlsx;

use super::table::{FILE_BYTES_MAX, FileError, Sheet};
pub(super) use archive::walk;
pub(super) use markup::declares_entities;

/// First bytes of the container that `.xls` and encrypted workbooks share.
const COMPOUND_FILE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// First bytes of a zip archive.
const ZIP: &[u8] = b"PK";

/// Reads every sheet of a file.
pub fn sheets(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, FileError> {
    if bytes.is_empty() {
        return Err(FileError::Empty);
    }
    if bytes.len() > FILE_BYTES_MAX {
        return Err(FileError::TooLarge { bytes: bytes.len() });
    }
    if bytes.starts_with(COMPOUND_FILE) {
        return xls::sheets(bytes);
    }
    if bytes.starts_with(ZIP) {
        return xlsx::sheets(bytes);
    }
    text::sheet(name, bytes).map(|sheet| vec![sheet])
}
