//! Every form of the desk on both engines: what is typed becomes entries that stand, what can't
//! be is said at its field, and no page shows a text that is missing.

use axum::http::StatusCode;
use mingzhang::ledger::account::Fund;
use mingzhang::ledger::chain::content_hash;
use mingzhang::ledger::json::Value;
use mingzhang::services::recording::Form;
use test_case::test_case;

use super::desk::{Answer, all, is_sound};
use super::drafts::{CLERK, DESK, Desk, REVIEWER, but, text};
use crate::harness::{On, credit, debit, event};

type Typed<'a> = &'a [(&'a str, &'a str)];

/// A desk at which forms are filled in one after another.
struct Table {
    desk: Desk,
    filled: u32,
}

impl Table {
    async fn new(on: On) -> Self {
        Self { desk: Desk::new(on).await, filled: 0 }
    }

    async fn shows(&self, path: &str) -> Answer {
        let answer = self.desk.as_(CLERK).gets(&format!("{DESK}{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        is_sound(path, &answer);
        has_every_text(path, &answer);
        answer
    }

    /// Sends a form as a clerk: where it leads, or what it says.
    async fn sends(&mut self, form: &str, typed: Typed<'_>) -> Answer {
        self.filled += 1;
        let key = format!("desk:form{:08}", self.filled);
        let fields = but(typed, &[("key", key.as_str()), ("version", "0")]);
        let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name, value)).collect();
        self.desk.as_(CLERK).fills(&format!("{DESK}/record/{form}"), &fields).await
    }

    /// The faults of a form that can't be taken: each link with the sentence behind it.
    async fn faults(&mut self, form: &str, typed: Typed<'_>) -> Vec<(String, String)> {
        let answer = self.sends(form, typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form} {typed:?}");
        is_sound(form, &answer);
        let html = answer.html();
        let links = all(&html, ".faults a");
        let fault = |link: &scraper::ElementRef<'_>| {
            (link.value().attr("href").unwrap().to_owned(), link.text().collect::<String>())
        };
        links.iter().map(fault).collect()
    }

    /// The page that shows what would be recorded.
    async fn checks(&mut self, form: &str, typed: Typed<'_>) -> (String, Answer) {
        let answer = self.sends(form, typed).await;
        let said = text(&answer, ".faults");
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{form} {typed:?}: {said}");
        let at = answer.header("location").to_owned();
        let page = self.desk.as_(CLERK).gets(&at).await;
        is_sound(form, &page);
        has_every_text(form, &page);
        (at, page)
    }

    /// Records through a form, as two people do; the number of the first entry.
    async fn records(&mut self, form: &str, typed: Typed<'_>) -> u64 {
        let (at, page) = self.checks(form, typed).await;
        let refusal = text(&page, "[data-part=refusal]");
        assert_eq!(refusal, "", "{form} {typed:?}");
        for (who, act, version) in [(CLERK, "submit", "1"), (REVIEWER, "post", "2")] {
            let answer =
                self.desk.as_(who).fills(&format!("{at}/{act}"), &[("version", version)]).await;
            let said = text(&answer, "[data-part=refusal]");
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act} {form} {typed:?}: {said}");
        }
        let page = self.desk.as_(CLERK).gets(&at).await;
        is_sound(form, &page);
        let html = page.html();
        let href = all(&html, "[data-part=receipt] a[href*='/entries/']")[0].value().attr("href");
        href.unwrap().rsplit('/').next().unwrap().parse().unwrap()
    }

    async fn kind(&self, seq: u64) -> &'static str {
        self.desk.world.book.entry(seq).await.entry.event.kind().name
    }

    async fn balance(&self, account: &str) -> String {
        self.desk.world.book.balance(account).await
    }
}

/// Labels and choices are words for people, never keys of texts.
fn has_every_text(path: &str, answer: &Answer) {
    let html = answer.html();
    for element in all(&html, "main :is(label, legend, option, h3, .hint, dt, dd)") {
        let text = element.text().collect::<String>();
        let text = text.trim();
        let is_key = text.contains('_')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit());
        assert!(!is_key, "{path}: no text for {text}");
    }
}

const RECEIPT: Typed<'_> = &[
    ("contract", "C-01"),
    ("amount", "1000"),
    ("day", "2025-02-03"),
    ("to", "R.1001.01"),
    ("month", "2025-01"),
    ("month", "2025-02"),
];

