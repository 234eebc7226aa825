//! Reconciling at the desk, on both engines: what is proposed, what a person ticks, what is
//! refused, and taking it apart again.

use axum::http::StatusCode;
use mingzhang::services::people::{Place, Role};
use mingzhang::services::reconciling::Named;
use test_case::test_case;

use super::desk::{Answer, Browser, all, is_sound, site};
use super::{World, here};
use crate::harness::{On, TestBook, credit, debit, event};
use crate::import::statement;

const HOME: &str = "/desk/e/620722-0017/bank/R.1001.01";
const IMPORTS: &str = "/desk/e/620722-0017/imports";
pub const APRIL: &str = "交易日期,流水号,收入,支出,余额,对方户名,摘要\n\
    2025-04-02,B1,2700.00,,2700.00,某传媒有限公司,一季度电梯广告\n\
    2025-04-03,B2,200.00,,2900.00,甲,停车\n\
    2025-04-03,B3,200.00,,3100.00,乙,停车\n\
    2025-04-10,B4,10.00,,3110.00,停车平台,结算\n\
    2025-04-11,B5,20.00,,3130.00,停车平台,结算\n\
    2025-04-12,B6,30.00,,3160.00,停车平台,结算\n\
    2025-04-20,B7,,5.00,3155.00,,手续费\n";

fn told(answer: &Answer, selector: &str) -> Vec<String> {
    let html = answer.html();
    let text = |e: scraper::ElementRef<'_>| {
        e.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    all(&html, selector).into_iter().map(text).collect()
}

fn values(answer: &Answer, selector: &str) -> Vec<String> {
    let html = answer.html();
    let value = |e: &scraper::ElementRef<'_>| e.value().attr("value").unwrap().to_owned();
    all(&html, selector).iter().map(value).collect()
}

/// A value as a browser writes it into a form.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"))
}

/// A month's book: three receipts of one payer, two alike of a day, a platform's settlement.
async fn april(on: On) -> TestBook {
    let mut book = TestBook::open(on).await;
    for (day, amount, memo) in [
        ("2025-04-01", "500.00", "某传媒 1 幢"),
        ("2025-04-01", "900.00", "某传媒 2 幢"),
        ("2025-04-01", "1300.00", "某传媒 3 幢"),
        ("2025-04-03", "200.00", "停车"),
        ("2025-04-03", "200.00", "停车"),
        ("2025-04-12", "60.00", "停车平台"),
    ] {
        book.on(day);
        let lines = vec![debit("R.1001.01", amount), credit("R.4502.01", amount)];
        let mut draft = book.money(event("income", []), lines);
        draft.memo = Some(memo.into());
        book.post(draft).await.unwrap();
    }
    book.on("2025-05-02");
    book
}

/// Hands a statement in and posts it.
pub async fn states(browser: &Browser<'_>, text: &str) {
    let fields = [("sort", "statement"), ("account", "R.1001.01")];
    let sent = browser.uploads(IMPORTS, &fields, ("s.csv", text.as_bytes())).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let address = sent.header("location").to_owned();
    let preview = browser.gets(&address).await;
    is_sound(&address, &preview);
    let seen = values(&preview, "#commit input[name=seen]").remove(0);
    let posted = browser.fills(&format!("{address}/commit"), &[("seen", &seen)]).await;
    assert_eq!(posted.status, StatusCode::SEE_OTHER, "{}", posted.text);
}

/// Ticks, looks at the check, and what the check's form would send.
async fn checks(browser: &Browser<'_>, ticks: &[(&str, &str)]) -> Vec<(String, String)> {
    let ticks: Vec<(&str, String)> = ticks.iter().map(|(k, v)| (*k, encoded(v))).collect();
    let ticks: Vec<(&str, &str)> = ticks.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let address = format!("{HOME}/check");
    let check = browser.fills(&address, &ticks).await;
    assert_eq!(check.status, StatusCode::OK, "{}", check.text);
    is_sound(&address, &check);
    let key = values(&check, "#match input[name=key]").remove(0);
    let groups = values(&check, "#match input[name=group]");
    let groups = groups.into_iter().map(|group| ("group".to_owned(), encoded(&group)));
    groups.chain([("key".to_owned(), key)]).collect()
}

