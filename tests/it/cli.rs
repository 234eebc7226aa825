//! The commands as somebody types them: what they print and how they exit.

use std::path::Path;
use std::process::{Command, Output};

struct Shell {
    directory: tempfile::TempDir,
}

impl Shell {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn run(&self, arguments: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mingzhang"))
            .args(arguments.split_whitespace())
            .current_dir(self.directory.path())
            .env_remove("MINGZHANG_DATABASE")
            .output()
            .unwrap()
    }

    /// Exit code and standard output.
    fn out(&self, arguments: &str) -> (i32, String) {
        let output = self.run(arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap_or(-1), text)
    }

    fn json(&self, arguments: &str) -> serde_json::Value {
        let (_, text) = self.out(arguments);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    fn register() -> String {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
        data.join("lease-register-2018-10.xlsx").display().to_string()
    }

    fn python_verifier(&self, file: &str) -> (i32, String) {
        let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verify.py");
        let output = Command::new("python3")
            .arg(verifier)
            .arg(file)
            .current_dir(self.directory.path())
            .output()
            .expect("python3 is needed by this test");
        (output.status.code().unwrap_or(-1), String::from_utf8(output.stdout).unwrap())
    }
}

#[test]
fn a_demonstration_is_the_same_every_time_and_verifies_twice() {
    let shell = Shell::new();
    let (code, first) = shell.out("demo --fresh --no-serve");
    assert_eq!(code, 0);
    let list = shell.json("estate list --json");
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 15);
    let row = list.iter().find(|row| row["code"] == "620722-0013").unwrap();
    assert_eq!(row["entries"], 33);
    assert_eq!(row["last"], "2018-10-31");
    assert_eq!(row["funds"], serde_json::json!({"R": "23350.00", "F": "0.00"}));
    assert_eq!(row["gap"], "38465.16");
    let (_, second) = shell.out("demo --fresh --no-serve");
    assert_eq!(first, second, "the same heads");

    assert_eq!(shell.out("export --estate 620722-0013 -o books.jsonl").0, 0);
    let report = shell.json("--json verify books.jsonl --as-of 2018-10-31");
    assert_eq!(report["sound"], true);
    assert_eq!(report["anchored"], false);
    assert_eq!(report["balances"]["R.1001.01"], "21800.00");
    assert_eq!(report["head"], row["head"]);
    let (code, text) = shell.python_verifier("books.jsonl");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains(row["head"].as_str().unwrap()), "{text}");
}

#[test]
fn a_demonstration_ends_where_it_is_told_to() {
    let shell = Shell::new();
    let (code, october) = shell.out("--lang en demo --as-of 2018-10-31 --no-serve");
    assert_eq!(code, 0);
    assert_eq!(october.lines().count(), 1, "the register alone: {october}");
    assert!(october.contains("620722-0013  明珠花园  33 entries"), "{october}");
    let (_, later) = shell.out("--lang en demo --as-of 2020-01-01 --no-serve");
    assert_eq!(later, october, "what is made isn't made again; its clock may stand later");
    assert_eq!(shell.out("demo --as-of 2018-10-30 --no-serve").0, 2, "before the first entry");
    let (code, all) = shell.out("demo --fresh --no-serve");
    assert_eq!((code, all.lines().count()), (0, 15));
    let output = shell.run("--lang en demo --as-of 2026-01-31 --no-serve");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("say --fresh"), "its books go on after that day: {said}");
}

#[test]
fn an_export_comes_in_every_format_and_a_chain_is_never_cut() {
    let shell = Shell::new();
    shell.out("demo --as-of 2018-10-31 --no-serve");
    let (code, table) = shell.out("export --estate 620722-0013 --format csv --min 5000.00");
    assert_eq!(code, 0);
    assert!(table.lines().all(|line| !line.contains(",4800.00,")), "{table}");
    assert!(table.contains(",10000.00,"), "{table}");
    let (_, english) = shell.out("--lang en export --estate 620722-0013 --format csv");
    assert!(english.starts_with("\u{feff}Entry,Date,"), "{english}");
    assert!(shell.out("export --estate 620722-0013 --format hledger").1.contains("commodity CNY"));
    assert!(
        shell.out("export --estate 620722-0013 --format beancount").1.contains(" open Assets:")
    );
    assert_eq!(shell.out("export --estate 620722-0013 --format xlsx -o b.xlsx").0, 0);
    assert!(shell.directory.path().join("b.xlsx").metadata().unwrap().len() > 4_000);
    assert_eq!(shell.out("export --estate 620722-0013 --fund R").0, 2, "no part of a chain");
    assert_eq!(shell.out("export --estate 620722-0013 --format csv --kind nothing").0, 2);
    assert_eq!(shell.out("export --estate 620722-0013 --format csv --from 2018-1").0, 2);
}

