//! Private values are erased: the values go, the chain stays, whoever asks is told.

use mingzhang::ledger::json::Value;
use mingzhang::services::bookkeeper::{EraseError, command_line, erase};
use mingzhang::services::books::PostError;
use mingzhang::services::clock::SeededEntropy;
use mingzhang::services::sealing::seal;
use test_case::test_case;

use crate::harness::{On, TestBook, estate, event};

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn an_erased_value_is_gone_and_the_chain_stands(on: On) {
    let mut book = TestBook::open(on).await;
    let entropy = SeededEntropy::from_name("names");
    let values = ["张三", "李四"].map(|name| seal("pt_1", "party", name, &entropy).unwrap());
    let keys = [
        ("authority", Value::map([("none", Value::text("口头"))])),
        ("no", Value::text("C-1")),
        ("paper", Value::text("none")),
        ("party", Value::map([("party", Value::text("pt_1"))])),
        ("site", Value::text("摊位")),
    ];
    let mut draft = book.draft(event("contract", keys));
    draft.sealed = values.to_vec();
    let posted = book.post(draft).await.unwrap();
    let bytes = book.books.entry(estate(), posted.seq).await.unwrap().unwrap().bytes;
    let kept = async |book: &TestBook| {
        let store = book.books.store().primary();
        let rows = store.sealed_values(estate()).await.unwrap();
        rows.into_iter().map(|row| row.digest).collect::<Vec<_>>()
    };
    assert_eq!(kept(&book).await.len(), 2);

    let by = || command_line("o_operator");
    let of = (estate(), posted.seq);
    let first = [values[0].digest];
    let erased = erase(&book.books, of, &first, "当事人申请", by()).await.unwrap();
    book.check().await;
    assert_eq!(kept(&book).await, [values[1].digest], "the other stays");
    let after = book.books.entry(estate(), posted.seq).await.unwrap().unwrap().bytes;
    assert_eq!(after, bytes, "no byte of the entry changed");
    assert_eq!(book.book().await.said().erased.get(&values[0].digest), Some(&erased.seq));

    // Asked for once more it is the same act; another reason is another, and refused.
    let again = erase(&book.books, of, &first, "当事人申请", by()).await.unwrap();
    assert_eq!((again.seq, again.known), (erased.seq, true));
    let all = erase(&book.books, of, &[], "目的已达成", by()).await;
    let refused = |error: EraseError| match error {
        EraseError::Post(PostError::Refused { violation, .. }) => violation.to_string(),
        other => other.to_string(),
    };
    assert!(refused(all.unwrap_err()).starts_with("reference: entry 2 has no such digest"));
    let nothing = erase(&book.books, (estate(), 0), &[], "无", by()).await;
    assert!(matches!(nothing, Err(EraseError::Nothing(_, 0))));
    let unknown = erase(&book.books, (estate(), 99), &[], "无", by()).await;
    assert!(matches!(unknown, Err(EraseError::Unknown(_, 99))));
}
