//! An estate's money, act by act: what is taken, what is refused and by which invariant.

use mingzhang::ledger::account::Fund;
use mingzhang::ledger::entry::{Doc, DocKind, Line, SignAct};
use mingzhang::ledger::findings::findings;
use mingzhang::ledger::id::EntryHash;
use mingzhang::ledger::json::Value;
use mingzhang::ledger::period::parse_date;
use mingzhang::services::books::{Limits, PostError, Posted};
use test_case::test_case;

use crate::harness::{
    On, TestBook, cosigned, credit, debit, estate, event, invoice, of_contract, org, prepared,
    reviewer, sign,
};

fn contract(no: &str, amount: &str) -> mingzhang::ledger::event::Event {
    let part = Value::map([
        ("account", Value::text("R.4501.01")),
        ("amount", Value::text(amount)),
        ("mode", Value::text("fixed")),
        ("per", Value::text("month")),
    ]);
    event(
        "contract",
        [
            ("authority", Value::map([("clause", Value::text("服务合同第八条"))])),
            ("from", Value::text("2025-01-01")),
            ("no", Value::text(no)),
            ("paper", Value::text("signed")),
            ("party", org("广告公司甲")),
            ("schedule", Value::List(vec![part])),
            ("site", Value::text("电梯轿厢框架")),
            ("to", Value::text("2025-12-31")),
        ],
    )
}

async fn earn(book: &mut TestBook, amount: &str) -> Posted {
    let draft =
        book.money(event("income", []), vec![debit("R.1001.01", amount), credit("R.4508", amount)]);
    book.post(draft).await.unwrap()
}

