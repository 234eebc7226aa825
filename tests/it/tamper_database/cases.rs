//! What is done to the rows, and what has to be named: a list, a line a case.

use mingzhang::ledger::chain::{content_hash, entry_hash};
use mingzhang::ledger::draft::Place;
use mingzhang::ledger::encoding::encode;

use super::Honest;
use crate::harness::{LOG, On, reviewer};
use crate::program::{estate, receipt};

/// Something done behind the program's back.
pub struct Case {
    pub name: String,
    pub sql: String,
    /// Table and column of a fault, `chain` for a chain; `unused` where nothing reads it.
    pub names: &'static [&'static str],
    /// `rebuild` sets it right.
    pub mends: bool,
    /// Everything that a reader looks at is right: only verification finds it.
    pub forged: bool,
}

/// Bytes as SQL spells them.
fn blob(on: On, bytes: &[u8]) -> String {
    let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    match on {
        On::Sqlite => format!("x'{hex}'"),
        On::Postgres => format!("'\\x{hex}'::bytea"),
    }
}

/// Swaps a column between two rows by way of a value that nobody has.
fn swap(table: &str, column: &str, key: &str, (a, b): (&str, &str), nobody: &str) -> String {
    format!(
        "create temp table kept as select
            (select {column} from {table} where {key} = {a}) as a,
            (select {column} from {table} where {key} = {b}) as b;
        update {table} set {column} = {nobody} where {key} = {a};
        update {table} set {column} = (select a from kept) where {key} = {b};
        update {table} set {column} = (select b from kept) where {column} = {nobody};"
    )
}

/// A further entry of an estate that continues its chain as it should, at a place in the log.
fn forged_entry(on: On, honest: &Honest, log_index: i64) -> String {
    let head = honest.book.head();
    let draft = receipt(estate(0), "forged:0001", 9_000);
    let by = reviewer();
    let place =
        Place { act: None, by: &by, log: LOG, prev: head.hash, seq: head.entries, time: head.time };
    let bytes = encode(&draft.at(&place));
    let hash = blob(on, entry_hash(&bytes).as_bytes());
    let body = String::from_utf8(bytes).unwrap();
    let seq = head.entries;
    format!(
        "insert into entry (log_index, estate_id, seq, hash, ref, body)
        values ({log_index}, 0, {seq}, {hash}, 'forged:0001', '{body}')"
    )
}

/// A snapshot whose balances are others, its sum made right again.
fn forged_snapshot(snapshot: &str) -> String {
    let (before, book) = snapshot.split_once(",\"book\":").unwrap();
    let book = book.strip_suffix('}').unwrap();
    let (_, balance) = book.split_once("\"R.1001.01\":").unwrap();
    let fen = balance.split([',', '}']).next().unwrap();
    let forged = book.replace(fen, "777777");
    assert_ne!(forged, book);
    let sum = content_hash(forged.as_bytes()).to_string();
    let head = before.rsplit_once("\"sha256\":").unwrap().0;
    format!("{head}\"sha256\":\"{sum}\",\"book\":{forged}}}")
}

/// An entry of the first estate whose figure is another and whose hash is right.
fn rewritten(on: On, honest: &Honest) -> String {
    let body =
        String::from_utf8(honest.entries[42].1.clone()).unwrap().replace("\"3.00\"", "\"4.00\"");
    let hash = blob(on, entry_hash(body.as_bytes()).as_bytes());
    format!("update entry set body = '{body}', hash = {hash} where log_index = 126")
}

pub fn cases(on: On, honest: &[Honest], snapshot: &str) -> Vec<Case> {
    let mut all = Vec::new();
    let mut case = |mends: bool, name: &str, sql: String, names: &'static [&'static str]| {
        all.push(Case { name: name.to_owned(), sql, names, mends, forged: false });
    };
    of_entries(on, honest, &mut case);
    of_the_directory(&mut case);
    of_nodes(on, &mut case);
    of_snapshots(&mut case);
    let body = forged_snapshot(snapshot).replace('\'', "''");
    let end = forged_entry(on, &honest[0], 530);
    let rewritten = rewritten(on, &honest[0]);
    let only_verified = [
        ("body and hash rewritten", rewritten, &["chain"]),
        ("an entry added beyond a gap", end, &["entry log_index"]),
    ];
    for (name, sql, names) in only_verified {
        all.push(Case { name: name.to_owned(), sql, names, mends: false, forged: true });
    }
    all.push(Case {
        name: "snapshot forged under a right sum".to_owned(),
        sql: format!("update book_snapshot set body = '{body}' where estate_id = 0"),
        names: &["book_snapshot body"],
        mends: false,
        forged: true,
    });
    all
}

