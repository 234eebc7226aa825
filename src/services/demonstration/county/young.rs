//! Estates at their beginning: 620722-0011 with three entries, 620722-0012 only opened.

use super::{R, Told, XUELING, YUNSHAN};
use crate::services::demonstration::story::{Estate, Story};
use crate::services::demonstration::words::income;

const NEW: Estate = Estate {
    code: "620722-0011",
    name: "青年城",
    address: "民乐县生态工业园区青年路1号",
    households: 156,
    area: "14820.00",
    company: XUELING,
    committee: None,
    community: "园区社区居民委员会",
    banks: &[R],
    since: "2026-06-01",
};

/// The opening, the rules, and the first money.
pub fn three_entries() -> Told {
    let mut story = Story::open(&NEW, Some("2026-06-22"))?;
    let stall = income("R.1001.01", "R.4503.01", "260.00").person("party", "王小麦");
    story.on("2026-06-25", stall.memo("门口早餐摊，六月"));
    Ok(story)
}

const OPENED: Estate = Estate {
    code: "620722-0012",
    name: "丰乐雅苑",
    address: "民乐县丰乐镇丰乐路30号",
    households: 204,
    area: "20196.00",
    company: YUNSHAN,
    committee: None,
    community: "丰乐社区居民委员会",
    banks: &[R],
    since: "2026-06-01",
};

/// The opening and the rules, nothing else.
pub fn only_opened() -> Told {
    Story::open(&OPENED, Some("2026-06-26"))
}
