//! Drafts through the pages, on both engines: a clerk prepares, a second person posts, and the
//! owners see it. What is refused is shown in its place; nobody's words are lost.

use axum::http::StatusCode;
use mingzhang::ledger::draft::Draft;
use mingzhang::ledger::entry::SignAct;
use mingzhang::ledger::json::Value;
use mingzhang::services::drafts::{Drafts, Kept, State};
use mingzhang::services::people::{NewOfficer, Role};
use test_case::test_case;

use super::desk::{Answer, Browser, Sent, all, is_sound, site};
use super::{BY, PASSWORD, World, here};
use crate::behind::sql;
use crate::harness::{On, estate, event, org, reviewer};

const KEY: &str = "desk:0123456789ab";
pub const DESK: &str = "/desk/e/620722-0017";

/// What a clerk types for two months of the advertisement.
const INCOME: [(&str, &str); 9] = [
    ("key", KEY),
    ("version", "0"),
    ("contract", "C-01"),
    ("amount", "1,000"),
    ("day", "2025-2-3"),
    ("to", "R.1001.01"),
    ("month", "2025-01"),
    ("month", "2025-02"),
    ("memo", "rent"),
];

/// The fields with some of them said otherwise.
pub fn but<'a>(
    fields: &[(&'a str, &'a str)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| !changes.iter().any(|(n, _)| n == name));
    kept.chain(changes).copied().collect()
}

/// A clerk, a second clerk and a reviewer at an estate with one contract, on 5 February.
pub struct Desk {
    pub world: World,
    pub site: axum::Router,
    pub tokens: [String; 3],
}

impl Desk {
    pub async fn new(on: On) -> Self {
        let mut world = World::new(on, false).await;
        let none = Value::map([("none", Value::text("未经表决"))]);
        let part = Value::map([
            ("account", Value::text("R.4501.01")),
            ("amount", Value::text("500.00")),
            ("mode", Value::text("fixed")),
            ("per", Value::text("month")),
        ]);
        let contract = event(
            "contract",
            [
                ("authority", none),
                ("from", Value::text("2025-01-01")),
                ("no", Value::text("C-01")),
                ("paper", Value::text("signed")),
                ("party", org("Lift Ads Ltd")),
                ("schedule", Value::List(vec![part])),
                ("site", Value::text("电梯轿厢")),
                ("to", Value::text("2025-12-31")),
            ],
        );
        let draft: Draft = world.book.draft(contract);
        world.book.post(draft).await.unwrap();
        world.book.on("2025-02-05");
        let mut tokens = Vec::new();
        for (name, role) in
            [("clerk", Role::Clerk), ("clerk-2", Role::Clerk), ("reviewer", Role::Reviewer)]
        {
            world.officer(name, Some((role, here()))).await;
            tokens.push(world.signs_in(name, PASSWORD, "").await.unwrap());
        }
        let site = site(&world);
        Self { world, site, tokens: tokens.try_into().unwrap() }
    }

    /// Somebody of the committee, which is another organisation, signs in.
    pub async fn committee(&self) -> String {
        let people = &self.world.people;
        let name = format!("committee-{}", self.world.book.book().await.head().entries);
        let organisation = people.add_organisation("业主委员会", BY).await.unwrap();
        let new = NewOfficer { organisation: &organisation, sign_in: &name, name: &name };
        let (id, _) = people.add_officer(&new, BY).await.unwrap();
        let officer = people.member(&id).await.unwrap().officer;
        people.set_password(&officer, PASSWORD, BY).await.unwrap();
        self.world.grants(&id, Role::Committee, here()).await.unwrap();
        self.world.signs_in(&name, PASSWORD, "").await.unwrap()
    }

