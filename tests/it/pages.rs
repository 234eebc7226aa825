//! The pages as readers get them: every route in both languages, figures that add up as
//! printed, editions, errors, texts, and nothing that breaks on odd addresses.

mod agreements;
mod fund;
mod notices;
mod papers;
pub mod story;
pub mod texts;

use std::collections::BTreeSet;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use mingzhang::ledger::chain::entry_hash;
use mingzhang::ledger::findings::findings;
use mingzhang::ledger::money::Money;
use mingzhang::web::routes::{ROUTES, Sort};
use mingzhang::web::{Site, router, serve};
use proptest::prelude::*;
use scraper::{ElementRef, Html, Selector};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

use self::story::half_a_year;
use self::texts::texts;
use crate::harness::{On, TestBook, credit, debit, event, export, reviewer};

/// The estate of the story.
const HOME: &str = "/e/620722-0017";
/// The day on which the reader looks.
const TODAY: &str = "2025-06-30";

/// The site over a book, as a reader's browser reaches it.
struct Reader {
    site: Router,
}

/// An answer.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Reader {
    fn of(book: &TestBook) -> Self {
        let base_url = Some("https://ledger.example".to_owned());
        let books = book.books.clone();
        Self { site: router(Site { demonstration: true, base_url, ..Site::of(books) }) }
    }

    async fn asks(&self, address: &str, headers: &[(header::HeaderName, &str)]) -> Answer {
        let mut request = Request::builder().uri(address);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        self.sends(request.body(Body::empty()).unwrap()).await
    }

    async fn sends(&self, request: Request<Body>) -> Answer {
        let response = self.site.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        answer.has_its_headers();
        answer
    }

    /// A page that is there, in a language.
    async fn page(&self, address: &str, lang: &str) -> Html {
        let answer = self.asks(address, &[(header::COOKIE, &format!("lang={lang}"))]).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        Html::parse_document(answer.text())
    }
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// What every answer carries.
    fn has_its_headers(&self) {
        let policy = self.header("content-security-policy");
        for part in ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert_eq!(self.header("referrer-policy"), "no-referrer");
        assert_eq!(self.header("cross-origin-opener-policy"), "same-origin");
        assert!(self.header("permissions-policy").contains("camera=()"));
    }
}

fn all<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The amount that an element prints: `1,234.56`, `¥1,234.56`, `-999.00`.
fn printed(element: ElementRef<'_>) -> Money {
    let text = words(element);
    let text = text.split(' ').next().unwrap_or_default();
    amount(text).unwrap_or_else(|| panic!("\"{text}\" is no amount"))
}

fn amount(text: &str) -> Option<Money> {
    let plain = text.trim_start_matches('¥').replace(',', "");
    match plain.strip_prefix('-') {
        Some(plain) => plain.parse::<Money>().ok().map(|amount| -amount),
        None => plain.parse().ok(),
    }
}

fn sum(html: &Html, selector: &str) -> Money {
    all(html, selector).into_iter().map(printed).sum()
}

fn one(html: &Html, selector: &str) -> Money {
    printed(*all(html, selector).first().unwrap_or_else(|| panic!("no {selector}")))
}

/// Addresses of a route over the estate of the story.
fn addresses(path: &str) -> Vec<String> {
    let path = path.replace("{estate}", "620722-0017");
    let filled: Vec<String> = match path.as_str() {
        "/static/{name}" => Vec::new(),
        "/problems/{name}" => vec!["/problems/i3".into(), "/problems/outcome-unknown".into()],
        // Only where a paper is kept: `people/documents.rs`.
        _ if path.contains("{sha256}") => Vec::new(),
        _ if path.contains("{seq}") => {
            (0..28).map(|seq| path.replace("{seq}", &seq.to_string())).collect()
        }
        _ if path.contains("{no}") => {
            ["C-01", "C-03", "C-05", "%E6%9C%BA%E6%88%BF%2F%E4%B8%80%E6%9C%9F"]
                .into_iter()
                .map(|no| path.replace("{no}", no))
                .collect()
        }
        _ if path.contains("/statements/{name}") => mingzhang::ledger::papers::PAPERS
            .iter()
            .map(|known| path.replace("{name}", known.name))
            .collect(),
        _ if path.contains("{period}") => {
            let periods = ["2025", "2025-Q1", "2025Q2", "2025-03"];
            periods.into_iter().map(|period| path.replace("{period}", period)).collect()
        }
        _ => vec![path],
    };
    let also = ["620722-0011", "620722-0012"].map(|other| {
        let addresses = filled.iter().filter(|a| !a.contains("/entries/") && !a.contains("/C-"));
        let addresses = addresses.filter(|a| a.contains("620722") && !a.contains('%'));
        addresses.map(|address| address.replace("620722-0017", other)).collect::<Vec<_>>()
    });
    filled.into_iter().chain(also.into_iter().flatten()).collect()
}

