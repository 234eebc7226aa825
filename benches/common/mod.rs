//! What the benches share: books in a temporary database, drafts, and how figures are printed.
#![allow(dead_code, reason = "each bench uses its own part")]

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
use mingzhang::services::instance;
use mingzhang::store::{Location, Store};

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
    let store = Store::create(&location).await.expect("a fresh database");
    instance::establish(&store, Some("bench.invalid/estates"), &SystemEntropy)
        .await
        .expect("an empty database");
    store
}

/// Books of some estates, each with one contract.
pub async fn books_of(store: Store, estates: usize) -> Books {
    let books = Books::open(store, Arc::new(SystemClock), Limits::default());
    for nth in 0..estates {
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
    books
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
