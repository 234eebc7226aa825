//! Whoever changes a stored or exported byte is found out, and told which.

use mingzhang::proof::verify::verify;

use crate::harness::{On, TestBook, credit, debit, event, invoice, org, prepared, verified};

/// A book with a dozen entries of several kinds.
async fn book(on: On) -> TestBook {
    let mut book = TestBook::open(on).await;
    for nth in 1..=8 {
        book.on(&format!("2025-0{nth}-15"));
        let amount = format!("{nth}234.56");
        let lines = vec![debit("R.1001.01", &amount), credit("R.4502.01", &amount)];
        let draft = book.money(event("income", []), lines);
        book.books.post(vec![draft], crate::harness::reviewer()).await.unwrap();
    }
    let cost = event("cost", [("evidence", invoice("A1", "99.00")), ("payee", org("供电公司"))]);
    let lines = vec![debit("R.5501.02", "99.00"), credit("R.1001.01", "99.00")];
    let mut draft = book.money(cost, lines);
    draft.signs = vec![prepared()];
    book.post(draft).await.unwrap();
    book
}

fn lines_of(export: &[u8]) -> Vec<Vec<u8>> {
    export.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

#[tokio::test]
async fn every_flipped_bit_is_a_named_fault() {
    let on = On::Sqlite;
    let export = book(on).await.export().await;
    assert!(verified(&export).is_sound());
    let long = crate::harness::is_long();
    let rules = lines_of(&export)[..2].concat().len()..lines_of(&export)[..3].concat().len();
    for at in 0..export.len() {
        // The short run takes one bit a byte, and every ninth byte of the long `rules` entry.
        if !long && rules.contains(&at) && at % 9 != 0 {
            continue;
        }
        for bit in (0..8).filter(|bit| long || *bit == at % 8) {
            let mut changed = export.clone();
            changed[at] ^= 1 << bit;
            // A file of a newer format is not judged; everything else is a fault.
            if let Ok(report) = verify(&changed, None, 1, &|_| {}) {
                assert!(!report.is_sound(), "byte {at}, bit {bit} went unnoticed");
                assert!(report.faults.iter().all(|fault| !fault.en.is_empty()));
            }
        }
    }
}

#[tokio::test]
async fn digits_lines_and_tails_are_missed() {
    let on = On::Sqlite;
    let export = book(on).await.export().await;
    let lines = lines_of(&export);
    for (no, line) in lines.iter().enumerate() {
        for at in (0..line.len()).filter(|at| line[*at].is_ascii_digit()) {
            let mut changed = lines.clone();
            changed[no][at] = if line[at] == b'9' { b'0' } else { line[at] + 1 };
            if let Ok(report) = verify(&changed.concat(), None, 2, &|_| {}) {
                assert!(!report.is_sound(), "line {no}, digit {at}");
            }
        }
        let mut gone = lines.clone();
        gone.remove(no);
        let gone = verify(&gone.concat(), None, 1, &|_| {});
        assert!(gone.is_ok_and(|report| !report.is_sound()), "line {no} gone");
        if no + 1 < lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(no, no + 1);
            let swapped = verify(&swapped.concat(), None, 1, &|_| {});
            assert!(swapped.is_ok_and(|report| !report.is_sound()), "line {no} swapped");
        }
        let cut = lines[..no].concat();
        assert!(verify(&cut, None, 1, &|_| {}).map_or(true, |report| !report.is_sound()));
    }
}

#[tokio::test]
async fn a_tail_written_anew_is_caught_by_the_pinned_head() {
    let on = On::Sqlite;
    let book = book(on).await;
    let honest = book.export().await;
    let head = verified(&honest).head;
    let pinned = verify(&honest, Some(head), 1, &|_| {}).unwrap();
    assert_eq!(pinned.after_pin, Some(0));

    // The operator rewrites the last entry and hashes everything again: sound by itself.
    let other = self::book(on).await;
    let mut other = lines_of(&other.export().await);
    let last = other.len() - 1;
    let changed = String::from_utf8(other[last].clone()).unwrap().replace("99.00", "98.00");
    other[last] = changed.into_bytes();
    let body = &other[last][..other[last].len() - 1];
    let hash = mingzhang::ledger::chain::entry_hash(body).to_string();
    let header = String::from_utf8(other[0].clone()).unwrap();
    other[0] = header.replace(&head.to_string(), &hash).into_bytes();
    let forged = other.concat();
    let report = verify(&forged, Some(head), 1, &|_| {}).unwrap();
    assert!(report.is_sound(), "{:?}", report.faults);
    assert_eq!(report.after_pin, None, "the pinned head is not in this history");
}

#[tokio::test]
async fn changed_rows_stop_the_reader_and_the_database_refuses_changes() {
    let on = On::Sqlite;
    let book = book(on).await;
    let path = book.directory.path().join("books.db");
    let sql = |statement: &str| {
        std::process::Command::new("sqlite3").arg(&path).arg(statement).output().unwrap()
    };
    for statement in ["update entry set ref = 'x'", "delete from entry", "delete from log_node"] {
        let done = sql(statement);
        let refused = String::from_utf8_lossy(&done.stderr).contains("append-only");
        assert!(refused || statement.contains("log_node"), "{statement}: {done:?}");
    }
    // Behind the triggers' back.
    let done = sql("drop trigger entry_is_never_changed;
        update entry set body = replace(body, '1234.56', '9234.56') where seq = 2");
    assert!(done.status.success(), "{done:?}");
    let error = book.books.entry(crate::harness::estate(), 2).await.expect_err("damaged");
    assert!(error.to_string().contains("620722-0017, entry 2"), "{error}");
}

#[tokio::test]
async fn several_threads_find_what_one_finds() {
    let on = On::Sqlite;
    let mut book = TestBook::open(on).await;
    for _ in 0..6 {
        let drafts = (0..200).map(|_| {
            let lines = vec![debit("R.1001.01", "1.00"), credit("R.4502.01", "1.00")];
            book.money(event("income", []), lines)
        });
        let drafts = drafts.collect();
        book.books.post(drafts, crate::harness::reviewer()).await.unwrap();
    }
    let export = book.export().await;
    for threads in [1, 2, 3] {
        let report = verify(&export, None, threads, &|_| {}).unwrap();
        assert!(report.is_sound(), "{:?}", report.faults);
        assert_eq!(report.entries, 1_202);
    }
    let mut lines = lines_of(&export);
    let changed = String::from_utf8(lines[1_101].clone()).unwrap().replace("\"1.00\"", "\"2.00\"");
    lines[1_101] = changed.into_bytes();
    let faults = |threads| verify(&lines.concat(), None, threads, &|_| {}).unwrap().faults;
    assert_eq!(faults(1), faults(2));
    assert_eq!(faults(2)[0].seq, Some(1_101), "the link behind the change is broken");
}
