//! The instance: which log a database is. Fixed with its first entry, in every entry's bytes.

use thiserror::Error;

use super::clock::{Entropy, EntropyError};
use crate::ledger::entry::check_name;
use crate::store::{Store, StoreError};

/// Why a database is not the log asked for.
#[derive(Debug, Error)]
pub enum InstanceError {
    /// The store failed, or holds another log.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes for the instance's secret.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// An empty database needs a name.
    #[error("an empty database needs a name for its log: --log county.example/estates")]
    Unnamed,
    /// A name that an entry can't hold.
    #[error(
        "\"{0}\" can't name a log: 1 to 40 characters without blanks, like county.example/estates"
    )]
    Name(String),
}

/// Makes sure that a database is a log, and the one asked for; names an empty one.
pub async fn establish(
    store: &Store,
    wanted: Option<&str>,
    entropy: &dyn Entropy,
) -> Result<String, InstanceError> {
    match (store.primary().log_origin().await?, wanted) {
        (Some(found), Some(wanted)) if found != wanted => {
            Err(StoreError::OtherLog { found, wanted: wanted.to_owned() }.into())
        }
        (Some(found), _) => Ok(found),
        (None, None) => Err(InstanceError::Unnamed),
        (None, Some(wanted)) => {
            if check_name(wanted).is_err() || wanted.contains(char::is_whitespace) {
                return Err(InstanceError::Name(wanted.to_owned()));
            }
            let mut tx = store.begin().await?;
            let mut secret = [0; 32];
            entropy.fill(&mut secret)?;
            tx.set_log_origin(wanted, &secret).await?;
            tx.commit().await?;
            // Another process may have named it in the same moment; the first name stands.
            match store.primary().log_origin().await? {
                Some(found) if found == wanted => Ok(found),
                Some(found) => {
                    Err(StoreError::OtherLog { found, wanted: wanted.to_owned() }.into())
                }
                None => Err(InstanceError::Unnamed),
            }
        }
    }
}
