//! The lease register of October 2018: every row, every column, every control total.

use mingzhang::exchange::grammar::name::PartyKind;
use mingzhang::exchange::grammar::rate::What;
use mingzhang::exchange::grammar::term::Paper;
use mingzhang::exchange::register::due::MonthlyDue;
use mingzhang::exchange::register::{Class, Row, Status};
use mingzhang::ledger::money::Money;

use super::{codes, line, october, whys};

/// number | site | counterparty | account | rate | pieces | a month | term | paper | received |
/// attribution | status
const ROWS: &[(u32, &str)] = &[
    (
        3,
        "1 | 电动汽车充电桩 | – | R.4503.04 | 4000.00/year | 5 | 333.33 | – | unknown | – | – | fixed",
    ),
    (
        4,
        "2 | 智能快递柜甲 | – | R.4503.02 | 5500.00/year | 1 | 458.33 | \
         2018-01-01…2018-12-31 | signed | – | – | read",
    ),
    (
        5,
        "3 | 会所（琴行） | – | R.4505.03 | 10656.00/month | 1 | 10656.00 | – | \
         renewing | – | – | fixed",
    ),
    (
        6,
        "4 | 商铺 | 承租人甲 | R.4505.01 | 5000.00/month | 1 | 5000.00 | \
         2018-09-01…2020-08-31 | sealing | 5000.00 | 2018-10 | fixed",
    ),
    (
        7,
        "5 | 移动机房 | 移动 | R.4504.01 | 11400.00/year | 1 | 950.00 | – | renewing | – | – | fixed",
    ),
    (
        8,
        "6 | 洗车场 | 承租人乙 | R.4503.99 | 5000.00/month | 1 | 5000.00 | – | none | \
         10000.00 | 2018-06..2018-07 | fixed",
    ),
    (
        9,
        "7 | 仓库（六栋负一层） | 承租人丙 | R.4505.02 | 603.00/month | 1 | 603.00 | – | \
         none | – | – | read",
    ),
    (
        10,
        "8 | 仓库（六栋负一层） | 承租人丁 | R.4505.02 | 1600.00/month | 1 | 1600.00 | – | \
         none | 4800.00 | 2018-Q3 | read",
    ),
    (
        11,
        "9 | 仓库（一栋负一层停车场入口） | 承租人戊 | R.4505.02 | 2400.00/month | 1 | 2400.00 | \
         – | none | – | – | read",
    ),
    (
        12,
        "10 | 仓库（四栋负二层） | 承租人己 广告公司 | R.4505.02 | 432.00/month | 1 | 432.00 | \
         – | none | – | – | fixed",
    ),
    (
        13,
        "11 | 仓库（六栋负一层） | 承租人庚 | R.4505.02 | 100.00/month | 1 | 100.00 | – | \
         none | 200.00 | 2018-09..2018-10 | read",
    ),
    (
        14,
        "12 | 仓库（四栋和五栋负二层各一间） | 承租人辛 | R.4505.02 | 855.00/month | 2 | 855.00 | \
         – | none | – | – | read",
    ),
    (
        15,
        "13 | 广告 | 广告公司甲 | R.4501.99 | 7920.00/month | – | 7920.00 | \
         2018-01-01…2018-12-31 | signed | – | – | read",
    ),
    (
        16,
        "14 | 广告 | 广告公司甲 | R.4501.99 | 2062.50/month | – | 2062.50 | \
         2018-01-01…2018-12-31 | signed | – | – | fixed",
    ),
    (
        17,
        "15 | 液晶广告 | 广告公司甲 | R.4501.04 | 975.00/month | – | 975.00 | \
         2018-01-01…2018-12-31 | signed | – | – | read",
    ),
    (
        18,
        "16 | 房屋租赁 | – | R.4505.01 | 1500.00/month | 1 | 1500.00 | \
         2016-01-01…2018-12-31 | signed | – | – | read",
    ),
    (
        19,
        "17 | 广告 | 广告公司乙 | R.4501.99 | 3600.00/year | – | 300.00 | – | \
         framework | – | – | read",
    ),
    (
        20,
        "18 | 广告 | 广告公司丙 | R.4501.99 | 3600.00/year | – | 300.00 | \
         2017-01-01…2018-12-31 | signed | – | – | read",
    ),
    (
        21,
        "19 | 仓库（六栋负一层） | 承租人壬 | R.4505.02 | 1620.00/month | 1 | 1620.00 | – | \
         none | – | – | read",
    ),
    (
        22,
        "20 | 快递柜乙 | – | R.4503.02 | 13000.00/year | – | 1083.33 | \
         2017-08-15…2018-08-14 | signed | – | – | read",
    ),
    (
        23,
        "21 | 道闸广告 | – | R.4501.05 | 6000.00/year | – | 500.00 | \
         2017-10-01…2022-09-30 | signed | – | – | read",
    ),
    (
        24,
        "22 | 架空房 | 承租人癸 | R.4505.02 | 1125.00/month | 1 | 1125.00 | – | none | \
         1125.00 | 2018-10 | fixed",
    ),
    (
        25,
        "23 | 架空房 | 承租人子 | R.4505.02 | 225.00/month | 1 | 225.00 | – | none | \
         225.00 | 2018-10 | fixed",
    ),
    (26, "24 | 临时场地费 | – | R.4503.01 | – | – | – | – | unknown | 2000.00 | 2018-10 | fixed"),
    (28, "1 | 门禁卡 | – | – | 15.00/张/once | 28 | – | – | unknown | 420.00 | 2018-10 | ask"),
    (29, "2 | 车卡 | – | – | – | 0 | – | – | unknown | 0.00 | – | skipped"),
    (30, "3 | 滞纳金 | – | – | – | – | – | – | unknown | 408.90 | 2018-10 | ask"),
    (31, "4 | 管理费 | – | – | – | – | – | – | unknown | 0.01 | 2018-10 | ask"),
];

