//! The examples in the description are what the story of half a year answers.
//! `MINGZHANG_WRITE_VECTORS=1` writes them anew.

use mingzhang::web::api::operations::OPERATIONS;
use mingzhang::web::api::page::EXAMPLE_DRAFT;
use serde_json::Value;

use super::Api;
use crate::pages::story::half_a_year;

#[tokio::test]
async fn examples_are_true_answers() {
    let api = Api::of(half_a_year().await).await;
    for operation in OPERATIONS.iter().filter(|known| known.id != "openapi") {
        let answer = if operation.posts {
            let answer = api.posts("bank-2025-0001", EXAMPLE_DRAFT).await;
            assert_eq!(answer.status, 201, "{:?}", answer.body);
            answer.json()
        } else {
            api.reads(operation.example).await
        };
        let path = format!("src/web/api/examples/{}.json", operation.id);
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if std::env::var_os("MINGZHANG_WRITE_VECTORS").is_some() {
            let text = serde_json::to_string_pretty(&answer).unwrap();
            std::fs::write(path, format!("{text}\n")).unwrap();
            continue;
        }
        let kept: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(kept, answer, "{}", operation.id);
    }
}
