//! 620722-0009: sites let without a decision, on contracts that ran out or never were.

use super::{QINGKE, R, Told};
use crate::services::demonstration::deed::Deed;
use crate::services::demonstration::story::{Estate, Story};
use crate::services::demonstration::words::{By, Lease, asset, income, opening};

const ESTATE: Estate = Estate {
    code: "620722-0009",
    name: "滨河花园",
    address: "民乐县洪水镇滨河路2号",
    households: 288,
    area: "29952.00",
    company: QINGKE,
    committee: Some("滨河花园业主委员会"),
    community: "滨河社区居民委员会",
    banks: &[R],
    since: "2025-01-01",
};

const BANK: &str = "R.1001.01";

pub fn told() -> Told {
    let mut story = Story::open(&ESTATE, None)?;
    let first = ESTATE.since;
    story.on(first, opening("R", "17900.00", "D R.1001.01 17900.00; C R.3201 17900.00"));
    let lease = |no, site, party, account, amount, to| Lease {
        no,
        site,
        party,
        account,
        amount,
        per: "quarter",
        pieces: 1,
        term: ("2024-04-01", to),
        by: By::Nothing("没有业主共同决定，服务合同未约定"),
    };
    let frames = lease(
        "C-01",
        "电梯轿厢框架广告",
        "沙枣花广告有限公司",
        "R.4501.01",
        "4200.00",
        "2025-03-31",
    );
    let mast =
        lease("C-02", "屋顶基站", "弱水通信民乐分公司", "R.4504.03", "3000.00", "2025-09-30");
    let kiosk = lease("C-03", "东门售货亭", "东门便民店", "R.4503.03", "1500.00", "2026-12-31");
    let gym = lease("C-04", "架空层健身房", "活力健身工作室", "R.4505.03", "2700.00", "2026-12-31");
    let allowed = Lease {
        by: By::Clause("物业服务合同第九条：快递柜场地由物业代为出租"),
        ..lease(
            "C-05",
            "智能快递柜场地",
            "驿路快件服务有限公司",
            "R.4503.02",
            "900.00",
            "2026-03-31",
        )
    };
    for contract in [frames.signed(), mast.signed(), kiosk.on_paper("none")] {
        story.on(first, contract);
    }
    for contract in [gym.on_paper("renewing"), allowed.signed()] {
        story.on(first, contract);
    }
    let club = asset("会所", "2幢一层", 1, "R.4505.03", first)?;
    story.on(first, club.text("basis", "产权登记未见").text("ownership", "unclear"));
    for (lease, day, rent, period) in [
        (&frames, "2025-01-10", "4200.00", "2025-Q1"),
        (&mast, "2025-01-15", "3000.00", "2025-Q1"),
        (&kiosk, "2025-02-20", "1500.00", "2025-Q1"),
        (&allowed, "2025-03-05", "900.00", "2025-Q1"),
        (&mast, "2025-04-16", "6000.00", "2025-04..2025-09"),
        (&gym, "2025-05-22", "5400.00", "2025-01..2025-06"),
        // Paid on although the contract was over.
        (&frames, "2025-06-11", "4200.00", "2025-Q2"),
        (&allowed, "2025-07-08", "2700.00", "2025-04..2025-12"),
        (&kiosk, "2025-10-21", "3000.00", "2025-04..2025-09"),
        (&mast, "2026-01-19", "3000.00", "2026-Q1"),
    ] {
        story.on(day, lease.receipt(BANK, rent, period));
    }
    let fined = income(BANK, "R.4507.01", "350.00").memo("绿化带损坏赔偿");
    story.on("2026-06-09", fined);
    let ended = Deed::new("contract.end").text("no", "C-05").text("on", "2026-03-31");
    story.on("2026-04-02", ended.text("reason", "到期撤柜，不再续签"));
    Ok(story)
}
