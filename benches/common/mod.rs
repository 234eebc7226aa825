//! What the benches share: books on either engine, drafts, callers, and how figures are printed.
//! Read next: `engine.rs`, the engines and the limit that figures are compared with.
#![allow(dead_code, reason = "each bench uses its own part")]

pub mod engine;

/// The servers of the tests; their own stories stay there.
#[allow(missing_docs, unused_imports, reason = "each bench uses its own part")]
#[path = "../../tests/it"]
mod servers {
    pub mod postgres;
}

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mingzhang::ledger::account::Fund;
use mingzhang::ledger::draft::Draft;
use mingzhang::ledger::entry::{Actor, Line, Side};
use mingzhang::ledger::event::{Event, Party};
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::json::Value;
use mingzhang::ledger::period::parse_date;
use mingzhang::services::bookkeeper::{OpenEstate, open_estate};
use mingzhang::services::books::{Books, Limits};
use mingzhang::services::clock::{SystemClock, SystemEntropy};
use mingzhang::services::{instance, telemetry};
use mingzhang::store::{Location, Store};

use engine::Database;

/// Who posts.
pub fn actor() -> Actor {
    Actor { org: "o_bench".into(), role: "reviewer".into(), user: "u_bench".into() }
}

/// The n-th estate.
pub fn estate(nth: usize) -> EstateCode {
    format!("620722-{nth:04}").parse().expect("four digits")
}

/// A fresh database in a directory.
pub async fn fresh_store(directory: &tempfile::TempDir, name: &str) -> Store {
    let location = Location::Sqlite(directory.path().join(name));
    establish(Store::create(&location).await.expect("a fresh database")).await
}

/// A fresh database on an engine.
pub async fn store_of(database: &Database) -> Store {
    establish(Store::create(&database.location).await.expect("a fresh database")).await
}

async fn establish(store: Store) -> Store {
    instance::establish(&store, Some("bench.invalid/estates"), &SystemEntropy)
        .await
        .expect("an empty database");
    store
}

/// Books of some estates, each with one contract.
pub async fn books_of(store: Store, estates: usize) -> Books {
    let limits = Limits::default();
    let batch_max = setting("BENCH_BATCH", limits.batch_max);
    books_within(store, estates, Limits { batch_max, ..limits }).await
}

/// The same, otherwise bounded.
pub async fn books_within(store: Store, estates: usize, limits: Limits) -> Books {
    let books = Books::open(store, Arc::new(SystemClock), limits);
    for some in (0..estates).collect::<Vec<_>>().chunks(100) {
        let open = |nth: &usize| tokio::spawn(open_one(books.clone(), *nth));
        for opened in some.iter().map(open).collect::<Vec<_>>() {
            opened.await.expect("a book opens");
        }
    }
    books
}

async fn open_one(books: Books, nth: usize) {
    let open = OpenEstate {
        code: estate(nth),
        name: format!("小区{nth}"),
        address: "民乐县".into(),
        area: "32000.00".parse().expect("an area"),
        households: 320,
        manager: Party::Organisation { code: None, org: "甲物业公司".into() },
        committee: None,
        community: None,
        banks: vec![(Fund::R, "农业银行".into(), "****0001".into())],
        since: parse_date("2025-01-01").expect("a day"),
        rules: "cn-default".into(),
    };
    open_estate(&books, &open, actor()).await.expect("a book opens");
    let part = Value::map([
        ("account", Value::text("R.4501.01")),
        ("amount", Value::text("3300.00")),
        ("mode", Value::text("fixed")),
        ("per", Value::text("month")),
    ]);
    let contract = Event::new(
        "contract",
        [
            ("authority", Value::map([("clause", Value::text("服务合同第八条"))])),
            ("no", Value::text("C-01")),
            ("paper", Value::text("signed")),
            ("schedule", Value::List(vec![part])),
            ("site", Value::text("电梯轿厢框架")),
        ],
    );
    let key = format!("contract:{nth:08}").parse().expect("a reference");
    let draft = Draft::new(estate(nth), contract.expect("a contract"), key);
    books.post(vec![draft], actor()).await.expect("a contract is recorded");
}

