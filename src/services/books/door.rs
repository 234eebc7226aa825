//! The door: what a draft's texts must not carry into bytes that can never be changed.
//!
//! Normal form C is the writer's rule, since it depends on a version of Unicode; numbers that
//! look like a phone, an identity card or a bank card are refused anywhere but in an
//! organisation's credit code.

use unicode_normalization::is_nfc;

use super::DoorFault;
use crate::ledger::chain::content_hash;
use crate::ledger::draft::{Draft, SealedValue};
use crate::ledger::json::Value;

/// Checks every text of a draft.
pub fn check(draft: &Draft) -> Result<(), DoorFault> {
    let lines = draft.lines.iter().enumerate().flat_map(|(no, line)| {
        let texts = [&line.contract, &line.holder, &line.item, &line.part];
        texts.into_iter().flatten().map(move |text| (format!("/lines/{no}"), text.as_str()))
    });
    let origin = draft.origin.iter().map(|origin| ("/origin/row".to_owned(), origin.row.as_str()));
    let memo = draft.memo.iter().map(|memo| ("/memo".to_owned(), memo.as_str()));
    for (pointer, text) in lines.chain(origin).chain(memo) {
        check_text(&pointer, text)?;
    }
    check_text("/ref", draft.r#ref.as_str())?;
    for (key, value) in draft.event.keys() {
        check_value(&format!("/event/{key}"), key, value)?;
    }
    let sealed_right =
        |value: &SealedValue| content_hash(value.disclosure.as_bytes()) == value.digest;
    if draft.sealed.iter().all(sealed_right) { Ok(()) } else { Err(DoorFault::SealedDigest) }
}

fn check_value(pointer: &str, key: &str, value: &Value) -> Result<(), DoorFault> {
    match value {
        Value::Integer(_) => Ok(()),
        Value::Text(text) if is_free(key) => check_text(pointer, text),
        Value::Text(text) => check_nfc(pointer, text),
        Value::List(values) => values
            .iter()
            .enumerate()
            .try_for_each(|(no, value)| check_value(&format!("{pointer}/{no}"), key, value)),
        Value::Map(keys) => keys
            .iter()
            .try_for_each(|(key, value)| check_value(&format!("{pointer}/{key}"), key, value)),
    }
}

/// Keys whose values have a grammar of their own and can't carry such a number by accident.
fn is_free(key: &str) -> bool {
    !matches!(key, "code" | "of" | "file" | "doc" | "sha256")
}

fn check_nfc(pointer: &str, text: &str) -> Result<(), DoorFault> {
    if is_nfc(text) { Ok(()) } else { Err(DoorFault::NotNfc(pointer.to_owned())) }
}

fn check_text(pointer: &str, text: &str) -> Result<(), DoorFault> {
    check_nfc(pointer, text)?;
    match personal_run(text) {
        Some(run) => Err(DoorFault::PersonalNumber(pointer.to_owned(), run.len())),
        None => Ok(()),
    }
}

/// True for a text that the door refuses: it carries what looks like a person's number.
pub fn is_personal_text(text: &str) -> bool {
    personal_run(text).is_some()
}

/// Digits of a text that look like a person's number.
fn personal_run(text: &str) -> Option<String> {
    // A digest has digits by chance; one of thirty in a row of registers would be refused.
    let said = text.split(':').filter(|part| !is_digest(part));
    said.flat_map(digit_runs).find(|run| is_personal(run))
}

/// 128 or 256 bits in lower-case hexadecimal, as the importer and hashes write them.
fn is_digest(text: &str) -> bool {
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    matches!(text.len(), 32 | 64)
        && text.bytes().all(hex)
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Runs of digits as a person reads them: full-width folded, blanks and hyphens inside left out.
/// A final X belongs to an identity number (GB 11643).
fn digit_runs(text: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    for c in text.chars() {
        let open = runs.last_mut();
        let digit = match c {
            '0'..='9' => Some(c),
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
            _ => None,
        };
        match (digit, open) {
            (Some(digit), Some(run)) => run.push(digit),
            (None, Some(run)) if matches!(c, 'x' | 'X') && run.len() == 17 => run.push('X'),
            (None, Some(run)) if !matches!(c, '-' | ' ') && !run.is_empty() => {
                runs.push(String::new());
            }
            _ => {}
        }
    }
    runs
}

/// A mobile phone (with or without 86), an identity number with a day of birth in it, or a card
/// number whose check digit is right.
fn is_personal(run: &str) -> bool {
    let bytes = run.as_bytes();
    let mobile = |digits: &[u8]| digits[0] == b'1' && (b'3'..=b'9').contains(&digits[1]);
    match bytes.len() {
        11 => mobile(bytes),
        13 => bytes.starts_with(b"86") && mobile(&bytes[2..]),
        18 if is_birth_date(&run[6..14]) => true,
        16..=19 => is_luhn(bytes),
        _ => false,
    }
}

fn is_birth_date(digits: &str) -> bool {
    let day = format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]);
    matches!(digits.as_bytes(), [b'1', b'9', ..] | [b'2', b'0', ..])
        && day.parse::<chrono::NaiveDate>().is_ok()
}

/// The check digit of ISO/IEC 7812-1, annex B.
fn is_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            match (at % 2, digit * 2) {
                (0, _) => digit,
                (_, twice) if twice > 9 => twice - 9,
                (_, twice) => twice,
            }
        })
        .sum();
    digits.iter().all(u8::is_ascii_digit) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_numbers_stop_at_the_door() {
        for wrong in [
            "电话13912345678",
            "身份证 62072219800101123X",
            "卡4111111111111111",
            "abc:13912345678",
            "imp:abcdef13912345678",
        ] {
            let told = check_text("/memo", wrong);
            assert!(matches!(told, Err(DoorFault::PersonalNumber(..))), "{wrong}");
        }
        for fine in [
            "发票 12345678",
            "完税 336220180900012345",
            "2018-10-31 收 23,350.00",
            "****1234",
            "imp:0123456789abcdef",
            "imp:a13912345678bcdefa13912345678bcd",
            "a4111111111111111bcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdef",
        ] {
            assert_eq!(check_text("/memo", fine), Ok(()), "{fine}");
        }
        assert!(matches!(check_text("/memo", "e\u{301}"), Err(DoorFault::NotNfc(_))));
    }
}
