//! The fields of the forms that record: what money, from whom, for which month. No field asks
//! for an account code; choices carry one behind a name.

mod decided;

use super::form::{Input, Sort};
use crate::ledger::account::AccountCode;
use crate::ledger::book::{Book, Contract};
use crate::ledger::event::Party;
use crate::ledger::format::grouped;
use crate::services::recording::{
    self, Form as About, Ground, PAPERS, Typed, contract_accounts, months_offered,
};
use crate::web::frame::Day;
use crate::web::show;
use crate::web::text::Lang;

/// The fields of a form, filled with what was typed.
pub fn inputs(about: About, ground: Ground<'_>, typed: &Typed, lang: Lang) -> Vec<Input> {
    let fields = Fields { book: ground.book, typed, today: ground.today, lang };
    match about {
        About::Income => fields.income(),
        About::Cost => fields.cost(),
        About::Settle => fields.settle(),
        About::Spend => fields.spend(),
        About::Accept => fields.accept(),
    }
}

/// The contract that was chosen, where it is one of the book.
pub fn contract<'b>(book: &'b Book, typed: &Typed) -> Option<&'b Contract> {
    book.contracts().contracts.get(typed.value("contract")).map(AsRef::as_ref)
}

struct Fields<'a> {
    book: &'a Book,
    typed: &'a Typed,
    today: Day,
    lang: Lang,
}

impl Fields<'_> {
    fn income(&self) -> Vec<Input> {
        let contract = contract(self.book, self.typed);
        let mut inputs = vec![Input::hidden("contract", self.typed.value("contract"))];
        let accounts = contract.map(contract_accounts).filter(|accounts| !accounts.is_empty());
        let accounts = accounts.unwrap_or_else(|| recording::earns(self.book));
        if accounts.len() > 1 {
            inputs.push(self.accounts("account", "record.earned_by", &accounts));
        }
        inputs.push(self.amount("amount", "record.amount"));
        inputs.push(self.day("record.arrived_on"));
        inputs.push(self.accounts("to", "record.arrived_at", &recording::arrives(self.book)));
        inputs.extend(contract.and_then(|contract| self.months(contract)));
        let payer = match contract.and_then(|contract| contract.party.as_ref()) {
            Some(Party::Organisation { org, .. }) => org.clone(),
            _ => String::new(),
        };
        let typed = self.typed.value("payer");
        let payer = if typed.is_empty() { payer } else { typed.to_owned() };
        inputs.push(
            self.text("payer", "record.payer").with(&payer).hint(self.t("record.payer_hint")),
        );
        inputs.push(self.memo());
        inputs
    }

    fn cost(&self) -> Vec<Input> {
        let mut inputs = vec![
            self.accounts("account", "record.spent_on", &recording::costs(self.book)),
            self.amount("amount", "record.amount"),
            self.day("record.paid_on"),
            self.accounts("from", "record.paid_from", &recording::pays(self.book)),
            self.text("payee", "record.payee").hint(self.t("record.payee_hint")),
        ];
        inputs.extend(self.paper(&PAPERS));
        inputs.push(self.memo());
        inputs
    }

    /// A paper: what it is, its number, its amount, who made it out.
    fn paper(&self, offered: &[&str]) -> [Input; 4] {
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

    fn accept(&self) -> Vec<Input> {
        let open = recording::awaiting(self.book).map(|(seq, open)| {
            let day = self.book.claims().get(&seq).map(|claim| self.lang.day(claim.date));
            let facts = [
                ("seq", seq.to_string()),
                ("open", grouped(open)),
                ("day", day.unwrap_or_default()),
            ];
            (seq.to_string(), self.lang.with("record.awaiting", &facts))
        });
        let mut inputs = vec![
            Input::new("seq", Sort::Choice, self.t("record.payment"))
                .with(self.typed.value("seq"))
                .options([self.nothing()].into_iter().chain(open)),
            self.accounts("account", "record.spent_on", &recording::costs(self.book)),
            self.amount("amount", "record.shown").hint(self.t("record.shown_hint")),
        ];
        inputs.extend(self.paper(&PAPERS[1..]));
        inputs.push(self.memo());
        inputs
    }

    fn settle(&self) -> Vec<Input> {
        vec![
            self.accounts("from", "record.held_by", &recording::settled_from(self.book)),
            self.text("channel", "record.channel").hint(self.t("record.channel_hint")),
            self.amount("amount", "record.gross").hint(self.t("record.gross_hint")),
            self.amount("fee", "record.fee").hint(self.t("record.fee_hint")),
            self.accounts("to", "record.arrived_at", &recording::pays(self.book)),
            self.day("record.arrived_on"),
            self.memo(),
        ]
    }

    fn t(&self, key: &str) -> String {
        self.lang.t(key).into_owned()
    }

    fn text(&self, name: &'static str, key: &str) -> Input {
        Input::new(name, Sort::Text, self.t(key)).with(self.typed.value(name))
    }

    fn amount(&self, name: &'static str, key: &str) -> Input {
        Input::new(name, Sort::Amount, self.t(key)).with(self.typed.value(name))
    }

    fn memo(&self) -> Input {
        self.text("memo", "record.memo").hint(self.t("record.memo_hint"))
    }

    fn day(&self, key: &str) -> Input {
        let typed = self.typed.value("day");
        let day = if typed.is_empty() { self.today.to_string() } else { typed.to_owned() };
        Input::new("day", Sort::Text, self.t(key)).with(&day).hint(self.t("record.day_hint"))
    }

    /// The first of a list of choices: nothing is chosen for anybody.
    fn nothing(&self) -> (String, String) {
        (String::new(), self.t("record.choose"))
    }

    /// A choice of accounts by name; the only one there is is chosen.
    fn accounts(&self, name: &'static str, key: &str, accounts: &[AccountCode]) -> Input {
        let options = accounts
            .iter()
            .map(|code| (code.to_string(), show::account(self.book, *code, self.lang)));
        let first = Some(self.nothing()).filter(|_| accounts.len() != 1);
        Input::new(name, Sort::Choice, self.t(key))
            .with(self.typed.value(name))
            .options(first.into_iter().chain(options))
    }

    /// Months of a contract with what each lacks; none where nothing is open or ahead.
    fn months(&self, contract: &Contract) -> Option<Input> {
        let offered = months_offered(contract, self.today);
        if offered.is_empty() {
            return None;
        }
        let offered = offered.into_iter().map(|(month, due)| {
            let name = show::month(month, self.lang);
            let label = match due {
                None => name,
                Some(due) => {
                    let lacks = grouped(due.due - due.received);
                    let later = due.owing_from > self.today;
                    let key = if later { "record.month_later" } else { "record.month_lacks" };
                    self.lang.with(key, &[("month", name), ("lacks", lacks)])
                }
            };
            (month.to_string(), label)
        });
        let input = Input::new("month", Sort::Checks, self.t("record.months"))
            .checks(offered, self.typed.values("month"))
            .hint(self.t("record.months_hint"));
        Some(input)
    }
}