#[tokio::test]
async fn every_route_answers_in_both_languages() {
    let book = half_a_year().await;
    let reader = Reader::of(&book);
    // What machines read has no language, and a stream no end: operations.rs, events.rs; the
    // desk is people/pages.rs.
    // The API is api.rs.
    let answered = |sort: Sort| {
        !matches!(sort, Sort::Machine | Sort::Stream | Sort::Api) && !sort.is_guarded()
    };
    for route in ROUTES.iter().filter(|route| answered(route.sort)) {
        for address in addresses(route.path) {
            for (lang, tag) in [("zh", "zh-CN"), ("en", "en")] {
                let cookie = format!("theme=x; lang={lang}");
                let answer = reader.asks(&address, &[(header::COOKIE, &cookie)]).await;
                assert_eq!(answer.status, StatusCode::OK, "{address}");
                if route.sort == Sort::Page {
                    is_a_sound_page(&address, tag, &answer);
                }
            }
        }
    }
}

fn is_a_sound_page(address: &str, tag: &str, answer: &Answer) {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("vary"), "Cookie, Accept-Language");
    assert!(answer.header("cache-control").starts_with("public, max-age=5"));
    assert_eq!(answer.header("etag").len(), 18, "{address}");
    assert!(answer.body.len() < 120_000, "{address} has {} bytes", answer.body.len());
    let html = Html::parse_document(answer.text());
    assert_eq!(all(&html, "html")[0].value().attr("lang"), Some(tag), "{address}");
    assert_eq!(all(&html, "h1").len(), 1, "{address}");
    assert_eq!(all(&html, "main#main").len(), 1, "{address}");
    assert!(all(&html, "[style], style, script:not([src])").is_empty(), "{address}: inline code");
    for element in all(&html, "[src], link[href], form[action]") {
        let value = element.value();
        let to = ["src", "href", "action"].into_iter().find_map(|name| value.attr(name));
        assert!(
            to.is_some_and(|to| to.starts_with('/') && !to.starts_with("//")),
            "{address}: {to:?}"
        );
    }
    let mut ids = BTreeSet::new();
    for element in all(&html, "[id]") {
        let id = element.value().attr("id").unwrap();
        assert!(ids.insert(id), "{address}: #{id} twice");
    }
    for element in all(&html, "[aria-labelledby]") {
        for id in element.value().attr("aria-labelledby").unwrap().split(' ') {
            assert!(ids.contains(id), "{address}: no #{id}");
        }
    }
    for cell in all(&html, "thead th") {
        assert!(cell.value().attr("scope").is_some(), "{address}: a heading without scope");
    }
    let text = words(all(&html, "body")[0]);
    let known = texts("zh");
    let raw = text.split(' ').find(|word| known.contains_key(*word));
    assert_eq!(raw, None, "{address}: a text is missing");
    assert!(!text.contains("%{"), "{address}: a figure is missing in a text");
}

