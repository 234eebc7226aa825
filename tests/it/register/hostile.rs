//! Files made to do harm, or merely broken: a typed error, never a panic, never much memory.

use std::io::{Cursor, Write};

use mingzhang::exchange::register::{Options, Register, RegisterError};
use mingzhang::exchange::table::FileError;
use mingzhang::exchange::{preview, workbook};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const REGISTER: &[u8] = include_bytes!("../../data/lease-register-2018-10.xlsx");

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        archive.start_file(*name, options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const WORKBOOK: &str = r#"<workbook xmlns="m" xmlns:r="r">
<sheets><sheet name="a" sheetId="1" r:id="x"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<Relationships><Relationship Id="x"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
Target="worksheets/sheet1.xml"/></Relationships>"#;

const ROOT: &str = r#"<Relationships><Relationship Id="w"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
Target="xl/workbook.xml"/></Relationships>"#;

/// A workbook of one sheet with this XML, and further parts.
fn book(sheet: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    parts.extend(more);
    zipped(&parts)
}

fn cells(inside: &str) -> Vec<u8> {
    book(&format!("<worksheet><sheetData>{inside}</sheetData></worksheet>"), &[])
}

fn refused(bytes: &[u8]) -> FileError {
    workbook::sheets("x", bytes).unwrap_err()
}

#[test]
fn what_is_no_table_is_said_to_be_none() {
    assert_eq!(refused(b""), FileError::Empty);
    assert_eq!(refused(&vec![b'a'; 11 << 20]), FileError::TooLarge { bytes: 11 << 20 });
    assert_eq!(refused(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0]), FileError::BrokenOle);
    assert_eq!(refused(b"PK not a zip"), FileError::BrokenArchive);
    assert_eq!(refused(&zipped(&[("word/document.xml", b"<w/>")])), FileError::NotAWorkbook);
    assert!(matches!(refused(b"a,b\n1,\x00\n"), FileError::Binary { byte: 0 }));
    assert_eq!(refused(b"a,b\n\xFF\xFF\xFF,2\n"), FileError::Encoding);
    assert!(matches!(
        refused(format!("\"{}", "字".repeat(3_000)).as_bytes()),
        FileError::CellTooLong { .. }
    ));
    assert!(matches!(refused("a\n".repeat(30_000).as_bytes()), FileError::OutOfRange { .. }));
    assert!(matches!(refused(",".repeat(300).as_bytes()), FileError::OutOfRange { .. }));
    let none = Register::read("x", "名称,别的\n1,2\n".as_bytes(), &Options::default());
    assert_eq!(none.unwrap_err(), RegisterError::NoHeadings);
}

#[test]
fn a_bomb_is_refused_by_its_directory_and_by_its_content() {
    let zeros = vec![b' '; 8 << 20];
    let bomb = book("<worksheet/>", &[("xl/sharedStrings.xml", &zeros)]);
    assert!(bomb.len() < 100_000);
    assert!(matches!(refused(&bomb), FileError::Ratio { .. }));

    // The directory may lie: what is unpacked is counted all the same.
    let noise: Vec<u8> =
        (0..26_u32 << 20).map(|n| b" abcdefghijklmno"[(n / 3 % 7) as usize]).collect();
    let mut liar = book("<worksheet/>", &[("xl/sharedStrings.xml", &noise)]);
    let size = u32::try_from(noise.len()).unwrap().to_le_bytes();
    let places: Vec<usize> =
        liar.windows(4).enumerate().filter(|(_, w)| *w == size).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        liar[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
    }
    let error = refused(&liar);
    let counted = matches!(error, FileError::Unpacked { .. } | FileError::BrokenArchive);
    assert!(counted, "{error}");

    let names: Vec<String> = (0..500).map(|n| format!("xl/{n}.xml")).collect();
    let parts: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), b"<a/>".as_slice())).collect();
    assert!(matches!(refused(&zipped(&parts)), FileError::TooManyParts { entries: 500, .. }));
}

#[test]
fn cells_far_away_are_refused_before_anything_is_reserved() {
    for inside in [
        r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="BDWGN1"><v>1</v></c></row>"#,
        r#"<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>"#,
        r#"<row r="99999999999"><c><v>1</v></c></row>"#,
        r#"<row r='1'><x:c x=">" r='XFD1'><v>1</v></x:c></row>"#,
        r#"<!-- <c r="A1"> --><row><c r="IW1"/></row>"#,
    ] {
        assert!(matches!(refused(&cells(inside)), FileError::OutOfRange { .. }), "{inside}");
    }
    let many = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(1_000));
    assert!(matches!(refused(&cells(&many)), FileError::OutOfRange { .. }));
    let wide = r#"<worksheet><dimension ref="A1:XFD1048576"/><sheetData/></worksheet>"#;
    assert!(matches!(refused(&book(wide, &[])), FileError::OutOfRange { .. }));
    // The same sheet behind another name: a relation may call any part its sheet.
    let elsewhere = RELATIONS.replace("worksheets/sheet1.xml", "odd/one.xml");
    let hidden = zipped(&[
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", elsewhere.as_bytes()),
        ("xl/odd/one.xml", wide.as_bytes()),
    ]);
    assert!(matches!(refused(&hidden), FileError::OutOfRange { .. }));
}

