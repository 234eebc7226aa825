//! Every form of the desk on both engines: what is typed becomes entries that stand, what can't
//! be is said at its field, and no page shows a text that is missing.

use axum::http::StatusCode;
use mingzhang::ledger::account::Fund;
use mingzhang::ledger::json::Value;
use mingzhang::services::recording::Form;
use test_case::test_case;

use super::desk::{Answer, Browser, all, is_sound};
use super::drafts::{CLERK, DESK, Desk, REVIEWER, but, text};
use crate::harness::{On, event};

pub type Typed<'a> = &'a [(&'a str, &'a str)];

/// A desk at which forms are filled in one after another.
pub struct Table {
    pub desk: Desk,
    filled: u32,
}

impl Table {
    pub async fn new(on: On) -> Self {
        Self { desk: Desk::new(on).await, filled: 0 }
    }

    pub async fn shows(&self, path: &str) -> Answer {
        let answer = self.desk.as_(CLERK).gets(&format!("{DESK}{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        is_sound(path, &answer);
        has_every_text(path, &answer);
        answer
    }

    /// Sends a form as a clerk: where it leads, or what it says.
    pub async fn sends(&mut self, form: &str, typed: Typed<'_>) -> Answer {
        self.filled += 1;
        let key = format!("desk:form{:08}", self.filled);
        let fields = but(typed, &[("key", key.as_str()), ("version", "0")]);
        self.desk.as_(CLERK).fills(&format!("{DESK}/record/{form}"), &fields).await
    }

    /// The faults of a form that can't be taken: each link with the sentence behind it.
    pub async fn faults(&mut self, form: &str, typed: Typed<'_>) -> Vec<(String, String)> {
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
    pub async fn checks(&mut self, form: &str, typed: Typed<'_>) -> (String, Answer) {
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
    pub async fn records(&mut self, form: &str, typed: Typed<'_>) -> u64 {
        self.records_with(form, typed, None).await
    }

    /// The same, where the committee has to sign in between.
    pub async fn records_cosigned(&mut self, form: &str, typed: Typed<'_>) -> u64 {
        let token = self.desk.committee().await;
        self.records_with(form, typed, Some(token)).await
    }

    async fn records_with(&mut self, form: &str, typed: Typed<'_>, third: Option<String>) -> u64 {
        let (at, page) = self.checks(form, typed).await;
        let refusal = text(&page, "[data-part=refusal]");
        assert_eq!(refusal, "", "{form} {typed:?}");
        let committee = third.as_ref().map(|token| (token, "cosign", "2"));
        let tokens = &self.desk.tokens;
        let submit = (&tokens[CLERK], "submit", "1");
        let post = (&tokens[REVIEWER], "post", "2");
        for (token, act, version) in [Some(submit), committee, Some(post)].into_iter().flatten() {
            let browser = Browser { site: &self.desk.site, token: Some(token.clone()) };
            let answer = browser.fills(&format!("{at}/{act}"), &[("version", version)]).await;
            let said = text(&answer, "[data-part=refusal], .faults");
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act} {form} {typed:?}: {said}");
        }
        let page = self.desk.as_(CLERK).gets(&at).await;
        is_sound(form, &page);
        let html = page.html();
        let href = all(&html, "[data-part=receipt] a[href*='/entries/']")[0].value().attr("href");
        href.unwrap().rsplit('/').next().unwrap().parse().unwrap()
    }

    pub async fn kind(&self, seq: u64) -> &'static str {
        self.desk.world.book.entry(seq).await.entry.event.kind().name
    }

    pub async fn balance(&self, account: &str) -> String {
        self.desk.world.book.balance(account).await
    }
}

/// Labels and choices are words for people, never keys of texts.
fn has_every_text(path: &str, answer: &Answer) {
    let html = answer.html();
    for element in all(&html, "main :is(label, legend, option, h2, h3, .hint, dt, dd)") {
        let text = element.text().collect::<String>();
        let text = text.trim();
        let is_key = text.contains('_')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit());
        assert!(!is_key, "{path}: no text for {text}");
    }
}

pub const RECEIPT: Typed<'_> = &[
    ("contract", "C-01"),
    ("amount", "1000"),
    ("day", "2025-02-03"),
    ("to", "R.1001.01"),
    ("month", "2025-01"),
    ("month", "2025-02"),
];

/// A contract with a management fee inside its rent.
pub const ROOM: Typed<'_> = &[
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
async fn every_form_of_every_group_has_its_page() {
    let table = Table::new(On::Sqlite).await;
    let home = table.shows("").await;
    let html = home.html();
    for form in Form::ALL {
        let href = format!(".doings a[href='{DESK}/record/{}']", form.word());
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
