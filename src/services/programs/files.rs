//! Files that programs hand in: papers, and files that entries are read from, step by step as at
//! the desk.
//!
//! What a key stood for is kept beside the log (`request_key`), so that the same key with another
//! request is refused. Doing a request again changes nothing by itself: a paper is known by its
//! content, a file's id comes from its key, answers take the place of the same answers, and what
//! was posted is told.

use super::super::books::Books;
use super::super::documents::{DocumentRow, Documents, Kept, NewDocument, Visibility};
use super::super::imports::{ImportRow, Imports, ImportsError, NewFile, Said, Sort};
use super::super::people::{Program, Verb};
use super::{Desk, HandedError, allowed, in_role};
use crate::ledger::chain::content_hash;
use crate::ledger::entry::DocKind;
use crate::ledger::id::{EstateCode, Ref, issue_id};

/// Where a request goes, and the key that makes a repeat harmless.
#[derive(Clone, Copy)]
pub struct Taken<'a> {
    /// Who sends it.
    pub program: &'a Program,
    /// For which estate.
    pub estate: EstateCode,
    /// Its key.
    pub key: &'a Ref,
}

/// A file that entries are read from, with what its program said beside it.
#[derive(Clone, Debug)]
pub struct HandedFile {
    /// What it is.
    pub sort: Sort,
    /// Its name.
    pub name: String,
    /// What is said beside it.
    pub said: Said,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Verbs that let a program do a step with a file: a statement is also for who brings statements.
fn verbs(sort: Sort, step: Verb) -> [Verb; 2] {
    if sort == Sort::Statement { [step, Verb::Statement] } else { [step, step] }
}

fn check(of: Taken<'_>, sort: Sort, step: Verb) -> Result<Verb, HandedError> {
    let found = allowed(of.program, of.estate, &verbs(sort, step));
    found.ok_or(HandedError::NotAllowed(step))
}

/// The sort of a file that was handed in.
fn sort_of(row: &ImportRow) -> Result<Sort, HandedError> {
    let sort = Sort::from_word(&row.sort);
    sort.ok_or_else(|| ImportsError::Gone(row.import_id.clone()).into())
}

impl Desk {
    /// Does what is asked for under a key, unless the key stands for something else.
    async fn once<T>(
        &self,
        books: &Books,
        of: Taken<'_>,
        asked: &[&str],
        work: impl Future<Output = Result<T, HandedError>>,
    ) -> Result<T, HandedError> {
        let _under_way = self.begin(of.estate, of.key).ok_or(HandedError::UnderWay)?;
        let digest = content_hash(format!("{asked:?}").as_bytes()).to_string();
        let (estate, key) = (of.estate.to_string(), of.key.as_str());
        let stands = books.store().primary().request_digest(&estate, key).await?;
        if stands.is_some_and(|stands| stands != digest) {
            return Err(HandedError::KeyTaken);
        }
        let done = work.await?;
        // A crash before this line forgets what the key stood for, never what was done.
        let now = books.clock().now().millis();
        let mut tx = books.store().begin_beside().await?;
        tx.add_request_key((&estate, key), &digest, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Keeps a paper.
    pub async fn keep_paper(
        &self,
        (books, documents): (&Books, &Documents),
        of: Taken<'_>,
        (name, kind, visibility): (&str, DocKind, Visibility),
        bytes: Vec<u8>,
    ) -> Result<Kept, HandedError> {
        allowed(of.program, of.estate, &[Verb::Draft])
            .ok_or(HandedError::NotAllowed(Verb::Draft))?;
        let sha256 = content_hash(&bytes).to_string();
        let asked = ["paper", &sha256, name, kind.word(), visibility.word()];
        let by = &of.program.officer.officer_id;
        let new = NewDocument { estate: of.estate, name, kind, visibility, by };
        self.once(books, of, &asked, async { Ok(documents.keep(&new, bytes).await?) }).await
    }

    /// Says who may see a paper from now on; none where there is no such paper.
    pub async fn show_paper(
        &self,
        (books, documents): (&Books, &Documents),
        of: Taken<'_>,
        sha256: &str,
        visibility: Visibility,
    ) -> Result<Option<DocumentRow>, HandedError> {
        allowed(of.program, of.estate, &[Verb::Post]).ok_or(HandedError::NotAllowed(Verb::Post))?;
        let work = async {
            documents.show_to((of.estate, sha256), visibility).await?;
            Ok(documents.find(of.estate, sha256).await?)
        };
        self.once(books, of, &["visibility", sha256, visibility.word()], work).await
    }

    /// Keeps a file that can be read; the row, and whether it stood before.
    pub async fn hand_in_file(
        &self,
        (books, imports): (&Books, &Imports),
        of: Taken<'_>,
        file: HandedFile,
    ) -> Result<(ImportRow, bool), HandedError> {
        check(of, file.sort, Verb::Draft)?;
        let HandedFile { sort, name, said, bytes } = file;
        let sha256 = content_hash(&bytes).to_string();
        let beside = serde_json::to_string(&said).unwrap_or_default();
        let asked = ["import", &sha256, &name, sort.word(), &beside];
        let id = id_of(of);
        let work = async {
            if let Some(row) = imports.find(of.estate, &id).await? {
                let stands = (row.sha256.as_str(), row.sort.as_str(), row.options.as_str());
                let same = stands == (&sha256, sort.word(), &beside);
                return if same { Ok((row, true)) } else { Err(HandedError::KeyTaken) };
            }
            let by = &of.program.officer.officer_id;
            let new = NewFile { estate: of.estate, sort, name: &name, said: &said, by };
            Ok((imports.hand_in_as(id.clone(), &new, bytes).await?, false))
        };
        self.once(books, of, &asked, work).await
    }

    /// Keeps answers beside those given before, or forgets all of them first.
    pub async fn answer_file(
        &self,
        (books, imports): (&Books, &Imports),
        of: Taken<'_>,
        row: &ImportRow,
        (forget, given): (bool, &[(u32, &str, &str)]),
    ) -> Result<ImportRow, HandedError> {
        check(of, sort_of(row)?, Verb::Draft)?;
        let told = format!("{forget} {given:?}");
        let work = async {
            if forget {
                imports.forget(row).await?;
            }
            let answers = if forget { String::new() } else { row.answers.clone() };
            let row = ImportRow { answers, ..row.clone() };
            if !given.is_empty() {
                imports.answer(&row, given).await?;
            }
            Ok(imports.find(of.estate, &row.import_id).await?.unwrap_or(row))
        };
        self.once(books, of, &["answers", &row.import_id, &told], work).await
    }

    /// Posts what was looked at; the numbers of its entries, and whether they stood before.
    pub async fn commit_file(
        &self,
        (books, imports): (&Books, &Imports),
        of: Taken<'_>,
        row: &ImportRow,
        seen: &str,
    ) -> Result<(Vec<u64>, bool), HandedError> {
        let verb = check(of, sort_of(row)?, Verb::Post)?;
        let by = in_role(of.program, of.estate, &[verb.permission()]);
        let by = by.ok_or(HandedError::NotAllowed(verb))?;
        let work = async {
            match row.numbers() {
                Some(posted) => Ok((posted, true)),
                None => Ok((imports.commit(row, seen, &by).await?, false)),
            }
        };
        self.once(books, of, &["commit", &row.import_id, seen], work).await
    }
}

/// The id of the file that a key stands for.
fn id_of(of: Taken<'_>) -> String {
    let named = content_hash(format!("import\n{}\n{}", of.estate, of.key).as_bytes());
    let mut letters = [0; 12];
    letters.copy_from_slice(&named.as_bytes()[..12]);
    issue_id("i_", letters)
}
