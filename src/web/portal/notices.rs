//! Public notices: the calendar of what was put up, and each notice as it stood when it was put
//! up, beside what the book says now.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;

use super::check::code;
use super::papers::{Shown, ShownRow, Table, file, files, table};
use super::scope::{period_in_path, wrong};
use crate::exchange::out::paper::Sheet;
use crate::exchange::out::words::Words;
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::papers::{Asked, Paper};
use crate::ledger::period::Period;
use crate::ledger::publications::{Publication, calendar, of_period};
use crate::services::books::{Past, StoredEntry};
use crate::services::exporter::FileFormat;
use crate::services::papers::notice;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here, short};
use crate::web::qr::{Qr, qr};
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// A period of the calendar.
struct Dated {
    href: String,
    period: String,
    by: String,
    standing: &'static str,
    put_up: Vec<String>,
}

/// The calendar.
#[derive(Template)]
#[template(path = "notices.html")]
struct CalendarPage {
    f: Frame,
    rows: Vec<Dated>,
    cite: Option<String>,
}

/// A bank account, as the notice names it.
struct Bank {
    name: String,
    code: String,
}

/// Who signs.
struct Signer {
    label: String,
    name: String,
}

/// How the notice shown came about.
struct PutUp {
    seq: u64,
    from: String,
    to: Option<String>,
    file: String,
}

/// A notice.
#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    f: Frame,
    period: String,
    fund: String,
    made_by: String,
    banks: Vec<Bank>,
    put_up: Option<PutUp>,
    /// What is shown is the book as it stands now.
    of_now: bool,
    other: Option<String>,
    versions: Vec<(String, String, bool)>,
    funds: Vec<(String, String, bool)>,
    table: Table,
    /// Rows that the book has otherwise now: mark of which, the row.
    changes: Option<Vec<(&'static str, Vec<Shown>)>>,
    files: Vec<(String, String)>,
    signers: Vec<Signer>,
    phone: String,
    entries: u64,
    head: String,
    check: String,
    qr: Option<Qr>,
}

/// `GET /e/{estate}/notices`
pub async fn list(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let lang = visit.lang;
        let (calendar, days) = dated(&room, &book).await?;
        let today = room.site.books.today();
        let rows = calendar.into_iter().map(|of| {
            let put_up = of.entries.iter().filter_map(|seq| days.get(seq));
            Dated {
                href: format!("/e/{}/notices/{}", book.estate(), of.period),
                period: show::period(of.period, lang),
                by: lang.day(of.due),
                standing: of.standing.word(),
                put_up: put_up.map(|day| lang.day(*day)).collect(),
            }
        });
        let param = book.rules().and_then(|rules| rules.param("publication_due_months", today));
        answer::render(&CalendarPage {
            rows: rows.collect(),
            cite: param.map(|param| param.cite.clone()),
            f: Frame::of(&room, &visit, &book, Here::Notices, &lang.t("notice.list")),
        })
    })
    .await
}

/// The calendar, and on which day the notice of an entry was put up.
pub async fn dated(
    room: &Room,
    book: &Book,
) -> Result<(Vec<Publication>, BTreeMap<u64, NaiveDate>), WebError> {
    let seqs: Vec<u64> = book.said().publications.values().flatten().copied().collect();
    let entries = room.site.books.entries_named(book.estate(), &seqs).await?;
    let day = |stored: &StoredEntry| {
        let entry = &stored.posted.entry;
        Some((entry.seq, entry.event.fields().date("from")?))
    };
    let days: BTreeMap<u64, NaiveDate> = entries.iter().filter_map(day).collect();
    let today = room.site.books.today();
    Ok((calendar(book, today, &|seq| days.get(&seq).copied()), days))
}

/// What the address asks for.
pub struct Address {
    /// The period.
    pub period: Period,
    /// The fund.
    pub fund: Fund,
    /// The entry of the notice, where there is one.
    pub seq: Option<u64>,
    /// The entries of every notice of the period.
    pub all: Vec<u64>,
    /// The book as it stands now is asked for.
    pub of_now: bool,
}

