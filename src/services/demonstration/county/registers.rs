//! Estates made of two real registers, names replaced: 620722-0013 the lease register of October
//! 2018, 620722-0014 the list of contracts of December 2018 with what was paid on them.

use super::{R, Told};
use crate::ledger::account::Fund;
use crate::ledger::period::Month;
use crate::services::demonstration::deed::Deed;
use crate::services::demonstration::story::{Estate, Story, What};

const COMPANY: &str = "示例物业服务有限公司";
const COMMUNITY: &str = "示例社区居民委员会";

const OCTOBER: Estate = Estate {
    code: "620722-0013",
    name: "明珠花园",
    address: "民乐县洪水镇明珠路8号",
    households: 486,
    area: "68450.00",
    company: COMPANY,
    committee: None,
    community: COMMUNITY,
    banks: &[(Fund::R, "农业银行", "****1234")],
    since: "2018-10-01",
};

/// One month's register, imported on its last day; nobody went on with the book.
pub fn october() -> Told {
    let mut story = Story::open(&OCTOBER, Some("2018-10-31"))?;
    let import = What::Import {
        file: "lease-register-2018-10.xlsx",
        bytes: include_bytes!("../../../../tests/data/lease-register-2018-10.xlsx"),
        month: None,
    };
    story.act("2018-10-31", import);
    Ok(story)
}

const DECEMBER: Estate = Estate {
    code: "620722-0014",
    name: "西城裙楼",
    address: "民乐县洪水镇西大街55号",
    households: 330,
    area: "41200.00",
    company: COMPANY,
    committee: None,
    community: COMMUNITY,
    banks: &[R],
    since: "2018-12-01",
};

/// Receipts on contracts of the list: the day, the contract by its place in the list, the
/// account, the amount, and for when.
const RECEIPTS: [(&str, &str, &str, &str, &str); 10] = [
    ("2018-12-12", "C-001", "R.4501.99", "4000.00", "2018-12..2019-11"),
    ("2018-12-12", "C-002", "R.4501.01", "3000.00", "2018-12..2019-11"),
    ("2018-12-18", "C-004", "R.4504.01", "2600.00", "2018-12"),
    ("2018-12-20", "C-006", "R.4503.02", "18000.00", "2018-12..2019-11"),
    ("2018-12-25", "C-007", "R.4504.02", "8400.00", "2018-12..2019-11"),
    ("2018-12-28", "C-014", "R.4501.02", "9000.00", "2018-12..2019-11"),
    ("2019-01-15", "C-004", "R.4504.01", "2600.00", "2019-01"),
    ("2019-01-22", "C-008", "R.4501.01", "19800.00", "2019-01..2019-06"),
    ("2019-01-24", "C-011", "R.4504.01", "13000.00", "2019-01..2019-12"),
    ("2019-02-20", "C-004", "R.4504.01", "2600.00", "2019-02"),
];

/// The list is imported, then rents come for three months.
pub fn december() -> Told {
    let mut story = Story::open(&DECEMBER, Some("2018-12-05"))?;
    let import = What::Import {
        file: "site-contracts-2018-12.csv",
        bytes: include_bytes!("../../../../tests/data/site-contracts-2018-12.csv"),
        month: Month::new(2018, 12),
    };
    story.act("2018-12-05", import);
    for (day, no, account, amount, period) in RECEIPTS {
        let lines = format!("D R.1001.01 {amount}; C {account}({no}) {amount} {period}");
        let receipt = Deed::new("income").text("contract", no).lines(lines);
        story.on(day, receipt.memo("合同租金"));
    }
    Ok(story)
}
