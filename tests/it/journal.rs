//! Journals: drafts as JSON Lines, judged as a whole, posted in bulk, posted again.

use std::io::Write;
use std::process::Stdio;

use mingzhang::ledger::draft::Batch;
use serde_json::{Value, json};

use crate::program::{Program, answers, estate, journal, json_of, opening, receipt, receipt_line};

/// Two receipts that are posted together.
fn pair(nth: usize) -> String {
    let each = ["a", "b"]
        .map(|which| json_of(&receipt(estate(nth), &format!("pair:{nth:04}{which}"), 70)));
    Value::Array(each.to_vec()).to_string()
}

fn entries(program: &Program) -> u64 {
    let (_, said) = program.run("--json estate list");
    let list: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    list.as_array().unwrap().iter().map(|row| row["entries"].as_u64().unwrap()).sum()
}

#[test]
fn a_journal_of_several_estates_is_posted_once() {
    let program = Program::sqlite();
    let mut lines = journal(3, 30);
    lines.insert(9, String::new());
    lines.insert(10, pair(1));
    program.write("j.jsonl", &lines);

    let (status, dry, totals) = program.import("j.jsonl");
    assert_eq!((status, dry.len()), (0, 36));
    assert_eq!((totals["ready"].as_u64(), totals["posted"].as_u64()), (Some(36), Some(0)));
    assert_eq!(entries(&program), 2, "a dry run posts nothing");

    let (status, posted, totals) = program.import("j.jsonl --commit");
    assert_eq!(status, 0);
    assert_eq!((totals["lines"].as_u64(), totals["posted"].as_u64()), (Some(33), Some(36)));
    assert!(posted.iter().all(|line| line["status"] == "posted"));
    let of_pair: Vec<_> = posted.iter().filter(|line| line["line"] == 11).collect();
    assert_eq!(of_pair.len(), 2, "a line a draft");
    assert_eq!(of_pair[0]["ref"], "pair:0001a");
    assert_eq!(of_pair[0]["seq"].as_u64().unwrap() + 1, of_pair[1]["seq"].as_u64().unwrap());
    assert_eq!(entries(&program), 38);

    let (status, again, totals) = program.import("j.jsonl --commit");
    assert_eq!((status, totals["known"].as_u64()), (0, Some(36)));
    for (first, second) in posted.iter().zip(&again) {
        assert_eq!(second["status"], "known");
        for key in ["line", "estate", "ref", "seq", "hash"] {
            assert_eq!(first[key], second[key]);
        }
    }
    assert_eq!(entries(&program), 38);
    let (status, said) = program.run("verify");
    assert_eq!(status, 0, "{said}");
}

