//! 620722-0005: no committee yet, so the community acts: it decides, signs, and what the company
//! collects is deposited within fifteen working days.

use super::{F, R, Told, YUNSHAN};
use crate::services::demonstration::story::{Estate, Story};
use crate::services::demonstration::words::{
    By, Lease, decision, income, interest, opening, publication, settle, spend, top_up,
};

const ESTATE: Estate = Estate {
    code: "620722-0005",
    name: "柳泉小区",
    address: "民乐县三堡镇柳泉街5号",
    households: 264,
    area: "25344.00",
    company: YUNSHAN,
    committee: None,
    community: "柳泉社区居民委员会",
    banks: &[R, F],
    since: "2025-10-01",
};

const BANK: &str = "R.1001.01";
const HELD: &str = "R.1221.01";

/// When the company collected, how much, for which quarter, and when it was deposited.
const COLLECTED: [(&str, &str, &str, &str); 3] = [
    ("2025-10-22", "1800.00", "2025-Q4", "2025-11-07"),
    ("2026-01-09", "1800.00", "2026-Q1", "2026-01-26"),
    ("2026-04-10", "1800.00", "2026-Q2", "2026-04-28"),
];

pub fn told() -> Told {
    let mut story = Story::open(&ESTATE, None)?;
    let first = ESTATE.since;
    story.on(first, opening("R", "6800.00", "D R.1001.01 6800.00; C R.3201 6800.00"));
    let fund = "D F.1001.01 612800.00; C F.3001 604000.00; C F.3101.01 8800.00";
    story.on(first, opening("F", "612800.00", fund));
    let matter = "快递柜场地出租，业委会成立前由社区组织业主表决";
    story.on(first, decision("社区-01", "community", matter, "2025-09-18", None));
    let matter = "楼道灯更换";
    story.on(first, decision("社区-02", "community", matter, "2025-09-18", Some("4000.00")));
    let lockers = Lease {
        no: "C-01",
        site: "智能快递柜场地",
        party: "驿路快件服务有限公司",
        account: "R.4503.02",
        amount: "900.00",
        per: "quarter",
        pieces: 2,
        term: ("2025-10-01", "2027-09-30"),
        by: By::Decision("社区-01"),
    };
    story.on(first, lockers.signed());
    for (nth, (day, rent, quarter, deposited)) in COLLECTED.into_iter().enumerate() {
        let collected = lockers.receipt(HELD, rent, quarter);
        story.on(day, collected.memo("快递柜租金，物业代收").cosigned());
        let stalls = income(HELD, "R.4503.01", "640.00").memo("临时摊位费，物业代收");
        story.on(day, stalls);
        let handed = settle("物业公司", BANK, HELD, "2440.00");
        story.on(deposited, handed.memo("代收款缴存，十五个工作日内").cosigned());
        if nth > 0 {
            story.on(deposited, top_up(BANK, "F.1001.01", "1500.00"));
        }
    }
    let lamps = spend(BANK, "R.5503", "2360.00", "社区-02", "光明电料行");
    story.on("2026-03-12", lamps.memo("楼道灯更换，社区会签"));
    story.on("2026-03-21", interest("F.1001.01", "F.4101.01", "1072.40"));
    for (period, from, to) in
        [("2025-Q4", "2026-01-16", "2026-01-31"), ("2026-Q1", "2026-04-16", "2026-04-30")]
    {
        story.on(from, publication(ESTATE.code, period, from, to).cosigned());
    }
    let stalls = income(BANK, "R.4503.01", "480.00").memo("临时摊位费，直接付到共有资金账户");
    story.on("2026-06-18", stalls);
    Ok(story)
}
