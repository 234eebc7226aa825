//! The specification is true: its examples hash, its tables are the code's, its vectors are
//! taken or refused as they say, and the verifier written from it alone agrees with the fold.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use mingzhang::ledger::book::{Book, Violation};
use mingzhang::ledger::chain::{content_hash, entry_hash};
use mingzhang::ledger::chart::{self, CHART_F, CHART_R, Role};
use mingzhang::ledger::due::{Billing, Part, Term, dues};
use mingzhang::ledger::encoding::encode;
use mingzhang::ledger::entry::PostedEntry;
use mingzhang::ledger::event::Fields;
use mingzhang::ledger::json::{self, FormatError, FormatFault, is_forbidden};
use mingzhang::ledger::kinds::{Guard, KINDS, Kind, LineRule, kind};
use mingzhang::ledger::money::Money;
use mingzhang::ledger::period::{Month, Period, parse_date};
use mingzhang::ledger::schema::{Key, Sort};
use mingzhang::ledger::time::Timestamp;
use mingzhang::proof::export::Header;
use mingzhang::proof::{merkle, verify};

mod vectors;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs");

fn doc(name: &str) -> String {
    std::fs::read_to_string(format!("{DOCS}/{name}")).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The text between two headings (or to the end).
fn section<'d>(doc: &'d str, from: &str, to: &str) -> &'d str {
    let rest = doc.split_once(from).unwrap_or_else(|| panic!("no heading {from}")).1;
    rest.split_once(to).map_or(rest, |(section, _)| section)
}

/// The rows of the tables in a text, cell by cell, without heading rows.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for (no, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("| ")) {
        if lines.get(no + 1).is_some_and(|next| next.starts_with("|---")) {
            continue;
        }
        let line = line.trim_matches('|').replace("\\|", "\u{1}");
        let cells = line.split('|').map(|cell| cell.trim().replace('\u{1}', "|"));
        rows.push(cells.collect());
    }
    rows
}

/// The code spans of a cell.
fn spans(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

// --- Examples and vectors ------------------------------------------------------------------

/// The example estate: its header and the bytes of its entries.
fn example() -> (Vec<u8>, Vec<Vec<u8>>) {
    let file = std::fs::read(format!("{DOCS}/spec/vectors/estate.jsonl")).unwrap();
    let mut lines: Vec<Vec<u8>> = file.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    assert_eq!(lines.pop(), Some(Vec::new()), "the file ends with a line feed");
    (lines.remove(0), lines)
}

fn posted(entries: &[Vec<u8>]) -> Vec<PostedEntry> {
    let read = |bytes: &Vec<u8>| PostedEntry::read(bytes).expect("the example is canonical");
    entries.iter().map(read).collect()
}

fn apply(book: &mut Book, posted: &PostedEntry, known: &[PostedEntry]) -> Result<(), Violation> {
    let seq = Book::names(&posted.entry.event).map(|(seq, _)| seq);
    let named = seq.and_then(|seq| known.get(usize::try_from(seq).ok()?));
    book.apply(posted, named)
}

#[test]
fn the_example_estate_is_sound_and_shows_every_kind() {
    let (header, entries) = example();
    let posted = posted(&entries);
    let mut book = Book::default();
    for (seq, entry) in posted.iter().enumerate() {
        assert_eq!(encode(&entry.entry), entries[seq], "entry {seq} is written as it was read");
        apply(&mut book, entry, &posted).unwrap_or_else(|e| panic!("entry {seq}: {e}"));
    }
    let found = Header {
        entries: book.head().entries,
        estate: book.estate(),
        head: book.head().hash,
        log: book.profile().log.clone(),
    };
    assert_eq!(Header::decode(&header), Ok(found));
    for kind in KINDS {
        let shown = posted.iter().any(|entry| entry.entry.event.kind().name == kind.name);
        assert!(shown, "the example has no {}", kind.name);
    }
    let export = doc("spec/export.md");
    let block = section(&export, "```header\n", "\n```");
    assert_eq!(block.as_bytes(), header);
}

#[test]
fn every_entry_in_the_docs_hashes_to_what_stands_below_it() {
    let (_, entries) = example();
    let mut examples = 0;
    for name in ["spec/entry.md", "spec/kinds.md", "spec/log.md", "spec/export.md", "accounting.md"]
    {
        let doc = doc(name);
        for block in doc.split("```entry\n").skip(1) {
            let (bytes, rest) = block.split_once("\n```").expect("the block ends");
            let hash = spans(rest).first().map(|hash| (*hash).to_owned());
            assert_eq!(hash, Some(entry_hash(bytes.as_bytes()).to_string()), "{name}: {bytes}");
            assert!(entries.iter().any(|entry| entry == bytes.as_bytes()), "{name}: {bytes}");
            examples += 1;
        }
    }
    assert!(examples >= 9, "{examples}");
}

#[test]
fn a_disclosure_has_the_digest_that_the_entry_carries() {
    let doc = doc("spec/entry.md");
    let rows = rows(section(&doc, "### 2.6", "```entry"));
    let cell = |row: usize| spans(&rows[row][1])[0].to_owned();
    assert_eq!(content_hash(cell(1).as_bytes()).to_string(), cell(2));
    let (_, entries) = example();
    let sealed = &posted(&entries)[10].entry.sealed;
    assert_eq!(sealed.iter().map(ToString::to_string).collect::<Vec<_>>(), [cell(2)]);
}

/// A change of an example's entry and what it must be refused for.
struct Refusal {
    name: String,
    seq: usize,
    bytes: Vec<u8>,
    rule: String,
    field: String,
}

fn refusals() -> Vec<Refusal> {
    let (_, entries) = example();
    let text = doc("spec/vectors/refusals.tsv");
    let read = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [name, seq, from, to, rule, field] = cells[..] else { panic!("six cells: {line}") };
        let seq: usize = seq.parse().unwrap();
        let bytes = replaced(&entries[seq], &unescaped(from, &entries), &unescaped(to, &entries));
        let bytes = bytes.unwrap_or_else(|| panic!("{name}: entry {seq} has no {from}"));
        Refusal { name: name.into(), seq, bytes, rule: rule.into(), field: field.into() }
    };
    text.lines().filter(|line| !line.starts_with('#')).map(read).collect()
}

