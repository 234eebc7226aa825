//! Passwords: argon2id (RFC 9106) with the parameters of OWASP's password storage page (19 MiB,
//! two passes, one lane), so many at once as there are permits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use super::PeopleError;
use super::fault::Fault;
use crate::services::clock::Entropy;

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
/// Hashes at the same time: 38 MiB, and a core is left for the books.
const AT_ONCE: usize = 2;
/// Whoever waits longer for a permit is told to come again.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// Fewest characters (NIST SP 800-63B-4 asks for fifteen alone, eight with a second factor).
const CHARS_MIN: usize = 12;
/// Most characters.
const CHARS_MAX: usize = 200;
/// Fewest different characters.
const DIFFERENT_MIN: usize = 5;

const SALT_LEN: usize = 16;
const HASH_LEN: usize = 32;

/// Hashes passwords.
#[derive(Clone)]
pub struct Hasher {
    permits: Arc<Semaphore>,
    counted: Arc<AtomicU64>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)), counted: Arc::default() }
    }
}

impl Hasher {
    /// How many hashes were computed: an unknown name costs as many as a known one.
    pub fn counted(&self) -> u64 {
        self.counted.load(Ordering::Acquire)
    }

    /// The hash of a new password as it is kept.
    pub async fn hash(&self, password: &str, entropy: &dyn Entropy) -> Result<String, PeopleError> {
        let mut salt = [0; SALT_LEN];
        entropy.fill(&mut salt)?;
        let parts = Parts { memory: MEMORY_KIB, passes: PASSES, lanes: 1, salt: salt.to_vec() };
        let hash = self.compute(&parts, password).await?;
        Ok(parts.kept(&hash))
    }

    /// True where a password is the kept one. Without one the same work is done for nothing.
    pub async fn verify(&self, kept: Option<&str>, password: &str) -> Result<bool, PeopleError> {
        let read = kept.and_then(Parts::read);
        let (parts, hash, known) = match read {
            Some((parts, hash)) => (parts, hash, true),
            None => (Parts::nobody(), vec![0; HASH_LEN], false),
        };
        let computed = self.compute(&parts, password).await?;
        Ok(bool::from(computed.ct_eq(&hash)) && known)
    }

    async fn compute(&self, parts: &Parts, password: &str) -> Result<Vec<u8>, PeopleError> {
        let waited = tokio::time::timeout(WAIT_MAX, Arc::clone(&self.permits).acquire_owned());
        let Ok(Ok(permit)) = waited.await else { return Err(PeopleError::Busy) };
        self.counted.fetch_add(1, Ordering::AcqRel);
        let (parts, password) = (parts.clone(), normal(password));
        let computed = tokio::task::spawn_blocking(move || {
            let hash = parts.hash(password.as_bytes());
            drop(permit);
            hash
        });
        computed.await.ok().flatten().ok_or(PeopleError::Busy)
    }
}

/// What a hash is made with.
#[derive(Clone)]
struct Parts {
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: Vec<u8>,
}

impl Parts {
    fn nobody() -> Self {
        Self { memory: MEMORY_KIB, passes: PASSES, lanes: 1, salt: vec![0; SALT_LEN] }
    }

    fn hash(&self, password: &[u8]) -> Option<Vec<u8>> {
        let params = Params::new(self.memory, self.passes, self.lanes, Some(HASH_LEN)).ok()?;
        let mut hash = vec![0; HASH_LEN];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(password, &self.salt, &mut hash).ok()?;
        Some(hash)
    }

    /// `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>` (the PHC string format).
    fn kept(&self, hash: &[u8]) -> String {
        let Self { memory, passes, lanes, salt } = self;
        let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
        format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}")
    }

    fn read(kept: &str) -> Option<(Self, Vec<u8>)> {
        let rest = kept.strip_prefix("$argon2id$v=19$m=")?;
        let (memory, rest) = rest.split_once(",t=")?;
        let (passes, rest) = rest.split_once(",p=")?;
        let (lanes, rest) = rest.split_once('$')?;
        let (salt, hash) = rest.split_once('$')?;
        let salt = STANDARD_NO_PAD.decode(salt).ok()?;
        let hash = STANDARD_NO_PAD.decode(hash).ok()?;
        let (memory, passes, lanes) =
            (memory.parse().ok()?, passes.parse().ok()?, lanes.parse().ok()?);
        Some((Self { memory, passes, lanes, salt }, hash))
    }
}

/// One spelling of what is typed: keyboards differ in how they compose letters.
fn normal(password: &str) -> String {
    password.nfc().collect()
}

/// Refuses a new password that is short or easily guessed.
pub fn check_new(password: &str, again: &str, sign_in: &str) -> Result<(), Fault> {
    let chars: Vec<char> = normal(password).chars().collect();
    if !(CHARS_MIN..=CHARS_MAX).contains(&chars.len()) {
        return Err(Fault::PasswordLength);
    }
    let mut different = chars.clone();
    different.sort_unstable();
    different.dedup();
    let lower = password.to_lowercase();
    let runs = chars.windows(2).all(|pair| (u32::from(pair[1])).abs_diff(u32::from(pair[0])) <= 1);
    if different.len() < DIFFERENT_MIN || runs || lower.contains(sign_in) {
        return Err(Fault::PasswordWeak);
    }
    if password == again { Ok(()) } else { Err(Fault::PasswordsDiffer) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::clock::SeededEntropy;

    #[tokio::test]
    async fn a_password_verifies_and_another_does_not() {
        let hasher = Hasher::default();
        let kept = hasher.hash("四个字加上-words", &SeededEntropy::from_name("p")).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(hasher.verify(Some(&kept), "四个字加上-words").await.unwrap());
        assert!(!hasher.verify(Some(&kept), "四个字加上-word").await.unwrap());
        let before = hasher.counted();
        assert!(!hasher.verify(None, "四个字加上-words").await.unwrap());
        assert!(!hasher.verify(Some("damaged"), "x").await.unwrap());
        assert_eq!(hasher.counted(), before + 2, "nobody's password costs as much");
    }

    #[test]
    fn what_is_kept_reads_back() {
        let parts = Parts::nobody();
        let hash = parts.hash(b"password").unwrap();
        let kept = parts.kept(&hash);
        let (read, again) = Parts::read(&kept).unwrap();
        assert_eq!((read.kept(&again), again), (kept, hash));
    }

    #[test]
    fn weak_passwords_are_refused() {
        for (password, fault) in [
            ("short", Fault::PasswordLength),
            ("aaaaaaaaaaaaaaaa", Fault::PasswordWeak),
            ("abcdefghijklmnop", Fault::PasswordWeak),
            ("my-zhang-word!", Fault::PasswordWeak),
        ] {
            assert_eq!(check_new(password, password, "zhang"), Err(fault), "{password}");
        }
        assert_eq!(check_new("clear accounts", "clear account", "li"), Err(Fault::PasswordsDiffer));
        assert_eq!(check_new("clear accounts", "clear accounts", "li"), Ok(()));
    }
}
