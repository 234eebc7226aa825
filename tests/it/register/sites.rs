//! The contract list of December 2018: another kind of file, the same grammar.

use mingzhang::exchange::register::due::{MonthlyDue, fixed_part, term_sum};
use mingzhang::exchange::register::{Register, Row, Status};
use mingzhang::ledger::due::{Billing, Mode, Part, Term, dues};
use mingzhang::ledger::money::Money;
use mingzhang::ledger::period::Month;

use super::{codes, line, sites, whys};

/// By the sheet's own row numbers: the headings are row 1.
const ROWS: &[(u32, &str)] = &[
    (
        2,
        "– | 小区大门广告 | – | R.4501.99 | 4000.00/year | 1 | 333.33 | \
         2018-12-01…2019-11-30 | signed | – | – | read",
    ),
    (
        3,
        "– | 电梯内通知栏 | – | R.4501.01 | 3000.00/year | 1 | 250.00 | \
         2018-12-01…2019-11-30 | signed | – | – | read",
    ),
    (
        4,
        "– | 广场广告 | – | R.4501.07 | 4000.00/year | 1 | 333.33 | \
         2018-12-01…2019-11-30 | signed | – | – | read",
    ),
    (
        5,
        "– | 裙楼机房（每间13平方米） | – | R.4504.01 | 1300.00/间/month + 200.00/间/month | \
         2 | 2600.00 | 2018-12-01…open | signed | – | – | fixed",
    ),
    (
        6,
        "– | 裙楼杂物间（7平方米） | – | R.4505.02 | 750.00/month + 150.00/month | 1 | \
         750.00 | 2019-01-01…open | signed | – | – | fixed",
    ),
    (
        7,
        "– | 智能快递柜 | – | R.4503.02 | 6000.00/套/year | 3 | 1500.00 | \
         2018-12-01…2020-11-30 | signed | – | – | read",
    ),
    (
        8,
        "– | 宽带端口（弱电井） | – | R.4504.02 | 8400.00/year + 1.50/kwh | 6 | 700.00 | \
         2018-12-01…2021-11-30 | signed | – | – | read",
    ),
    (
        9,
        "– | 电梯轿厢框架广告 | – | R.4501.01 | 2200.00/块/year | 18 | 3300.00 | \
         2019-01-15…2021-03-31 | signed | – | – | read",
    ),
    (
        10,
        "– | 候梯厅液晶广告 | – | R.4501.04 | 2100.00/块/year | 6 | 1050.00 | \
         2019-01-15…2021-03-31 | signed | – | – | read",
    ),
    (
        11,
        "– | 地库液晶广告 | – | R.4501.04 | 1400.00/块/year | 6 | 700.00 | \
         2019-01-15…2021-03-31 | signed | – | – | read",
    ),
    (
        12,
        "– | 移动机房 | 移动 | R.4504.01 | 13000.00/year + 1.0577/kwh | 1 | 1083.33 | \
         2019-01-10…2022-01-09 | signed | – | – | read",
    ),
    (
        13,
        "– | 电信机房 | 电信 | R.4504.01 | 8500.00/year + 1.28/kwh | 1 | 708.33 | \
         2019-01-01…2021-12-31 | signed | – | – | read",
    ),
    (
        14,
        "– | 电信弱电井 | 电信 | R.4504.02 | 4000.00/year | 1 | 333.33 | \
         2019-01-01…2021-12-31 | signed | – | – | read",
    ),
    (
        15,
        "– | 有线设备用电 | – | – | 1.0357/kwh | 22 | – | 2018-12-01…open | signed | – | – | refused",
    ),
    (
        16,
        "– | 电梯门广告 | – | R.4501.02 | 9000.00/year | 1 | 750.00 | \
         2018-12-01…2020-11-30 | signed | – | – | read",
    ),
    (
        17,
        "– | 楼梯旁场地（5平方米） | – | R.4503.01 | 1500.00/month + 300.00/month | 1 | \
         1500.00 | 2019-04-01…open | signed | – | – | fixed",
    ),
    (
        18,
        "– | 大门玻璃墙广告（3平方米） | – | R.4501.99 | 300.00/month | 1 | 300.00 | \
         2019-02-15…open | signed | – | – | read",
    ),
    (
        19,
        "– | 地库候梯厅广告（大） | – | R.4501.03 | 700.00/块/year | 3 | 175.00 | \
         2019-04-01…2021-03-31 | signed | – | – | read",
    ),
    (
        20,
        "– | 地库候梯厅广告（小） | – | R.4501.03 | 500.00/块/year | 3 | 125.00 | \
         2019-04-01…2021-03-31 | signed | – | – | read",
    ),
    (
        21,
        "– | 候梯厅框架广告 | – | R.4501.03 | 600.00/块/year | 6 | 300.00 | \
         2019-04-01…2020-03-31 | signed | – | – | read",
    ),
    (22, "– | 电动自行车充电 | – | R.4503.05 | 1.00/3h | – | – | – | unknown | – | – | read"),
];

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn entries(register: &Register) -> impl Iterator<Item = &Row> {
    register.rows.iter().filter(|row| row.class.is_entry())
}

