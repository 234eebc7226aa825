//! JPEG (ITU-T T.81) without what it tells of whoever made it: segments of Exif, XMP, IPTC,
//! comments and makers are left out, and whatever follows the end. What decodes the picture
//! stays, with its colours (ICC, Adobe) and which side is up.

use super::{Fault, check_pixels};

/// `Exif` with one tag, Orientation (TIFF 6.0, tag 0x0112); the value's two bytes follow, then
/// six of zero.
const ORIENTATION_HEAD: &[u8] =
    b"\xFF\xE1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01";
/// Tags that are looked through for the orientation.
const TAGS_MAX: u16 = 512;

/// What of a picture is kept, and the rest of what is read.
#[derive(Default)]
struct Kept {
    /// `JFIF`, without its preview.
    jfif: Option<Vec<u8>>,
    /// Which side is up, 1 to 8.
    orientation: Option<u16>,
    rest: Vec<u8>,
    has_frame: bool,
    has_scan: bool,
}

/// The bytes to keep.
pub fn without_metadata(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let (mut kept, mut at) = (Kept::default(), 2);
    loop {
        let marker = marker(bytes, &mut at)?;
        if marker == 0xD9 {
            break;
        }
        let length = bytes.get(at..at + 2).ok_or(Fault::Damaged)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let body = at.checked_add(2).and_then(|from| bytes.get(from..at + length));
        let body = body.ok_or(Fault::Damaged)?;
        at += length;
        kept.take(marker, body)?;
        if marker == 0xDA {
            let end = at + scan(&bytes[at..]);
            kept.rest.extend_from_slice(&bytes[at..end]);
            at = end;
        }
    }
    if kept.has_frame && kept.has_scan { Ok(kept.written()) } else { Err(Fault::Damaged) }
}

/// The next marker; any number of fill bytes may stand before it.
fn marker(bytes: &[u8], at: &mut usize) -> Result<u8, Fault> {
    if bytes.get(*at) != Some(&0xFF) {
        return Err(Fault::Damaged);
    }
    while bytes.get(*at) == Some(&0xFF) {
        *at += 1;
    }
    let marker = bytes.get(*at).copied().ok_or(Fault::Damaged)?;
    *at += 1;
    Ok(marker)
}

/// How far coded data goes: up to a marker that is neither stuffing nor a restart.
fn scan(bytes: &[u8]) -> usize {
    let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF);
    bytes.windows(2).position(ends).unwrap_or(bytes.len())
}

impl Kept {
    fn take(&mut self, marker: u8, body: &[u8]) -> Result<(), Fault> {
        match marker {
            // Start of frame: precision, height, width.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let side = |at: usize| {
                    let side = body.get(at..at + 2).ok_or(Fault::Damaged)?;
                    Ok(u32::from(u16::from_be_bytes([side[0], side[1]])))
                };
                check_pixels(side(3)?, side(1)?)?;
                self.has_frame = true;
                self.keep(marker, body);
            }
            0xDA => {
                self.has_scan = true;
                self.keep(marker, body);
            }
            // Tables, restart interval, number of lines.
            0xC4 | 0xCC | 0xDB..=0xDD => self.keep(marker, body),
            0xE0 if body.starts_with(b"JFIF\0") && body.len() >= 14 => {
                let mut jfif = body[..12].to_vec();
                jfif.extend([0, 0]);
                self.jfif = Some(jfif);
            }
            0xE1 if body.starts_with(b"Exif\0\0") => self.orientation = orientation(&body[6..]),
            0xE2 if body.starts_with(b"ICC_PROFILE\0") => self.keep(marker, body),
            0xEE if body.starts_with(b"Adobe") && body.len() >= 12 => {
                self.keep(marker, &body[..12]);
            }
            0xE0..=0xFE => {}
            _ => return Err(Fault::Damaged),
        }
        Ok(())
    }

    fn keep(&mut self, marker: u8, body: &[u8]) {
        segment(&mut self.rest, marker, body);
    }

    fn written(self) -> Vec<u8> {
        let mut out = vec![0xFF, 0xD8];
        if let Some(jfif) = &self.jfif {
            segment(&mut out, 0xE0, jfif);
        }
        if let Some(orientation) = self.orientation {
            out.extend_from_slice(ORIENTATION_HEAD);
            out.extend(orientation.to_be_bytes());
            out.extend([0; 6]);
        }
        out.extend(self.rest);
        out.extend([0xFF, 0xD9]);
        out
    }
}

fn segment(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    let length = u16::try_from(body.len() + 2).expect("a segment that was read is no longer");
    out.extend([0xFF, marker]);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(body);
}

/// Which side is up, where it isn't the usual one: tag 0x0112 of the first directory.
fn orientation(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let number = |at: usize| {
        let two: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let four: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) };
    let directory = usize::try_from(directory).ok()?;
    for nth in 0..usize::from(number(directory)?.min(TAGS_MAX)) {
        let tag = directory.checked_add(2 + 12 * nth)?;
        if number(tag)? == 0x0112 {
            return number(tag.checked_add(8)?).filter(|side| (2..=8).contains(side));
        }
    }
    None
}
