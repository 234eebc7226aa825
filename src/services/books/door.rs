//! The door: what a draft's texts must not carry into bytes that can never be changed.
//!
//! Normal form C is the writer's rule, since it depends on a version of Unicode; numbers that
//! look like a phone (11 digits), an identity card (18) or a bank card (16 to 19) are refused
//! anywhere but in an organisation's credit code.

use unicode_normalization::is_nfc;

use super::DoorFault;
use crate::ledger::draft::Draft;
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
    for (key, value) in draft.event.keys() {
        check_value(&format!("/event/{key}"), key, value)?;
    }
    Ok(())
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
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric());
    for run in runs.filter(|run| run.len() >= 11) {
        // An identity number may end in X (GB 11643).
        let digits = run.trim_end_matches(['x', 'X']);
        let personal = matches!(run.len(), 11 | 16..=19);
        if personal && run.len() - digits.len() <= 1 && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DoorFault::PersonalNumber(pointer.to_owned(), run.len()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_numbers_stop_at_the_door() {
        for wrong in ["电话13912345678", "身份证 62072219800101123X", "卡6222021234567890123"]
        {
            assert!(matches!(check_text("/memo", wrong), Err(DoorFault::PersonalNumber(..))));
        }
        for fine in ["发票 12345678", "2018-10-31 收 23,350.00", "****1234", "imp:0123456789abcdef"]
        {
            assert_eq!(check_text("/memo", fine), Ok(()), "{fine}");
        }
        assert!(matches!(check_text("/memo", "e\u{301}"), Err(DoorFault::NotNfc(_))));
    }
}
