//! What other programs make of an export: hledger and beancount accept the journals and come to
//! the same balances; tables hold the rows of the page, and their totals are the book's.

mod peers;
mod tables;
mod vouchers;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use mingzhang::exchange::out::Scope;
use mingzhang::exchange::out::words::Words;
use mingzhang::ledger::account::Fund;
use mingzhang::ledger::entry::Line;
use mingzhang::ledger::event::Event;
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::json::Value;
use mingzhang::ledger::listing::Filter;
use mingzhang::ledger::period::parse_date;
use mingzhang::services::books::Books;
use mingzhang::services::demonstration::{self, MadeUp, Wanted};
use mingzhang::services::exporter::{self, FileFormat};
use mingzhang::web::{Site, router};
use tower::ServiceExt;

use crate::harness::{On, TestBook, cosigned, credit, debit, event, org, prepared};
use crate::worked_year::Year;

/// A file of an estate.
async fn file(books: &Books, estate: EstateCode, format: FileFormat, filter: Filter) -> Vec<u8> {
    let book = books.book(estate).await.unwrap().unwrap();
    let scope = Scope { filter, ..Scope::whole(books.today(), Words::of("zh")) };
    let mut export = exporter::export(books, &book, format, scope).unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = export.next().await.unwrap() {
        bytes.extend(piece);
    }
    bytes
}

/// What the site answers with.
async fn download(books: &Books, address: &str, lang: &str) -> (StatusCode, Vec<u8>) {
    let site = router(Site::of(books.clone()));
    let request = Request::builder().uri(address).header("cookie", format!("lang={lang}"));
    let answer = site.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status();
    (status, answer.into_body().collect().await.unwrap().to_bytes().to_vec())
}

/// Made-up estates beside the register of October 2018.
async fn demonstration(made_up: MadeUp) -> TestBook {
    let book = TestBook::empty(On::Sqlite).await;
    let wanted = Wanted { as_of: demonstration::first_day(), made_up, only: None };
    demonstration::make(&book.books, &book.clock, &wanted, &|_| {}).await.unwrap();
    book
}

/// The worked year with its closing, and what was found wrong in it afterwards.
async fn year_and_after() -> TestBook {
    let mut book = Year::play(On::Sqlite).await.book;
    book.on("2026-01-10");
    let to = parse_date("2025-12-31").unwrap();
    for fund in Fund::ALL {
        let closing = |book: &mingzhang::ledger::book::Book| {
            book.closing_lines(book.rules().unwrap(), fund, to)
        };
        let lines = closing(&*book.book().await);
        let keys = [
            ("fund", Value::text(fund.letter())),
            ("period_kind", Value::text("year")),
            ("to", Value::text(to)),
        ];
        let mut draft = book.draft(event("close", keys)).with_lines(to, lines);
        draft.signs = vec![prepared()];
        book.post(draft).await.unwrap();
    }
    book.on("2026-03-15");
    let named = book.entry(find(&book, "spend").await).await;
    let keys = [
        ("of", Value::text(named.hash)),
        ("reason", Value::text("=只涉及; 3 幢 [1/2] \"甲,乙\"")),
        ("seq", Value::Integer(named.entry.seq)),
    ];
    let stood = named.entry.lines.clone();
    let to_the_owners = |line: &Line| {
        let is_use = line.account.to_string().starts_with("R.55");
        let account = if is_use { "R.3201".parse().unwrap() } else { line.account };
        Line { account, ..line.clone() }
    };
    let carried: Vec<Line> = stood.iter().map(to_the_owners).collect();
    let lines = carried.iter().map(Line::mirror).chain(carried.iter().cloned()).collect();
    let today = book.books.today();
    let mut draft = book.draft(event("correct", keys)).with_lines(today, lines);
    draft.signs = vec![prepared(), cosigned()];
    draft.memo = Some("-更正; 一笔 | (2) \"引号\" \\".into());
    book.post(draft).await.unwrap();
    odd_texts(&mut book).await;
    book
}

/// Texts that a program could take for its own signs.
async fn odd_texts(book: &mut TestBook) {
    let odd = ["=1+1", "[2026-01-02] date:1999-01-01", "甲; 乙, 丙:丁", "\"引\" \\n", "@x  y"];
    for (nth, text) in odd.into_iter().enumerate() {
        let amount = format!("{}.0{nth}", nth + 1);
        let item = |line: Line| Line { item: Some(text.into()), ..line };
        let lines = vec![debit("R.1001.02", &amount), item(credit("R.2242", &amount))];
        let event: Event =
            event("held.in", [("party", org("甲=乙公司")), ("purpose", Value::text("代收"))]);
        let mut draft = book.money(event, lines);
        draft.memo = Some(text.into());
        draft.signs = vec![prepared()];
        book.post(draft).await.unwrap();
    }
}

async fn find(book: &TestBook, kind: &str) -> u64 {
    let last = book.book().await.head().entries;
    for seq in 0..last {
        let entry = book.entry(seq).await.entry;
        let plain = entry.lines.iter().all(|line| line.part.is_none());
        if entry.event.kind().name == kind && plain {
            return seq;
        }
    }
    panic!("no {kind}");
}
