//! 620722-0010: one company leaves, another comes. What an earlier one never handed over stands
//! as a claim until it is paid or proven.

use super::{F, QINGKE, R, Told, YUNSHAN};
use crate::ledger::account::Fund;
use crate::ledger::entry::DocKind;
use crate::ledger::json::Value;
use crate::services::demonstration::deed::Deed;
use crate::services::demonstration::story::{Estate, Story, What};
use crate::services::demonstration::words::{
    By, Lease, appoint, decision, fund_interest, income, opening, settle, unproven_opening,
};

const ESTATE: Estate = Estate {
    code: "620722-0010",
    name: "永固佳苑",
    address: "民乐县永固镇团结路7号",
    households: 352,
    area: "36608.00",
    company: QINGKE,
    committee: Some("永固佳苑业主委员会"),
    community: "团结社区居民委员会",
    banks: &[R, F],
    since: "2025-07-01",
};

const OLD: &str = "R.1001.01";
const NEW: &str = "R.1001.02";

pub fn told() -> Told {
    let mut story = Story::open(&ESTATE, None)?;
    let first = ESTATE.since;
    let lines = "D R.1001.01 26500.00; C R.2241{C-01} 3000.00; C R.3201 23500.00";
    story.on(first, opening("R", "26500.00", lines));
    let memo = "旧账有、银行无：更早的物业应移交";
    story.on(first, unproven_opening("32000.00", memo));
    let fund = "D F.1001.01 1032000.00; C F.3001 1018000.00; C F.3101.01 14000.00";
    story.on(first, opening("F", "1032000.00", fund));
    story.on(first, decision("2025-02", "assembly", "广告位出租", "2025-05-30", None));
    let adverts = Lease {
        no: "C-01",
        site: "电梯轿厢框架广告",
        party: "祁连文化传媒有限公司",
        account: "R.4501.01",
        amount: "5400.00",
        per: "quarter",
        pieces: 1,
        term: ("2025-07-01", "2027-06-30"),
        by: By::Decision("2025-02"),
    };
    story.on(first, adverts.signed());
    for (day, period) in
        [("2025-07-09", "2025-Q3"), ("2025-10-10", "2025-Q4"), ("2026-01-09", "2026-Q1")]
    {
        story.on(day, adverts.receipt(OLD, "5400.00", period));
    }
    story.close_year(2025, &Fund::ALL);
    hand_over(&mut story);
    fund_interest(&mut story, &["2025-09-21", "2025-12-21", "2026-03-21", "2026-06-21"], "903.00");
    story.on("2026-04-10", adverts.receipt(NEW, "5400.00", "2026-Q2"));
    claim(&mut story);
    let parking = income(NEW, "R.4502.01", "4310.00").memo("临时停车，接管以来");
    story.on("2026-06-24", parking);
    Ok(story)
}

/// The last day of March: balances signed by three, the money moved, the account closed.
fn hand_over(story: &mut Story) {
    let accounts = &[OLD, "R.1221.02", "R.2241", "R.3209", "F.1001.01"];
    story.act("2026-03-31", What::Handover { to: YUNSHAN, accounts });
    story.company(YUNSHAN);
    story.on("2026-03-31", appoint("manager", YUNSHAN, "2026-04-01"));
    let account = |act, code| Deed::new("account").text("account", code).text("act", act);
    let bank = account("open", NEW).text("bank", "农业银行").text("number", "****9051");
    story.on("2026-04-01", bank);
    let moved = Deed::new("transfer").lines(format!("D {NEW} 42700.00; C {OLD} 42700.00"));
    story.on(
        "2026-04-02",
        moved.paper(DocKind::BankSlip).memo("旧账户余额划入新账户，与交接表一致"),
    );
    story.on("2026-04-03", account("close", OLD));
}

/// What became of the 32,000 that the earlier company owed.
fn claim(story: &mut Story) {
    let paid = settle("更早的物业", NEW, "R.1221.02", "20000.00").paper(DocKind::BankSlip);
    story.on("2026-05-12", paid.memo("更早的物业移交现款"));
    let confirm = |shown: &str, lines: &str, reason: &str| {
        Deed::new("opening.confirm")
            .shown("settlement", "交接-2", "永固佳苑业主委员会", shown)
            .with("reason", Value::text(reason))
            .lines(lines)
            .memo(reason)
    };
    let lines = "D R.3209 20000.00; C R.3201 20000.00";
    story.on("2026-05-12", confirm("20000.00", lines, "收到移交现款，期初同额转正"));
    let lines = "D R.3209 5000.00; C R.1221.02 5000.00";
    story.on("2026-05-29", confirm("5000.00", lines, "补交支出票据，业委会认可"));
}
