//! A QR code as the path of an inline picture: nothing is loaded, nothing is drawn by a script.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Light cells around the code (ISO/IEC 18004: four).
const QUIET: usize = 4;

/// A code: cells a side, the quiet zone among them, and the path of its dark cells.
pub struct Qr {
    /// Cells a side.
    pub side: usize,
    /// `M4 4h7v1h-7z…`: runs of dark cells.
    pub path: String,
}

/// The code of a text; none where it is too long for one.
pub fn qr(text: &str) -> Option<Qr> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|cell| **cell == Color::Dark).count();
            if run > 0 {
                // Writing to a string can't fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    Some(Qr { side: width + 2 * QUIET, path })
}
