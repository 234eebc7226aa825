//! A month played through the API alone: a contract, a receipt with its paper, a cost whose paper
//! comes later, a mistake put right, a co-signed use, the bank's statement, the closing. Its
//! figures are those of `tests/data/a_month.json`.

use axum::http::StatusCode;
use mingzhang::services::verifier::{Question, Silent, verify};
use serde_json::{Value, json};
use test_case::test_case;

use super::Api;
use crate::a_month::{at, month, statement};
use crate::harness::{On, TestBook, estate};

const HOME: &str = "/api/v1/estates/620722-0017";

/// The month under way.
struct Month {
    api: Api,
    posted: u32,
    /// Number and hash of the decision.
    decision: (u64, String),
}

impl Month {
    /// Lets a day of the figures come.
    fn on(&self, pointer: &str) -> String {
        let day = at(pointer);
        self.api.book.on(&day);
        day
    }

    /// Posts a draft under the next key; its number and hash.
    async fn posts(&mut self, mut draft: Value) -> (u64, String) {
        self.posted += 1;
        draft["estate"] = json!(estate().to_string());
        let key = format!("a-month.{:04}", self.posted);
        let answer = self.api.posts(&key, draft.to_string()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{draft}: {:?}", answer.body);
        self.api.book.check().await;
        let entry = &answer.json()["entries"][0];
        (entry["seq"].as_u64().unwrap(), entry["hash"].as_str().unwrap().to_owned())
    }

    /// The same with the signatures of the clerk and the committee, of `count` of them.
    async fn posts_signed(&mut self, mut draft: Value, count: usize) -> (u64, String) {
        let signs = self.api.signs();
        let signs = signs.iter().take(count).map(|sign| {
            let by = &sign.by;
            json!({"act": sign.act.word(), "at": sign.at.to_string(), "org": by.org,
                "role": by.role, "user": by.user})
        });
        draft["signs"] = signs.collect();
        self.posts(draft).await
    }

    /// Hands in a paper that everybody may see; what a draft says of it.
    async fn paper(&self, kind: &str, text: &str) -> Value {
        let pdf = format!("%PDF-1.4\n1 0 obj<</T({text})>>endobj\nstartxref\n0\n%%EOF\n");
        let address = format!("{HOME}/documents?doc={kind}&visibility=public&name=a.pdf");
        let key = format!("paper.{kind}.{text}");
        let kept = self.api.hands_in(&address, &key, pdf).await;
        assert_eq!(kept.status, StatusCode::CREATED, "{:?}", kept.body);
        kept.json()["doc"].clone()
    }

    /// Codes of today's findings.
    async fn findings(&self) -> Vec<String> {
        let told = self.api.reads(&format!("{HOME}/findings")).await;
        let found = told["findings"].as_array().unwrap().iter();
        found.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    }

    async fn finds(&self, code: &str, is: bool) {
        let found = self.findings().await;
        assert_eq!(found.iter().any(|known| known == code), is, "{code}: {found:?}");
    }
}

fn lines((debit, in_debit): (String, String), (credit, in_credit): (String, String)) -> Value {
    json!([{"account": debit, "debit": in_debit}, {"account": credit, "credit": in_credit}])
}

fn bank(amount: &str) -> (String, String) {
    (at("/opening/bank"), at(amount))
}

fn account(of: &str) -> (String, String) {
    (at(&format!("/{of}/account")), at(&format!("/{of}/amount")))
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_month_through_the_api_alone_comes_to_the_fen(on: On) {
    let book = TestBook::empty(on).await;
    book.open_estate(estate()).await;
    let mut month = Month { api: Api::of(book).await, posted: 0, decision: Default::default() };
    begins(&mut month).await;
    earns(&mut month).await;
    spends(&mut month).await;
    is_reconciled(&mut month).await;
    is_closed(&mut month).await;
    ends_to_the_fen(&month).await;
}

/// The opening balance, the decision, the contract that rests on it.
async fn begins(month: &mut Month) {
    let day = month.on("/opening/day");
    let owners = (at("/opening/owners"), at("/opening/amount"));
    let slip = month.paper("bank_slip", "opening").await;
    let lines = lines(bank("/opening/amount"), owners);
    let event = json!({"kind": "opening", "fund": "R"});
    month.posts(json!({"date": day, "event": event, "lines": lines, "docs": [slip]})).await;
    let event = json!({"kind": "decision", "no": at("/decision/no"), "body": "assembly",
        "from": day, "matter": at("/decision/matter"), "limit": at("/decision/limit")});
    month.decision = month.posts(json!({"event": event})).await;
    let event = json!({"kind": "contract", "no": at("/contract/no"),
        "site": at("/contract/site"), "paper": "signed", "signed": day,
        "authority": {"decision": at("/decision/no")}, "party": {"org": at("/contract/party")},
        "from": at("/contract/from"), "to": at("/contract/to"), "billing": at("/contract/billing"),
        "schedule": [{"account": at("/contract/account"), "amount": at("/contract/monthly"),
            "mode": "fixed", "per": "month", "pieces": 1}]});
    month.posts(json!({"event": event})).await;
}

/// The contract's receipt with its paper, parking, a receipt written down wrong and put right.
async fn earns(month: &mut Month) {
    let day = month.on("/receipt/day");
    month.finds("gap", true).await;
    let slip = month.paper("bank_slip", "receipt").await;
    let event = json!({"kind": "income", "contract": at("/contract/no"),
        "party": {"org": at("/contract/party")}});
    let mut of = lines(bank("/receipt/amount"), (at("/contract/account"), at("/receipt/amount")));
    of[1]["period"] = json!(at("/month"));
    let draft = json!({"date": day, "event": event, "lines": of, "docs": [slip.clone()]});
    let (seq, _) = month.posts(draft).await;
    month.finds("gap", false).await;
    let papers = month.api.reads(&format!("{HOME}/entries/{seq}/documents")).await;
    let shown = papers["documents"][0]["bytes"].as_str().unwrap();
    let bytes = month.api.asks(shown).await;
    assert_eq!(bytes.status, StatusCode::OK, "everybody may read the paper");
    assert_eq!(papers["documents"][0]["sha256"], slip["sha256"]);

    let day = month.on("/parking/day");
    let of = lines(bank("/parking/amount"), account("parking"));
    let draft = json!({"date": day, "event": {"kind": "income"}, "lines": of,
        "memo": at("/parking/memo")});
    month.posts(draft).await;

    let day = month.on("/mistake/day");
    let wrong = (at("/mistake/account"), at("/mistake/recorded"));
    let of = lines(bank("/mistake/recorded"), wrong);
    let (seq, hash) =
        month.posts(json!({"date": day, "event": {"kind": "income"}, "lines": of})).await;
    let day = month.on("/mistake/corrected_day");
    let (from, to) = (at("/mistake/recorded"), at("/mistake/right"));
    let event = json!({"kind": "correct", "of": hash, "seq": seq, "reason": at("/mistake/reason")});
    let of = json!([
        {"account": at("/opening/bank"), "credit": from},
        {"account": at("/mistake/account"), "debit": from},
        {"account": at("/opening/bank"), "debit": to},
        {"account": at("/mistake/account"), "credit": to},
    ]);
    month.posts_signed(json!({"date": day, "event": event, "lines": of}), 1).await;
}

/// A repair without a paper, which comes later; a use that the committee co-signed, and the
/// minutes of the decision that it rests on.
async fn spends(month: &mut Month) {
    let day = month.on("/repair/day");
    let payee = json!({"org": at("/repair/payee")});
    let of = lines((at("/repair/unproven"), at("/repair/amount")), bank("/repair/amount"));
    // It is recorded on the day of the correction; the money moved earlier.
    month.on("/mistake/corrected_day");
    let draft =
        json!({"date": day, "event": {"kind": "unproven.out", "payee": payee}, "lines": of});
    let (seq, hash) = month.posts_signed(draft, 1).await;
    month.finds("unproven", true).await;

    let day = month.on("/spend/day");
    let event = json!({"kind": "spend", "decision": at("/decision/no"),
        "payee": {"org": at("/spend/payee")}});
    let draft = json!({"date": day, "event": event,
        "lines": lines(account("spend"), bank("/spend/amount"))});
    let alone = month.api.posts("a-month.alone", signed_by_nobody(&draft)).await;
    assert_eq!(alone.problem(), (422, "i12".to_owned()), "nobody spends alone");
    month.posts_signed(draft, 2).await;
    month.finds("decision_without_paper", true).await;
    let minutes = month.paper("minutes", "assembly").await;
    let (decided, of) = month.decision.clone();
    let event = json!({"kind": "attach", "of": of, "seq": decided});
    month.posts(json!({"event": event, "docs": [minutes]})).await;
    month.finds("decision_without_paper", false).await;

    let day = month.on("/repair/paper_day");
    let invoice = month.paper("invoice", "repair").await;
    let shown = json!([{"amount": at("/repair/amount"), "issuer": at("/repair/payee"),
        "kind": "invoice", "no": at("/repair/paper_no"), "doc": invoice["sha256"]}]);
    let event = json!({"kind": "unproven.accept", "of": hash, "seq": seq,
        "payee": {"org": at("/repair/payee")}, "evidence": shown});
    let of = lines(account("repair"), (at("/repair/unproven"), at("/repair/amount")));
    let draft = json!({"date": day, "event": event, "lines": of, "docs": [invoice]});
    month.posts_signed(draft, 1).await;
    month.finds("unproven", false).await;

    let day = month.on("/interest/day");
    let of = lines(bank("/interest/amount"), account("interest"));
    month.posts(json!({"date": day, "event": {"kind": "interest"}, "lines": of})).await;
}

fn signed_by_nobody(draft: &Value) -> String {
    let mut draft = draft.clone();
    draft["estate"] = json!(estate().to_string());
    draft.to_string()
}

/// The bank's statement: read, looked at, posted; what only a person can match is matched.
async fn is_reconciled(month: &mut Month) {
    month.on("/statement/day");
    let account = at("/statement/account");
    let address = format!("{HOME}/imports?sort=statement&account={account}&name=2025-01.csv");
    let read = month.api.hands_in(&address, "bank.2025-01", statement()).await;
    assert_eq!(read.status, StatusCode::CREATED, "{:?}", read.body);
    let place = read.header("location").to_owned();
    let preview = read.json()["preview"].clone();
    assert_eq!(
        (&preview["counts"]["read"], &preview["notes"]),
        (&json!(7), &json!([])),
        "{preview}"
    );
    let seen = preview["seen"].clone();
    let commit = format!("{place}/commit");
    let posted = month.api.says(&commit, "bank.2025-01.post", &json!({"seen": seen})).await;
    assert_eq!(posted.status, StatusCode::CREATED, "{:?}", posted.body);
    month.api.book.check().await;

    let parking = month.api.reads(&format!("{HOME}/lines?q=临时停车")).await;
    let row = &parking["rows"][0];
    let figures = crate::a_month::month();
    let of_bank = figures["statement"]["lines"].as_array().unwrap().iter();
    let by_hand = figures["statement"]["matched_by_hand"].as_array().unwrap();
    let of_bank: Vec<Value> = of_bank
        .filter(|line| by_hand.contains(&line[1]))
        .map(|line| json!([1, line[1], line[0], "in", line[2]]))
        .collect();
    let event = json!({"kind": "statement.match", "account": account, "bank": of_bank,
        "book": [[1, row["seq"], row["date"], "in", row["amount"]]]});
    let open = month.api.reads(&format!("{HOME}/statements/bank")).await;
    month.posts(json!({"event": event})).await;
    let matched = month.api.reads(&format!("{HOME}/statements/bank")).await;
    assert_ne!(open["table"], matched["table"]);
}

/// The month of the shared revenue is closed: nothing is dated into it any more.
async fn is_closed(month: &mut Month) {
    month.on("/close_day");
    let event = json!({"kind": "close", "fund": "R", "period_kind": "month",
        "to": at("/statement/to")});
    month.posts_signed(json!({"event": event}), 1).await;
    let late = json!({"date": at("/statement/to"), "event": {"kind": "income"},
        "lines": lines(bank("/parking/amount"), account("parking"))});
    let late = month.api.posts("a-month.late", signed_by_nobody(&late)).await;
    assert_eq!(late.problem(), (422, "i8".to_owned()));
}

async fn ends_to_the_fen(of: &Month) {
    let figures = month();
    let told = of.api.reads(&format!("{HOME}/balances")).await;
    let told: Value = told["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["account"].as_str().unwrap().to_owned(), row["balance"].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!(told, figures["balances"]);
    let period = at("/month");
    let told = of.api.reads(&format!("{HOME}/statements/income?period={period}")).await;
    for (key, name) in [
        ("income_total", "income"),
        ("cost_total", "cost"),
        ("net", "net"),
        ("uses_total", "uses"),
        ("balance", "left"),
    ] {
        assert_eq!(told[key], figures["income_statement"][name], "{name}");
    }
    for code in figures["findings_gone"].as_array().unwrap() {
        of.finds(code.as_str().unwrap(), false).await;
    }
    let head = told["head"].as_str().unwrap();
    let checked = of.api.reads(&format!("/api/v1/check?code={}", &head[..20])).await;
    assert_eq!((&checked["found"], &checked["head"]["after"]), (&json!(true), &json!(0)));
    of.api.book.check().await;
    let store = of.api.book.books.store();
    let report = verify(store, Question::default(), None, &Silent).await.unwrap();
    assert!(report.is_sound(), "{report:?}");
}
