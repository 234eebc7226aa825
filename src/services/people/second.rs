//! The second factor: time-based codes (RFC 6238: SHA-1, six digits, 30 seconds), as every
//! authenticator reads them, and codes on paper that are good once.

use totp_rs::{Algorithm, Builder, Secret, Totp};

use super::digest;
use crate::ledger::time::Timestamp;
use crate::services::clock::{Entropy, EntropyError};
use crate::store::people::CodeRow;

/// Bytes of a secret: the length of SHA-1's output, as RFC 4226 recommends.
pub const SECRET_LEN: usize = 20;
/// Codes on paper.
const PAPER_CODES: usize = 10;
/// The clock of a telephone may be off by so many steps either way.
const STEPS_OFF: u16 = 1;

/// What a secret is shown as.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// For typing: base32 in groups of four.
    pub typed: String,
    /// For scanning, as a QR code: `otpauth://totp/…`.
    pub address: String,
}

fn totp(secret: &[u8]) -> Option<Totp> {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6);
    let builder = builder.with_skew(STEPS_OFF).with_step_duration(30);
    builder.with_secret(Secret::from(secret.to_vec())).build().ok()
}

/// The step whose code was typed, if it is one of now or next to it. Blanks are left out.
pub fn step_of(secret: &[u8], typed: &str, now: Timestamp) -> Option<u64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if typed.len() != 6 || !typed.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    totp(secret)?.check(&typed, u64::try_from(now.millis() / 1_000).ok()?)
}

/// The code that an authenticator shows at an instant.
pub fn code_at(secret: &[u8], now: Timestamp) -> Option<String> {
    let seconds = u64::try_from(now.millis() / 1_000).ok()?;
    Some(totp(secret)?.generate(seconds).to_string())
}

/// How an authenticator takes a secret.
pub fn enrolment(secret: &[u8], account: &str, issuer: &str) -> Enrolment {
    let base32 = Secret::from(secret.to_vec()).to_base32();
    // Names here are of letters, digits and `.-_/`, which need no escape but the slash.
    let (account, issuer) = (escaped(account), escaped(issuer));
    let address = format!(
        "otpauth://totp/{issuer}:{account}?secret={base32}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
    );
    let groups: Vec<String> = base32
        .as_bytes()
        .chunks(4)
        .map(|four| String::from_utf8_lossy(four).into_owned())
        .collect();
    Enrolment { typed: groups.join(" "), address }
}

fn escaped(text: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || ".-_".contains(*c);
    text.chars().map(|c| if fits(&c) { c } else { '-' }).collect()
}

/// A code of eighty random bits: `abcd-efgh-jkmn-pqrs`.
pub fn fresh_code(entropy: &dyn Entropy) -> Result<String, EntropyError> {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut random = [0; 16];
    entropy.fill(&mut random)?;
    let letters = random.map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
    let groups: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// How a code is kept; hyphens, blanks and capitals don't matter when it is typed.
pub fn kept_code(officer: &str, code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .map(|c| match c {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    digest(&format!("code\n{officer}\n{plain}"))
}

/// Codes for paper, and the rows that keep them.
pub fn paper_codes(
    officer: &str,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(Vec<String>, Vec<CodeRow>), EntropyError> {
    let codes: Result<Vec<String>, _> = (0..PAPER_CODES).map(|_| fresh_code(entropy)).collect();
    let codes = codes?;
    let row = |code: &String| CodeRow {
        code_id: kept_code(officer, code),
        officer_id: officer.to_owned(),
        purpose: "second".to_owned(),
        made_at: now.millis(),
        expires_at: None,
    };
    let rows = codes.iter().map(row).collect();
    Ok((codes, rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::clock::SeededEntropy;

    /// RFC 6238, appendix B, SHA-1: the last six digits of the eight given there.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")]
        {
            let at = Timestamp::from_millis(seconds * 1_000);
            assert_eq!(code_at(secret, at).as_deref(), Some(code));
            assert_eq!(step_of(secret, code, at), u64::try_from(seconds / 30).ok());
            let (later, late) = (seconds + 30, seconds + 60);
            assert!(step_of(secret, code, Timestamp::from_millis(later * 1_000)).is_some());
            assert!(step_of(secret, code, Timestamp::from_millis(late * 1_000)).is_none());
        }
        for odd in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(step_of(secret, odd, Timestamp::from_millis(59_000)), None, "{odd}");
        }
    }

    #[test]
    fn codes_on_paper_are_read_as_people_type_them() {
        let code = fresh_code(&SeededEntropy::from_name("code")).unwrap();
        assert_eq!(code.len(), 19);
        let typed = code.to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l");
        assert_eq!(kept_code("u_1", &typed), kept_code("u_1", &code));
        assert_ne!(kept_code("u_2", &code), kept_code("u_1", &code));
    }
}
