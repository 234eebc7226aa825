//! Estates where something doesn't come: 620722-0003 adverts that aren't paid for, 620722-0004
//! a book that fell silent, 620722-0006 collections that stay with the company.

use super::{F, QINGKE, R, Told, XUELING};
use crate::ledger::account::Fund;
use crate::ledger::entry::DocKind;
use crate::services::demonstration::deed::Deed;
use crate::services::demonstration::story::{Estate, Story, ends_quarter, months, on};
use crate::services::demonstration::words::{
    By, Lease, decision, fund_interest, income, interest, opening, publication, settle, top_up,
};

const BANK: &str = "R.1001.01";
/// When the maintenance fund's bank pays interest.
const HALF_YEARS: [&str; 3] = ["2025-06-21", "2025-12-21", "2026-06-21"];

const UNPAID: Estate = Estate {
    code: "620722-0003",
    name: "金山雅居",
    address: "民乐县洪水镇金山路9号",
    households: 368,
    area: "39744.00",
    company: QINGKE,
    committee: Some("金山雅居业主委员会"),
    community: "金山社区居民委员会",
    banks: &[R, F],
    since: "2025-01-01",
};

/// Contracts are there, decided and signed; since the second quarter of 2025 nobody pays.
pub fn adverts_unpaid() -> Told {
    let mut story = Story::open(&UNPAID, None)?;
    let first = UNPAID.since;
    story.on(first, opening("R", "21680.00", "D R.1001.01 21680.00; C R.3201 21680.00"));
    let fund = "D F.1001.01 986400.00; C F.3001 970000.00; C F.3101.01 16400.00";
    story.on(first, opening("F", "986400.00", fund));
    let matter = "电梯、道闸、广场广告位出租";
    story.on(first, decision("2024-02", "assembly", matter, "2024-11-30", None));
    let lease = |no, site, account, amount, pieces| Lease {
        no,
        site,
        party: "沙枣花广告有限公司",
        account,
        amount,
        per: "quarter",
        pieces,
        term: ("2025-01-01", "2026-12-31"),
        by: By::Decision("2024-02"),
    };
    let leases = [
        lease("C-01", "电梯轿厢框架广告", "R.4501.01", "450.00", 24),
        lease("C-02", "道闸广告", "R.4501.05", "900.00", 2),
        lease("C-03", "中心广场灯箱", "R.4501.07", "600.00", 4),
    ];
    for (lease, rent) in leases.iter().zip(["10800.00", "1800.00", "2400.00"]) {
        story.on(first, lease.signed());
        story.on("2025-01-09", lease.receipt(BANK, rent, "2025-Q1"));
    }
    fund_interest(&mut story, &HALF_YEARS, "1726.20");
    story.on("2025-05-22", leases[0].receipt(BANK, "5400.00", "2025-Q2"));
    for month in months("2025-01", "2026-06")?.into_iter().filter(|month| ends_quarter(*month)) {
        let parking = income(BANK, "R.4502.02", "10800.00").memo("地面车位月租，本季30个");
        story.on(&on(month, 16), parking);
        story.on(&on(month, 21), interest(BANK, "R.4509", "23.18"));
    }
    story.close_year(2025, &Fund::ALL);
    Ok(story)
}

const SILENT: Estate = Estate {
    code: "620722-0004",
    name: "南苑小区",
    address: "民乐县洪水镇南环路27号",
    households: 216,
    area: "21384.00",
    company: QINGKE,
    committee: None,
    community: "南苑社区居民委员会",
    banks: &[R],
    since: "2025-09-01",
};

/// Parking came in every month; since the end of February nothing is recorded.
pub fn silent() -> Told {
    let mut story = Story::open(&SILENT, None)?;
    story.on(SILENT.since, opening("R", "9360.00", "D R.1001.01 9360.00; C R.3201 9360.00"));
    for (month, amount) in months("2025-09", "2026-02")?
        .into_iter()
        .zip(["2640.00", "2710.00", "2585.00", "2804.00", "3120.00", "2476.00"])
    {
        let parking = income(BANK, "R.4502.01", amount).memo(format!("{month} 临时停车"));
        story.on(&on(month, 27), parking);
    }
    story.on("2026-01-15", publication(SILENT.code, "2025-Q4", "2026-01-15", "2026-01-30"));
    Ok(story)
}

const HELD: Estate = Estate {
    code: "620722-0006",
    name: "祁连名邸",
    address: "民乐县洪水镇祁连路103号",
    households: 540,
    area: "61020.00",
    company: XUELING,
    committee: Some("祁连名邸业主委员会"),
    community: "祁连社区居民委员会",
    banks: &[R, F],
    since: "2025-01-01",
};

/// What was collected lies on the company's own account; little of it was handed in.
pub fn held_by_the_company() -> Told {
    const HELD_BY: &str = "R.1221.01";
    let mut story = Story::open(&HELD, None)?;
    let first = HELD.since;
    story.on(first, opening("R", "14200.00", "D R.1001.01 14200.00; C R.3201 14200.00"));
    let fund = "D F.1001.01 1544000.00; C F.3001 1520000.00; C F.3101.01 24000.00";
    story.on(first, opening("F", "1544000.00", fund));
    story.on(first, decision("2024-01", "assembly", "停车及广告经营", "2024-10-12", None));
    let adverts = Lease {
        no: "C-01",
        site: "电梯轿厢框架广告",
        party: "祁连文化传媒有限公司",
        account: "R.4501.01",
        amount: "6000.00",
        per: "half_year",
        pieces: 1,
        term: ("2025-01-01", "2026-12-31"),
        by: By::Decision("2024-01"),
    };
    story.on(first, adverts.signed());
    for (day, period) in [
        ("2025-01-14", "2025-01..2025-06"),
        ("2025-07-11", "2025-07..2025-12"),
        ("2026-01-13", "2026-01..2026-06"),
    ] {
        let rent = adverts.receipt(HELD_BY, "6000.00", period);
        story.on(day, rent.memo("电梯轿厢框架广告，付到物业自有账户"));
    }
    for (nth, month) in (0_u32..).zip(months("2025-01", "2026-06")?) {
        let amount = format!("{}.00", 4_860 + nth * 173 % 740);
        let parking = income(HELD_BY, "R.4502.01", &amount);
        story.on(&on(month, 26), parking.memo(format!("{month} 临时停车，物业收款码代收")));
    }
    fund_interest(&mut story, &HALF_YEARS, "2702.00");
    let handed = settle("物业公司", BANK, HELD_BY, "9000.00").paper(DocKind::BankSlip);
    story.on("2025-04-18", handed.memo("物业缴存一季度部分代收款"));
    let handed = settle("物业公司", BANK, HELD_BY, "6000.00").paper(DocKind::BankSlip);
    story.on("2025-12-05", handed.memo("物业缴存部分代收款"));
    story.on("2025-12-26", top_up(BANK, "F.1001.01", "12000.00"));
    let asked = Deed::new("finding")
        .text("no", "Q-2026-01")
        .text("text", "代收的停车费和广告费何时全部缴存共有资金账户？");
    story.on("2026-04-02", asked);
    Ok(story)
}
