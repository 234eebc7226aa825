//! The real program as a child process, and journals for it to post.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use mingzhang::ledger::draft::{Draft, Place};
use mingzhang::ledger::encoding::encode;
use mingzhang::ledger::id::{EntryHash, EstateCode};
use mingzhang::ledger::json::Value as Cell;
use mingzhang::ledger::time::Timestamp;
use mingzhang::services::packs::rules_event;
use serde_json::Value;

use crate::harness::{LOG, actor, credit, debit, event, org};

/// The most drafts in one batch of [`receipts`].
const BATCH_LEN_MAX: u64 = 5;

/// The program with a database of its own.
pub struct Program {
    pub directory: tempfile::TempDir,
    pub database: String,
    /// Settings by the environment.
    pub environment: Vec<(&'static str, String)>,
}

impl Program {
    /// With an SQLite database that holds the estate 0.
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", directory.path().join("books.db").display());
        let program = Self::at(directory, database);
        program.open_log();
        program
    }

    /// With the database that a URL names.
    pub fn at(directory: tempfile::TempDir, database: String) -> Self {
        Self { directory, database, environment: Vec::new() }
    }

    /// Names the log and opens the estate 0.
    pub fn open_log(&self) {
        let (status, said) = told(&self.opening().output().unwrap());
        assert_eq!(status, 0, "{said}");
    }

    /// The command that makes the database, names the log and opens the estate 0.
    pub fn opening(&self) -> Command {
        let code = estate(0);
        self.command(&format!(
            "estate open --log {LOG} --code {code} --name 和苑小区 --address 民乐县 \
            --households 320 --area 32000.00 --company 甲物业公司 --bank R,农业银行,****0001 \
            --date 2025-01-01"
        ))
    }

    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mingzhang"));
        command
            .arg("--database")
            .arg(&self.database)
            .args(arguments.split_whitespace())
            .envs(self.environment.iter().map(|(key, value)| (*key, value)))
            .current_dir(self.directory.path())
            .stdin(Stdio::null());
        command
    }

    /// Exit code and what was said, on standard output and then on standard error.
    pub fn run(&self, arguments: &str) -> (i32, String) {
        told(&self.command(arguments).output().unwrap())
    }

    /// Writes a journal into the program's directory.
    pub fn write(&self, name: &str, lines: &[String]) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
        path
    }

    /// Runs `import journal` with `--json`: exit code, answers, totals.
    pub fn import(&self, arguments: &str) -> (i32, Vec<Value>, Value) {
        let output = self.journal(arguments).output().unwrap();
        let (status, said) = told(&output);
        let mut answers = answers(&output.stdout);
        let totals = answers.pop().unwrap_or_else(|| panic!("no totals: {said}"));
        assert_eq!(totals["format"], "journal/1", "{said}");
        (status, answers, totals)
    }
}

impl Program {
    /// `import journal` with `--json`.
    pub fn journal(&self, arguments: &str) -> Command {
        self.command(&format!("--json import journal {arguments}"))
    }

    /// How many entries there are; the whole database verifies.
    pub fn verified(&self) -> u64 {
        let (status, said) = self.run("--json verify");
        assert_eq!(status, 0, "{said}");
        let last = said.lines().last().and_then(|line| serde_json::from_str::<Value>(line).ok());
        let report = last.filter(|report| report["format"] == "verify-database/1");
        report.unwrap_or_else(|| panic!("{said}"))["entries"].as_u64().unwrap()
    }

    /// After whatever befell it: the books are sound, every acknowledged draft stands as it was
    /// acknowledged, and posting the same journal again leaves each of its drafts there once.
    /// `before` is how many entries there were before the journal.
    pub fn settle(&self, file: &str, acknowledged: &[Value], before: u64) {
        let survived = self.verified();
        let told = u64::try_from(stand(acknowledged).count()).unwrap();
        assert!(survived >= before, "{survived} entries of {before} survived");
        let (status, answers, totals) = self.import(&format!("{file} --commit"));
        assert_eq!(status, 0, "{totals} {answers:?}");
        assert!(totals["known"].as_u64().unwrap() >= told, "{totals}, acknowledged: {told}");
        let standing: HashMap<String, &Value> = stand(&answers).collect();
        assert_eq!(standing.len(), answers.len(), "every reference stands once");
        for (key, told) in stand(acknowledged) {
            let stands = standing[&key];
            assert_eq!(stands["status"], "known", "{told} was lost");
            for key in ["estate", "seq", "hash"] {
                assert_eq!(told[key], stands[key], "{told} became {stands}");
            }
        }
        let known = totals["known"].as_u64().unwrap();
        // A server may still end a commit that its client sent before it died.
        let late = u64::from(!self.database.starts_with("sqlite:")) * BATCH_LEN_MAX;
        let survived = survived..=survived + late;
        assert!(survived.contains(&(before + known)), "{known} known, {survived:?} survived");
    }
}

