//! 620722-0007: what was recorded wrongly is put right, and both stay to be seen. 620722-0008:
//! money that left without evidence is a claim until the evidence comes.

use super::{F, QINGKE, R, Told, YUNSHAN};
use crate::services::demonstration::deed::Deed;
use crate::services::demonstration::story::{Estate, Story};
use crate::services::demonstration::words::{
    By, Lease, correct, cost, decision, income, interest, opening, unproven,
};

const BANK: &str = "R.1001.01";

const CORRECTED: Estate = Estate {
    code: "620722-0007",
    name: "福门小区",
    address: "民乐县洪水镇县府街41号",
    households: 192,
    area: "18816.00",
    company: YUNSHAN,
    committee: Some("福门小区业主委员会"),
    community: "县府街社区居民委员会",
    banks: &[R],
    since: "2026-01-01",
};

/// A receipt booked twice, an amount mistyped, a cost on the wrong account, a rent for the wrong
/// quarter: each corrected by an entry of its own.
pub fn booked_twice() -> Told {
    let mut story = Story::open(&CORRECTED, None)?;
    let first = CORRECTED.since;
    story.on(first, opening("R", "11240.00", "D R.1001.01 11240.00; C R.3201 11240.00"));
    story.on(first, decision("2025-06", "assembly", "快递柜、门口摊位出租", "2025-12-06", None));
    let lockers = Lease {
        no: "C-01",
        site: "智能快递柜场地",
        party: "驿路快件服务有限公司",
        account: "R.4503.02",
        amount: "1950.00",
        per: "quarter",
        pieces: 1,
        term: ("2026-01-01", "2026-12-31"),
        by: By::Decision("2025-06"),
    };
    story.on(first, lockers.signed());
    story.on("2026-01-12", lockers.receipt(BANK, "1950.00", "2026-Q1"));
    story.on("2026-01-13", lockers.receipt(BANK, "1950.00", "2026-Q1").named("twice"));
    story.on("2026-01-20", correct("twice", "同一笔快递柜租金记了两次", ""));
    let stalls = income(BANK, "R.4503.01", "8600.00").memo("春节年货摊位").named("typo");
    story.on("2026-02-11", stalls);
    let right = "D R.1001.01 6800.00; C R.4503.01 6800.00";
    story.on("2026-02-13", correct("typo", "实收6,800，误记8,600", right).occurred("2026-02-11"));
    let lamp = cost(BANK, "R.5501.02", "735.00", "光明电料行", "30117");
    story.on("2026-03-06", lamp.memo("快递柜照明维修").named("account"));
    let right = "D R.5501.03 735.00; C R.1001.01 735.00";
    let moved =
        correct("account", "维护费误记为能耗", right).invoice("30117", "光明电料行", "735.00");
    story.on("2026-03-10", moved.occurred("2026-03-06"));
    story.on("2026-03-21", interest(BANK, "R.4509", "9.82"));
    story.on("2026-04-08", lockers.receipt(BANK, "1950.00", "2026-Q1").named("quarter"));
    let attributed = Deed::new("attribute")
        .of("quarter")
        .with("line", crate::ledger::json::Value::Integer(1))
        .text("period", "2026-Q2")
        .text("reason", "二季度租金误归一季度");
    story.on("2026-04-09", attributed);
    story.on("2026-06-12", income(BANK, "R.4508", "86.00").memo("废纸箱出售"));
    Ok(story)
}

const UNPROVEN: Estate = Estate {
    code: "620722-0008",
    name: "博雅苑",
    address: "民乐县洪水镇解放南路12号",
    households: 310,
    area: "32550.00",
    company: QINGKE,
    committee: Some("博雅苑业主委员会"),
    community: "解放南路社区居民委员会",
    banks: &[R, F],
    since: "2025-06-01",
};

/// Four payments without evidence: one proven later, one in part, one paid back, one open.
pub fn without_evidence() -> Told {
    let mut story = Story::open(&UNPROVEN, None)?;
    let first = UNPROVEN.since;
    story.on(first, opening("R", "64300.00", "D R.1001.01 64300.00; C R.3201 64300.00"));
    let fund = "D F.1001.01 806500.00; C F.3001 795000.00; C F.3101.01 11500.00";
    story.on(first, opening("F", "806500.00", fund));
    let paid = |amount, payee, memo: &str, name| {
        unproven(BANK, amount, payee).memo(format!("{memo}，已付未见票据")).named(name)
    };
    story.on("2025-07-18", paid("12600.00", "宏达维修队", "道闸与车位划线", "lines"));
    story.on("2025-09-05", paid("8400.00", "金峰清洗部", "广告屏清洗", "screens"));
    story.on("2025-11-20", paid("5000.00", "青稞苑物业服务有限公司", "停车管理费", "manager"));
    story.on("2026-02-26", paid("3280.00", "顺通疏浚队", "摊位区下水疏通", "drain"));
    let accept = |of: &str, account: &str, amount: &str, payee: &str, no: &str| {
        Deed::new("unproven.accept")
            .of(of)
            .invoice(no, payee, amount)
            .party("payee", payee)
            .lines(format!("D {account} {amount}; C R.1221.03 {amount}"))
    };
    let all = accept("lines", "R.5501.03", "12600.00", "宏达维修队", "41822");
    story.on("2025-10-14", all.memo("道闸与车位划线，补到发票"));
    let half = accept("screens", "R.5501.03", "4900.00", "金峰清洗部", "55190");
    story.on("2025-12-11", half.memo("广告屏清洗，只补到4,900的发票"));
    let back = Deed::new("unproven.return")
        .of("manager")
        .party("party", UNPROVEN.company)
        .lines("D R.1001.01 5000.00; C R.1221.03 5000.00");
    story.on("2026-01-16", back.memo("无约定依据的停车管理费退回"));
    for (day, amount) in
        [("2025-08-28", "7420.00"), ("2025-12-26", "8115.00"), ("2026-06-22", "7986.00")]
    {
        story.on(day, income(BANK, "R.4502.01", amount).memo("临时停车"));
    }
    story.on("2026-06-22", interest("F.1001.01", "F.4101.01", "1411.30"));
    Ok(story)
}
