//! Reads: what the book says, page by page, with the edition that a program keeps.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use mingzhang::ledger::account::Fund;
use mingzhang::ledger::findings::{Finding, findings};
use mingzhang::ledger::listing::Filter;
use mingzhang::ledger::papers::{Asked, PAPERS};
use mingzhang::ledger::period::Period;
use mingzhang::ledger::statements::{
    contract_dues, dues_total, income_statement, position, rows_total, trial_balance,
};
use mingzhang::services::papers::{Made, make};
use mingzhang::web::api::operations::{OPERATIONS, operation};
use mingzhang::web::routes::{ROUTES, Sort};
use serde_json::Value;

use super::Api;
use crate::pages::story::half_a_year;

const HOME: &str = "/api/v1/estates/620722-0017";

#[tokio::test]
async fn every_figure_is_the_books() {
    let api = Api::of(half_a_year().await).await;
    let book = api.book.book().await;
    let estate = api.reads(HOME).await;
    assert_eq!(estate["as_of_seq"], book.head().entries - 1);
    assert_eq!(estate["head"], book.head().hash.to_string());
    let own = position(&book, Fund::R).own();
    assert_eq!(estate["funds"][0]["own"], own.to_string());

    let told = api.reads(&format!("{HOME}/balances")).await;
    let told: Vec<_> =
        list(&told["accounts"]).map(|row| (text(&row["account"]), text(&row["balance"]))).collect();
    let kept: Vec<_> = book
        .balances()
        .accounts()
        .map(|(code, balance)| (code.to_string(), balance.to_string()))
        .collect();
    assert_eq!(told, kept);

    let on = book.last_day().unwrap();
    let told = api.reads(&format!("{HOME}/contracts?on={on}")).await;
    let dues = contract_dues(&book, on);
    let total = dues_total(&dues);
    assert_eq!(told["total"]["gap"], total.gap.to_string());
    assert_eq!(told["total"]["due"], total.due.to_string());
    assert_eq!(list(&told["contracts"]).count(), dues.len());
    let one = api.reads(&format!("{HOME}/contracts/C-01?on={on}")).await;
    assert_eq!(one["contract"]["no"], "C-01");
    assert!(list(&one["months"]).count() > 0);

    let told = api.reads(&format!("{HOME}/findings")).await;
    let ids: Vec<_> = list(&told["findings"]).map(|finding| text(&finding["id"])).collect();
    let kept: Vec<_> = findings(&book, api.book.books.today()).iter().map(Finding::id).collect();
    assert_eq!(ids, kept);

    for period in ["2025", "2025-Q1", "2025-03"] {
        let told = api.reads(&format!("{HOME}/statements/income?period={period}")).await;
        let kept = income_statement(&book, Fund::R, period.parse().unwrap());
        assert_eq!(told["balance"], kept.balance().to_string(), "{period}");
        assert_eq!(told["income_total"], kept.income_total().to_string());
        assert_eq!(list(&told["cost"]).count(), kept.cost.len());
        let told = api.reads(&format!("{HOME}/statements/trial?period={period}")).await;
        let kept = trial_balance(&book, Fund::R, period.parse().unwrap());
        assert_eq!(list(&told["accounts"]).count(), kept.len(), "{period}");
        assert_eq!(told["total"]["closing"]["debit"], told["total"]["closing"]["credit"]);
    }
}

