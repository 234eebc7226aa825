//! What is mended: papers that came later, entries that say something that isn't so.

use super::Fields;
use crate::ledger::format::grouped;
use crate::services::recording::{self, PAPERS, What, asked_lines};
use crate::web::desk::form::{Input, Sort};
use crate::web::show;

impl Fields<'_> {
    pub(super) fn accept(&self) -> Vec<Input> {
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

    pub(super) fn correct(&self) -> Vec<Input> {
        let what = self.typed.value("what");
        let known = What::ALL.map(|what| (what.word().to_owned(), self.what(what)));
        let mut inputs = vec![
            Input::hidden("seq", self.typed.value("seq")).labelled(self.t("record.which_entry")),
            Input::hidden("what", what).labelled(self.t("record.was_wrong")).options(known),
        ];
        if let Some(what) = What::of(what) {
            inputs.extend(self.right(what));
        }
        let reason = self.text("reason", "record.reason");
        inputs.push(reason.hint(self.t("record.reason_hint")));
        inputs
    }

    /// What was wrong, in words.
    fn what(&self, what: What) -> String {
        self.lang.word("wrong_what", what.word()).into_owned()
    }

    /// What is right instead.
    fn right(&self, what: What) -> Vec<Input> {
        let asked = asked_lines(&self.ground, what);
        let stands = asked.first().map(|one| one.line.clone());
        match what {
            What::Amount => {
                let one = |asked: &recording::AskedLine| {
                    let typed = self.typed.value(asked.field);
                    let stands = grouped(asked.line.amount);
                    let name = show::account(self.book, asked.line.account, self.lang);
                    let label = self.lang.with("record.right_amount", &[("account", name)]);
                    Input::new(asked.field, Sort::Amount, label)
                        .with(if typed.is_empty() { &stands } else { typed })
                        .hint(self.lang.with("record.stands", &[("what", &stands)]))
                };
                let mut inputs: Vec<Input> = asked.iter().map(one).collect();
                inputs.extend(self.shown_anew());
                inputs
            }
            What::Account | What::Place => {
                let one = |asked: &recording::AskedLine| {
                    let stands = show::account(self.book, asked.line.account, self.lang);
                    let key = if what == What::Place {
                        "record.right_place"
                    } else {
                        "record.right_account"
                    };
                    let typed = self.typed.value(asked.field);
                    let value = if typed.is_empty() { asked.line.account.as_str() } else { typed };
                    self.accounts_with(asked.field, key, &asked.offered, value)
                        .hint(self.lang.with("record.stands", &[("what", stands)]))
                };
                asked.iter().map(one).collect()
            }
            What::Contract => {
                let stands = stands.and_then(|line| line.contract);
                let stands = stands.unwrap_or_else(|| self.t("record.no_contract"));
                let contracts = self.book.contracts().contracts.values();
                let options = contracts.map(|c| (c.no.clone(), format!("{} · {}", c.no, c.site)));
                vec![
                    Input::new("contract", Sort::Choice, self.t("record.right_contract"))
                        .with(self.typed.value("contract"))
                        .options([self.nothing()].into_iter().chain(options))
                        .hint(self.lang.with("record.stands", &[("what", stands)])),
                ]
            }
            What::Months => {
                let stands = stands.and_then(|line| line.period);
                let stands = stands.map_or_else(
                    || self.t("record.no_months"),
                    |period| show::period(period, self.lang),
                );
                vec![
                    self.text("from", "record.right_from")
                        .hint(self.lang.with("record.stands", &[("what", stands)])),
                    self.text("to", "record.right_to").hint(self.t("record.right_to_hint")),
                ]
            }
            What::Never => Vec::new(),
        }
    }

    /// A paper over what is right, where the entry shows papers.
    fn shown_anew(&self) -> Vec<Input> {
        let kind = self.ground.named.map(|named| named.entry.event.kind());
        let shows = kind.is_some_and(|kind| kind.keys.iter().any(|key| key.name == "evidence"));
        if shows { self.paper(&PAPERS).into() } else { Vec::new() }
    }
}
