//! The world of the tests: books in a fresh database, a clock that stands, verbs in the words
//! of the field. [`TestBook::check`] re-verifies everything after every act.

use std::path::Path;
use std::sync::Arc;

use mingzhang::ledger::account::Fund;
use mingzhang::ledger::book::{Book, boxes};
use mingzhang::ledger::draft::Draft;
use mingzhang::ledger::entry::{Actor, Line, PostedEntry, Side, Sign, SignAct};
use mingzhang::ledger::event::{Event, Party};
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::json::Value;
use mingzhang::ledger::period::parse_date;
use mingzhang::ledger::time::Timestamp;
use mingzhang::proof::merkle::{WIDTH, root};
use mingzhang::proof::verify::{Report, verify};
use mingzhang::services::bookkeeper::{OpenEstate, command_line, open_estate};
use mingzhang::services::books::{Books, Limits, PostError, Posted};
use mingzhang::services::clock::{FixedClock, SeededEntropy};
use mingzhang::services::{exporter, instance};
use mingzhang::store::Store;

use crate::postgres::Cluster;

/// True in `tests/run --long`: every case instead of a sample.
pub fn is_long() -> bool {
    std::env::var_os("MINGZHANG_LONG").is_some()
}

/// The log of the tests.
pub const LOG: &str = "test.invalid/estates";

/// The estate of most stories.
pub fn estate() -> EstateCode {
    "620722-0017".parse().unwrap()
}

/// Who posts.
pub fn reviewer() -> Actor {
    actor("o_property", "reviewer", "u_reviewer")
}

/// Somebody.
pub fn actor(org: &str, role: &str, user: &str) -> Actor {
    Actor { org: org.into(), role: role.into(), user: user.into() }
}

/// A signature.
pub fn sign(act: SignAct, org: &str, user: &str) -> Sign {
    let at = "2025-01-01T00:00:00.000Z".parse().unwrap();
    Sign { act, at, by: actor(org, "member", user) }
}

/// The clerk prepared it.
pub fn prepared() -> Sign {
    sign(SignAct::Prepare, "o_property", "u_clerk")
}

/// The committee co-signed it.
pub fn cosigned() -> Sign {
    sign(SignAct::Cosign, "o_committee", "u_member")
}

/// A debit line.
pub fn debit(account: &str, amount: &str) -> Line {
    Line::new(account.parse().unwrap(), Side::Debit, amount.parse().unwrap())
}

/// A credit line.
pub fn credit(account: &str, amount: &str) -> Line {
    Line::new(account.parse().unwrap(), Side::Credit, amount.parse().unwrap())
}

/// A line that settles a contract for a period.
pub fn of_contract(line: Line, no: &str, period: &str) -> Line {
    Line { contract: Some(no.into()), period: Some(period.parse().unwrap()), ..line }
}

/// An organisation's name as a value.
pub fn org(name: &str) -> Value {
    Party::Organisation { code: None, org: name.into() }.to_value()
}

/// An invoice over an amount.
pub fn invoice(no: &str, amount: &str) -> Value {
    Value::List(vec![Value::map([
        ("amount", Value::text(amount)),
        ("issuer", Value::text("供电公司")),
        ("kind", Value::text("invoice")),
        ("no", Value::text(no)),
    ])])
}

