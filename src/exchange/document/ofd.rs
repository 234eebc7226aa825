//! OFD (GB/T 33190): an archive whose `OFD.xml` names the document. It is unpacked once, counted
//! as it grows, and its XML is looked through; nothing of it is changed.

use super::Fault;
use crate::exchange::table::FileError;
use crate::exchange::workbook::{declares_entities, walk};

/// What names the document.
const ROOT: &str = "OFD.xml";

/// Refuses what no OFD is.
pub fn check(bytes: &[u8]) -> Result<(), Fault> {
    let mut has_root = false;
    let walked = walk(
        bytes,
        |_| true,
        |name, content| {
            has_root |= name == ROOT;
            let ending = name.rsplit_once('.').map(|(_, ending)| ending);
            let is_xml = ending.is_some_and(|ending| ending.eq_ignore_ascii_case("xml"));
            if is_xml && declares_entities(&content) {
                return Err(FileError::HostileXml { what: "a document type" });
            }
            Ok(())
        },
    );
    match walked {
        Ok(()) if has_root => Ok(()),
        Ok(()) => Err(Fault::Unknown),
        Err(FileError::HostileXml { .. }) => Err(Fault::Entities),
        Err(
            FileError::Ratio { .. } | FileError::Unpacked { .. } | FileError::TooManyParts { .. },
        ) => Err(Fault::Bomb),
        Err(_) => Err(Fault::Damaged),
    }
}
