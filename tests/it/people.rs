//! The people of the desk on both engines: signing in, second factors, codes that are good once,
//! grants, keys, the audit. Next: `people/desk.rs`, the same through the pages.

mod alone;
mod bank;
mod cosign;
mod desk;
pub mod documents;
mod drafts;
mod forms;
mod forms_closing;
mod forms_money;
mod imports;

use std::net::IpAddr;
use std::sync::Arc;

use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::period::parse_date;
use mingzhang::ledger::time::Timestamp;
use mingzhang::services::clock::{Clock, SeededEntropy, SystemClock};
use mingzhang::services::people::audit::{self, What};
use mingzhang::services::people::second::code_at;
use mingzhang::services::people::{
    Attempt, Fault, NewGrant, NewOfficer, People, PeopleError, Permission, Place, Role, Scope,
    SessionLimits,
};
use mingzhang::store::Store;
use test_case::test_case;

use crate::behind::sql;
use crate::harness::{On, TestBook, estate};

const PASSWORD: &str = "clear accounts 1";
const BY: &str = "u_test";
const MINUTE: i64 = 60_000;

/// People over the books of a test.
pub struct World {
    pub book: TestBook,
    pub people: People,
}

impl World {
    pub async fn new(on: On, require_totp: bool) -> Self {
        Self::over(TestBook::open(on).await, require_totp)
    }

    /// People over books that are there.
    pub fn over(book: TestBook, require_totp: bool) -> Self {
        let limits = SessionLimits { require_totp, ..SessionLimits::default() };
        let entropy = Arc::new(SeededEntropy::from_name("people"));
        let store = book.books.store().clone();
        let people = People::of(store, book.clock.clone(), entropy, limits);
        Self { book, people }
    }

    /// An officer with a password and a role.
    pub async fn officer(&self, sign_in: &str, role: Option<(Role, Place)>) -> String {
        let organisation = self.people.add_organisation("甲物业公司", BY).await.unwrap();
        let new = NewOfficer { organisation: &organisation, sign_in, name: "某人" };
        let (id, _) = self.people.add_officer(&new, BY).await.unwrap();
        let officer = self.people.member(&id).await.unwrap().officer;
        self.people.set_password(&officer, PASSWORD, BY).await.unwrap();
        if let Some((role, place)) = role {
            self.grants(&id, role, place).await.unwrap();
        }
        id
    }

    pub async fn grants(&self, id: &str, role: Role, place: Place) -> Result<String, PeopleError> {
        self.people.grant(id, NewGrant { role, place, from: None, until: None }, BY).await
    }

    pub async fn signs_in(
        &self,
        sign_in: &str,
        password: &str,
        code: &str,
    ) -> Result<String, PeopleError> {
        let peer: IpAddr = "203.0.113.9".parse().unwrap();
        let attempt = Attempt { sign_in, password, code, peer: Some(peer), agent: "Test" };
        self.people.sign_in(&attempt).await
    }

    fn later(&self, millis: i64) {
        let now = self.book.clock.now();
        self.book.clock.set(Timestamp::from_millis(now.millis() + millis));
    }

    /// Somebody signed in with a role.
    pub async fn signed(&self, role: Role, place: Place) -> String {
        self.officer(role.word(), Some((role, place))).await;
        self.signs_in(role.word(), PASSWORD, "").await.unwrap()
    }

    async fn audited(&self) -> Vec<What> {
        let rows = self.book.books.store().primary().audit_rows(0, 1_000).await.unwrap();
        let what = |row: &mingzhang::store::people::AuditRow| {
            serde_json::from_str::<audit::Record>(&row.body).unwrap().what
        };
        rows.iter().map(what).collect()
    }
}

fn here() -> Place {
    Place::Estate(estate())
}

