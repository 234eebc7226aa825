//! The worked year, kept through the API alone: the same balances to the fen.

use mingzhang::services::clock::SeededEntropy;
use mingzhang::services::demonstration::deed::{Deed, Standing, Stands};
use mingzhang::services::demonstration::year::{deed, rows, standing};
use serde_json::Value;

use super::{Api, spoken};
use crate::harness::{On, TestBook, estate};
use crate::worked_year::Year;

/// Posts what a deed records; what stands.
async fn record(api: &mut Api, posted: &Standing, deed: &Deed, key: &str) -> Stands {
    let (event, lines, _) = deed.told(posted, &SeededEntropy::from_name("year")).unwrap();
    let today = api.book.books.today();
    let date = deed.date.as_deref().map_or(today, |day| day.parse().unwrap());
    let mut draft = api.book.draft(event).with_lines(date, lines.clone());
    draft.occurred = deed.occurred.as_deref().map(|day| day.parse().unwrap());
    draft.signs = api.signs();
    let answer = api.posts(key, spoken(&draft).to_string()).await;
    assert_eq!(answer.status, 201, "{key}: {:?}", answer.body);
    let entry = &answer.json()["entries"][0];
    let hash = entry["hash"].as_str().unwrap().parse().unwrap();
    Stands { seq: entry["seq"].as_u64().unwrap(), hash, lines }
}

async fn kept_through_the_api() -> Api {
    let book = TestBook::empty(On::Sqlite).await;
    book.open_estate(estate()).await;
    let mut api = Api::of(book).await;
    let mut posted = Standing::new();
    for (no, deed) in standing().iter().enumerate() {
        record(&mut api, &posted, deed, &format!("standing-{no}")).await;
    }
    let mut today = String::from("2025-01-01");
    for row in rows() {
        today = today.max(format!("2025-{}", row.day));
        api.book.on(&today);
        let (deed, key) = (deed(&row).unwrap(), format!("row-{:0>4}", row.no));
        let stands = record(&mut api, &posted, &deed, &key).await;
        posted.insert(row.no.to_owned(), stands);
    }
    api
}

#[tokio::test]
async fn the_year_kept_through_the_api_is_the_accountants() {
    let api = kept_through_the_api().await;
    let kept = Year::play(On::Sqlite).await.book.book().await;
    let told = api.reads("/api/v1/estates/620722-0017/balances").await;
    let told: Vec<(String, String)> = told["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (text(&row["account"]), text(&row["balance"])))
        .collect();
    let kept: Vec<(String, String)> = kept
        .balances()
        .accounts()
        .map(|(code, balance)| (code.to_string(), balance.to_string()))
        .collect();
    assert_eq!(told, kept);
    assert!(told.contains(&("R.1001.02".to_owned(), "216183.60".to_owned())));
    let income = api.reads("/api/v1/estates/620722-0017/statements/income?period=2025").await;
    assert_eq!(income["balance"], "53163.60");
    api.book.check().await;
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
