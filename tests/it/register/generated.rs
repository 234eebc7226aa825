//! Thousands of registers with known answers: no row is read to a wrong number in silence.

use std::collections::BTreeMap;

use mingzhang::exchange::register::{Options, Register, Row, SheetTotal, Status};
use mingzhang::ledger::money::Money;

use super::writer::{Known, Line, Written, write};

/// How many registers are written and read.
const REGISTERS: u64 = 2_200;

#[derive(Default)]
struct Tally {
    rows: usize,
    clean: usize,
    asked: BTreeMap<&'static str, usize>,
    sums: usize,
    wrong_sums: usize,
}

#[test]
fn no_row_is_read_to_a_wrong_number_in_silence() {
    let mut tally = Tally::default();
    for seed in 0..REGISTERS {
        let written = write(seed);
        let options = Options { month: Some(written.month), ..Options::default() };
        let register = Register::read(&written.name, &written.bytes, &options)
            .unwrap_or_else(|error| panic!("register {seed}: {error}\n{:?}", written.grid));
        hold_against(seed, &written, &register, &mut tally);
    }
    let dirty: usize = tally.asked.values().sum();
    println!(
        "{REGISTERS} registers, {} rows, {} clean and read, {dirty} soiled and stopped {:?}, \
         {} sums, {} of them wrong",
        tally.rows, tally.clean, tally.asked, tally.sums, tally.wrong_sums
    );
    assert!(tally.rows > 15_000, "{}", tally.rows);
    assert!(dirty * 8 < tally.rows, "{dirty} of {}", tally.rows);
    assert!(tally.asked.len() >= 16, "{:?}", tally.asked);
    assert!(tally.wrong_sums > 100);
}

fn hold_against(seed: u64, written: &Written, register: &Register, tally: &mut Tally) {
    let mut unreadable = false;
    for (number, line) in &written.lines {
        let told = || format!("register {seed} row {number}\n{:?}", written.grid);
        let row = register.row(*number);
        match line {
            Line::Nothing => assert!(row.is_none(), "{}", told()),
            Line::Sum(right) => {
                let row = row.unwrap_or_else(|| panic!("{}", told()));
                tally.sums += 1;
                tally.wrong_sums += usize::from(!right);
                let agrees = row.total.as_ref().is_some_and(SheetTotal::agrees);
                // With an unreadable amount among its rows a sum can't agree.
                assert!(agrees == *right || (unreadable && !agrees), "{:?} {}", row.total, told());
                let status = if agrees { Status::Skipped } else { Status::Ask };
                assert_eq!(row.status, status, "{}", told());
            }
            Line::Row(known) => {
                let row = row.unwrap_or_else(|| panic!("{}", told()));
                tally.rows += 1;
                unreadable |= known.dirt.is_some() && row.read.received.is_none();
                judge(known, row, tally, &told);
            }
        }
    }
}

fn judge(known: &Known, row: &Row, tally: &mut Tally, told: &dyn Fn() -> String) {
    if let Some(person) = known.person {
        assert!(!row.read.site.contains(person), "{} in {}\n{}", person, row.read.site, told());
    }
    if matches!(row.status, Status::Ask | Status::Refused) {
        let dirt = known.dirt.unwrap_or_else(|| {
            panic!("a clean row is stopped: {:?} {:?}\n{}", row.questions, row.errors, told())
        });
        *tally.asked.entry(dirt).or_default() += 1;
        return;
    }
    assert_eq!(known.dirt, None, "a soiled row is read: {:?}\n{}", row.read, told());
    tally.clean += 1;
    let read = &row.read;
    let account = read.account.map(|account| account.to_string());
    assert_eq!(account.as_deref(), Some(known.account), "{}", told());
    let year = read.due_month.map(|due| due.year().to_string().parse::<f64>().unwrap());
    let wanted = known.year_fen.map(|fen| {
        let fen = format!("{}.{:02}", fen / 100, fen % 100);
        fen.parse::<f64>().unwrap()
    });
    assert_eq!(year, wanted, "{:?}\n{}", read.rates, told());
    assert_eq!(read.term_from.map(|day| day.to_string()), known.from, "{}", told());
    assert_eq!(read.term_to.map(|day| day.to_string()), known.to, "{}", told());
    assert_eq!(read.received.map(Money::fen), known.received_fen, "{}", told());
    assert_eq!(read.attribution, known.attribution, "{}", told());
}
