//! One estate's year as an accountant wrote it out, posted event by event on both engines:
//! every balance, the statement, the closing to the fen, and what must be refused.

use mingzhang::ledger::account::Fund;
use mingzhang::ledger::draft::Draft;
use mingzhang::ledger::entry::{Line, Side};
use mingzhang::ledger::event::Event;
use mingzhang::ledger::json::Value;
use mingzhang::ledger::period::parse_date;
use mingzhang::ledger::statements::income_statement;
use mingzhang::services::books::{PostError, Posted};
use mingzhang::services::clock::SeededEntropy;
use mingzhang::services::demonstration::deed::{Deed, Standing, Stands};
use mingzhang::services::demonstration::year::{Row, deed, rows, standing};
use test_case::test_case;

use crate::harness::{
    On, TestBook, cosigned, credit, debit, estate, event, invoice, org, prepared,
};

/// The year under way: what was posted under which number.
pub struct Year {
    pub book: TestBook,
    posted: Standing,
    today: String,
}

impl Year {
    async fn open(on: On) -> Self {
        let book = TestBook::empty(on).await;
        book.open_estate(estate()).await;
        let mut year = Self { book, posted: Standing::new(), today: "2025-01-01".into() };
        for deed in standing() {
            let draft = year.drafted(&deed);
            year.book.post(draft).await.unwrap();
        }
        year
    }

    /// What a deed records, under the next reference.
    fn drafted(&mut self, deed: &Deed) -> Draft {
        let (event, lines, _) = deed.told(&self.posted, &SeededEntropy::from_name("year")).unwrap();
        let date = deed.date.as_deref().map_or(self.book.books.today(), |day| day.parse().unwrap());
        let mut draft = self.book.draft(event).with_lines(date, lines);
        draft.occurred = deed.occurred.as_deref().map(|day| day.parse().unwrap());
        draft
    }

    fn draft(&mut self, row: &Row<'_>) -> Draft {
        let mut draft = self.drafted(&deed(row).unwrap());
        draft.signs = vec![prepared(), cosigned()];
        draft
    }

    async fn post(&mut self, row: &Row<'_>) -> Result<Posted, PostError> {
        let day = format!("2025-{}", row.day);
        if day > self.today {
            self.today = day;
        }
        let today = self.today.clone();
        self.book.on(&today);
        let draft = self.draft(row);
        let lines = draft.lines.clone();
        let posted = self.book.books.post(vec![draft], crate::harness::reviewer()).await?.remove(0);
        let (seq, hash) = (posted.seq, posted.hash);
        self.posted.insert(row.no.to_owned(), Stands { seq, hash, lines });
        Ok(posted)
    }

    /// Posts every row of the year.
    pub async fn play(on: On) -> Self {
        let mut year = Self::open(on).await;
        for row in rows() {
            year.post(&row).await.unwrap_or_else(|error| panic!("{}: {error}", row.no));
        }
        year.book.check().await;
        year
    }

    /// The year of the shared revenue closed by these lines.
    fn closing(&mut self, lines: Vec<Line>) -> Draft {
        let to = parse_date("2025-12-31").unwrap();
        let keys = [
            ("fund", Value::text("R")),
            ("period_kind", Value::text("year")),
            ("to", Value::text(to)),
        ];
        let mut draft = self.book.draft(event("close", keys)).with_lines(to, lines);
        draft.signs = vec![prepared()];
        draft
    }

    /// The next spring, the year of the shared revenue closed.
    pub async fn closed(on: On) -> Self {
        let mut year = Self::play(on).await;
        year.book.on("2026-03-15");
        let book = year.book.book().await;
        let to = parse_date("2025-12-31").unwrap();
        let lines = book.closing_lines(book.rules().unwrap(), Fund::R, to);
        let draft = year.closing(lines);
        year.book.post(draft).await.unwrap();
        year
    }

    /// A correction of what was posted under a number.
    fn correction(&mut self, no: &str, reason: &str, lines: Vec<Line>) -> Draft {
        let named = self.posted[no].clone();
        let keys = [
            ("of", Value::text(named.hash)),
            ("reason", Value::text(reason)),
            ("seq", Value::Integer(named.seq)),
        ];
        let today = self.book.books.today();
        let mut draft = self.book.draft(event("correct", keys)).with_lines(today, lines);
        draft.signs = vec![prepared(), cosigned()];
        draft
    }