#[tokio::test]
async fn every_paper_and_notice_is_that_of_the_pages() {
    let api = Api::of(half_a_year().await).await;
    let (book, books) = (api.book.book().await, &api.book.books);
    let listed = api.reads(&format!("{HOME}/statements")).await;
    let names: Vec<_> = list(&listed["statements"]).map(|paper| text(&paper["name"])).collect();
    assert_eq!(names, PAPERS.iter().map(|known| known.name).collect::<Vec<_>>());
    let period: Period = "2025-03".parse().unwrap();
    for known in PAPERS.iter().filter(|known| !matches!(known.name, "income" | "trial")) {
        let account = (known.name == "ledger").then(|| "R.1001.01".parse().unwrap());
        let asked = Asked { fund: Fund::R, period, account, today: books.today() };
        let made = make(books, &book, known, &asked, usize::MAX).await.unwrap();
        let Made::Paper(paper) = made else { panic!("{}", known.name) };
        let of = account.map(|_| "&account=R.1001.01").unwrap_or_default();
        let address = format!("{HOME}/statements/{}?period={period}{of}", known.name);
        let told = api.reads(&address).await;
        let table = &told["table"];
        assert_eq!(list(&table["rows"]).count(), paper.rows.len(), "{}", known.name);
        for (column, sum) in paper.columns.iter().zip(paper.control()) {
            let sum = sum.map_or(Value::Null, |sum| sum.to_string().into());
            assert_eq!(table["control"][column], sum, "{} {column}", known.name);
        }
    }
    let notice = api.reads(&format!("{HOME}/notices/2025-Q1")).await;
    let quarter = api.reads(&format!("{HOME}/statements/income?period=2025-Q1")).await;
    let income = list(&notice["table"]["rows"])
        .find(|row| row["cells"]["item"]["en"].as_str().is_some_and(|en| en.contains("ncome")));
    assert_eq!(income.unwrap()["cells"]["amount"]["amount"], quarter["income_total"]);
    let months = api.reads(&format!("{HOME}/months")).await;
    let bank = api.reads(HOME).await["funds"][0].clone();
    let held = ["bank", "clearing", "operator_held"]
        .map(|key| text(&bank[key]).parse::<mingzhang::ledger::money::Money>().unwrap());
    let held: mingzhang::ledger::money::Money = held.into_iter().sum();
    assert_eq!(months["total"]["closing"], held.to_string());
    let rules = api.reads(&format!("{HOME}/rules")).await;
    let kept = book.rules().unwrap();
    assert_eq!(list(&rules["rules"][0]["params"]).count(), kept.params().count());
    for (code, found) in [(book.head().hash.to_string(), true), ("0".repeat(20), false)] {
        let told = api.reads(&format!("/api/v1/check?code={code}")).await;
        assert_eq!(told["found"], found, "{code}");
    }
}

#[tokio::test]
async fn the_filter_is_that_of_the_page_and_pages_follow_links() {
    let api = Api::of(half_a_year().await).await;
    let book = api.book.book().await;
    for (query, filter) in [
        ("", Filter::default()),
        (
            "side=out&",
            Filter {
                direction: Some(mingzhang::ledger::listing::Direction::Out),
                ..Filter::default()
            },
        ),
        (
            "fund=R&min=1000&",
            Filter {
                fund: Some(Fund::R),
                min: Some("1000.00".parse().unwrap()),
                ..Filter::default()
            },
        ),
    ] {
        let kept = api.book.books.rows(&book, &filter, None, 1_000).await.unwrap();
        let whole = api.reads(&format!("{HOME}/lines?{query}limit=200")).await;
        assert_eq!(whole["total"]["net"], rows_total(&kept.rows).net().to_string());
        let amounts = |answer: &Value| -> Vec<String> {
            list(&answer["rows"]).map(|row| text(&row["amount"])).collect()
        };
        let kept: Vec<_> = kept.rows.iter().map(|row| row.amount().to_string()).collect();
        assert_eq!(amounts(&whole), kept);
        let mut next = Some(format!("{HOME}/lines?{query}limit=3"));
        let mut found = Vec::new();
        while let Some(address) = next {
            let answer = api.asks(&address).await;
            found.extend(amounts(&answer.json()));
            next = linked(answer.header("link"));
        }
        assert_eq!(found, kept, "pages of three are the whole");
    }
}

