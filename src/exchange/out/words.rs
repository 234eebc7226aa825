//! Texts of files, in Chinese and English: from `locales/`, where those of the pages stand.

use std::borrow::Cow;

use crate::_rust_i18n_try_translate as message;
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::Book;
use crate::ledger::kinds::{Kind, kind};
use crate::ledger::listing::{Direction, Filter};

/// A language to write in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    english: bool,
}

impl Words {
    /// The language with this code: `en`, or else Chinese.
    pub fn of(code: &str) -> Self {
        Self { english: code == "en" }
    }

    /// The text of a key, `<family>.<word>`; a word without a text as it is.
    pub fn t(self, key: &str) -> Cow<'static, str> {
        let code = self.pick("zh", "en");
        let word = || key.split_once('.').map_or(key, |(_, word)| word).to_owned();
        message(code, key).unwrap_or_else(|| Cow::Owned(word()))
    }

    /// One of two texts.
    pub const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        if self.english { en } else { zh }
    }

    /// A fund's name.
    pub fn fund(self, fund: Fund) -> String {
        self.t(&format!("fund.{fund}")).into_owned()
    }

    /// A kind's name.
    pub const fn kind(self, kind: &Kind) -> &'static str {
        self.pick(kind.zh, kind.en)
    }

    /// An account's name; its code where it has none.
    pub fn account(self, book: &Book, code: AccountCode) -> String {
        let name = if self.english { book.account_name_en(code) } else { book.account_name(code) };
        name.unwrap_or_else(|| code.to_string())
    }

    /// A filter as a sentence: every field that narrows, with its value.
    pub fn filter(self, filter: &Filter) -> String {
        let side = |direction| match direction {
            Direction::In => self.t("side.in"),
            Direction::Out => self.t("side.out"),
        };
        let kind = |name: &String| kind(name).map_or_else(|| name.clone(), |k| self.kind(k).into());
        let fields = [
            ("field.fund", filter.fund.map(|fund| self.fund(fund))),
            ("field.from", filter.from.map(|month| month.to_string())),
            ("field.to", filter.to.map(|month| month.to_string())),
            ("field.kind", filter.kind.as_ref().map(kind)),
            ("field.side", filter.direction.map(|d| side(d).into_owned())),
            ("field.min", filter.min.map(|amount| amount.to_string())),
            ("field.max", filter.max.map(|amount| amount.to_string())),
            ("field.contract", filter.contract.clone()),
            ("field.q", filter.text.clone()),
        ];
        let colon = self.pick("：", ": ");
        let said: Vec<String> = fields
            .into_iter()
            .filter_map(|(key, value)| Some(format!("{}{colon}{}", self.t(key), value?)))
            .collect();
        if said.is_empty() {
            self.t("file.everything").into_owned()
        } else {
            said.join(self.pick("；", "; "))
        }
    }
}