type Add<'a> = dyn FnMut(bool, &str, String, &'static [&'static str]) + 'a;

/// Entries 126 and 129 of the log are numbers 42 and 43 of the first estate, 127 is number 42
/// of the second.
fn of_entries(on: On, honest: &[Honest], add: &mut Add<'_>) {
    let mut case = |name: &str, sql: &str, names| add(false, name, sql.to_owned(), names);
    let set = |what: &str| format!("update entry set {what} where log_index = 126");
    case("log_index beyond the log", &set("log_index = 100000"), &["entry log_index"]);
    case("log_index below 0", &set("log_index = -5"), &["entry log_index"]);
    let (same, other) = (("126", "129"), ("126", "127"));
    let swapped = |column: &str, rows| swap("entry", column, "log_index", rows, "-7");
    case("log_index swapped", &swapped("log_index", same), &["entry log_index"]);
    case("estate_id of nobody", &set("estate_id = 9999"), &["entry estate_id"]);
    case("estate_id below 0", &set("estate_id = -1"), &["entry estate_id"]);
    case("estate_id swapped", &swapped("estate_id", other), &["entry estate_id"]);
    case("seq beyond", &set("seq = 5000"), &["entry seq"]);
    case("seq below 0", &set("seq = -42"), &["entry seq"]);
    case("seq swapped", &swapped("seq", same), &["entry seq"]);
    let zero = blob(on, &[0; 32]);
    case("hash zero", &set(&format!("hash = {zero}")), &["entry hash"]);
    case("hash short", &set("hash = substr(hash, 1, 31)"), &["entry hash"]);
    case("hash empty", &set("hash = substr(hash, 1, 0)"), &["entry hash"]);
    let nobody = blob(on, &[7; 32]);
    case("hash swapped", &swap("entry", "hash", "log_index", same, &nobody), &["entry hash"]);
    case("ref other", &set("ref = 'other:00001'"), &["entry ref"]);
    case("ref empty", &set("ref = ''"), &["entry ref"]);
    case("ref swapped", &swap("entry", "ref", "log_index", same, "'~'"), &["entry ref"]);
    let digit = set(r#"body = replace(body, '"3.00"', '"4.00"')"#);
    case("body of another figure", &digit, &["entry hash"]);
    case("body empty", &set("body = ''"), &["entry hash"]);
    case("body no entry", &set("body = '{}'"), &["entry hash"]);
    case("body swapped", &swap("entry", "body", "log_index", same, "'~'"), &["entry hash"]);
    case(
        "body swapped with another estate's",
        &swap("entry", "body", "log_index", other, "'~'"),
        &["entry estate_id"],
    );
    for log_index in [0, 1, 126, 522] {
        let sql = format!("delete from entry where log_index = {log_index}");
        case(&format!("entry {log_index} removed"), &sql, &["entry log_index"]);
    }
    let all = "delete from entry where estate_id = 0";
    case("an estate's entries removed", all, &["entry log_index"]);
    let again = "insert into entry select 525, estate_id, 175, hash, 'again:0001', body from entry
        where log_index = 126";
    case("an entry once more", again, &["entry seq"]);
    for (name, at) in [("below 0", -1), ("far below 0", -1_000_000)] {
        let sql = forged_entry(on, &honest[0], at);
        case(&format!("an entry added {name}"), &sql, &["entry log_index"]);
    }
}

fn of_the_directory(add: &mut Add<'_>) {
    let mut case = |name: &str, sql: &str, names| add(true, name, sql.to_owned(), names);
    let set = |what: &str| format!("update estate set {what} where code = '620722-0002'");
    case("estate_id other", &set("estate_id = 5000"), &["entry estate_id"]);
    case("estate_id below 0", &set("estate_id = -2"), &["entry estate_id"]);
    let rows = ("'620722-0001'", "'620722-0002'");
    case(
        "estate_id swapped",
        &swap("estate", "estate_id", "code", rows, "-7"),
        &["estate estate_id", "entry estate_id"],
    );
    case("code other", &set("code = '620722-0777'"), &["estate code"]);
    case("code no code", &set("code = 'nowhere'"), &["estate code"]);
    case("code swapped", &swap("estate", "code", "estate_id", ("0", "2"), "'~'"), &["estate code"]);
    case("name other", &set("name = 'x'"), &["estate name"]);
    case("address other", &set("address = ''"), &["estate address"]);
    case("estate removed", "delete from estate where code = '620722-0002'", &["entry estate_id"]);
    let added = "insert into estate (estate_id, code, name, address) values";
    case("estate added", &format!("{added} (9000, '620722-0999', 'x', 'y')"), &["estate", "chain"]);
    case(
        "estate added at an entry",
        &format!("{added} (50, '620722-0000', 'x', 'y')"),
        &["estate", "chain"],
    );
}

fn of_nodes(on: On, add: &mut Add<'_>) {
    let mut case = |name: &str, sql: &str, names| add(true, name, sql.to_owned(), names);
    let set = |what: &str| format!("update log_node set {what} where level = 1 and position = 1");
    case("level other", &set("level = 2"), &["log_node hash"]);
    case("level 0", &set("level = 0"), &["log_node hash"]);
    case("level below 0", &set("level = -1"), &["log_node hash"]);
    case("position other", &set("position = 7"), &["log_node hash"]);
    case("position below 0", &set("position = -1"), &["log_node hash"]);
    case(
        "positions swapped",
        &swap("log_node", "position", "position", ("0", "1"), "-7"),
        &["log_node hash"],
    );
    let zero = blob(on, &[0; 32]);
    case("node's hash zero", &set(&format!("hash = {zero}")), &["log_node hash"]);
    case("node's hash short", &set("hash = substr(hash, 1, 31)"), &["log_node hash"]);
    case("node removed", "delete from log_node where position = 0", &["log_node hash"]);
    for (level, position) in [(1, 2), (2, 0), (1, -4), (60, 0)] {
        let sql = format!("insert into log_node values ({level}, {position}, {zero})");
        case(&format!("node {level} {position} added"), &sql, &["log_node count"]);
    }
}

fn of_snapshots(add: &mut Add<'_>) {
    let mut case = |name: &str, sql: &str, names| add(true, name, sql.to_owned(), names);
    let set = |what: &str| format!("update book_snapshot set {what} where estate_id = 0");
    let swapped =
        |column: &str, nobody| swap("book_snapshot", column, "estate_id", ("0", "2"), nobody);
    case(
        "snapshot's estate of nobody",
        &set("estate_id = 9999"),
        &["book_snapshot rows without", "engine"],
    );
    case("snapshots' estates swapped", &swapped("estate_id", "-7"), &["book_snapshot body"]);
    case("entries one more", &set("entries = entries + 1"), &["book_snapshot body"]);
    case("entries one less", &set("entries = entries - 1"), &["book_snapshot body"]);
    case("entries none", &set("entries = 0"), &["book_snapshot entries"]);
    case("entries below 0", &set("entries = -entries"), &["book_snapshot entries"]);
    case("entries beyond", &set("entries = 100000"), &["book_snapshot entries"]);
    case("snapshot cut", &set("body = substr(body, 1, 300)"), &["book_snapshot body"]);
    case("snapshot empty", &set("body = ''"), &["book_snapshot body"]);
    let figure = set(r#"body = replace(body, '"R.1001.01":', '"R.1001.01":1')"#);
    case("snapshot of other figures", &figure, &["book_snapshot body"]);
    case("snapshots swapped", &swapped("body", "'~'"), &["book_snapshot body"]);
    case("snapshot of another fold", &set("body = replace(body, 'fold/1', 'fold/0')"), &["unused"]);
    case("snapshot removed", "delete from book_snapshot where estate_id = 0", &["unused"]);
    let added = "insert into book_snapshot select 9999, entries, body from book_snapshot
        where estate_id = 0";
    case("snapshot added for nobody", added, &["book_snapshot rows without", "engine"]);
}