/// An income of one contract in a month of 2025.
pub fn income(books: &Books, estate: EstateCode, nth: usize) -> Draft {
    let amount = format!("{}.{:02}", 100 + nth % 900, nth % 100).parse().expect("an amount");
    let line = |account: &str, side| Line::new(account.parse().expect("an account"), side, amount);
    let mut received = line("R.4501.01", Side::Credit);
    received.contract = Some("C-01".into());
    received.period = format!("2025-{:02}", nth % 12 + 1).parse().ok();
    let event = Event::new("income", [("payee_ref", Value::text(format!("2025-{nth:07}")))]);
    let key = format!("income:{nth:010}").parse().expect("a reference");
    let mut draft = Draft::new(estate, event.expect("an income"), key)
        .with_lines(books.today(), vec![line("R.1001.01", Side::Debit), received]);
    draft.memo = Some("电梯轿厢框架广告位租金".into());
    draft
}

/// The most drafts on their way at once, as an import has them.
const WINDOW: usize = 1024;

/// Posts as an import does: requests of so many drafts of one estate, the next request of the
/// next estate, many on their way. `first` is the number of the first draft.
pub async fn import(
    books: &Books,
    estates: usize,
    first: usize,
    entries: usize,
    request: usize,
) -> Duration {
    let started = Instant::now();
    let (mut flight, mut sent) = (VecDeque::new(), 0);
    while sent < entries || !flight.is_empty() {
        if sent < entries && flight.len() * request < setting("BENCH_WINDOW", WINDOW) {
            let size = request.min(entries - sent);
            let code = estate(sent / request % estates);
            let each = first + sent..first + sent + size;
            let drafts = each.map(|nth| income(books, code, nth)).collect();
            flight.push_back(books.post_bulk(drafts, actor()).expect("room in the queue"));
            sent += size;
        } else if let Some(answer) = flight.pop_front() {
            answer.await.expect("incomes are posted");
        }
    }
    started.elapsed()
}

/// What callers saw who each post one draft after the other.
pub struct Called {
    /// All together.
    pub took: Duration,
    /// Each wait for an answer, shortest first.
    pub waits: Vec<Duration>,
    /// Entries in a transaction, on the average.
    pub batch: f64,
}

impl Called {
    /// The wait that so many percent were not above, in milliseconds.
    pub fn wait_ms(&self, percent: usize) -> f64 {
        self.waits[(self.waits.len() - 1) * percent / 100].as_secs_f64() * 1000.0
    }
}

/// Posts from callers at the same time, who take the estates in turn.
pub async fn call(
    books: &Books,
    estates: usize,
    first: usize,
    callers: usize,
    each: usize,
) -> Called {
    let before = committed();
    let started = Instant::now();
    let post = |caller: usize| {
        let books = books.clone();
        tokio::spawn(async move {
            let mut waits = Vec::with_capacity(each);
            for nth in 0..each {
                let nth = first + caller * each + nth;
                let draft = income(&books, estate((nth + caller) % estates), nth);
                let started = Instant::now();
                books.post(vec![draft], actor()).await.expect("an income is posted");
                waits.push(started.elapsed());
            }
            waits
        })
    };
    let mut waits = Vec::new();
    for task in (0..callers).map(post).collect::<Vec<_>>() {
        waits.extend(task.await.expect("a caller ends"));
    }
    let took = started.elapsed();
    waits.sort_unstable();
    let after = committed();
    let batch = (after.0 - before.0) / (after.1 - before.1).max(1.0);
    Called { took, waits, batch }
}

/// Entries committed, and transactions, as the program's own figures count them.
fn committed() -> (f64, f64) {
    telemetry::install();
    let text = telemetry::text().expect("figures are kept");
    let figure = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| value.trim().parse().ok()).expect("a figure")
    };
    (figure("mingzhang_batch_entries_sum "), figure("mingzhang_batch_entries_count "))
}

/// A number from the environment, or what stands in its place.
pub fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The best of some runs: what the code needs when nothing disturbs it.
pub fn best(runs: usize, mut run: impl FnMut()) -> Duration {
    let time = |()| {
        let started = Instant::now();
        run();
        started.elapsed()
    };
    std::iter::repeat_n((), runs).map(time).min().unwrap_or_default()
}

/// How many in a second.
pub fn rate(count: usize, time: Duration) -> f64 {
    let count = u32::try_from(count).expect("a bench counts in millions at most");
    f64::from(count) / time.as_secs_f64()
}
