//! Papers and files that programs hand in: under keys of their own, as far as the key's owner may
//! at the desk, read and posted by the same services.

use axum::http::StatusCode;
use mingzhang::services::people::{Permission, Role, Scope, Verb};
use mingzhang::web::api::operations::OPERATIONS;
use mingzhang::web::routes::ROUTES;
use serde_json::{Value, json};
use test_case::test_case;

use super::examples::{DAYS, PAPER};
use super::{Api, hired};
use crate::harness::{On, TestBook, estate};
use crate::import;

const HOME: &str = "/api/v1/estates/620722-0017";

/// The key of somebody new with a role, for some verbs.
async fn key_of(api: &Api, role: Role, verbs: &[Verb]) -> String {
    let org = api.people.organisations().await.unwrap()[0].organisation_id.clone();
    let who = hired(&api.people, &org, &format!("{}-{}", role.word(), verbs.len()), role).await;
    let scopes: Vec<Scope> = verbs.iter().map(|&verb| Scope { estate: estate(), verb }).collect();
    api.people.make_token(&who, "tests", &scopes).await.unwrap()
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_paper_is_kept_once_under_its_key_and_shown_as_said(on: On) {
    let mut api = Api::of(TestBook::open(on).await).await;
    let address = format!("{HOME}/documents?doc=invoice&visibility=public&name=a.pdf");
    let kept = api.hands_in(&address, "paper-0001", PAPER).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{:?}", kept.body);
    let place = kept.header("location").to_owned();
    let first = kept.json();
    assert_eq!((&first["known"], &first["visibility"]), (&json!(false), &json!("public")));
    let again = api.hands_in(&address, "paper-0001", PAPER).await;
    assert_eq!((again.status, &again.json()["known"]), (StatusCode::OK, &json!(true)));
    for (address, bytes) in
        [(address.clone(), DAYS), (format!("{HOME}/documents?doc=receipt&name=a.pdf"), PAPER)]
    {
        let other = api.hands_in(&address, "paper-0001", bytes).await;
        assert_eq!(other.problem(), (422, "key-taken".to_owned()), "{address}");
    }
    let other = api.hands_in(&address, "paper-0002", PAPER).await;
    assert_eq!((other.status, &other.json()["doc"]), (StatusCode::OK, &first["doc"]));
    // What was refused leaves its key free.
    let refused = api.hands_in(&address, "paper-0003", "no paper").await;
    assert_eq!(refused.problem(), (422, "file".to_owned()));
    assert_eq!(refused.json()["errors"][0]["parameter"], "file");
    assert_eq!(api.hands_in(&address, "paper-0003", PAPER).await.status, StatusCode::OK);
    assert_eq!(api.with_key(&place, None).await.json()["doc"], first["doc"]);
    assert_eq!(api.asks(&place).await.problem(), (401, "key".to_owned()));

    let day = api.book.books.today().to_string();
    let draft = json!({"estate": estate().to_string(), "date": day, "docs": [first["doc"]],
        "event": {"kind": "income"}, "lines": [{"account": "R.1001.01", "debit": "5.00"},
            {"account": "R.4502.01", "credit": "5.00"}]});
    let posted = api.posts("income-001", draft.to_string()).await;
    assert_eq!(posted.status, StatusCode::CREATED, "{:?}", posted.body);
    let papers = format!("{}/documents", posted.header("location"));
    let shown = api.asks(&papers).await;
    let (tag, shown) = (shown.header("etag").to_owned(), shown.json());
    let bytes = api.asks(shown["documents"][0]["bytes"].as_str().unwrap()).await;
    assert_eq!(&bytes.body[..], PAPER.as_bytes());
    let (visibility, owners) = (format!("{place}/visibility"), json!({"visibility": "owners"}));
    let hidden = api.says(&visibility, "hide-0001", &owners).await;
    assert_eq!(hidden.json()["visibility"], "owners");
    let shown = api.asks(&papers).await;
    assert_ne!(shown.header("etag"), tag, "the edition follows who may see it");
    assert_eq!(shown.json()["documents"][0].get("bytes"), None);
    api.book.check().await;

    // Where the log was copied without what stands beside it, content is still known.
    let clerk = key_of(&api, Role::Clerk, &[Verb::Draft]).await;
    api.key = clerk;
    let shown = api.says(&visibility, "hide-0002", &json!({"visibility": "public"})).await;
    assert_eq!(shown.problem(), (403, "not-allowed".to_owned()));
    assert_eq!(api.hands_in(&address, "paper-0004", PAPER).await.status, StatusCode::OK);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_statement_is_handed_in_looked_at_and_posted(on: On) {
    let mut api = Api::of(import::statement::opened(on).await).await;
    let address = format!("{HOME}/imports?sort=statement&account=R.1001.01&name=march.csv");
    let bytes = import::statement::CSV;
    let unsaid = api.hands_in(&format!("{HOME}/imports?sort=statement"), "march-001", bytes).await;
    assert_eq!(unsaid.problem(), (422, "file".to_owned()));
    assert_eq!(unsaid.json()["errors"][0]["parameter"], "account");
    let bare = api.hands_in(&format!("{HOME}/imports"), "march-001", bytes).await;
    assert_eq!(bare.problem(), (422, "value".to_owned()));
    let read = api.hands_in(&address, "march-001", bytes).await;
    assert_eq!(read.status, StatusCode::CREATED, "{:?}", read.body);
    let place = read.header("location").to_owned();
    let preview = read.json()["preview"].clone();
    assert_eq!(preview["counts"]["read"], 4);
    let again = api.hands_in(&address, "march-001", bytes).await;
    assert_eq!((again.status, again.header("location")), (StatusCode::OK, place.as_str()));
    let other = api.hands_in(&address, "march-001", DAYS).await;
    assert_eq!(other.problem(), (422, "key-taken".to_owned()));
    assert_eq!(api.with_key(&place, None).await.json()["preview"], preview);

    let (commit, before) = (format!("{place}/commit"), api.book.book().await.head());
    let stale = api.says(&commit, "march-002", &json!({"seen": "0".repeat(64)})).await;
    assert_eq!(stale.problem(), (409, "changed".to_owned()));
    let seen = json!({"seen": preview["seen"]});
    let clerk = key_of(&api, Role::Clerk, &[Verb::Read, Verb::Draft]).await;
    let reviewer = std::mem::replace(&mut api.key, clerk);
    assert_eq!(api.says(&commit, "march-003", &seen).await.problem().0, 403);
    assert_eq!(api.book.book().await.head(), before, "nothing was posted so far");
    // Who brings statements may post one, and nothing else.
    api.key = key_of(&api, Role::Cashier, &[Verb::Statement]).await;
    let parking = api.hands_in(&format!("{HOME}/imports?sort=parking"), "days-0001", DAYS).await;
    assert_eq!(parking.problem(), (403, "not-allowed".to_owned()));
    let posted = api.says(&commit, "march-003", &seen).await;
    assert_eq!(posted.status, StatusCode::CREATED, "{:?}", posted.body);
    let numbers = posted.json()["posted"].clone();
    assert!(numbers.as_array().is_some_and(|numbers| !numbers.is_empty()));
    let again = api.says(&commit, "march-003", &seen).await;
    assert_eq!((again.status, &again.json()["posted"]), (StatusCode::OK, &numbers));
    api.key = reviewer;
    let done = api.with_key(&place, None).await.json();
    assert_eq!((&done["posted"], done.get("preview")), (&numbers, None));
    let entry = api.reads(&format!("{HOME}/entries/{}", numbers[0])).await;
    assert_eq!(entry["entry"]["entry"]["by"]["role"], "cashier");
    api.book.check().await;
}

#[tokio::test]
async fn a_register_is_answered_row_by_row() {
    let book = import::opened(On::Sqlite).await;
    // The keys of the other stories are for an estate of a later year.
    let october = book.books.today().to_string();
    book.on("2025-01-01");
    book.open_estate(estate()).await;
    let api = Api::of(book).await;
    api.book.on(&october);
    let org = api.people.organisations().await.unwrap()[0].organisation_id.clone();
    let new = mingzhang::services::people::NewOfficer {
        organisation: &org,
        sign_in: "october",
        name: "某人",
    };
    let (who, _) = api.people.add_officer(&new, "u_test").await.unwrap();
    let place = mingzhang::services::people::Place::Estate(import::code());
    let grant = mingzhang::services::people::NewGrant {
        role: Role::Reviewer,
        place,
        from: None,
        until: None,
    };
    api.people.grant(&who, grant, "u_test").await.unwrap();
    let scopes = [Verb::Draft, Verb::Post].map(|verb| Scope { estate: import::code(), verb });
    let key = api.people.make_token(&who, "tests", &scopes).await.unwrap();
    let api = Api { key, ..api };
    let home = format!("/api/v1/estates/{}/imports", import::code());
    let address = format!("{home}?sort=register&name=lease-register-2018-10.xlsx");
    let read = api.hands_in(&address, "october-1", import::bytes()).await;
    assert_eq!(read.status, StatusCode::CREATED, "{:?}", read.body);
    let place = read.header("location").to_owned();
    let preview = read.json()["preview"].clone();
    let figures = |preview: &Value| {
        [&preview["posts"], &preview["to_post"], &preview["held"]].map(Value::to_string)
    };
    assert_eq!(figures(&preview), ["30", "\"23350.00\"", "\"828.91\""]);
    let answers = format!("{place}/answers");
    let wrong = json!({"answers": [{"row": 28, "key": "account", "value": "R.1001.01"}]});
    assert_eq!(api.says(&answers, "october-2", &wrong).await.problem().1, "file");
    let given = json!({"answers": [{"row": 28, "key": "account", "value": "R.4599"},
        {"row": 30, "key": "skip", "value": "late fee"},
        {"row": 31, "key": "skip", "value": "returned"}]});
    let answered = api.says(&answers, "october-2", &given).await;
    assert_eq!(answered.status, StatusCode::OK, "{:?}", answered.body);
    let preview = answered.json()["preview"].clone();
    assert_eq!(figures(&preview)[..2], ["31", "\"23770.00\""]);
    let commit = format!("{place}/commit");
    let posted = api.says(&commit, "october-3", &json!({"seen": preview["seen"]})).await;
    assert_eq!(posted.json()["posted"].as_array().unwrap().len(), 32);
    let late = api.says(&answers, "october-4", &json!({"forget": true})).await;
    assert_eq!(late.problem(), (409, "changed".to_owned()));
    let balances = api.reads(&format!("/api/v1/estates/{}/balances", import::code())).await;
    let bank = balances["accounts"].as_array().unwrap().iter();
    let mut bank = bank.filter(|row| row["account"] == "R.1001.01");
    assert_eq!(bank.next().unwrap()["balance"], "22220.00", "as the command line and the desk");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_by_name_and_not_kept() {
    let api = Api::of(TestBook::open(On::Sqlite).await).await;
    let imports = format!("{HOME}/imports?account=R.1001.01&sort=");
    for sort in ["register", "contracts", "parking", "statement"] {
        for bytes in [&b""[..], b"PK\x03\x04", b"x,y\n1,2\n", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"] {
            let answer = api.hands_in(&format!("{imports}{sort}"), "order-0001", bytes).await;
            assert_eq!(answer.problem(), (422, "file".to_owned()), "{sort} {bytes:?}");
        }
    }
    let large = vec![b' '; (10 << 20) + 1];
    let answer = api.hands_in(&format!("{HOME}/documents"), "order-0001", large).await;
    assert_eq!(answer.problem(), (413, "too-large".to_owned()));
    let typed = Some(("order-0001", "text/csv", DAYS.into()));
    let answer = api.with_key(&format!("{imports}parking"), typed).await;
    assert_eq!(answer.problem(), (415, "media-type".to_owned()));
    let nowhere = format!("{HOME}/imports/i_000000000000");
    assert_eq!(api.with_key(&nowhere, None).await.problem(), (404, "not-found".to_owned()));
    for (body, name) in [(json!({"seen": 1}), "i2"), (json!({"extra": ""}), "i2")] {
        let answer = api.says(&format!("{nowhere}/commit"), "order-0002", &body).await;
        assert_eq!(answer.problem().1, name);
    }
    let unread = Some(("order-0002", "application/json", "{".into()));
    let answer = api.with_key(&format!("{nowhere}/commit"), unread).await;
    assert_eq!(answer.problem(), (400, "unreadable".to_owned()));
    let kept = crate::behind::sql(&api.book.database, "select count(*) from request_key");
    assert_eq!(kept.trim(), "0");
}

#[test]
fn programs_need_what_the_desk_needs() {
    let pairs = [
        ("hand_in_document", "/desk/e/{estate}/documents"),
        ("show_document", "/desk/e/{estate}/documents/{sha256}/visibility"),
        ("hand_in_import", "/desk/e/{estate}/imports"),
        ("answer_import", "/desk/e/{estate}/imports/{import}/answers"),
        ("commit_import", "/desk/e/{estate}/imports/{import}/commit"),
    ];
    for (id, path) in pairs {
        let operation = OPERATIONS.iter().find(|known| known.id == id).unwrap();
        let mut routes = ROUTES.iter().filter(|route| route.method == "POST" && route.path == path);
        let permission = routes.next().unwrap().permission.unwrap();
        let needed: Vec<Permission> = operation
            .needs
            .iter()
            // A statement file is also for who brings statements: the entries of one are, too.
            .filter(|verb| **verb != Verb::Statement)
            .map(|verb| verb.permission())
            .collect();
        assert_eq!(needed, [permission], "{id}");
    }
    let told = OPERATIONS.iter().filter(|known| known.writes()).count();
    assert_eq!(told, pairs.len() + 1, "those and the entries");
}
