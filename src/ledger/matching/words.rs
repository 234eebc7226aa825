//! What two texts have in common: a name, a site, a word of the remark.

/// Characters of each text that are looked at.
const LOOKED_AT: usize = 60;
/// The shortest run of characters that says something.
const RUN_MIN: usize = 3;
/// Words that half of all texts have.
const PLAIN: [&str; 8] =
    ["有限责任公司", "股份有限公司", "有限公司", "分公司", "公司", "转账", "收入", "费用"];

/// The longest run of letters that both have, where it says something: at least three, or the
/// whole of a shorter text of two.
pub(super) fn common(one: &str, other: &str) -> Option<String> {
    let (one, other) = (plain(one), plain(other));
    let (mut best, mut end) = (0, 0);
    let mut before = vec![0; other.len() + 1];
    for a in &one {
        let mut row = vec![0; other.len() + 1];
        for (at, b) in other.iter().enumerate() {
            if a == b && *a != ' ' {
                row[at + 1] = before[at] + 1;
                if row[at + 1] > best {
                    (best, end) = (row[at + 1], at + 1);
                }
            }
        }
        before = row;
    }
    let run: String = other[end - best..end].iter().collect();
    let is_whole = best >= 2 && (best == one.len() || best == other.len());
    let says = (best >= RUN_MIN || is_whole) && !run.chars().all(|c| c.is_ascii_digit());
    says.then_some(run)
}

/// A text without words that say nothing, signs as blanks.
fn plain(text: &str) -> Vec<char> {
    let mut text = text.to_lowercase();
    for word in PLAIN {
        text = text.replace(word, " ");
    }
    let letters = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' });
    let text: String = letters.take(LOOKED_AT).collect();
    text.trim().chars().collect()
}

#[cfg(test)]
mod tests {
    use super::common;

    #[test]
    fn names_are_found_and_plain_words_are_not() {
        let said = |one, other| common(one, other).unwrap_or_default();
        assert_eq!(said("某传媒有限公司 · 一季度电梯广告", "电梯广告"), "电梯广告");
        assert_eq!(said("甲快递有限公司", "甲快递公司"), "甲快递");
        assert_eq!(said("李四", "李四"), "李四");
        for (one, other) in [
            ("甲有限公司", "乙有限公司"),
            ("", "电梯广告"),
            ("20250301", "20250302"),
            ("张三 摊位", "李四 摊点"),
        ] {
            assert_eq!(common(one, other), None, "{one} {other}");
        }
    }
}
