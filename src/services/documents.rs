//! Papers: kept once by content, without what they tell of whoever made them
//! ([`crate::exchange::document`]), and attached to entries.
//!
//! An entry names a paper by SHA-256, length and media type; the bytes stand beside the log, so
//! they can be shown to everybody, to owners on request, or to the desk alone.

use std::sync::Arc;

use thiserror::Error;
use tokio::sync::Semaphore;

use super::books::{Books, BooksError, PostError, Posted};
use crate::exchange::document::{self, Fault, Media};
use crate::ledger::chain::content_hash;
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Actor, Doc, DocKind};
use crate::ledger::event::Event;
use crate::ledger::id::{EstateCode, IdError};
use crate::ledger::json::{FormatError, Value};
use crate::store::StoreError;

pub use crate::store::documents::DocumentRow;

/// The most MiB of a file where the settings say nothing.
pub const MAX_MIB: u32 = 10;
/// Files that are checked at the same time: with their copies they bound what checking takes.
const CHECKED_AT_ONCE: usize = 2;
/// The longest name of a file that is kept, in characters.
const NAME_MAX: usize = 120;
/// Papers of a page of the list.
pub const PAGE: u32 = 50;

/// Who may see a paper's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Whoever reads an entry that names it.
    Public,
    /// Owners, who ask the recorder; and the desk.
    Owners,
    /// The desk alone.
    Officers,
}

impl Visibility {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Public, Self::Owners, Self::Officers];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Owners => "owners",
            Self::Officers => "officers",
        }
    }

    /// The one of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// Something handed in.
#[derive(Clone, Copy, Debug)]
pub struct NewDocument<'a> {
    /// For which estate.
    pub estate: EstateCode,
    /// Its file's name.
    pub name: &'a str,
    /// What it is.
    pub kind: DocKind,
    /// Who may see it.
    pub visibility: Visibility,
    /// `u_…`
    pub by: &'a str,
}

/// What is kept now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The paper.
    pub row: DocumentRow,
    /// It was here before, as the row says.
    pub known: bool,
}

