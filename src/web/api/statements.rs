//! Statements of a fund over a period: income statement and trial balance.

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::wire::{Hash, Yuan, as_of, head};
use crate::ledger::money::Money;
use crate::ledger::statements::{
    StatementRow, income_statement, sides, trial_balance, trial_total,
};
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::book;
use crate::web::portal::scope::fund_and_period;
use crate::web::visit::Visit;
use crate::web::{Lang, Room, show};

/// A row of the income statement.
#[derive(Serialize, JsonSchema)]
pub struct IncomeRow {
    /// The account.
    account: String,
    /// Its name, in Chinese.
    name_zh: String,
    /// Its name, in English.
    name_en: String,
    /// The part of the estate it concerns, where not all owners.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    /// The amount.
    amount: Yuan,
}

/// The income statement.
#[derive(Serialize, JsonSchema)]
pub struct StatementView {
    /// The fund.
    fund: &'static str,
    /// The months.
    period: String,
    /// Income.
    income: Vec<IncomeRow>,
    /// Their sum.
    income_total: Yuan,
    /// Reasonable cost.
    cost: Vec<IncomeRow>,
    /// Their sum.
    cost_total: Yuan,
    /// Income less cost (Civil Code 282).
    net: Yuan,
    /// Use.
    uses: Vec<IncomeRow>,
    /// Their sum.
    uses_total: Yuan,
    /// What is left of the period.
    balance: Yuan,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// Debit and credit.
#[derive(Serialize, JsonSchema)]
pub struct Pair {
    /// 借.
    debit: Yuan,
    /// 贷.
    credit: Yuan,
}

/// An account of the trial balance.
#[derive(Serialize, JsonSchema)]
pub struct TrialView {
    /// The account.
    account: String,
    /// Its name, in Chinese.
    name_zh: String,
    /// Its name, in English.
    name_en: String,
    /// Before the period.
    opening: Pair,
    /// In the period.
    turnover: Pair,
    /// At its end.
    closing: Pair,
}

/// The sums of the trial balance.
#[derive(Serialize, JsonSchema)]
pub struct TrialSums {
    /// Before the period.
    opening: Pair,
    /// In the period.
    turnover: Pair,
    /// At its end.
    closing: Pair,
}

/// The trial balance.
#[derive(Serialize, JsonSchema)]
pub struct Trial {
    /// The fund.
    fund: &'static str,
    /// The months.
    period: String,
    /// Accounts by code.
    accounts: Vec<TrialView>,
    /// Their sums; debit equals credit in each.
    total: TrialSums,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// `GET /api/v1/estates/{estate}/statements/income`
pub async fn income(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let (fund, period) = fund_and_period(&visit, &book)?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let statement = income_statement(&book, fund, period);
        let row = |row: &StatementRow| IncomeRow {
            account: row.account.to_string(),
            name_zh: show::account(&book, row.account, Lang::Zh),
            name_en: show::account(&book, row.account, Lang::En),
            part: row.part.clone(),
            amount: Yuan(row.amount),
        };
        let told = StatementView {
            fund: fund.letter(),
            period: period.to_string(),
            income: statement.income.iter().map(row).collect(),
            income_total: Yuan(statement.income_total()),
            cost: statement.cost.iter().map(row).collect(),
            cost_total: Yuan(statement.cost_total()),
            net: Yuan(statement.net()),
            uses: statement.uses.iter().map(row).collect(),
            uses_total: Yuan(statement.uses_total()),
            balance: Yuan(statement.balance()),
            as_of_seq: as_of(&book),
            head: head(&book),
        };
        Ok((told, None))
    })
    .await
}

/// `GET /api/v1/estates/{estate}/statements/trial`
pub async fn trial(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let (fund, period) = fund_and_period(&visit, &book)?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let rows = trial_balance(&book, fund, period);
        let total = trial_total(&rows);
        let accounts = rows.iter().map(|row| TrialView {
            account: row.account.to_string(),
            name_zh: show::account(&book, row.account, Lang::Zh),
            name_en: show::account(&book, row.account, Lang::En),
            opening: pair(sides(row.opening)),
            turnover: pair((row.turnover.debit, row.turnover.credit)),
            closing: pair(sides(row.closing)),
        });
        let told = Trial {
            fund: fund.letter(),
            period: period.to_string(),
            accounts: accounts.collect(),
            total: TrialSums {
                opening: pair(total.opening),
                turnover: pair(total.turnover),
                closing: pair(total.closing),
            },
            as_of_seq: as_of(&book),
            head: head(&book),
        };
        Ok((told, None))
    })
    .await
}

fn pair((debit, credit): (Money, Money)) -> Pair {
    Pair { debit: Yuan(debit), credit: Yuan(credit) }
}