#[tokio::test]
async fn printed_figures_of_the_home_add_up() {
    let book = half_a_year().await;
    let reader = Reader::of(&book);
    for lang in ["zh", "en"] {
        let home = reader.page(HOME, lang).await;
        for strip in all(&home, ".fund .strip") {
            let strip = Html::parse_fragment(&strip.html());
            let part = |part: &str| one(&strip, &format!("[data-part={part}]"));
            assert_eq!(part("opening") + part("in") - part("out"), part("closing"));
        }
        let sentence = words(all(&home, ".fund.first .sentence")[0]);
        let figures: Vec<Money> = sentence
            .split(|c: char| !(c.is_ascii_digit() || ",.".contains(c)))
            .filter_map(|text| amount(text.trim_end_matches(['.', ','])))
            .collect();
        let [accounts, others, own] = figures[..] else { panic!("{sentence}") };
        assert_eq!(accounts - others, own, "{sentence}");
        assert_eq!(one(&home, ".fund.first .own .figure"), own);

        let place = words(all(&home, ".fund.first .place")[0]);
        let lies: Money = place.split(' ').filter_map(amount).sum();
        assert_eq!(lies, one(&home, ".fund.first [data-part=closing]"), "{place}");

        assert_eq!(sum(&home, ".bars tbody .num"), one(&home, ".bars tfoot .num"));
        let months = "section[aria-labelledby=months] table";
        for column in [2, 3] {
            let cells = sum(&home, &format!("{months} tbody td:nth-child({column})"));
            assert_eq!(cells, one(&home, &format!("{months} tfoot td:nth-child({column})")));
        }
        let gap = one(&home, "section[aria-labelledby=contracts] .headline .figure");
        assert!(gap.is_positive());
        let contracts = reader.page(&format!("{HOME}/contracts"), lang).await;
        assert_eq!(one(&contracts, ".strip [data-part=gap]"), gap, "home and list agree");
    }
}

#[tokio::test]
async fn printed_figures_of_lists_and_statements_add_up() {
    let book = half_a_year().await;
    let reader = Reader::of(&book);
    for address in ["", "?fund=R", "?side=out", "?kind=income&from=2025-02&to=2025-03", "?q=停车"]
    {
        let lines = reader.page(&format!("{HOME}/lines{address}"), "zh").await;
        let of = |side: &str| sum(&lines, &format!(".lines .amount.{side} .figure"));
        assert_eq!(of("in"), one(&lines, "[data-part=in]"), "{address}");
        assert_eq!(of("out"), one(&lines, "[data-part=out]"), "{address}");
        assert_eq!(of("in") - of("out"), one(&lines, "[data-part=net]"), "{address}");
        let count = words(all(&lines, ".lines caption")[0]);
        let rows = all(&lines, ".lines .amount .figure").len();
        assert!(count.contains(&format!(" {rows} ")), "{count}");
    }
    let contracts = reader.page(&format!("{HOME}/contracts"), "zh").await;
    let part = |part: &str| one(&contracts, &format!(".strip [data-part={part}]"));
    assert_eq!(part("due") - part("settled"), part("gap"));
    for column in 5..=7 {
        let cells = all(&contracts, &format!(".contracts tbody tr > :nth-child({column})"));
        let known = cells.into_iter().filter(|cell| words(*cell) != "不详").map(printed);
        let last = format!(".contracts tfoot td:nth-child({})", column - 3);
        assert_eq!(known.sum::<Money>(), one(&contracts, &last), "column {column}");
    }
    for no in ["C-01", "C-02", "C-03"] {
        let contract = reader.page(&format!("{HOME}/contracts/{no}"), "zh").await;
        let months = "section[aria-labelledby=months] table";
        for (column, part) in [(2, "due"), (3, "received"), (4, "gap")] {
            let later = if part == "due" { ":not(.later)" } else { "" };
            let cells = sum(&contract, &format!("{months} tbody tr{later} [data-part={part}]"));
            let last = one(&contract, &format!("{months} tfoot td:nth-child({column})"));
            assert_eq!(cells, last, "{no} {part}");
        }
    }
    statements_add_up(&reader).await;
}

