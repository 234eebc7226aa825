//! Forms that ask the same of everybody: an input for each of their fields.

use super::Fields;
use crate::ledger::format::grouped;
use crate::services::recording::{Ask, Choice, Named, Wants};
use crate::web::desk::form::{Input, Sort};
use crate::web::show;

impl Fields<'_> {
    pub(super) fn asked(&self, asks: &[Ask]) -> Vec<Input> {
        asks.iter().map(|ask| self.ask(ask)).collect()
    }

    fn ask(&self, ask: &Ask) -> Input {
        let label = self.lang.word("ask", ask.label).into_owned();
        let typed = self.typed.value(ask.field);
        let new = |sort| Input::new(ask.field, sort, label.clone());
        let input = match ask.wants {
            Wants::Amount => new(Sort::Amount).with(typed),
            Wants::Text | Wants::Day | Wants::Month | Wants::Number => new(Sort::Text).with(typed),
            Wants::Today => {
                let today = self.today.to_string();
                new(Sort::Text).with(if typed.is_empty() { &today } else { typed })
            }
            Wants::One(_) => {
                let choices = ask.choices(&self.ground);
                // The only place there is is chosen; nothing else is chosen for anybody.
                let only = matches!(choices.as_slice(), [Choice { named: Named::Account(_), .. }]);
                let first = (!only).then(|| self.nothing());
                let options = choices.iter().map(|choice| self.choice(choice));
                new(Sort::Choice).with(typed).options(first.into_iter().chain(options))
            }
            Wants::Several(_) => {
                let choices = ask.choices(&self.ground);
                let options = choices.iter().map(|choice| self.choice(choice));
                new(Sort::Checks).checks(options, self.typed.values(ask.field))
            }
            Wants::Heading => new(Sort::Head),
            Wants::Hidden => Input::hidden(ask.field, typed).labelled(label),
        };
        let day = matches!(ask.wants, Wants::Today | Wants::Day);
        let hint = match (ask.hinted, day) {
            (true, _) => Some(self.lang.word("ask_hint", ask.label).into_owned()),
            (false, true) => Some(self.t("record.day_hint")),
            (false, false) => None,
        };
        Input { hint, ..input }
    }

    /// A choice: what is sent, what it is called.
    fn choice(&self, choice: &Choice) -> (String, String) {
        let called = match &choice.named {
            Named::Account(code) => show::account(self.book, *code, self.lang),
            Named::Word(word) => self.lang.word("word", word).into_owned(),
            Named::Own(word) => self.lang.word("choice", word).into_owned(),
            Named::Month(month) => show::month(*month, self.lang),
            Named::Period(period) => show::period(*period, self.lang),
            Named::Said(text) => text.clone(),
            Named::Claim(seq, open) => {
                let day = self.book.claims().get(seq).map(|claim| self.lang.day(claim.date));
                let facts = [
                    ("seq", seq.to_string()),
                    ("open", grouped(*open)),
                    ("day", day.unwrap_or_default()),
                ];
                self.lang.with("record.awaiting", &facts)
            }
            Named::Held(item, sum) => {
                let facts = [("item", item.clone()), ("sum", grouped(*sum))];
                self.lang.with("record.held_sum", &facts)
            }
            Named::Sentence(zh, en) => self.lang.pick(zh, en).to_owned(),
        };
        (choice.value.clone(), called)
    }
}
