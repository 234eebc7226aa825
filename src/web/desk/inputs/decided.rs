//! Fields of the forms on what the owners decided.

use super::Fields;
use crate::ledger::book::Decision;
use crate::ledger::format::grouped;
use crate::ledger::typed;
use crate::services::recording;
use crate::web::desk::form::{Input, Sort};

impl Fields<'_> {
    pub(super) fn spend(&self) -> Vec<Input> {
        vec![
            self.decision(),
            self.accounts("account", "record.used_for", &recording::uses(self.book)),
            self.amount("amount", "record.amount"),
            self.day("record.paid_on"),
            self.accounts("from", "record.paid_from", &recording::pays(self.book)),
            self.text("payee", "record.payee").hint(self.t("record.payee_hint")),
            self.memo(),
        ]
    }

    /// A choice of the decisions in force, each with what is left of its limit.
    fn decision(&self) -> Input {
        let chosen = self.typed.value("decision");
        Input::new("decision", Sort::Choice, self.t("record.decision"))
            .with(chosen)
            .options([self.nothing()].into_iter().chain(self.decisions(chosen)))
            .hint(self.t("record.decision_hint"))
    }

    /// Decisions in force on the day that is typed, and the chosen one whatever became of it.
    fn decisions(&self, chosen: &str) -> Vec<(String, String)> {
        let on = typed::day(self.typed.value("day")).unwrap_or(self.today);
        let mut offered: Vec<(&str, &Decision)> = recording::usable(self.book, on).collect();
        let known = self.book.decisions().get_key_value(chosen);
        if let Some((no, decision)) = known.filter(|(no, _)| !offered.iter().any(|o| o.0 == *no)) {
            offered.push((no, decision));
        }
        offered
            .into_iter()
            .map(|(no, decision)| (no.to_owned(), self.named(no, decision)))
            .collect()
    }

    /// A decision in a line: number, matter, what is left.
    fn named(&self, no: &str, decision: &Decision) -> String {
        let facts = [("no", no.to_owned()), ("matter", decision.matter.clone())];
        match recording::left(decision) {
            None => self.lang.with("record.decision_open", &facts),
            Some(left) => {
                let [no, matter] = facts;
                self.lang.with("record.decision_left", &[no, matter, ("left", grouped(left))])
            }
        }
    }
}