#[test]
fn verify_exits_by_what_it_found() {
    let shell = Shell::new();
    shell.out("demo --as-of 2018-10-31 --no-serve");
    shell.out("export --estate 620722-0013 -o books.jsonl");
    let head = shell.json("estate list --json")[0]["head"].as_str().unwrap().to_owned();
    let (code, text) = shell.out(&format!("--lang en verify books.jsonl --pin {head}"));
    assert_eq!(code, 0);
    assert!(text.contains("sound, not anchored: nobody has signed this head"), "{text}");
    let other = head.replace(['0', '1'], "2");
    assert_eq!(shell.out(&format!("verify books.jsonl --pin {other}")).0, 3);

    let path = shell.directory.path().join("books.jsonl");
    let books = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, books.replace("5000.00", "5001.00")).unwrap();
    let (code, text) = shell.out("--lang en verify books.jsonl");
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("fault"), "{text}");
    assert_eq!(shell.python_verifier("books.jsonl").0, 1);
    std::fs::write(&path, books.replace("\"kind\":\"contract\"", "\"kind\":\"contrapt\"")).unwrap();
    assert_eq!(shell.out("verify books.jsonl").0, 2, "a newer format is not judged");
    assert_eq!(shell.out("verify nothing.jsonl").0, 2);
    assert_eq!(shell.out("verify").0, 0, "the database is sound");
    assert_eq!(shell.out(&format!("verify --estate 620722-0013 --pin {head}")).0, 0);
    assert_eq!(shell.out(&format!("verify --pin {other}")).0, 3);
    assert_eq!(shell.out("verify --estate 620722-0099").0, 2);
}

#[test]
fn an_estate_of_ones_own_from_the_register_to_the_export() {
    let shell = Shell::new();
    let open = "estate open --log county.example/estates --code 620722-0013 --name 某小区 \
        --address 某路1号 --households 486 --area 68450.00 --company 某物业公司 \
        --bank R,农业银行,****1234 --date 2018-10-01";
    assert_eq!(shell.out(open).0, 0);
    assert_eq!(shell.out(open).0, 2, "it has a book already");
    let import = format!("import register {} --estate 620722-0013", Shell::register());
    let preview = shell.json(&format!("--json {import}"));
    assert_eq!(preview["totals"]["due_month"], "45998.50");
    assert_eq!(preview["totals"]["received"], "24178.91");
    assert_eq!(preview["totals"]["held"], "828.91");
    assert_eq!(shell.json("estate list --json")[0]["entries"], 2, "a preview posts nothing");
    let (code, text) = shell.out(&format!("--lang en {import} --commit --write-answers a.toml"));
    assert_eq!(code, 1, "rows 28, 30, 31 ask: {text}");
    assert!(text.contains("entries posted: 31"), "{text}");
    let template = std::fs::read_to_string(shell.directory.path().join("a.toml")).unwrap();
    assert!(template.contains("28") && template.contains("31"), "{template}");
    let again = shell.json(&format!("--json {import} --commit"));
    assert_eq!(again["posted"], 0);
    assert_eq!(shell.json("estate list --json")[0]["gap"], "38465.16");
}

#[test]
fn wrong_use_is_told_and_touches_nothing() {
    let shell = Shell::new();
    assert_eq!(shell.out("estate list").0, 2, "no database");
    assert!(std::fs::read_dir(shell.directory.path()).unwrap().next().is_none());
    let output = shell.run(
        "estate open --code 62-1 --name x --address y --households 1 \
        --area 1.00 --company z --date 2018-10-01 --log a.b/c",
    );
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("six digits"), "{said}");
    shell.out("demo --as-of 2018-10-31 --no-serve");
    let output = shell.run("serve --log other.example/estates --listen 127.0.0.1:0");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("demo.invalid/estates"), "{said}");
}

#[test]
fn settings_come_from_file_environment_and_flags() {
    let shell = Shell::new();
    let path = shell.directory.path().join("mingzhang.toml");
    std::fs::write(&path, "lang = \"en\"\n[writer]\nbatch_max = 64\n").unwrap();
    let shown = shell.json("config show --json");
    let of = |key: &str| {
        let row = shown.as_array().unwrap().iter().find(|row| row["key"] == key).unwrap();
        format!("{} {}", row["value"].as_str().unwrap(), row["source"].as_str().unwrap())
    };
    assert_eq!(of("lang"), "en file");
    assert_eq!(of("writer.batch_max"), "64 file");
    assert_eq!(of("listen"), "127.0.0.1:8080 default");
    std::fs::write(&path, "wrong = 1\n").unwrap();
    let output = shell.run("config show");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("wrong"));
}

#[test]
fn completions_are_printed_for_each_shell() {
    let shell = Shell::new();
    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, text) = shell.out(&format!("completions {name}"));
        assert_eq!(code, 0);
        assert!(text.contains("mingzhang"), "{name}");
    }
}
