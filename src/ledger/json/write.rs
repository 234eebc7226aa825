//! Writing values: the one spelling that reading accepts.

use super::Tree;

/// Writes a text with its quotes.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    if text.bytes().any(|b| matches!(b, b'"' | b'\\')) {
        for byte in text.bytes() {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

/// Writes an integer.
pub fn write_integer(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Writes a value; keys stand in the order the map holds them, which is ascending.
pub fn write(out: &mut Vec<u8>, value: &Tree<'_>) {
    match value {
        Tree::Text(text) => write_text(out, text),
        Tree::Integer(number) => write_integer(out, *number),
        Tree::List(values) => {
            out.push(b'[');
            for (no, value) in values.iter().enumerate() {
                if no > 0 {
                    out.push(b',');
                }
                write(out, value);
            }
            out.push(b']');
        }
        Tree::Map(entries) => {
            out.push(b'{');
            for (no, (key, value)) in entries.iter().enumerate() {
                if no > 0 {
                    out.push(b',');
                }
                write_text(out, key);
                out.push(b':');
                write(out, value);
            }
            out.push(b'}');
        }
    }
}
