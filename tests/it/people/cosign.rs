//! Spending by decision through the pages, on both engines: a clerk prepares, the committee
//! co-signs, a reviewer posts, the owners see who did what. What the fold asks for is on the page.

use axum::http::StatusCode;
use mingzhang::ledger::entry::SignAct;
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::json::Value;
use mingzhang::services::drafts::{Deed, DraftError, Drafts, Kept, State};
use mingzhang::services::people::{NewOfficer, Permission, Place, Role};
use test_case::test_case;

use super::desk::{Answer, Browser, all, is_sound, site};
use super::{BY, PASSWORD, World, here};
use crate::behind::sql;
use crate::harness::{On, actor, credit, debit, estate, event, org};

const KEY: &str = "desk:0123456789ab";
const DESK: &str = "/desk/e/620722-0017";
const PUBLIC: &str = "/e/620722-0017";

/// What a clerk types for a repair that was decided.
const SPEND: [(&str, &str); 9] = [
    ("key", KEY),
    ("version", "0"),
    ("decision", "2025-01"),
    ("account", "R.5503"),
    ("amount", "600"),
    ("day", "2025-02-04"),
    ("from", "R.1001.01"),
    ("payee", "Pump Works"),
    ("memo", "pump"),
];

const CLERK: usize = 0;
const REVIEWER: usize = 1;
const COMMITTEE: usize = 2;
const SECOND_MEMBER: usize = 3;
const COMMUNITY: usize = 4;

/// An estate with money and a decision over 1,000 yuan, on 5 February; who records and reviews is
/// of the company, two sign for the committee, one for the community.
pub struct Estate {
    world: World,
    site: axum::Router,
    ids: Vec<String>,
    tokens: Vec<String>,
}

impl Estate {
    async fn new(on: On) -> Self {
        let world = World::new(on, false).await;
        let mut estate = Self { site: site(&world), world, ids: vec![], tokens: vec![] };
        let book = &mut estate.world.book;
        let keys = [("party", org("Lift Ads Ltd"))];
        let lines = vec![debit("R.1001.01", "5000.00"), credit("R.4501.01", "5000.00")];
        let income = book.money(event("income", keys), lines);
        book.post(income).await.unwrap();
        let decision = event(
            "decision",
            [
                ("body", Value::text("assembly")),
                ("from", Value::text("2025-01-01")),
                ("limit", Value::text("1000.00")),
                ("matter", Value::text("Repair of the pump")),
                ("no", Value::text("2025-01")),
                ("to", Value::text("2025-12-31")),
            ],
        );
        let decision = book.draft(decision);
        book.post(decision).await.unwrap();
        book.on("2025-02-05");
        let company = estate.organisation("甲物业公司").await;
        let committee = estate.organisation("和苑小区业主委员会").await;
        let community = estate.organisation("和苑社区").await;
        for (name, role, organisation) in [
            ("clerk", Role::Clerk, &company),
            ("reviewer", Role::Reviewer, &company),
            ("committee", Role::Committee, &committee),
            ("committee-2", Role::Committee, &committee),
            ("community", Role::Community, &community),
        ] {
            estate.joins(name, organisation, role).await;
        }
        estate
    }

    async fn organisation(&self, name: &str) -> String {
        self.world.people.add_organisation(name, BY).await.unwrap()
    }

    /// Somebody of an organisation signs in.
    async fn joins(&mut self, sign_in: &str, organisation: &str, role: Role) -> usize {
        let people = &self.world.people;
        let new = NewOfficer { organisation, sign_in, name: sign_in };
        let (id, _) = people.add_officer(&new, BY).await.unwrap();
        let officer = people.member(&id).await.unwrap().officer;
        people.set_password(&officer, PASSWORD, BY).await.unwrap();
        self.world.grants(&id, role, here()).await.unwrap();
        self.tokens.push(self.world.signs_in(sign_in, PASSWORD, "").await.unwrap());
        self.ids.push(id);
        self.ids.len() - 1
    }