/// An event.
pub fn event(kind: &str, keys: impl IntoIterator<Item = (&'static str, Value)>) -> Event {
    Event::new(kind, keys).unwrap()
}

/// What an event says of the entry that it is about.
pub fn of(posted: &Posted, reason: &str) -> [(&'static str, Value); 3] {
    [
        ("of", Value::text(posted.hash)),
        ("reason", Value::text(reason)),
        ("seq", Value::Integer(posted.seq)),
    ]
}

/// The engine that a story is told on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

impl On {
    /// Where a fresh database is, and its text as a command takes it.
    pub fn fresh(self, directory: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite:{}", directory.join("books.db").display()),
            Self::Postgres => Cluster::shared().fresh_database(),
        }
    }
}

/// Books in a fresh database.
pub struct TestBook {
    pub books: Books,
    pub clock: Arc<FixedClock>,
    pub directory: tempfile::TempDir,
    /// As `--database` takes it.
    pub database: String,
    drafted: u64,
}

impl TestBook {
    /// A database without estates.
    pub async fn empty(on: On) -> Self {
        Self::bounded(on, Limits::default()).await
    }

    /// The same with limits of its own.
    pub async fn bounded(on: On, limits: Limits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = on.fresh(directory.path());
        Self::fresh(directory, database, limits).await
    }

    /// A fresh database of a server of its own.
    pub async fn on_database(database: String) -> Self {
        Self::fresh(tempfile::tempdir().unwrap(), database, Limits::default()).await
    }

    async fn fresh(directory: tempfile::TempDir, database: String, limits: Limits) -> Self {
        let store = Store::create(&database.parse().unwrap()).await.unwrap();
        instance::establish(&store, Some(LOG), &SeededEntropy::from_name("secret")).await.unwrap();
        let clock = Arc::new(FixedClock::at(Timestamp::noon_of(parse_date("2025-01-01").unwrap())));
        let books = Books::open(store, clock.clone(), limits);
        Self { books, clock, directory, database, drafted: 0 }
    }

    /// The same database opened a second time, as by another process.
    pub async fn again(&self) -> Books {
        let store = Store::open(&self.database.parse().unwrap()).await.unwrap();
        Books::open(store, self.clock.clone(), *self.books.limits())
    }

    /// The estate 和苑小区, its book open since 2025, two bank accounts.
    pub async fn open(on: On) -> Self {
        let book = Self::empty(on).await;
        book.open_estate(estate()).await;
        book
    }

    /// Opens an estate's book.
    pub async fn open_estate(&self, code: EstateCode) {
        let manager = Party::Organisation { code: None, org: "甲物业公司".into() };
        let bank = |fund, tail: &str| (fund, "农业银行".to_owned(), format!("****{tail}"));
        let estate = OpenEstate {
            code,
            name: "和苑小区".into(),
            address: "民乐县".into(),
            area: "32000.00".parse().unwrap(),
            households: 320,
            manager,
            committee: None,
            community: None,
            banks: vec![bank(Fund::R, "0001"), bank(Fund::R, "0002"), bank(Fund::F, "0003")],
            since: parse_date("2025-01-01").unwrap(),
            rules: "cn-default".into(),
        };
        open_estate(&self.books, &estate, command_line("o_operator")).await.unwrap();
    }

    /// Lets a day come.
    pub fn on(&self, day: &str) {
        self.clock.set(Timestamp::noon_of(parse_date(day).unwrap()));
    }

    /// A draft with the next reference.
    pub fn draft(&mut self, event: Event) -> Draft {
        self.drafted += 1;
        let key = format!("test:{:06}", self.drafted);
        Draft::new(estate(), event, key.parse().unwrap())
    }

    /// A draft with lines, on today's date.
    pub fn money(&mut self, event: Event, lines: Vec<Line>) -> Draft {
        let today = self.books.today();
        self.draft(event).with_lines(today, lines)
    }

    /// Posts one draft and checks the world.
    pub async fn post(&self, draft: Draft) -> Result<Posted, PostError> {
        let mut posted = self.batch(vec![draft]).await?;
        Ok(posted.remove(0))
    }

    /// Posts a batch and checks the world.
    pub async fn batch(&self, drafts: Vec<Draft>) -> Result<Vec<Posted>, PostError> {
        let posted = self.books.post(drafts, reviewer()).await;
        self.check().await;
        posted
    }

    /// The rule that refuses a draft.
    pub async fn refusal(&self, draft: Draft) -> String {
        let before = self.book().await.head();
        let error = self.post(draft).await.expect_err("the draft should be refused");
        assert_eq!(self.book().await.head(), before, "a refused draft leaves a trace");
        match error {
            PostError::Refused { violation, .. } => violation.rule().code().to_owned(),
            PostError::Format { error, .. } => format!("format {}", error.pointer),
            other => other.to_string(),
        }
    }

    /// The book as readers see it.
    pub async fn book(&self) -> Arc<Book> {
        self.books.book(estate()).await.unwrap().unwrap()
    }

    /// An account's balance, debit positive.
    pub async fn balance(&self, account: &str) -> String {
        self.book().await.balances().balance(account.parse().unwrap()).to_string()
    }

    /// An entry.
    pub async fn entry(&self, seq: u64) -> PostedEntry {
        self.books.entry(estate(), seq).await.unwrap().unwrap().posted
    }

    /// The export of the estate.
    pub async fn export(&self) -> Vec<u8> {
        export(&self.books, estate()).await
    }

    /// Verifies chain, fold, tree and index again, from what is stored.
    pub async fn check(&self) {
        let Some(book) = self.books.book(estate()).await.unwrap() else { return };
        let report = verified(&self.export().await);
        assert_eq!(report.faults, vec![], "the export verifies");
        assert_eq!(report.head, book.head().hash);
        let balances: Vec<_> = book.balances().accounts().collect();
        let again: Vec<_> = report.book.balances().accounts().collect();
        assert_eq!(balances, again, "the offline fold agrees with the served book");
        let snapshot = book.snapshot().unwrap();
        let again = Book::from_snapshot(&snapshot).unwrap();
        assert_eq!(format!("{again:?}"), format!("{book:?}"), "a snapshot reads back");
        assert_eq!(again.snapshot().unwrap(), snapshot, "and writes back");
        let (weight, length) = (book.weight_bytes(), u64::try_from(snapshot.len()).unwrap());
        assert!((length / 3..=length * 3).contains(&weight), "{weight} bytes, {length} written");
        statements_reconcile(&book);
        self.check_log().await;
    }

    /// Every leaf is an entry's hash, every full subtree's node is stored.
    async fn check_log(&self) {
        let store = self.books.store().primary();
        let size = store.log_size().await.unwrap();
        let leaves = store.leaves(0, u32::MAX).await.unwrap();
        assert_eq!(u64::try_from(leaves.len()).unwrap(), size);
        let nodes = store.nodes(1, 0, u32::MAX).await.unwrap();
        assert_eq!(nodes.len(), leaves.len() / WIDTH);
        for (node, tile) in nodes.iter().zip(leaves.chunks(WIDTH)) {
            assert_eq!(node.hash, root(tile));
        }
    }
}

/// Whatever was matched, taken apart or recorded since: at the end of every statement that stands,
/// the bank and the book differ by what is open then.
fn statements_reconcile(book: &Book) {
    if book.open_batch().is_some() {
        return;
    }
    for (account, _) in book.balances().accounts() {
        let Some(bank) = book.bank_book(account) else { continue };
        for statement in bank.statements.iter() {
            let open = boxes(bank, statement.to);
            let of_bank = statement.closing + open.book_in - open.book_out;
            let of_book = book.balance_on(account, statement.to) + open.bank_in - open.bank_out;
            assert_eq!(of_bank, of_book, "{account} at {}", statement.to);
        }
    }
}

/// The export of an estate.
pub async fn export(books: &Books, estate: EstateCode) -> Vec<u8> {
    let book = books.book(estate).await.unwrap().unwrap();
    let mut pieces = exporter::jsonl(books, &book);
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await.unwrap() {
        bytes.extend(piece);
    }
    bytes
}

/// What verification says of an export.
pub fn verified(bytes: &[u8]) -> Report {
    verify(bytes, None, 1, &|_| {}).unwrap()
}
