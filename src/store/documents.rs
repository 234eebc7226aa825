//! Papers by content, and files that entries are read from. Writes go through
//! [`super::Store::begin_beside`].

use super::engine::{Reader, ask, ask_in, write_on};
use super::{StoreError, WriteTx, ascending};

/// A paper of an estate.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DocumentRow {
    /// Code of the estate.
    pub estate: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    /// Its file's name.
    pub name: String,
    /// What it is, as entries say it.
    pub kind: String,
    /// Its media type (RFC 6838).
    pub media_type: String,
    /// Its length in bytes.
    pub size: i64,
    /// `public`, `owners` or `officers`.
    pub visibility: String,
    /// Who handed it in.
    pub uploaded_by: String,
    /// When, milliseconds since 1970.
    pub uploaded_at: i64,
    /// When anything about it was last changed.
    pub changed_at: i64,
}

/// A file that entries are read from.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ImportRow {
    /// `i_…`
    pub import_id: String,
    /// Code of the estate.
    pub estate: String,
    /// The file, kept as a document.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// `register`, `contracts`, `parking` or `statement`.
    pub sort: String,
    /// What the form said beside the file, JSON.
    pub options: String,
    /// What was answered, TOML.
    pub answers: String,
    /// Who handed it in.
    pub made_by: String,
    /// When, milliseconds since 1970.
    pub made_at: i64,
    /// Numbers of the entries that came of it, JSON.
    pub posted: Option<String>,
    /// Who posted them.
    pub posted_by: Option<String>,
    /// When.
    pub posted_at: Option<i64>,
}

/// A query of papers that goes on as it says.
macro_rules! documents {
    ($rest:literal) => {
        concat!(
            "select estate, sha256, name, kind, media_type, size, visibility, uploaded_by,
                uploaded_at, changed_at from document ",
            $rest
        )
    };
}

/// A query of files that goes on as it says.
macro_rules! imports {
    ($rest:literal) => {
        concat!(
            "select import_id, estate, sha256, name, sort, options, answers, made_by, made_at,
                posted, posted_by, posted_at from import_file ",
            $rest
        )
    };
}

impl Reader<'_> {
    /// Papers of an estate, the newest first.
    pub async fn documents(
        self,
        estate: &str,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<DocumentRow>, StoreError> {
        let sql =
            documents!("where estate = $1 order by uploaded_at desc, sha256 limit $2 offset $3");
        let (limit, skip) = (i64::from(limit), i64::from(skip));
        Ok(ask!(self, fetch_all, sql, estate.to_owned(), limit, skip)?)
    }

    /// Papers of every estate after one of them, by estate and content.
    pub async fn documents_after(
        self,
        (estate, sha256): (&str, &str),
        limit: u32,
    ) -> Result<Vec<DocumentRow>, StoreError> {
        let sql = documents!("where (estate, sha256) > ($1, $2) order by estate, sha256 limit $3");
        let (estate, sha256) = (estate.to_owned(), sha256.to_owned());
        Ok(ask!(self, fetch_all, sql, estate, sha256, i64::from(limit))?)
    }

    /// One paper.
    pub async fn document(
        self,
        estate: &str,
        sha256: &str,
    ) -> Result<Option<DocumentRow>, StoreError> {
        let sql = documents!("where estate = $1 and sha256 = $2");
        Ok(ask!(self, fetch_optional, sql, estate.to_owned(), sha256.to_owned())?)
    }

    /// What changes with every paper of an estate and everything said of one: how many there
    /// are, and the last change.
    pub async fn documents_stamp(self, estate: &str) -> Result<(i64, i64), StoreError> {
        let sql = "select count(*), coalesce(max(changed_at), 0) from document where estate = $1";
        Ok(ask!(self, fetch_one, sql, estate.to_owned())?)
    }

    /// The bytes of a content.
    pub async fn document_bytes(self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "select bytes from document_bytes where sha256 = $1";
        let row: Option<(Vec<u8>,)> = ask!(self, fetch_optional, sql, sha256.to_owned())?;
        Ok(row.map(|(bytes,)| bytes))
    }

    /// Files of an estate, the newest first.
    pub async fn imports(self, estate: &str, limit: u32) -> Result<Vec<ImportRow>, StoreError> {
        let sql = imports!("where estate = $1 order by made_at desc, import_id limit $2");
        Ok(ask!(self, fetch_all, sql, estate.to_owned(), i64::from(limit))?)
    }

    /// Files of every estate after one of them, by id.
    pub async fn imports_after(
        self,
        after: &str,
        limit: u32,
    ) -> Result<Vec<ImportRow>, StoreError> {
        let sql = imports!("where import_id > $1 order by import_id limit $2");
        let rows: Vec<ImportRow> = ask!(self, fetch_all, sql, after.to_owned(), i64::from(limit))?;
        ascending("import", after, rows, |row| &row.import_id)
    }

    /// One file.
    pub async fn import(self, estate: &str, id: &str) -> Result<Option<ImportRow>, StoreError> {
        let sql = imports!("where estate = $1 and import_id = $2");
        Ok(ask!(self, fetch_optional, sql, estate.to_owned(), id.to_owned())?)
    }
}

