//! Forms that close periods, hold notices, answer findings, and say who and what the estate is.
//! Before: `forms.rs`.

use mingzhang::ledger::account::Fund;
use mingzhang::ledger::chain::content_hash;
use mingzhang::ledger::json::Value;
use test_case::test_case;

use super::desk::all;
use super::drafts::{CLERK, but, text};
use super::forms::{RECEIPT, Table};
use crate::harness::{On, credit, debit, event};

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
    assert!(text(&page, "[data-part=needs]").contains("I12"), "another organisation signs it");
    table.records_cosigned("opening_confirm", &confirm).await;
    assert_eq!(table.balance("R.3209").await, "0.00");
    let typed = [("org", "New Company"), ("on", "2025-02-05")];
    let (_, page) = table.checks("handover", &typed).await;
    assert!(text(&page, "[data-part=refusal]").contains("I12"), "three organisations sign it");
}
