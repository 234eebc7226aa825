//! Estates with one kind of receipt, as many as are asked for: to see how a large county feels.

use chrono::NaiveDate;

use super::deed::organisation;
use super::{DemonstrationError, OPERATOR};
use crate::ledger::account::Fund;
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Actor, Line, Side};
use crate::ledger::event::Event;
use crate::ledger::id::{EstateCode, Ref};
use crate::ledger::json::Value;
use crate::ledger::money::Money;
use crate::ledger::period::Month;
use crate::services::bookkeeper::{OpenEstate, command_line, open_estate};
use crate::services::books::Books;

/// Entries a posting request.
const BATCH: usize = 200;

/// How much is made up beside the county.
#[derive(Clone, Copy, Debug, Default)]
pub struct MadeUp {
    /// More estates, from 1000 on.
    pub estates: u32,
    /// Their entries, all together.
    pub entries: u32,
}

/// Makes them, all on one day. `step` is told how many entries stand.
pub(super) async fn make(
    books: &Books,
    made_up: MadeUp,
    day: NaiveDate,
    step: &dyn Fn(u64),
) -> Result<(), DemonstrationError> {
    let by = command_line(OPERATOR);
    let mut done = 0;
    for nth in 0..made_up.estates {
        let share =
            made_up.entries / made_up.estates + u32::from(nth < made_up.entries % made_up.estates);
        done += u64::from(share);
        one(books, nth, share, day, &by).await?;
        step(done);
    }
    Ok(())
}

/// An estate with receipts of temporary parking.
async fn one(
    books: &Books,
    nth: u32,
    entries: u32,
    day: NaiveDate,
    by: &Actor,
) -> Result<(), DemonstrationError> {
    let code: EstateCode = format!("620722-{:04}", 1_000 + nth % 9_000).parse()?;
    let estate = OpenEstate {
        code,
        name: format!("示例小区{}", nth + 1),
        address: "示例".to_owned(),
        area: "32000.00".parse().unwrap_or_default(),
        households: 320,
        manager: organisation("示例物业服务有限公司"),
        committee: None,
        community: Some(organisation("示例社区居民委员会")),
        banks: vec![(Fund::R, "农业银行".to_owned(), "****1234".to_owned())],
        since: Month::of(day).first_day(),
        rules: "cn-gansu-minle".to_owned(),
    };
    let opened = open_estate(books, &estate, by.clone()).await?;
    let left = usize::try_from(entries).unwrap_or_default().saturating_sub(opened.len());
    let numbers: Vec<usize> = (0..left).collect();
    for numbers in numbers.chunks(BATCH) {
        let drafts: Result<Vec<_>, _> = numbers.iter().map(|n| parking(code, *n, day)).collect();
        books.post(drafts?, by.clone()).await?;
    }
    Ok(())
}

/// One receipt of temporary parking.
fn parking(code: EstateCode, nth: usize, day: NaiveDate) -> Result<Draft, DemonstrationError> {
    let fen = 20_000 + i64::try_from(nth * 7_919 % 30_000).unwrap_or_default();
    let amount = Money::from_fen(fen);
    let lines = vec![
        Line::new("R.1001.01".parse()?, Side::Debit, amount),
        Line::new("R.4502.01".parse()?, Side::Credit, amount),
    ];
    let event = Event::new("income", [("payee_ref", Value::text(format!("P{nth:07}")))])?;
    let r#ref: Ref = format!("demo:parking:{nth:07}").parse()?;
    let mut draft = Draft::new(code, event, r#ref).with_lines(day, lines);
    draft.memo = Some("临时停车".to_owned());
    Ok(draft)
}