    fn as_(&self, nth: usize) -> Browser<'_> {
        Browser { site: &self.site, token: Some(self.tokens[nth].clone()) }
    }

    fn drafts(&self) -> Drafts {
        Drafts::of(&self.world.book.books)
    }

    async fn kept(&self) -> Kept {
        self.drafts().find(estate(), KEY).await.unwrap()
    }

    async fn entries(&self) -> u64 {
        self.world.book.book().await.head().entries
    }

    /// The page of the draft as somebody sees it.
    async fn page(&self, nth: usize) -> Answer {
        let page = self.as_(nth).gets(&draft("")).await;
        assert_eq!(page.status, StatusCode::OK);
        is_sound("draft", &page);
        page
    }

    /// Sends one of the page's forms at the version that the page shows.
    async fn does(&self, nth: usize, act: &str, more: &[(&str, &str)]) -> Answer {
        let version = self.kept().await.version().to_string();
        let mut fields = vec![("version", version.as_str())];
        fields.extend(more);
        self.as_(nth).fills(&draft(&format!("/{act}")), &fields).await
    }

    /// Changes a field of the draft, as whoever records.
    async fn changes(&self, nth: usize, field: &str, value: &str) {
        let version = self.kept().await.version().to_string();
        let mut fields: Vec<_> = SPEND.into_iter().filter(|(name, _)| *name != field).collect();
        fields.retain(|(name, _)| *name != "version");
        fields.extend([("version", version.as_str()), (field, value)]);
        let answer = self.as_(nth).fills(&format!("{DESK}/record/spend"), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }

    /// A clerk typed it and handed it over.
    async fn handed_over(on: On) -> Self {
        let estate = Self::new(on).await;
        let saved = estate.as_(CLERK).fills(&format!("{DESK}/record/spend"), &SPEND).await;
        assert_eq!(saved.header("location"), draft(""));
        estate.does(CLERK, "submit", &[]).await;
        estate
    }
}

fn draft(rest: &str) -> String {
    format!("{DESK}/drafts/desk%3A0123456789ab{rest}")
}

fn text(answer: &Answer, selector: &str) -> String {
    let html = answer.html();
    all(&html, selector).iter().flat_map(scraper::ElementRef::text).collect()
}

