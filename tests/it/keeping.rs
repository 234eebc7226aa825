//! Backup, restore, rebuild, doctor and the verification of a database, as somebody types them,
//! on both engines.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use test_case::test_case;

use crate::harness::On;
use crate::postgres::Cluster;

/// The program beside a database with a hundred entries in three estates.
struct Shell {
    directory: tempfile::TempDir,
    database: String,
}

impl Shell {
    fn new(on: On) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = on.fresh(directory.path());
        let shell = Self { directory, database };
        let (code, said) =
            shell.run("demo --as-of 2018-10-31 --no-serve --estates 2 --entries 1100");
        assert_eq!(code, 0, "{said}");
        shell
    }

    fn on(&self, database: &str, arguments: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mingzhang"))
            .args(["--lang", "en", "--database", database])
            .args(arguments.split_whitespace())
            .env("MINGZHANG_BOOKS_SNAPSHOT_EVERY", "100")
            .current_dir(self.directory.path())
            .output()
            .unwrap()
    }

    fn run_on(&self, database: &str, arguments: &str) -> (i32, String) {
        let output = self.on(database, arguments);
        let mut text = String::from_utf8(output.stdout).unwrap();
        text.push_str(&String::from_utf8(output.stderr).unwrap());
        (output.status.code().unwrap_or(-1), text)
    }

    fn run(&self, arguments: &str) -> (i32, String) {
        self.run_on(&self.database, arguments)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    /// Changes rows behind the program's back.
    fn change(&self, on: On, sql: &str) {
        match on {
            On::Sqlite => {
                let path = self.path("books.db");
                let done = Command::new("sqlite3").arg(path).arg(sql).output().unwrap();
                assert!(done.status.success(), "{done:?}");
            }
            On::Postgres => {
                let name = self.database.rsplit('/').next().unwrap();
                Cluster::shared().psql(name, sql);
            }
        }
    }
}

