//! Two engines, one log: the same acts give the same rows, a log moves from one to the other and
//! back, the schemas are twins, a schema of another time is refused or brought up to date.

use std::collections::BTreeSet;

use mingzhang::exchange::register::{Options, Register};
use mingzhang::ledger::account::Fund;
use mingzhang::ledger::event::Party;
use mingzhang::services::bookkeeper::{OpenEstate, command_line, open_estate};
use mingzhang::services::books::{Books, Limits};
use mingzhang::services::clock::{FixedClock, SeededEntropy};
use mingzhang::services::{importer, keeper};
use mingzhang::store::{Store, StoreError};
use std::path::PathBuf;
use std::sync::Arc;
use test_case::test_case;

use crate::behind::{file, sound, sql};
use crate::harness::{On, TestBook, reviewer};
use crate::program::{estate, receipt};

const FILE: &str = "lease-register-2018-10.xlsx";

/// The same acts on whichever engine: estates, receipts, refusals in between, a batch, a register.
async fn acted(on: On) -> TestBook {
    let limits = Limits { snapshot_every: 40, ..Limits::default() };
    let book = TestBook::bounded(on, limits).await;
    imported(&book).await;
    book.on("2025-01-01");
    for nth in 0..3 {
        book.open_estate(estate(nth)).await;
    }
    book.on("2025-03-02");
    for nth in 0..280_usize {
        let code = estate(nth % 3);
        let draft = receipt(code, &format!("test:{nth:05}"), 1 + nth as u64);
        book.books.post(vec![draft], reviewer()).await.unwrap();
        if nth % 7 == 0 {
            let taken = receipt(code, &format!("test:{nth:05}"), 9_999);
            book.books.post(vec![taken], reviewer()).await.unwrap_err();
            let mut unbalanced = receipt(code, "never:00001", 5);
            unbalanced.lines.pop();
            book.books.post(vec![unbalanced], reviewer()).await.unwrap_err();
        }
    }
    let batch = (0..20).map(|nth| receipt(estate(1), &format!("batch:{nth:05}"), 7)).collect();
    book.books.post(batch, reviewer()).await.unwrap();
    book
}

/// An estate of its own from a register.
async fn imported(book: &TestBook) {
    book.on("2018-10-31");
    let code = "620722-0013".parse().unwrap();
    let manager = Party::Organisation { code: None, org: "甲物业".into() };
    let estate = OpenEstate {
        code,
        name: "明珠花园".into(),
        address: "民乐县".into(),
        area: "68450.00".parse().unwrap(),
        households: 486,
        manager,
        committee: None,
        community: None,
        banks: vec![(Fund::R, "农业银行".into(), "****1234".into())],
        since: "2018-10-01".parse().unwrap(),
        rules: "cn-default".into(),
    };
    let by = command_line("o_operator");
    open_estate(&book.books, &estate, by.clone()).await.unwrap();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(FILE);
    let bytes = std::fs::read(path).unwrap();
    let register = Register::read(FILE, &bytes, &Options::default()).unwrap();
    let entropy = SeededEntropy::from_name("test");
    let plan = importer::plan(&book.books, code, register, &entropy).await.unwrap();
    importer::commit(&book.books, &plan, &by).await.unwrap();
}

/// Every row of some tables as text, blobs in hex.
fn rows(database: &str, tables: &[&str]) -> Vec<String> {
    let hex = |column: &str| {
        if database.starts_with("postgres") {
            format!("upper(encode({column}, 'hex'))")
        } else {
            format!("hex({column})")
        }
    };
    let columns = |table: &str| match table {
        "instance" => format!("log, {} from instance", hex("secret")),
        "estate" => "estate_id, code, name, address from estate order by estate_id".to_owned(),
        "entry" => format!(
            "log_index, estate_id, seq, {}, ref, body from entry order by log_index",
            hex("hash")
        ),
        "log_node" => {
            format!("level, position, {} from log_node order by level, position", hex("hash"))
        }
        "sealed_value" => format!(
            "{}, estate_id, subject, disclosure from sealed_value order by digest",
            hex("digest")
        ),
        "book_snapshot" => {
            "estate_id, entries, body from book_snapshot order by estate_id".to_owned()
        }
        other => panic!("{other}"),
    };
    tables.iter().map(|table| sql(database, &format!("select {}", columns(table)))).collect()
}

const KEPT: [&str; 5] = ["instance", "estate", "entry", "log_node", "sealed_value"];
const ALL: [&str; 6] = ["instance", "estate", "entry", "log_node", "sealed_value", "book_snapshot"];