/// A contract with a management fee inside its rent.
const ROOM: Typed<'_> = &[
    ("no", "C-02"),
    ("site", "room"),
    ("payer", "Shop Ltd"),
    ("paper", "signed"),
    ("from", "2025-01-01"),
    ("until", "2025-12-31"),
    ("authority", "by_nothing"),
    ("said", "unknown"),
    ("account", "R.4505.01"),
    ("amount", "3000"),
    ("per", "quarter"),
    ("account_2", "R.2242"),
    ("amount_2", "100"),
    ("per_2", "month"),
    ("billing", "advance"),
];

#[tokio::test]
async fn every_form_of_every_group_has_its_page_in_both_languages() {
    let table = Table::new(On::Sqlite).await;
    let home = table.shows("").await;
    let html = home.html();
    for form in Form::ALL {
        let href = format!("a[href='{DESK}/record/{}']", form.word());
        assert_eq!(all(&html, &href).len(), 1, "the desk offers {}", form.word());
        let path = format!("/record/{}", form.word());
        let answer = table.desk.as_(CLERK).gets(&format!("{DESK}{path}")).await;
        if answer.status == StatusCode::SEE_OTHER {
            assert_eq!(answer.header("location"), format!("{DESK}/entries"), "{path}");
            continue;
        }
        table.shows(&path).await;
    }
    assert!(all(&html, "details.group").len() >= 5, "rarer groups are opened first");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn one_receipt_is_for_several_contracts_and_a_deposit(on: On) {
    let mut table = Table::new(on).await;
    table.records("contract", ROOM).await;
    let choose = table.shows("/record/income").await;
    assert_eq!(all(&choose.html(), "input[type=checkbox][name=contract]").len(), 2);
    let form = table.shows("/record/income?contract=C-01&contract=C-02").await;
    let html = form.html();
    assert_eq!(all(&html, "#record input[name=contract]").len(), 2);
    assert_eq!(all(&html, "#record-amount_2").len(), 1);
    assert_eq!(all(&html, "#record-passed").len(), 0, "C-01 collects for nobody else");
    assert_eq!(all(&html, "#record-passed_2").len(), 1, "the fee inside the rent is asked for");
    let typed = but(
        RECEIPT,
        &[
            ("contract", "C-01"),
            ("contract", "C-02"),
            ("amount_2", "1100"),
            ("passed_2", "100"),
            ("month_2", "2025-01"),
            ("deposit", "500"),
            ("total", "2,500"),
            ("fee", "10"),
        ],
    );
    let faults = table.faults("income", &typed).await;
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].0, "#record-total");
    assert!(faults[0].1.contains("2,500.00") && faults[0].1.contains("2,600.00"), "both sums");
    let nothing = but(&typed, &[("total", "")]);
    assert_eq!(table.faults("income", &nothing).await[0].0, "#record-total");
    let much = but(&typed, &[("total", "2600"), ("passed_2", "1200")]);
    assert_eq!(table.faults("income", &much).await[0].0, "#record-passed_2");

    let right = but(&typed, &[("total", "2600")]);
    let seq = table.records("income", &right).await;
    assert_eq!(table.kind(seq).await, "income");
    assert_eq!(table.kind(seq + 1).await, "deposit.in");
    for (account, balance) in [
        ("R.1001.01", "2590.00"),
        ("R.4501.01", "-1000.00"),
        ("R.4505.01", "-1000.00"),
        ("R.2242", "-100.00"),
        ("R.2241", "-500.00"),
        ("R.5501.05", "10.00"),
    ] {
        assert_eq!(table.balance(account).await, balance, "{account}");
    }
    let book = table.desk.world.book.book().await;
    let received = |no: &str| book.contracts().contracts[no].received().to_string();
    assert_eq!((received("C-01"), received("C-02")), ("1000.00".into(), "1100.00".into()));
    let passed = book.fund(Fund::R).items[&("R.2242".parse().unwrap(), "C-02".to_owned())];
    assert_eq!(passed.to_string(), "-100.00", "what is another's is kept by its contract");

    // Six are more than one receipt takes.
    let six = ["C-01"; 6].map(|no| ("contract", no));
    let same = but(RECEIPT, &six);
    assert!(table.sends("income", &same).await.status == StatusCode::SEE_OTHER, "named again");
    table.desk.world.book.check().await;
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn an_entry_is_found_and_put_right_in_words(on: On) {
    let mut table = Table::new(on).await;
    let seq = table.records("income", RECEIPT).await;
    table.records("contract", ROOM).await;
    for q in [seq.to_string(), "1,000.00".into(), "Lift".into()] {
        let found = table.shows(&format!("/entries?q={q}")).await;
        let html = found.html();
        let link = format!("a[href='{DESK}/record/correct?seq={seq}']");
        assert_eq!(all(&html, &link).len(), 1, "{q}");
    }
    let none = table.shows("/entries?q=nothing-like-it").await;
    assert_eq!(all(&none.html(), ".empty").len(), 1);
    let asks = table.shows(&format!("/record/correct?seq={seq}")).await;
    assert!(text(&asks, "[data-part=stands]").contains("1,000.00"), "what stands is shown");
    assert_eq!(all(&asks.html(), "a[href*='&what=']").len(), 6);
    let at = seq.to_string();
    let base = |what: &'static str| vec![("seq", at.as_str()), ("what", what), ("reason", "typo")];
    let form = table.shows(&format!("/record/correct?seq={seq}&what=amount")).await;
    assert!(form.text.contains("value=\"1,000.00\""), "and filled in");
    let same = but(&base("amount"), &[("amount", "1000")]);
    assert_eq!(table.faults("correct", &same).await[0].0, "#record-amount");
    let silent = but(&base("amount"), &[("amount", "900"), ("reason", "")]);
    assert_eq!(table.faults("correct", &silent).await[0].0, "#record-reason");

    let amount = but(&base("amount"), &[("amount", "900")]);
    let first = table.records("correct", &amount).await;
    let entry = table.desk.world.book.entry(first).await.entry;
    assert_eq!((entry.event.kind().name, entry.lines.len()), ("correct", 4));
    assert_eq!(entry.occurred_on().to_string(), "2025-02-03", "on the day of the original");
    assert_eq!(table.balance("R.1001.01").await, "900.00");
    let account = but(&base("account"), &[("account", "R.4501.02")]);
    table.records("correct", &account).await;
    assert_eq!(table.balance("R.4501.01").await, "0.00");
    assert_eq!(table.balance("R.4501.02").await, "-900.00");
    let place = but(&base("place"), &[("account", "R.1001.02")]);
    table.records("correct", &place).await;
    assert_eq!(table.balance("R.1001.02").await, "900.00");
    let contract = but(&base("contract"), &[("contract", "C-02")]);
    table.records("correct", &contract).await;
    let months = but(&base("months"), &[("from", "2025-02"), ("to", "2025-03")]);
    table.records("correct", &months).await;
    let book = table.desk.world.book.book().await;
    let receipts = &book.contracts().contracts["C-02"].receipts;
    assert_eq!(receipts[&"2025-02..2025-03".parse().ok()].to_string(), "900.00");
    assert!(book.contracts().contracts["C-01"].receipts.is_empty());
    table.records("correct", &base("never")).await;
    assert_eq!(table.balance("R.1001.02").await, "0.00");
    let again = table.shows(&format!("/record/correct?seq={seq}")).await;
    assert_eq!(all(&again.html(), "[data-part=note]").len(), 1, "nothing of it stands any more");
    assert_eq!(table.faults("correct", &base("never")).await[0].0, "#record-seq");
    table.desk.world.book.check().await;
}