/// Why a paper was not kept, shown or attached.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The books could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// More than the setting `upload.max_mib` lets through.
    #[error("the file has more than {0} MiB")]
    TooLarge(u32),
    /// Not something that is kept.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// No such entry to attach to.
    #[error("the estate {0} has no entry {1}")]
    NoEntry(EstateCode, u64),
    /// A value that an entry can't hold.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A digest or reference that can't be read.
    #[error(transparent)]
    Id(#[from] IdError),
    /// It was refused.
    #[error(transparent)]
    Post(#[from] PostError),
}

/// The papers of an instance.
#[derive(Clone)]
pub struct Documents {
    books: Books,
    max_mib: u32,
    turns: Arc<Semaphore>,
}

impl Documents {
    /// Over books; no file is larger than so many MiB.
    pub fn of(books: Books, max_mib: u32) -> Self {
        Self { books, max_mib, turns: Arc::new(Semaphore::new(CHECKED_AT_ONCE)) }
    }

    /// The most MiB of a file.
    pub const fn max_mib(&self) -> u32 {
        self.max_mib
    }

    /// The most bytes of a file.
    pub const fn max_bytes(&self) -> usize {
        (self.max_mib as usize) << 20
    }

    /// Keeps a paper: what it is, its bytes say; metadata of pictures is left out first. The
    /// same content for the same estate stays as it is.
    pub async fn keep(&self, new: &NewDocument<'_>, bytes: Vec<u8>) -> Result<Kept, DocumentError> {
        if bytes.len() > self.max_bytes() {
            return Err(DocumentError::TooLarge(self.max_mib));
        }
        let turn = self.turns.acquire().await;
        let read = tokio::task::spawn_blocking(move || document::read(&bytes)).await;
        drop(turn);
        // A panic of the reader is the file's doing: it is no paper.
        let paper = read.unwrap_or(Err(Fault::Damaged))?;
        self.put(new, paper.media.media_type(), &paper.bytes).await
    }

    /// Keeps a file that entries are read from, as it is: for the desk alone.
    pub(in crate::services) async fn keep_source(
        &self,
        (estate, name, by): (EstateCode, &str, &str),
        bytes: &[u8],
    ) -> Result<Kept, DocumentError> {
        if bytes.len() > self.max_bytes() {
            return Err(DocumentError::TooLarge(self.max_mib));
        }
        let (kind, visibility) = (DocKind::Other, Visibility::Officers);
        let new = NewDocument { estate, name, kind, visibility, by };
        self.put(&new, "application/octet-stream", bytes).await
    }

    async fn put(
        &self,
        new: &NewDocument<'_>,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Kept, DocumentError> {
        let sha256 = content_hash(bytes).to_string();
        let now = self.books.clock().now().millis();
        let row = DocumentRow {
            estate: new.estate.to_string(),
            sha256,
            name: plain_name(new.name),
            kind: new.kind.word().to_owned(),
            media_type: media_type.to_owned(),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            visibility: new.visibility.word().to_owned(),
            uploaded_by: new.by.to_owned(),
            uploaded_at: now,
            changed_at: now,
        };
        let mut tx = self.books.store().begin_beside().await?;
        tx.put_document_bytes(&row.sha256, bytes).await?;
        let added = tx.add_document(&row).await?;
        tx.commit().await?;
        if added {
            return Ok(Kept { row, known: false });
        }
        let stands = self.find(new.estate, &row.sha256).await?;
        Ok(Kept { row: stands.unwrap_or(row), known: true })
    }

    /// A paper of an estate.
    pub async fn find(
        &self,
        estate: EstateCode,
        sha256: &str,
    ) -> Result<Option<DocumentRow>, DocumentError> {
        Ok(self.books.store().primary().document(&estate.to_string(), sha256).await?)
    }

    /// Papers of an estate, the newest first, a page.
    pub async fn list(
        &self,
        estate: EstateCode,
        skip: u32,
    ) -> Result<Vec<DocumentRow>, DocumentError> {
        Ok(self.books.store().primary().documents(&estate.to_string(), skip, PAGE + 1).await?)
    }

    /// The bytes of a paper.
    pub async fn bytes(&self, sha256: &str) -> Result<Option<Vec<u8>>, DocumentError> {
        Ok(self.books.store().primary().document_bytes(sha256).await?)
    }

    /// Changes with every paper of an estate and who may see it.
    pub async fn stamp(&self, estate: EstateCode) -> Result<(i64, i64), DocumentError> {
        Ok(self.books.store().primary().documents_stamp(&estate.to_string()).await?)
    }

    /// Says who may see a paper from now on; false where there is none.
    pub async fn show_to(
        &self,
        (estate, sha256): (EstateCode, &str),
        visibility: Visibility,
    ) -> Result<bool, DocumentError> {
        let now = self.books.clock().now().millis();
        let mut tx = self.books.store().begin_beside().await?;
        let at = (&*estate.to_string(), sha256);
        let done = tx.set_document_visibility(at, visibility.word(), now).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Attaches a paper to an entry that stands. The same paper on the same entry again is the
    /// same posting.
    pub async fn attach(
        &self,
        (estate, seq): (EstateCode, u64),
        row: &DocumentRow,
        by: Actor,
    ) -> Result<Posted, DocumentError> {
        let found = self.books.entry(estate, seq).await?;
        let found = found.ok_or(DocumentError::NoEntry(estate, seq))?.posted;
        let keys = [("of", Value::text(found.hash)), ("seq", Value::Integer(seq))];
        let reference = format!("attach:{seq}:{}", row.sha256.get(..32).unwrap_or_default());
        let mut draft = Draft::new(estate, Event::new("attach", keys)?, reference.parse()?);
        draft.docs.push(row.doc()?);
        let mut posted = self.books.post(vec![draft], by).await?;
        Ok(posted.remove(0))
    }
}

impl DocumentRow {
    /// As an entry names it.
    pub fn doc(&self) -> Result<Doc, DocumentError> {
        Ok(Doc {
            kind: DocKind::from_word(&self.kind).unwrap_or(DocKind::Other),
            sha256: self.sha256.parse()?,
            size: u64::try_from(self.size).unwrap_or_default(),
            media_type: self.media_type.clone(),
        })
    }

    /// Who may see it; what can't be read is for the desk alone.
    pub fn shown_to(&self) -> Visibility {
        Visibility::from_word(&self.visibility).unwrap_or(Visibility::Officers)
    }

    /// What it is, where it is one of the papers that can be attached.
    pub fn media(&self) -> Option<Media> {
        Media::of(&self.media_type)
    }
}

/// The last part of a file's name, of what can be seen, not too long.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = last.chars().filter(|c| !c.is_control() && !is_turning(*c));
    let name: String = seen.take(NAME_MAX).collect();
    name.trim().to_owned()
}

/// Characters that turn the direction of writing could make one name look like another.
const fn is_turning(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
