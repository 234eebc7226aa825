//! What comes in and goes out day by day.

use super::Fields;
use crate::ledger::book::Contract;
use crate::ledger::event::Party;
use crate::ledger::format::grouped;
use crate::services::recording::{
    self, INCOME_ROWS, PAPERS, contract_accounts, months_offered, passes_through,
};
use crate::web::desk::form::{Input, Sort};
use crate::web::show;

impl Fields<'_> {
    pub(super) fn income(&self) -> Vec<Input> {
        let contracts = super::contracts(self.book, self.typed);
        let mut inputs: Vec<Input> =
            self.typed.values("contract").iter().map(|no| Input::hidden("contract", no)).collect();
        let several = contracts.len() > 1;
        match contracts.as_slice() {
            [] => inputs.extend(self.row(None, &INCOME_ROWS[0], false)),
            some => {
                for (contract, fields) in some.iter().zip(&INCOME_ROWS) {
                    inputs.extend(self.row(Some(contract), fields, several));
                }
            }
        }
        if several {
            inputs.push(self.head("record.whole_receipt"));
        }
        let first = contracts.first().copied();
        inputs.push(self.day("record.arrived_on"));
        inputs.push(self.accounts("to", "record.arrived_at", &recording::arrives(self.book)));
        let payer = match first.and_then(|contract| contract.party.as_ref()) {
            Some(Party::Organisation { org, .. }) => org.clone(),
            _ => String::new(),
        };
        let typed = self.typed.value("payer");
        let payer = if typed.is_empty() { payer } else { typed.to_owned() };
        inputs.push(
            self.text("payer", "record.payer").with(&payer).hint(self.t("record.payer_hint")),
        );
        inputs.push(self.amount("deposit", "record.deposit").hint(self.t("record.deposit_hint")));
        let total = if several { "record.total_hint" } else { "record.total_one_hint" };
        inputs.push(self.amount("total", "record.total").hint(self.t(total)));
        inputs.push(self.amount("fee", "record.fee").hint(self.t("record.fee_hint")));
        inputs.extend(self.clause_fee());
        inputs.push(self.memo());
        inputs
    }

    /// What one contract, or none, brought.
    fn row(
        &self,
        contract: Option<&Contract>,
        [account, amount, passed, month]: &[&'static str; 4],
        several: bool,
    ) -> Vec<Input> {
        let mut inputs = Vec::new();
        if let Some(contract) = contract.filter(|_| several) {
            let label = format!("{} · {}", contract.no, contract.site);
            inputs.push(Input::new("", Sort::Head, label));
        }
        let accounts = contract.map(|contract| contract_accounts(self.book, contract));
        let accounts = accounts.filter(|accounts| !accounts.is_empty());
        let accounts = accounts.unwrap_or_else(|| recording::earns(self.book));
        if accounts.len() > 1 {
            inputs.push(self.accounts(account, "record.earned_by", &accounts));
        }
        inputs.push(self.amount(amount, "record.amount"));
        if contract.is_some_and(|contract| passes_through(self.book, contract).is_some()) {
            let input = self.amount(passed, "record.passed").hint(self.t("record.passed_hint"));
            inputs.push(input);
        }
        inputs.extend(contract.and_then(|contract| self.months(contract, month)));
        inputs
    }

    /// What the company keeps back under a clause, where there is one.
    fn clause_fee(&self) -> Vec<Input> {
        let clauses = self.book.clauses();
        if clauses.is_empty() {
            return Vec::new();
        }
        let options =
            clauses.iter().map(|(no, clause)| (no.clone(), format!("{no} · {}", clause.cite)));
        let choice = Input::new("clause", Sort::Choice, self.t("record.clause"))
            .with(self.typed.value("clause"))
            .options([self.nothing()].into_iter().chain(options));
        let fee = self.amount("clause_fee", "record.clause_fee");
        vec![choice, fee.hint(self.t("record.fee_hint"))]
    }

    pub(super) fn cost(&self) -> Vec<Input> {
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

    pub(super) fn settle(&self) -> Vec<Input> {
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

    /// Months of a contract with what each lacks; none where nothing is open or ahead.
    fn months(&self, contract: &Contract, field: &'static str) -> Option<Input> {
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
        let input = Input::new(field, Sort::Checks, self.t("record.months"))
            .checks(offered, self.typed.values(field))
            .hint(self.t("record.months_hint"));
        Some(input)
    }
}
