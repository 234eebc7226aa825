//! Files made to do harm, given to the real program as a child with 256 MiB: each of the four
//! readers refuses them or reads them harmlessly, and never crashes.

use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::process::Command;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::program::{Program, told};

/// Runs a program with a limit on its data and tells how much it had in memory at most: exit
/// code, then KiB, on the last line of standard error.
const LIMITED: &str = "
import os, resource, sys
limit = 256 << 20
pid = os.fork()
if pid == 0:
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
";

/// The largest a child may get, in KiB.
const RSS_KIB_MAX: u64 = 256 << 10;

const READERS: [&str; 4] = [
    "register FILE --month 2025-03",
    "contracts FILE",
    "parking FILE",
    "statement FILE --account R.1001.01",
];

pub struct Victim {
    program: Program,
}

impl Victim {
    pub fn new() -> Self {
        Self { program: Program::sqlite() }
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.program.directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Every reader gets the file: each says what is wrong and ends with 1 or 2.
    pub fn gets(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.file(name, bytes);
        let mut all = String::new();
        for reader in READERS {
            let reader = reader.replace("FILE", &path.display().to_string());
            let (status, said) = self.reads(name, &reader);
            assert!(status == 1 || status == 2, "{name}, {reader}: {status} {said}");
            all += &said;
        }
        all
    }
}

impl Victim {
    /// What a reader says of a file, as a child: exit code and words.
    pub fn reads(&self, name: &str, reader: &str) -> (i32, String) {
        let words = format!("--quiet import {reader} --estate 620722-0001");
        limited(name, &self.program.command(&words))
    }
}

/// Runs a program as a child with its memory and its time bounded: exit code and words.
pub fn limited(name: &str, command: &Command) -> (i32, String) {
    let mut limited = Command::new("timeout");
    limited.args(["10", "python3", "-c", LIMITED]).arg(command.get_program());
    limited.args(command.get_args()).envs(command.get_envs().filter_map(|(k, v)| Some((k, v?))));
    let (status, said) = told(&limited.output().unwrap());
    assert_ne!(status, 124, "{name}: it takes more than ten seconds");
    assert!(!said.contains("panicked"), "{name}: {said}");
    let kib: u64 = said.lines().last().unwrap().trim().parse().unwrap();
    assert!(kib < RSS_KIB_MAX, "{name}: {kib} KiB");
    println!("{name:<28} {status} {kib:>8} KiB  {}", said.lines().next().unwrap_or(""));
    (status, said)
}

pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        archive.start_file(*name, options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook of one sheet with this XML, and further parts.
fn book(sheet: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let root = format!(
        "<Relationships>{}</Relationships>",
        relation("w", "officeDocument", "xl/workbook.xml")
    );
    let relations = format!(
        "<Relationships>{}{}</Relationships>",
        relation("x", "worksheet", "worksheets/sheet1.xml"),
        relation("s", "sharedStrings", "sharedStrings.xml")
    );
    let workbook = "<workbook xmlns=\"m\" xmlns:r=\"r\"><sheets>\
        <sheet name=\"a\" sheetId=\"1\" r:id=\"x\"/></sheets></workbook>";
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    parts.extend(more);
    zipped(&parts)
}

fn cells(inside: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{inside}</sheetData></worksheet>");
    book(sheet.as_bytes(), &[])
}

/// Text that packs at well below the ratio that a bomb is known by.
fn noise(len: usize) -> String {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + u8::try_from(state >> 28).unwrap())
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn workbooks_that_unpack_without_end() {
    let victim = Victim::new();
    let zeros = vec![b' '; 64 << 20];
    let said = victim.gets("bomb.xlsx", &book(&zeros, &[]));
    assert!(said.contains("压缩"), "{said}");
    let many: Vec<String> = (0..500).map(|n| format!("xl/{n}.xml")).collect();
    let parts: Vec<(&str, &[u8])> =
        many.iter().map(|name| (name.as_str(), b"<a/>".as_slice())).collect();
    victim.gets("parts.xlsx", &zipped(&parts));
    victim.gets("nested.xlsx", &zipped(&[("xl/workbook.xml", &book(b"<a/>", &[]))]));
    // One shared text, in as many cells as fit.
    let string = format!("<sst><si><t>{}</t></si></sst>", noise(1_900));
    let row = |n: usize| format!("<row r=\"{n}\">{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(200));
    let rows: String = (1..=4_900).map(row).collect();
    // Comments keep the packing ordinary.
    let rows =
        format!("<worksheet><!--{}--><sheetData>{rows}</sheetData></worksheet>", noise(1 << 18));
    let shared = book(rows.as_bytes(), &[("xl/sharedStrings.xml", string.as_bytes())]);
    let said = victim.gets("shared.xlsx", &shared);
    assert!(said.contains("单元格") || said.contains("文字"), "{said}");
    // Large, and nothing hostile in it but its size.
    let texts: Vec<String> = (0..230)
        .map(|n| {
            format!(
                "<row r=\"{}\"><c t=\"inlineStr\"><is><t>{}</t></is></c></row>",
                n + 1,
                noise(1_900)
            )
        })
        .collect();
    victim.gets("large.xlsx", &cells(&texts.concat()));
    let wide: Vec<String> = (1..=950)
        .map(|n| format!("<row r=\"{n}\">{}</row>", "<c><v>1</v></c>".repeat(256)))
        .collect();
    let wide = wide.concat();
    let wide =
        format!("<worksheet><!--{}--><sheetData>{wide}</sheetData></worksheet>", noise(1 << 18));
    victim.gets("wide.xlsx", &book(wide.as_bytes(), &[]));
}

#[test]
fn cells_beyond_the_end_of_the_world() {
    let victim = Victim::new();
    for (name, inside) in [
        ("far.xlsx", "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>".to_owned()),
        ("columns.xlsx", format!("<row>{}</row>", "<c><v>1</v></c>".repeat(1_000_000))),
        ("huge.xlsx", "<row r=\"18446744073709551615\"><c><v>1</v></c></row>".to_owned()),
        ("deep.xlsx", "<a>".repeat(1_000_000)),
    ] {
        victim.gets(name, &cells(&inside));
    }
    let range = "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData/></worksheet>";
    victim.gets("range.xlsx", &book(range.as_bytes(), &[]));
    let laughs: Vec<String> = (0..20)
        .map(|n| {
            format!("<!ENTITY l{} \"&l{n};&l{n};&l{n};&l{n};&l{n};&l{n};&l{n};&l{n};\">", n + 1)
        })
        .collect();
    let laughs = laughs.concat();
    let laughs = format!("<!DOCTYPE w [<!ENTITY l0 \"lol\">{laughs}]><worksheet>&l20;</worksheet>");
    victim.gets("laughs.xlsx", &book(laughs.as_bytes(), &[]));
    victim.gets("laughs.xml", laughs.as_bytes());
    victim.gets("deep.xml", "<a>".repeat(3_000_000).as_bytes());
    let deep = format!("<Document>{}", "<Stmt x=\"y\">".repeat(700_000));
    victim.gets("open.xml", deep.as_bytes());
    victim.gets("tag.xml", format!("<a {}", "b=\"c\" ".repeat(1_500_000)).as_bytes());
    victim.gets("text.xml", format!("<a>{}</a>", noise(9 << 20)).as_bytes());
    // A formula that nobody computed.
    let headings = ["交易日期", "名称", "收入", "支出", "平台", "应收金额", "余额"];
    let head: Vec<String> = headings
        .iter()
        .map(|text| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>"))
        .collect();
    let head = head.concat();
    let formulas = "<c><f>1/0</f></c>".repeat(headings.len());
    let formulas = format!("<row r=\"1\">{head}</row><row r=\"2\">{formulas}</row>");
    victim.gets("formulas.xlsx", &cells(&formulas));
}

#[test]
fn text_tables_without_measure() {
    let victim = Victim::new();
    let head = "交易日期,日期,名称,应收金额,平台,收入,支出,余额\n";
    victim.gets("line.csv", &vec![b'a'; 100 << 20]);
    victim.gets("fits.csv", &vec![b'a'; 10 << 20]);
    victim.gets("columns.csv", &vec![b','; 10 << 20]);
    victim.gets("semicolons.csv", &vec![b';'; 10 << 20]);
    victim.gets("rows.csv", &vec![b'\n'; 10 << 20]);
    victim.gets("quotes.csv", &vec![b'"'; 10 << 20]);
    victim.gets("quote.csv", format!("{head}\"{}", noise(9 << 20)).as_bytes());
    let square = format!("{}\n", ",".repeat(255)).repeat(4_999);
    victim.gets("square.csv", square.as_bytes());
    victim.gets("zeros.csv", &vec![0; 1 << 20]);
    victim.gets("utf16.csv", &[b"\xFF\xFE".as_slice(), &vec![0xD8; 1 << 20]].concat());
    victim.gets("nothing.csv", b"");
}