/// `\xHH` as a byte, `{hash:N}` as the hash of entry N.
fn unescaped(text: &str, entries: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(hex) = rest.strip_prefix("\\x") {
            out.push(u8::from_str_radix(&hex[..2], 16).unwrap());
            rest = &hex[2..];
        } else if let Some(number) = rest.strip_prefix("{hash:") {
            let (number, after) = number.split_once('}').unwrap();
            let seq: usize = number.parse().unwrap();
            out.extend(entry_hash(&entries[seq]).to_string().bytes());
            rest = after;
        } else {
            out.extend(c.to_string().bytes());
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Option<Vec<u8>> {
    let at = bytes.windows(from.len()).position(|window| window == from)?;
    Some([&bytes[..at], to, &bytes[at + from.len()..]].concat())
}

#[test]
fn every_refusal_is_refused_by_its_rule_at_its_field() {
    let (_, entries) = example();
    let known = posted(&entries);
    let mut wrong = String::new();
    for refusal in refusals().iter().filter(|refusal| refusal.rule != "ref") {
        let mut book = Book::default();
        for entry in &known[..refusal.seq] {
            apply(&mut book, entry, &known).unwrap();
        }
        let found = match PostedEntry::read(&refusal.bytes) {
            Err(FormatError { pointer, fault: FormatFault::Newer(_) }) => {
                ("newer".to_owned(), pointer)
            }
            Err(FormatError { pointer, .. }) => ("I2".to_owned(), pointer),
            Ok(posted) => match apply(&mut book, &posted, &known) {
                Ok(()) => ("taken".to_owned(), String::new()),
                Err(Violation::Newer(_)) => ("newer".to_owned(), refusal.field.clone()),
                Err(violation) => (violation.rule().code().to_owned(), violation.pointer()),
            },
        };
        if found != (refusal.rule.clone(), refusal.field.clone()) {
            writeln!(wrong, "{}: {found:?}", refusal.name).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

// --- Tables --------------------------------------------------------------------------------

/// A sort in the notation of `entry.md`, 2.1.
fn notation(sort: Sort) -> String {
    let keys = |keys: &[Key]| {
        let key = |key: &Key| {
            let mark = if key.required { "" } else { "?" };
            format!("{}{mark}:{}", key.name, notation(key.sort))
        };
        format!("{{{}}}", keys.iter().map(key).collect::<Vec<_>>().join(", "))
    };
    match sort {
        Sort::Text => "text".to_owned(),
        Sort::Name => "name".to_owned(),
        Sort::Id(prefix) => format!("@{prefix}"),
        Sort::Word(words) => format!("<{}>", words.join(" ")),
        Sort::Integer => "integer".to_owned(),
        Sort::Money => "money".to_owned(),
        Sort::Area => "area".to_owned(),
        Sort::Date => "date".to_owned(),
        Sort::Month => "month".to_owned(),
        Sort::Period => "period".to_owned(),
        Sort::Hash => "hash".to_owned(),
        Sort::Fund => "fund".to_owned(),
        Sort::Account => "account".to_owned(),
        Sort::Object(of) => keys(of),
        Sort::List(of) => format!("[{}]", notation(*of)),
        Sort::Rows(columns) => {
            let column = |column: &mingzhang::ledger::schema::Column| {
                format!("{}:{}", column.name, notation(column.sort))
            };
            format!("[[{}]]", columns.iter().map(column).collect::<Vec<_>>().join(", "))
        }
        Sort::Either(of) => of.iter().map(|(_, of)| keys(of)).collect::<Vec<_>>().join("/"),
    }
}

/// The row of the table of kinds, as the code has it.
fn row_of(kind: &Kind, shapes: &BTreeMap<String, String>) -> Vec<String> {
    let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    let code = |text: String| if text.is_empty() { text } else { format!("`{text}`") };
    let key = |key: &Key| {
        let sort = notation(key.sort);
        let sort = shapes.get(&sort).unwrap_or(&sort);
        format!("{}{}:{sort}", key.name, if key.required { "" } else { "?" })
    };
    let roles =
        |roles: &[Role]| code(roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" "));
    let [debit, credit] = match &kind.lines {
        LineRule::None => [String::new(), String::new()],
        LineRule::Sides(sides) => [roles(sides.debit), roles(sides.credit)],
        LineRule::Crossing { r, f } => [
            format!("R: {} F: {}", roles(r.debit), roles(f.debit)),
            format!("R: {} F: {}", roles(r.credit), roles(f.credit)),
        ],
        LineRule::Closing => ["computed for a year"; 2].map(str::to_owned),
        LineRule::Correction => ["mirror and right lines"; 2].map(str::to_owned),
    };
    let guard = |guard: &Guard| match guard {
        Guard::Evidence => "evidence",
        Guard::FeeCapped => "fee capped",
        Guard::Decision => "decision",
        Guard::DecisionOrRule => "decision or rule",
        Guard::Clause => "clause",
        Guard::Shown => "shown",
        Guard::BankFact => "bank fact",
        Guard::TwoPersons => "two persons",
        Guard::CoSigned => "co-signed",
    };
    vec![
        format!("`{}`", kind.name),
        kind.zh.to_owned(),
        kind.en.to_owned(),
        or_dash(code(kind.keys.iter().map(key).collect::<Vec<_>>().join(" "))),
        or_dash(debit),
        or_dash(credit),
        or_dash(kind.guards.iter().map(guard).collect::<Vec<_>>().join(", ")),
    ]
}

#[test]
fn the_table_of_kinds_is_the_codes() {
    let doc = doc("spec/kinds.md");
    let sorts = rows(section(&doc, "## Sorts of values", "## The table"));
    let shapes: BTreeMap<String, String> = sorts
        .iter()
        .map(|row| (spans(&row[1])[0].to_owned(), spans(&row[0])[0].to_owned()))
        .collect();
    let table = rows(section(&doc, "## The table", "`correct` has the lines"));
    let expected: Vec<_> = KINDS.iter().map(|kind| row_of(kind, &shapes)).collect();
    for (row, expected) in table.iter().zip(&expected) {
        assert_eq!(row, expected);
    }
    assert_eq!(table.len(), expected.len());

    // The verifier's own tables say the same.
    let verifier = self::doc("verify.py");
    let flat = verifier.split_whitespace().collect::<Vec<_>>().join(" ");
    for row in &expected {
        let bare = |cell: &String| cell.replace(['`', '–'], "");
        let mut line = format!("{} | {}", bare(&row[0]), bare(&row[3]));
        let rule = &kind(&bare(&row[0])).unwrap().lines;
        if matches!(rule, LineRule::Sides(_) | LineRule::Crossing { .. }) {
            write!(line, " | {} | {}", bare(&row[4]), bare(&row[5])).unwrap();
        }
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&line), "verify.py has no {line}");
    }
    for shape in shapes.keys() {
        for word in shape.split(['<', '>']).skip(1).step_by(2).flat_map(str::split_whitespace) {
            assert!(verifier.contains(word), "verify.py has no {word}");
        }
    }
}

#[test]
fn the_table_of_roles_is_the_shipped_charts() {
    let doc = doc("spec/kinds.md");
    let table = rows(section(&doc, "## Roles and the shipped charts", "Accounts of the role"));
    let found: Vec<Vec<String>> = table
        .iter()
        .map(|row| row.iter().flat_map(|cell| spans(cell)).map(str::to_owned).collect())
        .collect();
    let row = |role: &&str| {
        let accounts = chart::shipped(CHART_R).chain(chart::shipped(CHART_F));
        let codes = accounts.filter(|account| account.row[2] == *role);
        let codes = codes.map(|account| account.code.to_string());
        std::iter::once((*role).to_owned()).chain(codes).collect::<Vec<_>>()
    };
    let roles = Role::WORDS.iter().filter(|word| **word != "none");
    assert_eq!(found, roles.map(row).collect::<Vec<_>>());
}

#[test]
fn sorts_take_what_the_table_takes() {
    let doc = doc("spec/entry.md");
    let fits = |sort: &str, text: &str| match sort {
        "money" => text.parse::<Money>().is_ok(),
        "period" => text.parse::<Period>().is_ok_and(|period| period.to_string() == text),
        "date" => parse_date(text).is_ok(),
        "time" => text.parse::<Timestamp>().is_ok_and(|time| time.to_string() == text),
        other => panic!("{other}"),
    };
    let table = section(&doc, "| text | as |", "### 2.2");
    let table = rows(table);
    assert_eq!(table.len(), 8);
    for row in table {
        for text in spans(&row[0]) {
            assert_eq!(fits(spans(&row[1])[0], text), !row[1].starts_with("not"), "{text}");
        }
    }
}

#[test]
fn forbidden_characters_are_those_of_the_table() {
    let doc = doc("spec/entry.md");
    let mut ranges = Vec::new();
    for row in rows(section(&doc, "### 1.3", "A blank is one of")) {
        for range in row[0].split([',', ' ']).filter_map(|word| word.trim().strip_prefix("U+")) {
            if let Some(last) = range.strip_prefix('x') {
                let last = u32::from_str_radix(last, 16).unwrap();
                ranges.extend((0..=16).map(|plane| (plane << 16 | last, plane << 16 | last)));
                continue;
            }
            let (from, to) = range.split_once('…').unwrap_or((range, range));
            let hex = |text: &str| u32::from_str_radix(text, 16).unwrap();
            ranges.push((hex(from), hex(to)));
        }
    }
    for code in 0..=0x10_ffff {
        let listed = ranges.iter().any(|(from, to)| (*from..=*to).contains(&code));
        let forbidden = char::from_u32(code).is_none_or(is_forbidden);
        assert_eq!(listed, forbidden, "U+{code:04X}");
    }
}

#[test]
fn roots_are_those_of_the_table() {
    let doc = doc("spec/log.md");
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let hex = |hash: merkle::Hash| {
        hash.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    };
    let leaves = leaves.map(|leaf| *entry_hash(leaf).as_bytes());
    let table = rows(section(&doc, "| leaves | root |", "## Order"));
    assert_eq!(table.len(), 9);
    for row in table {
        let size: usize = row[0].parse().unwrap();
        assert_eq!(hex(merkle::root(&leaves[..size])), spans(&row[1])[0], "{size}");
    }
    let (_, entries) = example();
    let leaves: Vec<_> = entries.iter().map(|entry| *entry_hash(entry).as_bytes()).collect();
    assert!(doc.contains(&hex(merkle::root(&leaves))));
}

#[test]
fn dues_are_those_of_the_table() {
    let doc = doc("accounting.md");
    let table = rows(section(&doc, "| schedule | term | due |", "\n\n"));
    assert!(table.len() >= 5);
    for row in table {
        let schedule = json::read(spans(&row[0])[0].as_bytes()).unwrap();
        let json::Tree::Map(keys) = schedule else { panic!("{row:?}") };
        let part = Part::from_fields(Fields(&keys)).unwrap();
        let day = |text: &str| parse_date(text).ok();
        let (from, to) = row[1].split_once('…').unwrap();
        let term = Term { from: day(from), to: day(to) };
        let first = term.from.map_or("2026-01".parse().unwrap(), Month::of);
        let last = first.plus(239);
        let found = dues(&[part], term, Billing::Spread, first, last);
        for pair in row[2].split(", ") {
            let (month, amount) = pair.split_once(' ').unwrap();
            let due = match month {
                "total" => found.values().map(|due| due.amount).sum(),
                month => found.get(&month.parse().unwrap()).map_or(Money::ZERO, |due| due.amount),
            };
            assert_eq!(due.to_string(), amount, "{month} of {}", row[0]);
        }
    }
}

// --- The verifier written from the docs ----------------------------------------------------

/// Runs every file through one python3 and gives exit and output of each.
const RUN: &str = r#"
import io, sys, contextlib
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import verify
for file in sys.argv[2:]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = verify.run([file])
    print(code, said.getvalue().replace("\n", "\v"))
"#;

pub fn judged(exports: &[Vec<u8>]) -> Vec<(u8, String)> {
    let folder = tempfile::tempdir().unwrap();
    let file = |no: usize| folder.path().join(format!("{no}.jsonl"));
    for (no, export) in exports.iter().enumerate() {
        std::fs::write(file(no), export).unwrap();
    }
    let mut python = Command::new("python3");
    python.env("PYTHONIOENCODING", "utf-8").args(["-c", RUN, DOCS]);
    let output = python.args((0..exports.len()).map(file)).output().expect("python3 is needed");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |line: &str| {
        let (code, text) = line.split_once(' ').unwrap();
        (code.parse().unwrap(), text.replace('\u{b}', "\n"))
    };
    let judged: Vec<_> = said.lines().map(read).collect();
    assert_eq!(judged.len(), exports.len());
    judged
}

/// An export of these entries with a header that fits.
fn export(entries: &[Vec<u8>]) -> Vec<u8> {
    let (header, _) = example();
    let header = Header {
        entries: entries.len() as u64,
        head: entry_hash(entries.last().unwrap()),
        ..Header::decode(&header).unwrap()
    };
    let lines = std::iter::once(header.encode()).chain(entries.iter().cloned());
    lines.flat_map(|line| [line, b"\n".to_vec()].concat()).collect()
}

#[test]
fn the_independent_verifier_agrees_on_the_example() {
    let file = Path::new(DOCS).join("spec/vectors/estate.jsonl");
    let (_, entries) = example();
    let known = posted(&entries);
    let mut book = Book::default();
    for entry in &known {
        apply(&mut book, entry, &known).unwrap();
    }
    let (code, said) = judged(&[std::fs::read(&file).unwrap()]).remove(0);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("sound, not anchored: nobody has signed this head"), "{said}");
    assert!(said.contains(&book.head().hash.to_string()), "{said}");
    for (account, balance) in book.balances().accounts() {
        let line = said.lines().find(|line| line.trim_start().starts_with(&account.to_string()));
        let amount = line.and_then(|line| line.split_whitespace().nth(1));
        assert_eq!(amount, Some(balance.to_string().as_str()), "{account}");
    }
    let run = |pin: &str| {
        let mut python = Command::new("python3");
        python.arg("-B").arg(Path::new(DOCS).join("verify.py")).arg(&file).args(["--pin", pin]);
        python.output().expect("python3 is needed")
    };
    let pinned = run(&known[30].hash.to_string());
    assert_eq!(pinned.status.code(), Some(0));
    assert!(
        String::from_utf8_lossy(&pinned.stdout)
            .contains(&format!("{} entries came after", entries.len() - 31))
    );
    assert_eq!(run(&"0".repeat(64)).status.code(), Some(3));
    assert_eq!(run("short").status.code(), Some(2));
}

#[test]
fn the_independent_verifier_names_the_rule_of_every_refusal_it_judges() {
    const JUDGED: [&str; 9] = ["I1", "I2", "I3", "I4", "I6", "I7", "I8", "statement", "ref"];
    let (_, entries) = example();
    let refusals = refusals();
    let file = |refusal: &Refusal| {
        let before = entries[..refusal.seq].iter().cloned();
        export(&before.chain([refusal.bytes.clone()]).collect::<Vec<_>>())
    };
    let exports: Vec<_> = refusals.iter().map(file).collect();
    let mut wrong = String::new();
    for (refusal, (code, said)) in refusals.iter().zip(judged(&exports)) {
        let named = said.lines().any(|line| {
            line.starts_with(&format!("fault: entry {}, {}, ", refusal.seq, refusal.rule))
        });
        let fits = match refusal.rule.as_str() {
            "newer" => code == 2 && said.contains("needs a newer program"),
            // What only the fold knows: how the lines of a receipt are counted.
            "I7" if refusal.name == "no such receipt" => code != 2,
            rule if JUDGED.contains(&rule) => code == 1 && named,
            _ => code != 2,
        };
        if !fits {
            writeln!(wrong, "{}: {code} {said}", refusal.name).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_independent_verifier_finds_every_single_change() {
    let file = std::fs::read(format!("{DOCS}/spec/vectors/estate.jsonl")).unwrap();
    let lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |end: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % end as u64).unwrap()
    };
    let mut changed = Vec::new();
    for _ in 0..20 {
        let mut bits = file.clone();
        bits[below(file.len())] ^= 1 << below(8);
        changed.push(bits);
        let mut digits = file.clone();
        let places: Vec<usize> = (0..file.len()).filter(|at| file[*at].is_ascii_digit()).collect();
        let at = places[below(places.len())];
        digits[at] = b'0' + (digits[at] - b'0' + 1) % 10;
        changed.push(digits);
    }
    for _ in 0..5 {
        let at = 1 + below(lines.len() - 2);
        changed.push([&lines[..at], &lines[at + 1..]].concat().concat());
        changed.push([&lines[..=at], &lines[at..]].concat().concat());
        let mut swapped = lines.clone();
        swapped.swap(at, at + 1);
        changed.push(swapped.concat());
        changed.push(lines[..at].concat());
        changed.push(file[..=below(file.len() - 2)].to_vec());
    }
    for (bytes, (code, said)) in changed.iter().zip(judged(&changed)) {
        assert_ne!(*bytes, file);
        assert!(!verify::verify(bytes, None, 1, &|_| {}).is_ok_and(|report| report.is_sound()));
        assert!(!said.contains("Traceback"), "{said}");
        match code {
            1 => assert!(said.contains("\nfault: "), "{said}"),
            2 => assert!(said.contains("needs a newer program"), "{said}"),
            other => panic!("exit {other}: {said}"),
        }
    }
}

#[test]
fn the_independent_verifier_survives_any_input() {
    let odd: [&[u8]; 9] = [
        b"",
        b"\n",
        b"{}\n",
        b"null",
        b"\xff\xfe\x00",
        b"[[[[[[[[[[",
        b"{\"format\":\"estate-ledger/2\"}\n",
        b"\xef\xbb\xbf{}\r\n",
        b"NaN\n1e999\n\"\n",
    ];
    let deep = [b"{\"a\":".repeat(9_000), b"[".repeat(90_000)];
    let odd: Vec<Vec<u8>> = odd.map(<[u8]>::to_vec).into_iter().chain(deep).collect();
    for (bytes, (code, said)) in odd.iter().zip(judged(&odd)) {
        assert!(matches!(code, 1 | 2) && !said.contains("Traceback"), "{bytes:?}: {code} {said}");
    }
}
