//! 620722-0001: everything as it should be. Sites let by decision, rents on time, statements
//! matched every month, costs with invoices, the quarter published: nothing to ask about.

use super::{F, R, Told, YUNSHAN};
use crate::ledger::account::Fund;
use crate::services::demonstration::story::{
    Estate, Story, begins_quarter, ends_quarter, months, on,
};
use crate::services::demonstration::words::{
    By, Lease, asset, cost, decision, fee, fee_clause, income, interest, lets, opening, spend,
    top_up,
};

const ESTATE: Estate = Estate {
    code: "620722-0001",
    name: "祥和家园",
    address: "民乐县洪水镇民联路18号",
    households: 420,
    area: "45360.00",
    company: YUNSHAN,
    committee: Some("祥和家园业主委员会"),
    community: "东苑社区居民委员会",
    banks: &[R, F],
    since: "2025-07-01",
};

const BANK: &str = "R.1001.01";
const TERM: (&str, &str) = ("2025-07-01", "2028-06-30");

/// Site, place, pieces and rate; each is an asset and the contract that lets it.
const SITES: [Lease; 3] = [
    site("C-01", "电梯轿厢广告框", "祁连文化传媒有限公司", "R.4501.01", "375.00", 12),
    site("C-02", "智能快递柜场地", "驿路快件服务有限公司", "R.4503.02", "750.00", 2),
    site("C-03", "通信机房", "弱水通信民乐分公司", "R.4504.01", "2400.00", 1),
];

const fn site(
    no: &'static str,
    site: &'static str,
    party: &'static str,
    account: &'static str,
    amount: &'static str,
    pieces: u64,
) -> Lease {
    let by = By::Decision("2025-01");
    Lease { no, site, party, account, amount, per: "quarter", pieces, term: TERM, by }
}

pub fn told() -> Told {
    let mut story = Story::open(&ESTATE, None)?;
    begin(&mut story)?;
    for month in months("2025-07", "2026-06")? {
        let (label, quarter) =
            (month.to_string(), format!("{}-Q{}", month.year(), month.quarter()));
        if begins_quarter(month) {
            for (lease, rent) in SITES.iter().zip(["4500.00", "1500.00", "2400.00"]) {
                story.on(&on(month, 5), lease.receipt(BANK, rent, &quarter));
            }
            if label != "2025-07" {
                let fee = fee(BANK, "3420.00", "11", ESTATE.company);
                story.on(&on(month, 12), fee.memo("上季度约定管理费，实收的百分之十五"));
            }
        }
        let parking = income(BANK, "R.4502.02", "4800.00");
        story.on(&on(month, 6), parking.memo(format!("{label} 地面车位月租，40个")));
        if ends_quarter(month) {
            let invoice = format!("2{:03}", month.month() * 17);
            let power = cost(BANK, "R.5501.02", "860.40", "民乐供电所", &invoice);
            story.on(&on(month, 18), power.memo("广告框、快递柜分表电费"));
            story.on(&on(month, 21), interest(BANK, "R.4509", "41.36"));
            story.on(&on(month, 21), interest("F.1001.01", "F.4101.01", "2219.70"));
        }
        uses(&mut story, &label);
        if label.as_str() < "2026-06" {
            let both = ends_quarter(month);
            story.statements(month, if both { &[BANK, "F.1001.01"] } else { &[BANK] });
            story.close(month, &Fund::ALL);
            if both {
                story.publish(month);
            }
        }
    }
    Ok(story)
}

fn begin(story: &mut Story) -> Result<(), super::DemonstrationError> {
    let first = ESTATE.since;
    story.on(first, opening("R", "38500.00", "D R.1001.01 38500.00; C R.3201 38500.00"));
    let fund = "D F.1001.01 1268400.00; C F.3001 1240000.00; C F.3101.01 28400.00";
    story.on(first, opening("F", "1268400.00", fund));
    let decided = |no, matter, limit| decision(no, "assembly", matter, "2025-06-20", limit);
    story.on(first, decided("2025-01", "电梯间、快递柜场地、机房等共用部位出租", None));
    story.on(first, decided("2025-02", "业主委员会办公经费", Some("6000.00")));
    story.on(first, decided("2025-03", "单元门禁维修", Some("10000.00")));
    story.on(first, fee_clause("11", 1_500, "物业服务合同第十一条", first));
    for lease in &SITES {
        let place = "1至6幢";
        let asset = asset(lease.site, place, lease.pieces, lease.account, first)?;
        story.on(first, asset.text("ownership", "common"));
        story.on(first, lets(lease.signed(), lease.site, place, lease.pieces)?);
    }
    Ok(())
}

/// What is spent by decision.
fn uses(story: &mut Story, month: &str) {
    match month {
        "2025-11" => {
            let desk = spend(BANK, "R.5504", "1200.00", "2025-02", "文化街办公用品店");
            story.on("2025-11-14", desk.memo("业委会办公用品"));
        }
        "2025-12" => story.on("2025-12-23", top_up(BANK, "F.1001.01", "20000.00")),
        "2026-04" => {
            let doors = spend(BANK, "R.5503", "8600.00", "2025-03", "安达门禁维修部");
            story.on("2026-04-20", doors.memo("3幢、5幢单元门禁更换"));
        }
        _ => {}
    }
}