/// row, what was mended, what must be said.
const SAID: &[(u32, &[&str], &[&str])] = &[
    (3, &["check_not_rate"], &["no_paper", "nothing_received"]),
    (4, &[], &["nothing_received"]),
    (5, &["not_a_term"], &["renewing", "nothing_received"]),
    (6, &["number_2018_1"], &["not_signed", "party_unknown"]),
    (7, &["not_a_term"], &["renewing", "nothing_received"]),
    (8, &["blank"], &["no_contract", "earlier_periods"]),
    (9, &[], &["no_contract", "nothing_received"]),
    (10, &[], &["no_contract", "earlier_periods"]),
    (11, &[], &["no_contract", "nothing_received"]),
    (12, &["blank"], &["no_contract", "nothing_received"]),
    (13, &[], &["no_contract", "held_by_operator"]),
    (14, &[], &["no_contract", "nothing_received", "deducted_not_received"]),
    (15, &[], &["site_not_named", "nothing_received"]),
    (16, &["decimals"], &["same_party_and_term", "nothing_received"]),
    (17, &[], &["nothing_received"]),
    (18, &[], &["nothing_received"]),
    (19, &[], &["framework", "nothing_received"]),
    (20, &[], &["nothing_received"]),
    (21, &[], &["no_contract", "nothing_received"]),
    (22, &[], &["expired", "nothing_received"]),
    (23, &[], &["nothing_received"]),
    (24, &["number_2018_1"], &["no_contract", "held_by_operator"]),
    (25, &["number_2018_1"], &["no_contract", "held_by_operator"]),
    (26, &["title"], &["no_paper", "no_rate", "payers_not_named"]),
];

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

#[test]
fn every_row_reads_as_a_careful_person_reads_it() {
    let register = october();
    assert_eq!(register.sheet, "10月其他收入明细");
    assert_eq!(register.month.map(|month| month.to_string()).as_deref(), Some("2018-10"));
    assert_eq!(register.rows.len(), 32);
    for (number, wanted) in ROWS {
        let row = register.row(*number).unwrap();
        assert_eq!(line(row), *wanted, "row {number}");
    }
    for (number, class) in
        [(1, Class::Title), (2, Class::Heading), (27, Class::Subtotal), (32, Class::Total)]
    {
        let row = register.row(number).unwrap();
        assert_eq!((row.class, row.status), (class, Status::Skipped), "row {number}");
    }
}

#[test]
fn every_row_says_what_it_must() {
    let register = october();
    for (number, mended, must) in SAID {
        let row = register.row(*number).unwrap();
        assert_eq!(whys(row), *mended, "row {number}");
        for code in *must {
            assert!(row.has_flag(code), "row {number} says {:?}, not {code}", codes(row));
        }
    }
    let flagged = |code| {
        let rows = register.rows.iter().filter(|row| row.has_flag(code));
        rows.map(|row| row.row).collect::<Vec<_>>()
    };
    assert_eq!(flagged("expired"), [22]);
    assert_eq!(flagged("no_contract"), [8, 9, 10, 11, 12, 13, 14, 21, 24, 25]);
    assert_eq!(flagged("months_differ"), [0_u32; 0]);
    assert_eq!(flagged("held_by_operator"), [13, 24, 25]);
    assert_eq!(flagged("earlier_periods"), [8, 10]);
    assert_eq!(flagged("same_party_and_term"), [16]);
}