#[tokio::test]
async fn entries_and_estates_are_read_in_order() {
    let api = Api::of(half_a_year().await).await;
    let book = api.book.book().await;
    let mut next = Some(format!("{HOME}/entries?limit=7"));
    let mut seen = Vec::new();
    while let Some(address) = next {
        let answer = api.asks(&address).await;
        for entry in list(&answer.json()["entries"]) {
            let bytes = api.asks(entry["bytes"].as_str().unwrap()).await.body;
            let hash = mingzhang::ledger::chain::entry_hash(&bytes);
            assert_eq!(entry["hash"], hash.to_string());
            let said: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(entry["entry"], said);
            seen.push(entry["seq"].as_u64().unwrap());
        }
        next = linked(answer.header("link"));
    }
    assert_eq!(seen, (0..book.head().entries).collect::<Vec<_>>());
    let one = api.reads(&format!("{HOME}/entries/0")).await;
    assert_eq!(one["entry"]["entry"]["event"]["kind"], "open");

    let all = api.reads("/api/v1/estates").await;
    let codes: Vec<_> = list(&all["estates"]).map(|estate| text(&estate["code"])).collect();
    let mut next = Some("/api/v1/estates?limit=1".to_owned());
    let mut found = Vec::new();
    while let Some(address) = next {
        let answer = api.asks(&address).await;
        found.extend(list(&answer.json()["estates"]).map(|estate| text(&estate["code"])));
        next = linked(answer.header("link"));
    }
    assert_eq!(found, codes);
    assert!(codes.len() > 1);
    let none = api.reads("/api/v1/estates?q=nowhere").await;
    assert_eq!(list(&none["estates"]).count(), 0);
}

#[tokio::test]
async fn an_edition_follows_the_head() {
    let mut book = half_a_year().await;
    let draft = book.money(
        crate::harness::event("income", []),
        vec![
            crate::harness::debit("R.1001.01", "5.00"),
            crate::harness::credit("R.4502.01", "5.00"),
        ],
    );
    let api = Api::of(book).await;
    let first = api.asks(HOME).await;
    let tag = first.header("etag").to_owned();
    let again = || Request::builder().uri(HOME).header("if-none-match", &tag);
    let answer = api.sends(again().body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::NOT_MODIFIED);
    assert!(answer.body.is_empty());
    api.book.post(draft).await.unwrap();
    let answer = api.sends(again().body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_ne!(answer.header("etag"), tag);
}

#[tokio::test]
async fn pages_of_other_sites_may_read_and_not_write() {
    let api = Api::of(half_a_year().await).await;
    let ask = Request::builder()
        .method("OPTIONS")
        .uri(format!("{HOME}/entries"))
        .header("origin", "https://other.example")
        .header("access-control-request-method", "POST");
    let answer = api.sends(ask.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(!answer.header("access-control-allow-methods").contains("POST"));
    assert!(!answer.header("access-control-allow-headers").contains("Authorization"));
}

#[tokio::test]
async fn every_route_is_described_and_nothing_else() {
    let routes: BTreeSet<_> = ROUTES
        .iter()
        .filter(|route| route.sort == Sort::Api)
        .map(|route| (route.method.to_string(), route.path))
        .collect();
    let told: BTreeSet<_> =
        OPERATIONS.iter().map(|known| (known.method().to_string(), known.path)).collect();
    assert_eq!(routes, told);
    let api = Api::of(half_a_year().await).await;
    let description = api.reads("/api/v1/openapi.json").await;
    for (method, path) in routes {
        let found = &description["paths"][path][method.to_lowercase()];
        assert!(found["operationId"].is_string(), "{method} {path}");
        let known = operation(&method.parse().unwrap(), path).unwrap();
        let params = list(&found["parameters"]);
        assert_eq!(params.filter(|param| param["in"] == "query").count(), known.params.len());
    }
    // Every reference leads somewhere.
    let mut open = vec![&description];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(keys) => {
                if let Some(Value::String(to)) = keys.get("$ref") {
                    let pointer = to.strip_prefix('#').unwrap();
                    assert!(description.pointer(pointer).is_some(), "{to}");
                }
                open.extend(keys.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    for kind in mingzhang::ledger::kinds::KINDS {
        let told = &description["components"]["schemas"][format!("Event.{}", kind.name)];
        let handed_in = mingzhang::services::people::Verb::for_kind(kind.name).is_some();
        assert_eq!(told.is_object(), handed_in, "{}", kind.name);
        for key in kind.keys.iter().filter(|_| handed_in) {
            assert!(told["properties"][key.name].is_object(), "{} {}", kind.name, key.name);
        }
    }
}

/// Where `rel="next"` leads.
pub fn linked(header: &str) -> Option<String> {
    let (address, rest) = header.strip_prefix('<')?.split_once('>')?;
    assert_eq!(rest, "; rel=\"next\"");
    Some(address.to_owned())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
