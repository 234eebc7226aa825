//! What the books say: position, flows, trial balance, income statement, dues of contracts.
//!
//! Every figure comes from a [`Book`]; nothing is computed anywhere else, so a page, a download
//! and the verifier can't differ. Headings are in `docs/accounting.md`.

use std::collections::BTreeMap;

mod dues;

pub use dues::{ContractDue, DuesTotal, contract_due, contract_dues, dues_total, gap_of_book};

pub use super::listing::{RowsTotal, rows_total};

use super::account::{AccountCode, Fund};
use super::book::{Book, Turnover};
use super::chart::{AccountType, Role};
use super::entry::{Entry, Line, Side};
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

    /// All the fund's money, wherever it lies: in its accounts or still with the operator.
    pub fn held(&self) -> Money {
        self.in_accounts() + self.operator_held
    }

    /// What of it belongs to the owners: the headline, never the bank balance.
    pub fn own(&self) -> Money {
        self.in_accounts() - self.others
    }
}

/// The position of a fund.
pub fn position(book: &Book, fund: Fund) -> Position {
    let mut position = Position::default();
    for (code, balance) in &book.fund(fund).accounts {
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
            let role = role(book, *code);
            // A claim goes out when the money leaves; that it is proven or paid back later takes
            // the claim back and isn't money coming in.
            if role.is_own_money() && !is_money(role) {
                flow.1 = flow.1 + turnover.net();
            } else if !is_money(role) {
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

/// Several months as one: the first opening, Σ in, Σ out, the last closing.
pub fn flows_total(flows: &[Flow]) -> Option<Flow> {
    let (first, last) = (flows.first()?, flows.last()?);
    Some(Flow {
        month: last.month,
        opening: first.opening,
        inflow: flows.iter().map(|flow| flow.inflow).sum(),
        outflow: flows.iter().map(|flow| flow.outflow).sum(),
        closing: last.closing,
    })
}

/// Government bonds of a fund: its own, but not money in an account.
pub fn bonds(book: &Book, fund: Fund) -> Money {
    let accounts = book.fund(fund).accounts.iter();
    accounts.filter(|(code, _)| role(book, **code) == Role::Bond).map(|(_, b)| *b).sum()
}

/// Σ debit and Σ credit of some lines.
pub fn lines_total(lines: &[Line]) -> (Money, Money) {
    lines.iter().fold((Money::ZERO, Money::ZERO), |(debit, credit), line| match line.side {
        Side::Debit => (debit + line.amount, credit),
        Side::Credit => (debit, credit + line.amount),
    })
}

/// What an entry's own lines say of a fund's money, whatever was corrected later: what came
/// or went, else Σ debit.
pub fn recorded_amount(book: &Book, entry: &Entry, fund: Fund) -> Money {
    let lines = || entry.lines.iter().filter(|line| line.account.fund() == fund);
    let money = lines().filter(|line| is_money(role(book, line.account)));
    let change: Money = money.map(Line::signed).sum();
    if change.is_zero() {
        lines().map(Line::signed).filter(|signed| signed.is_positive()).sum()
    } else {
        change.abs()
    }
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
        // A year's closing counts after its period: the balances before it are what it closes.
        let closed = |months: &dyn Fn(Month) -> bool| -> Money {
            let of = |(month, code, _): &(Month, AccountCode, Option<String>)| {
                code == account && months(*month)
            };
            sums.closings.iter().filter(|(key, _)| of(key)).map(|(_, moved)| *moved).sum()
        };
        let mut turnover = turnover_of(&|month| (period.from..=period.to).contains(&month));
        turnover.count_closing(closed(&|month| (period.from..period.to).contains(&month)));
        let later = turnover_of(&|month| month > period.to).net();
        let closing = *balance - later - closed(&|month| month >= period.to);
        TrialRow { account: *account, opening: closing - turnover.net(), turnover, closing }
    });
    rows.collect()
}

/// A balance as debit and credit: one of the two is nothing.
pub fn sides(balance: Money) -> (Money, Money) {
    if balance.is_negative() { (Money::ZERO, -balance) } else { (balance, Money::ZERO) }
}

/// The last row of a trial balance: debit and credit of each column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrialTotal {
    /// Before the period.
    pub opening: (Money, Money),
    /// In the period.
    pub turnover: (Money, Money),
    /// At its end.
    pub closing: (Money, Money),
}

/// The sums of a trial balance's columns.
pub fn trial_total(rows: &[TrialRow]) -> TrialTotal {
    let sum = |column: &dyn Fn(&TrialRow) -> (Money, Money)| {
        rows.iter().map(column).fold((Money::ZERO, Money::ZERO), |total, (debit, credit)| {
            (total.0 + debit, total.1 + credit)
        })
    };
    TrialTotal {
        opening: sum(&|row| sides(row.opening)),
        turnover: sum(&|row| (row.turnover.debit, row.turnover.credit)),
        closing: sum(&|row| sides(row.closing)),
    }
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
        let row =
            StatementRow { account: *account, part: part.clone(), amount: sign(turnover.net()) };
        match known.account_type {
            AccountType::Income => statement.income.push(row),
            AccountType::Expense if known.role.is_cost() => statement.cost.push(row),
            AccountType::Expense => statement.uses.push(row),
            _ => {}
        }
    }
    statement
}

/// Rows of a statement summed under their first-level accounts (广告, 停车 …), in order.
pub fn by_heading(rows: &[StatementRow]) -> Vec<(AccountCode, Money)> {
    let mut sums: BTreeMap<AccountCode, Money> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry(row.account.first_level()).or_default();
        *sum = *sum + row.amount;
    }
    sums.into_iter().collect()
}

/// An account's balance on the side where it grows: what is there, owed, earned or spent.
pub fn own_side(book: &Book, code: AccountCode) -> Money {
    let balance = book.balances().balance(code);
    let known = book.rules().and_then(|rules| rules.chart.nearest(code));
    let debit = known.is_none_or(|account| account.account_type.grows_by_debit());
    if debit { balance } else { -balance }
}