#[test]
fn every_row_reads_as_a_careful_person_reads_it() {
    let register = sites();
    assert_eq!(entries(&register).count(), 21);
    for (number, wanted) in ROWS {
        let row = register.row(*number).unwrap();
        assert_eq!(line(row), *wanted, "row {number}");
    }
    let fees = |number| register.row(number).unwrap().read.fee_month.map(MonthlyDue::rounded);
    assert_eq!(fees(5), Some(money("400.00")));
    assert_eq!(fees(6), Some(money("150.00")));
    assert_eq!(fees(17), Some(money("300.00")));
}

#[test]
fn every_row_says_what_it_must() {
    let register = sites();
    for (number, code) in [
        (5, "open_ended"),
        (5, "fee_beside"),
        (6, "open_ended"),
        (7, "electricity_included"),
        (8, "energy_beside"),
        (9, "step"),
        (17, "open_ended"),
        (18, "open_ended"),
        (22, "by_use"),
        (22, "no_quantity"),
        (22, "no_term"),
    ] {
        let row = register.row(number).unwrap();
        assert!(row.has_flag(code), "row {number} says {:?}, not {code}", codes(row));
    }
    for number in [5, 6, 17] {
        assert_eq!(whys(register.row(number).unwrap()), ["two_rates"], "row {number}");
    }
    let checked: Vec<u32> =
        entries(&register).filter(|row| row.has_flag("sum_agrees")).map(|row| row.row).collect();
    assert_eq!(checked, [7, 8, 12, 13, 14, 16, 19, 21]);
}

#[test]
fn a_day_that_is_none_is_refused_with_what_may_be_meant() {
    let register = sites();
    let row = register.row(15).unwrap();
    assert_eq!(row.status, Status::Refused);
    assert_eq!(row.errors.len(), 1);
    assert_eq!(
        (row.errors[0].rule, row.errors[0].found.as_str()),
        ("no_such_day", "2023年11月31日")
    );
    assert!(row.errors[0].do_en.contains("2023-11-30"));
    let asked: Vec<_> = row.questions.iter().map(|question| question.key).collect();
    assert_eq!(asked, ["ends", "account"]);
    assert_eq!(row.read.term_to, None);
}

#[test]
fn the_control_totals_and_schedules_agree() {
    let register = sites();
    let totals = &register.totals;
    assert_eq!(totals.due_month.rounded(), money("16791.67"));
    assert_eq!(totals.due_month.year().normalize().to_string(), "201500");
    assert_eq!(totals.due_month_without_contract.rounded(), Money::ZERO);
    assert_eq!((totals.received, totals.to_post, totals.held), Default::default());
    let fees: MonthlyDue = entries(&register).filter_map(|row| row.read.fee_month).sum();
    assert_eq!(fees.rounded(), money("850.00"));
    let open =
        entries(&register).filter(|row| row.read.open_ended && row.status != Status::Refused);
    let open: MonthlyDue = open.filter_map(|row| row.read.due_month).sum();
    assert_eq!(open.rounded(), money("5150.00"));
    let sum = |number| register.row(number).and_then(|row| term_sum(&row.read));
    assert_eq!(sum(9), Some(money("90777.68")));
    assert_eq!(sum(10), Some(money("28883.81")));
    assert_eq!(sum(11), Some(money("19255.87")));
    assert_eq!(sum(12), Some(money("39000.00")));
}

#[test]
fn months_add_up_as_the_ledger_counts_them() {
    let register = sites();
    let last: Month = "2022-12".parse().unwrap();
    let mut by_month = std::collections::BTreeMap::new();
    for row in entries(&register) {
        let Some((amount, pieces, per)) = row.read.rent().and_then(fixed_part) else { continue };
        let term = Term { from: row.read.term_from, to: row.read.term_to };
        let part = Part {
            account: row.read.account.unwrap(),
            mode: Mode::Fixed,
            amount,
            per,
            pieces,
            from: None,
            to: None,
            steps: row.read.steps.clone(),
            free: Vec::new(),
            what: None,
        };
        let first = Month::of(term.from.unwrap());
        for (month, due) in dues(&[part], term, Billing::Spread, first, last) {
            *by_month.entry(month).or_insert(Money::ZERO) =
                by_month.get(&month).copied().unwrap_or_default().checked_add(due.amount).unwrap();
        }
    }
    for (month, wanted) in [
        ("2018-12", "6466.66"),
        ("2019-01", "11796.52"),
        ("2019-02", "14541.67"),
        ("2019-03", "14691.65"),
        ("2019-04", "16791.68"),
        ("2019-12", "15874.99"),
        ("2020-04", "15979.00"),
        ("2020-12", "13728.99"),
        ("2021-04", "7975.00"),
        ("2022-01", "5464.52"),
    ] {
        assert_eq!(by_month[&month.parse::<Month>().unwrap()], money(wanted), "{month}");
    }
    let year = |year| {
        by_month
            .iter()
            .filter(|(month, _)| month.year() == year)
            .map(|(_, sum)| *sum)
            .sum::<Money>()
    };
    assert_eq!(year(2019), money("191238.18"));
    assert_eq!(year(2020), money("189186.00"));
    assert_eq!(year(2021), money("112262.00"));
}
