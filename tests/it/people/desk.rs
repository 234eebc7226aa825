//! The desk through its pages: who may ask for what, forms that others send, what a form says
//! that can't be taken.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use mingzhang::ledger::entry::DocKind;
use mingzhang::services::clock::SeededEntropy;
use mingzhang::services::documents::{Documents, NewDocument, Visibility};
use mingzhang::services::drafts::{Drafts, Save};
use mingzhang::services::imports::{Imports, NewFile, Said, Sort};
use mingzhang::services::people::{Permission, Place, Role, form_token};
use mingzhang::services::recording::{self, Typed};
use mingzhang::web::routes::{ROUTES, Route, Sort as RouteSort};
use mingzhang::web::{Site, router};
use scraper::{ElementRef, Html, Selector};
use tower::ServiceExt;

use super::{PASSWORD, World, here};
use crate::harness::{On, actor, estate};

/// Who may ask.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Everybody,
    SignedIn,
    /// Whoever holds anything for the estate.
    OfEstate,
    Administrators,
    /// Whoever holds it for the estate.
    Holders(Permission),
    /// Whoever holds one of two.
    Either(Permission, Permission),
}

use Who::{Administrators, Either, Everybody, Holders, OfEstate, SignedIn};

/// Every address of the desk with who may ask: a route that isn't here fails the test.
const ROWS: &[(&str, &str, Who)] = &[
    ("GET", "/sign-in", Everybody),
    ("POST", "/sign-in", Everybody),
    ("POST", "/sign-out", SignedIn),
    ("GET", "/recover", Everybody),
    ("POST", "/recover", Everybody),
    ("GET", "/desk", SignedIn),
    ("GET", "/desk/e/{estate}", OfEstate),
    ("GET", "/desk/e/{estate}/entries", OfEstate),
    ("GET", "/desk/e/{estate}/record/{form}", Holders(Permission::Draft)),
    ("POST", "/desk/e/{estate}/record/{form}", Holders(Permission::Draft)),
    ("GET", "/desk/e/{estate}/drafts", Holders(Permission::ReadDrafts)),
    ("GET", "/desk/e/{estate}/drafts/{draft}", Holders(Permission::ReadDrafts)),
    ("GET", "/desk/e/{estate}/drafts/{draft}/edit", Holders(Permission::Draft)),
    ("POST", "/desk/e/{estate}/drafts/{draft}/submit", Holders(Permission::Draft)),
    ("POST", "/desk/e/{estate}/drafts/{draft}/withdraw", Holders(Permission::Draft)),
    ("POST", "/desk/e/{estate}/drafts/{draft}/return", Holders(Permission::Post)),
    ("POST", "/desk/e/{estate}/drafts/{draft}/post", Holders(Permission::Post)),
    ("POST", "/desk/e/{estate}/drafts/{draft}/cosign", Holders(Permission::Cosign)),
    ("POST", "/desk/e/{estate}/drafts/{draft}/cosign/return", Holders(Permission::Cosign)),
    ("GET", "/desk/e/{estate}/documents", OfEstate),
    ("POST", "/desk/e/{estate}/documents", Holders(Permission::Draft)),
    ("GET", "/desk/e/{estate}/documents/{sha256}", OfEstate),
    ("GET", "/desk/e/{estate}/documents/{sha256}/file", OfEstate),
    ("POST", "/desk/e/{estate}/documents/{sha256}/visibility", Holders(Permission::Post)),
    ("POST", "/desk/e/{estate}/documents/{sha256}/attach", Holders(Permission::Post)),
    ("GET", "/desk/e/{estate}/imports", Either(Permission::Draft, Permission::Reconcile)),
    ("POST", "/desk/e/{estate}/imports", Either(Permission::Draft, Permission::Reconcile)),
    ("GET", "/desk/e/{estate}/imports/{import}", Either(Permission::Draft, Permission::Reconcile)),
    ("POST", "/desk/e/{estate}/imports/{import}/answers", Holders(Permission::Draft)),
    (
        "POST",
        "/desk/e/{estate}/imports/{import}/commit",
        Either(Permission::Post, Permission::Reconcile),
    ),
    ("GET", "/desk/e/{estate}/bank", Holders(Permission::Reconcile)),
    ("GET", "/desk/e/{estate}/bank/{account}", Holders(Permission::Reconcile)),
    ("POST", "/desk/e/{estate}/bank/{account}/check", Holders(Permission::Reconcile)),
    ("POST", "/desk/e/{estate}/bank/{account}/match", Holders(Permission::Reconcile)),
    ("GET", "/desk/e/{estate}/bank/{account}/matches", Holders(Permission::Reconcile)),
    ("POST", "/desk/e/{estate}/bank/{account}/unmatch", Holders(Permission::Reconcile)),
    ("GET", "/desk/account", SignedIn),
    ("POST", "/desk/account/password", SignedIn),
    ("POST", "/desk/account/sessions/end", SignedIn),
    ("GET", "/desk/account/second", SignedIn),
    ("POST", "/desk/account/second/begin", SignedIn),
    ("POST", "/desk/account/second", SignedIn),
    ("POST", "/desk/account/keys", SignedIn),
    ("POST", "/desk/account/keys/revoke", SignedIn),
    ("GET", "/desk/officers", Administrators),
    ("POST", "/desk/officers", Administrators),
    ("POST", "/desk/organisations", Administrators),
    ("GET", "/desk/officers/{officer}", Administrators),
    ("POST", "/desk/officers/{officer}/grants", Administrators),
    ("POST", "/desk/officers/{officer}/grants/revoke", Administrators),
    ("POST", "/desk/officers/{officer}/code", Administrators),
];

