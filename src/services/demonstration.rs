//! The demonstration: an estate made from a real property company's register (names replaced),
//! and on request more estates with made-up receipts. The same every time: its clock stands and
//! its random bytes come from a seed.

use chrono::NaiveDate;
use thiserror::Error;

use super::bookkeeper::{OpenError, OpenEstate, command_line, open_estate};
use super::books::{Books, PostError};
use super::clock::SeededEntropy;
use super::importer::{self, ImportError};
use crate::exchange::register::{Options, Register, RegisterError};
use crate::ledger::account::{AccountError, Fund};
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Actor, Line, Side};
use crate::ledger::event::{Event, Party};
use crate::ledger::id::{EstateCode, IdError, Ref};
use crate::ledger::json::{FormatError, Value};
use crate::ledger::money::Money;
use crate::ledger::period::Month;

/// The log of demonstrations; no real log has a name under `.invalid` (RFC 2606).
pub const LOG: &str = "demo.invalid/estates";
/// The register's file name.
const REGISTER_NAME: &str = "lease-register-2018-10.xlsx";
/// A register of October 2018 as a property company kept it.
const REGISTER: &[u8] = include_bytes!("../../tests/data/lease-register-2018-10.xlsx");
/// Entries a posting request of made-up estates.
const BATCH: usize = 200;

/// The day its books end, where the clock stands unless told otherwise.
pub fn last_day() -> NaiveDate {
    Month::new(2018, 10).map_or(NaiveDate::MAX, Month::last_day)
}

/// Why a demonstration could not be made.
#[derive(Debug, Error)]
pub enum DemonstrationError {
    /// A book could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The register could not be read.
    #[error(transparent)]
    Read(#[from] RegisterError),
    /// The register could not be posted.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A made-up receipt was refused.
    #[error(transparent)]
    Post(#[from] PostError),
    /// A made-up receipt is no entry.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A code of its own that can't be read.
    #[error(transparent)]
    Id(#[from] IdError),
    /// An account of its own that can't be read.
    #[error(transparent)]
    Account(#[from] AccountError),
}

/// How much is made up beside the register.
#[derive(Clone, Copy, Debug, Default)]
pub struct MadeUp {
    /// More estates.
    pub estates: u32,
    /// Their entries, all together.
    pub entries: u32,
}

/// Makes the demonstration in empty books. `step` is told how many entries stand.
pub async fn make(
    books: &Books,
    made_up: MadeUp,
    step: &dyn Fn(u64),
) -> Result<(), DemonstrationError> {
    let by = command_line("o_demo");
    let code = "620722-0013".parse::<EstateCode>()?;
    let estate = estate(code, "明珠花园", "张掖市民乐县（示例）", 486, "68450.00");
    open_estate(books, &estate, by.clone()).await?;
    let register = Register::read(REGISTER_NAME, REGISTER, &Options::default())?;
    let entropy = SeededEntropy::from_name(LOG);
    let plan = importer::plan(books, code, register, &entropy).await?;
    let posted = importer::commit(books, &plan, &by).await?;
    let mut done = posted.last().map_or(0, |last| last.seq + 1);
    step(done);
    for nth in 0..made_up.estates {
        let share =
            made_up.entries / made_up.estates + u32::from(nth < made_up.entries % made_up.estates);
        done += u64::from(share);
        make_up(books, nth, share, &by).await?;
        step(done);
    }
    Ok(())
}

fn estate(code: EstateCode, name: &str, address: &str, households: u64, area: &str) -> OpenEstate {
    let organisation = |name: &str| Party::Organisation { code: None, org: name.to_owned() };
    OpenEstate {
        code,
        name: name.to_owned(),
        address: address.to_owned(),
        area: area.parse().unwrap_or_default(),
        households,
        manager: organisation("示例物业服务有限公司"),
        committee: None,
        community: Some(organisation("示例社区居民委员会")),
        banks: vec![(Fund::R, "农业银行".to_owned(), "****1234".to_owned())],
        since: Month::of(last_day()).first_day(),
        rules: "cn-gansu-minle".to_owned(),
    }
}

/// An estate with one contract and receipts of temporary parking.
async fn make_up(
    books: &Books,
    nth: u32,
    entries: u32,
    by: &Actor,
) -> Result<(), DemonstrationError> {
    let text = format!("620722-{:04}", 1_000 + nth % 9_000);
    let code: EstateCode = text.parse()?;
    let estate = estate(code, &format!("示例小区{}", nth + 1), "示例", 320, "32000.00");
    let opened = open_estate(books, &estate, by.clone()).await?;
    let left = usize::try_from(entries).unwrap_or_default().saturating_sub(opened.len());
    let numbers: Vec<usize> = (0..left).collect();
    for numbers in numbers.chunks(BATCH) {
        let drafts: Result<Vec<_>, _> = numbers.iter().map(|n| parking(code, *n)).collect();
        books.post(drafts?, by.clone()).await?;
    }
    Ok(())
}

/// One receipt of temporary parking.
fn parking(code: EstateCode, nth: usize) -> Result<Draft, DemonstrationError> {
    let fen = 20_000 + i64::try_from(nth * 7_919 % 30_000).unwrap_or_default();
    let amount = Money::from_fen(fen);
    let lines = vec![
        Line::new("R.1001.01".parse()?, Side::Debit, amount),
        Line::new("R.4502.01".parse()?, Side::Credit, amount),
    ];
    let event = Event::new("income", [("payee_ref", Value::text(format!("P{nth:07}")))])?;
    let r#ref: Ref = format!("demo:parking:{nth:07}").parse()?;
    let mut draft = Draft::new(code, event, r#ref).with_lines(last_day(), lines);
    draft.memo = Some("临时停车".to_owned());
    Ok(draft)
}
