//! 620722-0002: a large estate. Every day's parking is one receipt: what the platform has, what
//! went straight to the bank, what the booth holds in cash.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::{F, R, Told, XUELING};
use crate::ledger::account::Fund;
use crate::ledger::money::Money;
use crate::ledger::period::Month;
use crate::services::demonstration::deed::Deed;
use crate::services::demonstration::story::{
    Estate, Story, begins_quarter, day, ends_quarter, months, on,
};
use crate::services::demonstration::words::{
    By, Lease, cost, decision, fee, fee_clause, interest, opening, settle, spend, top_up,
};

const ESTATE: Estate = Estate {
    code: "620722-0002",
    name: "天宝新城",
    address: "民乐县洪水镇天宝路66号",
    households: 1_200,
    area: "138600.00",
    company: XUELING,
    committee: Some("天宝新城业主委员会"),
    community: "天宝社区居民委员会",
    banks: &[R, F],
    since: "2025-01-01",
};

const BANK: &str = "R.1001.01";
const CLEARING: &str = "R.1002";
const CASH: &str = "R.1221.01";
const PLATFORM: &str = "捷泊停车平台";
/// The platform's fee: six in a thousand.
const PLATFORM_FEE: (i64, i64) = (6, 1_000);
/// The company's share by clause: fifteen in a hundred.
const SHARE_BP: u64 = 1_500;

const LEASES: [(Lease, &str); 7] = [
    lease(
        "C-01",
        "电梯轿厢框架广告",
        "祁连文化传媒有限公司",
        "R.4501.01",
        "300.00",
        60,
        "18000.00",
    ),
    lease("C-02", "候梯厅液晶广告", "祁连文化传媒有限公司", "R.4501.03", "350.00", 20, "7000.00"),
    lease("C-03", "道闸广告", "金张掖广告策划部", "R.4501.05", "1500.00", 2, "3000.00"),
    lease("C-04", "智能快递柜", "驿路快件服务有限公司", "R.4503.02", "900.00", 6, "5400.00"),
    lease("C-05", "汽车充电桩场地", "绿洲充电服务有限公司", "R.4503.04", "4200.00", 1, "4200.00"),
    lease("C-06", "通信机房", "弱水通信民乐分公司", "R.4504.01", "2600.00", 2, "5200.00"),
    lease("C-07", "饮水机", "雪水源饮用水服务站", "R.4503.06", "150.00", 8, "1200.00"),
];

const fn lease(
    no: &'static str,
    site: &'static str,
    party: &'static str,
    account: &'static str,
    amount: &'static str,
    pieces: u64,
    rent: &'static str,
) -> (Lease, &'static str) {
    let (by, term) = (By::Decision("2024-03"), ("2025-01-01", "2027-12-31"));
    (Lease { no, site, party, account, amount, per: "quarter", pieces, term, by }, rent)
}

pub fn told() -> Told {
    let mut story = Story::open(&ESTATE, None)?;
    begin(&mut story);
    let mut monday = day("2025-01-06")?;
    let last = day("2026-06-29")?;
    while monday <= last {
        story.batch(&monday.to_string(), parking_of_week(monday));
        monday = monday + Days::new(7);
    }
    for month in months("2025-01", "2026-06")? {
        of_month(&mut story, month);
    }
    Ok(story)
}

fn begin(story: &mut Story) {
    let first = ESTATE.since;
    story.on(first, opening("R", "186420.00", "D R.1001.01 186420.00; C R.3201 186420.00"));
    let fund = "D F.1001.01 4216800.00; D F.1101.01 2000000.00; C F.3001 6100000.00; \
        C F.3101.01 116800.00";
    story.on(first, opening("F", "6216800.00", fund));
    let decided = |no, matter, limit| decision(no, "assembly", matter, "2024-12-15", limit);
    story.on(first, decided("2024-03", "共用部位及停车场地经营", None));
    story.on(first, decided("2024-04", "业主委员会经费及审计", Some("60000.00")));
    story.on(first, decided("2024-05", "地下车库地坪修补", Some("90000.00")));
    story.on(first, fee_clause("14", SHARE_BP, "物业服务合同第十四条", first));
    for (lease, _) in &LEASES {
        story.on(first, lease.signed());
    }
}

fn of_month(story: &mut Story, month: Month) {
    let quarter = format!("{}-Q{}", month.year(), month.quarter());
    if begins_quarter(month) {
        for (lease, rent) in &LEASES {
            story.on(&on(month, 7), lease.receipt(BANK, rent, &quarter));
        }
    }
    if begins_quarter(month) && month > Month::of(first()) {
        let share = share_of_quarter(month).to_string();
        let fee = fee(BANK, &share, "14", ESTATE.company);
        story.on(&on(month, 16), fee.memo("上季度约定管理费，实收的百分之十五"));
    }
    if ends_quarter(month) {
        let invoice = format!("7{:03}", month.month() * 31 + u32::from(month.year() == 2026));
        let power = cost(BANK, "R.5501.02", "6318.50", "民乐供电所", &invoice);
        story.on(&on(month, 19), power.memo("道闸、充电区、广告屏电费"));
        story.on(&on(month, 21), interest(BANK, "R.4509", "312.44"));
        story.on(&on(month, 21), interest("F.1001.01", "F.4101.01", "7379.40"));
    }
    uses(story, &month.to_string());
    if month < Month::of(last_day()) {
        story.statements(month, &[BANK, CLEARING]);
        story.close(month, &Fund::ALL);
        if ends_quarter(month) {
            story.publish(month);
        }
    }
}