impl Reader<'_> {
    /// Digest of the request that a key of an estate stands for.
    pub async fn request_digest(
        self,
        estate: &str,
        key: &str,
    ) -> Result<Option<String>, StoreError> {
        let sql = "select digest from request_key where estate = $1 and idempotency_key = $2";
        let row: Option<(String,)> =
            ask!(self, fetch_optional, sql, estate.to_owned(), key.to_owned())?;
        Ok(row.map(|(digest,)| digest))
    }
}

impl WriteTx {
    /// Keeps what a key of an estate stands for; what it stands for already stays.
    pub async fn add_request_key(
        &mut self,
        (estate, key): (&str, &str),
        digest: &str,
        at: i64,
    ) -> Result<(), StoreError> {
        let sql = "insert into request_key (estate, idempotency_key, digest, made_at)
            values ($1, $2, $3, $4)
            on conflict (estate, idempotency_key) do nothing";
        write_on!(self, sql, estate.to_owned(), key.to_owned(), digest.to_owned(), at);
        Ok(())
    }

    /// Keeps bytes under their content; what is kept already stays.
    pub async fn put_document_bytes(
        &mut self,
        sha256: &str,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let here = "select 1 from document_bytes where sha256 = $1";
        let here: Option<(i32,)> = ask_in!(self, fetch_optional, here, sha256.to_owned())?;
        if here.is_none() {
            let sql = "insert into document_bytes (sha256, bytes) values ($1, $2)";
            write_on!(self, sql, sha256.to_owned(), bytes.to_vec());
        }
        Ok(())
    }

    /// Adds a paper; false where the estate has it already.
    pub async fn add_document(&mut self, row: &DocumentRow) -> Result<bool, StoreError> {
        let sql = "insert into document (estate, sha256, name, kind, media_type, size, visibility,
                uploaded_by, uploaded_at, changed_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (estate, sha256) do nothing";
        let added = write_on!(
            self,
            sql,
            row.estate.clone(),
            row.sha256.clone(),
            row.name.clone(),
            row.kind.clone(),
            row.media_type.clone(),
            row.size,
            row.visibility.clone(),
            row.uploaded_by.clone(),
            row.uploaded_at,
            row.changed_at,
        );
        Ok(added == 1)
    }

    /// Changes who may see a paper; the stamp moves on even within a millisecond.
    pub async fn set_document_visibility(
        &mut self,
        (estate, sha256): (&str, &str),
        visibility: &str,
        at: i64,
    ) -> Result<bool, StoreError> {
        let sql = "update document set visibility = $3,
                changed_at = 1 + (select case when max(other.changed_at) > $4
                    then max(other.changed_at) else $4 end
                    from document other where other.estate = $1)
            where estate = $1 and sha256 = $2";
        let (estate, sha256) = (estate.to_owned(), sha256.to_owned());
        Ok(write_on!(self, sql, estate, sha256, visibility.to_owned(), at) == 1)
    }

    /// Adds a file that entries are read from.
    pub async fn add_import(&mut self, row: &ImportRow) -> Result<(), StoreError> {
        let sql =
            "insert into import_file (import_id, estate, sha256, name, sort, options, answers,
                made_by, made_at, posted, posted_by, posted_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        write_on!(
            self,
            sql,
            row.import_id.clone(),
            row.estate.clone(),
            row.sha256.clone(),
            row.name.clone(),
            row.sort.clone(),
            row.options.clone(),
            row.answers.clone(),
            row.made_by.clone(),
            row.made_at,
            row.posted.clone(),
            row.posted_by.clone(),
            row.posted_at,
        );
        Ok(())
    }

    /// Keeps what was said and answered about a file that isn't posted.
    pub async fn set_import(
        &mut self,
        id: &str,
        options: &str,
        answers: &str,
    ) -> Result<bool, StoreError> {
        let sql = "update import_file set options = $2, answers = $3
            where import_id = $1 and posted is null";
        let (options, answers) = (options.to_owned(), answers.to_owned());
        Ok(write_on!(self, sql, id.to_owned(), options, answers) == 1)
    }

    /// Keeps what came of a file.
    pub async fn set_import_posted(
        &mut self,
        id: &str,
        posted: &str,
        (by, at): (&str, i64),
    ) -> Result<(), StoreError> {
        let sql = "update import_file set posted = $2, posted_by = $3, posted_at = $4
            where import_id = $1";
        write_on!(self, sql, id.to_owned(), posted.to_owned(), by.to_owned(), at);
        Ok(())
    }
}