    async fn expect(&self, account: &str, balance: &str) {
        assert_eq!(self.book.balance(account).await, balance, "{account}");
    }
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn the_year_ends_as_the_accountant_has_it(on: On) {
    let year = Year::play(on).await;
    for (account, balance) in [
        ("R.1001.01", "0.00"),
        ("R.1001.02", "216183.60"),
        ("R.1002", "310.00"),
        ("R.1221.01", "0.00"),
        ("R.1221.02", "6120.00"),
        ("R.1221.03", "0.00"),
        ("R.2241", "-9000.00"),
        ("R.2242", "-1280.00"),
        ("R.2243", "-750.00"),
        ("R.3201", "-146300.00"),
        ("R.3202", "-6000.00"),
        ("R.3209", "-6120.00"),
        ("F.1001.01", "39000.00"),
        ("F.4201.01", "-30000.00"),
    ] {
        year.expect(account, balance).await;
    }
    let book = year.book.book().await;
    let statement = income_statement(&book, Fund::R, "2025".parse().unwrap());
    assert_eq!(statement.income_total().to_string(), "200952.62");
    assert_eq!(statement.cost_total().to_string(), "46679.02");
    assert_eq!(statement.net().to_string(), "154273.60");
    assert_eq!(statement.uses_total().to_string(), "101110.00");
    assert_eq!(statement.balance().to_string(), "53163.60");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn closing_the_year_carries_it_to_the_owners(on: On) {
    let mut year = Year::play(on).await;
    year.book.on("2026-01-10");
    let to = parse_date("2025-12-31").unwrap();
    let book = year.book.book().await;
    let lines = book.closing_lines(book.rules().unwrap(), Fund::R, to);
    let of = |account: &str, part: Option<&str>| {
        let mut found = lines.iter().filter(|line| {
            line.account == account.parse().unwrap() && line.part.as_deref() == part
        });
        let line = found.next().unwrap_or_else(|| panic!("{account} {part:?}"));
        (line.side, line.amount.to_string())
    };
    let (d, c) = (Side::Debit, Side::Credit);
    for (account, part, side, amount) in [
        ("R.4501.01", None, d, "39600.00"),
        ("R.4501.04", None, d, "19273.97"),
        ("R.4501.06", Some("3幢"), d, "6000.00"),
        ("R.4502.01", None, d, "96180.00"),
        ("R.4503.02", None, d, "3900.00"),
        ("R.4503.05", None, d, "3000.00"),
        ("R.4504.01", None, d, "31200.00"),
        ("R.4507.01", None, d, "1000.00"),
        ("R.4508", None, d, "420.00"),
        ("R.4509", None, d, "378.65"),
        ("R.5501.01", None, c, "3030.00"),
        ("R.5501.02", None, c, "4260.00"),
        ("R.5501.03", None, c, "4800.00"),
        ("R.5501.05", None, c, "773.02"),
        ("R.5501.06", None, c, "32616.00"),
        ("R.5501.06", Some("3幢"), c, "1200.00"),
        ("R.5502", None, c, "30000.00"),
        ("R.5503", None, c, "22310.00"),
        ("R.5503", Some("3幢"), c, "2400.00"),
        ("R.5504", None, c, "14400.00"),
        ("R.5508", None, c, "32000.00"),
        ("R.3201", None, c, "50763.60"),
        ("R.3202", Some("3幢"), c, "2400.00"),
    ] {
        assert_eq!(of(account, part), (side, amount.to_owned()), "{account} {part:?}");
    }
    assert_eq!(lines.len(), 23);

    let mut wrong = lines.clone();
    wrong[0].amount = "39600.01".parse().unwrap();
    let draft = year.closing(wrong);
    assert_eq!(year.book.refusal(draft).await, "I8", "not to the fen");
    let mut wrong = lines.clone();
    wrong.swap(0, 1);
    let draft = year.closing(wrong);
    assert_eq!(year.book.refusal(draft).await, "I8", "in the order that the book computes");
    let draft = year.closing(lines);
    year.book.post(draft).await.unwrap();
    for (account, balance) in [
        ("R.3201", "-197063.60"),
        ("R.3202", "-8400.00"),
        ("R.4501.01", "0.00"),
        ("R.5508", "0.00"),
        ("R.1001.02", "216183.60"),
    ] {
        year.expect(account, balance).await;
    }
    // The statement of the year stays what it was.
    let book = year.book.book().await;
    let statement = income_statement(&book, Fund::R, "2025".parse().unwrap());
    assert_eq!(statement.balance().to_string(), "53163.60");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn what_is_found_later_leaves_the_new_year_alone(on: On) {
    let mut year = Year::closed(on).await;
    // An auditor finds that 2,310 of the pump concerned the third building only.
    let part = |line: Line| Line { part: Some("3幢".into()), ..line };
    let lines = vec![
        credit("R.3201", "12310.00"),
        debit("R.1001.01", "12310.00"),
        debit("R.3201", "10000.00"),
        part(debit("R.3202", "2310.00")),
        credit("R.1001.01", "12310.00"),
    ];
    let draft = year.correction("R36", "其中 2,310.00 只涉及 3 幢", lines);
    let mut wrong = draft.clone();
    wrong.lines[0] = credit("R.5503", "12310.00");
    assert_eq!(year.book.refusal(wrong).await, "I7", "last year's error is not this year's cost");
    let mut wrong = draft.clone();
    wrong.lines[2] = debit("R.5503", "10000.00");
    assert_eq!(year.book.refusal(wrong).await, "I4", "nor is what is right");
    year.book.post(draft).await.unwrap();
    year.expect("R.3201", "-199373.60").await;
    year.expect("R.3202", "-6090.00").await;
    let book = year.book.book().await;
    let used = book.decisions()["2025-02"].used;
    assert_eq!(used.to_string(), "22310.00", "the decision still knows what went under it");

    // Of the topping-up 32,000 were meant; the fund's year is still open.
    let named = year.posted["R42"].clone();
    let lines = vec![
        credit("R.3201", "33000.00"),
        debit("R.1001.01", "33000.00"),
        credit("F.1001.01", "33000.00"),
        debit("F.4201.01", "33000.00"),
        debit("R.3201", "32000.00"),
        credit("R.1001.01", "32000.00"),
        debit("F.1001.01", "32000.00"),
        credit("F.4201.01", "32000.00"),
    ];
    let draft = year.correction("R42", "实转 32,000.00", lines);
    let mut wrong = draft.clone();
    wrong.lines.truncate(4);
    assert_eq!(year.book.refusal(wrong).await, "I6", "3,000 of it came back already");
    let mut wrong = draft.clone();
    wrong.lines[7] = credit("F.3101.01", "32000.00");
    assert_eq!(year.book.refusal(wrong).await, "I4", "the fund's year isn't closed");
    year.book.post(draft).await.unwrap();
    let book = year.book.book().await;
    let top_up = &book.top_ups()[&named.seq];
    assert_eq!(
        (top_up.amount.to_string(), top_up.returned.to_string()),
        ("32000.00".into(), "3000.00".into())
    );
    // Cost put right in a closed year asks for evidence as ever.
    let lines = vec![
        credit("R.3201", "4260.00"),
        debit("R.1001.01", "4260.00"),
        debit("R.3201", "4260.01"),
        credit("R.1001.01", "4260.01"),
    ];
    let draft = year.correction("R31", "实付", lines);
    assert_eq!(year.book.refusal(draft).await, "I9");

    let today = year.book.books.today();
    // And that an invoice of 1,500 was paid twice: the payment is real, so it is claimed back.
    let keys = [
        ("evidence", invoice("B7", "1500.00")),
        ("party", org("供电公司")),
        ("reason", Value::text("2025 年电费重复付款")),
    ];
    let lines = vec![debit("R.1221.04", "1500.00"), credit("R.3201", "1500.00")];
    let mut draft = year.book.draft(event("claim", keys)).with_lines(today, lines);
    draft.signs = vec![prepared()];
    year.book.post(draft).await.unwrap();
    let keys = [("channel", Value::text("供电公司"))];
    let lines = vec![debit("R.1001.02", "1500.00"), credit("R.1221.04", "1500.00")];
    let draft = year.book.draft(event("settle", keys)).with_lines(today, lines);
    year.book.post(draft).await.unwrap();
    year.expect("R.1221.04", "0.00").await;
    year.expect("R.3201", "-201873.60").await;
    let statement = income_statement(&*year.book.book().await, Fund::R, "2026".parse().unwrap());
    assert_eq!(statement.balance().to_string(), "0.00", "none of it is this year's result");
    let (code, said) = crate::spec::judged(&[year.book.export().await]).remove(0);
    assert_eq!(code, 0, "the verifier written from the docs agrees: {said}");
}

/// What the year must refuse, each with its invariant.
#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn what_the_rules_forbid_is_refused(on: On) {
    let mut year = Year::play(on).await;
    let row = |no, day, kind, rest| Row { no, day, kind, rest, ..Row::default() };
    let forbidden = [
        (
            row(
                "X1",
                "12-31",
                "top_up.return",
                "D R.1001.02 30000.01; C R.5502 30000.01; D F.4201.01 30000.01; C F.1001.01 30000.01 @R42",
            ),
            "I6",
        ),
        (
            row(
                "X2",
                "12-31",
                "top_up",
                "D R.5502 10.00; C R.1001.02 10.00; D F.1001.01 11.00; C F.4201.01 11.00",
            ),
            "I6",
        ),
        (row("X3", "12-31", "spend", "D R.5503 2690.01; C R.1001.02 2690.01 @2025-02"), "I9"),
        (row("X4", "12-31", "spend", "D R.5503[2幢] 0.01; C R.1001.02 0.01 @2025-05"), "I3"),
        (row("X5", "12-31", "spend", "D R.5503[3幢] 2600.01; C R.1001.02 2600.01 @2025-05"), "I9"),
        (row("X6", "12-31", "close", "R 12-31"), "I8"),
        (row("X7", "12-31", "cost", "D R.5501.06 6014.80; C R.1001.02 6014.80 @8"), "I9"),
        (row("X8", "12-31", "held.out", "D R.2242{个税} 80.01; C R.1001.02 80.01"), "I5"),
        (row("X9", "12-31", "held.in", "D R.1001.02 5.00; C R.2242 5.00"), "I4"),
        (row("XA", "12-31", "deposit.out", "D R.2241{旧} 4000.01; C R.1001.02 4000.01"), "I5"),
        (row("XB", "12-31", "unproven.return", "D R.1001.02 0.01; C R.1221.03 0.01 @R29"), "I5"),
        (row("XC", "12-31", "income", "D R.1001.02 1.00; C R.3201 1.00"), "I4"),
        (row("XD", "12-31", "distribute.pay", "D R.2243 750.01; C R.1001.02 750.01"), "I5"),
        (row("XE", "12-31", "distribute.declare", "D R.5508 0.01; C R.2243 0.01 @2025-09"), "I9"),
        (row("XF", "03-31", "interest", "D R.1001.02 1.00; C R.4509 1.00"), "I8"),
    ];
    for (row, rule) in forbidden {
        let draft = year.draft(&row);
        assert_eq!(year.book.refusal(draft).await, rule, "{}", row.no);
    }
    // The last fen under the ceiling, the last of the part: these go.
    for rest in [
        row("Y1", "12-31", "cost", "D R.5501.06 6014.79; C R.1001.02 6014.79 @8"),
        row("Y2", "12-31", "spend", "D R.5503[3幢] 2600.00; C R.1001.02 2600.00 @2025-05"),
        row(
            "Y3",
            "12-31",
            "top_up.return",
            "D R.1001.02 30000.00; C R.5502 30000.00; D F.4201.01 30000.00; C F.1001.01 30000.00 @R42",
        ),
    ] {
        year.post(&rest).await.unwrap_or_else(|error| panic!("{}: {error}", rest.no));
    }
    // Cost without evidence is taken as what it is: a claim.
    let lost = row("Y4", "12-31", "unproven.out", "D R.1221.03 50.00; C R.1001.02 50.00");
    year.post(&lost).await.unwrap();
    year.book.check().await;
}

fn statement(boxes: [&str; 4], closing: &str, count: usize) -> Event {
    let [book_in, book_out, bank_in, bank_out] = boxes;
    event(
        "statement",
        [
            ("account", Value::text("R.1001.01")),
            ("bank_in", Value::text(bank_in)),
            ("bank_out", Value::text(bank_out)),
            ("book_in", Value::text(book_in)),
            ("book_out", Value::text(book_out)),
            ("closing", Value::text(closing)),
            ("count", Value::Integer(count as u64)),
            ("file", Value::text(mingzhang::ledger::chain::content_hash(b"june"))),
            ("from", Value::text("2025-01-01")),
            ("opening", Value::text("142300.00")),
            ("to", Value::text("2025-06-30")),
        ],
    )
}

/// The reconciliation of 30 June: the platform's settlement and a cheque are on their way, the
/// bank took a fee that the book doesn't know yet.
#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn the_bank_reconciles_to_the_fen(on: On) {
    let mut year = Year::open(on).await;
    for row in rows().take_while(|row| row.no != "R40") {
        year.post(&row).await.unwrap_or_else(|error| panic!("{}: {error}", row.no));
    }
    year.expect("R.1001.01", "246276.67").await;
    year.book.on("2025-07-02");
    let account = "R.1001.01".parse().unwrap();
    let book = year.book.book().await;
    let known = book.bank_book(account).unwrap().book_open.clone();
    let on_the_way = [year.posted["R36"].seq, year.posted["R38"].seq];

    let (mut lines, mut bank, mut matched) = (Vec::new(), Vec::new(), Vec::new());
    let settled = known.iter().filter(|(seq, _)| !on_the_way.contains(seq));
    for (group, (seq, item)) in settled.enumerate() {
        let (serial, group) = (format!("6228-{seq:05}"), group as u64);
        let row = |keys: &[Value]| keys.iter().cloned().chain(item.cells()).collect::<Vec<_>>();
        lines.push(row(&[Value::text(&serial)]));
        bank.push(row(&[Value::Integer(group), Value::text(&serial)]));
        matched.push(row(&[Value::Integer(group), Value::Integer(seq)]));
    }
    let fee = ["6228-fee", "2025-06-21", "out", "15.00"];
    lines.push(fee.map(Value::text).to_vec());
    let list = |rows: Vec<Vec<Value>>| Value::List(rows.into_iter().map(Value::List).collect());
    let rows_of = event(
        "statement.lines",
        [("account", Value::text("R.1001.01")), ("rows", list(lines.clone()))],
    );
    // The opening was on the bank's side before its first line: nothing there to match.
    let match_of = event(
        "statement.match",
        [("account", Value::text("R.1001.01")), ("bank", list(bank)), ("book", list(matched))],
    );
    let right = ["38467.80", "12310.00", "0.00", "15.00"];
    let batch = |statement: Event, year: &mut Year| {
        [statement, rows_of.clone(), match_of.clone()].map(|event| year.book.draft(event)).to_vec()
    };
    let refused = |error: PostError| match error {
        PostError::Refused { violation, .. } => violation.rule().code().to_owned(),
        other => other.to_string(),
    };
    for (boxes, closing, count) in [
        (right, "220103.88", lines.len()),
        (right, "220103.87", lines.len() + 1),
        (["38467.80", "12310.00", "0.00", "14.99"], "220103.87", lines.len()),
    ] {
        let drafts = batch(statement(boxes, closing, count), &mut year);
        let error = year.book.batch(drafts).await.unwrap_err();
        assert_eq!(refused(error), "statement");
    }
    let drafts = batch(statement(right, "220103.87", lines.len()), &mut year);
    year.book.batch(drafts).await.unwrap();
    let book = year.book.book().await;
    let bank = book.bank_book(account).unwrap();
    assert_eq!(bank.bank_open.len(), 1, "the fee");
    assert_eq!(bank.book_open.len(), 2, "what is on its way");

    // The fee is found after June was closed: booked in July, occurred in June.
    let close = Row { no: "M06", day: "07-02", kind: "close", rest: "R 06-30", ..Row::default() };
    year.post(&close).await.unwrap();
    let fee = Row {
        no: "X1",
        day: "07-02",
        kind: "cost",
        rest: "D R.5501.05 15.00; C R.1001.01 15.00",
        ..Row::default()
    };
    let mut draft = year.draft(&fee);
    draft.occurred = parse_date("2025-06-21").ok();
    year.book.post(draft).await.unwrap();

    // What the bank has stands: a correction keeps the matched line as it is.
    let wrong = Row {
        no: "X2",
        day: "07-02",
        kind: "correct",
        rest: "R31 D R.5501.02 4200.00; C R.1001.01 4200.00",
        ..Row::default()
    };
    let mut draft = year.draft(&wrong);
    draft.occurred = parse_date("2025-05-20").ok();
    assert_eq!(year.book.refusal(draft).await, "I7");
    let moved = Row {
        no: "X3",
        day: "07-02",
        kind: "correct",
        rest: "R31 D R.5501.03 4260.00; C R.1001.01 4260.00",
        ..Row::default()
    };
    let mut draft = year.draft(&moved);
    draft.occurred = parse_date("2025-05-20").ok();
    year.book.post(draft).await.unwrap();
}