/// The last line of what `verify --json` says of a whole database.
fn whole(text: &str) -> Value {
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
fn a_backup_verifies_and_goes_into_either_engine(on: On) {
    let shell = Shell::new(on);
    let (code, said) = shell.run("backup copy.db");
    assert_eq!(code, 0, "{said}");
    let manifest = std::fs::read_to_string(shell.path("copy.db.manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let original = whole(&shell.run("verify --json").1);
    assert_eq!(manifest["entries"], original["entries"]);
    assert_eq!(manifest["root"], original["root"]);
    assert_eq!(manifest["estates"], 3);
    for target in [On::Sqlite, On::Postgres] {
        let folder = tempfile::tempdir().unwrap();
        let database = target.fresh(folder.path());
        let (code, said) = shell.run_on(&database, "restore copy.db");
        assert_eq!(code, 0, "{said}");
        assert_eq!(whole(&shell.run_on(&database, "verify --json").1)["root"], original["root"]);
        let (_, list) = shell.run_on(&database, "estate list --json");
        assert_eq!(list, shell.run("estate list --json").1, "the same books");
        let (code, said) = shell.run_on(&database, "restore copy.db");
        assert_eq!((code, said.contains("holds a log already")), (2, true), "{said}");
    }
    let (code, said) = shell.run("backup copy.db");
    assert_eq!((code, said.contains("is there already")), (2, true), "{said}");
}

#[test]
fn a_damaged_backup_is_refused_and_leaves_nothing() {
    let shell = Shell::new(On::Sqlite);
    assert_eq!(shell.run("backup copy.db").0, 0);
    let path = shell.path("copy.db");
    let honest = std::fs::read(&path).unwrap();
    let manifest = std::fs::read_to_string(shell.path("copy.db.manifest.json")).unwrap();

    let mut changed = honest.clone();
    let at = honest.len() / 2;
    changed[at] ^= 1;
    std::fs::write(&path, &changed).unwrap();
    let (code, said) = shell.run_on("sqlite:new.db", "restore copy.db");
    assert_eq!((code, said.contains("not the file that its manifest")), (2, true), "{said}");

    // Somebody changes an amount and makes the manifest's digest right.
    std::fs::write(&path, &honest).unwrap();
    let sql = "drop trigger entry_is_never_changed;
        update entry set body = replace(body, '\"debit\":\"', '\"debit\":\"9') where log_index = 60";
    let done = Command::new("sqlite3").arg(&path).arg(sql).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let bytes = std::fs::read(&path).unwrap();
    assert_ne!(bytes, honest);
    let digest = mingzhang::ledger::chain::content_hash(&bytes).to_string();
    let mut forged: Value = serde_json::from_str(&manifest).unwrap();
    forged["sha256"] = digest.into();
    forged["bytes"] = bytes.len().into();
    std::fs::write(shell.path("copy.db.manifest.json"), forged.to_string()).unwrap();
    let (code, said) = shell.run_on("sqlite:new.db", "restore copy.db");
    assert_eq!((code, said.contains("entry 60 of the log")), (2, true), "{said}");

    std::fs::remove_file(shell.path("copy.db.manifest.json")).unwrap();
    assert_eq!(shell.run_on("sqlite:new.db", "restore copy.db").0, 2, "no manifest, no backup");
    let left = |name: &str| Path::new(&shell.path(name)).exists();
    assert!(!left("new.db") && !left("new.db-wal"), "nothing is left of it");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
fn what_is_made_from_the_entries_is_found_wrong_and_made_right(on: On) {
    let shell = Shell::new(on);
    let sound = whole(&shell.run("verify --json").1);
    assert_eq!(sound["sound"], true);
    shell.change(on, "update estate set name = 'another' where code = '620722-1001'");
    shell.change(on, "update log_node set position = position + 7 where position = 1");
    shell.change(on, "update book_snapshot set entries = entries - 1");
    let (code, text) = shell.run("verify --json");
    assert_eq!(code, 1);
    let found = whole(&text);
    let tables = |report: &Value| {
        let faults = report["faults"].as_array().unwrap().iter();
        let mut tables: Vec<_> =
            faults.map(|fault| fault["table"].as_str().unwrap().to_owned()).collect();
        tables.sort();
        tables.dedup();
        tables
    };
    assert_eq!(tables(&found), ["book_snapshot", "estate", "log_node"], "{found}");
    let (code, said) = shell.run("rebuild");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("mended estate 620722-1001"), "{said}");
    let (code, text) = shell.run("verify --json");
    assert_eq!((code, &whole(&text)["root"]), (0, &sound["root"]), "{text}");
    assert!(shell.run("rebuild").1.contains(" 0 rows mended"), "nothing is left to mend");
}

#[test]
fn a_verification_goes_on_where_it_was() {
    let shell = Shell::new(On::Sqlite);
    let progress = serde_json::json!({
        "format": "verify-progress/1", "log": "demo.invalid/estates", "entries": 1133,
        "log_done": 0, "levels": [], "estate_done": "620722-1000", "estates": 2,
        "entries_done": 583, "pin_found": false,
    });
    std::fs::write(shell.path("progress"), progress.to_string()).unwrap();
    let (code, text) = shell.run("verify --json --resume progress");
    assert_eq!(code, 0, "{text}");
    assert_eq!(text.lines().count(), 2, "one estate was left, and the whole: {text}");
    assert_eq!(whole(&text)["estates"], 3);
    assert!(!shell.path("progress").exists(), "a sound end is forgotten");

    // Fewer entries remembered in a chain than there are is a chain that lost some.
    let mut wrong = progress.clone();
    wrong["entries_done"] = 582.into();
    std::fs::write(shell.path("progress"), wrong.to_string()).unwrap();
    assert_eq!(shell.run("verify --resume progress").0, 1);
    wrong["entries"] = 5_000.into();
    std::fs::write(shell.path("progress"), wrong.to_string()).unwrap();
    let (code, said) = shell.run("verify --resume progress");
    assert_eq!((code, said.contains("put back")), (3, true), "{said}");
    std::fs::write(shell.path("progress"), "{}").unwrap();
    assert_eq!(shell.run("verify --resume progress").0, 2);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
fn the_doctor_says_how_it_stands(on: On) {
    let shell = Shell::new(on);
    let report: Value = serde_json::from_str(&shell.run("doctor --json").1).unwrap();
    let of = |name: &str| {
        let mut checks = report["checks"].as_array().unwrap().iter();
        let found = checks.find(|check| check["name"] == name);
        found.map(|check| check["state"].as_str().unwrap().to_owned())
    };
    assert_eq!(of("log").as_deref(), Some("ok"));
    assert_eq!(of("writable").as_deref(), Some("ok"));
    match on {
        On::Sqlite => {
            assert_eq!(report["well"], true, "{report}");
            assert_eq!(of("integrity").as_deref(), Some("ok"));
            assert_eq!(of("disk").as_deref(), Some("ok"));
        }
        On::Postgres => {
            // The tests' server is fast and forgets in a power cut; the doctor must say so.
            assert_eq!(of("durability").as_deref(), Some("bad"), "{report}");
            assert_eq!(of("clock").as_deref(), Some("ok"));
            assert_eq!(report["well"], false);
            let name = shell.database.rsplit('/').next().unwrap();
            Cluster::shared().psql(name, "create extension amcheck");
            let again: Value = serde_json::from_str(&shell.run("doctor --json").1).unwrap();
            let checks = again["checks"].as_array().unwrap();
            let integrity = checks.iter().find(|check| check["name"] == "integrity").unwrap();
            assert_eq!(integrity["state"], "ok", "{integrity}");
        }
    }
    let (code, said) = shell.run_on("sqlite:nothing.db", "doctor");
    assert_eq!((code, said.contains("no database at")), (1, true), "{said}");
}

#[test]
fn one_instance_serves_a_file() {
    let shell = Shell::new(On::Sqlite);
    let mut serving = Command::new(env!("CARGO_BIN_EXE_mingzhang"))
        .args(["--database", &shell.database, "serve", "--listen", "127.0.0.1:0"])
        .current_dir(shell.directory.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = serving.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
    assert!(line.contains("http://"), "{line}");
    let (code, said) = shell.run("serve --listen 127.0.0.1:0");
    assert_eq!((code, said.contains("only one instance")), (2, true), "{said}");
    assert_eq!(shell.run("estate list").0, 0, "commands read beside it");
    assert_eq!(shell.run("backup live.db").0, 0, "and back up");
    serving.kill().unwrap();
    serving.wait().unwrap();
}