impl Address {
    /// Reads the query and the period of the path.
    pub fn read(visit: &Visit, book: &Book, text: &str) -> Result<Self, WebError> {
        let period = period_in_path(text)?;
        let fund = match visit.value("fund") {
            Some(text) => text.parse::<Fund>().map_err(|_| wrong("fund", text))?,
            None => Fund::R,
        };
        let all = of_period(book, period);
        let seq = match visit.value("seq") {
            Some(text) => {
                let seq = text.parse().ok().filter(|seq| all.contains(seq));
                Some(seq.ok_or_else(|| wrong("seq", text))?)
            }
            None => all.last().copied(),
        };
        let of_now = seq.is_none() || visit.value("as") == Some("now");
        Ok(Self { period, fund, seq, all, of_now })
    }

    fn asked(&self, today: NaiveDate) -> Asked {
        Asked { fund: self.fund, period: self.period, account: None, today }
    }

    fn query(&self) -> String {
        let seq = self.seq.map(|seq| format!("&seq={seq}")).unwrap_or_default();
        let now = if self.of_now && self.seq.is_some() { "&as=now" } else { "" };
        format!("?fund={}{seq}{now}", self.fund)
    }
}

/// The notice as it was put up, and as the book has it now.
pub struct Both {
    /// The entry, the book as it was then, the notice.
    pub put_up: Option<(StoredEntry, Arc<Past>, Paper)>,
    /// What it would be now.
    pub now: Paper,
}

/// Both notices that an address can mean.
pub async fn both(room: &Room, book: &Book, address: &Address) -> Result<Both, WebError> {
    let books = &room.site.books;
    let vouchers = books.vouchers(book).await?;
    let now = notice(books, book, &vouchers, &address.asked(books.today())).await?;
    let Some(seq) = address.seq else { return Ok(Both { put_up: None, now }) };
    let past = books.past(book.estate(), seq + 1).await?;
    let entry = books.entry(book.estate(), seq).await?;
    let (Some(past), Some(entry)) = (past, entry) else { return Ok(Both { put_up: None, now }) };
    let asked = address.asked(entry.posted.entry.time.day());
    let paper = notice(books, &past.book, &past.vouchers, &asked).await?;
    Ok(Both { put_up: Some((entry, past, paper)), now })
}

/// `GET /e/{estate}/notices/{period}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, period)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let address = Address::read(&visit, &book, &period)?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let both = both(&room, &book, &address).await?;
        answer::render(&page(&room, &visit, &book, &address, &both))
    })
    .await
}

fn page(room: &Room, visit: &Visit, book: &Book, address: &Address, both: &Both) -> NoticePage {
    let lang = visit.lang;
    let base = format!("/e/{}/notices/{}", book.estate(), address.period);
    let frozen = both.put_up.as_ref();
    let now = table(book, &both.now, lang);
    let then = frozen.map(|(_, past, paper)| table(&past.book, paper, lang));
    let changes = then.as_ref().map(|then| changes(&then.rows, &now.rows));
    let shown = frozen.filter(|_| !address.of_now).map_or(book, |(_, past, _)| &past.book);
    let (head, profile) = (shown.head(), shown.profile());
    let code = code(book.estate(), head.entries, &head.hash.to_string());
    let check = format!("{}/check?code={code}", visit.base);
    let title = lang.word("notice_of", address.fund.letter());
    let period = show::period(address.period, lang);
    let choice = |fund: Fund| {
        let label = show::fund(fund, lang);
        (format!("{base}?fund={fund}"), label, fund == address.fund)
    };
    let on = address.period.last_day();
    let name_of = |role: &str| profile.holder_of(role, on).map(|org| org.name.clone());
    NoticePage {
        f: Frame::of(room, visit, book, Here::Notices, &format!("{title} {period}")),
        fund: show::fund(address.fund, lang),
        made_by: name_of("manager").unwrap_or_default(),
        banks: banks(shown, address.fund, lang),
        put_up: frozen.map(|(entry, _, _)| put_up(entry, lang)),
        of_now: address.of_now,
        other: address.seq.map(|seq| {
            let now = if address.of_now { "" } else { "&as=now" };
            format!("{base}?fund={}&seq={seq}{now}", address.fund)
        }),
        versions: versions(address, &base, lang),
        funds: Fund::ALL.map(choice).into(),
        table: then.filter(|_| !address.of_now).unwrap_or(now),
        changes,
        files: files(&base, &address.query(), lang),
        signers: ["manager", "committee", "community"]
            .map(|role| Signer {
                label: lang.word("word", role).into_owned(),
                name: name_of(role).unwrap_or_default(),
            })
            .into(),
        phone: room.site.phone.clone().unwrap_or_else(|| "__________________".to_owned()),
        entries: head.entries,
        head: short(&head.hash.to_string()),
        qr: qr(&check),
        check,
        period,
    }
}