/// The site as somebody's browser reaches it.
pub struct Browser<'a> {
    pub site: &'a Router,
    /// The session's token.
    pub token: Option<String>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn html(&self) -> Html {
        Html::parse_document(&self.text)
    }
}

impl Browser<'_> {
    async fn sends(&self, mut request: Request<Body>) -> Answer {
        if let Some(token) = &self.token {
            let cookie = format!("lang=zh; mingzhang={token}").parse().unwrap();
            request.headers_mut().insert(header::COOKIE, cookie);
        }
        request.headers_mut().insert(header::HOST, "desk.example".parse().unwrap());
        let response = self.site.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let bytes = body.to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text, bytes }
    }

    pub async fn gets(&self, path: &str) -> Answer {
        self.sends(Request::builder().uri(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form with headers as a browser adds them; `token` is that of the form.
    async fn posts(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        token: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let token = token.map(|token| format!("form_token={token}"));
        let plain = |text: &str| text.replace(' ', "+");
        let fields = fields.iter().map(|(name, value)| format!("{name}={}", plain(value)));
        let body = token.into_iter().chain(fields).collect::<Vec<_>>().join("&");
        let kind = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let mut request = Request::builder().method(Method::POST).uri(path).header(kind.0, kind.1);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.sends(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form as the browser does that was shown it.
    pub async fn fills(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token.as_deref().map(form_token);
        let own = [("origin", "null"), ("sec-fetch-site", "same-origin")];
        self.posts(path, fields, token.as_deref(), &own).await
    }

    /// Sends a form with a file, its own.
    pub async fn uploads(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        (name, bytes): (&str, &[u8]),
    ) -> Answer {
        let token = self.token.as_deref().map(form_token).unwrap_or_default();
        let mut body = Vec::new();
        for (field, value) in [("form_token", token.as_str())].iter().chain(fields) {
            let head =
                format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n");
            body.extend([head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
        }
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/html\r\n\r\n"
        );
        body.extend([head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat());
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.sends(request.body(Body::from(body)).unwrap()).await
    }
}

pub fn site(world: &World) -> Router {
    router(Site { people: world.people.clone(), ..Site::of(world.book.books.clone()) })
}

pub fn all<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn guarded() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| route.sort.is_guarded())
}

/// A draft that everybody asks for.
const DRAFT: &str = "desk:000000000000";

/// Keeps that draft.
pub async fn some_draft(world: &World) {
    let typed = Typed::of(recording::Form::Settle, |field| match field {
        "from" => vec!["R.1002"],
        "to" => vec!["R.1001.01"],
        "channel" => vec!["停车平台"],
        "amount" => vec!["10"],
        "day" => vec!["2025-01-01"],
        _ => vec![],
    });
    let save = Save { key: DRAFT, version: 0, form: recording::Form::Settle, typed };
    let drafts = Drafts::of(&world.book.books);
    drafts.save(estate(), save, &actor("o_a", "clerk", "u_somebody")).await.unwrap();
}

/// A paper and a file of the estate, and an officer: what addresses name.
struct Names {
    officer: String,
    sha256: String,
    import: String,
}

impl Names {
    async fn of(world: &World, officer: &str) -> Self {
        let documents = Documents::of(world.book.books.clone(), 10);
        let (estate, by) = (crate::harness::estate(), "u_test");
        let (kind, visibility) = (DocKind::Invoice, Visibility::Officers);
        let new = NewDocument { estate, name: "a.pdf", kind, visibility, by };
        let paper = super::documents::PDF.to_vec();
        let sha256 = documents.keep(&new, paper).await.unwrap().row.sha256;
        let entropy = Arc::new(SeededEntropy::from_name(officer));
        let imports = Imports::of(world.book.books.clone(), documents, entropy);
        let said = Said { account: "R.1001.01".into(), ..Said::default() };
        let file = NewFile { estate, sort: Sort::Statement, name: "s.csv", said: &said, by };
        let bytes = crate::import::statement::CSV.as_bytes().to_vec();
        let import = imports.hand_in(&file, bytes).await.unwrap();
        Self { officer: officer.to_owned(), sha256, import }
    }

    fn fill(&self, path: &str) -> String {
        path.replace("{estate}", "620722-0017")
            .replace("{officer}", &self.officer)
            .replace("{sha256}", &self.sha256)
            .replace("{import}", &self.import)
            .replace("{draft}", DRAFT)
            .replace("{account}", "R.1001.01")
            .replace("{form}", "settle")
    }
}

/// An officer of every role, where the role can be granted, each signed in.
async fn everybody(world: &World) -> Vec<(Role, String, String)> {
    let mut all = Vec::new();
    for role in Role::ALL {
        let place = if role == Role::Administrator { Place::Instance } else { here() };
        let sign_in = role.word();
        let id = world.officer(sign_in, Some((role, place))).await;
        let token = world.signs_in(sign_in, PASSWORD, "").await.unwrap();
        all.push((role, id, token));
    }
    all
}

#[test]
fn every_route_of_the_desk_has_a_row() {
    let rows: BTreeSet<_> = ROWS.iter().map(|(method, path, _)| (*method, *path)).collect();
    let routes: BTreeSet<_> = guarded().map(|route| (route.method.as_str(), route.path)).collect();
    assert_eq!(rows, routes);
    for route in ROUTES {
        // What programs post carries a key, which no browser sends by itself, and no cookie.
        let is_safe = route.method.is_safe() || route.sort == RouteSort::Api;
        assert!(is_safe || route.sort.is_guarded(), "{} is open to forms of others", route.path);
        let desk = route.path == "/desk" || route.path.starts_with("/desk/");
        assert!(!desk || route.permission.is_some(), "{} is open to everybody", route.path);
    }
}

#[tokio::test]
async fn every_role_is_let_in_where_it_may_and_nowhere_else() {
    let world = World::new(On::Sqlite, false).await;
    some_draft(&world).await;
    let site = site(&world);
    for (role, id, mut token) in everybody(&world).await {
        let names = Names::of(&world, &id).await;
        for (method, path, who) in ROWS {
            let address = names.fill(path);
            let signed = Browser { site: &site, token: Some(token.clone()) };
            let nobody = Browser { site: &site, token: Some("0".repeat(64)) };
            let ask = async |browser: &Browser<'_>| match *method {
                "GET" => browser.gets(&address).await,
                _ => browser.fills(&address, &[]).await,
            };
            let answer = ask(&signed).await;
            // An empty sign-in is refused with the same status, whoever sends it.
            let refused = match who {
                Administrators => role != Role::Administrator,
                Holders(permission) => !permission.roles().contains(&role),
                Either(one, other) => {
                    !one.roles().contains(&role) && !other.roles().contains(&role)
                }
                _ => false,
            };
            let said = format!("{role} {method} {path}: {}", answer.status);
            assert_eq!(
                answer.status == StatusCode::FORBIDDEN,
                refused || (*method, *path) == ("POST", "/sign-in"),
                "{said}"
            );
            let to = answer.header("location");
            assert!(*path == "/sign-out" || !to.starts_with("/sign-in"), "{said} {to}");
            assert!(
                answer.status.as_u16() < 500 && answer.status != StatusCode::NOT_FOUND,
                "{said}"
            );
            assert_eq!(answer.header("cache-control"), "no-store", "{said}");
            assert!(answer.headers.get(header::ETAG).is_none(), "{said}");
            let answer = ask(&nobody).await;
            let to = answer.header("location");
            if *who == Everybody {
                assert!(!to.starts_with("/sign-in?next"), "{path}");
            } else {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
                assert!(to.starts_with("/sign-in?next=%2Fdesk"), "{path} {to}");
            }
            if *path == "/sign-out" {
                world.later(15 * super::MINUTE);
                token = world.signs_in(role.word(), PASSWORD, "").await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn an_estate_that_is_not_granted_is_answered_like_one_that_is_not_there() {
    let world = World::new(On::Sqlite, false).await;
    world.book.open_estate("620722-0018".parse().unwrap()).await;
    let site = site(&world);
    for (role, _, token) in everybody(&world).await {
        let browser = Browser { site: &site, token: Some(token) };
        let own = browser.gets("/desk/e/620722-0017").await;
        assert_eq!(own.status, StatusCode::OK, "{role}");
        let mut answers = Vec::new();
        for code in ["620722-0018", "620722-0999"] {
            let answer = browser.gets(&format!("/desk/e/{code}")).await;
            let headers: Vec<_> = answer
                .headers
                .iter()
                .filter(|(name, _)| *name != "x-request-id")
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            answers.push((answer.status, headers, answer.text.replace(code, "CODE")));
        }
        if role == Role::Administrator {
            assert_eq!(answers[0].0, StatusCode::OK);
            assert_eq!(answers[1].0, StatusCode::NOT_FOUND);
        } else {
            assert_eq!(answers[0].0, StatusCode::NOT_FOUND, "{role}");
            assert!(answers[0] == answers[1], "{role}: one can be told from the other");
        }
        let odd = browser.gets("/desk/e/%27or%201=1").await;
        assert_eq!(odd.status, StatusCode::NOT_FOUND, "{role}");
    }
}

#[tokio::test]
async fn forms_of_others_change_nothing() {
    let world = World::new(On::Sqlite, false).await;
    some_draft(&world).await;
    let site = site(&world);
    let everybody = everybody(&world).await;
    let (_, id, token) = everybody.last().unwrap().clone();
    let other = form_token(&everybody[0].2);
    let browser = Browser { site: &site, token: Some(token.clone()) };
    let own = form_token(&token);
    let names = Names::of(&world, &id).await;
    let before = world.audited().await.len();
    let posts: Vec<_> = guarded().filter(|route| route.method == Method::POST).collect();
    assert!(posts.len() >= 12);
    for route in &posts {
        let address = names.fill(route.path);
        for (form, headers) in [
            (None, vec![]),
            (Some("0"), vec![]),
            (Some(other.as_str()), vec![("sec-fetch-site", "same-origin")]),
            (Some(own.as_str()), vec![("origin", "https://evil.example")]),
            (Some(own.as_str()), vec![("origin", "http://desk.example.evil")]),
            (Some(own.as_str()), vec![("origin", "null"), ("sec-fetch-site", "cross-site")]),
            (Some(own.as_str()), vec![("sec-fetch-site", "same-site")]),
            (None, vec![("origin", "http://desk.example"), ("sec-fetch-site", "same-origin")]),
        ] {
            let fields = [("sign_in", "clerk"), ("name", "某"), ("password", PASSWORD)];
            let answer = browser.posts(&address, &fields, form, &headers).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{address} {form:?} {headers:?}");
        }
    }
    assert_eq!(world.audited().await.len(), before, "nothing was done");
    let fields = [("name", "x")];
    let sent = [("origin", "http://desk.example"), ("sec-fetch-site", "same-origin")];
    let answer = browser.posts("/desk/organisations", &fields, Some(&own), &sent).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "and its own form is taken");
    let large = "x".repeat(70_000);
    let answer = browser.fills("/desk/organisations", &[("name", &large)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn pages_of_the_desk_are_sound_in_both_languages() {
    let world = World::new(On::Sqlite, false).await;
    some_draft(&world).await;
    let site = site(&world);
    let id = world.officer("admin", Some((Role::Administrator, Place::Instance))).await;
    world.grants(&id, Role::Clerk, here()).await.unwrap();
    world.grants(&id, Role::Cashier, here()).await.unwrap();
    let token = world.signs_in("admin", PASSWORD, "").await.unwrap();
    let scope = "620722-0017:draft".parse().unwrap();
    world.people.make_token(&id, "导入", &[scope]).await.unwrap();
    let browser = Browser { site: &site, token: Some(token) };
    let begun = browser.fills("/desk/account/second/begin", &[("password", PASSWORD)]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER);
    let names = Names::of(&world, &id).await;
    for route in guarded().filter(|route| route.sort == RouteSort::Desk) {
        let path = &route.path;
        let address = names.fill(path);
        for lang in ["zh", "en"] {
            let cookie = match &browser.token {
                Some(token) if !matches!(*path, "/sign-in" | "/recover") => {
                    format!("lang={lang}; mingzhang={token}")
                }
                _ => format!("lang={lang}"),
            };
            let request = Request::builder().uri(&address).header(header::COOKIE, cookie);
            let nobody = Browser { site: &site, token: None };
            let answer = nobody.sends(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}");
            is_sound(&address, &answer);
        }
    }
}

pub fn is_sound(address: &str, answer: &Answer) {
    let html = answer.html();
    assert_eq!(all(&html, "h1").len(), 1, "{address}");
    assert!(all(&html, "[style], style, script").is_empty(), "{address}: inline code");
    let mut ids = BTreeSet::new();
    for element in all(&html, "[id]") {
        let id = element.value().attr("id").unwrap();
        assert!(!id.is_empty() && ids.insert(id), "{address}: #{id} twice");
    }
    for input in all(&html, "form[method=post] :is(input, select):not([type=hidden])") {
        let value = input.value();
        let label = value.attr("id").map(|id| format!("label[for=\"{id}\"]"));
        let labelled = label.is_some_and(|label| !all(&html, &label).is_empty());
        assert!(labelled || value.attr("type") == Some("checkbox"), "{address}: {value:?}");
        assert!(value.attr("type") != Some("password") || value.attr("value") == Some(""));
    }
    for form in all(&html, "form[method=post]") {
        let token = Selector::parse("input[name=form_token]").unwrap();
        let token = form.select(&token).next().unwrap().value().attr("value").unwrap();
        assert_eq!(token.len(), 64, "{address}");
    }
    assert!(!answer.text.contains("%{"), "{address}: a figure is missing in a text");
}

/// Where a form goes, what it sends, which field is to mend.
pub type Sent<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[tokio::test]
async fn a_form_that_cannot_be_taken_says_so_on_top_and_at_the_field() {
    let world = World::new(On::Sqlite, false).await;
    let site = site(&world);
    let id = world.officer("admin", Some((Role::Administrator, Place::Instance))).await;
    let token = world.signs_in("admin", PASSWORD, "").await.unwrap();
    let browser = Browser { site: &site, token: Some(token) };
    let grants = format!("/desk/officers/{id}/grants");
    let forms: [Sent<'_>; 5] = [
        ("/desk/account/password", &[("new_password", "short")], "#password-new_password"),
        ("/desk/account/keys", &[("name", "x"), ("estate", "620722-0017")], "#key-verb"),
        ("/desk/officers", &[("name", "x"), ("sign_in", "A B")], "#officer-sign_in"),
        ("/desk/organisations", &[("name", "")], "#organisation-name"),
        (&grants, &[("role", "clerk"), ("estate", "")], "#grant-estate"),
    ];
    for (path, fields, href) in forms {
        let answer = browser.fills(path, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let html = answer.html();
        let link = all(&html, ".faults a")[0].value().attr("href").unwrap();
        assert_eq!(link, href, "{path}");
        let field = all(&html, href);
        assert_eq!(field.len(), 1, "{path}: the link leads to its field");
        let described = field[0].value().attr("aria-describedby").unwrap_or_default();
        assert!(described.split(' ').any(|id| id.ends_with("-fault")), "{path} {described}");
        is_sound(path, &answer);
    }
    let answer = browser.fills("/desk/officers", &[("name", "李娜"), ("sign_in", "A B")]).await;
    assert!(answer.text.contains("value=\"李娜\""), "what was typed is kept");
}

#[tokio::test]
async fn signing_in_brings_a_new_token_and_leads_nowhere_else() {
    let world = World::new(On::Sqlite, true).await;
    world.officer("zhang", Some((Role::Reviewer, here()))).await;
    let base_url = Some("https://ledger.example".to_owned());
    let site = router(Site {
        people: world.people.clone(),
        base_url,
        ..Site::of(world.book.books.clone())
    });
    let browser = Browser { site: &site, token: None };
    let page = browser.gets("/sign-in?next=%2Fdesk%2Fe%2F620722-0017").await;
    let cookie = page.header("set-cookie").to_owned();
    for part in ["__Host-mingzhang=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    let before = cookie["__Host-mingzhang=".len()..][..64].to_owned();
    let form = form_token(&before);
    let send = async |cookie: &str, password: &str, next: &str| {
        let body = format!(
            "form_token={form}&sign_in=zhang&password={}&next={next}",
            password.replace(' ', "+")
        );
        let request = Request::builder()
            .method(Method::POST)
            .uri("/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "https://ledger.example")
            .header(header::COOKIE, cookie);
        browser.sends(request.body(Body::from(body)).unwrap()).await
    };
    let plain = format!("mingzhang={before}");
    let refused = send(&plain, PASSWORD, "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "a cookie that others can set counts not");
    let cookie = format!("__Host-mingzhang={before}");
    let refused = send(&cookie, "wrong password", "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("登录名、密码或验证码不对"), "{}", refused.text);
    assert!(!refused.text.contains("wrong password"));
    let signed = send(&cookie, PASSWORD, "https://evil.example/desk").await;
    assert_eq!((signed.status, signed.header("location")), (StatusCode::SEE_OTHER, "/desk"));
    let after = signed.header("set-cookie")["__Host-mingzhang=".len()..][..64].to_owned();
    assert_ne!(after, before, "what was set before signing in is worth nothing after it");

    // A reviewer sets the second factor up before anything else opens.
    let gets = async |path: &str| {
        let request = Request::builder()
            .uri(path)
            .header(header::COOKIE, format!("__Host-mingzhang={after}"));
        browser.sends(request.body(Body::empty()).unwrap()).await
    };
    let led = gets("/desk/e/620722-0017").await;
    assert_eq!(led.header("location"), "/desk/account/second");
    assert_eq!(gets("/desk/account").await.status, StatusCode::OK);
    let body = format!("form_token={}&name=x&estate=620722-0017&verb=post", form_token(&after));
    let request = Request::builder()
        .method(Method::POST)
        .uri("/desk/account/keys")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, format!("__Host-mingzhang={after}"));
    let led = browser.sends(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(led.header("location"), "/desk/account/second", "no key goes round it");
    assert_eq!(gets("/sign-in").await.header("location"), "/desk");
    for _ in 0..6 {
        send(&cookie, "wrong password", "").await;
    }
    let slowed = send(&cookie, PASSWORD, "").await;
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
}
