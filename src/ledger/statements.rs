//! What the books say: position, flows, trial balance, income statement, dues of contracts.
//!
//! Every figure comes from a [`Book`]; nothing is computed anywhere else, so a page, a download
//! and the verifier can't differ. Headings are in `docs/accounting.md`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::account::{AccountCode, Fund};
use super::book::{Book, Contract, MonthDue, Turnover};
use super::chart::{AccountType, Role};
use super::money::Money;
use super::period::{Month, Period};

/// What a fund holds now, and whose it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// In bank accounts.
    pub bank: Money,
    /// With payment platforms, to be settled.
    pub clearing: Money,
    /// Collected by the operator, not handed in.
    pub operator_held: Money,
    /// Payments awaiting evidence.
    pub unproven: Money,
    /// Due from a former operator.
    pub predecessor_due: Money,
    /// Deposits and other people's money in the accounts.
    pub others: Money,
}

impl Position {
    /// What lies in the fund's own accounts.
    pub fn in_accounts(&self) -> Money {
        self.bank + self.clearing
    }

    /// What of it belongs to the owners: the headline, never the bank balance.
    pub fn own(&self) -> Money {
        self.in_accounts() - self.others
    }
}

/// The position of a fund.
pub fn position(book: &Book, fund: Fund) -> Position {
    let mut position = Position::default();
    for (code, balance) in book.fund(fund).accounts.iter() {
        match role(book, *code) {
            Role::Bank => position.bank = position.bank + *balance,
            Role::Clearing => position.clearing = position.clearing + *balance,
            Role::OperatorHeld => position.operator_held = position.operator_held + *balance,
            Role::Unproven => position.unproven = position.unproven + *balance,
            Role::PredecessorDue => {
                position.predecessor_due = position.predecessor_due + *balance;
            }
            role if role.is_others_money() => position.others = position.others - *balance,
            _ => {}
        }
    }
    position
}

/// The role of an account in the chart in force.
pub fn role(book: &Book, code: AccountCode) -> Role {
    let account = book.rules().and_then(|rules| rules.chart.nearest(code));
    account.map_or(Role::None, |account| account.role)
}

/// True for accounts that hold the fund's money, wherever it lies.
pub const fn is_money(role: Role) -> bool {
    matches!(role, Role::Bank | Role::Clearing | Role::OperatorHeld)
}

/// Money of a fund over a month: opening + in − out = closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The month.
    pub month: Month,
    /// At its beginning.
    pub opening: Money,
    /// Came in, corrections as red figures.
    pub inflow: Money,
    /// Went out, corrections as red figures.
    pub outflow: Money,
    /// At its end.
    pub closing: Money,
}

/// The flows of a fund's money (bank, platform, operator) for `count` months up to `last`.
pub fn flows(book: &Book, fund: Fund, last: Month, count: u16) -> Vec<Flow> {
    let sums = book.fund(fund);
    let mut closing: Money = sums
        .accounts
        .iter()
        .filter(|(code, _)| is_money(role(book, **code)))
        .map(|(_, b)| *b)
        .sum();
    let move_of = |month: Month| {
        let mut flow = (Money::ZERO, Money::ZERO);
        for ((code, _), turnover) in sums.months.get(&month).iter().flat_map(|m| &m.accounts) {
            if !is_money(role(book, *code)) {
                flow = (flow.0 + turnover.credit, flow.1 + turnover.debit);
            }
        }
        flow
    };
    for month in sums.months.keys().filter(|month| **month > last) {
        let (inflow, outflow) = move_of(*month);
        closing = closing - inflow + outflow;
    }
    let mut flows: Vec<Flow> = (0..i32::from(count))
        .map(|back| {
            let month = last.plus(-back);
            let (inflow, outflow) = move_of(month);
            let opening = closing - inflow + outflow;
            let flow = Flow { month, opening, inflow, outflow, closing };
            closing = opening;
            flow
        })
        .collect();
    flows.reverse();
    flows
}

/// A row of the trial balance (科目余额表).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialRow {
    /// The account.
    pub account: AccountCode,
    /// Debit less credit before the period.
    pub opening: Money,
    /// Moved in the period.
    pub turnover: Turnover,
    /// Debit less credit at its end.
    pub closing: Money,
}

