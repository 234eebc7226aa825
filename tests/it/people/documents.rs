//! Papers: handed in, without what pictures tell of their maker, attached, shown; and files that
//! are none.

use std::io::{Cursor, Write};

use axum::http::StatusCode;
use mingzhang::exchange::document::{self, Fault, Media};
use mingzhang::ledger::chain::content_hash;
use mingzhang::ledger::time::Timestamp;
use mingzhang::services::keeper::{KeeperError, back_up, copy};
use mingzhang::services::people::Role;
use mingzhang::store::{Location, Store};
use test_case::test_case;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::desk::{Browser, site};
use super::{World, here};
use crate::behind::sql;
use crate::harness::On;

pub const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";
const HOME: &str = "/desk/e/620722-0017/documents";

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker][..], &length, body].concat()
}

/// `Exif` in the given order of bytes: which side is up, and a place.
fn exif(little: bool, side: u16) -> Vec<u8> {
    let two = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let four = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let mut tiff = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
    tiff.extend(four(8));
    tiff.extend(two(2));
    tiff.extend([&two(0x010F)[..], &two(2), &four(4), b"LEAK"].concat());
    tiff.extend([&two(0x0112)[..], &two(3), &four(1), &two(side), &[0, 0]].concat());
    tiff.extend([&four(0)[..], b"LEAK 38.43N 100.81E"].concat());
    [b"Exif\0\0".to_vec(), tiff].concat()
}

/// A JPEG with the segments given before its frame.
fn jpeg(before: &[Vec<u8>], (width, height): (u16, u16)) -> Vec<u8> {
    let frame = [&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
    let mut out = vec![0xFF, 0xD8];
    out.extend(before.concat());
    out.extend(segment(0xDB, &[0; 65]));
    out.extend(segment(0xC0, &frame));
    out.extend(segment(0xDA, &[1, 1, 0, 0, 63, 0]));
    out.extend([0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56, 0xFF, 0xD9]);
    out
}

pub fn telling() -> Vec<u8> {
    let before = [
        segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x02\x02LEAKLEAKLEAK"),
        segment(0xE1, &exif(true, 6)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0LEAK"),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01colours"),
        segment(0xE2, b"MPF\0LEAK"),
        segment(0xED, b"Photoshop 3.0\0LEAK"),
        segment(0xFE, b"LEAK"),
    ];
    let mut out = jpeg(&before, (40, 30));
    out.extend(b"LEAK behind the end");
    out
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8)
            .fold(sum ^ u32::from(*byte), |s, _| (s >> 1) ^ (0xEDB8_8320 & (s & 1).wrapping_neg()))
    })
}

fn chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let named = [&kind[..], body].concat();
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length[..], &named, &crc(&named).to_be_bytes()].concat()
}

pub fn png(width: u32, height: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    let size = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let head = [b"\x89PNG\r\n\x1A\n".to_vec(), chunk(*b"IHDR", &size)].concat();
    [head, chunks.concat(), chunk(*b"IEND", &[])].concat()
}

pub fn data() -> Vec<u8> {
    chunk(*b"IDAT", &[0x78, 0x9C, 1, 2, 3])
}