fn correction(of: &Posted, lines: Vec<Line>) -> (mingzhang::ledger::event::Event, Vec<Line>) {
    let keys = [
        ("of", Value::text(of.hash)),
        ("reason", Value::text("录入有误")),
        ("seq", Value::Integer(of.seq)),
    ];
    (event("correct", keys), lines)
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn income_under_a_contract_closes_its_gap(on: On) {
    let mut book = TestBook::open(on).await;
    let draft = book.draft(contract("C-01", "3300.00"));
    book.post(draft).await.unwrap();
    book.on("2025-02-10");
    let lines = vec![
        debit("R.1001.01", "5000.00"),
        of_contract(credit("R.4501.01", "5000.00"), "C-01", "2025-01..2025-02"),
    ];
    let draft = book.money(event("income", []), lines);
    book.post(draft).await.unwrap();
    let now = book.book().await;
    let contract = &now.contracts().contracts["C-01"];
    let gap = |day: &str| contract.gap(parse_date(day).unwrap()).to_string();
    assert_eq!(gap("2025-01-31"), "0.00", "the oldest month is settled first");
    assert_eq!(gap("2025-02-28"), "1600.00");
    assert_eq!(gap("2025-03-31"), "4900.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn each_invariant_refuses_what_breaks_it(on: On) {
    let mut book = TestBook::open(on).await;
    earn(&mut book, "1000.00").await;
    let cases: Vec<(&str, &str, Vec<Line>)> = vec![
        ("I3", "income", vec![debit("R.1001.01", "12.00"), credit("R.4508", "11.00")]),
        ("I4", "income", vec![debit("R.1001.01", "12.00"), credit("R.4501", "12.00")]),
        ("I4", "income", vec![debit("R.1001", "12.00"), credit("R.4508", "12.00")]),
        ("I4", "income", vec![debit("R.1001.09", "12.00"), credit("R.4508", "12.00")]),
        ("I4", "income", vec![debit("R.1001.01", "12.00"), credit("R.4777", "12.00")]),
        ("I4", "income", vec![debit("R.5503", "12.00"), credit("R.4508", "12.00")]),
        ("I4", "income", vec![debit("R.1001.01", "0.00"), credit("R.4508", "0.00")]),
        ("I4", "interest", vec![debit("R.1001.01", "5.00"), credit("R.4508", "5.00")]),
        ("I3", "income", vec![debit("R.1001.01", "12.00"), credit("F.4101.01", "12.00")]),
    ];
    for (rule, kind, lines) in cases {
        let shown = format!("{kind} {lines:?}");
        let draft = book.money(event(kind, []), lines);
        assert_eq!(book.refusal(draft).await, rule, "{shown}");
    }
    let transfer = vec![debit("R.1001.02", "1000.01"), credit("R.1001.01", "1000.01")];
    let mut draft = book.money(event("transfer", []), transfer);
    draft.signs = vec![prepared()];
    assert_eq!(book.refusal(draft).await, "I5", "more than is in the account");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn dates_stay_in_the_open_period(on: On) {
    let mut book = TestBook::open(on).await;
    let lines = vec![debit("R.1001.01", "1.00"), credit("R.4508", "1.00")];
    for (date, occurred, rule) in [
        ("2025-01-02", None, "I8"),
        ("2024-12-31", None, "I8"),
        ("2025-01-01", Some("2025-01-01"), "I8"),
    ] {
        let mut draft = book.money(event("income", []), lines.clone());
        draft.date = Some(parse_date(date).unwrap());
        draft.occurred = occurred.map(|day| parse_date(day).unwrap());
        assert_eq!(book.refusal(draft).await, rule, "{date} {occurred:?}");
    }
    let mut draft = book.money(event("income", []), lines);
    draft.occurred = Some(parse_date("2024-11-03").unwrap());
    book.post(draft).await.unwrap();
    let late = findings(&*book.book().await, book.books.today());
    assert!(late.iter().any(|f| f.code == "late_recording"), "{late:?}");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn cost_needs_evidence_and_two_persons(on: On) {
    let mut book = TestBook::open(on).await;
    earn(&mut book, "1000.00").await;
    let cost = |shown: &str| {
        event("cost", [("evidence", invoice("A1", shown)), ("payee", org("供电公司"))])
    };
    let lines = vec![debit("R.5501.02", "300.00"), credit("R.1001.01", "300.00")];
    let mut draft = book.money(cost("299.99"), lines.clone());
    draft.signs = vec![prepared()];
    assert_eq!(book.refusal(draft).await, "I9");
    let draft = book.money(cost("300.00"), lines.clone());
    assert_eq!(book.refusal(draft).await, "I12", "nobody prepared it");
    let mut draft = book.money(cost("300.00"), lines.clone());
    draft.signs = vec![sign(SignAct::Prepare, "o_property", "u_reviewer")];
    assert_eq!(book.refusal(draft).await, "I12", "one person alone");
    let mut draft = book.money(cost("300.00"), lines);
    draft.signs = vec![prepared()];
    book.post(draft).await.unwrap();
    assert_eq!(book.balance("R.1001.01").await, "700.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn money_that_left_without_evidence_is_a_claim(on: On) {
    let mut book = TestBook::open(on).await;
    earn(&mut book, "10000.00").await;
    let out = event("unproven.out", [("payee", org("甲物业公司"))]);
    let lines = vec![debit("R.1221.03", "6800.00"), credit("R.1001.01", "6800.00")];
    let mut draft = book.money(out, lines);
    draft.signs = vec![prepared()];
    let claim = book.post(draft).await.unwrap();
    let settle = |kind: &str, party: &'static str, extra: Option<Value>| {
        let keys = [
            ("of", Value::text(claim.hash)),
            ("seq", Value::Integer(claim.seq)),
            (party, org("甲物业公司")),
        ];
        event(kind, keys.into_iter().chain(extra.map(|evidence| ("evidence", evidence))))
    };
    book.on("2025-09-12");
    let accepted = settle("unproven.accept", "payee", Some(invoice("B1", "4800.00")));
    let lines = vec![debit("R.5501.03", "4800.00"), credit("R.1221.03", "4800.00")];
    let mut draft = book.money(accepted, lines);
    draft.signs = vec![prepared()];
    book.post(draft).await.unwrap();
    let back = |amount| vec![debit("R.1001.01", amount), credit("R.1221.03", amount)];
    let draft = book.money(settle("unproven.return", "party", None), back("2000.01"));
    assert_eq!(book.refusal(draft).await, "I5", "more than is open");
    let open = findings(&*book.book().await, parse_date("2025-10-01").unwrap());
    let open = open.iter().find(|f| f.code == "unproven").expect("the claim is shown");
    assert!(open.figures.contains(&("open", "2000.00".to_owned())));
    let draft = book.money(settle("unproven.return", "party", None), back("2000.00"));
    book.post(draft).await.unwrap();
    assert_eq!(book.balance("R.1221.03").await, "0.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn spending_stays_within_a_decision_and_is_cosigned(on: On) {
    let mut book = TestBook::open(on).await;
    earn(&mut book, "50000.00").await;
    let decision = event(
        "decision",
        [
            ("body", Value::text("assembly")),
            ("from", Value::text("2025-01-01")),
            ("limit", Value::text("25000.00")),
            ("matter", Value::text("更换车库排水泵")),
            ("no", Value::text("2025-02")),
        ],
    );
    let draft = book.draft(decision);
    book.post(draft).await.unwrap();
    let spend =
        |no: &str| event("spend", [("decision", Value::text(no)), ("payee", org("水泵厂"))]);
    let lines = |amount| vec![debit("R.5503", amount), credit("R.1001.01", amount)];
    let mut draft = book.money(spend("2025-99"), lines("10.00"));
    draft.signs = vec![prepared(), cosigned()];
    assert_eq!(book.refusal(draft).await, "I9");
    let mut draft = book.money(spend("2025-02"), lines("10000.00"));
    draft.signs = vec![prepared()];
    assert_eq!(book.refusal(draft).await, "I12", "nobody co-signed");
    let mut draft = book.money(spend("2025-02"), lines("10000.00"));
    draft.signs = vec![prepared(), sign(SignAct::Cosign, "o_property", "u_other")];
    assert_eq!(book.refusal(draft).await, "I12", "the company co-signs for itself");
    let mut draft = book.money(spend("2025-02"), lines("10000.00"));
    draft.signs = vec![prepared(), cosigned()];
    let first = book.post(draft).await.unwrap();
    let mut draft = book.money(spend("2025-02"), lines("15000.01"));
    draft.signs = vec![prepared(), cosigned()];
    assert_eq!(book.refusal(draft).await, "I9", "over the limit");

    // A correction gives the limit back.
    let (event, lines) = correction(
        &first,
        vec![
            credit("R.5503", "10000.00"),
            debit("R.1001.01", "10000.00"),
            debit("R.5503", "1000.00"),
            credit("R.1001.01", "1000.00"),
        ],
    );
    let mut draft = book.money(event, lines);
    draft.signs = vec![prepared(), cosigned()];
    book.post(draft).await.unwrap();
    let now = book.book().await;
    assert_eq!(now.decisions()["2025-02"].used.to_string(), "1000.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_correction_mirrors_what_stands(on: On) {
    let mut book = TestBook::open(on).await;
    let first = earn(&mut book, "9300.00").await;
    book.on("2025-04-12");
    let mirror = || vec![credit("R.1001.01", "9300.00"), debit("R.4508", "9300.00")];
    let right = |amount: &str| vec![debit("R.1001.01", amount), credit("R.4508", amount)];
    let with = |right: Vec<Line>| mirror().into_iter().chain(right).collect::<Vec<_>>();

    let (event, lines) = correction(&first, right("3900.00"));
    let draft = book.money(event, lines);
    assert_eq!(book.refusal(draft).await, "I7", "no mirror");
    let wrong = Posted { hash: EntryHash::NONE, ..first.clone() };
    let (event, lines) = correction(&wrong, with(right("3900.00")));
    let draft = book.money(event, lines);
    assert_eq!(book.refusal(draft).await, "I7", "another hash");

    let (event, lines) = correction(&first, with(right("3900.00")));
    let draft = book.money(event, lines);
    let second = book.post(draft).await.unwrap();
    assert_eq!(book.balance("R.1001.01").await, "3900.00");
    let april = book.book().await;
    let sums = &april.fund(Fund::R).months;
    let month = sums[&"2025-04".parse().unwrap()].accounts[&("R.4508".parse().unwrap(), None)];
    assert_eq!(month.credit.to_string(), "-5400.00", "a red figure on the side it corrects");
    assert_eq!(month.debit.to_string(), "0.00");
    assert_eq!(month.earlier.to_string(), "5400.00", "all of it concerns an earlier month");

    let (event, lines) = correction(&first, with(right("4000.00")));
    let draft = book.money(event, lines);
    assert_eq!(book.refusal(draft).await, "I7", "those lines don't stand any more");
    let (event, lines) = correction(&second, with(right("4000.00")));
    let draft = book.money(event, lines);
    assert_eq!(book.refusal(draft).await, "I7", "a correction is corrected through its original");
    let (event, _) = correction(&first, Vec::new());
    let lines = vec![credit("R.1001.01", "3900.00"), debit("R.4508", "3900.00")];
    let draft = book.money(event, lines);
    book.post(draft).await.unwrap();
    assert_eq!(book.balance("R.1001.01").await, "0.00", "taken back whole");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn an_attribution_moves_a_receipt_and_no_money(on: On) {
    let mut book = TestBook::open(on).await;
    for no in ["C-01", "C-02"] {
        let draft = book.draft(contract(no, "100.00"));
        book.post(draft).await.unwrap();
    }
    let lines = vec![
        debit("R.1001.01", "100.00"),
        of_contract(credit("R.4501.01", "100.00"), "C-01", "2025-01"),
    ];
    let draft = book.money(event("income", []), lines);
    let receipt = book.post(draft).await.unwrap();
    let attribute = |contract: &str| {
        event(
            "attribute",
            [
                ("contract", Value::text(contract)),
                ("line", Value::Integer(1)),
                ("of", Value::text(receipt.hash)),
                ("reason", Value::text("记错合同")),
                ("seq", Value::Integer(receipt.seq)),
            ],
        )
    };
    let draft = book.draft(attribute("C-01"));
    assert_eq!(book.refusal(draft).await, "reference", "nothing changes");
    let draft = book.draft(attribute("C-02"));
    book.post(draft).await.unwrap();
    let now = book.book().await;
    let received = |no: &str| now.contracts().contracts[no].received().to_string();
    assert_eq!((received("C-01"), received("C-02")), ("0.00".into(), "100.00".into()));
    assert_eq!(book.balance("R.1001.01").await, "100.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn an_opening_is_proven_or_marked_and_comes_first(on: On) {
    let mut book = TestBook::open(on).await;
    let opening = |unproven: bool| {
        let mark = unproven.then(|| ("unproven", Value::text("yes")));
        event("opening", [("fund", Value::text("R"))].into_iter().chain(mark))
    };
    let bank = vec![debit("R.1001.01", "142300.00"), credit("R.3201", "142300.00")];
    let claim = vec![debit("R.1221.02", "44120.00"), credit("R.3209", "44120.00")];
    let draft = book.money(opening(false), bank.clone());
    assert_eq!(book.refusal(draft).await, "I9", "no evidence");
    let draft = book.money(opening(true), bank.clone());
    assert_eq!(book.refusal(draft).await, "I4", "money in the bank is not unproven");
    let mut draft = book.money(opening(false), bank.clone());
    let statement = Doc {
        kind: DocKind::BankSlip,
        sha256: EntryHash::from_bytes([7; 32]),
        size: 1000,
        media_type: "application/pdf".into(),
    };
    draft.docs = vec![statement];
    book.post(draft).await.unwrap();
    let draft = book.money(opening(true), claim.clone());
    book.post(draft).await.unwrap();
    let settle = event("settle", [("channel", Value::text("原物业"))]);
    let lines = vec![debit("R.1001.01", "18000.00"), credit("R.1221.02", "18000.00")];
    let draft = book.money(settle, lines);
    book.post(draft).await.unwrap();
    let draft = book.money(opening(true), claim);
    assert_eq!(book.refusal(draft).await, "reference", "the fund has started");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_repeat_is_answered_and_another_draft_under_its_key_refused(on: On) {
    let mut book = TestBook::open(on).await;
    let lines = vec![debit("R.1001.01", "5.00"), credit("R.4508", "5.00")];
    let draft = book.money(event("income", []), lines.clone());
    let first = book.post(draft.clone()).await.unwrap();
    book.on("2025-03-01");
    let again = book.post(draft.clone()).await.unwrap();
    assert_eq!((again.seq, again.hash, again.known), (first.seq, first.hash, true));
    let mut other = draft;
    other.memo = Some("另一笔".into());
    let error = book.post(other).await.expect_err("the key is taken");
    assert!(matches!(error, PostError::RefTaken { .. }), "{error}");
    assert_eq!(book.balance("R.1001.01").await, "5.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_batch_is_posted_whole_or_not_at_all(on: On) {
    let mut book = TestBook::open(on).await;
    let before = book.book().await.head();
    let good = vec![debit("R.1001.01", "5.00"), credit("R.4508", "5.00")];
    let bad = vec![debit("R.1001.01", "5.00"), credit("R.4508", "6.00")];
    let drafts: Vec<_> = [good.clone(), good.clone(), bad]
        .into_iter()
        .map(|lines| book.money(event("income", []), lines))
        .collect();
    let error = book.batch(drafts).await.expect_err("one of them doesn't balance");
    assert!(matches!(error, PostError::Refused { no: 2, .. }), "{error}");
    assert_eq!(book.book().await.head(), before);

    // Inside a batch the sides are judged with the last part: out first, in later.
    let out = vec![debit("R.1001.02", "5.00"), credit("R.1001.01", "5.00")];
    let mut out = book.money(event("transfer", []), out);
    out.signs = vec![prepared()];
    let income = book.money(event("income", []), good);
    let posted = book.batch(vec![out, income]).await.unwrap();
    let parts: Vec<_> = [posted[0].seq, posted[1].seq].into();
    assert_eq!(parts, [before.entries, before.entries + 1]);
    assert_eq!(book.entry(posted[0].seq).await.entry.act.map(|act| (act.no, act.of)), Some((1, 2)));
    let out = vec![debit("R.1001.01", "9.00"), credit("R.1001.02", "9.00")];
    let mut out = book.money(event("transfer", []), out);
    out.signs = vec![prepared()];
    let end = book.draft(contract("C-77", "1.00"));
    let error = book.batch(vec![out, end]).await.expect_err("the account ends below zero");
    assert!(error.to_string().contains("I5"), "{error}");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn many_callers_get_one_unbroken_chain(on: On) {
    let book = TestBook::open(on).await;
    let mut tasks = Vec::new();
    for caller in 0..16_u32 {
        let books = book.books.clone();
        tasks.push(tokio::spawn(async move {
            for nth in 0..20_u32 {
                let lines = vec![debit("R.1001.01", "1.00"), credit("R.4508", "1.00")];
                let key = format!("caller:{caller:03}:{nth:03}");
                let estate = crate::harness::estate();
                let draft = mingzhang::ledger::draft::Draft::new(
                    estate,
                    event("income", []),
                    key.parse().unwrap(),
                );
                let draft = draft.with_lines(books.today(), lines);
                books.post(vec![draft], reviewer()).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    book.check().await;
    assert_eq!(book.balance("R.1001.01").await, "320.00");
    assert_eq!(book.book().await.head().entries, 2 + 320);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn personal_numbers_never_reach_the_bytes(on: On) {
    let mut book = TestBook::open(on).await;
    let lines = vec![debit("R.1001.01", "5.00"), credit("R.4508", "5.00")];
    let mut draft = book.money(event("income", []), lines);
    draft.memo = Some("联系电话13912345678".into());
    let error = book.post(draft).await.expect_err("a phone number");
    assert!(error.to_string().contains("/memo"), "{error}");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_corrected_amount_keeps_its_attribution(on: On) {
    let mut book = TestBook::open(on).await;
    for no in ["C-01", "C-02"] {
        let draft = book.draft(contract(no, "100.00"));
        book.post(draft).await.unwrap();
    }
    let income = event("income", [("contract", Value::text("C-01"))]);
    let lines = vec![debit("R.1001.01", "100.00"), credit("R.4501.01", "100.00")];
    let draft = book.money(income, lines);
    let receipt = book.post(draft).await.unwrap();
    let attribute = event(
        "attribute",
        [
            ("contract", Value::text("C-02")),
            ("line", Value::Integer(1)),
            ("of", Value::text(receipt.hash)),
            ("reason", Value::text("记错合同")),
            ("seq", Value::Integer(receipt.seq)),
        ],
    );
    let draft = book.draft(attribute);
    book.post(draft).await.unwrap();
    let (event, lines) = correction(
        &receipt,
        vec![
            credit("R.1001.01", "100.00"),
            debit("R.4501.01", "100.00"),
            debit("R.1001.01", "90.00"),
            credit("R.4501.01", "90.00"),
        ],
    );
    let draft = book.money(event, lines);
    book.post(draft).await.unwrap();
    let now = book.book().await;
    let received = |no: &str| now.contracts().contracts[no].received().to_string();
    assert_eq!((received("C-01"), received("C-02")), ("0.00".into(), "90.00".into()));
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_refused_request_leaves_the_others_of_its_round_alone(on: On) {
    let mut book = TestBook::open(on).await;
    let lines = || vec![debit("R.1001.01", "5.00"), credit("R.4508", "5.00")];
    let good = book.money(event("income", []), lines());
    let twin = book.money(event("income", []), lines());
    let other: mingzhang::ledger::id::EstateCode = "620722-0099".parse().unwrap();
    let mut orphan = book.money(event("income", []), lines());
    orphan.estate = other;
    let post = |drafts: Vec<_>| {
        let books = book.books.clone();
        tokio::spawn(async move { books.post(drafts, reviewer()).await })
    };
    let requests = [post(vec![twin.clone(), twin]), post(vec![orphan]), post(vec![good])];
    let [twice, unknown, fine] = requests;
    assert!(matches!(twice.await.unwrap(), Err(PostError::RefTaken { no: 1, .. })));
    assert!(matches!(unknown.await.unwrap(), Err(PostError::UnknownEstate(_))));
    assert!(fine.await.unwrap().is_ok());
    assert!(book.books.book(other).await.unwrap().is_none(), "no phantom book");
    book.check().await;
    book.open_estate(other).await;
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn receipts_over_several_months_settle_what_is_left(on: On) {
    let mut book = TestBook::open(on).await;
    let draft = book.draft(contract("C-01", "100.00"));
    book.post(draft).await.unwrap();
    for (amount, period) in
        [("100.00", "2025-01"), ("50.00", "2025-Q1"), ("150.00", "2025-01..2025-03")]
    {
        let lines = vec![
            debit("R.1001.01", amount),
            of_contract(credit("R.4501.01", amount), "C-01", period),
        ];
        let draft = book.money(event("income", []), lines);
        book.post(draft).await.unwrap();
    }
    let now = book.book().await;
    let gap = now.contracts().contracts["C-01"].gap(parse_date("2025-03-31").unwrap());
    assert_eq!(gap.to_string(), "0.00", "all three months are paid");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_fee_beyond_the_usual_needs_evidence(on: On) {
    let mut book = TestBook::open(on).await;
    let lines = |bank: &str, fee: &str, all: &str| {
        vec![debit("R.1001.01", bank), debit("R.5501.05", fee), credit("R.4502.01", all)]
    };
    let draft = book.money(event("income", []), lines("97.00", "3.00", "100.00"));
    book.post(draft).await.unwrap();
    let draft = book.money(event("income", []), lines("1.00", "99.00", "100.00"));
    assert_eq!(book.refusal(draft).await, "I9");
    let shown = event("income", [("evidence", invoice("F1", "99.00"))]);
    let draft = book.money(shown, lines("1.00", "99.00", "100.00"));
    book.post(draft).await.unwrap();
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_book_opened_again_goes_on_from_its_snapshot(on: On) {
    let limits = Limits { snapshot_every: 5, ..Limits::default() };
    let mut book = TestBook::bounded(on, limits).await;
    book.open_estate(estate()).await;
    for _ in 0..11 {
        let lines = vec![debit("R.1001.01", "100.00"), credit("R.4502.01", "100.00")];
        let draft = book.money(event("income", []), lines);
        book.post(draft).await.unwrap();
    }
    let kept = book.books.store().primary().snapshot(estate()).await.unwrap().unwrap();
    assert_eq!(kept.entries, 10, "the last multiple of five");
    let again = book.again().await;
    let (first, second) = (book.book().await, again.book(estate()).await.unwrap().unwrap());
    assert_eq!(first.snapshot().unwrap(), second.snapshot().unwrap());
    assert_eq!(second.head().entries, 13);
    assert_eq!(again.fold(estate()).await.unwrap().snapshot().unwrap(), first.snapshot().unwrap());
}

fn clause(
    no: &str,
    mode: &str,
    rate: Option<u64>,
    base: &[&str],
) -> mingzhang::ledger::event::Event {
    let base: Vec<_> = base.iter().map(|code| Value::List(vec![Value::text(code)])).collect();
    let mut keys = vec![
        ("cite", Value::text("物业服务合同第八条")),
        ("from", Value::text("2025-01-01")),
        ("mode", Value::text(mode)),
        ("no", Value::text(no)),
        ("to", Value::text("2025-01-31")),
    ];
    keys.extend(rate.map(|rate| ("rate_bp", Value::Integer(rate))));
    keys.extend(Some(("base", Value::List(base))).filter(|(_, base)| !base.cells().is_empty()));
    event("clause", keys)
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_fee_by_clause_has_a_ceiling_or_evidence(on: On) {
    let mut book = TestBook::open(on).await;
    for (mode, rate, base) in [
        ("agreed", None, &["R.4508"][..]),
        ("agreed", Some(2_000), &[]),
        ("statutory", None, &[]),
        ("itemised", Some(2_000), &["R.4508"]),
        ("itemised", Some(2_000), &[]),
    ] {
        let draft = book.draft(clause("8", mode, rate, base));
        assert_eq!(book.refusal(draft).await, "reference", "{mode} {rate:?} {base:?}");
    }
    for (no, mode, rate, base) in
        [("8", "agreed", Some(2_000), &["R.4508"][..]), ("9", "itemised", None, &["R.4502"])]
    {
        let draft = book.draft(clause(no, mode, rate, base));
        book.post(draft).await.unwrap();
    }
    // Withheld from the very receipt it is a share of.
    let withheld = |fee: &str, bank: &str| {
        vec![debit("R.1001.01", bank), debit("R.5501.06", fee), credit("R.4508", "1000.00")]
    };
    let by = |no: &str| event("income", [("clause", Value::text(no))]);
    let draft = book.money(by("8"), withheld("200.01", "799.99"));
    assert_eq!(book.refusal(draft).await, "I9");
    let draft = book.money(by("8"), withheld("200.00", "800.00"));
    book.post(draft).await.unwrap();
    // What is received after its months is no base of it.
    book.on("2025-02-10");
    earn(&mut book, "1000.00").await;
    let fee = |no: &str, shown: Option<&str>| {
        let mut keys = vec![("clause", Value::text(no)), ("payee", org("甲物业公司"))];
        keys.extend(shown.map(|shown| ("evidence", invoice("F1", shown))));
        event("cost", keys)
    };
    let lines = vec![debit("R.5501.06", "10.00"), credit("R.1001.01", "10.00")];
    for (event, taken) in [
        (fee("8", None), false),
        (fee("9", None), false),
        (fee("9", Some("9.99")), false),
        (fee("9", Some("10.00")), true),
    ] {
        let mut draft = book.money(event, lines.clone());
        draft.date = parse_date("2025-01-31").ok();
        draft.signs = vec![prepared()];
        if taken {
            book.post(draft).await.unwrap();
        } else {
            assert_eq!(book.refusal(draft).await, "I9");
        }
    }
    // A fee charged too high is claimed back, and the clause has room again.
    let keys = [
        ("clause", Value::text("8")),
        ("evidence", invoice("F2", "50.00")),
        ("party", org("甲物业公司")),
        ("reason", Value::text("多提管理费")),
    ];
    let lines = vec![debit("R.1221.04", "50.00"), credit("R.5501.06", "50.00")];
    let mut draft = book.money(event("claim", keys), lines);
    draft.signs = vec![prepared()];
    book.post(draft).await.unwrap();
    assert_eq!(book.book().await.clauses()["8"].charged[&None].to_string(), "150.00");

    // What was taken without paper is accepted as a fee: shown, and under the ceiling.
    let lines = vec![debit("R.1221.03", "60.00"), credit("R.1001.01", "60.00")];
    let mut draft = book.money(event("unproven.out", [("payee", org("甲物业公司"))]), lines);
    draft.signs = vec![prepared()];
    let taken = book.post(draft).await.unwrap();
    for (no, amount, fits) in
        [(None, "50.00", false), (Some("8"), "50.01", false), (Some("8"), "50.00", true)]
    {
        let mut keys = vec![
            ("evidence", invoice("F3", "60.00")),
            ("of", Value::text(taken.hash)),
            ("payee", org("甲物业公司")),
            ("seq", Value::Integer(taken.seq)),
        ];
        keys.extend(no.map(|no| ("clause", Value::text(no))));
        let lines = vec![debit("R.5501.06", amount), credit("R.1221.03", amount)];
        let mut draft = book.money(event("unproven.accept", keys), lines);
        draft.date = parse_date("2025-01-31").ok();
        draft.signs = vec![prepared()];
        if fits {
            book.post(draft).await.unwrap();
        } else {
            assert_eq!(book.refusal(draft).await, "I9", "{no:?} {amount}");
        }
    }
    assert_eq!(book.book().await.clauses()["8"].charged[&None].to_string(), "200.00");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn money_of_others_is_kept_by_what_it_was_taken_under(on: On) {
    let mut book = TestBook::open(on).await;
    let unproven = event("opening", [("fund", Value::text("R")), ("unproven", Value::text("yes"))]);
    let lines = vec![debit("R.1221.02", "440.00"), credit("R.3209", "440.00")];
    let draft = book.money(unproven, lines);
    book.post(draft).await.unwrap();
    let draft = book.draft(contract("C-01", "3300.00"));
    book.post(draft).await.unwrap();
    let under = event("income", [("contract", Value::text("C-01"))]);
    let draft = book.money(under, vec![debit("R.1001.01", "70.00"), credit("R.2242", "70.00")]);
    book.post(draft).await.unwrap();
    let out = |item: &str, amount: &str| {
        let line = Line { item: Some(item.into()), ..debit("R.2242", amount) };
        (event("held.out", [("payee", org("供电公司"))]), vec![line, credit("R.1001.01", amount)])
    };
    for (item, amount, taken) in
        [("C-02", "1.00", false), ("C-01", "70.01", false), ("C-01", "70.00", true)]
    {
        let (event, lines) = out(item, amount);
        let mut draft = book.money(event, lines);
        draft.signs = vec![prepared()];
        if taken {
            book.post(draft).await.unwrap();
        } else {
            assert_eq!(book.refusal(draft).await, "I5", "{item} {amount}");
        }
    }
    // No more of an opening becomes the owners' than it left unproven.
    let keys = [("evidence", invoice("B1", "9999.00")), ("reason", Value::text("移交"))];
    let lines = vec![debit("R.3209", "440.01"), credit("R.3201", "440.01")];
    let mut draft = book.money(event("opening.confirm", keys), lines);
    draft.signs = vec![prepared(), cosigned()];
    assert_eq!(book.refusal(draft).await, "I5");
    // Not every parameter commands a topping-up.
    earn(&mut book, "100.00").await;
    for (rule, taken) in [("late_days", false), ("top_up_share_percent", true)] {
        let lines = vec![
            debit("R.5502", "5.00"),
            credit("R.1001.01", "5.00"),
            debit("F.1001.01", "5.00"),
            credit("F.4201.01", "5.00"),
        ];
        let mut draft = book.money(event("top_up", [("rule", Value::text(rule))]), lines);
        draft.signs = vec![prepared(), cosigned()];
        if taken {
            book.post(draft).await.unwrap();
        } else {
            assert_eq!(book.refusal(draft).await, "I9", "{rule}");
        }
    }
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn closing_lets_nothing_pass(on: On) {
    let mut book = TestBook::open(on).await;
    let close = |fund: &str, kind: &str, to: &str| {
        let keys = [
            ("fund", Value::text(fund)),
            ("period_kind", Value::text(kind)),
            ("to", Value::text(to)),
        ];
        event("close", keys)
    };
    earn(&mut book, "100.00").await;
    // A batch that ends with a closing is judged like any other.
    book.on("2025-02-10");
    let transfer = vec![debit("R.1001.02", "100.01"), credit("R.1001.01", "100.01")];
    let mut spent = book.money(event("transfer", []), transfer);
    spent.signs = vec![prepared()];
    let mut closed = book.draft(close("R", "month", "2025-01-31"));
    closed.signs = vec![prepared()];
    let error = book.batch(vec![spent, closed]).await.expect_err("overdrawn");
    assert!(
        matches!(&error, PostError::Refused { violation, .. } if violation.rule().code() == "I5")
    );
    // December is closed with its year, a year without receipts too.
    book.on("2026-01-10");
    for (fund, kind, to, taken) in [
        ("R", "month", "2025-12-31", false),
        ("R", "year", "2025-11-30", false),
        ("R", "month", "2025-11-29", false),
        ("R", "month", "2025-11-30", true),
        ("F", "year", "2025-12-31", true),
        ("F", "year", "2025-12-31", false),
    ] {
        let mut draft = book.draft(close(fund, kind, to));
        draft.signs = vec![prepared()];
        if taken {
            book.post(draft).await.unwrap();
        } else {
            assert_eq!(book.refusal(draft).await, "I8", "{fund} {kind} {to}");
        }
    }
    let now = book.book().await;
    let late = findings(&now, book.books.today());
    assert!(!late.iter().any(|f| f.code == "late_recording"), "{late:?}");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_year_of_many_parts_is_closed_in_one_entry(on: On) {
    let mut book = TestBook::open(on).await;
    let receipts = |from: usize, to: usize| {
        let mut lines = vec![debit("R.1001.01", &format!("{}.00", to - from))];
        for part in from..to {
            let mut line = credit("R.4508", "1.00");
            line.part = Some(format!("{part}幢"));
            lines.push(line);
        }
        lines
    };
    let draft = book.money(event("income", []), receipts(0, 64));
    assert_eq!(book.refusal(draft).await, "format /lines", "65 lines");
    for (from, to) in [(0, 63), (63, 75)] {
        let draft = book.money(event("income", []), receipts(from, to));
        book.post(draft).await.unwrap();
    }
    book.on("2026-01-10");
    let keys = [
        ("fund", Value::text("R")),
        ("period_kind", Value::text("year")),
        ("to", Value::text("2025-12-31")),
    ];
    let close = event("close", keys);
    let to = parse_date("2025-12-31").unwrap();
    let now = book.book().await;
    let lines = now.closing_lines(now.rules().unwrap(), Fund::R, to);
    assert_eq!(lines.len(), 150);
    let mut draft = book.draft(close).with_lines(to, lines);
    draft.signs = vec![prepared()];
    book.post(draft).await.unwrap();
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn nothing_comes_to_a_closed_account_inside_a_batch(on: On) {
    let mut book = TestBook::open(on).await;
    let keys = [("account", Value::text("R.1001.02")), ("act", Value::text("close"))];
    let draft = book.draft(event("account", keys));
    book.post(draft).await.unwrap();
    let receipt = |bank: &str| vec![debit(bank, "5.00"), credit("R.4508", "5.00")];
    let parts = vec![
        book.money(event("income", []), receipt("R.1001.02")),
        book.money(event("income", []), receipt("R.1001.01")),
    ];
    let error = book.batch(parts).await.expect_err("the account is closed");
    assert!(
        matches!(&error, PostError::Refused { violation, .. } if violation.rule().code() == "I4")
    );
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn what_a_bank_did_is_recorded_and_what_makes_it_better_is_taken(on: On) {
    let mut book = TestBook::open(on).await;
    earn(&mut book, "100.00").await;
    let fact = |amount: &str| {
        let keys = [
            ("day", Value::text("2025-01-03")),
            ("reason", Value::text("法院扣划")),
            ("serial", Value::text("S-1")),
        ];
        let lines = vec![debit("R.1221.04", amount), credit("R.1001.01", amount)];
        (event("bank_fact", keys), lines)
    };
    let (deducted, lines) = fact("150.00");
    let draft = book.money(deducted, lines);
    book.post(draft).await.unwrap();
    // 50.00 below nothing: what comes in is recorded, what goes out isn't.
    let income = |amount| vec![debit("R.1001.01", amount), credit("R.4508", amount)];
    let draft = book.money(event("income", []), income("20.00"));
    book.post(draft).await.unwrap();
    let out = |book: &mut TestBook| {
        let lines = vec![debit("R.1001.02", "1.00"), credit("R.1001.01", "1.00")];
        let mut draft = book.money(event("transfer", []), lines);
        draft.signs = vec![prepared()];
        draft
    };
    let draft = out(&mut book);
    assert_eq!(book.refusal(draft).await, "I5");
    // Nor does it slip in before what a bank did.
    let draft = book.money(event("income", []), income("30.00"));
    book.post(draft).await.unwrap();
    let (deducted, lines) = fact("5.00");
    let parts = vec![out(&mut book), book.money(deducted, lines)];
    let error = book.batch(parts).await.expect_err("overdrawn");
    assert!(
        matches!(&error, PostError::Refused { violation, .. } if violation.rule().code() == "I5")
    );
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_corrected_opening_opens_its_claim(on: On) {
    let mut book = TestBook::open(on).await;
    let opening = |lines: Vec<Line>| {
        let keys = [("evidence", invoice("B1", "90.00")), ("fund", Value::text("R"))];
        (event("opening", keys), lines)
    };
    let (opened, lines) = opening(vec![debit("R.1001.01", "90.00"), credit("R.3201", "90.00")]);
    let draft = book.money(opened, lines.clone());
    let opened = book.post(draft).await.unwrap();
    let mut change: Vec<Line> = lines.iter().map(Line::mirror).collect();
    change.extend([debit("R.1221.03", "90.00"), credit("R.3201", "90.00")]);
    let keys = [
        ("evidence", invoice("B1", "90.00")),
        ("of", Value::text(opened.hash)),
        ("reason", Value::text("已付无凭证")),
        ("seq", Value::Integer(opened.seq)),
    ];
    let draft = book.money(event("correct", keys), change);
    book.post(draft).await.unwrap();
    let keys = [
        ("of", Value::text(opened.hash)),
        ("party", org("甲物业公司")),
        ("seq", Value::Integer(opened.seq)),
    ];
    let lines = vec![debit("R.1001.01", "90.00"), credit("R.1221.03", "90.00")];
    let draft = book.money(event("unproven.return", keys), lines);
    book.post(draft).await.unwrap();
    assert_eq!(book.book().await.claims()[&opened.seq].open.to_string(), "0.00");
}