fn banks(book: &Book, fund: Fund, lang: Lang) -> Vec<Bank> {
    let of_fund = book.profile().banks.keys().filter(|code| code.fund() == fund);
    let bank = |code: &crate::ledger::account::AccountCode| Bank {
        name: show::account(book, *code, lang),
        code: code.to_string(),
    };
    of_fund.map(bank).collect()
}

fn put_up(stored: &StoredEntry, lang: Lang) -> PutUp {
    let entry = &stored.posted.entry;
    let fields = entry.event.fields();
    PutUp {
        seq: entry.seq,
        from: fields.date("from").map(|day| lang.day(day)).unwrap_or_default(),
        to: fields.date("to").map(|day| lang.day(day)),
        file: fields.text("file").map(short).unwrap_or_default(),
    }
}

fn versions(address: &Address, base: &str, lang: Lang) -> Vec<(String, String, bool)> {
    let version = |seq: &u64| {
        let label = lang.with("entry.number", &[("seq", seq)]);
        (format!("{base}?fund={}&seq={seq}", address.fund), label, Some(*seq) == address.seq)
    };
    if address.all.len() > 1 { address.all.iter().map(version).collect() } else { Vec::new() }
}

/// Rows of one table that the other doesn't have as they are, each side in its order.
fn changes(then: &[ShownRow], now: &[ShownRow]) -> Vec<(&'static str, Vec<Shown>)> {
    let text = |row: &ShownRow| -> Vec<String> {
        row.cells.iter().map(|cell| cell.text.clone()).collect()
    };
    let only = |of: &[ShownRow], other: &[ShownRow]| -> Vec<Vec<Shown>> {
        let mut left: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for row in other {
            *left.entry(text(row)).or_default() += 1;
        }
        let rows = of.iter().filter(|row| match left.get_mut(&text(row)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
        rows.map(|row| row.cells.clone()).collect()
    };
    let was = only(then, now).into_iter().map(|row| ("was", row));
    let is = only(now, then).into_iter().map(|row| ("is", row));
    was.chain(is).collect()
}

/// `GET /e/{estate}/notices/{period}/table.csv` and `…/table.xlsx`
pub async fn download(
    State(room): State<Room>,
    visit: Visit,
    Path((code, period)): Path<(String, String)>,
    format: FileFormat,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let address = Address::read(&visit, &book, &period)?;
    let both = both(&room, &book, &address).await?;
    let frozen = both.put_up.as_ref().filter(|_| !address.of_now);
    let (of, paper) = frozen.map_or((&*book, &both.now), |(_, past, paper)| (&past.book, paper));
    let lang = visit.lang;
    let sheet = Sheet {
        book: of,
        words: Words::of(lang.code()),
        title: lang.word("notice_of", address.fund.letter()).into_owned(),
        fund: Some(address.fund),
        when: show::period(address.period, lang),
        paper,
    };
    let name = format!("{}-notice-{}-{}", book.estate(), address.fund, address.period);
    file(&sheet, format, &name)
}