/// The trial balance of a fund over a period; debit equals credit in each column.
pub fn trial_balance(book: &Book, fund: Fund, period: Period) -> Vec<TrialRow> {
    let sums = book.fund(fund);
    let rows = sums.accounts.iter().map(|(account, balance)| {
        let turnover_of = |months: &dyn Fn(Month) -> bool| {
            let mut total = Turnover::default();
            for (_, sums) in sums.months.iter().filter(|(month, _)| months(**month)) {
                let parts = sums.accounts.range((*account, None)..);
                parts.take_while(|((code, _), _)| code == account).for_each(|(_, t)| total.add(*t));
            }
            total
        };
        let turnover = turnover_of(&|month| (period.from..=period.to).contains(&month));
        let closing = *balance - turnover_of(&|month| month > period.to).net();
        TrialRow { account: *account, opening: closing - turnover.net(), turnover, closing }
    });
    rows.collect()
}

/// One row of the income statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRow {
    /// The account.
    pub account: AccountCode,
    /// The part of the estate it concerns, when not all owners.
    pub part: Option<String>,
    /// The amount, on the side on which the account grows.
    pub amount: Money,
    /// Contained in it: corrections of earlier months (更正以前期间).
    pub earlier: Money,
}

/// 公共收益收支表: gross income, cost, net, use, balance; cash basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomeStatement {
    /// The months it covers.
    pub period: Period,
    /// 一、收入.
    pub income: Vec<StatementRow>,
    /// 二、合理成本.
    pub cost: Vec<StatementRow>,
    /// 四、使用.
    pub uses: Vec<StatementRow>,
}

impl IncomeStatement {
    /// Σ income.
    pub fn income_total(&self) -> Money {
        self.income.iter().map(|row| row.amount).sum()
    }

    /// Σ cost.
    pub fn cost_total(&self) -> Money {
        self.cost.iter().map(|row| row.amount).sum()
    }

    /// 三、公共收益: income less reasonable cost (Civil Code 282).
    pub fn net(&self) -> Money {
        self.income_total() - self.cost_total()
    }

    /// Σ use.
    pub fn uses_total(&self) -> Money {
        self.uses.iter().map(|row| row.amount).sum()
    }

    /// 五、本期结余.
    pub fn balance(&self) -> Money {
        self.net() - self.uses_total()
    }
}

/// The income statement of a fund over a period.
pub fn income_statement(book: &Book, fund: Fund, period: Period) -> IncomeStatement {
    let mut sums: BTreeMap<&(AccountCode, Option<String>), Turnover> = BTreeMap::new();
    for (_, month) in book.fund(fund).months.range(period.from..=period.to) {
        for (key, turnover) in &month.accounts {
            sums.entry(key).or_default().add(*turnover);
        }
    }
    let mut statement =
        IncomeStatement { period, income: Vec::new(), cost: Vec::new(), uses: Vec::new() };
    for ((account, part), turnover) in sums {
        let known = book.rules().and_then(|rules| rules.chart.nearest(*account));
        let Some(known) = known.filter(|_| turnover != Turnover::default()) else { continue };
        let sign = |amount: Money| {
            if known.account_type.grows_by_debit() { amount } else { -amount }
        };
        let row = StatementRow {
            account: *account,
            part: part.clone(),
            amount: sign(turnover.net()),
            earlier: sign(turnover.earlier),
        };
        match known.account_type {
            AccountType::Income => statement.income.push(row),
            AccountType::Expense if known.role.is_cost() => statement.cost.push(row),
            AccountType::Expense => statement.uses.push(row),
            _ => {}
        }
    }
    statement
}

/// A contract with its dues: a row of 合同应收实收对照表.
#[derive(Clone, Debug)]
pub struct ContractDue<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// Its months up to the day asked for.
    pub months: BTreeMap<Month, MonthDue>,
    /// Σ due that is owing.
    pub due: Money,
    /// Σ received for the months shown.
    pub received: Money,
    /// Σ owing and not received.
    pub gap: Money,
}

/// Due, received and gap of every contract as of a day.
pub fn contract_dues(book: &Book, as_of: NaiveDate) -> Vec<ContractDue<'_>> {
    let contracts = book.contracts().contracts.values();
    contracts.map(|contract| contract_due(contract, as_of)).collect()
}

/// Due, received and gap of one contract as of a day.
pub fn contract_due(contract: &Contract, as_of: NaiveDate) -> ContractDue<'_> {
    let months = contract.months(Month::of(as_of));
    let owing = months.values().filter(|month| month.owing_from <= as_of);
    ContractDue {
        due: owing.map(|month| month.due).sum(),
        received: months.values().map(|month| month.received).sum(),
        gap: months.values().map(|month| month.gap(as_of)).sum(),
        contract,
        months,
    }
}

/// What contracts owe up to the last day the book speaks of; later months are not known to it,
/// and that it has fallen silent is a finding of its own.
pub fn gap_of_book(book: &Book) -> Money {
    let Some(last) = book.last_day() else { return Money::ZERO };
    book.contracts().contracts.values().map(|contract| contract.gap(last)).sum()
}
