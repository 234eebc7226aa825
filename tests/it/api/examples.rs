//! The examples in the description are what the story of half a year answers.
//! `MINGZHANG_WRITE_VECTORS=1` writes them anew.

use mingzhang::web::api::operations::{OPERATIONS, Sends};
use mingzhang::web::api::page::EXAMPLE_DRAFT;
use serde_json::{Value, json};

use super::Api;
use crate::pages::story::half_a_year;

/// A paper.
pub const PAPER: &str = "%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n0\n%%EOF\n";

/// Three days of a parking system.
pub const DAYS: &str = "日期,现金(元),平台(元),合计(元)\n\
    2025-06-01,45.00,463.00,508.00\n\
    2025-06-02,30.00,402.50,432.50\n\
    2025-06-03,0.00,417.00,417.00\n";

#[tokio::test]
async fn examples_are_true_answers() {
    let api = Api::of(half_a_year().await).await;
    let (mut seen, mut made) = (Value::Null, String::new());
    for operation in OPERATIONS.iter().filter(|known| known.id != "openapi") {
        let (address, key) = (operation.example, format!("example.{}", operation.id));
        let answer = match (operation.sends, operation.id) {
            (Sends::Nothing, "check") => {
                let head = api.book.book().await.head().hash.to_string();
                api.asks(&format!("/api/v1/check?code={}", &head[..20])).await
            }
            (Sends::Nothing, _) if operation.is_public() => api.asks(address).await,
            (Sends::Nothing, _) => api.with_key(address, None).await,
            (Sends::Drafts, _) => api.posts("bank-2025-0001", EXAMPLE_DRAFT).await,
            (Sends::File, "hand_in_document") => api.hands_in(address, &key, PAPER).await,
            (Sends::File, _) => api.hands_in(address, &key, DAYS).await,
            (Sends::Json(..), "commit_import") => {
                api.says(address, &key, &json!({"seen": seen})).await
            }
            (Sends::Json(_, text), _) => {
                api.says(address, &key, &serde_json::from_str(text).unwrap()).await
            }
        };
        assert!(answer.status.is_success(), "{address} after {made}: {:?}", answer.body);
        made = answer.header("location").to_owned();
        let answer = answer.json();
        if operation.id == "hand_in_import" {
            seen = answer["preview"]["seen"].clone();
        }
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