/// How many forms of a page lead there.
fn forms(answer: &Answer, to: &str) -> usize {
    all(&answer.html(), &format!("form[action$='/{to}']")).len()
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_use_is_prepared_cosigned_and_posted_by_three(on: On) {
    let estate = Estate::new(on).await;
    let form = estate.as_(CLERK).gets(&format!("{DESK}/record/spend")).await;
    is_sound("form", &form);
    assert!(text(&form, "#record-decision").contains("还可用 1,000.00"), "what is left is said");
    estate.as_(CLERK).fills(&format!("{DESK}/record/spend"), &SPEND).await;
    let page = estate.page(CLERK).await;
    let decided = text(&page, "[data-part=decided]");
    for figure in ["1,000.00", "0.00", "400.00", "Repair of the pump"] {
        assert!(decided.contains(figure), "{figure} in {decided}");
    }
    let needs = text(&page, "[data-part=needs]");
    assert!(needs.contains("I12") && needs.contains("社区"), "{needs}");
    assert_eq!(forms(&page, "submit"), 1, "it is handed over without it");
    assert_eq!(forms(&page, "cosign"), 0);
    let early = estate.does(COMMITTEE, "cosign", &[]).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "what isn't handed over isn't co-signed");
    estate.does(CLERK, "submit", &[]).await;

    // Until somebody co-signs there is nothing to post.
    let page = estate.page(REVIEWER).await;
    assert_eq!((forms(&page, "post"), forms(&page, "return")), (0, 1));
    assert!(text(&page, "[data-part=needs]").contains("I12"));
    assert!(estate.as_(REVIEWER).gets(DESK).await.text.contains("还缺会签"));
    let forged = estate.does(REVIEWER, "post", &[]).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&forged, "[data-part=life]").contains("I12"), "its life tells of it");
    assert_eq!(estate.entries().await, 4, "and nothing was posted");

    let board = estate.as_(COMMITTEE).gets("/desk").await;
    assert!(text(&board, "#main").contains("等您会签的"));
    let page = estate.page(COMMITTEE).await;
    assert_eq!((forms(&page, "cosign"), forms(&page, "cosign/return")), (1, 1));
    for to in ["submit", "post", "return", "withdraw"] {
        assert_eq!(forms(&page, to), usize::from(to == "return"), "{to}");
    }
    assert!(page.text.contains("R.1001.01") && text(&page, "table").contains("4,400.00"));
    let answer = estate.does(COMMITTEE, "cosign", &[]).await;
    assert_eq!(answer.header("location"), format!("{}?done=cosigned", draft("")));
    let again = estate.does(COMMITTEE, "cosign", &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "sent twice it is one signature");
    assert_eq!(estate.kept().await.life.signs().count(), 1);
    assert_eq!(forms(&estate.page(COMMITTEE).await, "cosign"), 0);
    assert!(!text(&estate.as_(COMMITTEE).gets("/desk").await, "#main").contains("等您会签的"));

    let page = estate.page(REVIEWER).await;
    assert_eq!(text(&page, "[data-part=needs]"), "");
    assert!(text(&page, "[data-part=life]").contains("committee（业委会）"));
    assert!(estate.as_(REVIEWER).gets(DESK).await.text.contains("等您复核记账的"));
    let answer = estate.does(REVIEWER, "post", &[]).await;
    assert_eq!(answer.header("location"), format!("{}?done=posted", draft("")));
    let entry = estate.world.book.entry(4).await.entry;
    let signs: Vec<_> = entry.signs.iter().map(|sign| (sign.act, sign.by.role.as_str())).collect();
    assert_eq!(signs, [(SignAct::Prepare, "clerk"), (SignAct::Cosign, "committee")]);
    assert!(entry.signs[0].at <= entry.signs[1].at && entry.signs[1].at <= entry.time);
    assert_eq!(entry.by.role, "reviewer");
    let book = estate.world.book.book().await;
    assert_eq!(book.decisions()["2025-01"].used.to_string(), "600.00");
    estate.world.book.check().await;

    let nobody = Browser { site: &estate.site, token: None };
    let public = nobody.gets(&format!("{PUBLIC}/entries/4")).await;
    let acts = text(&public, "#main");
    let at = |word: &str| acts.find(word).unwrap_or_else(|| panic!("{word} in {acts}"));
    assert!(at("制单") < at("会签") && at("业委会") < at("复核员"));
    assert!(!public.text.contains("committee-2") && !public.text.contains(">clerk<"), "no names");
    let life = text(&estate.page(CLERK).await, "[data-part=life]");
    let order = ["填写", "提交", "记账被拒", "会签", "记账 "].map(|deed| life.find(deed).unwrap());
    assert!(order.is_sorted(), "{life}");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_signature_is_for_the_words_that_were_looked_at(on: On) {
    let estate = Estate::handed_over(on).await;
    let seen = estate.kept().await.version().to_string();
    estate.does(COMMITTEE, "cosign", &[]).await;
    estate.changes(CLERK, "amount", "650").await;
    let page = estate.page(CLERK).await;
    assert!(!text(&page, "[data-part=lost]").is_empty(), "the page says that it is void");
    assert!(text(&page, "[data-part=life]").contains("已失效"));
    estate.does(CLERK, "submit", &[]).await;
    assert_eq!(estate.kept().await.life.signs().count(), 0);
    let page = estate.page(REVIEWER).await;
    assert_eq!(forms(&page, "post"), 0);
    let forged = estate.does(REVIEWER, "post", &[]).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Who looked at the old words signs nothing.
    let fields = [("version", seen.as_str())];
    let stale = estate.as_(COMMITTEE).fills(&draft("/cosign"), &fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(estate.kept().await.life.signs().count(), 0);
    estate.does(COMMITTEE, "cosign", &[]).await;
    assert_eq!(text(&estate.page(CLERK).await, "[data-part=needs]"), "");
    estate.does(REVIEWER, "post", &[]).await;
    let entry = estate.world.book.entry(4).await.entry;
    assert_eq!(entry.signs.len(), 2, "the void one isn't carried");
    assert_eq!(estate.world.book.balance("R.5503").await, "650.00");
    estate.world.book.check().await;
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn two_sign_at_once_and_each_once(on: On) {
    let estate = Estate::handed_over(on).await;
    let version = estate.kept().await.version().to_string();
    let fields = [("version", version.as_str())];
    let (path, one, two) = (draft("/cosign"), estate.as_(COMMITTEE), estate.as_(SECOND_MEMBER));
    let answers = tokio::join!(
        one.fills(&path, &fields),
        two.fills(&path, &fields),
        one.fills(&path, &fields),
        two.fills(&path, &fields),
    );
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(answer.header("location"), format!("{}?done=cosigned", draft("")));
    }
    let signs: Vec<_> = estate.kept().await.life.signs().collect();
    assert_eq!(signs.len(), 2);
    assert_ne!(signs[0].by.user, signs[1].by.user);
    // Posting and signing at once: the entry has every signature that was taken before it.
    let third = estate.world.people.fresh_id("u_").unwrap();
    let by = actor(&signs[0].by.org, "committee", &third);
    let drafts = estate.drafts();
    let at = (crate::harness::estate(), KEY);
    let late = drafts.cosign(at, version.parse().unwrap(), &by);
    let (posted, late) = tokio::join!(estate.does(REVIEWER, "post", &[]), late);
    assert_eq!(posted.status, StatusCode::SEE_OTHER);
    let carried = estate.world.book.entry(4).await.entry.signs.len();
    match late {
        Ok(_) => assert_eq!(carried, 4),
        Err(DraftError::Changed(_) | DraftError::State(_)) => assert_eq!(carried, 3),
        Err(other) => panic!("{other}"),
    }
    estate.world.book.check().await;
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn the_committee_returns_a_draft_with_a_reason(on: On) {
    let estate = Estate::handed_over(on).await;
    estate.does(SECOND_MEMBER, "cosign", &[]).await;
    let silent = estate.does(COMMITTEE, "cosign/return", &[("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    is_sound("no reason", &silent);
    assert_eq!(all(&silent.html(), ".faults a[href='#return-reason']").len(), 1);
    let answer = estate.does(COMMITTEE, "cosign/return", &[("reason", "who-is-that")]).await;
    assert_eq!(answer.header("location"), format!("{}?done=returned", draft("")));
    assert_eq!(estate.kept().await.state, State::Returned);
    assert!(estate.as_(CLERK).gets(DESK).await.text.contains("退回给您的"));
    estate.changes(CLERK, "payee", "Water Works").await;
    estate.does(CLERK, "submit", &[]).await;
    assert_eq!(estate.kept().await.life.signs().count(), 0, "nobody's signature is left");
    let page = estate.page(CLERK).await;
    let life = text(&page, "[data-part=life]");
    assert!(life.contains("who-is-that"), "the reason stays in its life: {life}");
    let deeds: Vec<_> = estate.kept().await.life.steps().iter().map(|step| step.deed).collect();
    let told = [
        Deed::Typed,
        Deed::HandedOver,
        Deed::Cosign,
        Deed::Returned,
        Deed::Changed,
        Deed::HandedOver,
    ];
    assert_eq!(deeds, told);
}

#[tokio::test]
async fn nobody_signs_what_is_not_theirs_to_sign() {
    let mut estate = Estate::handed_over(On::Sqlite).await;
    let at = (crate::harness::estate(), KEY);
    // Somebody of the committee who is a clerk, too, and typed in it.
    let id = estate.ids[COMMITTEE].clone();
    estate.world.grants(&id, Role::Clerk, here()).await.unwrap();
    estate.changes(COMMITTEE, "memo", "reworded").await;
    estate.changes(CLERK, "memo", "reworded again").await;
    estate.does(CLERK, "submit", &[]).await;
    let own = estate.does(COMMITTEE, "cosign", &[]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("I12") && forms(&own, "cosign") == 0);
    // Somebody of the company that posts it: the fold's own word.
    let version = estate.kept().await.version();
    let company = estate.kept().await.life.steps()[0].by.org.clone();
    let theirs = actor(&company, "committee", "u_of_the_company");
    let refused = estate.drafts().cosign(at, version, &theirs).await.unwrap_err();
    assert!(matches!(refused, DraftError::Post(_)), "{refused}");
    // A reviewer who signs for the committee, too, posts nothing that they signed.
    let id = estate.ids[SECOND_MEMBER].clone();
    estate.world.grants(&id, Role::Reviewer, here()).await.unwrap();
    estate.does(SECOND_MEMBER, "cosign", &[]).await;
    let both = estate.does(SECOND_MEMBER, "post", &[]).await;
    assert_eq!(both.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&both, "[data-part=refusal]").contains("I12"));
    assert_eq!(estate.entries().await, 4);
    assert_eq!(forms(&estate.page(SECOND_MEMBER).await, "post"), 0);

    // Once the book names a committee the community doesn't sign in its place.
    let keys = [
        ("from", Value::text("2025-02-01")),
        ("org", org("和苑小区业主委员会")),
        ("role", Value::text("committee")),
    ];
    let page = estate.page(COMMUNITY).await;
    assert_eq!(forms(&page, "cosign"), 1, "until then it may");
    let named = estate.world.book.draft(event("appoint", keys));
    estate.world.book.post(named).await.unwrap();
    let answer = estate.does(COMMUNITY, "cosign", &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("由业主委员会会签"));
    let declined = estate.does(COMMUNITY, "cosign/return", &[("reason", "no")]).await;
    assert_eq!(declined.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = estate.page(COMMUNITY).await;
    assert_eq!((forms(&page, "cosign"), forms(&page, "cosign/return")), (0, 0));
    assert!(!estate.as_(COMMUNITY).gets("/desk").await.text.contains("等您会签的"));
}

#[tokio::test]
async fn what_the_book_refuses_is_not_cosigned() {
    let estate = Estate::handed_over(On::Sqlite).await;
    estate.changes(CLERK, "amount", "1000.01").await;
    estate.does(CLERK, "submit", &[]).await;
    let page = estate.page(COMMITTEE).await;
    let refusal = text(&page, "[data-part=refusal]");
    assert!(refusal.contains("I9") && refusal.contains("1000.00"), "the limit: {refusal}");
    assert_eq!((forms(&page, "cosign"), forms(&page, "cosign/return")), (0, 1));
    assert!(!estate.as_(COMMITTEE).gets("/desk").await.text.contains("等您会签的"));
    let forged = estate.does(COMMITTEE, "cosign", &[]).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(estate.kept().await.life.signs().count(), 0);

    // What needs no co-signature gets none.
    let key = ("key", "desk:00000000cost");
    let cost = [
        key,
        ("version", "0"),
        ("account", "R.5501.02"),
        ("amount", "60"),
        ("day", "2025-02-04"),
        ("from", "R.1001.01"),
        ("payee", "Power"),
        ("paper", "none"),
    ];
    let at = format!("{DESK}/drafts/desk%3A00000000cost");
    estate.as_(CLERK).fills(&format!("{DESK}/record/cost"), &cost).await;
    estate.as_(CLERK).fills(&format!("{at}/submit"), &[("version", "1")]).await;
    let answer = estate.as_(COMMITTEE).fills(&format!("{at}/cosign"), &[("version", "2")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("不用会签"));
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn signatures_stay_where_the_outcome_is_not_known(on: On) {
    let estate = Estate::handed_over(on).await;
    estate.does(COMMITTEE, "cosign", &[]).await;
    let steps = estate.kept().await.life;
    // As a crash before the commit leaves it.
    let signed = estate.world.people.signed(&estate.tokens[REVIEWER]).await.unwrap().unwrap();
    let by = signed.actor(Permission::Post, crate::harness::estate()).unwrap();
    let taken = format!(
        "update draft set state = 'posting', version = version + 1, posted_org = '{}',
            posted_role = '{}', posted_by = '{}'",
        by.org, by.role, by.user
    );
    sql(&estate.world.book.database, &taken);
    assert_eq!(estate.kept().await.life, steps);
    let late = estate.does(SECOND_MEMBER, "cosign", &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "nobody signs meanwhile");
    assert!(estate.page(REVIEWER).await.text.contains("再确认一次"));
    let answer = estate.does(REVIEWER, "post", &[]).await;
    assert_eq!(answer.header("location"), format!("{}?done=posted", draft("")));
    let entry = estate.world.book.entry(4).await.entry;
    assert_eq!(entry.signs.len(), 2);
    // As a crash after it leaves it: the log tells, and it stands once.
    sql(&estate.world.book.database, "update draft set state = 'posting', posted_seq = null");
    estate.does(REVIEWER, "post", &[]).await;
    assert_eq!((estate.entries().await, estate.kept().await.posted_seq()), (5, Some(4)));
    estate.world.book.check().await;
}

#[tokio::test]
async fn a_draft_of_another_estate_is_not_there() {
    let estate = Estate::handed_over(On::Sqlite).await;
    let other: EstateCode = "620722-0018".parse().unwrap();
    estate.world.book.open_estate(other).await;
    estate
        .world
        .grants(&estate.ids[COMMITTEE], Role::Committee, Place::Estate(other))
        .await
        .unwrap();
    let version = estate.kept().await.version().to_string();
    let fields = [("version", version.as_str()), ("reason", "no")];
    let elsewhere = draft("").replace("0017", "0018");
    let browser = estate.as_(COMMITTEE);
    assert_eq!(browser.gets(&elsewhere).await.status, StatusCode::NOT_FOUND);
    for act in ["cosign", "cosign/return"] {
        let answer = browser.fills(&format!("{elsewhere}/{act}"), &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
        // And who signs for another estate doesn't for this one.
        let path = draft(&format!("/{act}")).replace("0017", "0019");
        assert_eq!(browser.fills(&path, &fields).await.status, StatusCode::NOT_FOUND, "{act}");
    }
    assert_eq!(estate.kept().await.life.signs().count(), 0);
    assert_eq!(estate.kept().await.state, State::Prepared);
}
