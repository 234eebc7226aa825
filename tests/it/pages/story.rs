//! Half a year of an estate, so that every page has something to show.

use mingzhang::ledger::chain::entry_hash;
use mingzhang::ledger::entry::{Doc, DocKind, Line, SignAct};
use mingzhang::ledger::event::Event;
use mingzhang::ledger::id::EntryHash;
use mingzhang::ledger::json::Value;
use mingzhang::ledger::money::Money;

use super::TODAY;
use crate::harness::{
    On, TestBook, cosigned, credit, debit, event, invoice, of_contract, org, prepared, sign,
};

/// A priced part.
fn part(account: &str, amount: &str, per: &str, pieces: u64) -> Value {
    Value::map([
        ("account", Value::text(account)),
        ("amount", Value::text(amount)),
        ("mode", Value::text("fixed")),
        ("per", Value::text(per)),
        ("pieces", Value::Integer(pieces)),
    ])
}

/// A contract.
fn contract(
    no: &str,
    site: &str,
    paper: &str,
    authority: (&'static str, &str),
    further: Vec<(&'static str, Value)>,
) -> Event {
    let keys = [
        ("authority", Value::map([(authority.0, Value::text(authority.1))])),
        ("no", Value::text(no)),
        ("paper", Value::text(paper)),
        ("site", Value::text(site)),
    ];
    event("contract", keys.into_iter().chain(further))
}

fn term(from: &str, to: &str) -> [(&'static str, Value); 2] {
    [("from", Value::text(from)), ("to", Value::text(to))]
}

fn schedule(parts: Vec<Value>) -> (&'static str, Value) {
    ("schedule", Value::List(parts))
}

fn correction(of: (u64, EntryHash), reason: &str) -> Event {
    let keys =
        [("of", Value::text(of.1)), ("reason", Value::text(reason)), ("seq", Value::Integer(of.0))];
    event("correct", keys)
}

/// A paper.
fn slip() -> Doc {
    Doc {
        kind: DocKind::BankSlip,
        sha256: entry_hash(b"slip"),
        size: 48_213,
        media_type: "application/pdf".into(),
    }
}

/// Half a year of an estate: contracts in several states, receipts, a correction, costs,
/// a payment without evidence, a decision and its use, a maintenance fund.
pub async fn half_a_year() -> TestBook {
    let mut book = TestBook::open(On::Sqlite).await;
    openings(&mut book).await;
    contracts(&mut book).await;
    for (month, day) in [("01", "31"), ("02", "28"), ("03", "31"), ("04", "30"), ("05", "31")] {
        a_month(&mut book, month, day).await;
    }
    spending(&mut book).await;
    corrected(&mut book).await;
    for code in ["620722-0011", "620722-0012"] {
        book.open_estate(code.parse().unwrap()).await;
    }
    book.on(TODAY);
    book
}

async fn openings(book: &mut TestBook) {
    let fund = |fund: &str| event("opening", [("fund", Value::text(fund))]);
    let deposit = Line { item: Some("C-01".into()), ..credit("R.2241", "5000.00") };
    let lines = vec![debit("R.1001.01", "142300.00"), deposit, credit("R.3201", "137300.00")];
    let mut draft = book.money(fund("R"), lines);
    draft.docs = vec![slip()];
    draft.memo = Some("期初余额，见银行对账单".into());
    book.post(draft).await.unwrap();
    let lines = vec![
        debit("F.1001.01", "1506000.00"),
        Line { holder: Some("pool:1".into()), ..credit("F.3001", "1506000.00") },
    ];
    let mut draft = book.money(fund("F"), lines);
    draft.docs = vec![slip()];
    book.post(draft).await.unwrap();
}

async fn contracts(book: &mut TestBook) {
    let year = || term("2025-01-01", "2025-12-31");
    let decision = event(
        "decision",
        [
            ("body", Value::text("assembly")),
            ("from", Value::text("2025-01-01")),
            ("limit", Value::text("25000.00")),
            ("matter", Value::text("维修地下车库排水泵，并出租电梯广告位")),
            ("no", Value::text("2025-01")),
        ],
    );
    let person = Value::map([("party", Value::text("pt_0a1b2c3d4e5f"))]);
    let events = [
        decision,
        contract(
            "C-01",
            "电梯轿厢框架 18 块",
            "signed",
            ("decision", "2025-01"),
            [
                ("party", org("示例广告有限公司")),
                ("signed", Value::text("2024-12-20")),
                schedule(vec![part("R.4501.01", "2200.00", "year", 18)]),
            ]
            .into_iter()
            .chain(year())
            .collect(),
        ),
        contract(
            "C-02",
            "东门快递柜",
            "signed",
            ("clause", "物业服务合同第八条"),
            [
                ("party", org("示例快递柜公司")),
                schedule(vec![part("R.4503.02", "650.00", "month", 1)]),
            ]
            .into_iter()
            .chain(year())
            .collect(),
        ),
        contract(
            "C-03",
            "南门水果摊",
            "none",
            ("none", "口头约定"),
            vec![("party", person), schedule(vec![part("R.4503.01", "800.00", "month", 1)])],
        ),
        contract(
            "机房/一期",
            "通信机房",
            "renewing",
            ("none", "沿用旧约"),
            [schedule(vec![part("R.4504.01", "7800.00", "quarter", 1)])]
                .into_iter()
                .chain(term("2022-04-01", "2025-03-31"))
                .collect(),
        ),
        contract("C-05", "自动售货机分成", "unknown", ("none", "未查到"), Vec::new()),
    ];
    for event in events {
        let draft = book.draft(event);
        book.post(draft).await.unwrap();
    }
}

/// Parking, lockers and lift frames of a month; the market stall pays irregularly.
async fn a_month(book: &mut TestBook, month: &str, day: &str) {
    book.on(&format!("2025-{month}-{day}"));
    let of = format!("2025-{month}");
    let number: i64 = month.parse().unwrap();
    let parking = Money::from_fen(700_000 + number * 31_337).to_string();
    let lines = vec![debit("R.1002", &parking), credit("R.4502.01", &parking)];
    let mut draft = book.money(event("income", []), lines);
    draft.memo = Some(format!("临时停车 {number} 月各日合计"));
    book.post(draft).await.unwrap();
    let lockers = of_contract(credit("R.4503.02", "650.00"), "C-02", &of);
    let draft = book.money(
        event("income", [("party", org("示例快递柜公司"))]),
        vec![debit("R.1001.01", "650.00"), lockers],
    );
    book.post(draft).await.unwrap();
    if number == 1 {
        let lines = vec![
            debit("R.1001.01", "19800.00"),
            of_contract(credit("R.4501.01", "19800.00"), "C-01", "2025-01..2025-06"),
        ];
        let mut draft = book.money(event("income", [("party", org("示例广告有限公司"))]), lines);
        draft.docs = vec![slip()];
        draft.occurred = Some("2025-01-10".parse().unwrap());
        book.post(draft).await.unwrap();
    }
    if number == 3 {
        let settled = [("channel", Value::text("wechat"))];
        let lines = vec![
            debit("R.1001.01", "14900.00"),
            debit("R.5501.05", "90.00"),
            credit("R.1002", "14990.00"),
        ];
        let draft = book.money(event("settle", settled), lines);
        book.post(draft).await.unwrap();
    }
}

async fn spending(book: &mut TestBook) {
    book.on("2025-06-05");
    let payee = || ("payee", org("供电公司"));
    let lines = vec![debit("R.5501.02", "4260.00"), credit("R.1001.01", "4260.00")];
    let keys = [("evidence", invoice("08812345", "4260.00")), payee()];
    let mut draft = book.money(event("cost", keys), lines);
    draft.memo = Some("道闸、灯箱电费".into());
    draft.signs = vec![prepared()];
    book.post(draft).await.unwrap();

    let lines = vec![debit("R.1221.03", "6800.00"), credit("R.1001.01", "6800.00")];
    let mut draft = book.money(event("unproven.out", [("payee", org("某维修部"))]), lines);
    draft.memo = Some("“设备维护”，没有票据".into());
    draft.signs = vec![prepared()];
    book.post(draft).await.unwrap();

    let keys = [("decision", Value::text("2025-01")), ("payee", org("示例机电工程公司"))];
    let lines = vec![debit("R.5503", "12310.00"), credit("R.1001.01", "12310.00")];
    let mut draft = book.money(event("spend", keys), lines);
    draft.memo = Some("车库排水泵进度款".into());
    draft.signs = vec![prepared(), sign(SignAct::Review, "o_property", "u_checker"), cosigned()];
    book.post(draft).await.unwrap();

    let lines = vec![debit("R.1221.01", "1200.00"), credit("R.4502.01", "1200.00")];
    let mut draft = book.money(event("income", []), lines);
    draft.memo = Some("岗亭现金，物业代收".into());
    book.post(draft).await.unwrap();
}

/// A receipt of 3,900 written down as 9,300, and put right.
async fn corrected(book: &mut TestBook) {
    let wrong = vec![debit("R.1001.01", "9300.00"), credit("R.4503.05", "9300.00")];
    let mut draft = book.money(event("income", [("party", org("充电桩公司"))]), wrong);
    draft.memo = Some("电动自行车充电二季度".into());
    let posted = book.post(draft).await.unwrap();
    book.on("2025-06-12");
    let lines = vec![
        credit("R.1001.01", "9300.00"),
        debit("R.4503.05", "9300.00"),
        debit("R.1001.01", "3900.00"),
        credit("R.4503.05", "3900.00"),
    ];
    let draft = book.money(correction((posted.seq, posted.hash), "3,900 误录为 9,300"), lines);
    book.post(draft).await.unwrap();
}
