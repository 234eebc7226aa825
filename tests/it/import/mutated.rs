//! Good files with something broken in them, hundreds of ways: each is read by a child of its own,
//! within 256 MiB and ten seconds, and is refused in words or read harmlessly.

use std::io::Read;
use std::process::Command;

use mingzhang::exchange::document;

use super::hostile::{Victim, limited, zipped};
use crate::people::documents::{INVOICE, PDF, data, png, telling};
use crate::program::Chance;

/// Ways in which a file is broken.
const WAYS: usize = 10;
/// How often each good file is broken.
const EACH: usize = 20;
/// The most bytes that a file gets by it.
const LEN_MAX: usize = 8 << 20;

/// A file broken in one of the ways.
fn broken(good: &[u8], way: usize, chance: &mut Chance) -> Vec<u8> {
    let mut bytes = good.to_vec();
    let at = chance.below(bytes.len());
    let end = (at + 1 + chance.below(64)).min(bytes.len());
    match way % WAYS {
        0 => bytes.truncate(at),
        1 => (0..8).for_each(|_| {
            let at = chance.below(good.len());
            bytes[at] ^= 1 << chance.below(8);
        }),
        // Lengths and counts beyond everything, and none at all.
        2 => bytes[at..end.min(at + 4)].fill(0xFF),
        3 => bytes[at..end].fill(0),
        4 => {
            let piece = bytes[at..end].repeat(4_000);
            bytes.splice(at..at, piece);
        }
        5 => drop(bytes.drain(at..end)),
        6 => bytes.rotate_left(at),
        7 => {
            let mark: [&[u8]; 3] = [b"\xFF\xFE", b"\xEF\xBB\xBF\0\0", b"\x1F\x8B\x08\0"];
            bytes.splice(0..0, mark[chance.below(3)].iter().copied());
        }
        8 => bytes.extend_from_slice(&zipped(&[("a.xml", &good[at..])])),
        _ => {
            let digits = |byte: &u8| byte.is_ascii_digit();
            let at = bytes[at..].iter().position(digits).map_or(at, |more| at + more);
            bytes.splice(at..at, [b'9'; 400]);
        }
    }
    bytes.truncate(LEN_MAX);
    bytes
}

/// A workbook whose parts are sound archives around something broken.
fn inside(good: &[u8], way: usize, chance: &mut Chance) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(good)).unwrap();
    let chosen = chance.below(archive.len());
    let parts = (0..archive.len()).map(|at| {
        let mut part = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        let bytes = if at == chosen { broken(&bytes, way, chance) } else { bytes };
        (part.name().unwrap().into_owned(), bytes)
    });
    let parts: Vec<_> = parts.collect();
    let named: Vec<_> = parts.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    zipped(&named)
}

fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(path).unwrap()
}

#[test]
fn every_reader_survives_what_is_broken() {
    let statement = "statement FILE --account R.1001.01";
    let register = fixture("lease-register-2018-10.xlsx");
    let seeds: [(&str, Vec<u8>, &str); 6] = [
        ("register.xlsx", register.clone(), "register FILE --month 2018-10"),
        ("contracts.csv", fixture("site-contracts-2018-12.csv"), "contracts FILE"),
        ("parking.csv", fixture("parking-2025-03.csv"), "parking FILE"),
        ("statement.xls", fixture("statement-2025-03.xls"), statement),
        ("statement.csv", super::statement::CSV.as_bytes().to_vec(), statement),
        ("statement.xlsx", register, statement),
    ];
    let (victim, mut chance) = (Victim::new(), Chance::seeded(20_251_125));
    let mut read = 0;
    for (name, good, reader) in seeds {
        for nth in 0..EACH {
            let is_archive = name.ends_with("xlsx") && nth % 2 == 0;
            let bytes = if is_archive {
                inside(&good, nth / 2, &mut chance)
            } else {
                broken(&good, nth, &mut chance)
            };
            let name = format!("{nth:02}-{name}");
            let path = victim.file(&name, &bytes);
            let reader = reader.replace("FILE", &path.display().to_string());
            let (status, said) = victim.reads(&name, &reader);
            assert!((0..=2).contains(&status), "{name}: {status} {said}");
            read += 1;
        }
    }
    assert_eq!(read, 120);
}

/// Where the child finds its paper.
const PAPER: &str = "MINGZHANG_TEST_PAPER";

/// The child of the test below; by itself it has nothing to read.
#[test]
fn reads_a_paper() {
    let Some(path) = std::env::var_os(PAPER) else { return };
    let bytes = std::fs::read(path).unwrap();
    if let Ok(paper) = document::read(&bytes) {
        assert!(paper.bytes.len() <= bytes.len(), "what is kept is no more than what came");
    }
}

#[test]
fn papers_that_are_broken_are_refused_or_kept() {
    let invoice = INVOICE.to_vec();
    let ofd =
        zipped(&[("OFD.xml", b"<ofd:OFD xmlns:ofd=\"x\"/>"), ("Doc_0/Document.xml", b"<a/>")]);
    let seeds = [
        ("a.pdf", PDF.to_vec()),
        ("a.jpg", telling()),
        ("a.png", png(9, 9, &[data()])),
        ("a.xml", invoice),
        ("a.ofd", ofd),
    ];
    let (victim, mut chance) = (Victim::new(), Chance::seeded(20_251_126));
    let program = std::env::current_exe().unwrap();
    for (name, good) in seeds {
        for nth in 0..EACH {
            let name = format!("{nth:02}-{name}");
            let path = victim.file(&name, &broken(&good, nth, &mut chance));
            let mut command = Command::new(&program);
            command.args(["--exact", "import::mutated::reads_a_paper"]).env(PAPER, path);
            let (status, said) = limited(&name, &command);
            assert_eq!(status, 0, "{name}: {said}");
        }
    }
}