#[test]
fn asked_rows_say_what_may_be_answered() {
    let register = october();
    let asked = |number| {
        let row = register.row(number).unwrap();
        let question = row.questions.iter().find(|question| question.required).unwrap();
        (question.key, question.choices.join(" "))
    };
    assert_eq!(asked(28), ("account", "R.4599 outside".to_owned()));
    assert_eq!(asked(30), ("account", "R.4510 outside".to_owned()));
    assert_eq!(asked(31), ("money", "common operator outside".to_owned()));
    assert_eq!(register.row(28).unwrap().class, Class::Sale);
    // Person or organisation is asked too, but stops nothing: unanswered it stays private.
    let shop = register.row(6).unwrap();
    assert!(shop.questions.iter().all(|question| question.key == "party" && !question.required));
    assert_eq!(register.open_rows().map(|row| row.row).collect::<Vec<_>>(), [28, 30, 31]);
}

#[test]
fn the_control_totals_agree_with_the_sheet() {
    let register = october();
    let totals = &register.totals;
    assert_eq!(totals.due_month.rounded(), money("45998.50"));
    assert_eq!(totals.due_month.year().normalize().to_string(), "551982");
    assert_eq!(totals.received, money("24178.91"));
    assert_eq!(totals.due_month_without_contract.rounded(), money("13960.00"));
    assert_eq!(totals.to_post, money("23350.00"));
    assert_eq!(totals.held, money("828.91"));
    let sums: Vec<_> =
        totals.sheet.iter().map(|sum| (sum.row, sum.printed, sum.computed, sum.agrees())).collect();
    let sum = |row, text| (row, Some(money(text)), Some(money(text)), true);
    assert_eq!(sums, [sum(27, "23350.00"), sum(32, "24178.91")]);

    // Rounding each row first gives a fen less, which is why rates are added exactly.
    let leases = || register.rows.iter().filter(|row| row.class == Class::Lease);
    let rounded: Money =
        leases().filter_map(|row| row.read.due_month).map(MonthlyDue::rounded).sum();
    assert_eq!(rounded, money("45998.49"));

    let of_paper = |wanted: &dyn Fn(&Row) -> bool| {
        leases()
            .filter(|r| wanted(r))
            .filter_map(|r| r.read.due_month)
            .sum::<MonthlyDue>()
            .rounded()
    };
    let expired = |row: &Row| row.has_flag("expired");
    let paper = |wanted: Paper| move |row: &Row| row.read.paper == wanted;
    let in_force = |row: &Row| row.read.paper == Paper::Signed && !expired(row);
    assert_eq!(of_paper(&in_force), money("13715.83"));
    assert_eq!(of_paper(&expired), money("1083.33"));
    assert_eq!(of_paper(&paper(Paper::Sealing)), money("5000.00"));
    assert_eq!(of_paper(&paper(Paper::Renewing)), money("11606.00"));
    assert_eq!(of_paper(&paper(Paper::Framework)), money("300.00"));
    assert_eq!(of_paper(&paper(Paper::Unknown)), money("333.33"));
}

#[test]
fn receipts_lie_where_and_belong_when_the_rows_say() {
    let register = october();
    let posted = || {
        let done = [Status::Read, Status::Fixed];
        register.rows.iter().filter(move |row| done.contains(&row.status))
    };
    let sum = |wanted: &dyn Fn(&Row) -> bool| {
        posted().filter(|row| wanted(row)).filter_map(|row| row.read.received).sum::<Money>()
    };
    let account = |code: &'static str| {
        move |row: &Row| row.read.account.is_some_and(|account| account.as_str() == code)
    };
    assert_eq!(sum(&account("R.4505.01")), money("5000.00"));
    assert_eq!(sum(&account("R.4503.99")), money("10000.00"));
    assert_eq!(sum(&account("R.4505.02")), money("6350.00"));
    assert_eq!(sum(&account("R.4503.01")), money("2000.00"));
    assert_eq!(sum(&|row| row.read.place() == "R.1001"), money("21800.00"));
    assert_eq!(sum(&|row| row.read.place() == "R.1221.01"), money("1550.00"));
    let contracts = posted().filter(|row| row.read.rent().is_some()).count();
    let incomes = posted().filter(|row| row.read.received.is_some_and(Money::is_positive)).count();
    assert_eq!((contracts, incomes), (23, 7));
}

#[test]
fn no_tenants_name_gets_into_a_site() {
    let register = october();
    for row in register.rows.iter().filter(|row| row.class.is_entry()) {
        assert!(!row.read.site.contains("承租人"), "row {}: {}", row.row, row.read.site);
        let kind = row.read.counterparty_kind;
        let organisation = ["移动", "广告公司甲", "广告公司乙", "广告公司丙"];
        let known =
            row.read.counterparty.as_deref().is_some_and(|name| organisation.contains(&name));
        assert_eq!(kind == PartyKind::Organisation, known, "row {}", row.row);
        assert!(row.read.rates.iter().all(|rate| rate.what != What::ManagementFee));
    }
    // Rows of one advertiser are told apart by their order.
    let nth = |number| register.row(number).map(|row| row.read.contract_nth);
    assert_eq!((nth(15), nth(16), nth(17)), (Some(1), Some(2), Some(1)));
}
