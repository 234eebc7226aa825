//! What a bank says of its lines beside day and amount: counterparty and remark, which are no
//! part of the books. Read again from the files that were handed in at the desk, for whoever
//! matches lines there; they go nowhere else.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{Imports, ImportsError, Said, Sort, off, optional};
use crate::exchange::statement::{self as bank, Statement};
use crate::ledger::account::AccountCode;
use crate::ledger::id::EstateCode;
use crate::services::importer::statement::{public_serial, words_of};

/// Files that are read for a page, the newest first.
const FILES_MAX: usize = 12;

impl Imports {
    /// Counterparty and remark by serial, of the lines that are asked for and that a file tells.
    pub async fn words_of(
        &self,
        estate: EstateCode,
        account: AccountCode,
        wanted: &BTreeSet<&str>,
    ) -> Result<HashMap<String, String>, ImportsError> {
        let mut words = HashMap::new();
        if wanted.is_empty() {
            return Ok(words);
        }
        let said = |options: &str| serde_json::from_str::<Said>(options).unwrap_or_default();
        let files = self.list(estate).await?.into_iter().filter(|row| {
            row.sort == Sort::Statement.word()
                && row.posted.is_some()
                && said(&row.options).account.parse() == Ok(account)
        });
        let files: Vec<_> = files.take(FILES_MAX).collect();
        let secret = self.books.store().primary().secret().await?;
        for row in files {
            if words.len() == wanted.len() {
                break;
            }
            let Some(bytes) = self.documents.bytes(&row.sha256).await? else { continue };
            let (name, bytes) = (row.name.clone(), Arc::new(bytes));
            let sheet = optional(&said(&row.options).sheet);
            let options = bank::Options { sheet, ..bank::Options::default() };
            // It was read when it was handed in; one that can't be read any more tells nothing.
            let Ok(read) = off(move || Statement::read(&name, &bytes, &options)).await else {
                continue;
            };
            for line in read.lines() {
                let serial = public_serial(&secret, &line.read.serial);
                if wanted.contains(serial.as_str()) {
                    words.entry(serial).or_insert_with(|| words_of(line));
                }
            }
        }
        Ok(words)
    }
}
