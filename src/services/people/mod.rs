//! The people of the desk: who they are, how they sign in, what they may do.
//!
//! All of it is the operator's own data: it stands beside the log, and no book depends on it.
//! Read next: `permissions.rs` (the one table of what a role may do), `sign_in.rs`,
//! `sessions.rs`, `staff.rs` (organisations, officers, grants).

mod account;
pub mod audit;
pub mod demonstration;
pub mod fault;
mod password;
pub mod permissions;
pub mod roles;
pub mod second;
mod sessions;
mod sign_in;
mod signs;
mod staff;
pub mod throttle;
mod tokens;

use std::sync::Arc;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::clock::{Clock, Entropy, EntropyError};
use crate::ledger::id::EstateCode;
use crate::ledger::time::Timestamp;
use crate::store::{Store, StoreError};

pub use crate::store::people::{GrantRow, OfficerRow, OrganisationRow, SessionRow, TokenRow};
pub use fault::Fault;
pub use permissions::{Level, Permission, Rights};
pub use roles::{Place, Reach, Role};
pub use sessions::{Signed, form_token, is_form_token};
pub use sign_in::Attempt;
pub use staff::{Member, NewGrant, NewOfficer};
pub use tokens::{Program, Scope, Verb};

/// How long sessions last, and who needs a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Unused for so many minutes a session ends.
    pub idle_min: u32,
    /// After so many hours it ends in any case.
    pub absolute_h: u32,
    /// Those who decide sign in with a second factor.
    pub require_totp: bool,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle_min: 30, absolute_h: 12, require_totp: true }
    }
}

/// Why something of the desk was not done.
#[derive(Debug, Error)]
pub enum PeopleError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// As many passwords are being checked as may be.
    #[error("too many are signing in; try again in a moment")]
    Busy,
    /// Name, password or code is wrong; which one is not said.
    #[error("the sign-in was refused")]
    Refused,
    /// Too many attempts.
    #[error("too many attempts; try again in {0} s")]
    Throttled(u64),
    /// Something typed breaks a rule.
    #[error("{0}")]
    Fault(Fault),
}

impl From<Fault> for PeopleError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The people of an instance.
#[derive(Clone)]
pub struct People(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    limits: SessionLimits,
    hasher: password::Hasher,
    throttle: throttle::Throttle,
}

impl People {
    /// Over a database.
    pub fn of(
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        limits: SessionLimits,
    ) -> Self {
        let (hasher, throttle) = (password::Hasher::default(), throttle::Throttle::default());
        Self(Arc::new(Inner { store, clock, entropy, limits, hasher, throttle }))
    }

    /// How long sessions last.
    pub fn limits(&self) -> SessionLimits {
        self.0.limits
    }

    /// How many passwords were hashed.
    pub fn hashed(&self) -> u64 {
        self.0.hasher.counted()
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Today, in Shanghai.
    pub fn today(&self) -> NaiveDate {
        self.now().day()
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    fn entropy(&self) -> &dyn Entropy {
        self.0.entropy.as_ref()
    }

    /// 256 random bits as hex, for a token.
    pub fn fresh_token(&self) -> Result<String, EntropyError> {
        let mut random = [0; 32];
        self.entropy().fill(&mut random)?;
        Ok(audit::hex(&random))
    }

    /// A fresh id.
    pub fn fresh_id(&self, prefix: &str) -> Result<String, EntropyError> {
        super::sealing::fresh_id(prefix, self.entropy())
    }

    /// True where an estate is in the directory.
    async fn check_estate(&self, estate: Option<EstateCode>) -> Result<(), PeopleError> {
        match estate {
            Some(code) if !self.store().primary().has_estate(code).await? => {
                Err(Fault::Estate.into())
            }
            _ => Ok(()),
        }
    }

    /// What stands in the audit for a place.
    async fn place_digest(&self, place: &str) -> Result<String, PeopleError> {
        let secret = match self.store().primary().secret().await {
            Ok(secret) => secret,
            Err(StoreError::Unnamed) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let text = format!("{}\nplace\n{place}", audit::hex(&secret));
        Ok(digest(&text)[..16].to_owned())
    }
}

/// SHA-256 of a text, hex.
fn digest(text: &str) -> String {
    audit::hex(&Sha256::digest(text.as_bytes()))
}
