//! Faults below the program: it dies right after a sync, a call fails, the power goes, the disk
//! is full. Each time: nothing that was acknowledged is lost, the books are sound, and posting
//! the same journal again settles the rest.
//!
//! `tests/faults/shim.c` stands between the program and the C library; here are the small load
//! it is put under and the databases it begins with.

mod died;
mod errors;
mod full_disk;
mod images;
mod trace;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

use mingzhang::ledger::draft::Batch;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::books::{Books, Limits};
use mingzhang::services::clock::SystemClock;
use mingzhang::store::{Location, Store};
use serde_json::Value;

use crate::program::{Chance, Program, answers, estate, opening, receipts};

const ESTATES: usize = 3;
/// Often, so that snapshots are among what is cut off.
const SNAPSHOT_EVERY: u64 = 10;
/// A frame of the write-ahead log, and what stands before the first.
const FRAME_LEN: usize = 4096 + 24;
const WAL_HEAD_LEN: usize = 32;
/// SQLite copies its write-ahead log back at 4,000 frames, as the store sets it.
const FRAMES_NEAR_CHECKPOINT: usize = 3_930;

/// The shim, compiled once.
fn shim() -> &'static Path {
    static SHIM: OnceLock<(tempfile::TempDir, std::path::PathBuf)> = OnceLock::new();
    let (_, library) = SHIM.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let library = directory.path().join("shim.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/shim.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]);
        let output = compiler.arg(&library).arg(source).output().expect("cc is needed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (directory, library)
    });
    library
}

/// A database to begin with, and a load for it.
struct Base {
    database: Vec<u8>,
    wal: Option<Vec<u8>>,
    /// Entries in it.
    before: u64,
    lines: Vec<String>,
    drafts: u64,
}

impl Base {
    /// Some estates, whose write-ahead log will be copied back under the load.
    fn near_checkpoint() -> Self {
        let program = Program::sqlite();
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = Store::open(&program.database.parse().unwrap()).await.unwrap();
            let books = Books::open(store, Arc::new(SystemClock), limits());
            let opened = (1..ESTATES).map(|nth| opening(estate(nth)));
            for line in opened.chain(receipts("base", ESTATES, 2_500, &mut Chance(1))) {
                let batch = Batch::read(line.as_bytes()).unwrap();
                books.post(batch.drafts, command_line("o_operator")).await.unwrap();
                if frames(&program) >= FRAMES_NEAR_CHECKPOINT {
                    // Copied while it is open: closing it would copy the log back.
                    return Self::of(&program);
                }
            }
            panic!("{} frames", frames(&program));
        })
    }

    /// One estate, its database closed: there is no write-ahead log yet.
    fn without_wal() -> Self {
        let program = Program::sqlite();
        let location: Location = program.database.parse().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async { Store::open(&location).await.unwrap().close().await });
        let base = Self::of(&program);
        assert!(base.wal.is_none());
        base
    }

    fn of(program: &Program) -> Self {
        let path = program.directory.path().join("books.db");
        let database = std::fs::read(&path).unwrap();
        let wal = std::fs::read(path.with_extension("db-wal")).ok();
        let estates = if wal.is_some() { ESTATES } else { 1 };
        let lines = receipts("load", estates, 40, &mut Chance(7));
        let drafts = lines.iter().map(|line| line.matches("\"ref\"").count()).sum::<usize>();
        let drafts = u64::try_from(drafts).unwrap();
        Self { database, wal, before: program.verified(), lines, drafts }
    }

    /// A copy of it, with the load beside it.
    fn program(&self) -> Program {
        let program = on_a_small_disk();
        let path = program.directory.path().join("books.db");
        std::fs::write(&path, &self.database).unwrap();
        if let Some(wal) = &self.wal {
            std::fs::write(path.with_extension("db-wal"), wal).unwrap();
        }
        program.write("load.jsonl", &self.lines);
        program
    }
}

/// The program without a database yet.
fn on_a_small_disk() -> Program {
    // Memory is as good a disk as any for faults that are made up.
    let memory = Path::new("/dev/shm");
    let directory =
        if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let directory = directory.unwrap();
    let database = format!("sqlite:{}", directory.path().join("books.db").display());
    let mut program = Program::at(directory, database);
    program.environment.push(("MINGZHANG_DISK_LOW_MIB", "0".to_owned()));
    program.environment.push(("MINGZHANG_BOOKS_SNAPSHOT_EVERY", SNAPSHOT_EVERY.to_string()));
    program
}

/// No fault here is a disk that is nearly full; the disk of copies is a small one.
fn limits() -> Limits {
    Limits { disk_low_bytes: 0, snapshot_every: SNAPSHOT_EVERY, ..Limits::default() }
}

fn frames(program: &Program) -> usize {
    let wal = std::fs::metadata(program.directory.path().join("books.db-wal")).unwrap();
    (usize::try_from(wal.len()).unwrap() - WAL_HEAD_LEN) / FRAME_LEN
}

/// How a run under the shim ended.
struct Run {
    status: Option<i32>,
    /// What it acknowledged, refused, or left open; without the totals.
    answers: Vec<Value>,
    said: String,
}

/// Runs a command under the shim.
fn shimmed(program: &Program, mut command: Command, settings: &[(&str, String)]) -> Output {
    command
        .env("LD_PRELOAD", shim())
        .env("SHIM_DATABASE", program.directory.path().join("books.db"))
        .envs(settings.iter().map(|(key, value)| (*key, value)))
        .output()
        .unwrap()
}

/// Posts the load, in about fifteen transactions, under the shim.
fn run(program: &Program, settings: &[(&str, String)]) -> Run {
    let mut load = program.journal("load.jsonl --commit");
    load.env("MINGZHANG_WRITER_BATCH_MAX", "4");
    let output = shimmed(program, load, settings);
    let mut answers = answers(&output.stdout);
    answers.retain(|answer| answer.get("format").is_none());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Run { status: output.status.code(), answers, said }
}