    pub fn as_(&self, nth: usize) -> Browser<'_> {
        Browser { site: &self.site, token: Some(self.tokens[nth].clone()) }
    }

    async fn kept(&self) -> Kept {
        Drafts::of(&self.world.book.books).find(estate(), KEY).await.unwrap()
    }

    /// Sends one of the draft page's forms at the version that the page shows.
    async fn does(&self, nth: usize, act: &str, more: &[(&str, &str)]) -> Answer {
        let version = self.kept().await.version().to_string();
        let fields = but(&[("version", version.as_str())], more);
        self.as_(nth).fills(&draft(&format!("/{act}")), &fields).await
    }

    async fn gap(&self) -> String {
        let book = self.world.book.book().await;
        book.contracts().contracts["C-01"].gap(self.world.book.books.today()).to_string()
    }
}

pub const CLERK: usize = 0;
const SECOND: usize = 1;
pub const REVIEWER: usize = 2;

fn draft(rest: &str) -> String {
    format!("{DESK}/drafts/desk%3A0123456789ab{rest}")
}

pub fn text(answer: &Answer, selector: &str) -> String {
    let html = answer.html();
    all(&html, selector).iter().flat_map(scraper::ElementRef::text).collect()
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_clerk_records_income_and_a_second_person_posts_it(on: On) {
    let desk = Desk::new(on).await;
    let clerk = desk.as_(CLERK);
    assert_eq!(desk.gap().await, "500.00");
    let chosen = clerk.gets(&format!("{DESK}/record/income")).await;
    is_sound("choose", &chosen);
    assert!(text(&chosen, "tbody").contains("500.00"), "what is open is said");
    let form = clerk.gets(&format!("{DESK}/record/income?contract=C-01")).await;
    is_sound("form", &form);
    assert!(text(&form, "#record-month").contains("2025年1月，还欠 500.00"));
    assert!(!text(&form, "form").contains("R.1001"), "no code is asked or shown");

    let answer = clerk.fills(&format!("{DESK}/record/income"), &INCOME).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, &*draft("")));
    let again = clerk.fills(&format!("{DESK}/record/income"), &INCOME).await;
    assert_eq!(again.header("location"), draft(""), "sent twice it is one draft");
    let page = clerk.gets(&draft("")).await;
    is_sound("check", &page);
    assert!(page.text.contains("R.1001.01") && page.text.contains("壹仟元整"));
    let row = text(&page, "[data-part=gap]");
    assert!(row.contains("500.00") && row.ends_with("0.00"), "{row}");
    assert_eq!(desk.world.book.book().await.head().entries, 3, "nothing is posted yet");

    let answer = desk.does(CLERK, "submit", &[]).await;
    assert_eq!(answer.header("location"), format!("{}?done=prepared", draft("")));
    assert!(clerk.gets(DESK).await.text.contains("您提交了、等别人复核的"));
    let waits = desk.as_(REVIEWER).gets("/desk").await;
    assert!(text(&waits, "#main").contains("等您复核记账的"), "the reviewer is told");

    let own = desk.does(CLERK, "post", &[]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "a clerk doesn't post");
    let page = desk.as_(REVIEWER).gets(&draft("")).await;
    is_sound("review", &page);
    let version = desk.kept().await.version().to_string();
    let fields = [("version", version.as_str())];
    let reviewer = desk.as_(REVIEWER);
    let path = draft("/post");
    let (one, two) = tokio::join!(reviewer.fills(&path, &fields), reviewer.fills(&path, &fields));
    for answer in [one, two, desk.as_(REVIEWER).fills(&path, &fields).await] {
        assert_eq!(answer.header("location"), format!("{}?done=posted", draft("")));
    }
    let book = desk.world.book.book().await;
    assert_eq!(book.head().entries, 4, "however often one clicks, it is posted once");
    assert_eq!(desk.gap().await, "0.00");
    let entry = desk.world.book.entry(3).await.entry;
    let (clerk, reviewer) = (&entry.signs[0], &entry.by);
    assert_eq!((clerk.act, clerk.by.role.as_str()), (SignAct::Prepare, "clerk"));
    assert_eq!(reviewer.role, "reviewer");
    assert_ne!(clerk.by.user, reviewer.user);
    assert_eq!(entry.r#ref.as_str(), KEY);
    desk.world.book.check().await;

    let receipt = desk.as_(CLERK).gets(&draft("")).await;
    is_sound("receipt", &receipt);
    assert!(text(&receipt, "[data-part=receipt]").contains(&book.head().hash.to_string()));
    let html = receipt.html();
    assert_eq!(all(&html, "svg.qr").len(), 1);
    assert_eq!(all(&html, "a[href$='/entries/3/voucher']").len(), 1);
    let nobody = Browser { site: &desk.site, token: None };
    let public = nobody.gets("/e/620722-0017/lines").await;
    assert!(public.text.contains("rent") && public.text.contains("1,000.00"));
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_returned_draft_is_mended_by_two_people_who_lose_nothing(on: On) {
    let desk = Desk::new(on).await;
    let path = format!("{DESK}/record/income");
    desk.as_(CLERK).fills(&path, &INCOME).await;
    desk.does(CLERK, "submit", &[]).await;
    let answer = desk.does(REVIEWER, "return", &[("reason", " ")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(all(&answer.html(), ".faults a[href='#return-reason']").len(), 1);
    desk.does(REVIEWER, "return", &[("reason", "amount-is-wrong")]).await;
    assert_eq!(desk.kept().await.state, State::Returned);
    let board = desk.as_(CLERK).gets(DESK).await;
    assert!(board.text.contains("退回给您的"));
    let form = desk.as_(CLERK).gets(&draft("/edit")).await;
    is_sound("edit", &form);
    assert!(form.text.contains("amount-is-wrong"));

    // Both open the same version; the second one is told, and both texts are on the page.
    let version = desk.kept().await.version().to_string();
    let changed = |amount, memo| {
        but(&INCOME, &[("version", version.as_str()), ("amount", amount), ("memo", memo)])
    };
    let first = desk.as_(CLERK).fills(&path, &changed("900", "by-the-first")).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let second = desk.as_(SECOND).fills(&path, &changed("950", "by-the-second")).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    is_sound("conflict", &second);
    assert!(text(&second, "[data-part=other]").contains("by-the-first"));
    assert!(second.text.contains("value=\"by-the-second\""));
    let version = desk.kept().await.version().to_string();
    let html = second.html();
    let shown = all(&html, "#record input[name=version]")[0].value().attr("value").unwrap();
    assert_eq!(shown, version, "sent again it takes the place of the other");
    let fields = but(
        &INCOME,
        &[("version", version.as_str()), ("amount", "950"), ("memo", "by-the-second")],
    );
    desk.as_(SECOND).fills(&path, &fields).await;
    assert_eq!(desk.kept().await.typed.value("memo"), "by-the-second");

    // What the reviewer looked at is what is posted, or nothing.
    desk.does(SECOND, "submit", &[]).await;
    let seen = desk.kept().await.version();
    let version = seen.to_string();
    let fields =
        but(&INCOME, &[("version", version.as_str()), ("amount", "940"), ("memo", "later")]);
    desk.as_(CLERK).fills(&path, &fields).await;
    desk.does(CLERK, "submit", &[]).await;
    let stale = desk.as_(REVIEWER).fills(&draft("/post"), &[("version", version.as_str())]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(desk.world.book.book().await.head().entries, 3);
    desk.does(REVIEWER, "post", &[]).await;
    assert_eq!(desk.world.book.balance("R.1001.01").await, "940.00");
    let late = desk.does(CLERK, "withdraw", &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "what stands isn't withdrawn");
    desk.world.book.check().await;
}

#[tokio::test]
async fn a_draft_that_was_taken_and_not_answered_is_settled_once() {
    let desk = Desk::new(On::Sqlite).await;
    let path = format!("{DESK}/record/income");
    for stands in [false, true] {
        if stands {
            // As a crash after the commit leaves it.
            sql(&desk.world.book.database, "update draft set state = 'posting', posted_seq = null");
        } else {
            desk.as_(CLERK).fills(&path, &INCOME).await;
            desk.does(CLERK, "submit", &[]).await;
            // As a crash before it does.
            let by = reviewer();
            let taken = format!(
                "update draft set state = 'posting', posted_org = '{}', posted_role = '{}',
                    posted_by = '{}'",
                by.org, by.role, by.user
            );
            sql(&desk.world.book.database, &taken);
        }
        let page = desk.as_(REVIEWER).gets(&draft("")).await;
        assert!(page.text.contains("再确认一次"));
        let edit = desk.as_(CLERK).gets(&draft("/edit")).await;
        assert_eq!(edit.status, StatusCode::SEE_OTHER, "nobody changes it meanwhile");
        let answer = desk.does(REVIEWER, "post", &[]).await;
        assert_eq!(answer.header("location"), format!("{}?done=posted", draft("")));
        assert_eq!(desk.world.book.book().await.head().entries, 4);
        assert_eq!(desk.world.book.entry(3).await.entry.by, reviewer(), "who took it posted it");
    }
}

#[tokio::test]
async fn who_typed_in_a_draft_never_posts_it() {
    let desk = Desk::new(On::Sqlite).await;
    let path = format!("{DESK}/record/income");
    desk.as_(CLERK).fills(&path, &INCOME).await;
    let version = desk.kept().await.version().to_string();
    let fields = but(&INCOME, &[("version", version.as_str()), ("memo", "reworded")]);
    desk.as_(REVIEWER).fills(&path, &fields).await;
    let version = desk.kept().await.version().to_string();
    let fields = but(&INCOME, &[("version", version.as_str()), ("memo", "again")]);
    desk.as_(CLERK).fills(&path, &fields).await;
    desk.does(CLERK, "submit", &[]).await;
    let answer = desk.does(REVIEWER, "post", &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("I12"), "a hand in it is a hand in it");
    assert_eq!(desk.world.book.book().await.head().entries, 3);
    let page = desk.as_(REVIEWER).gets(&draft("")).await;
    assert_eq!(all(&page.html(), "form[action$='/post']").len(), 0);
}

#[tokio::test]
async fn what_cannot_be_read_is_said_at_its_field() {
    let desk = Desk::new(On::Sqlite).await;
    let cases: [Sent<'_>; 12] = [
        ("income", &[("amount", "-5")], "amount"),
        ("income", &[("amount", "0")], "amount"),
        ("income", &[("day", "2025-02-30")], "day"),
        ("income", &[("day", "2025-02-06")], "day"),
        ("income", &[("to", "R.5501.01")], "to"),
        ("income", &[("month", "2025-03")], ""),
        ("income", &[("memo", "13912345678")], "memo"),
        ("income", &[("contract", "")], "account"),
        ("cost", &[("payee", "")], "payee"),
        ("cost", &[("paper_no", "")], "paper_no"),
        ("cost", &[("paper_amount", "1")], "paper_amount"),
        ("settle", &[("fee", "70")], "fee"),
    ];
    for (nth, (form, changes, field)) in cases.into_iter().enumerate() {
        let key = format!("desk:{nth:012}");
        let base: &[(&str, &str)] = match form {
            "income" => &INCOME,
            "cost" => &COST,
            _ => &SETTLE,
        };
        let fields = but(&but(base, changes), &[("key", key.as_str())]);
        let answer = desk.as_(CLERK).fills(&format!("{DESK}/record/{form}"), &fields).await;
        if field.is_empty() {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{form} {changes:?}");
            continue;
        }
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form} {changes:?}");
        is_sound(form, &answer);
        let html = answer.html();
        let links: Vec<_> =
            all(&html, ".faults a").iter().filter_map(|a| a.value().attr("href")).collect();
        assert_eq!(links, [format!("#record-{field}")], "{form} {changes:?}");
        assert_eq!(all(&html, links[0]).len(), 1, "{form}: the link leads to its field");
    }
    let fields = but(&INCOME, &[("month", "2025-01")]);
    let apart = fields.into_iter().chain([("month", "2025-03")]).collect::<Vec<_>>();
    let answer = desk.as_(CLERK).fills(&format!("{DESK}/record/income"), &apart).await;
    assert!(text(&answer, ".faults").contains("连在一起"), "months apart");
}

const COST: [(&str, &str); 8] = [
    ("version", "0"),
    ("account", "R.5501.02"),
    ("amount", "60.00"),
    ("day", "2025-02-04"),
    ("from", "R.1001.01"),
    ("payee", "Power"),
    ("paper", "invoice"),
    ("paper_no", "12345"),
];

const SETTLE: [(&str, &str); 7] = [
    ("version", "0"),
    ("from", "R.1002"),
    ("channel", "parking"),
    ("amount", "60"),
    ("fee", "1"),
    ("to", "R.1001.01"),
    ("day", "2025-02-04"),
];

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_refusal_is_shown_before_anything_is_handed_over(on: On) {
    let desk = Desk::new(on).await;
    // There is no money yet, so neither cost nor settlement can be (I5).
    for (nth, (form, base)) in [("cost", &COST[..]), ("settle", &SETTLE[..])].iter().enumerate() {
        let key = format!("desk:{nth:012}");
        let fields = but(base, &[("key", key.as_str())]);
        let answer = desk.as_(CLERK).fills(&format!("{DESK}/record/{form}"), &fields).await;
        let page = desk.as_(CLERK).gets(answer.header("location")).await;
        is_sound(form, &page);
        let refused = text(&page, "[data-part=refusal]");
        assert!(refused.contains("I5") && refused.contains("-60.00"), "{refused}");
        assert_eq!(all(&page.html(), "form[action$='/submit']").len(), 0);
    }
    // Once there is, a cost with a paper, and one without.
    desk.as_(CLERK).fills(&format!("{DESK}/record/income"), &INCOME).await;
    desk.does(CLERK, "submit", &[]).await;
    desk.does(REVIEWER, "post", &[]).await;
    for (nth, (paper, account)) in
        [("invoice", "R.5501.02"), ("none", "R.1221.03")].into_iter().enumerate()
    {
        let key = format!("desk:{:012}", nth + 7);
        let fields = but(&COST, &[("key", key.as_str()), ("paper", paper)]);
        desk.as_(CLERK).fills(&format!("{DESK}/record/cost"), &fields).await;
        let at = format!("{DESK}/drafts/desk%3A{:012}", nth + 7);
        for (who, act, version) in [(CLERK, "submit", "1"), (REVIEWER, "post", "2")] {
            let answer = desk.as_(who).fills(&format!("{at}/{act}"), &[("version", version)]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act} {paper}");
        }
        assert_eq!(desk.world.book.balance(account).await, "60.00");
    }
    desk.world.book.check().await;
    // The book moved on under a draft: the reviewer is shown why, the draft waits as before.
    let key = "desk:000000000020";
    let fields = but(&COST, &[("key", key), ("amount", "880")]);
    desk.as_(CLERK).fills(&format!("{DESK}/record/cost"), &fields).await;
    let at = format!("{DESK}/drafts/desk%3A000000000020");
    desk.as_(CLERK).fills(&format!("{at}/submit"), &[("version", "1")]).await;
    let key = "desk:000000000021";
    let fields = but(&COST, &[("key", key), ("amount", "1")]);
    desk.as_(CLERK).fills(&format!("{DESK}/record/cost"), &fields).await;
    let other = format!("{DESK}/drafts/desk%3A000000000021");
    desk.as_(CLERK).fills(&format!("{other}/submit"), &[("version", "1")]).await;
    desk.as_(REVIEWER).fills(&format!("{other}/post"), &[("version", "2")]).await;
    let answer = desk.as_(REVIEWER).fills(&format!("{at}/post"), &[("version", "2")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&answer, "[data-part=refusal]").contains("I5"));
    let drafts = Drafts::of(&desk.world.book.books);
    let kept = drafts.find(estate(), "desk:000000000020").await.unwrap();
    assert_eq!(kept.state, State::Prepared);
}
