//! Files that entries are read from, step by step: handed in, looked at, answered, posted.
//!
//! The file is kept as a paper for the desk alone, with what was said and answered about it, so
//! one officer may prepare what another posts. What a step shows is planned anew by the same
//! functions as the command line's ([`super::importer`]); nothing is posted before the last.
//! Read next: `preview` (a plan as rows of words), `answers` (what a form answers).

mod answers;
mod lines;
mod preview;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::books::{Books, BooksError};
use super::clock::{Entropy, EntropyError};
use super::documents::{DocumentError, Documents};
use super::importer::parking::{self, ParkingPlan, Places};
use super::importer::statement::{self, StatementPlan};
use super::importer::{self, ImportError, Plan};
use super::sealing::fresh_id;
use crate::exchange::answers::AnswerError;
use crate::exchange::columns::TableError;
use crate::exchange::parking::Parking;
use crate::exchange::register::{self, Register, RegisterError};
use crate::exchange::statement::{self as bank, Statement, StatementError};
use crate::ledger::account::AccountCode;
use crate::ledger::entry::Actor;
use crate::ledger::id::EstateCode;
use crate::ledger::period::Month;
use crate::store::StoreError;

pub use crate::store::documents::ImportRow;
pub use preview::{Ask, Preview, Shown, Weighed};

/// Files of a list.
const LIST_MAX: u32 = 100;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A month's register of leases and receipts.
    Register,
    /// A list of contracts.
    Contracts,
    /// Daily totals of a parking system.
    Parking,
    /// A bank's or platform's statement.
    Statement,
}

impl Sort {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Register, Self::Contracts, Self::Parking, Self::Statement];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Contracts => "contracts",
            Self::Parking => "parking",
            Self::Statement => "statement",
        }
    }

    /// The one of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }

    /// True where rows may be answered in a form.
    pub const fn takes_answers(self) -> bool {
        matches!(self, Self::Register | Self::Contracts)
    }
}

impl ImportRow {
    /// Numbers of the entries that came of it; none until they are posted.
    pub fn numbers(&self) -> Option<Vec<u64>> {
        self.posted.as_ref().map(|text| serde_json::from_str(text).unwrap_or_default())
    }
}

/// What is said beside a file; what is empty, the file says itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The month that a register is for, `2018-10`.
    pub month: String,
    /// The account that a statement is of, `R.1001.01`.
    pub account: String,
    /// The sheet, where there are several.
    pub sheet: String,
}

/// A file handed in.
#[derive(Clone, Copy, Debug)]
pub struct NewFile<'a> {
    /// For which estate.
    pub estate: EstateCode,
    /// What it is.
    pub sort: Sort,
    /// Its name.
    pub name: &'a str,
    /// What is said beside it.
    pub said: &'a Said,
    /// `u_…`
    pub by: &'a str,
}

/// Why a file can't be read, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{en}")]
pub struct Unreadable {
    /// The form's field that it is about.
    pub field: &'static str,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Why a step was not done.
#[derive(Debug, Error)]
pub enum ImportsError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The books could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The file could not be kept.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The file, or what was said beside it, can't be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It can't be planned, or was refused.
    #[error(transparent)]
    Import(ImportError),
    /// What would be posted is not what was looked at.
    #[error("what would be posted is not what was looked at; look again")]
    Changed,
    /// Nothing of it can be posted, or all of it stands.
    #[error("there is nothing to post")]
    Nothing,
    /// It was posted before.
    #[error("the file was posted before")]
    Posted,
    /// Its row can't be read, or its bytes are gone.
    #[error("the file of {0} can't be read any more")]
    Gone(String),
}

/// A plan of any sort.
enum Planned {
    Register(Box<Plan>),
    Parking(ParkingPlan),
    Statement(Box<StatementPlan>),
}

/// The files of an instance.
#[derive(Clone)]
pub struct Imports {
    books: Books,
    documents: Documents,
    entropy: Arc<dyn Entropy>,
}

impl Imports {
    /// Over books and papers.
    pub fn of(books: Books, documents: Documents, entropy: Arc<dyn Entropy>) -> Self {
        Self { books, documents, entropy }
    }

    /// Keeps a file that can be read; its id.
    pub async fn hand_in(&self, new: &NewFile<'_>, bytes: Vec<u8>) -> Result<String, ImportsError> {
        let id = fresh_id("i_", self.entropy.as_ref())?;
        Ok(self.hand_in_as(id, new, bytes).await?.import_id)
    }

