//! Keys for programs: `mz_` and 256 random bits, shown once; the hash is kept. A key may do what
//! its scopes say, as far as its owner may at that moment.

use std::fmt;
use std::str::FromStr;

use super::audit::{self, Told, What};
use super::{Fault, OfficerRow, People, PeopleError, Permission, Rights, TokenRow, digest};
use crate::ledger::id::EstateCode;

/// Most scopes of a key.
const SCOPES_MAX: usize = 200;
/// The use of a key is noted to the minute.
const SEEN_EVERY_MS: i64 = 60_000;
/// How a key begins, so that one that leaks is recognised.
const PREFIX: &str = "mz_";

/// What a program does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// Reads what the desk shows.
    Read,
    /// Hands in drafts and files.
    Draft,
    /// Posts.
    Post,
    /// Hands in bank statements.
    Statement,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 4] = [Self::Read, Self::Draft, Self::Post, Self::Statement];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Draft => "draft",
            Self::Post => "post",
            Self::Statement => "statement",
        }
    }

    /// What a program needs to hand in an entry of a kind; none for what the operator does on the
    /// command line alone: opening a book, changing the rules it is judged by.
    pub fn for_kind(kind: &str) -> Option<Self> {
        match kind {
            "open" | "rules" => None,
            "statement" | "statement.lines" | "statement.match" => Some(Self::Statement),
            _ => Some(Self::Post),
        }
    }

    /// What its owner must hold.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Read => Permission::SeeDesk,
            Self::Draft => Permission::Draft,
            Self::Post => Permission::Post,
            Self::Statement => Permission::Reconcile,
        }
    }
}

/// One estate and one verb: `620722-0013:post`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// The estate.
    pub estate: EstateCode,
    /// The verb.
    pub verb: Verb,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.estate, self.verb.word())
    }
}

impl FromStr for Scope {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let (estate, verb) = text.split_once(':').ok_or(Fault::Scope)?;
        let estate = estate.parse().map_err(|_| Fault::Estate)?;
        let verb = Verb::ALL.into_iter().find(|known| known.word() == verb);
        Ok(Self { estate, verb: verb.ok_or(Fault::Scope)? })
    }
}

impl TokenRow {
    /// What it is for.
    pub fn scopes(&self) -> Vec<Scope> {
        self.scopes.split(' ').filter_map(|scope| scope.parse().ok()).collect()
    }
}

/// A program that showed a key.
#[derive(Clone, Debug)]
pub struct Program {
    /// Whose key it is.
    pub officer: OfficerRow,
    /// What its owner holds.
    pub rights: Rights,
    /// The key.
    pub token: TokenRow,
}

impl Program {
    /// True where the key is for it and its owner may.
    pub fn may(&self, scope: Scope) -> bool {
        self.token.scopes().contains(&scope)
            && self.rights.may(scope.verb.permission(), Some(scope.estate))
    }
}

fn token_id(token: &str) -> String {
    digest(&format!("token\n{token}"))
}

impl People {
    /// Makes a key; it is shown this once.
    pub async fn make_token(
        &self,
        officer: &str,
        label: &str,
        scopes: &[Scope],
    ) -> Result<String, PeopleError> {
        let label = super::staff::plain_name(label)?;
        let rights = self.rights_of(officer).await?;
        let held = |scope: &Scope| rights.may(scope.verb.permission(), Some(scope.estate));
        if scopes.is_empty() || scopes.len() > SCOPES_MAX || !scopes.iter().all(held) {
            return Err(Fault::Scope.into());
        }
        for scope in scopes {
            self.check_estate(Some(scope.estate)).await?;
        }
        let now = self.now();
        let token = format!("{PREFIX}{}", self.fresh_token()?);
        let scopes: Vec<String> = scopes.iter().map(Scope::to_string).collect();
        let row = TokenRow {
            token_id: token_id(&token),
            officer_id: officer.to_owned(),
            label,
            scopes: scopes.join(" "),
            made_at: now.millis(),
            used_at: None,
            revoked_at: None,
        };
        let mut tx = self.store().begin_beside().await?;
        tx.add_token(&row).await?;
        let told = told(officer, &row.token_id);
        audit::record(&mut tx, now, What::TokenMade, told).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Keys of an officer that are good.
    pub async fn tokens(&self, officer: &str) -> Result<Vec<TokenRow>, PeopleError> {
        let mut rows = self.store().primary().tokens_of(officer).await?;
        rows.retain(|row| row.revoked_at.is_none());
        Ok(rows)
    }

    /// Revokes a key of an officer.
    pub async fn revoke_token(&self, officer: &str, id: &str) -> Result<(), PeopleError> {
        let now = self.now();
        let mut tx = self.store().begin_beside().await?;
        if !tx.revoke_token(officer, id, now.millis()).await? {
            return Err(Fault::Token.into());
        }
        audit::record(&mut tx, now, What::TokenRevoked, told(officer, id)).await?;
        Ok(tx.commit().await?)
    }

    async fn see_token(&self, id: &str, now: i64) -> Result<(), PeopleError> {
        let mut tx = self.store().begin_beside().await?;
        tx.see_token(id, now).await?;
        Ok(tx.commit().await?)
    }

    /// Who a key belongs to, while it is good.
    pub async fn program(&self, token: &str) -> Result<Option<Program>, PeopleError> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let (reader, now) = (self.store().primary(), self.now().millis());
        let found = reader.token(&token_id(token)).await?;
        let Some(token) = found.filter(|row| row.revoked_at.is_none()) else { return Ok(None) };
        let Some(officer) = reader.officer(&token.officer_id).await? else { return Ok(None) };
        let rights = self.rights_of(&officer.officer_id).await?;
        if token.used_at.is_none_or(|used| now - used >= SEEN_EVERY_MS) {
            // Who asks is answered also where this can't be noted.
            if let Err(error) = self.see_token(&token.token_id, now).await {
                tracing::warn!(%error, "couldn't note the use of a key");
            }
        }
        Ok(Some(Program { officer, rights, token }))
    }
}

/// Enough of a key's hash to tell it from others.
fn told(officer: &str, id: &str) -> Told {
    let of = id.chars().take(16).collect();
    Told { user: Some(officer.to_owned()), of: Some(of), ..Told::default() }
}
