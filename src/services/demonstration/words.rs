//! Deeds that many stories tell, in the field's words.

use super::DemonstrationError;
use super::cast::id_of;
use super::deed::{Deed, organisation};
use super::story::Story;
use crate::ledger::chain::content_hash;
use crate::ledger::entry::DocKind;
use crate::ledger::json::Value;

/// Why a contract may be.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// A decision, by number.
    Decision(&'static str),
    /// A clause of the service contract.
    Clause(&'static str),
    /// Nothing, and what is said of it.
    Nothing(&'static str),
}

/// A contract to let a site.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// Its number.
    pub no: &'static str,
    /// The site.
    pub site: &'static str,
    /// Who rents it.
    pub party: &'static str,
    /// Where its receipts are booked.
    pub account: &'static str,
    /// The rate of one piece.
    pub amount: &'static str,
    /// What the rate is for: `month`, `quarter`, `year` …
    pub per: &'static str,
    /// How many pieces.
    pub pieces: u64,
    /// First day and last.
    pub term: (&'static str, &'static str),
    /// Why it may be.
    pub by: By,
}

impl Lease {
    /// The contract as signed, billed in advance.
    pub fn signed(&self) -> Deed {
        self.on_paper("signed").paper(DocKind::Contract)
    }

    /// The contract, its paper as far as it has come.
    pub fn on_paper(&self, paper: &str) -> Deed {
        let authority = match self.by {
            By::Decision(no) => ("decision", no),
            By::Clause(text) => ("clause", text),
            By::Nothing(why) => ("none", why),
        };
        let part = Value::map([
            ("account", Value::text(self.account)),
            ("amount", Value::text(self.amount)),
            ("mode", Value::text("fixed")),
            ("per", Value::text(self.per)),
            ("pieces", Value::Integer(self.pieces)),
        ]);
        Deed::new("contract")
            .with("authority", Value::map([(authority.0, Value::text(authority.1))]))
            .text("billing", "advance")
            .text("from", self.term.0)
            .text("no", self.no)
            .text("paper", paper)
            .party("party", self.party)
            .with("schedule", Value::List(vec![part]))
            .text("site", self.site)
            .text("to", self.term.1)
    }

    /// Its rent for some months, into a bank account.
    pub fn receipt(&self, bank: &str, amount: &str, period: &str) -> Deed {
        let (account, no) = (self.account, self.no);
        Deed::new("income")
            .text("contract", no)
            .party("party", self.party)
            .lines(format!("D {bank} {amount}; C {account}({no}) {amount} {period}"))
            .memo(format!("{}租金", self.site))
    }
}

/// Something of the common parts that can be let; whose it is the story says.
pub fn asset(
    name: &str,
    place: &str,
    count: u64,
    account: &str,
    from: &str,
) -> Result<Deed, DemonstrationError> {
    Ok(Deed::new("asset")
        .text("account", account)
        .with("count", Value::Integer(count))
        .text("from", from)
        .text("id", &id_of("as_", &format!("{name} {place}"))?)
        .text("name", name)
        .text("place", place))
}

/// The balances at the start, shown by the bank's statement.
pub fn opening(fund: &str, shown: &str, lines: &str) -> Deed {
    Deed::new("opening")
        .text("fund", fund)
        .shown("settlement", "期初", "开户银行", shown)
        .paper(DocKind::BankSlip)
        .lines(lines)
        .memo("期初余额，银行对账单为证")
}

/// Balances that nothing shows: what an earlier company should have handed over.
pub fn unproven_opening(amount: &str, memo: &str) -> Deed {
    Deed::new("opening")
        .text("fund", "R")
        .text("unproven", "yes")
        .lines(format!("D R.1221.02 {amount}; C R.3209 {amount}"))
        .memo(memo)
}

/// A decision of owners, its minutes attached.
pub fn decision(no: &str, body: &str, matter: &str, from: &str, limit: Option<&str>) -> Deed {
    let deed = Deed::new("decision")
        .text("body", body)
        .text("from", from)
        .text("matter", matter)
        .text("no", no)
        .paper(DocKind::Minutes)
        .memo(matter);
    match limit {
        Some(limit) => deed.text("limit", limit),
        None => deed,
    }
}

/// A clause of the service contract on the company's share of what comes in.
pub fn fee_clause(no: &str, rate_bp: u64, cite: &str, from: &str) -> Deed {
    let accounts = ["R.4501", "R.4502", "R.4503", "R.4504"];
    let base = accounts.map(|code| Value::List(vec![Value::text(code)]));
    Deed::new("clause")
        .with("base", Value::List(base.to_vec()))
        .text("cite", cite)
        .text("from", from)
        .text("mode", "agreed")
        .text("no", no)
        .with("rate_bp", Value::Integer(rate_bp))
}

/// Money into a bank account.
pub fn income(bank: &str, account: &str, amount: &str) -> Deed {
    Deed::new("income").lines(format!("D {bank} {amount}; C {account} {amount}"))
}

/// A cost that an invoice shows.
pub fn cost(bank: &str, account: &str, amount: &str, payee: &str, invoice: &str) -> Deed {
    Deed::new("cost")
        .invoice(invoice, payee, amount)
        .party("payee", payee)
        .lines(format!("D {account} {amount}; C {bank} {amount}"))
        .paper(DocKind::Invoice)
}

/// The company's share under a clause.
pub fn fee(bank: &str, amount: &str, clause: &str, company: &str) -> Deed {
    Deed::new("cost")
        .text("clause", clause)
        .party("payee", company)
        .lines(format!("D R.5501.06 {amount}; C {bank} {amount}"))
}

/// A use that a decision allows.
pub fn spend(bank: &str, account: &str, amount: &str, decision: &str, payee: &str) -> Deed {
    Deed::new("spend")
        .text("decision", decision)
        .party("payee", payee)
        .lines(format!("D {account} {amount}; C {bank} {amount}"))
        .paper(DocKind::Invoice)
}

/// Money that left although nothing shows what for.
pub fn unproven(bank: &str, amount: &str, payee: &str) -> Deed {
    Deed::new("unproven.out")
        .party("payee", payee)
        .lines(format!("D R.1221.03 {amount}; C {bank} {amount}"))
}

/// Interest of a quarter.
pub fn interest(bank: &str, account: &str, amount: &str) -> Deed {
    Deed::new("interest").lines(format!("D {bank} {amount}; C {account} {amount}")).memo("季度结息")
}

/// Interest of the maintenance fund, on some days.
pub fn fund_interest(story: &mut Story, days: &[&str], amount: &str) {
    for day in days {
        story.on(day, interest("F.1001.01", "F.4101.01", amount));
    }
}

/// What an operator or a platform had, into the bank.
pub fn settle(channel: &str, bank: &str, from: &str, amount: &str) -> Deed {
    Deed::new("settle")
        .text("channel", channel)
        .lines(format!("D {bank} {amount}; C {from} {amount}"))
}

/// Shared revenue into the maintenance fund, as the rules command.
pub fn top_up(bank: &str, fund_bank: &str, amount: &str) -> Deed {
    Deed::new("top_up")
        .text("rule", "top_up_share_percent")
        .lines(format!(
            "D R.5502 {amount}; C {bank} {amount}; D {fund_bank} {amount}; C F.4201.01 {amount}"
        ))
        .paper(DocKind::BankSlip)
        .memo("公共收益补充住宅专项维修资金")
}

/// A correction of an earlier deed: its lines are mirrored, these are right.
pub fn correct(of: &str, reason: &str, right: &str) -> Deed {
    Deed::new("correct").of(of).text("reason", reason).lines(right).memo(reason)
}

/// A notice was put up for a period on a day.
pub fn publication(estate: &str, period: &str, from: &str, to: &str) -> Deed {
    let notice = content_hash(format!("{estate} {period} 公示表").as_bytes());
    Deed::new("publication")
        .with("file", Value::text(notice))
        .text("from", from)
        .text("period", period)
        .text("to", to)
        .memo(format!("{period} 公共收益公示，张贴于公告栏"))
}

/// Somebody takes an office.
pub fn appoint(office: &str, name: &str, from: &str) -> Deed {
    Deed::new("appoint")
        .text("from", from)
        .with("org", organisation(name).to_value())
        .text("role", office)
}

/// A contract that lets some of an asset.
pub fn lets(
    contract: Deed,
    name: &str,
    place: &str,
    count: u64,
) -> Result<Deed, DemonstrationError> {
    let id = id_of("as_", &format!("{name} {place}"))?;
    let row = Value::List(vec![Value::text(id), Value::Integer(count)]);
    Ok(contract.with("assets", Value::List(vec![row])))
}