fn uses(story: &mut Story, month: &str) {
    let paid = |account, amount, decision, payee, memo: &str| {
        spend(BANK, account, amount, decision, payee).memo(memo)
    };
    match month {
        "2025-04" => {
            let audit =
                paid("R.5505", "8000.00", "2024-04", "河西会计师事务所", "2024年度公共收益审计");
            story.on("2025-04-25", audit);
        }
        "2025-06" => {
            let office = paid("R.5504", "12000.00", "2024-04", "业主委员会", "业委会上半年经费");
            story.on("2025-06-27", office);
        }
        "2025-10" => {
            let floor = paid("R.5503", "86000.00", "2024-05", "固邦地坪工程队", "地下车库地坪修补");
            story.on("2025-10-24", floor);
        }
        "2025-12" => {
            let office = paid("R.5504", "12000.00", "2024-04", "业主委员会", "业委会下半年经费");
            story.on("2025-12-19", office);
            story.on("2025-12-24", top_up(BANK, "F.1001.01", "120000.00"));
        }
        "2026-04" => {
            let audit =
                paid("R.5505", "8000.00", "2024-04", "河西会计师事务所", "2025年度公共收益审计");
            story.on("2026-04-24", audit);
        }
        _ => {}
    }
}

/// The parking of the week before a Monday, as the platform's report and the booth's cash book
/// have it: a receipt a day, then the settlement and the cash, as one batch.
fn parking_of_week(monday: NaiveDate) -> Vec<Deed> {
    let days = (1..=7).rev().filter_map(|back| monday.checked_sub_days(Days::new(back)));
    let days: Vec<NaiveDate> = days.filter(|day| *day >= first()).collect();
    let mut deeds: Vec<Deed> = days.iter().map(|day| parking_of_day(*day)).collect();
    let sum = |of: fn(&Takings) -> Money| -> Money {
        days.iter().map(|day| of(&Takings::of(*day))).sum()
    };
    let (gross, cash) = (sum(|takings| takings.platform), sum(|takings| takings.cash));
    let fee = Money::from_fen((gross.fen() * PLATFORM_FEE.0 + PLATFORM_FEE.1 / 2) / PLATFORM_FEE.1);
    let net = gross - fee;
    let settled = Deed::new("settle")
        .text("channel", PLATFORM)
        .lines(format!("D {BANK} {net}; D R.5501.05 {fee}; C {CLEARING} {gross}"));
    deeds.push(settled.memo("平台结算上周，手续费千分之六"));
    if cash.is_positive() {
        let handed = settle("岗亭现金", BANK, CASH, &cash.to_string());
        deeds.push(handed.memo("上周岗亭现金缴存"));
    }
    deeds
}

/// One day's parking as one receipt.
fn parking_of_day(day: NaiveDate) -> Deed {
    let Takings { platform, bank, cash, cars } = Takings::of(day);
    let total = platform + bank + cash;
    let held = if cash.is_positive() { format!("D {CASH} {cash}; ") } else { String::new() };
    let lines = format!("D {CLEARING} {platform}; D {BANK} {bank}; {held}C R.4502.01 {total}");
    let memo = format!("临时停车 {}月{}日，{cars}车次", day.month(), day.day());
    Deed::new("income").lines(lines).dated(day.to_string()).memo(memo)
}

/// What a day brought.
struct Takings {
    platform: Money,
    bank: Money,
    cash: Money,
    cars: i64,
}

impl Takings {
    /// Made up from the day alone: more at weekends, cash on three days a week.
    fn of(day: NaiveDate) -> Self {
        let nth = (day - first()).num_days();
        let weekday = day.weekday();
        let busy = i64::from(matches!(weekday, Weekday::Sat | Weekday::Sun)) * 85;
        let has_cash = matches!(weekday, Weekday::Tue | Weekday::Fri | Weekday::Sun);
        let platform = 292 + nth * 37 % 151 + busy;
        let bank = 38 + nth * 13 % 35;
        let cash = if has_cash { 24 + nth * 7 % 41 } else { 0 };
        let yuan = |yuan: i64| Money::from_fen(yuan * 100);
        Self {
            platform: yuan(platform),
            bank: yuan(bank),
            cash: yuan(cash),
            cars: (platform + bank + cash) / 2,
        }
    }
}

/// The company's share of the quarter before a month, rounded down to the fen.
fn share_of_quarter(month: Month) -> Money {
    let days = month.plus(-3).first_day().iter_days();
    let days = days.take_while(|day| *day < month.first_day()).filter(|day| *day >= first());
    let parking: Money = days
        .map(|day| {
            let Takings { platform, bank, cash, .. } = Takings::of(day);
            platform + bank + cash
        })
        .sum();
    let rents: Money = LEASES.iter().filter_map(|(_, rent)| rent.parse::<Money>().ok()).sum();
    let share = i64::try_from(SHARE_BP).unwrap_or_default();
    Money::from_fen((parking + rents).fen() * share / 10_000)
}

fn first() -> NaiveDate {
    day(ESTATE.since).unwrap_or_default()
}

fn last_day() -> NaiveDate {
    super::super::last_day()
}