async fn statements_add_up(reader: &Reader) {
    for scope in ["?period=2025", "?period=2025-Q1", "?period=2025-06", "?fund=F&period=2025"] {
        let page = reader.page(&format!("{HOME}/statements/income{scope}"), "zh").await;
        let section = |name: &str| {
            let rows = format!("[data-section={name}]");
            if all(&page, &rows).is_empty() {
                return Money::ZERO;
            }
            let total = one(&page, &format!("{rows} .section .num"));
            assert_eq!(sum(&page, &format!("{rows} .heading .num")), total, "{scope} {name}");
            total
        };
        let (income, cost, uses) = (section("income"), section("cost"), section("uses"));
        assert_eq!(income - cost - uses, one(&page, "[data-part=balance]"), "{scope}");
        let part = |part: &str| one(&page, &format!(".strip [data-part={part}]"));
        assert_eq!(part("opening") + part("in") - part("out"), part("closing"), "{scope}");

        let trial = reader.page(&format!("{HOME}/statements/trial{scope}"), "zh").await;
        let column = |rows: &str, nth: usize| {
            let cells = all(&trial, &format!(".trial {rows} td.num:nth-child({nth})"));
            cells.into_iter().filter(|cell| !words(*cell).is_empty()).map(printed).sum::<Money>()
        };
        for pair in [[3, 4], [5, 6], [7, 8]] {
            let totals = pair.map(|nth| column("tfoot", nth - 1));
            assert_eq!(totals[0], totals[1], "{scope}: debit equals credit");
            assert_eq!(pair.map(|nth| column("tbody", nth)), totals, "{scope}");
        }
    }
}