fn ofd(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        archive.start_file(*name, options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

pub const INVOICE: &[u8] =
    b"<?xml version=\"1.0\"?><EInvoice><Header>a &amp; b</Header></EInvoice>";

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[test]
fn pictures_lose_what_they_tell_and_keep_what_they_show() {
    let original = telling();
    let kept = document::read(&original).unwrap();
    assert_eq!(kept.media, Media::Jpeg);
    assert!(holds(&original, b"LEAK") && !holds(&kept.bytes, b"LEAK"));
    assert!(holds(&kept.bytes, b"colours") && holds(&kept.bytes, b"JFIF"));
    let upright = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06";
    assert!(holds(&kept.bytes, upright), "which side is up stays");
    assert!(kept.bytes.ends_with(b"\x12\xFF\x00\x34\xFF\xD0\x56\xFF\xD9"), "what it shows stays");
    assert_eq!(document::read(&kept.bytes).unwrap(), kept, "what was kept is kept the same");
    let other = document::read(&jpeg(&[segment(0xE1, &exif(false, 8))], (4, 4))).unwrap();
    assert!(holds(&other.bytes, b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x08"));
    let usual = document::read(&jpeg(&[segment(0xE1, &exif(false, 1))], (4, 4))).unwrap();
    assert_eq!(usual.bytes, jpeg(&[], (4, 4)));

    let told = [
        chunk(*b"tEXt", b"Author\0LEAK"),
        chunk(*b"eXIf", b"LEAK"),
        chunk(*b"tIME", b"LEAKLEA"),
        chunk(*b"gAMA", &[0, 0, 1, 2]),
        data(),
        chunk(*b"zzZz", b"LEAK"),
    ];
    let mut original = png(2, 2, &told);
    original.extend(b"LEAK");
    let kept = document::read(&original).unwrap();
    assert_eq!(kept.bytes, png(2, 2, &[told[3].clone(), data()]));
    for (bytes, media) in [
        (PDF.to_vec(), Media::Pdf),
        (INVOICE.to_vec(), Media::Xml),
        (ofd(&[("OFD.xml", b"<OFD/>"), ("Doc_0/Res/a.png", &[0; 99])]), Media::Ofd),
    ] {
        let kept = document::read(&bytes).unwrap();
        assert_eq!((kept.media, kept.bytes == bytes), (media, true));
    }
}

/// Files that are no papers, each with why.
fn hostile() -> Vec<(&'static str, Vec<u8>, Fault)> {
    let pdf = |inside: &str| {
        format!("%PDF-1.7\n1 0 obj<<{inside}>>endobj\nstartxref\n9\n%%EOF").into_bytes()
    };
    let xml = |text: &str| text.as_bytes().to_vec();
    let picture = jpeg(&[], (4, 4));
    let mut broken = png(2, 2, &[data()]);
    broken[20] ^= 1;
    let many: Vec<String> = (0..500).map(|nth| format!("{nth}.xml")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"<a/>"[..])).collect();
    let zeros = vec![0; 12 << 20];
    let deep = format!("<EInvoice>{}{}</EInvoice>", "<a>".repeat(99), "</a>".repeat(99));
    let long = format!("<EInvoice>{}</EInvoice>", "<a/>".repeat(400_000));
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><EInvoice>&b;</EInvoice>";
    vec![
        ("nothing", Vec::new(), Fault::Empty),
        ("text", xml("hello"), Fault::Unknown),
        ("a program", b"MZ\x90\0".to_vec(), Fault::Unknown),
        ("an ELF", b"\x7FELF".to_vec(), Fault::Unknown),
        ("a GIF", b"GIF89a".to_vec(), Fault::Unknown),
        ("an old workbook", b"\xD0\xCF\x11\xE0".to_vec(), Fault::Unknown),
        ("HTML", xml("<html><script>x</script></html>"), Fault::NoInvoice),
        ("SVG", xml("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), Fault::NoInvoice),
        ("two invoices", xml("<EInvoice/><EInvoice/>"), Fault::NoInvoice),
        ("entities", xml(laughs), Fault::Entities),
        (
            "an outer entity",
            xml("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><EInvoice/>"),
            Fault::Entities,
        ),
        ("an entity of nobody", xml("<EInvoice>&x;</EInvoice>"), Fault::Entities),
        ("XML without end", xml("<EInvoice><a>"), Fault::Damaged),
        ("XML in another code", b"<EInvoice>\xC4\xE3</EInvoice>".to_vec(), Fault::Damaged),
        ("deep XML", xml(&deep), Fault::Depth),
        ("long XML", xml(&long), Fault::Depth),
        ("a PDF cut off", PDF[..40].to_vec(), Fault::Damaged),
        ("a PDF of no version", xml("%PDF-x\nstartxref\n%%EOF"), Fault::Damaged),
        ("a PDF with a password", pdf("/Encrypt 5 0 R"), Fault::Protected),
        ("a PDF with a script", pdf("/S/JavaScript/JS(x)"), Fault::Program),
        ("a PDF that starts something", pdf("/S /Launch /F(cmd.exe)"), Fault::Program),
        ("a PDF with a file in it", pdf("/Type/EmbeddedFile"), Fault::Program),
        ("a PDF with a film", pdf("/Subtype/RichMedia"), Fault::Program),
        ("a JPEG cut off", picture[..picture.len() - 2].to_vec(), Fault::Damaged),
        ("a JPEG without picture", vec![0xFF, 0xD8, 0xFF, 0xD9], Fault::Damaged),
        ("a JPEG of no size", jpeg(&[], (0, 4)), Fault::Damaged),
        ("a JPEG beyond measure", jpeg(&[], (60_000, 60_000)), Fault::Pixels),
        ("a JPEG's length beyond its end", b"\xFF\xD8\xFF\xE1\xFF\xFFx".to_vec(), Fault::Damaged),
        ("a JPEG's length of nothing", b"\xFF\xD8\xFF\xE1\0\0x\xFF\xD9".to_vec(), Fault::Damaged),
        ("a JPEG in a JPEG", b"\xFF\xD8\xFF\xD8\xFF\xD9".to_vec(), Fault::Damaged),
        ("a PNG's head alone", b"\x89PNG\r\n\x1A\n".to_vec(), Fault::Damaged),
        ("a PNG with a wrong sum", broken, Fault::Damaged),
        ("a PNG without data", png(2, 2, &[]), Fault::Damaged),
        ("a PNG with two heads", png(2, 2, &[chunk(*b"IHDR", &[0; 13])]), Fault::Damaged),
        ("a PNG of unknown sort", png(2, 2, &[chunk(*b"ABCD", &[]), data()]), Fault::Damaged),
        ("a PNG beyond measure", png(u32::MAX, u32::MAX, &[data()]), Fault::Pixels),
        (
            "a PNG's endless chunk",
            b"\x89PNG\r\n\x1A\n\xFF\xFF\xFF\xFFIHDR".to_vec(),
            Fault::Damaged,
        ),
        ("a broken archive", b"PK\x03\x04nothing".to_vec(), Fault::Damaged),
        ("an archive of another sort", ofd(&[("word/document.xml", b"<a/>")]), Fault::Unknown),
        ("an archive with entities", ofd(&[("OFD.xml", laughs.as_bytes())]), Fault::Entities),
        ("a bomb", ofd(&[("OFD.xml", b"<a/>"), ("Doc_0/x.bin", &zeros)]), Fault::Bomb),
        ("an archive of many", ofd(&many), Fault::Bomb),
    ]
}

#[test]
fn what_is_no_paper_is_refused_with_its_reason() {
    let files = hostile();
    assert!(files.len() >= 40);
    for (name, bytes, why) in files {
        assert_eq!(document::read(&bytes).map(|paper| paper.media), Err(why), "{name}");
    }
    // Every beginning of every good file is refused or kept, and none panics.
    for good in [telling(), png(2, 2, &[data()]), PDF.to_vec(), INVOICE.to_vec()] {
        for end in 0..good.len() {
            let _ = document::read(&good[..end]);
        }
    }
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_paper_is_handed_in_attached_shown_and_backed_up(on: On) {
    let world = World::new(on, false).await;
    let site = site(&world);
    let clerk = Browser { site: &site, token: Some(world.signed(Role::Clerk, here()).await) };
    let reviewer = Browser { site: &site, token: Some(world.signed(Role::Reviewer, here()).await) };
    let public = Browser { site: &site, token: None };
    let fields = [("kind", "photo"), ("visibility", "public")];
    let original = telling();
    let sent = clerk.uploads(HOME, &fields, ("C:\\张三\\屋顶.jpg", &original)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let address = sent.header("location").split('?').next().unwrap().to_owned();
    let kept = document::read(&original).unwrap().bytes;
    let sha256 = content_hash(&kept).to_string();
    assert_eq!(address, format!("{HOME}/{sha256}"), "what is stored is what is hashed");
    let again = clerk.uploads(HOME, &fields, ("other.jpg", &original)).await;
    assert_eq!(again.header("location"), format!("{address}?done=known"));
    let page = clerk.gets(&format!("{address}?done=known")).await;
    assert!(page.text.contains("以前交过") && page.text.contains("屋顶.jpg"), "{}", page.text);
    let file = clerk.gets(&format!("{address}/file")).await;
    assert_eq!(file.bytes, kept);
    assert_eq!(file.header("content-type"), "image/jpeg", "its bytes say so, not the browser");
    assert!(file.header("content-disposition").starts_with("inline; filename=\""));
    assert!(file.header("content-security-policy").ends_with("; sandbox"));
    assert_eq!(file.header("x-content-type-options"), "nosniff");

    let shown = format!("/e/620722-0017/entries/0/documents/{sha256}");
    assert_eq!(public.gets(&shown).await.status, StatusCode::NOT_FOUND, "nobody attached it");
    let attach = format!("{address}/attach");
    assert_eq!(clerk.fills(&attach, &[("seq", "0")]).await.status, StatusCode::FORBIDDEN);
    let wrong = reviewer.fills(&attach, &[("seq", "99")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = reviewer.fills(&attach, &[("seq", "0")]).await;
    assert_eq!(done.header("location"), format!("{address}?done=attached&seq=0"), "{}", done.text);
    let before = world.book.book().await.head().entries;
    reviewer.fills(&attach, &[("seq", "0")]).await;
    let book = world.book.book().await;
    assert_eq!(book.head().entries, before, "attached once");
    assert_eq!(book.said().attached[&0], [before - 1]);
    world.book.check().await;

    let link = format!("/e/620722-0017/entries/{}/documents/{sha256}", before - 1);
    let page = public.gets("/e/620722-0017/entries/0").await;
    assert!(page.text.contains(&link), "{}", page.text);
    let file = public.gets(&link).await;
    assert_eq!((file.status, file.bytes), (StatusCode::OK, kept.clone()));
    let to = [("visibility", "owners")];
    reviewer.fills(&format!("{address}/visibility"), &to).await;
    let page = public.gets("/e/620722-0017/entries/0").await;
    assert!(!page.text.contains(&link) && page.text.contains("由记账方保存，不公开"));
    assert_eq!(public.gets(&link).await.status, StatusCode::NOT_FOUND);

    let target = world.book.directory.path().join("copy.db");
    let store = world.book.books.store();
    back_up(store, &target, Timestamp::from_millis(0), &|_, _| {}).await.unwrap();
    let copied = Store::open(&Location::Sqlite(target)).await.unwrap();
    assert_eq!(copied.primary().document_bytes(&sha256).await.unwrap().unwrap(), kept);
    let row = copied.primary().document("620722-0017", &sha256).await.unwrap().unwrap();
    assert_eq!((row.visibility.as_str(), row.kind.as_str()), ("owners", "photo"));
    // A paper whose bytes were changed is not copied in silence.
    sql(&world.book.database, "update document_bytes set bytes = substr(bytes, 2)");
    let other = world.book.directory.path().join("other.db");
    let target = Store::create(&Location::Sqlite(other)).await.unwrap();
    let failed = copy(store, &target, &|_, _| {}).await;
    assert!(matches!(failed, Err(KeeperError::Paper(found)) if found == sha256));
}

#[tokio::test]
async fn what_is_no_paper_is_told_at_the_field_and_not_kept() {
    let world = World::new(On::Sqlite, false).await;
    let site = site(&world);
    let clerk = Browser { site: &site, token: Some(world.signed(Role::Clerk, here()).await) };
    for (name, bytes) in [("a.pdf", &b""[..]), ("a.png", b"<html>"), ("a.exe", b"MZ")] {
        let answer = clerk.uploads(HOME, &[], (name, bytes)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(answer.text.contains("href=\"#upload-file\""), "{name}");
    }
    let large = vec![0; 11 << 20];
    let answer = clerk.uploads(HOME, &[], ("a.pdf", &large)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let just = [PDF, &vec![b' '; (10 << 20) - PDF.len() + 1]].concat();
    let answer = clerk.uploads(HOME, &[], ("a.pdf", &just)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(sql(&world.book.database, "select count(*) from document").trim(), "0");
    let stranger = Browser { site: &site, token: Some("0".repeat(64)) };
    let led = stranger.uploads(HOME, &[], ("a.pdf", PDF)).await;
    assert!(led.header("location").starts_with("/sign-in"));
}