#[test]
fn counts_that_the_reader_would_believe_are_refused() {
    let strings = br#"<sst count="1" uniqueCount="18446744073709551615"><si><t>a</t></si></sst>"#;
    let bytes = book("<worksheet><sheetData/></worksheet>", &[("xl/sharedStrings.xml", strings)]);
    assert_eq!(refused(&bytes), FileError::HostileXml { what: "uniqueCount" });
    let shared =
        r#"<row r="1"><c r="A1"><f t="shared" si="4000000000" ref="A1:A2">1</f><v>1</v></c></row>"#;
    assert_eq!(refused(&cells(shared)), FileError::HostileXml { what: "si" });
    let typed = r#"<!DOCTYPE a [<!ENTITY b "c">]><worksheet><sheetData/></worksheet>"#;
    assert_eq!(refused(&book(typed, &[])), FileError::HostileXml { what: "a document type" });
    let endless = format!("<row><c a=\"{}\" r=\"XFD1\"/></row>", "x".repeat(9_000));
    assert!(matches!(refused(&cells(&endless)), FileError::HostileXml { .. }));
    let prefix = format!("<row><{}:c r=\"XFD1\"/></row>", "x".repeat(90));
    assert!(matches!(refused(&cells(&prefix)), FileError::HostileXml { .. }));
    // Plain XML of this kind is read.
    let fine = r#"<row r="1"><c r="A1"><v>408.90000000000003</v></c></row>"#;
    let sheets = workbook::sheets("x", &cells(fine)).unwrap();
    assert_eq!(sheets[0].rows[0].cells[0].text(), "408.9");
}

#[test]
fn a_cut_workbook_is_broken_at_every_length() {
    for len in (0..REGISTER.len()).step_by(7) {
        assert!(workbook::sheets("x", &REGISTER[..len]).is_err(), "{len}");
    }
}

fn read_anything(bytes: &[u8]) {
    if let Ok(register) = Register::read("x", bytes, &Options::default()) {
        let _ = preview::to_json(&register);
    }
}

/// The characters that registers are made of.
const INK: &str = "0123456789.,-/~—（）()元万年月日天季度半个块套间台㎡每租管理费+合计自起至无合同续签\
    仓库商铺广告停车场张王六栋负一层 ￥%上浮第两Q:；\u{200B}";

fn cell() -> impl Strategy<Value = String> {
    let ink = proptest::sample::select(INK.chars().collect::<Vec<_>>());
    proptest::collection::vec(ink, 0..24).prop_map(|chars| chars.into_iter().collect())
}

fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    proptest::collection::vec(proptest::collection::vec(cell(), 8), 1..8)
}

const HEADINGS: &str = "2018年10月\n序号,租赁名称,合同日期,应收金额,实收金额,所属月份,数量,备注\n";

fn config() -> ProptestConfig {
    ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_bytes_are_no_register(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_anything(&bytes);
        read_anything(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }

    #[test]
    fn any_text_in_any_cell_is_read_or_asked(rows in rows()) {
        let mut text = HEADINGS.to_owned();
        for row in &rows {
            text.extend(["\"", &row.join("\",\""), "\"\n"]);
        }
        let register = Register::read("x", text.as_bytes(), &Options::default()).unwrap();
        let _ = preview::to_json(&register);
        let _ = mingzhang::exchange::answers::template(&register);
    }

    #[test]
    fn a_damaged_workbook_is_read_or_refused(
        at in 0..REGISTER.len(),
        byte in any::<u8>(),
        more in 0..REGISTER.len(),
    ) {
        let mut bytes = REGISTER.to_vec();
        bytes[at] = byte;
        bytes[more] ^= byte;
        read_anything(&bytes);
    }

    #[test]
    fn damaged_xml_is_read_or_refused(
        at in 0..20_000_usize,
        what in "[<>/\"'=a-z0-9&; ]{1,6}",
    ) {
        let xml = sheet_xml();
        let mut at = at % xml.len();
        while !xml.is_char_boundary(at) {
            at -= 1;
        }
        let mut end = (at + what.len()).min(xml.len());
        while !xml.is_char_boundary(end) {
            end += 1;
        }
        read_anything(&book(&format!("{}{what}{}", &xml[..at], &xml[end..]), &[]));
    }
}

/// The register's own sheet.
fn sheet_xml() -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(REGISTER)).unwrap();
    let mut part = archive.by_name("xl/worksheets/sheet1.xml").unwrap();
    let mut xml = String::new();
    std::io::Read::read_to_string(&mut part, &mut xml).unwrap();
    xml
}