/// Answers that say an entry stands, by estate and reference.
pub fn stand(answers: &[Value]) -> impl Iterator<Item = (String, &Value)> {
    let stands = |answer: &&Value| answer["status"] == "posted" || answer["status"] == "known";
    let key = |answer: &Value| format!("{} {}", answer["estate"], answer["ref"]);
    answers.iter().filter(stands).map(move |answer| (key(answer), answer))
}

/// Numbers that look random and are the same for the same seed (`SplitMix64`).
pub struct Chance(pub u64);

impl Chance {
    /// Below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }

    /// A seed that was given by `MINGZHANG_SEED`, or this one; it is printed, for a failure.
    pub fn seeded(seed: u64) -> Self {
        let given = std::env::var("MINGZHANG_SEED").ok().and_then(|text| text.parse().ok());
        let seed = given.unwrap_or(seed);
        println!("MINGZHANG_SEED={seed}");
        Self(seed)
    }
}

/// Exit code and what was said.
pub fn told(output: &Output) -> (i32, String) {
    let said = [output.stdout.as_slice(), &output.stderr].map(String::from_utf8_lossy).concat();
    (output.status.code().unwrap_or(-1), said)
}

/// The whole lines of a report; the last may have been cut.
pub fn answers(report: &[u8]) -> Vec<Value> {
    let whole = report.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let lines = report[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

/// The n-th estate.
pub fn estate(nth: usize) -> EstateCode {
    format!("620722-{:04}", nth + 1).parse().unwrap()
}

/// A draft as JSON: what its entry would be, without what the server sets.
pub fn json_of(draft: &Draft) -> Value {
    let place = Place {
        act: None,
        by: &actor("o_x", "x", "u_x"),
        log: LOG,
        prev: EntryHash::NONE,
        seq: 0,
        time: Timestamp::noon_of("2025-03-01".parse().unwrap()),
    };
    let mut entry: Value = serde_json::from_slice(&encode(&draft.at(&place))).unwrap();
    let keys = entry.as_object_mut().unwrap();
    for key in ["by", "log", "prev", "seq", "time", "v"] {
        keys.remove(key);
    }
    entry
}

/// The line that opens an estate: a batch of two.
pub fn opening(code: EstateCode) -> String {
    let bank = ["R.1001.01", "农业银行", "****0001"].map(Cell::text);
    let open = event(
        "open",
        [
            ("address", Cell::text("民乐县")),
            ("area", Cell::text("32000.00")),
            ("banks", Cell::List(vec![Cell::List(bank.to_vec())])),
            ("book", Cell::Integer(1)),
            ("households", Cell::Integer(320)),
            ("manager", org("甲物业公司")),
            ("name", Cell::text("和苑小区")),
            ("since", Cell::text("2025-01-01")),
        ],
    );
    let open = Draft::new(code, open, format!("open:{code}").parse().unwrap());
    let rules = rules_event("cn-default", "2025-01-01".parse().unwrap(), &[]).unwrap();
    let rules = Draft::new(code, rules, format!("rules:{code}").parse().unwrap());
    Value::Array(vec![json_of(&open), json_of(&rules)]).to_string()
}

/// A receipt of some yuan.
pub fn receipt(code: EstateCode, key: &str, yuan: u64) -> Draft {
    let amount = format!("{yuan}.00");
    let lines = vec![debit("R.1001.01", &amount), credit("R.4502.01", &amount)];
    let draft = Draft::new(code, event("income", []), key.parse().unwrap());
    draft.with_lines("2025-03-01".parse().unwrap(), lines)
}

/// A line with one receipt.
pub fn receipt_line(code: EstateCode, key: &str, yuan: u64) -> String {
    json_of(&receipt(code, key, yuan)).to_string()
}

/// Estates from 1 on are opened, then each gets receipts in turn: `receipts` lines.
pub fn journal(estates: usize, receipts: usize) -> Vec<String> {
    let opened = (1..estates).map(|nth| opening(estate(nth)));
    let each = (0..receipts).map(|nth| {
        let yuan = 1 + u64::try_from(nth).unwrap() % 9_000;
        receipt_line(estate(nth % estates), &format!("load:{nth:06}"), yuan)
    });
    opened.chain(each).collect()
}

/// Lines of receipts over some estates, one in eight of them a batch; `name` keeps their
/// references apart from those of other journals.
pub fn receipts(name: &str, estates: usize, lines: usize, chance: &mut Chance) -> Vec<String> {
    let mut drawn = 0;
    let mut one = |nth: usize, yuan: usize| {
        drawn += 1;
        let yuan = u64::try_from(yuan + 1).unwrap();
        json_of(&receipt(estate(nth), &format!("{name}:{drawn:06}"), yuan))
    };
    let line = |_| {
        let nth = chance.below(estates);
        match chance.below(8) {
            0 => (0..2 + chance.below(4)).map(|yuan| one(nth, yuan)).collect::<Value>().to_string(),
            yuan => one(nth, yuan).to_string(),
        }
    };
    (0..lines).map(line).collect()
}
