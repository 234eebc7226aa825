//! 620722-0017: the worked year 2025, row by row, both its funds; and the first half of 2026.

use super::{DemonstrationError, F, QINGKE, R, Told, XUELING};
use crate::ledger::account::Fund;
use crate::ledger::money::Money;
use crate::services::demonstration::deed::Deed;
use crate::services::demonstration::story::{
    Estate, Story, What, begins_quarter, ends_quarter, months, on,
};
use crate::services::demonstration::words::{
    By, Lease, appoint, fee, interest, opening, settle, spend,
};
use crate::services::demonstration::year::{LEASES, deed, rows, standing};

const ESTATE: Estate = Estate {
    code: "620722-0017",
    name: "和苑小区",
    address: "民乐县洪水镇和苑路3号",
    households: 320,
    area: "32000.00",
    company: QINGKE,
    committee: Some("和苑小区业主委员会"),
    community: "和苑社区居民委员会",
    banks: &[R, (Fund::R, "农业银行", "****2215"), F, (Fund::F, "建设银行", "****6326")],
    since: "2025-01-01",
};

const BANK: &str = "R.1001.02";
/// The row by which the old company's account is emptied into the new one's.
const MOVED: &str = "R53";

pub fn told() -> Told {
    let mut story = Story::open(&ESTATE, None)?;
    let first = ESTATE.since;
    for deed in standing() {
        story.on(first, deed);
    }
    fund(&mut story);
    of_2025(&mut story)?;
    of_2026(&mut story)?;
    Ok(story)
}

/// The maintenance fund as it was taken over, and its interest.
fn fund(story: &mut Story) {
    let lines = "D F.1001.01 1506000.00; D F.1001.02 246000.00; D F.1101.01 400000.00; \
        C F.3001 1860000.00; C F.3002 240000.00; C F.3101.01 46000.00; C F.3101.02 6000.00";
    story.on(ESTATE.since, opening("F", "2152000.00", lines));
    for (day, commodity, public) in [
        ("2025-06-20", "6100.00", "980.00"),
        ("2025-12-20", "6300.00", "1000.00"),
        ("2026-06-20", "6240.00", "992.00"),
    ] {
        story.on(day, interest("F.1001.01", "F.4101.01", commodity));
        story.on(day, interest("F.1001.02", "F.4101.02", public));
    }
}

/// The rows on the days on which they were recorded, and the bank's statement each half year.
fn of_2025(story: &mut Story) -> Result<(), DemonstrationError> {
    let mut today = ESTATE.since.to_owned();
    for row in rows() {
        // A row may be dated before the one above it; it is recorded after it all the same.
        today = today.max(format!("2025-{}", row.day));
        if row.no == MOVED {
            hand_over(story, &today);
        }
        story.on(&today, deed(&row)?);
    }
    let statement = |account, to: &str, on_the_way: &[&'static str]| What::Statement {
        account,
        to: to.to_owned(),
        on_the_way: on_the_way.to_vec(),
    };
    story.act("2025-07-04", statement("R.1001.01", "2025-06-30", &["R36", "R38"]));
    story.act("2025-10-10", statement("R.1001.01", "2025-09-30", &[]));
    story.act("2026-01-06", statement(BANK, "2025-12-31", &[]));
    story.close_year(2025, &Fund::ALL);
    Ok(())
}

/// The company changes: what stands is signed by three before the money moves.
fn hand_over(story: &mut Story, day: &str) {
    let accounts = &["R.1001.01", "R.1221.02", "R.2241", "R.2242", "R.3209"];
    story.act(day, What::Handover { to: XUELING, accounts });
    story.company(XUELING);
    story.on(day, appoint("manager", XUELING, "2025-10-01"));
}

/// What the new year begins with: the last quarter's fee, what was kept back from the pump, and
/// the adverts, let again without the screens that were given back.
fn turn_of_the_year(story: &mut Story) {
    let platform = settle("停车平台", BANK, "R.1002", "310.00");
    story.on("2026-01-02", platform.memo("平台结算2025年末日"));
    let fourth = fee(BANK, "6014.79", "8", XUELING);
    story.on("2026-01-12", fourth.memo("约定管理费2025年四季度，百分之二十"));
    let retention = spend(BANK, "R.5503", "690.00", "2025-02", "水泵工程公司");
    story.on("2026-01-13", retention.memo("地库排水泵质量保证金"));
    let adverts = Lease {
        no: "C-06",
        site: "电梯轿厢框架与候梯厅液晶广告",
        amount: "13050.00",
        per: "quarter",
        term: ("2026-01-15", "2027-01-14"),
        by: By::Decision("2024-11"),
        ..LEASES[0]
    };
    let ended = Deed::new("contract.end").text("no", "C-01").text("on", "2026-01-14");
    story.on("2026-01-12", ended.text("reason", "到期，另签 C-06"));
    story.on("2026-01-12", adverts.signed());
    for (day, period) in [("2026-01-16", "2026-01..2026-04"), ("2026-04-14", "2026-04..2026-07")] {
        story.on(day, adverts.receipt(BANK, "13050.00", period));
    }
}

/// An auditor finds that an invoice of last year was paid twice. The payment was real, so
/// nothing is reversed: it is claimed back, and comes back.
fn paid_twice(story: &mut Story) {
    let payee = "供电公司";
    let claim = Deed::new("claim")
        .invoice("B7", payee, "1500.00")
        .party("party", payee)
        .text("reason", "2025年电费重复付款")
        .lines("D R.1221.04 1500.00; C R.3201 1500.00");
    story.on("2026-03-16", claim.memo("审计查出2025年电费重复付款，应收回"));
    let back = settle(payee, BANK, "R.1221.04", "1500.00");
    story.on("2026-04-22", back.memo("重复付的电费收回"));
}

/// The half year after: rents, parking, interest, statements, months closed, a notice.
fn of_2026(story: &mut Story) -> Result<(), DemonstrationError> {
    turn_of_the_year(story);
    paid_twice(story);
    let [_, telecom, lockers, charging, roof] = &LEASES;
    story.on("2026-01-19", lockers.receipt(BANK, "3900.00", "2026"));
    story.on("2026-01-20", charging.receipt(BANK, "3000.00", "2026"));
    let of_building = "D R.1001.02 6000.00; C R.4501.06[3幢](C-05) 6000.00 2026";
    story.on("2026-02-03", roof.receipt(BANK, "6000.00", "2026").lines(of_building));
    for month in months("2026-01", "2026-06")? {
        if begins_quarter(month) {
            let quarter = format!("2026-Q{}", month.quarter());
            story.on(&on(month, 8), telecom.receipt(BANK, "7800.00", &quarter));
        }
        // Six in a thousand stay with the platform.
        let gross = 760_000 + i64::from(month.month()) * 9_000;
        let (gross, fee) = (Money::from_fen(gross), Money::from_fen(gross / 1_000 * 6));
        let net = gross - fee;
        let parking = Deed::new("income")
            .lines(format!("D {BANK} {net}; D R.5501.05 {fee}; C R.4502.01 {gross}"));
        story.on(&on(month, 28), parking.memo(format!("{month} 临时停车，平台扣手续费后到账")));
        if ends_quarter(month) {
            story.on(&on(month, 20), interest(BANK, "R.4509", "97.30"));
        }
        if month.month() < 6 {
            story.statements(month, &[BANK]);
            story.close(month, &[Fund::R]);
        }
        if month.month() == 3 {
            story.publish(month);
        }
    }
    Ok(())
}
