//! Papers as somebody hands them in: what a file is by its own bytes, and the same file without
//! what it tells of whoever made it.
//!
//! Pictures lose their metadata (place, time, device, words, previews); what shows them stays as
//! it was, byte for byte. PDF, OFD and XML are kept as they are, since changing them would break
//! their signatures: they are checked only. Read next: `jpeg`, `png`, `text` (PDF and XML), `ofd`.

mod jpeg;
mod ofd;
mod png;
mod text;

use thiserror::Error;

/// The most dots of a picture; a phone's best has a hundred million.
pub const PIXELS_MAX: u64 = 120_000_000;

/// What a paper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Media {
    /// ISO 32000.
    Pdf,
    /// ITU-T T.81.
    Jpeg,
    /// ISO/IEC 15948.
    Png,
    /// GB/T 33190.
    Ofd,
    /// An electronic invoice.
    Xml,
}

impl Media {
    /// Each of them.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Jpeg, Self::Png, Self::Ofd, Self::Xml];

    /// Its media type (RFC 6838).
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Ofd => "application/ofd",
            Self::Xml => "application/xml",
        }
    }

    /// How names of such files end.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Ofd => "ofd",
            Self::Xml => "xml",
        }
    }

    /// The one of a media type.
    pub fn of(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media| media.media_type() == media_type)
    }

    /// True for what a browser may show by itself: it can hold no program.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png)
    }
}

/// Why a paper isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// None of the kinds that are kept.
    #[error("the file is no PDF, JPEG, PNG, OFD or electronic invoice in XML")]
    Unknown,
    /// It begins as one and goes on as none.
    #[error("the file is damaged or cut off")]
    Damaged,
    /// A picture whose sides multiply beyond [`PIXELS_MAX`].
    #[error("the picture has more than {PIXELS_MAX} dots")]
    Pixels,
    /// An archive that grows beyond all measure.
    #[error("unpacked, the file is larger than any paper")]
    Bomb,
    /// A document type, or an entity of its own.
    #[error("the XML declares a document type or an entity")]
    Entities,
    /// Elements within elements, or more of them than an invoice has.
    #[error("the XML is nested too deep or too long")]
    Depth,
    /// XML that is no invoice.
    #[error("the XML is no electronic invoice")]
    NoInvoice,
    /// A PDF with a password.
    #[error("the PDF is protected by a password")]
    Protected,
    /// A PDF that runs or carries something.
    #[error("the PDF holds a program or another file")]
    Program,
}

impl Fault {
    /// Each of them.
    pub const ALL: [Self; 10] = [
        Self::Empty,
        Self::Unknown,
        Self::Damaged,
        Self::Pixels,
        Self::Bomb,
        Self::Entities,
        Self::Depth,
        Self::NoInvoice,
        Self::Protected,
        Self::Program,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unknown => "unknown",
            Self::Damaged => "damaged",
            Self::Pixels => "pixels",
            Self::Bomb => "bomb",
            Self::Entities => "entities",
            Self::Depth => "depth",
            Self::NoInvoice => "no_invoice",
            Self::Protected => "protected",
            Self::Program => "program",
        }
    }
}

/// A paper as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// What it is.
    pub media: Media,
    /// Its bytes, metadata of a picture left out.
    pub bytes: Vec<u8>,
}

/// Reads a paper: what it is, by its bytes alone, and the bytes to keep. Reading what was kept
/// gives the same bytes again.
pub fn read(bytes: &[u8]) -> Result<Paper, Fault> {
    let media = sniff(bytes)?;
    let bytes = match media {
        Media::Jpeg => jpeg::without_metadata(bytes)?,
        Media::Png => png::without_metadata(bytes)?,
        Media::Pdf => text::check_pdf(bytes).map(|()| bytes.to_vec())?,
        Media::Xml => text::check_invoice(bytes).map(|()| bytes.to_vec())?,
        Media::Ofd => ofd::check(bytes).map(|()| bytes.to_vec())?,
    };
    Ok(Paper { media, bytes })
}

fn sniff(bytes: &[u8]) -> Result<Media, Fault> {
    let after_mark = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match bytes {
        [] => Err(Fault::Empty),
        _ if bytes.starts_with(b"%PDF-") => Ok(Media::Pdf),
        [0xFF, 0xD8, 0xFF, ..] => Ok(Media::Jpeg),
        _ if bytes.starts_with(png::SIGNATURE) => Ok(Media::Png),
        _ if bytes.starts_with(b"PK\x03\x04") => Ok(Media::Ofd),
        _ if after_mark.trim_ascii_start().starts_with(b"<") => Ok(Media::Xml),
        _ => Err(Fault::Unknown),
    }
}

fn check_pixels(width: u32, height: u32) -> Result<(), Fault> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Fault::Damaged),
        dots if dots > PIXELS_MAX => Err(Fault::Pixels),
        _ => Ok(()),
    }
}