#[tokio::test]
async fn what_the_bank_has_a_line_for_keeps_its_amount() {
    let mut table = Table::new(On::Sqlite).await;
    let seq = table.records("income", RECEIPT).await;
    let world = &mut table.desk.world.book;
    let text_of = |text: &str| Value::text(text);
    let statement = event(
        "statement",
        [
            ("account", text_of("R.1001.01")),
            ("bank_in", text_of("0.00")),
            ("bank_out", text_of("0.00")),
            ("book_in", text_of("0.00")),
            ("book_out", text_of("0.00")),
            ("closing", text_of("1000.00")),
            ("count", Value::Integer(0)),
            ("file", text_of(&"5".repeat(64))),
            ("from", text_of("2025-02-04")),
            ("opening", text_of("1000.00")),
            ("to", text_of("2025-02-05")),
        ],
    );
    world.on("2025-02-06");
    let draft = world.draft(statement);
    world.post(draft).await.unwrap();
    // Sessions go on; the clock only moved a day.
    table.desk.tokens[CLERK] =
        table.desk.world.signs_in("clerk", super::PASSWORD, "").await.unwrap();
    let asks = table.shows(&format!("/record/correct?seq={seq}")).await;
    assert!(text(&asks, "[data-part=note]").contains("I7"), "said before anything is typed");
    let at = seq.to_string();
    let typed = [("seq", at.as_str()), ("what", "amount"), ("reason", "typo"), ("amount", "900")];
    let (at, page) = table.checks("correct", &typed).await;
    let refusal = text(&page, "[data-part=refusal]");
    assert!(refusal.contains("I7") && refusal.contains("1000.00"), "{refusal}");
    assert_eq!(all(&page.html(), "form[action$='/submit']").len(), 0, "{at}");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn receipts_are_attributed_and_refunded(on: On) {
    let mut table = Table::new(on).await;
    let seq = table.records("income", RECEIPT).await.to_string();
    let form = table.shows(&format!("/record/attribute?seq={seq}")).await;
    assert!(text(&form, "#record-line").contains("2025-01..2025-02"));
    let base = [("seq", seq.as_str()), ("line", "1"), ("reason", "months")];
    assert_eq!(table.faults("attribute", &base).await[0].0, "#record-contract");
    let odd = but(&base, &[("line", "0"), ("from", "2025-03")]);
    assert_eq!(table.faults("attribute", &odd).await[0].0, "#record-line");
    let typed = but(&base, &[("from", "2025-02"), ("to", "2025-03")]);
    let said = table.records("attribute", &typed).await;
    assert_eq!(table.kind(said).await, "attribute");
    let refund: Typed<'_> = &[
        ("contract", "C-01"),
        ("account", "R.4501.01"),
        ("amount", "100"),
        ("day", "2025-02-05"),
        ("from", "R.1001.01"),
        ("payee", "Lift Ads Ltd"),
        ("reason", "paid twice"),
    ];
    let said = table.records("income_refund", refund).await;
    assert_eq!(table.kind(said).await, "income_refund");
    assert_eq!(table.balance("R.1001.01").await, "900.00");
    table.desk.world.book.check().await;
}

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
    assert!(text(&page, "[data-part=refusal]").contains("I12"), "another organisation signs it");
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

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_period_is_closed_after_what_is_open_was_shown(on: On) {
    let mut table = Table::new(on).await;
    table.records("income", but(RECEIPT, &[("day", "2025-01-20")]).as_slice()).await;
    table.sends("income", RECEIPT).await;
    let form = table.shows("/record/close").await;
    let open = text(&form, "[data-part=open]");
    assert!(open.contains("草稿") && open.contains('1'), "a draft waits: {open}");
    let options = all(&form.html(), "#record-month option").len();
    assert_eq!(options, 2, "January has ended, February hasn't");
    let typed = [("month", "2025-01"), ("funds", "both_funds")];
    let seq = table.records("close", &typed).await;
    assert_eq!((table.kind(seq).await, table.kind(seq + 1).await), ("close", "close"));
    let book = table.desk.world.book.book().await;
    for fund in Fund::ALL {
        assert_eq!(book.fund(fund).closed_to.to_string(), "2025-01-31");
    }
    assert_eq!(table.faults("close", &typed).await[0].0, "#record-month", "it is closed");
    // A year: the lines are the book's.
    table.desk.world.book.on("2026-01-05");
    for (nth, name) in ["clerk", "clerk-2", "reviewer"].into_iter().enumerate() {
        table.desk.tokens[nth] =
            table.desk.world.signs_in(name, super::PASSWORD, "").await.unwrap();
    }
    let typed = [("month", "2025-12"), ("funds", "both_funds")];
    let seq = table.records("close", &typed).await;
    let entry = table.desk.world.book.entry(seq).await.entry;
    assert_eq!(entry.lines.len(), 2);
    assert_eq!(table.balance("R.4501.01").await, "0.00");
    assert_eq!(table.balance("R.3201").await, "-1000.00");
    // What is wrong in the closed year is put right on what it was closed to.
    let typed = [("seq", "3"), ("what", "never"), ("reason", "never came")];
    table.records("correct", &typed).await;
    assert_eq!(table.balance("R.3201").await, "0.00");
    table.desk.world.book.check().await;
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_notice_is_held_as_it_was_put_up_and_findings_are_answered(on: On) {
    let mut table = Table::new(on).await;
    table.records("income", RECEIPT).await;
    table.desk.world.book.on("2025-04-10");
    for (nth, name) in ["clerk", "clerk-2", "reviewer"].into_iter().enumerate() {
        table.desk.tokens[nth] =
            table.desk.world.signs_in(name, super::PASSWORD, "").await.unwrap();
    }
    let board = table.shows("").await;
    assert_eq!(all(&board.html(), "a[href*='/record/publication?notice=2025-Q1']").len(), 1);
    let typed = [("notice", "2025-Q1"), ("from", "2025-04-11"), ("until", "2025-04-30")];
    let seq = table.records("publication", &typed).await;
    table.records("interest", &[("to", "R.1001.01"), ("amount", "1"), ("day", "2025-03-21")]).await;
    let entry = table.desk.world.book.entry(seq).await.entry;
    let path = format!("/e/620722-0017/notices/2025-Q1/table.csv?fund=R&seq={seq}");
    let digest = async |path: &str| {
        let file = table.desk.as_(CLERK).gets(path).await;
        let lines = file.bytes.split_inclusive(|byte| *byte == b'\n');
        let shown: Vec<_> = lines.filter(|line| !line.starts_with(b"#")).collect();
        content_hash(&shown.concat()).to_string()
    };
    let file = entry.event.fields().text("file").unwrap().to_owned();
    assert_eq!(digest(&path).await, file, "anybody can reckon the digest again");
    let now = digest("/e/620722-0017/notices/2025-Q1/table.csv?fund=R&as=now").await;
    assert_ne!(now, file, "the book went on");

    let asks = table.shows("/record/reply").await;
    let html = asks.html();
    let links = all(&html, "a[href*='/record/reply?finding=']");
    assert!(!links.is_empty());
    let href = links[0].value().attr("href").unwrap().to_owned();
    let id = href.split("finding=").nth(1).unwrap().replace("%3A", ":");
    let form = table.desk.as_(CLERK).gets(&href).await;
    assert_eq!(all(&form.html(), "#record-finding option[selected]").len(), 1);
    let empty = [("finding", id.as_str())];
    assert_eq!(table.faults("reply", &empty).await[0].0, "#record-text");
    table.records("reply", &[("finding", id.as_str()), ("text", "asked for")]).await;
    let book = table.desk.world.book.book().await;
    assert!(book.said().replies.contains_key(&id));
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn the_estate_its_accounts_and_its_opening_are_kept(on: On) {
    let mut table = Table::new(on).await;
    let open =
        [("act", "open"), ("account", "R.1001.03"), ("bank", "Bank"), ("number", "****7788")];
    let whole = but(&open, &[("number", "6228480402564890018")]);
    assert_eq!(table.faults("account", &whole).await[0].0, "#record-number");
    table.records("account", &open).await;
    let rename = [("act", "rename"), ("account", "R.1001.03"), ("bank", "Other Bank")];
    table.records("account", &rename).await;
    table.records("account", &[("act", "close"), ("account", "R.1001.03")]).await;
    let book = table.desk.world.book.book().await;
    let bank = &book.profile().banks[&"R.1001.03".parse().unwrap()];
    assert_eq!((bank.bank.as_str(), bank.open), ("Other Bank", false));
    let appoint = [("role", "committee"), ("org", "Committee"), ("from", "2025-02-01")];
    let odd = but(&appoint, &[("code", "123")]);
    assert_eq!(table.faults("appoint", &odd).await[0].0, "#record-code");
    table.records("appoint", &appoint).await;

    let book = &mut table.desk.world.book;
    let keys = [("fund", Value::text("R")), ("unproven", Value::text("yes"))];
    let lines = vec![debit("R.1221.02", "800.00"), credit("R.3209", "800.00")];
    let draft = book.money(event("opening", keys), lines);
    book.post(draft).await.unwrap();
    let confirm = [
        ("account", "R.3201"),
        ("amount", "800"),
        ("day", "2025-02-05"),
        ("reason", "audited"),
        ("paper_no", "A-1"),
        ("issuer", "Auditor"),
    ];
    let (_, page) = table.checks("opening_confirm", &confirm).await;
    assert!(text(&page, "[data-part=refusal]").contains("I12"), "another organisation signs it");
    let typed = [("org", "New Company"), ("on", "2025-02-05")];
    let (_, page) = table.checks("handover", &typed).await;
    assert!(text(&page, "[data-part=refusal]").contains("I12"), "three organisations sign it");
}
