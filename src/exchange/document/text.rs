//! PDF and electronic invoices in XML: checked, never changed.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::Fault;

/// Where a PDF's end is looked for, from its last byte back.
const END_WITHIN: usize = 2_048;
/// What a PDF must not say in the clear, each ended by what ends a name (ISO 32000-1, 7.3.5).
const PROGRAMS: [&[u8]; 4] = [b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia"];
/// The deepest element of an invoice, with much room.
const DEPTH_MAX: usize = 64;
/// The most elements, texts and ends.
const EVENTS_MAX: usize = 400_000;
/// Root elements: the fully digital invoice of the tax administration, and UBL.
const ROOTS: [&str; 2] = ["EInvoice", "Invoice"];

/// Refuses what no PDF is, one with a password, and one that says in the clear that it runs or
/// carries something. Packed objects aren't looked into.
pub fn check_pdf(bytes: &[u8]) -> Result<(), Fault> {
    let end = &bytes[bytes.len().saturating_sub(END_WITHIN)..];
    let whole = find(end, b"%%EOF").is_some() && find(end, b"startxref").is_some();
    let version = bytes.get(5..8).is_some_and(|v| v.starts_with(b"1.") || v.starts_with(b"2."));
    if !whole || !version {
        return Err(Fault::Damaged);
    }
    if says(bytes, b"/Encrypt") {
        return Err(Fault::Protected);
    }
    if PROGRAMS.iter().any(|name| says(bytes, name)) { Err(Fault::Program) } else { Ok(()) }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn says(bytes: &[u8], name: &[u8]) -> bool {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/<>[]()%{}\0".contains(byte);
    let mut rest = bytes;
    while let Some(at) = find(rest, name) {
        rest = &rest[at + name.len()..];
        if rest.first().is_none_or(ends) {
            return true;
        }
    }
    false
}

/// Refuses what no invoice is: other roots, entities, elements without end.
pub fn check_invoice(bytes: &[u8]) -> Result<(), Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::Damaged)?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}').trim_start());
    let (mut depth, mut roots) = (0_usize, 0_usize);
    for _ in 0..EVENTS_MAX {
        let event = reader.read_event().map_err(|_| Fault::Damaged)?;
        match event {
            Event::DocType(_) => return Err(Fault::Entities),
            Event::GeneralRef(name) if !is_usual(&name) => return Err(Fault::Entities),
            Event::Start(ref tag) | Event::Empty(ref tag) if depth == 0 => {
                roots += 1;
                if roots > 1 || !ROOTS.contains(&tag.local_name().as_ref()) {
                    return Err(Fault::NoInvoice);
                }
            }
            Event::Eof if roots == 1 && depth == 0 => return Ok(()),
            Event::Eof => return Err(Fault::Damaged),
            _ => {}
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(Fault::Depth);
        }
    }
    Err(Fault::Depth)
}

/// The five entities that XML knows, and characters by number.
fn is_usual(name: &str) -> bool {
    name.starts_with('#') || ["amp", "lt", "gt", "quot", "apos"].contains(&name)
}
