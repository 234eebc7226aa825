//! The same for `.xls`: odd containers, records that lie, files that are cut.

use std::io::{Cursor, Write};

use mingzhang::exchange::table::{Cell, FileError};
use mingzhang::exchange::workbook;

use super::hostile::Victim;

const XLS: &[u8] = include_bytes!("../../data/statement-2025-03.xls");

/// A compound file with one stream.
fn container(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(name).unwrap().write_all(stream).unwrap();
    file.into_inner().into_inner()
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes(), &len.to_le_bytes(), data].concat()
}

fn numbers(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A workbook with these records among the globals and in its one sheet.
fn xls(globals: &[Vec<u8>], sheet: &[Vec<u8>]) -> Vec<u8> {
    let bof = |kind: u16| record(0x0809, &numbers(&[0x0600, kind, 0, 0, 0, 0, 0, 0]));
    let end = record(0x000A, &[]);
    let globals = globals.concat();
    let at = bof(5).len() + 4 + 9 + globals.len() + end.len();
    let bound = [u32::try_from(at).unwrap().to_le_bytes().as_slice(), &[0, 0, 1, 0, b'a']].concat();
    let stream =
        [bof(5), record(0x0085, &bound), globals, end.clone(), bof(16), sheet.concat(), end];
    container("/Workbook", &stream.concat())
}

/// A number in a cell.
fn number(row: u16, column: u16) -> Vec<u8> {
    let place = numbers(&[row, column, 0]);
    record(0x0203, &[place.as_slice(), &1.5_f64.to_le_bytes()].concat())
}

/// A shared text in a cell.
fn shared(row: u16, column: u16, at: u32) -> Vec<u8> {
    record(0x00FD, &[numbers(&[row, column, 0]).as_slice(), &at.to_le_bytes()].concat())
}

/// A table of shared texts, each of one-byte characters.
fn table(count: u32, texts: &[&[u8]]) -> Vec<u8> {
    let mut data = [count.to_le_bytes(), count.to_le_bytes()].concat();
    for text in texts {
        data.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
        data.push(0);
        data.extend(*text);
    }
    record(0x00FC, &data)
}

fn refused(bytes: &[u8]) -> FileError {
    workbook::sheets("x", bytes).unwrap_err()
}

#[test]
fn what_the_records_say_is_read() {
    let sheets = workbook::sheets("x", XLS).unwrap();
    assert_eq!((sheets.len(), sheets[0].name.as_str()), (1, "交易明细"));
    let row = |number: u32| sheets[0].rows.iter().find(|row| row.number == number).unwrap();
    assert_eq!(row(4).cells[0], Cell::Date("2025-03-03".parse().unwrap()));
    assert_eq!(row(5).cells[2].text(), "120.35");
    // A sum that no program has computed.
    assert_eq!(row(8).cells[2], Cell::Formula(Box::new(Cell::Empty)));
    assert_eq!(sheets[0].merges.len(), 1);
    let made = xls(&[table(1, &[b"abc"])], &[number(1, 2), shared(0, 0, 0)]);
    let made = workbook::sheets("x", &made).unwrap();
    assert_eq!(made[0].rows[0].cells[0].text(), "abc");
    assert_eq!(made[0].rows[1].cells[2].text(), "1.5");
}

#[test]
fn what_is_no_workbook_is_said_to_be_none() {
    assert_eq!(refused(&container("/EncryptedPackage", b"x")), FileError::Protected);
    assert_eq!(refused(&container("/Book", b"x")), FileError::OldWorkbook);
    assert_eq!(refused(&container("/WordDocument", b"x")), FileError::BrokenOle);
    assert_eq!(refused(&container("/Workbook", b"")), FileError::BrokenOle);
    assert_eq!(refused(&xls(&[record(0x002F, &[1, 0])], &[])), FileError::Protected);
    let biff5 = record(0x0809, &numbers(&[0x0500, 5, 0, 0]));
    assert_eq!(refused(&container("/Workbook", &biff5)), FileError::OldWorkbook);
    assert!(matches!(refused(&xls(&[], &[number(65_535, 255)])), FileError::OutOfRange { .. }));
    assert!(matches!(refused(&xls(&[], &[number(1, 256)])), FileError::OutOfRange { .. }));
    assert_eq!(refused(&xls(&[], &[shared(0, 0, 7)])), FileError::BrokenOle);
    assert_eq!(refused(&xls(&[], &[record(0x0203, &[0; 5])])), FileError::BrokenOle);
    let merges = record(0x00E5, &numbers(&[60_000]));
    assert!(matches!(refused(&xls(&[], &[merges])), FileError::TooManyMerges { .. }));
}

#[test]
fn cut_and_damaged_files_are_read_or_refused() {
    for len in (0..XLS.len()).step_by(5) {
        let _ = workbook::sheets("x", &XLS[..len]);
    }
    for at in 0..XLS.len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut bytes = XLS.to_vec();
            bytes[at] ^= flip;
            let _ = workbook::sheets("x", &bytes);
        }
    }
}

#[test]
fn hostile_files_do_no_harm() {
    let victim = Victim::new();
    // One long text in as many cells as a stream holds, a table that counts without end, a text
    // that is longer than all that follows, cells at every corner.
    let text = vec![b'x'; 1_900];
    let cells: Vec<_> =
        (0..4_900).flat_map(|row| (0..80).map(move |at| shared(row, at, 0))).collect();
    let said = victim.gets("shared.xls", &xls(&[table(1, &[&text])], &cells));
    assert!(said.contains("文字"), "{said}");
    victim.gets("count.xls", &xls(&[table(u32::MAX, &[b"a"])], &[]));
    let long = record(0x00FC, &[numbers(&[1, 0, 1, 0, 0xFFFF]).as_slice(), &[1]].concat());
    victim.gets("long.xls", &xls(&[long], &[]));
    let corners: Vec<_> = (0..4_999).map(|row| number(row, 255)).collect();
    let said = victim.gets("corners.xls", &xls(&[], &corners));
    assert!(said.contains("单元格"), "{said}");
    victim.gets("far.xls", &xls(&[], &[number(65_535, 255)]));
    let nested = record(0x0809, &[0; 16]).repeat(300_000);
    victim.gets("nested.xls", &xls(&[], &[nested]));
    victim.gets("encrypted.xls", &container("/EncryptedPackage", &[7; 9_000]));
    victim.gets("word.xls", &container("/WordDocument", &[7; 9_000]));
    victim.gets("cut.xls", &XLS[..XLS.len() / 2]);
    victim.gets("head.xls", &[&XLS[..512], &vec![0xFF; 2 << 20]].concat());
    let mut looped = XLS.to_vec();
    // The chains of the container lead to themselves.
    for at in (512..1_024).step_by(4) {
        looped[at..at + 4].copy_from_slice(&0_u32.to_le_bytes());
    }
    victim.gets("loop.xls", &looped);
}