#[tokio::test]
async fn the_same_acts_give_the_same_rows_and_a_log_moves_between_engines() {
    let (here, there) = (acted(On::Sqlite).await, acted(On::Postgres).await);
    let (sqlite, postgres) = (rows(&here.database, &ALL), rows(&there.database, &ALL));
    for (table, (one, other)) in ALL.iter().zip(sqlite.iter().zip(&postgres)) {
        assert!(one == other, "{table} differs");
        assert!(!one.is_empty(), "{table} is empty");
    }
    let (one, other) = (sound(&here.database).await, sound(&there.database).await);
    assert!(one.root.is_some());
    assert_eq!((one.root, one.entries, one.estates), (other.root, other.entries, other.estates));

    // SQLite to PostgreSQL and back.
    let mut from = here.database.clone();
    for on in [On::Postgres, On::Sqlite] {
        let directory = tempfile::tempdir().unwrap();
        let to = on.fresh(directory.path());
        let source = Store::open(&from.parse().unwrap()).await.unwrap();
        let target = Store::create(&to.parse().unwrap()).await.unwrap();
        assert_eq!(keeper::copy(&source, &target, &|_, _| {}).await.unwrap(), one.entries);
        let again = keeper::copy(&source, &target, &|_, _| {}).await;
        assert!(matches!(again, Err(keeper::KeeperError::NotEmpty)), "{again:?}");
        source.close().await;
        target.close().await;
        assert!(rows(&from, &KEPT) == rows(&to, &KEPT), "from {from} to {to}");
        assert_eq!(sound(&to).await.root, one.root);
        from = to;
        // The directory of the last copy is removed with it; the next source is on the server.
        if on == On::Sqlite {
            assert!(file(&from).exists());
        }
    }
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn rebuilding_what_is_sound_changes_nothing(on: On) {
    let book = acted(on).await;
    let before = rows(&book.database, &KEPT);
    let rebuilt = keeper::rebuild(&book.books, None, 40, &|_, _| {}).await.unwrap();
    assert_eq!((rebuilt.mended, rebuilt.snapshots), (vec![], 3));
    assert!(rows(&book.database, &KEPT) == before);
    let kept = rows(&book.database, &ALL);
    keeper::rebuild(&book.books, None, 40, &|_, _| {}).await.unwrap();
    keeper::rebuild(&book.books, Some(estate(1)), 40, &|_, _| {}).await.unwrap();
    assert!(rows(&book.database, &ALL) == kept, "the second time changes something");
    sound(&book.database).await;
}

fn lines(text: &str) -> BTreeSet<String> {
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_schemas_are_twins() {
    let (here, there) = (TestBook::empty(On::Sqlite).await, TestBook::empty(On::Postgres).await);
    let sqlite = sql(
        &here.database,
        "select m.name, c.name, c.type, c.\"notnull\" or c.pk > 0, c.pk
        from sqlite_schema m, pragma_table_info(m.name) c
        where m.type = 'table' and m.name not glob 'sqlite_*' and m.name <> '_sqlx_migrations'
        order by m.name, c.cid",
    );
    let twin = |line: &str| {
        let mut parts: Vec<&str> = line.split('|').collect();
        parts[2] = match parts[2].to_lowercase().as_str() {
            "integer" => "bigint",
            "blob" => "bytea",
            "text" => "text",
            other => panic!("{other} in {line}"),
        };
        parts.join("|")
    };
    let sqlite: Vec<String> = sqlite.lines().map(twin).collect();
    let postgres = sql(
        &there.database,
        "select t.relname, c.attname, format_type(c.atttypid, c.atttypmod), c.attnotnull::int,
            coalesce(array_position(i.indkey::int2[], c.attnum), -1) + 1
        from pg_class t join pg_attribute c on c.attrelid = t.oid
            left join pg_index i on i.indrelid = t.oid and i.indisprimary
        where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and c.attnum > 0
            and not c.attisdropped and t.relname <> '_sqlx_migrations'
        order by t.relname collate \"C\", c.attnum",
    );
    let postgres: Vec<&str> = postgres.lines().collect();
    assert!(sqlite.len() > 20, "{sqlite:?}");
    assert_eq!(sqlite, postgres);

    // Keys and indexes, each with its columns in order; the key of a rowid table is no index.
    let indexes = sql(
        &here.database,
        "select m.name, i.\"unique\", (select group_concat(name) from
            (select name from pragma_index_info(i.name) order by seqno))
        from sqlite_schema m, pragma_index_list(m.name) i
        where m.type = 'table' and m.name <> '_sqlx_migrations'
        union select m.name, 1, c.name from sqlite_schema m, pragma_table_info(m.name) c
        where m.type = 'table' and m.name not glob 'sqlite_*' and m.name <> '_sqlx_migrations'
            and c.pk = 1 and not exists (select 1 from pragma_table_info(m.name) where pk = 2)",
    );
    let twins = sql(
        &there.database,
        "select t.relname, i.indisunique::int, (select string_agg(a.attname, ',' order by k.at)
            from unnest(i.indkey::int2[]) with ordinality as k (no, at)
            join pg_attribute a on a.attrelid = t.oid and a.attnum = k.no)
        from pg_index i join pg_class t on t.oid = i.indrelid
        where t.relnamespace = 'public'::regnamespace and t.relname <> '_sqlx_migrations'",
    );
    assert_eq!(lines(&indexes), lines(&twins));
    // Texts in an index are ordered by their bytes on both.
    let other = sql(
        &there.database,
        "select t.relname, a.attname from pg_index i join pg_class t on t.oid = i.indrelid
            join pg_attribute a on a.attrelid = t.oid and a.attnum = any (i.indkey)
            join pg_collation c on c.oid = a.attcollation
        where t.relnamespace = 'public'::regnamespace and t.relname <> '_sqlx_migrations'
            and c.collname <> 'C'",
    );
    assert_eq!(other, "");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_schema_of_a_newer_program_is_refused(on: On) {
    let book = TestBook::empty(on).await;
    book.books.close().await;
    sql(
        &book.database,
        "insert into _sqlx_migrations select 99, 'later', installed_on, success, checksum,
            execution_time from _sqlx_migrations where version = 1",
    );
    let error = Store::open(&book.database.parse().unwrap()).await.unwrap_err();
    assert!(matches!(error, StoreError::NewerSchema(99)), "{error:?}");
    let told = error.to_string();
    assert!(told.contains("schema 99") && told.contains("newer"), "{told}");
}

#[tokio::test]
async fn an_older_file_is_copied_and_brought_up_to_date() {
    let book = acted(On::Sqlite).await;
    book.books.close().await;
    let old = book.directory.path().join("old.db");
    let database = format!("sqlite:{}", old.display());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite/0001_books.sql");
    sql(&database, &std::fs::read_to_string(&path).unwrap());
    let steps = sql(&book.database, ".dump _sqlx_migrations");
    let steps: Vec<_> = steps
        .lines()
        .filter(|line| !line.contains("VALUES(") || line.contains("VALUES(1,"))
        .collect();
    sql(&database, &steps.join("\n"));
    // Keys of estates were numbers in their own order then.
    sql(
        &database,
        &format!(
            "attach '{}' as now;
            insert into instance select * from now.instance;
            insert into estate select row_number() over (order by code desc), code, name, address
                from now.estate;
            insert into entry select log_index, o.estate_id, seq, hash, ref, body
                from now.entry join now.estate n using (estate_id) join estate o using (code);
            insert into log_node select * from now.log_node;
            insert into sealed_value select digest, o.estate_id, subject, disclosure
                from now.sealed_value join now.estate n using (estate_id)
                join estate o using (code);",
            file(&book.database).display()
        ),
    );
    let before = rows(&database, &KEPT);
    assert!(before[1] != rows(&book.database, &["estate"])[0], "other keys");
    // A copy that broke off is none.
    let copy = format!("{}.before-schema-2", old.display());
    std::fs::write(format!("{copy}.{}.part", std::process::id()), "broken off").unwrap();

    let report = sound(&database).await;
    assert!(rows(&database, &KEPT) == rows(&book.database, &KEPT), "as if it had been made now");
    let copied = format!("sqlite:{copy}");
    assert!(rows(&copied, &KEPT) == before, "the copy is as it was");
    assert_eq!(sql(&copied, "select max(version) from _sqlx_migrations"), "1");
    let newest = std::fs::read_dir(path.parent().unwrap()).unwrap().count().to_string();
    assert_eq!(sql(&database, "select max(version) from _sqlx_migrations"), newest);
    let store = Store::open(&database.parse().unwrap()).await.unwrap();
    let noon = "2025-03-03T04:00:00.000Z".parse().unwrap();
    let books = Books::open(store, Arc::new(FixedClock::at(noon)), Limits::default());
    books.post(vec![receipt(estate(0), "later:00001", 2)], reviewer()).await.unwrap();
    books.close().await;
    assert_eq!(sound(&database).await.entries, report.entries + 1);
}
