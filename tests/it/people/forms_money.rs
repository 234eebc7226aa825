//! Forms of what contracts rest on, of others' money, of what moves between accounts and comes
//! back. Before: `forms.rs`.

use mingzhang::ledger::json::Value;
use test_case::test_case;

use super::drafts::{but, text};
use super::forms::{RECEIPT, Table, Typed};
use crate::harness::{On, credit, debit, event};

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn decisions_contracts_assets_and_clauses_are_recorded(on: On) {
    let mut table = Table::new(on).await;
    let decision: Typed<'_> = &[
        ("no", "2025-1"),
        ("body", "assembly"),
        ("matter", "letting"),
        ("from", "2025-01-01"),
        ("limit", "20000"),
    ];
    assert_eq!(
        table.faults("decision", &but(decision, &[("from", "soon")])).await[0].0,
        "#record-from"
    );
    let seq = table.records("decision", decision).await;
    assert_eq!(table.kind(seq).await, "decision");
    let (_, page) = table.checks("decision", decision).await;
    assert!(text(&page, "[data-part=refusal]").contains("2025-1"), "its number is taken");
    let asset: Typed<'_> = &[
        ("name", "frames"),
        ("place", "lifts"),
        ("count", "18"),
        ("from", "2025-01-01"),
        ("ownership", "common"),
        ("account", "R.4501.01"),
    ];
    table.records("asset", asset).await;
    table.records("asset", &but(asset, &[("count", "20")])).await;
    let book = table.desk.world.book.book().await;
    let assets: Vec<_> = book.contracts().assets.values().map(|asset| asset.count).collect();
    assert_eq!(assets, [20], "the same thing at the same place is one asset");

    let contract: Typed<'_> = &[
        ("no", "C-03"),
        ("site", "frames"),
        ("payer", "Lift Ads Ltd"),
        ("paper", "signed"),
        ("signed", "2024-12-20"),
        ("from", "2025-01-01"),
        ("until", "2026-12-31"),
        ("authority", "by_decision"),
        ("decision", "2025-1"),
        ("account", "R.4501.01"),
        ("amount", "1200"),
        ("per", "year"),
        ("pieces", "10"),
        ("step_from", "2026-01-01"),
        ("step", "110"),
        ("billing", "spread"),
    ];
    let faults = table.faults("contract", &but(contract, &[("per", "")])).await;
    assert_eq!(faults[0].0, "#record-per");
    let faults = table.faults("contract", &but(contract, &[("pieces", "many")])).await;
    assert_eq!(faults[0].0, "#record-pieces");
    let (_, page) = table.checks("contract", contract).await;
    let owes = text(&page, "[data-part=owes]");
    assert!(owes.contains("1,000.00") && owes.contains("1,100.00"), "what it will owe: {owes}");
    table.records("contract", contract).await;
    let book = table.desk.world.book.book().await;
    let months = book.contracts().contracts["C-03"].months("2026-01".parse().unwrap());
    let due: Vec<_> = months.values().map(|month| month.due.to_string()).collect();
    assert_eq!((due[0].as_str(), due[12].as_str()), ("1000.00", "1100.00"));
    let nothing = [("no", "C-03"), ("reason", "none")];
    assert_eq!(table.faults("contract_amend", &nothing).await[0].0, "#record-no");
    let typed = [("no", "C-03"), ("reason", "renewed"), ("until", "2027-12-31")];
    table.records("contract_amend", &typed).await;
    let typed = [("no", "C-03"), ("reason", "left"), ("on", "2025-06-30")];
    table.records("contract_end", &typed).await;
    let book = table.desk.world.book.book().await;
    let contract = &book.contracts().contracts["C-03"];
    assert_eq!(contract.running_term().to.unwrap().to_string(), "2025-06-30");
    assert_eq!(contract.term.to.unwrap().to_string(), "2027-12-31");
    assert_eq!(contract.parts.len(), 1, "an amendment keeps what it doesn't name");

    let clause: Typed<'_> = &[
        ("no", "service-12"),
        ("cite", "article 12"),
        ("mode", "agreed"),
        ("rate", "20"),
        ("base", "R.4501"),
        ("from", "2025-01-01"),
    ];
    let faults = table.faults("clause", &but(clause, &[("base", "")])).await;
    assert_eq!(faults[0].0, "#record-base");
    table.records("clause", clause).await;
    // A fee kept back under it stays within it.
    let kept = but(RECEIPT, &[("clause", "service-12"), ("clause_fee", "300")]);
    let (_, page) = table.checks("income", &kept).await;
    assert!(text(&page, "[data-part=refusal]").contains("I9"));
    let kept = but(RECEIPT, &[("clause", "service-12"), ("clause_fee", "200")]);
    table.records("income", &kept).await;
    assert_eq!(table.balance("R.5501.06").await, "200.00");
    let typed = [("no", "service-12"), ("on", "2025-02-05"), ("reason", "renegotiated")];
    table.records("clause_end", &typed).await;
    let book = table.desk.world.book.book().await;
    assert!(book.clauses()["service-12"].to.is_some());
    table.desk.world.book.check().await;
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn money_of_others_is_kept_apart_and_found_again(on: On) {
    let mut table = Table::new(on).await;
    let day = ("day", "2025-02-04");
    let to = ("to", "R.1001.01");
    let from = ("from", "R.1001.01");
    let nameless = [("amount", "500"), day, to];
    assert_eq!(table.faults("deposit_in", &nameless).await[0].0, "#record-item");
    table.records("deposit_in", &but(&nameless, &[("contract", "C-01")])).await;
    let fitting = [("item", "fitting-501"), ("amount", "2000"), day, to];
    table.records("deposit_in", &fitting).await;
    let item = ("item", "R.2241|fitting-501");
    table.records("deposit_out", &[item, ("amount", "1200"), day, from]).await;
    let (_, page) = table.checks("deposit_out", &[item, ("amount", "900"), day, from]).await;
    assert!(text(&page, "[data-part=refusal]").contains("I5"), "no more than is held");
    let forfeit = [
        item,
        ("amount", "800"),
        day,
        ("account", "R.4507.01"),
        ("reason", "door"),
        ("paper_no", "S-1"),
        ("issuer", "Both"),
    ];
    table.records("deposit_forfeit", &forfeit).await;
    let offset = [
        ("item", "R.2241|C-01"),
        ("contract", "C-01"),
        ("amount", "500"),
        day,
        ("account", "R.4501.01"),
        ("first", "2025-01"),
        ("reason", "rent of January"),
    ];
    table.records("deposit_offset", &offset).await;
    assert_eq!(table.balance("R.2241").await, "0.00");
    assert_eq!(table.desk.world.book.balance("R.4507.01").await, "-800.00");

    let unknown = [
        ("account", "R.2201"),
        ("item", "serial-9"),
        ("purpose", "unknown"),
        ("amount", "300"),
        day,
        to,
    ];
    table.records("held_in", &unknown).await;
    let identify = [
        ("item", "R.2201|serial-9"),
        ("amount", "300"),
        day,
        ("account", "R.4501.01"),
        ("contract", "C-01"),
        ("first", "2025-02"),
        ("reason", "the payer called"),
    ];
    table.records("held_identify", &identify).await;
    let passed = but(&unknown, &[("account", "R.2242"), ("item", "fund"), ("amount", "700")]);
    table.records("held_in", &passed).await;
    let on = [("item", "R.2242|fund"), ("amount", "600"), day, from];
    let crossing =
        but(&on, &[("to", "F.1001.01"), ("account", "F.4001.01"), ("purpose", "contribution")]);
    table.records("held_to_fund", &crossing).await;
    assert_eq!(table.balance("F.1001.01").await, "600.00");
    table.records("held_out", &but(&on, &[("amount", "100"), ("payee", "Water Ltd")])).await;
    assert_eq!(table.balance("R.2242").await, "0.00");

    // What came into the fund by mistake goes back.
    let book = &mut table.desk.world.book;
    let held =
        mingzhang::ledger::entry::Line { item: Some("ads".into()), ..credit("F.2101", "50.00") };
    let purpose = [("purpose", Value::text("误入"))];
    let draft = book.money(event("held.in", purpose), vec![debit("F.1001.01", "50.00"), held]);
    book.post(draft).await.unwrap();
    let back = [
        ("item", "F.2101|ads"),
        ("amount", "50"),
        ("day", "2025-02-05"),
        ("from", "F.1001.01"),
        to,
        ("account", "R.4501.01"),
        ("purpose", "advertising"),
    ];
    table.records("held_to_revenue", &back).await;
    assert_eq!(table.balance("F.2101").await, "0.00");
    table.desk.world.book.check().await;
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn money_moves_and_claims_come_back(on: On) {
    let mut table = Table::new(on).await;
    table.records("income", RECEIPT).await;
    let day = ("day", "2025-02-04");
    let same = [("from", "R.1001.01"), ("to", "R.1001.01"), ("amount", "100"), day];
    assert_eq!(table.faults("transfer", &same).await[0].0, "#record-to");
    table.records("transfer", &but(&same, &[("to", "R.1001.02")])).await;
    let interest = [("to", "R.1001.02"), ("amount", "1.23"), day, ("first", "2025-01-01")];
    table.records("interest", &interest).await;
    assert_eq!(table.balance("R.4509").await, "-1.23");
    let fact = [
        ("account", "R.1001.02"),
        ("way", "bank_took"),
        ("amount", "50"),
        day,
        ("serial", "B-77"),
        ("other", "R.1221.04"),
        ("reason", "court"),
    ];
    table.records("bank_fact", &fact).await;
    assert_eq!(table.balance("R.1221.04").await, "50.00");
    let out = [
        ("account", "R.5501.03"),
        ("amount", "200"),
        day,
        ("from", "R.1001.01"),
        ("payee", "Repairs"),
        ("paper", "none"),
    ];
    let claim = table.records("cost", &out).await.to_string();
    let back = [("seq", claim.as_str()), ("amount", "250"), day, ("to", "R.1001.01")];
    assert_eq!(table.faults("unproven_return", &back).await[0].0, "#record-amount");
    table.records("unproven_return", &but(&back, &[("amount", "150")])).await;
    assert_eq!(table.balance("R.1221.03").await, "50.00");
    let paid = but(&out, &[("paper", "invoice"), ("paper_no", "881"), ("amount", "60")]);
    table.records("cost", &paid).await;
    let typed = [
        ("payer", "Repairs"),
        ("amount", "60"),
        day,
        ("account", "R.5501.03"),
        ("reason", "never done"),
        ("paper_no", "S-2"),
        ("issuer", "Committee"),
    ];
    table.records("claim", &typed).await;
    assert_eq!(table.balance("R.1221.04").await, "110.00");
    let decision = [("no", "D-1"), ("body", "assembly"), ("matter", "x"), ("from", "2025-01-01")];
    table.records("decision", &decision).await;
    let given_up = [
        ("decision", "D-1"),
        ("account", "R.1221.03"),
        ("seq", claim.as_str()),
        ("against", "the_owners"),
        ("amount", "50"),
        day,
        ("reason", "gone"),
    ];
    let (_, page) = table.checks("write_off", &given_up).await;
    assert!(text(&page, "[data-part=needs]").contains("I12"), "another organisation signs it");
    table.records_cosigned("write_off", &given_up).await;
    assert_eq!(table.balance("R.1221.03").await, "0.00");
    // What was distributed is owed until somebody collects it.
    let pay = [("amount", "10"), day, ("from", "R.1001.01")];
    let (_, page) = table.checks("distribute_pay", &pay).await;
    assert!(text(&page, "[data-part=refusal]").contains("I5"), "nothing was distributed yet");
    let back = [("amount", "10"), day, ("to", "R.1001.01"), ("reason", "account closed")];
    table.records("distribute_return", &back).await;
    table.records("distribute_pay", &pay).await;
    assert_eq!(table.balance("R.2243").await, "0.00");
    table.desk.world.book.check().await;
}
