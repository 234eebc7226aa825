//! What programs hand in: drafts under a key that makes a repeat harmless, judged and posted like
//! a journal's, in the name of whoever the program's key belongs to.
//!
//! The key of a request becomes the `ref` of its draft, or with `.1`, `.2` … behind it those of a
//! list: it stands in the bytes, so that a repeat is known also after a crash or a restore.
//!
//! A signature is given by who signs. A program can only claim it, so drafts that carry some are
//! refused unless the operator trusts the programs of this instance (`api.trust_signs`).
//!
//! Read next: `files.rs` (papers and files that entries are read from).

mod files;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;

use super::books::{Books, PostError, Posted};
use super::documents::DocumentError;
use super::imports::ImportsError;
use super::journal::Refusal;
use super::people::{People, PeopleError, Permission, Program, Scope, Verb};
use crate::ledger::draft::Batch;
use crate::ledger::entry::Actor;
use crate::ledger::id::{EstateCode, Ref};
use crate::store::StoreError;

/// The longest key: room for `.256` behind it.
pub const KEY_LEN_MAX: usize = 60;

pub use files::{HandedFile, Taken};

/// Why something that a program handed in was not posted.
#[derive(Debug, Error)]
pub enum HandedError {
    /// It is for no estate that the key is for.
    #[error("the key is not for the estate {0}")]
    NotGranted(EstateCode),
    /// The key, or whoever it belongs to, may not.
    #[error("the key may not do this for the estate: {}", .0.word())]
    NotAllowed(Verb),
    /// Kinds that no program hands in.
    #[error("an entry of the kind {0} is made on the command line")]
    Reserved(&'static str),
    /// The same key is being worked on.
    #[error("a request with the same key is in progress")]
    UnderWay,
    /// The key stands for something else.
    #[error("the key stands for another request already")]
    KeyTaken,
    /// What was sent gives no drafts.
    #[error(transparent)]
    Unread(Refusal),
    /// A signature that nobody here could have given, or any where programs aren't trusted.
    #[error("draft {draft}: the signature {sign} is not taken from a program")]
    Sign {
        /// Which draft, from 0.
        draft: usize,
        /// Which of its signatures, from 0.
        sign: usize,
        /// The drafts were sent as a list.
        is_list: bool,
    },
    /// The writer refused it.
    #[error("{error}")]
    Post {
        /// Why.
        error: PostError,
        /// The drafts were sent as a list.
        is_list: bool,
    },
    /// A paper was not kept or changed.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A step of a file was not done.
    #[error(transparent)]
    Imports(#[from] ImportsError),
    /// The people could not be read.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Requests of programs, those under way known by their key.
#[derive(Clone, Default)]
pub struct Desk {
    under_way: Arc<Mutex<HashSet<(EstateCode, String)>>>,
    trusts_signs: bool,
}

/// A key that is being worked on, until this is dropped.
struct UnderWay<'a>(&'a Desk, (EstateCode, String));

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut keys = self.0.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.1);
    }
}

impl Desk {
    /// One that takes signatures at a program's word, or none at all.
    pub fn trusting(trusts_signs: bool) -> Self {
        Self { trusts_signs, ..Self::default() }
    }

    fn begin(&self, estate: EstateCode, key: &Ref) -> Option<UnderWay<'_>> {
        let named = (estate, key.to_string());
        let mut keys = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(named.clone()).then(|| UnderWay(self, named))
    }

    /// Posts what a program sent for an estate under a key.
    pub async fn hand_in(
        &self,
        (books, people): (&Books, &People),
        program: &Program,
        (estate, key): (EstateCode, &Ref),
        sent: &[u8],
    ) -> Result<Vec<(Ref, Posted)>, HandedError> {
        let _under_way = self.begin(estate, key).ok_or(HandedError::UnderWay)?;
        let batch = Batch::read_with_key(sent, key);
        let batch = batch.map_err(|error| HandedError::Unread(Refusal::Unreadable(error)))?;
        let found = batch.drafts[0].estate;
        if found != estate {
            let refusal = Refusal::OtherEstate { found, wanted: estate };
            return Err(HandedError::Unread(refusal));
        }
        let by = actor(program, estate, &batch)?;
        let is_list = batch.is_list;
        for (draft, one) in batch.drafts.iter().enumerate() {
            let refused = if self.trusts_signs {
                people.check_signs(estate, one.signs.iter()).await?
            } else {
                (!one.signs.is_empty()).then_some(0)
            };
            if let Some(sign) = refused {
                return Err(HandedError::Sign { draft, sign, is_list });
            }
        }
        self.check_key(books, estate, key, &batch).await?;
        let told = |error| HandedError::Post { error, is_list };
        // A queue beside that of the desks: nobody who types waits behind a program.
        let refs: Vec<Ref> = batch.drafts.iter().map(|draft| draft.r#ref.clone()).collect();
        let posted = books.post_bulk(batch.drafts, by).map_err(told)?.await.map_err(told)?;
        Ok(refs.into_iter().zip(posted).collect())
    }

    /// Refuses a key that stands for a request of another shape: one draft, or more, or fewer.
    /// The same shape with other content is refused by the writer.
    async fn check_key(
        &self,
        books: &Books,
        estate: EstateCode,
        key: &Ref,
        batch: &Batch,
    ) -> Result<(), HandedError> {
        let other = if batch.is_list {
            vec![key.to_string(), format!("{key}.{}", batch.drafts.len() + 1)]
        } else {
            vec![format!("{key}.1")]
        };
        let other: Vec<&str> = other.iter().map(String::as_str).collect();
        let found = books.store().primary().known_refs(estate, &other).await?;
        if found.is_empty() { Ok(()) } else { Err(HandedError::KeyTaken) }
    }
}

/// True where a key is for an estate at all, so that its program may know that it is there.
pub fn is_granted(program: &Program, estate: EstateCode) -> bool {
    Verb::ALL.into_iter().any(|verb| program.may(Scope { estate, verb }))
}

/// The first of some verbs that a key is for and its owner may.
pub fn allowed(program: &Program, estate: EstateCode, verbs: &[Verb]) -> Option<Verb> {
    verbs.iter().copied().find(|verb| program.may(Scope { estate, verb: *verb }))
}

/// Who posts: the key's owner, in the role that lets them.
fn actor(program: &Program, estate: EstateCode, batch: &Batch) -> Result<Actor, HandedError> {
    let mut wanted: Vec<Permission> = Vec::new();
    for draft in &batch.drafts {
        let kind = draft.event.kind().name;
        let verb = Verb::for_kind(kind).ok_or(HandedError::Reserved(kind))?;
        if !program.may(Scope { estate, verb }) {
            return Err(HandedError::NotAllowed(verb));
        }
        wanted.push(verb.permission());
    }
    in_role(program, estate, &wanted).ok_or(HandedError::NotAllowed(Verb::Post))
}

/// The key's owner in the first role that holds every permission.
fn in_role(program: &Program, estate: EstateCode, wanted: &[Permission]) -> Option<Actor> {
    let mut roles = program.rights.roles_for(Some(estate));
    let role = roles.find(|role| wanted.iter().all(|may| may.roles().contains(role)))?;
    let officer = &program.officer;
    Some(Actor {
        org: officer.organisation_id.clone(),
        role: role.word().to_owned(),
        user: officer.officer_id.clone(),
    })
}
