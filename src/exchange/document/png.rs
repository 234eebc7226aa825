//! PNG (ISO/IEC 15948) without what it tells of whoever made it: only chunks that decode the
//! picture and its plain colours stay; texts, times, Exif, profiles and unknown ones go, and
//! whatever follows the end.

use super::{Fault, check_pixels};

/// First bytes.
pub const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";

/// Chunks that stay.
const KEPT: [&[u8; 4]; 11] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD",
    b"pHYs",
];

/// The bytes to keep.
pub fn without_metadata(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut out = SIGNATURE.to_vec();
    let mut at = SIGNATURE.len();
    let mut has_data = false;
    loop {
        let chunk = Chunk::read(bytes, at)?;
        if (at == SIGNATURE.len()) != (chunk.kind == *b"IHDR") {
            return Err(Fault::Damaged);
        }
        at += chunk.whole.len();
        match &chunk.kind {
            b"IHDR" => chunk.check_size()?,
            b"IDAT" => has_data = true,
            _ => {}
        }
        if KEPT.contains(&&chunk.kind) {
            out.extend_from_slice(chunk.whole);
        } else if chunk.kind[0].is_ascii_uppercase() {
            // A critical chunk that isn't known: the picture can't be shown without it.
            return Err(Fault::Damaged);
        }
        if chunk.kind == *b"IEND" {
            return if has_data { Ok(out) } else { Err(Fault::Damaged) };
        }
    }
}

struct Chunk<'a> {
    kind: [u8; 4],
    body: &'a [u8],
    /// With length and checksum.
    whole: &'a [u8],
}

impl<'a> Chunk<'a> {
    fn read(bytes: &'a [u8], at: usize) -> Result<Self, Fault> {
        let rest = bytes.get(at..).ok_or(Fault::Damaged)?;
        let four = |from: usize| -> Result<[u8; 4], Fault> {
            let four = from.checked_add(4).and_then(|to| rest.get(from..to));
            four.and_then(|four| four.try_into().ok()).ok_or(Fault::Damaged)
        };
        let length = usize::try_from(u32::from_be_bytes(four(0)?)).map_err(|_| Fault::Damaged)?;
        let end = length.checked_add(8).ok_or(Fault::Damaged)?;
        let sum = u32::from_be_bytes(four(end)?);
        let (body, whole) = (&rest[8..end], &rest[..end + 4]);
        if crc(&rest[4..end]) == sum {
            Ok(Self { kind: four(4)?, body, whole })
        } else {
            Err(Fault::Damaged)
        }
    }

    fn check_size(&self) -> Result<(), Fault> {
        let side = |at: usize| {
            let side = self.body.get(at..at + 4).and_then(|side| side.try_into().ok());
            side.map(u32::from_be_bytes).ok_or(Fault::Damaged)
        };
        check_pixels(side(0)?, side(4)?)
    }
}

/// CRC-32 as annex D of the standard has it.
fn crc(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    let step = |sum: u32, byte: &u8| TABLE[usize::from(sum.to_le_bytes()[0] ^ byte)] ^ (sum >> 8);
    !bytes.iter().fold(u32::MAX, step)
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let (mut at, mut number) = (0, 0_u32);
    while at < 256 {
        let (mut sum, mut bit) = (number, 0);
        while bit < 8 {
            sum = if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 };
            bit += 1;
        }
        table[at] = sum;
        at += 1;
        number += 1;
    }
    table
}
