//! Properties: any sequence of legal acts keeps the invariants, anything written reads back,
//! and no input makes a parser panic.

use mingzhang::ledger::account::Fund;
use mingzhang::ledger::entry::{Entry, Line};
use mingzhang::ledger::json;
use mingzhang::ledger::money::Money;
use mingzhang::ledger::statements::{flows, income_statement, trial_balance};
use mingzhang::proof::export::Header;
use mingzhang::proof::verify::verify;
use proptest::prelude::*;

use crate::harness::{On, TestBook, cosigned, credit, debit, event, invoice, org, prepared};

/// An act of money: which, and how much in fen.
#[derive(Clone, Debug)]
enum Act {
    Income(i64, bool),
    Settle(i64),
    Cost(i64),
    Unproven(i64),
    Transfer(i64),
    Interest(i64),
    CorrectLast(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let fen = 1_i64..5_000_000;
    let act = prop_oneof![
        (fen.clone(), any::<bool>()).prop_map(|(n, platform)| Act::Income(n, platform)),
        fen.clone().prop_map(Act::Settle),
        fen.clone().prop_map(Act::Cost),
        fen.clone().prop_map(Act::Unproven),
        fen.clone().prop_map(Act::Transfer),
        fen.clone().prop_map(Act::Interest),
        fen.prop_map(Act::CorrectLast),
    ];
    prop::collection::vec(act, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn legal_acts_in_any_order_keep_the_invariants(acts in acts()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(play(On::Sqlite, acts.clone()));
        runtime.block_on(play(On::Postgres, acts));
    }
}

async fn play(on: On, acts: Vec<Act>) {
    let mut book = TestBook::open(on).await;
    let mut last: Option<(u64, mingzhang::ledger::id::EntryHash)> = None;
    for (nth, act) in acts.into_iter().enumerate() {
        book.on(&format!("2025-{:02}-{:02}", nth / 2 + 1, nth % 2 * 14 + 1));
        let text = |fen: i64| Money::from_fen(fen).to_string();
        let mut draft = match act {
            Act::Income(fen, platform) => {
                let to = if platform { "R.1002" } else { "R.1001.01" };
                let lines = vec![debit(to, &text(fen)), credit("R.4502.01", &text(fen))];
                book.money(event("income", []), lines)
            }
            Act::Settle(fen) => {
                let channel = mingzhang::ledger::json::Value::text("微信");
                let lines = vec![debit("R.1001.01", &text(fen)), credit("R.1002", &text(fen))];
                book.money(event("settle", [("channel", channel)]), lines)
            }
            Act::Cost(fen) => {
                let keys = [("evidence", invoice("A", &text(fen))), ("payee", org("供电公司"))];
                let lines = vec![debit("R.5501.02", &text(fen)), credit("R.1001.01", &text(fen))];
                book.money(event("cost", keys), lines)
            }
            Act::Unproven(fen) => {
                let keys = [("payee", org("甲物业公司"))];
                let lines = vec![debit("R.1221.03", &text(fen)), credit("R.1001.01", &text(fen))];
                book.money(event("unproven.out", keys), lines)
            }
            Act::Transfer(fen) => {
                let lines = vec![debit("R.1001.02", &text(fen)), credit("R.1001.01", &text(fen))];
                book.money(event("transfer", []), lines)
            }
            Act::Interest(fen) => {
                let lines = vec![debit("F.1001.01", &text(fen)), credit("F.4101.01", &text(fen))];
                book.money(event("interest", []), lines)
            }
            Act::CorrectLast(fen) => {
                let Some((seq, hash)) = last.take() else { continue };
                let named = book.entry(seq).await.entry;
                let mut lines: Vec<_> = named.lines.iter().map(Line::mirror).collect();
                for line in &named.lines {
                    let amount = Money::from_fen(fen);
                    lines.push(Line { amount, ..line.clone() });
                }
                let value = |text: String| mingzhang::ledger::json::Value::Text(text.into());
                let keys = [
                    ("evidence", invoice("B", &text(fen))),
                    ("of", value(hash.to_string())),
                    ("reason", value("金额有误".to_owned())),
                    ("seq", mingzhang::ledger::json::Value::Integer(seq)),
                ];
                book.money(event("correct", keys), lines)
            }
        };
        draft.signs = vec![prepared(), cosigned()];
        let is_correction = draft.event.kind().name == "correct";
        // Some are refused for want of money; whatever is taken keeps the books sound, which
        // `post` checks.
        if let Ok(posted) = book.post(draft).await
            && !is_correction
        {
            last = Some((posted.seq, posted.hash));
        }
    }
    figures_agree(&book).await;
}

/// Printed figures add up: trial balance, flows, statement.
async fn figures_agree(book: &TestBook) {
    let book = book.book().await;
    let year = "2025".parse().unwrap();
    for fund in Fund::ALL {
        let rows = trial_balance(&book, fund, year);
        let sum = |of: fn(&mingzhang::ledger::statements::TrialRow) -> Money| -> i64 {
            rows.iter().map(of).map(Money::fen).sum()
        };
        assert_eq!(sum(|row| row.opening), 0);
        assert_eq!(sum(|row| row.closing), 0);
        assert_eq!(sum(|row| row.turnover.debit), sum(|row| row.turnover.credit));
        for row in &rows {
            assert_eq!(row.opening + row.turnover.net(), row.closing);
        }
        let flows = flows(&book, fund, "2025-12".parse().unwrap(), 12);
        assert_eq!(flows[0].opening, Money::ZERO);
        for (flow, next) in flows.iter().zip(&flows[1..]) {
            assert_eq!(flow.opening + flow.inflow - flow.outflow, flow.closing);
            assert_eq!(flow.closing, next.opening);
        }
        let statement = income_statement(&book, fund, year);
        let net: Money = rows
            .iter()
            .filter(|row| matches!(&row.account.as_str()[2..3], "4" | "5"))
            .map(|row| row.closing)
            .sum();
        assert_eq!(statement.balance(), -net);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = json::read(&bytes);
        let _ = Entry::decode(&bytes);
        let _ = Header::decode(&bytes);
        let _ = verify(&bytes, None, 1, &|_| {});
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC{0,60}") {
        let _ = json::read(text.as_bytes());
        let _ = text.parse::<Money>();
        let _ = text.parse::<mingzhang::ledger::period::Period>();
        let _ = text.parse::<mingzhang::ledger::account::AccountCode>();
        let _ = text.parse::<mingzhang::ledger::id::EstateCode>();
        let _ = text.parse::<mingzhang::ledger::time::Timestamp>();
        let _ = mingzhang::ledger::period::parse_date(&text);
    }

    #[test]
    fn what_the_grammar_takes_writes_back(value in value(4)) {
        let mut bytes = Vec::new();
        json::write(&mut bytes, &value);
        if let json::Value::Map(_) = value {
            prop_assert_eq!(json::read(&bytes), Ok(value));
        }
    }

    #[test]
    fn money_reads_back(fen in 0_i64..=99_999_999_999_999_999) {
        let money = Money::from_fen(fen);
        prop_assert_eq!(money.to_string().parse(), Ok(money));
    }
}

fn value(depth: u32) -> impl Strategy<Value = json::Value> {
    let leaf = prop_oneof![
        "[a-z\"\\\\é账]{1,12}".prop_map(|text| json::Value::Text(text.into())),
        (0..=json::INTEGER_MAX).prop_map(json::Value::Integer),
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(json::Value::List),
            prop::collection::btree_map("[a-z][a-z0-9_]{0,5}", inner, 1..4).prop_map(|map| {
                json::Value::Map(map.into_iter().map(|(key, value)| (key.into(), value)).collect())
            }),
        ]
    })
}