#[test]
fn a_refused_line_is_named_and_nothing_is_posted() {
    let program = Program::sqlite();
    let mut lines = journal(2, 20);
    lines[7] = lines[7].replacen("R.1001.01", "R.1001.09", 1);
    lines[12] = lines[12].replacen(r#""debit":"12.00""#, r#""debit":"13.00""#, 1);
    lines.push(pair(1).replacen("R.4502.01", "R.4502", 1));
    program.write("j.jsonl", &lines);
    let (status, refused, totals) = program.import("j.jsonl --commit");
    assert_eq!(status, 1);
    assert_eq!(entries(&program), 2, "nothing is posted");
    assert_eq!((totals["posted"].as_u64(), totals["refused"].as_u64()), (Some(0), Some(4)));
    let told: Vec<_> = refused
        .iter()
        .map(|line| {
            let error = &line["errors"][0];
            assert!(error["do_zh"].as_str().is_some_and(|text| !text.is_empty()), "{line}");
            (line["line"].clone(), error["pointer"].clone(), error["code"].clone())
        })
        .collect();
    let account = |line: u64, pointer: &str| (json!(line), json!(pointer), json!("I4"));
    assert_eq!(
        told,
        [
            account(8, "/lines/0/account"),
            (json!(13), json!("/lines"), json!("I3")),
            account(22, "/0/lines/1/account"),
            (json!(22), json!("/1"), json!("batch")),
        ]
    );
    let (status, said) = program.run("import journal j.jsonl --commit");
    assert_eq!(status, 1);
    assert!(said.contains("第 8 行：拒绝") && said.contains("（I4）"), "{said}");
    let (_, said) = program.run("--lang en import journal j.jsonl");
    assert!(said.contains("line 13: refused /lines"), "{said}");
    assert!(said.contains("lines 22 · ready 20 · refused 4"), "{said}");
}

#[test]
fn lines_that_are_no_drafts_are_refused_by_name() {
    let program = Program::sqlite();
    let good = receipt_line(estate(0), "good:0001", 5);
    let with = |from: &str, to: &str| good.replacen(from, to, 1);
    let cases = [
        (with(r#""date""#, r#""ref":"other:001","date""#), "/ref", "I2"),
        (with(r#""5.00""#, "5.0"), "/lines/0/debit", "I2"),
        (with(r#""date""#, r#""memo":null,"date""#), "/memo", "I2"),
        (with(r#""date""#, r#""seq":3,"date""#), "/seq", "I2"),
        ("{".to_owned(), "", "I2"),
        (with("2025-03-01", "2024-03-01"), "/date", "I8"),
        (with("620722-0001", "620722-0009"), "/estate", "estate"),
        (with(r#""date""#, r#""memo":"电话13912345678","date""#), "/memo", "personal-number"),
        (with(r#""date""#, "\"memo\":\"e\u{301}\",\"date\""), "/memo", "nfc"),
        (good.clone(), "", "ready"),
        (good.replace("5.00", "6.00"), "/ref", "ref"),
    ];
    let lines: Vec<String> = cases.iter().map(|(line, ..)| line.clone()).collect();
    program.write("j.jsonl", &lines);
    let (status, answers, totals) = program.import("j.jsonl");
    assert_eq!((status, totals["refused"].as_u64()), (1, Some(10)));
    for ((line, pointer, code), answer) in cases.iter().zip(&answers) {
        match answer["errors"].get(0) {
            None => assert_eq!(*code, "ready", "{line}"),
            Some(error) => {
                assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)));
            }
        }
    }
    program.write("j.jsonl", &[good]);
    let (_, answers, _) = program.import("j.jsonl --estate 620722-0002");
    assert_eq!(answers[0]["errors"][0]["code"], "estate");
    assert_eq!(program.import("j.jsonl --estate 620722-0001 --commit").0, 0);
    program.write("j.jsonl", &lines[10..]);
    let (status, answers, _) = program.import("j.jsonl --commit");
    assert_eq!((status, &answers[0]["errors"][0]["code"]), (1, &json!("ref")));
    assert_eq!(program.run("import journal nothing.jsonl").0, 2);
}

#[test]
fn standard_input_is_gone_through_twice_too() {
    let program = Program::sqlite();
    let mut child = program
        .command("--json import journal - --commit")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{}\n{}", opening(estate(1)), receipt_line(estate(1), "paper:0001", 3))
        .unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(answers(&output.stdout).last().unwrap()["posted"], 3);
}

#[test]
fn memory_does_not_grow_with_the_number_of_lines() {
    let program = Program::sqlite();
    let lines = journal(1, 30_000);
    program.write("short.jsonl", &lines[..2_000]);
    program.write("long.jsonl", &lines);
    let (short, long) = (peak_kib(&program, "short.jsonl"), peak_kib(&program, "long.jsonl"));
    assert!(long < short + 24 * 1024, "2,000 lines: {short} KiB, 30,000 lines: {long} KiB");
}

/// The most memory that posting a journal took.
fn peak_kib(program: &Program, file: &str) -> u64 {
    let mut command = program.command(&format!("--quiet import journal {file} --commit"));
    // One heap for all threads: how many glibc makes, and what each keeps, depends on the load.
    command.env("MALLOC_ARENA_MAX", "1");
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(child.wait().unwrap().success());
    peak
}

#[test]
fn the_example_in_the_docs_is_a_journal() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/spec/draft.md");
    let text = std::fs::read_to_string(path).unwrap();
    let block = text.split("```jsonl\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let batches: Vec<_> =
        block.lines().map(|line| Batch::read(line.as_bytes()).expect(line)).collect();
    assert!(batches.iter().any(|batch| batch.is_list));
    assert!(batches.iter().any(|batch| !batch.drafts[0].sealed.is_empty()));
    // It is posted as it stands, to the estate that it opens.
    let program = Program::sqlite();
    program.write("j.jsonl", &block.lines().map(str::to_owned).collect::<Vec<_>>());
    let (status, answers, _) = program.import("j.jsonl --commit");
    assert_eq!(status, 0, "{answers:?}");
}
