//! Sealed values: a person's name stays beside the log, its salted digest goes into the bytes.
//!
//! The disclosure is base64url (RFC 4648, section 5, no padding) of the JSON list
//! `[salt, name, value]` with a salt of sixteen random bytes; the digest is SHA-256 of the
//! disclosure's ASCII. Whoever is shown the disclosure can check it against the entry.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::clock::{Entropy, EntropyError};
use crate::ledger::chain::content_hash;
use crate::ledger::draft::SealedValue;
use crate::ledger::id::issue_id;

/// Issues a fresh pseudonymous id.
pub fn fresh_id(prefix: &str, entropy: &dyn Entropy) -> Result<String, EntropyError> {
    let mut random = [0; 12];
    entropy.fill(&mut random)?;
    Ok(issue_id(prefix, random))
}

/// Seals a value about somebody.
pub fn seal(
    subject: &str,
    name: &str,
    value: &str,
    entropy: &dyn Entropy,
) -> Result<SealedValue, EntropyError> {
    let mut salt = [0; 16];
    entropy.fill(&mut salt)?;
    let plain = json!([URL_SAFE_NO_PAD.encode(salt), name, value]).to_string();
    let disclosure = URL_SAFE_NO_PAD.encode(plain);
    let digest = content_hash(disclosure.as_bytes());
    Ok(SealedValue { digest, subject: subject.to_owned(), disclosure })
}

/// The name and value that a disclosure carries.
pub fn open(disclosure: &str) -> Option<(String, String)> {
    let plain = URL_SAFE_NO_PAD.decode(disclosure).ok()?;
    let [_, name, value]: [String; 3] = serde_json::from_slice(&plain).ok()?;
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::clock::SeededEntropy;

    #[test]
    fn a_sealed_value_opens_to_what_was_sealed() {
        let entropy = SeededEntropy::from_name("test");
        let sealed = seal("pt_1", "party", "张三", &entropy).unwrap();
        assert_eq!(open(&sealed.disclosure), Some(("party".into(), "张三".into())));
        assert_eq!(content_hash(sealed.disclosure.as_bytes()), sealed.digest);
        let again = seal("pt_1", "party", "张三", &entropy).unwrap();
        assert_ne!(again.digest, sealed.digest, "every value has its own salt");
        assert_eq!(open("not base64url!"), None);
    }
}