async fn confirms(browser: &Browser<'_>, form: &[(String, String)]) -> Answer {
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    browser.fills(&format!("{HOME}/match"), &form).await
}

pub async fn open(book: &TestBook) -> (Vec<String>, Vec<u64>) {
    let book = book.book().await;
    let bank = book.bank_book("R.1001.01".parse().unwrap()).unwrap();
    (bank.bank_open.keys().cloned().collect(), bank.book_open.iter().map(|(seq, _)| seq).collect())
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_cashier_hands_a_statement_in_and_confirms_what_is_proposed(on: On) {
    let world = World::over(statement::opened(on).await, false);
    let site = site(&world);
    let cashier = Browser { site: &site, token: Some(world.signed(Role::Cashier, here()).await) };
    let offered = values(&cashier.gets(IMPORTS).await, "#import-sort option");
    assert_eq!(offered, ["statement"], "and no other file");
    states(&cashier, statement::CSV).await;
    let page = cashier.gets(HOME).await;
    is_sound(HOME, &page);
    assert_eq!(values(&page, "#own ~ * input[name=bank]"), ["A0004", "A0002"]);
    let proposed = values(&page, "input[name=proposal][checked]");
    let [only] = &proposed[..] else { panic!("{proposed:?}") };
    let named: Named = serde_json::from_str(only).unwrap();
    assert_eq!(named.bank, ["A0004"], "a day apart, alone");
    let why = told(&page, ".offer label").remove(0);
    assert!(why.contains("300.00") && why.contains("相差 1 天"), "{why}");
    assert!(page.text.contains("国网民乐供电公司"), "the file's own words, at the desk alone");
    let desk = cashier.gets("/desk/e/620722-0017").await;
    assert!(desk.text.contains("2 笔银行流水没有对上"));

    let before = world.book.book().await.head().entries;
    let form = checks(&cashier, &[("proposal", only)]).await;
    assert_eq!(world.book.book().await.head().entries, before, "the check posts nothing");
    let one = confirms(&cashier, &form).await;
    let two = confirms(&cashier, &form).await;
    assert_eq!(one.status, StatusCode::SEE_OTHER, "{}", one.text);
    assert_eq!(one.header("location"), two.header("location"), "two clicks, one match");
    world.book.check().await;
    assert_eq!(world.book.book().await.head().entries, before + 1);
    assert_eq!(open(&world.book).await.0, ["A0002"]);
    let entry = world.book.entry(before).await.entry;
    assert_eq!((entry.event.kind().name, &*entry.by.role), ("statement.match", "cashier"));
    let page = cashier.gets(one.header("location")).await;
    assert!(told(&page, "[role=status]")[0].contains("已勾对"));
    let finding = Browser { site: &site, token: None }.gets("/e/620722-0017/findings").await;
    assert!(finding.status == StatusCode::OK && told(&page, "a[href$='/findings']").len() == 1);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn several_lines_are_one_and_what_is_ambiguous_is_not_ticked(on: On) {
    let world = World::over(april(on).await, false);
    let site = site(&world);
    let bank = Browser { site: &site, token: Some(world.signed(Role::Bank, here()).await) };
    states(&bank, APRIL).await;
    let page = bank.gets(HOME).await;
    is_sound(HOME, &page);
    let named: Vec<Named> = values(&page, "input[name=proposal]")
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    let lengths = |named: &Named| (named.bank.len(), named.book.len());
    let ticked: Vec<Named> = values(&page, "input[name=proposal][checked]")
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    assert_eq!(ticked.iter().map(lengths).collect::<Vec<_>>(), [(1, 3), (3, 1)]);
    assert_eq!(
        (&*ticked[0].bank[0], &ticked[1].bank[..]),
        ("B1", &["B6", "B5", "B4"].map(String::from)[..])
    );
    let several = values(&page, ".several input");
    assert_eq!(several.len(), 5, "each of two with each of two, and the day");
    assert!(values(&page, ".several input[checked]").is_empty(), "a person must tell");
    assert!(named.iter().all(|named| !named.bank.contains(&"B7".to_owned())));

    // Two of the alternatives that use one line.
    let [one, other] = [0, 1].map(|at| several[at].clone());
    let both = [("proposal", encoded(&one)), ("proposal", encoded(&other))];
    let both = both.each_ref().map(|(k, v)| (*k, v.as_str()));
    let twice = bank.fills(&format!("{HOME}/check"), &both).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told(&twice, ".faults a")[0].contains("勾了两次"), "{:?}", told(&twice, ".faults"));
    is_sound(HOME, &twice);
    assert_eq!(values(&twice, "input[name=proposal][checked]").len(), 2, "ticks are kept");

    // An own group whose sums differ, told with both; then one that agrees.
    let first = open(&world.book).await.1[0];
    let entry = |at: u64| (first + at).to_string();
    let (e0, e3) = (entry(0), entry(3));
    let wrong = [("bank", "B2"), ("book", &*e0)];
    let refused = bank.fills(&format!("{HOME}/check"), &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = told(&refused, ".faults a").remove(0);
    for figure in ["200.00", "500.00", "300.00"] {
        assert!(said.contains(figure), "{said}");
    }
    assert_eq!(values(&refused, "input[name=bank][checked]"), ["B2"], "ticks are kept");
    let before = world.book.book().await.head().entries;
    let ticked = values(&page, "input[name=proposal][checked]");
    let form = checks(
        &bank,
        &[("proposal", &ticked[0]), ("proposal", &ticked[1]), ("bank", "B2"), ("book", &e3)],
    )
    .await;
    assert_eq!(form.len(), 4, "three groups and the key");
    let done = confirms(&bank, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    world.book.check().await;
    assert_eq!(world.book.book().await.head().entries, before + 1, "one match");
    assert_eq!(open(&world.book).await, (vec!["B3".to_owned(), "B7".to_owned()], vec![first + 4]));
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_match_is_taken_apart_with_a_reason_once(on: On) {
    let world = World::over(april(on).await, false);
    let site = site(&world);
    let reviewer = Browser { site: &site, token: Some(world.signed(Role::Reviewer, here()).await) };
    states(&reviewer, APRIL).await;
    let ticked = values(&reviewer.gets(HOME).await, "input[name=proposal][checked]");
    let form = checks(&reviewer, &[("proposal", &ticked[0]), ("proposal", &ticked[1])]).await;
    confirms(&reviewer, &form).await;
    let matched = open(&world.book).await;
    let address = format!("{HOME}/matches");
    let list = reviewer.gets(&address).await;
    is_sound(&address, &list);
    let (key, seq) = (
        values(&list, "form input[name=key]").remove(0),
        values(&list, "form input[name=seq]").remove(0),
    );
    let send = async |group: &str, reason: &str, seq: &str, key: &str| {
        let fields = [("group", group), ("reason", reason), ("seq", seq), ("key", key)];
        reviewer.fills(&format!("{HOME}/unmatch"), &fields).await
    };
    for (group, reason, seq, says) in [
        ("1", "", &*seq, "原因"),
        ("", "wrong", &*seq, "没有勾选"),
        ("9", "wrong", &*seq, "没有第 9 组"),
        ("1", "wrong", "0", "没有这笔勾对"),
        ("1", "call 13912345678", &*seq, "没有记账"),
    ] {
        let refused = send(group, reason, seq, &key).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason}");
        is_sound(&address, &refused);
        let said = told(&refused, ".faults a").join(" ");
        assert!(said.contains(says), "{said}");
    }
    assert_eq!(open(&world.book).await, matched);
    let one = send("2", "settled elsewhere", &seq, &key).await;
    assert_eq!(one.status, StatusCode::SEE_OTHER, "{}", one.text);
    let two = send("2", "settled elsewhere", &seq, &key).await;
    assert_eq!(one.header("location"), two.header("location"), "two clicks, one undoing");
    world.book.check().await;
    let (bank, book) = open(&world.book).await;
    assert_eq!((bank.len(), book.len()), (matched.0.len() + 3, matched.1.len() + 1));
    let list = reviewer.gets(&address).await;
    assert_eq!(values(&list, "form input[name=group]"), ["1"], "the other group stands");
    let fresh = values(&list, "form input[name=key]").remove(0);
    let again = send("2", "once more", &seq, &fresh).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "it is apart already");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn whoever_may_not_and_ids_of_another_estate_change_nothing(on: On) {
    let world = World::over(statement::opened(on).await, false);
    let other = "620722-0018".parse().unwrap();
    world.book.open_estate(other).await;
    let site = site(&world);
    let sign = async |role| Some(world.signed(role, here()).await);
    let cashier = Browser { site: &site, token: sign(Role::Cashier).await };
    let clerk = Browser { site: &site, token: sign(Role::Clerk).await };
    states(&cashier, statement::CSV).await;
    let ticked = values(&cashier.gets(HOME).await, "input[name=proposal][checked]");
    let form = checks(&cashier, &[("proposal", &ticked[0])]).await;
    let before = world.book.book().await.head();
    assert_eq!(clerk.gets(HOME).await.status, StatusCode::FORBIDDEN);
    assert_eq!(confirms(&clerk, &form).await.status, StatusCode::FORBIDDEN);
    assert!(told(&clerk.gets("/desk/e/620722-0017").await, "a[href$='/bank']").is_empty());

    // The clerk's other files are none of the cashier's.
    let register = ("lease.xlsx", &crate::import::bytes()[..]);
    let sent = clerk.uploads(IMPORTS, &[("sort", "register")], register).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let file = sent.header("location").to_owned();
    let looked = cashier.gets(&file).await;
    assert_eq!(looked.status, StatusCode::FORBIDDEN);
    let commit = cashier.fills(&format!("{file}/commit"), &[("seen", "0")]).await;
    assert_eq!(commit.status, StatusCode::FORBIDDEN);
    let sent = cashier.uploads(IMPORTS, &[("sort", "register")], register).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    assert!(!cashier.gets(IMPORTS).await.text.contains("lease.xlsx"));

    // Lines of the one estate are not open in the other, whoever asks.
    let id = world.officer("both", Some((Role::Cashier, here()))).await;
    world.grants(&id, Role::Cashier, Place::Estate(other)).await.unwrap();
    let token = world.signs_in("both", super::PASSWORD, "").await.unwrap();
    let both = Browser { site: &site, token: Some(token) };
    let there = HOME.replace("0017", "0018");
    let fields: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let answer = both.fills(&format!("{there}/match"), &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    assert!(told(&answer, ".faults a")[0].contains("A0004"));
    let foreign = cashier.fills(&format!("{there}/match"), &fields).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "not granted");
    for account in ["R.4502.01", "R.1001.09", "x", "%00"] {
        let odd = cashier.gets(&format!("/desk/e/620722-0017/bank/{account}")).await;
        assert_eq!(odd.status, StatusCode::NOT_FOUND, "{account}");
    }
    assert_eq!(world.book.book().await.head(), before);
    world.book.check().await;
}

#[tokio::test]
async fn what_nobody_recorded_leads_to_the_form_that_records_it() {
    let world = World::over(statement::opened(On::Sqlite).await, false);
    let site = site(&world);
    let reviewer = Browser { site: &site, token: Some(world.signed(Role::Reviewer, here()).await) };
    states(&reviewer, statement::CSV).await;
    let page = reviewer.gets(HOME).await;
    let html = page.html();
    let links: Vec<_> = all(&html, "a.aside[href*='/record/']")
        .iter()
        .map(|a| a.value().attr("href").unwrap().to_owned())
        .collect();
    assert_eq!(links.len(), 2);
    let form = reviewer.gets(&links[1]).await;
    assert_eq!(form.status, StatusCode::OK);
    let value = |name: &str| values(&form, &format!("#record-{name}")).remove(0);
    assert_eq!((value("amount"), value("day")), ("120.35".into(), "2025-03-10".into()));
    assert_eq!(values(&form, "#record-from option[selected]"), ["R.1001.01"]);
    // A bank's line and its own reversal are a group of one side.
    let one_sided = reviewer.fills(&format!("{HOME}/check"), &[("bank", "A0002")]).await;
    assert!(told(&one_sided, ".faults a")[0].contains("0.00"));
}