fn is(result: Result<impl Sized, PeopleError>, fault: Fault) {
    match result {
        Err(PeopleError::Fault(found)) => assert_eq!(found, fault),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{fault} was let through"),
    }
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn an_unknown_name_is_answered_as_a_wrong_password_after_the_same_work(on: On) {
    let world = World::new(on, true).await;
    world.officer("zhang", Some((Role::Clerk, here()))).await;
    let organisation = world.people.organisations().await.unwrap().remove(0).organisation_id;
    let new = NewOfficer { organisation: &organisation, sign_in: "begun", name: "某人" };
    world.people.add_officer(&new, BY).await.unwrap();
    let mut told = Vec::new();
    for (name, password) in
        [("zhang", "wrong password"), ("nobody", PASSWORD), ("begun", PASSWORD), ("", "")]
    {
        let before = world.people.hashed();
        let refused = world.signs_in(name, password, "").await.unwrap_err();
        assert!(matches!(refused, PeopleError::Refused), "{name}");
        told.push(refused.to_string());
        assert_eq!(world.people.hashed() - before, 1, "{name} costs one hash");
    }
    told.dedup();
    assert_eq!(told.len(), 1);
    let before = world.people.hashed();
    world.signs_in(" ZHANG ", PASSWORD, "").await.unwrap();
    assert_eq!(world.people.hashed() - before, 1);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_session_lasts_while_it_is_used_and_never_longer_than_a_shift(on: On) {
    let world = World::new(on, true).await;
    let id = world.officer("zhang", Some((Role::Clerk, here()))).await;
    let token = world.signs_in("zhang", PASSWORD, "").await.unwrap();
    let kept = sql(&world.book.database, "select session_id from session");
    assert_ne!(kept, token, "the token itself is nowhere");
    let signed = world.people.signed(&token).await.unwrap().unwrap();
    assert_eq!(signed.officer.officer_id, id);
    assert!(signed.rights.may(Permission::Draft, Some(estate())));
    assert!(world.people.signed(&kept).await.unwrap().is_none(), "its hash opens nothing");
    for _ in 0..24 {
        world.later(29 * MINUTE);
        assert!(world.people.signed(&token).await.unwrap().is_some());
    }
    world.later(25 * MINUTE);
    assert!(world.people.signed(&token).await.unwrap().is_none(), "after twelve hours");
    let token = world.signs_in("zhang", PASSWORD, "").await.unwrap();
    world.later(31 * MINUTE);
    assert!(world.people.signed(&token).await.unwrap().is_none(), "after half an hour of rest");
    let (one, two) = (
        world.signs_in("zhang", PASSWORD, "").await.unwrap(),
        world.signs_in("zhang", PASSWORD, "").await.unwrap(),
    );
    let sessions = world.people.sessions(&id).await.unwrap();
    assert_eq!(sessions.len(), 2);
    let first = world.people.signed(&one).await.unwrap().unwrap();
    let other = world.people.signed(&two).await.unwrap().unwrap();
    let others = world.officer("li-na", None).await;
    is(world.people.end_session(&others, &first.session.session_id).await, Fault::Session);
    world.people.end_session(&id, &other.session.session_id).await.unwrap();
    assert!(world.people.signed(&two).await.unwrap().is_none());
    let new = "another clear account";
    is(world.people.change_password(&first, ("wrong", new, new)).await, Fault::Password);
    let three = world.signs_in("zhang", PASSWORD, "").await.unwrap();
    world.people.change_password(&first, (PASSWORD, new, new)).await.unwrap();
    assert!(world.people.signed(&one).await.unwrap().is_some(), "where it was changed");
    assert!(world.people.signed(&three).await.unwrap().is_none(), "and nowhere else");
    assert!(world.signs_in("zhang", PASSWORD, "").await.is_err());
    world.signs_in("zhang", new, "").await.unwrap();
}

#[tokio::test]
async fn guessing_is_slowed_down_before_anything_is_hashed() {
    let world = World::new(On::Sqlite, true).await;
    world.officer("zhang", None).await;
    for _ in 0..5 {
        assert!(matches!(world.signs_in("zhang", "guess", "").await, Err(PeopleError::Refused)));
    }
    let before = (world.people.hashed(), world.audited().await.len());
    for name in ["zhang", "zhang"] {
        let slowed = world.signs_in(name, PASSWORD, "").await;
        assert!(matches!(slowed, Err(PeopleError::Throttled(1..=900))), "{slowed:?}");
    }
    assert_eq!((world.people.hashed(), world.audited().await.len()), before);
    world.later(15 * MINUTE);
    world.signs_in("zhang", PASSWORD, "").await.unwrap();
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_code_of_the_second_factor_is_good_once(on: On) {
    let world = World::new(on, true).await;
    let id = world.officer("zhang", Some((Role::Reviewer, here()))).await;
    let token = world.signs_in("zhang", PASSWORD, "").await.unwrap();
    let signed = world.people.signed(&token).await.unwrap().unwrap();
    assert!(signed.needs_second, "a reviewer decides");
    is(world.people.confirm_second(&signed, "123456").await, Fault::NotBegun);
    is(world.people.begin_second(&signed, "wrong").await, Fault::Password);
    world.people.begin_second(&signed, PASSWORD).await.unwrap();
    let signed = world.people.signed(&token).await.unwrap().unwrap();
    let shown = world.people.pending_second(&signed, "ledger.example").unwrap();
    assert!(
        shown.address.starts_with("otpauth://totp/ledger.example:zhang?secret=")
            && shown.typed.len() == 39,
        "{}",
        shown.typed
    );
    let secret = signed.officer.second_pending.clone().unwrap();
    let code = || code_at(&secret, world.book.clock.now()).unwrap();
    is(world.people.confirm_second(&signed, "000000").await, Fault::Code);
    let codes = world.people.confirm_second(&signed, &code()).await.unwrap();
    assert_eq!(codes.len(), 10);
    assert!(!world.people.signed(&token).await.unwrap().unwrap().needs_second);

    // The step that confirmed is taken; the next is good once.
    let refused = async |code: &str| {
        let answer = world.signs_in("zhang", PASSWORD, code).await;
        assert!(matches!(answer, Err(PeopleError::Refused)), "{answer:?}");
    };
    refused(&code()).await;
    refused("").await;
    world.later(30_000);
    let now = code();
    world.signs_in("zhang", PASSWORD, &now).await.unwrap();
    refused(&now).await;
    world.signs_in("zhang", PASSWORD, &codes[3].to_uppercase()).await.unwrap();
    refused(&codes[3]).await;
    assert_eq!(world.people.paper_codes_left(&id).await.unwrap(), 9);
    assert!(world.audited().await.contains(&What::PaperCodeUsed));
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn whoever_lost_everything_comes_back_by_a_code_that_is_good_once(on: On) {
    let world = World::new(on, false).await;
    let id = world.officer("zhang", Some((Role::Reviewer, here()))).await;
    let token = world.signs_in("zhang", PASSWORD, "").await.unwrap();
    let signed = world.people.signed(&token).await.unwrap().unwrap();
    world.people.begin_second(&signed, PASSWORD).await.unwrap();
    let signed = world.people.signed(&token).await.unwrap().unwrap();
    let secret = signed.officer.second_pending.clone().unwrap();
    let code = code_at(&secret, world.book.clock.now()).unwrap();
    world.people.confirm_second(&signed, &code).await.unwrap();

    let recovers = async |sign_in: &str, password: &str, code: &str| {
        let attempt = Attempt { sign_in, password, code, peer: None, agent: "" };
        world.people.recover(&attempt, password).await
    };
    let new = "a sentence of my own";
    let early = world.people.issue_code(&id, BY).await.unwrap();
    let late = world.people.issue_code(&id, BY).await.unwrap();
    is(recovers("zhang", new, &early).await, Fault::Code);
    is(recovers("zhang", "short", &late).await, Fault::PasswordLength);
    is(recovers("nobody", new, &late).await, Fault::Code);
    world.officer("li-na", None).await;
    is(recovers("li-na", new, &late).await, Fault::Code);
    recovers("zhang", new, &late).await.unwrap();
    is(recovers("zhang", new, &late).await, Fault::Code);
    assert!(world.people.signed(&token).await.unwrap().is_none(), "every session ends");
    world.signs_in("zhang", new, "").await.unwrap();
    let expired = world.people.issue_code(&id, BY).await.unwrap();
    world.later(24 * 60 * MINUTE);
    is(recovers("zhang", "another of my own", &expired).await, Fault::Code);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn grants_hold_for_their_time_and_place(on: On) {
    let world = World::new(on, true).await;
    let admin = world.officer("admin", Some((Role::Administrator, Place::Instance))).await;
    let id = world.officer("zhang", None).await;
    let may = async |permission| {
        world.people.rights_of(&id).await.unwrap().may(permission, Some(estate()))
    };
    let absent: EstateCode = "620722-9999".parse().unwrap();
    is(world.grants(&id, Role::Clerk, Place::Estate(absent)).await, Fault::Estate);
    is(world.grants(&id, Role::Clerk, Place::Instance).await, Fault::EstateWanted);
    is(world.grants(&id, Role::Administrator, here()).await, Fault::InstanceWanted);
    is(world.grants("u_nobody", Role::Clerk, here()).await, Fault::Officer);
    let day = |text: &str| Some(parse_date(text).unwrap());
    let new = |from: &str, until: &str| NewGrant {
        role: Role::Clerk,
        place: here(),
        from: day(from),
        until: day(until),
    };
    is(world.people.grant(&id, new("2025-03-01", "2025-02-28"), BY).await, Fault::Day);
    world.people.grant(&id, new("2025-03-01", "2025-03-31"), BY).await.unwrap();
    for (on, holds) in
        [("2025-02-28", false), ("2025-03-01", true), ("2025-03-31", true), ("2025-04-01", false)]
    {
        world.book.on(on);
        assert_eq!(may(Permission::Draft).await, holds, "{on}");
    }
    let grant = world.grants(&id, Role::Clerk, here()).await.unwrap();
    assert!(may(Permission::Draft).await && !may(Permission::Post).await);
    is(world.people.revoke(&admin, &grant, BY).await, Fault::Grant);
    world.people.revoke(&id, &grant, BY).await.unwrap();
    is(world.people.revoke(&id, &grant, BY).await, Fault::Grant);
    assert!(!may(Permission::SeeDesk).await);
    let of_admin = world.people.member("admin").await.unwrap().grants.remove(0).grant_id;
    is(world.people.revoke(&admin, &of_admin, BY).await, Fault::LastAdministrator);
    world.grants(&id, Role::Administrator, Place::Instance).await.unwrap();
    world.people.revoke(&admin, &of_admin, BY).await.unwrap();

    let organisation = world.people.organisations().await.unwrap().remove(0).organisation_id;
    let new = |sign_in, name| NewOfficer { organisation: &organisation, sign_in, name };
    is(world.people.add_officer(&new("ADMIN", "某人"), BY).await, Fault::SignInTaken);
    for wrong in ["", "ab", "u_abc", "-abc", "张三三", "with blank"] {
        is(world.people.add_officer(&new(wrong, "某人"), BY).await, Fault::SignIn);
    }
    is(world.people.add_officer(&new("fine", " "), BY).await, Fault::Name);
    let nowhere = NewOfficer { organisation: "o_nowhere", sign_in: "fine", name: "某人" };
    is(world.people.add_officer(&nowhere, BY).await, Fault::Organisation);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_key_never_does_more_than_its_owner(on: On) {
    let world = World::new(on, true).await;
    let id = world.officer("zhang", None).await;
    let grant = world.grants(&id, Role::Clerk, here()).await.unwrap();
    let scope = |text: &str| text.parse::<Scope>().unwrap();
    let (draft, post) = (scope("620722-0017:draft"), scope("620722-0017:post"));
    is(world.people.make_token(&id, "导入", &[post]).await, Fault::Scope);
    is(world.people.make_token(&id, "导入", &[]).await, Fault::Scope);
    is(world.people.make_token(&id, "", &[draft]).await, Fault::Name);
    let elsewhere = scope("620722-0018:draft");
    is(world.people.make_token(&id, "导入", &[elsewhere]).await, Fault::Scope);
    let key = world.people.make_token(&id, "导入", &[draft]).await.unwrap();
    assert!(key.starts_with("mz_") && key.len() == 67, "{key}");
    let rows = world.people.tokens(&id).await.unwrap();
    assert!(!rows[0].token_id.contains(&key[3..]) && rows[0].used_at.is_none());
    let program = world.people.program(&key).await.unwrap().unwrap();
    assert!(program.may(draft) && !program.may(post) && !program.may(elsewhere));
    let used = world.people.tokens(&id).await.unwrap().remove(0).used_at;
    assert_eq!(used, Some(world.book.clock.now().millis()));
    world.people.revoke(&id, &grant, BY).await.unwrap();
    assert!(!world.people.program(&key).await.unwrap().unwrap().may(draft));
    world.grants(&id, Role::Clerk, here()).await.unwrap();
    let kept = rows[0].token_id.clone();
    is(world.people.revoke_token("u_other", &kept).await, Fault::Token);
    world.people.revoke_token(&id, &kept).await.unwrap();
    for odd in [key.as_str(), "mz_", "", kept.as_str()] {
        assert!(world.people.program(odd).await.unwrap().is_none());
    }
}

/// Lets the audit be changed, as whoever holds the file can.
fn force(database: &str, text: &str) {
    let before = if database.starts_with("postgres") {
        "alter table sign_in_audit disable trigger all;"
    } else {
        "drop trigger if exists sign_in_audit_is_never_changed;
         drop trigger if exists sign_in_audit_is_never_removed;"
    };
    sql(database, &format!("{before} {text}"));
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn the_audit_holds_together_and_says_where_it_does_not(on: On) {
    let world = World::new(on, true).await;
    world.officer("zhang", Some((Role::Clerk, here()))).await;
    world.signs_in("zhang", "wrong one", "").await.unwrap_err();
    world.signs_in("zhang", PASSWORD, "").await.unwrap();
    let told = [
        What::OrganisationAdded,
        What::OfficerAdded,
        What::CodeIssued,
        What::PasswordChanged,
        What::Granted,
        What::Refused,
        What::SignedIn,
    ];
    assert_eq!(world.audited().await, told);
    let store = world.book.books.store();
    let report = audit::check(store).await.unwrap();
    assert_eq!((report.rows, report.fault), (7, None));
    let text = sql(&world.book.database, "select body from sign_in_audit");
    assert!(!text.contains("203.0.113.9") && !text.contains("某人"), "no address, no name");

    for refused in
        ["update sign_in_audit set body = body", "delete from sign_in_audit where audit_id = 6"]
    {
        let changed = std::panic::catch_unwind(|| sql(&world.book.database, refused));
        assert!(changed.is_err(), "{refused}");
    }
    for (harm, row, column) in [
        (
            "update sign_in_audit set body = replace(body, 'password_changed', 'granted')
            where audit_id = 3",
            3,
            "hash",
        ),
        ("delete from sign_in_audit where audit_id = 3", 4, "audit_id"),
    ] {
        force(&world.book.database, harm);
        let fault = audit::check(store).await.unwrap().fault.unwrap();
        assert_eq!((fault.row, fault.column), (row, column), "{harm}");
    }
    let found = mingzhang::services::verifier::verify(
        store,
        mingzhang::services::verifier::Question::default(),
        None,
        &mingzhang::services::verifier::Silent,
    );
    let found = found.await.unwrap();
    assert_eq!(found.faults.len(), 1, "{:?}", found.faults);
    assert!(found.faults[0].en().contains("sign_in_audit"));
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_backup_carries_the_people_and_no_session(on: On) {
    let world = World::new(on, false).await;
    let id = world.officer("zhang", Some((Role::Clerk, here()))).await;
    let token = world.signs_in("zhang", PASSWORD, "").await.unwrap();
    let scope = "620722-0017:draft".parse().unwrap();
    let key = world.people.make_token(&id, "导入", &[scope]).await.unwrap();
    let code = world.people.issue_code(&id, BY).await.unwrap();
    desk::some_draft(&world).await;
    let file = world.book.directory.path().join("copy.db");
    let now = world.book.clock.now();
    let source = world.book.books.store();
    mingzhang::services::keeper::back_up(source, &file, now, &|_, _| {}).await.unwrap();
    let copy = Store::open(&format!("sqlite:{}", file.display()).parse().unwrap()).await.unwrap();
    assert_eq!(audit::check(&copy).await.unwrap(), audit::check(source).await.unwrap());
    let kept = source.primary().drafts("", 10).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(copy.primary().drafts("", 10).await.unwrap(), kept);
    let steps = source.primary().draft_steps(&kept[0].draft_id).await.unwrap();
    assert_eq!(steps.len(), 1);
    assert_eq!(copy.primary().draft_steps(&kept[0].draft_id).await.unwrap(), steps);
    let entropy = Arc::new(SeededEntropy::from_name("copy"));
    let limits = SessionLimits { require_totp: false, ..SessionLimits::default() };
    let people = People::of(copy, world.book.clock.clone(), entropy, limits);
    assert!(people.signed(&token).await.unwrap().is_none());
    assert!(people.program(&key).await.unwrap().unwrap().may(scope));
    let attempt = Attempt { sign_in: "zhang", password: PASSWORD, code: "", peer: None, agent: "" };
    let token = people.sign_in(&attempt).await.unwrap();
    let signed = people.signed(&token).await.unwrap().unwrap();
    assert!(signed.rights.may(Permission::Draft, Some(estate())));
    let attempt = Attempt { password: "a sentence of my own", code: &code, ..attempt };
    people.recover(&attempt, "a sentence of my own").await.unwrap();
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_is_made_on_the_command_line(on: On) {
    let world = World::new(on, false).await;
    let run = |words: &[&str], input: &str| {
        use std::io::Write;
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mingzhang"));
        command.args(["--database", &world.book.database]).args(words);
        command.current_dir(world.book.directory.path());
        command.stdin(std::process::Stdio::piped());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let add = ["officer", "add", "--sign-in", "root", "--name", "管理员", "--organisation", "平台"];
    let (code, out, err) = run(&[&add[..], &["--role", "administrator", "--json"]].concat(), "");
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let made: serde_json::Value = serde_json::from_str(&out).unwrap();
    let (id, once) = (made["officer"].as_str().unwrap(), made["code"].as_str().unwrap());
    assert!(id.starts_with("u_") && once.len() == 19, "{out}");
    let (code, _, err) = run(&[&add[..], &["--lang", "en"]].concat(), "");
    assert_eq!(code, Some(2));
    assert!(err.contains("Somebody has this sign-in name"), "{err}");
    let (code, _, err) = run(&["officer", "grant", "root", "--role", "clerk"], "");
    assert_eq!(code, Some(2));
    assert!(err.contains("按小区授权"), "{err}");
    let (code, out, _) =
        run(&["officer", "grant", "root", "--role", "clerk", "--estate", "620722-0017"], "");
    assert_eq!(code, Some(0));
    let grant = out.trim().rsplit(' ').next().unwrap();
    assert!(run(&["officer", "list"], "").1.contains(grant));
    assert_eq!(run(&["officer", "revoke", "root", grant], "").0, Some(0));
    assert!(!run(&["officer", "list"], "").1.contains(grant));
    assert_eq!(run(&["officer", "password", "root"], "too short\n").0, Some(2));
    assert_eq!(run(&["officer", "password", "root"], "clear accounts 1\n").0, Some(0));
    // The command line goes by the machine's clock.
    world.book.clock.set(SystemClock.now());
    let token = world.signs_in("root", PASSWORD, "").await.unwrap();
    let signed = world.people.signed(&token).await.unwrap().unwrap();
    assert!(signed.rights.may(Permission::ManageOfficers, None));
    let (code, out, _) = run(&["officer", "recover", "root", "--json"], "");
    assert!(code == Some(0) && out.contains("\"code\""), "{out}");
    assert!(run(&["officer", "organisation", "list"], "").1.contains("平台"));
    assert_eq!(run(&["officer", "organisation", "add", "乙物业公司"], "").0, Some(0));
    let (_, out, _) = run(&["doctor", "--json"], "");
    assert!(out.contains("\"sign_ins\""), "{out}");
}