    /// Keeps a file that can be read under an id that no other has.
    pub(in crate::services) async fn hand_in_as(
        &self,
        import_id: String,
        new: &NewFile<'_>,
        bytes: Vec<u8>,
    ) -> Result<ImportRow, ImportsError> {
        let bytes = Arc::new(bytes);
        self.planned(new, "", Arc::clone(&bytes)).await?;
        let by = (new.estate, new.name, new.by);
        let kept = self.documents.keep_source(by, &bytes).await?;
        let row = ImportRow {
            import_id,
            estate: new.estate.to_string(),
            sha256: kept.row.sha256,
            name: kept.row.name,
            sort: new.sort.word().to_owned(),
            options: serde_json::to_string(new.said).unwrap_or_default(),
            answers: String::new(),
            made_by: new.by.to_owned(),
            made_at: self.books.clock().now().millis(),
            posted: None,
            posted_by: None,
            posted_at: None,
        };
        let mut tx = self.books.store().begin_beside().await?;
        tx.add_import(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Files of an estate, the newest first.
    pub async fn list(&self, estate: EstateCode) -> Result<Vec<ImportRow>, ImportsError> {
        Ok(self.books.store().primary().imports(&estate.to_string(), LIST_MAX).await?)
    }

    /// One file.
    pub async fn find(
        &self,
        estate: EstateCode,
        id: &str,
    ) -> Result<Option<ImportRow>, ImportsError> {
        Ok(self.books.store().primary().import(&estate.to_string(), id).await?)
    }

    /// What a file would post now; posts nothing.
    pub async fn preview(&self, row: &ImportRow) -> Result<Preview, ImportsError> {
        Ok(preview::of(&self.plan(row).await?))
    }

    /// Keeps answers beside those given before.
    pub async fn answer(
        &self,
        row: &ImportRow,
        given: &[(u32, &str, &str)],
    ) -> Result<(), ImportsError> {
        let merged =
            answers::merged(&row.answers, given).map_err(|error| unreadable_answers(&error))?;
        let answered = ImportRow { answers: merged, ..row.clone() };
        // Answers that fit no row of the file are not kept.
        self.plan(&answered).await?;
        self.keep_answers(&answered).await
    }

    /// Forgets every answer.
    pub async fn forget(&self, row: &ImportRow) -> Result<(), ImportsError> {
        self.keep_answers(&ImportRow { answers: String::new(), ..row.clone() }).await
    }

    async fn keep_answers(&self, row: &ImportRow) -> Result<(), ImportsError> {
        let mut tx = self.books.store().begin_beside().await?;
        let kept = tx.set_import(&row.import_id, &row.options, &row.answers).await?;
        tx.commit().await?;
        if kept { Ok(()) } else { Err(ImportsError::Posted) }
    }

    /// Posts what was looked at, known by its digest; the numbers of its entries. Entries that
    /// stand already are answered, never doubled.
    pub async fn commit(
        &self,
        row: &ImportRow,
        seen: &str,
        by: &Actor,
    ) -> Result<Vec<u64>, ImportsError> {
        if row.posted.is_some() {
            return Err(ImportsError::Posted);
        }
        let plan = self.plan(row).await?;
        let shown = preview::of(&plan);
        if shown.seen != seen {
            return Err(ImportsError::Changed);
        }
        if shown.posts == 0 {
            return Err(ImportsError::Nothing);
        }
        let posted = match &plan {
            Planned::Register(plan) => importer::commit(&self.books, plan, by).await,
            Planned::Parking(plan) => parking::commit(&self.books, plan, by).await,
            Planned::Statement(plan) => statement::commit(&self.books, plan, by).await,
        };
        let posted = posted.map_err(ImportsError::Import)?;
        let numbers: Vec<u64> = posted.iter().map(|posted| posted.seq).collect();
        let text = serde_json::to_string(&numbers).unwrap_or_default();
        let now = self.books.clock().now().millis();
        let mut tx = self.books.store().begin_beside().await?;
        tx.set_import_posted(&row.import_id, &text, (&by.user, now)).await?;
        tx.commit().await?;
        Ok(numbers)
    }

    async fn plan(&self, row: &ImportRow) -> Result<Planned, ImportsError> {
        let gone = || ImportsError::Gone(row.import_id.clone());
        let bytes = self.documents.bytes(&row.sha256).await?.ok_or_else(gone)?;
        let said: Said = serde_json::from_str(&row.options).map_err(|_| gone())?;
        let new = NewFile {
            estate: row.estate.parse().map_err(|_| gone())?,
            sort: Sort::from_word(&row.sort).ok_or_else(gone)?,
            name: &row.name,
            said: &said,
            by: &row.made_by,
        };
        self.planned(&new, &row.answers, Arc::new(bytes)).await
    }

    async fn planned(
        &self,
        new: &NewFile<'_>,
        answers: &str,
        bytes: Arc<Vec<u8>>,
    ) -> Result<Planned, ImportsError> {
        let (books, estate, entropy) = (&self.books, new.estate, self.entropy.as_ref());
        let sheet = optional(&new.said.sheet);
        let name = new.name.to_owned();
        let plan = match new.sort {
            Sort::Register | Sort::Contracts => {
                let month: Option<Month> = read_said("month", &new.said.month)?;
                let answers = answers.parse().map_err(|error| unreadable_answers(&error))?;
                let options = register::Options { sheet, month, answers };
                let read = off(move || Register::read(&name, &bytes, &options)).await?;
                let plan = match new.sort {
                    Sort::Register => importer::plan(books, estate, read, entropy).await,
                    _ => importer::plan_contracts(books, estate, read, entropy).await,
                };
                Planned::Register(Box::new(plan.map_err(said_wrong)?))
            }
            Sort::Parking => {
                let options = parking::options(books, estate, sheet).await.map_err(said_wrong)?;
                let read = off(move || Parking::read(&name, &bytes, &options)).await?;
                let plan = parking::plan(books, estate, read, &Places::default()).await;
                Planned::Parking(plan.map_err(said_wrong)?)
            }
            Sort::Statement => {
                let account: Option<AccountCode> = read_said("account", &new.said.account)?;
                let account = account.ok_or_else(|| wanted("account"))?;
                let options = bank::Options { sheet, ..bank::Options::default() };
                let read = off(move || Statement::read(&name, &bytes, &options)).await?;
                let plan = statement::plan(books, estate, account, read, true).await;
                Planned::Statement(Box::new(plan.map_err(said_wrong)?))
            }
        };
        Ok(plan)
    }
}

fn optional(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn read_said<T: std::str::FromStr>(
    field: &'static str,
    text: &str,
) -> Result<Option<T>, Unreadable> {
    optional(text).map(|text| text.parse().map_err(|_| wanted(field))).transpose()
}

/// What a field beside the file may be.
fn wanted(field: &'static str) -> Unreadable {
    let (zh, en) = match field {
        "month" => {
            ("请填台账的月份，如 2018-10", "Say which month the register is for, such as 2018-10")
        }
        _ => (
            "请填对账单的账户，如 R.1001.01；平台是 R.1002",
            "Say which account the statement is of, such as R.1001.01; R.1002 for a platform",
        ),
    };
    Unreadable { field, zh: zh.to_owned(), en: en.to_owned() }
}

/// Reads a file where it keeps nobody waiting.
async fn off<T, E>(read: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, ImportsError>
where
    T: Send + 'static,
    E: Into<Unreadable> + Send + 'static,
{
    match tokio::task::spawn_blocking(read).await {
        Ok(read) => read.map_err(|error| ImportsError::Unreadable(error.into())),
        // A panic of the reader is the file's doing.
        Err(_) => Err(Unreadable {
            field: "file",
            zh: "文件读不出来".to_owned(),
            en: "The file can't be read".to_owned(),
        }
        .into()),
    }
}

/// What the books say of what was said beside the file.
fn said_wrong(error: ImportError) -> ImportsError {
    match error {
        ImportError::NoMonth => wanted("month").into(),
        ImportError::NotABank(_) => wanted("account").into(),
        other => ImportsError::Import(other),
    }
}

fn unreadable_answers(error: &AnswerError) -> Unreadable {
    Unreadable { field: "answers", zh: error.zh(), en: error.to_string() }
}

impl From<RegisterError> for Unreadable {
    fn from(error: RegisterError) -> Self {
        let field = if matches!(error, RegisterError::Answers(_)) { "answers" } else { "file" };
        Self { field, zh: error.zh(), en: error.to_string() }
    }
}

impl From<TableError> for Unreadable {
    fn from(error: TableError) -> Self {
        Self { field: "file", zh: error.zh(), en: error.to_string() }
    }
}

impl From<StatementError> for Unreadable {
    fn from(error: StatementError) -> Self {
        Self { field: "file", zh: error.zh(), en: error.to_string() }
    }
}
