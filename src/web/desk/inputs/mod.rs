//! The fields of the forms that record: what money, from whom, for which month. No field asks
//! for an account code; choices carry one behind a name. Most forms are lists of what they ask
//! (`asked.rs`); those whose fields depend on what was chosen stand in `day.rs` and `mend.rs`.

mod asked;
mod day;
mod decided;
mod mend;

use super::form::{Input, Sort};
use crate::ledger::account::AccountCode;
use crate::ledger::book::{Book, Contract};
use crate::services::recording::{Form as About, Ground, Typed};
use crate::web::frame::Day;
use crate::web::show;
use crate::web::text::Lang;

/// The fields of a form, filled with what was typed.
pub fn inputs(about: About, ground: Ground<'_>, typed: &Typed, lang: Lang) -> Vec<Input> {
    let fields = Fields { ground, book: ground.book, typed, today: ground.today, lang };
    match about {
        About::Income => fields.income(),
        About::Cost => fields.cost(),
        About::Settle => fields.settle(),
        About::Spend => fields.spend(),
        About::Accept => fields.accept(),
        About::Correct => fields.correct(),
        other => fields.asked(other.asks()),
    }
}

/// The contracts that were chosen, where they are of the book.
pub fn contracts<'b>(book: &'b Book, typed: &Typed) -> Vec<&'b Contract> {
    let known = &book.contracts().contracts;
    typed.values("contract").iter().filter_map(|no| known.get(no).map(AsRef::as_ref)).collect()
}

struct Fields<'a> {
    ground: Ground<'a>,
    book: &'a Book,
    typed: &'a Typed,
    today: Day,
    lang: Lang,
}

impl Fields<'_> {
    /// A paper: what it is, its number, its amount, who made it out.
    pub(super) fn paper(&self, offered: &[&str]) -> [Input; 4] {
        let papers = offered.iter().map(|word| {
            let label = match *word {
                "none" => self.t("record.no_paper"),
                word => self.lang.word("word", word).into_owned(),
            };
            ((*word).to_owned(), label)
        });
        [
            Input::new("paper", Sort::Choice, self.t("record.paper"))
                .with(self.typed.value("paper"))
                .options([self.nothing()].into_iter().chain(papers))
                .hint(self.t("record.paper_hint")),
            self.text("paper_no", "record.paper_no"),
            self.amount("paper_amount", "record.paper_amount")
                .hint(self.t("record.paper_amount_hint")),
            self.text("issuer", "record.issuer").hint(self.t("record.issuer_hint")),
        ]
    }

    pub(super) fn t(&self, key: &str) -> String {
        self.lang.t(key).into_owned()
    }

    pub(super) fn text(&self, name: &'static str, key: &str) -> Input {
        Input::new(name, Sort::Text, self.t(key)).with(self.typed.value(name))
    }

    pub(super) fn amount(&self, name: &'static str, key: &str) -> Input {
        Input::new(name, Sort::Amount, self.t(key)).with(self.typed.value(name))
    }

    pub(super) fn memo(&self) -> Input {
        self.text("memo", "record.memo").hint(self.t("record.memo_hint"))
    }

    pub(super) fn day(&self, key: &str) -> Input {
        let typed = self.typed.value("day");
        let day = if typed.is_empty() { self.today.to_string() } else { typed.to_owned() };
        Input::new("day", Sort::Text, self.t(key)).with(&day).hint(self.t("record.day_hint"))
    }

    /// The first of a list of choices: nothing is chosen for anybody.
    pub(super) fn nothing(&self) -> (String, String) {
        (String::new(), self.t("record.choose"))
    }

    /// A choice of accounts by name; the only one there is is chosen.
    pub(super) fn accounts(
        &self,
        name: &'static str,
        key: &str,
        accounts: &[AccountCode],
    ) -> Input {
        self.accounts_with(name, key, accounts, self.typed.value(name))
    }

    /// The same, with one of them chosen.
    pub(super) fn accounts_with(
        &self,
        name: &'static str,
        key: &str,
        accounts: &[AccountCode],
        value: &str,
    ) -> Input {
        let options = accounts
            .iter()
            .map(|code| (code.to_string(), show::account(self.book, *code, self.lang)));
        let first = Some(self.nothing()).filter(|_| accounts.len() != 1);
        Input::new(name, Sort::Choice, self.t(key))
            .with(value)
            .options(first.into_iter().chain(options))
    }

    /// A heading over the fields that follow.
    pub(super) fn head(&self, key: &str) -> Input {
        Input::new("", Sort::Head, self.t(key))
    }
}