#[tokio::test]
async fn a_corrected_receipt_is_one_line_with_the_right_amount() {
    let book = half_a_year().await;
    let reader = Reader::of(&book);
    let lines = reader.page(&format!("{HOME}/lines?q=充电"), "zh").await;
    let rows = all(&lines, ".lines tbody tr:not(.month)");
    assert_eq!(rows.len(), 1, "the correction has no line of its own");
    let row = words(rows[0]);
    assert!(row.contains("3,900.00") && row.contains("已更正") && !row.contains("9,300"), "{row}");
    let tag = all(&lines, ".lines .tag")[0].value().attr("href").unwrap();
    let correction = reader.page(tag, "zh").await;
    let text = words(all(&correction, "main")[0]);
    for part in ["3,900 误录为 9,300", "叁仟玖佰元整", "冲回的分录", "现在有效的分录"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    let root = all(&correction, ".notice a")[0].value().attr("href").unwrap();
    let root = reader.page(root, "zh").await;
    assert_eq!(words(all(&root, ".amount-head s")[0]), "当初记的 9,300.00");
    for table in all(&root, ".posting").into_iter().chain(all(&correction, ".posting")) {
        let table = Html::parse_fragment(&table.html());
        let side = |part: &str| sum(&table, &format!("[data-part={part}]:not(:empty)"));
        assert_eq!(side("debit"), side("credit"));
        assert_eq!(side("debit"), one(&table, "tfoot td"));
    }
}

#[tokio::test]
async fn what_is_unknown_is_never_printed_as_nothing() {
    let book = half_a_year().await;
    let reader = Reader::of(&book);
    let page = reader.page(&format!("{HOME}/contracts/C-05"), "zh").await;
    let figures: Vec<String> = all(&page, ".strip dd").into_iter().map(words).collect();
    assert_eq!(figures, ["不详", "0.00", "不详"]);
    let market = reader.page(&format!("{HOME}/contracts/C-03"), "zh").await;
    let text = words(all(&market, "main")[0]);
    assert!(text.contains("个人") && !text.contains("pt_"), "{text}");
    let new = reader.page("/e/620722-0012", "zh").await;
    assert_eq!(all(&new, ".fund .empty").len(), 2, "both funds say that they are empty");
}

#[tokio::test]
async fn a_reader_who_has_the_edition_gets_no_body() {
    let mut book = half_a_year().await;
    let reader = Reader::of(&book);
    let lines = format!("{HOME}/lines");
    for address in ["/", HOME, &lines] {
        let zh = [(header::COOKIE, "lang=zh")];
        let first = reader.asks(address, &zh).await;
        let tag = first.header("etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".into()] {
            let headers = [(header::COOKIE, "lang=zh"), (header::IF_NONE_MATCH, known.as_str())];
            let again = reader.asks(address, &headers).await;
            assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{address} {known}");
            assert_eq!(again.header("etag"), tag);
            assert!(again.body.is_empty());
        }
        let same = reader.asks(address, &zh).await;
        assert_eq!(same.body, first.body, "{address}: the same edition is the same page");
        for cookie in ["lang=en", "lang=zh; view=elder"] {
            let headers = [(header::COOKIE, cookie), (header::IF_NONE_MATCH, tag.as_str())];
            let other = reader.asks(address, &headers).await;
            assert_eq!(other.status, StatusCode::OK, "{address} {cookie}");
        }
    }
    let before = reader.asks(HOME, &[]).await;
    let draft = book
        .money(event("income", []), vec![debit("R.1001.01", "420.00"), credit("R.4508", "420.00")]);
    book.post(draft).await.unwrap();
    let tag = before.header("etag").to_owned();
    let after = reader.asks(HOME, &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!(after.status, StatusCode::OK);
    assert_ne!(after.header("etag"), tag);
    book.on("2025-07-01");
    let tag = after.header("etag").to_owned();
    let next_day = reader.asks(HOME, &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!(next_day.status, StatusCode::OK, "findings depend on the day");
}

#[tokio::test]
async fn what_is_not_there_is_said_with_a_way_on() {
    let book = half_a_year().await;
    let reader = Reader::of(&book);
    let missing = [
        "/nothing",
        "/e/620722-9999",
        "/e/620722-9999/lines",
        "/e/abc",
        "/e/620722-0017/entries/28",
        "/e/620722-0017/entries/007",
        "/e/620722-0017/entries/-1",
        "/e/620722-0017/entries/28/bytes",
        "/e/620722-0017/contracts/C-99",
        "/static/style.css",
        "/e/%3Cscript%3E",
        "/e/620722-0017/",
        "/e/%FF%FE",
    ];
    for address in missing {
        let answer = reader.asks(address, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert_eq!(answer.header("cache-control"), "no-store");
        let html = Html::parse_document(answer.text());
        assert_eq!(all(&html, "form[role=search] input[name=q]").len(), 1, "{address}");
        assert!(!answer.text().contains("<script"), "{address}");
    }
    let post = Request::post(HOME).body(Body::empty()).unwrap();
    assert_eq!(reader.sends(post).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let head = Request::head(HOME).body(Body::empty()).unwrap();
    let head = reader.sends(head).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_named_and_kept() {
    let book = half_a_year().await;
    let reader = Reader::of(&book);
    for (query, field) in [
        ("fund=X", "fund"),
        ("from=2025-13", "from"),
        ("to=soon", "to"),
        ("from=2025-05&to=2025-01", "to"),
        ("kind=gift", "kind"),
        ("kind=correct", "kind"),
        ("side=up", "side"),
        ("min=1.234", "min"),
        ("max=%22%3E%3Cscript%3E", "max"),
        ("min=5&max=4", "max"),
        ("before=x", "before"),
    ] {
        let answer = reader.asks(&format!("{HOME}/lines?q=%E5%81%9C%E8%BD%A6&{query}"), &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        let html = Html::parse_document(answer.text());
        let faults = all(&html, ".faults li a");
        assert_eq!(faults.len(), 1, "{query}");
        assert_eq!(faults[0].value().attr("href"), Some(format!("#f-{field}").as_str()));
        assert_eq!(all(&html, "input[name=q]")[0].value().attr("value"), Some("停车"));
        assert!(!answer.text().contains("<script>"), "{query}");
    }
    for address in
        ["/statements/income?period=2025-Q9", "/contracts?on=2026-01-01", "/contracts?on=x"]
    {
        let answer = reader.asks(&format!("{HOME}{address}"), &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
    }
    assert_eq!(reader.asks("/?after=x", &[]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_found_is_said_in_both_languages() {
    let book = half_a_year().await;
    let found = findings(&*book.book().await, book.books.today());
    assert!(found.len() > 5, "the story has something to ask about");
    let known = texts("zh");
    for finding in found {
        assert!(known.contains_key(&format!("finding.{}", finding.code)), "{}", finding.code);
        for (name, _) in &finding.figures {
            assert!(known.contains_key(&format!("figure.{name}")), "{name}");
        }
    }
}

#[tokio::test]
async fn older_lines_follow_page_by_page_without_loss() {
    let mut book = TestBook::open(On::Sqlite).await;
    for nth in 0..70_u32 {
        let amount = Money::from_fen(10_000 + i64::from(nth)).to_string();
        let lines = vec![debit("R.1001.01", &amount), credit("R.4508", &amount)];
        let draft = book.money(event("income", []), lines);
        book.books.post(vec![draft], reviewer()).await.unwrap();
    }
    let reader = Reader::of(&book);
    let (mut address, mut seen) = (format!("{HOME}/lines?fund=R"), Vec::new());
    loop {
        let page = reader.page(&address, "zh").await;
        let rows = all(&page, ".lines .what > a:first-child");
        seen.extend(rows.iter().map(|row| row.value().attr("href").unwrap().to_owned()));
        let next = all(&page, "a[rel=next]");
        let Some(next) = next.first() else { break };
        next.value().attr("href").unwrap().clone_into(&mut address);
    }
    let expected: Vec<String> = (2..72).rev().map(|seq| format!("{HOME}/entries/{seq}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_choice_is_kept_and_leads_back_to_this_site() {
    let book = TestBook::open(On::Sqlite).await;
    let reader = Reader::of(&book);
    let answer = reader.asks(&format!("{HOME}/lines?fund=R&lang=en&view=elder"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), format!("{HOME}/lines?fund=R"));
    let cookies: Vec<&str> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .collect();
    assert_eq!(cookies.len(), 2);
    for (cookie, choice) in cookies.iter().zip(["lang=en", "view=elder"]) {
        assert!(cookie.starts_with(choice) && cookie.contains("SameSite=Lax; HttpOnly; Secure"));
    }
    for address in
        ["//evil.example/x?lang=en", "/%5Cevil.example?lang=en", "/\\evil.example?lang=en"]
    {
        let answer = reader.asks(address, &[]).await;
        let back = answer.header("location");
        assert!(!back.starts_with("//") && !back.starts_with("/\\"), "{address} leads to {back}");
    }
    let unknown = reader.asks(&format!("{HOME}?lang=fr"), &[]).await;
    assert_eq!(unknown.status, StatusCode::OK, "a language that isn't there changes nothing");
    let accepted = reader.asks(HOME, &[(header::ACCEPT_LANGUAGE, "en-GB,en;q=0.9")]).await;
    assert!(accepted.text().contains("<html lang=\"en\""));
}

#[tokio::test]
async fn the_elder_view_speaks_plainly() {
    let book = half_a_year().await;
    let reader = Reader::of(&book);
    let pages = [
        "",
        "/lines",
        "/entries/12",
        "/entries/26",
        "/contracts",
        "/contracts/C-01",
        "/findings",
        "/notices",
        "/notices/2025Q1",
    ];
    for path in pages {
        let cookie = [(header::COOKIE, "view=elder; lang=zh")];
        let answer = reader.asks(&format!("{HOME}{path}"), &cookie).await;
        let html = Html::parse_document(answer.text());
        let text = words(all(&html, "body")[0]);
        for word in ["借", "贷", "哈希", "链", "SHA"] {
            assert!(!text.contains(word), "{path} says {word}");
        }
        assert_eq!(all(&html, "html.elder").len(), 1);
    }
    let home = reader.asks(HOME, &[(header::COOKIE, "view=elder")]).await;
    let home = Html::parse_document(home.text());
    assert_eq!(all(&home, ".huge").len(), 1, "one big number");
    let full = reader.page(HOME, "zh").await;
    assert_eq!(one(&home, ".huge .figure"), one(&full, ".fund.first .own .figure"));
}

#[tokio::test]
async fn bytes_and_export_are_what_was_hashed() {
    let book = half_a_year().await;
    let reader = Reader::of(&book);
    for seq in 0..28 {
        let bytes = reader.asks(&format!("{HOME}/entries/{seq}/bytes"), &[]).await;
        let entry = book.entry(seq).await;
        assert_eq!(entry_hash(&bytes.body), entry.hash);
        assert_eq!(bytes.header("cache-control"), "public, max-age=31536000, immutable");
        let page = reader.page(&format!("{HOME}/entries/{seq}"), "en").await;
        let text = words(all(&page, "main")[0]);
        assert!(text.contains(&entry.hash.to_string()));
        let command = format!(
            "(printf '\\0'; curl -s https://ledger.example{HOME}/entries/{seq}/bytes) | sha256sum"
        );
        assert!(text.contains(&command), "{text}");
    }
    let download = reader.asks(&format!("{HOME}/export.jsonl"), &[]).await;
    let code = "620722-0017".parse().unwrap();
    assert_eq!(download.body, export(&book.books, code).await);
}

/// Sends some bytes to a served site and reads until it hangs up.
async fn over_tcp(to: std::net::SocketAddr, bytes: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(to).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn the_listener_answers_sheds_the_slow_and_stops() {
    let book = TestBook::open(On::Sqlite).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = listener.local_addr().unwrap();
    let books = book.books.clone();
    let site = Site::of(books);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(serve(listener, site, async {
        let _ = stopped.await;
    }));
    let asked = format!("GET {HOME} HTTP/1.1\r\nHost: estate.example\r\nConnection: close\r\n\r\n");
    let answer = over_tcp(to, &asked).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let evil = asked.replace("estate.example", "a\"b/c");
    assert!(!over_tcp(to, &evil).await.contains("a\"b/c"), "a host is printed as it came");
    if crate::harness::is_long() {
        let began = std::time::Instant::now();
        over_tcp(to, "GET / HTTP/1.1\r\nHost: slow").await;
        assert!(began.elapsed().as_secs() < 15, "a head that never ends is given up");
    }
    let idle = tokio::net::TcpStream::connect(to).await.unwrap();
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(std::time::Duration::from_secs(5), served).await;
    ended.expect("an idle connection doesn't hold the server").unwrap().unwrap();
    drop(idle);
}

/// Odd addresses get an answer, never a failure of ours.
#[test]
fn no_address_breaks_a_page() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let book = runtime.block_on(half_a_year());
    let reader = Reader::of(&book);
    let names = [
        "q", "fund", "from", "to", "kind", "side", "min", "max", "before", "contract", "period",
        "on", "after", "lang", "view", "account", "seq", "as", "code",
    ];
    let paths = [
        "/",
        HOME,
        "/e/620722-0017/lines",
        "/e/620722-0017/contracts",
        "/e/620722-0017/contracts/C-01",
        "/e/620722-0017/statements/income",
        "/e/620722-0017/statements/trial",
        "/e/620722-0017/findings",
        "/e/620722-0017/statements/ledger",
        "/e/620722-0017/statements/journal",
        "/e/620722-0017/statements/dues/table.csv",
        "/e/620722-0017/statements/ageing/table.xlsx",
        "/e/620722-0017/notices/2025Q1",
        "/check",
        "/e/620722-0017/export.csv",
        "/e/620722-0017/export.xlsx",
        "/e/620722-0017/export.journal",
        "/e/620722-0017/export.beancount",
        "/e/620722-0017/export.u8.txt",
        "/e/620722-0017/export.kis.xlsx",
        "/e/620722-0017/export.jsonl",
    ];
    let pair =
        (proptest::sample::select(names.to_vec()), proptest::collection::vec(any::<u8>(), 0..24));
    let near = (
        proptest::sample::select(names.to_vec()),
        "[0-9RFQ.,:-]{0,20}".prop_map(String::into_bytes),
    );
    let queries = proptest::collection::vec(prop_oneof![pair, near], 0..5);
    let config = ProptestConfig {
        cases: if crate::harness::is_long() { 5_000 } else { 300 },
        ..ProptestConfig::default()
    };
    proptest!(config, |(path in proptest::sample::select(paths.to_vec()), query in queries)| {
        let encode = |bytes: &[u8]| {
            let escapes: Vec<String> = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
            escapes.concat()
        };
        let query: Vec<String> = query.iter().map(|(n, v)| format!("{n}={}", encode(v))).collect();
        let address = format!("{path}?{}", query.join("&"));
        let answer = runtime.block_on(reader.asks(&address, &[]));
        prop_assert!(!answer.status.is_server_error(), "{address}: {}", answer.status);
    });
}
