//! Findings: the books are sound and say something an owner should ask about.
//!
//! The only place where today enters ([`findings`] takes the day). Three grades: a fact, a
//! doubt with its numbers, a hint; never an accusation, and it addresses the organisation.
//! `docs/accounting.md`, "Findings", lists the codes.

use chrono::{Days, NaiveDate};

use super::book::{Authority, Book, Contract, Paper};
use super::chart::words;
use super::format::grouped;
use super::money::Money;
use super::statements::contract_due;

mod control;
mod money;

use control::{of_banks, of_fees, of_papers, of_publications, of_said, of_split};
use money::{of_claims, of_days, of_decisions, of_money, of_recording};

words! {
    /// How sure a finding is.
    Grade {
        /// It is so (事实).
        Fact = "fact",
        /// The numbers ask for an explanation (疑点).
        Doubt = "doubt",
        /// Worth a look (提示).
        Hint = "hint",
    }
}

/// One finding, as of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind: `no_contract`, `gap` …
    pub code: &'static str,
    /// How sure.
    pub grade: Grade,
    /// What it is about: a contract, an account, an asset; empty for the whole book.
    pub subject: String,
    /// The entries it rests on.
    pub of: Vec<u64>,
    /// Its figures, by name.
    pub figures: Vec<(&'static str, String)>,
    /// Why it matters: law, agreement or rule.
    pub cite: &'static str,
    /// The parameter of the rules that it was judged by.
    pub rule: Option<&'static str>,
    /// The sentence, in Chinese.
    pub zh: String,
    /// The sentence, in English.
    pub en: String,
}

impl Finding {
    /// `<code>:<subject>`: what a reply cites.
    pub fn id(&self) -> String {
        format!("{}:{}", self.code, self.subject)
    }
}

/// Days of silence after which a due or a book is asked about, when the rules name none.
const SILENT_DAYS: u32 = 30;

/// Every finding of a book as of a day, contracts first.
pub fn findings(book: &Book, as_of: NaiveDate) -> Vec<Finding> {
    let mut found = Vec::new();
    for contract in book.contracts().contracts.values() {
        let of_contract = of_contract(book, contract, as_of);
        found.extend(of_contract.into_iter().filter(|finding| finding.code != NO_AUTHORITY));
    }
    found.extend(without_authority(book, as_of));
    found.extend(of_assets(book, as_of));
    found.extend(of_money(book, as_of));
    found.extend(of_claims(book, as_of));
    found.extend(of_decisions(book));
    found.extend(of_days(book));
    found.extend(of_recording(book, as_of));
    found.extend(of_banks(book, as_of));
    found.extend(of_papers(book));
    found.extend(of_split(book));
    found.extend(of_fees(book));
    found.extend(of_said(book, as_of));
    found.extend(of_publications(book, as_of));
    found
}

/// The findings of one contract.
pub fn of_contract(book: &Book, contract: &Contract, as_of: NaiveDate) -> Vec<Finding> {
    let is_hint = is_old(book, contract) && in_grace(book, as_of) == Some(true);
    let of_paper = of_paper(contract, as_of).map(|finding| {
        let rule = is_hint.then_some(GRACE).or(finding.rule);
        let grade = if is_hint { Grade::Hint } else { finding.grade };
        Finding { grade, rule, ..finding }
    });
    let found = of_paper.into_iter().chain(of_authority(book, contract, as_of));
    found.chain(of_dues(book, contract, as_of)).collect()
}

/// Until this day what a book took over may be put right (存量整改期).
const GRACE: &str = "grace_until";

/// True until the last day of the grace that the rules give, where they give one.
fn in_grace(book: &Book, as_of: NaiveDate) -> Option<bool> {
    let param = book.rules()?.param(GRACE, as_of)?;
    super::period::parse_date(&param.value).ok().map(|until| as_of <= until)
}

/// True where a contract is older than the book, or nobody says how old it is.
fn is_old(book: &Book, contract: &Contract) -> bool {
    let begins = contract.signed.or(contract.running_term().from);
    begins.is_none_or(|day| day < book.profile().since)
}

fn about(contract: &Contract, code: &'static str, grade: Grade, cite: &'static str) -> Finding {
    Finding {
        code,
        grade,
        subject: contract.no.clone(),
        of: contract.entries.clone(),
        figures: Vec::new(),
        cite,
        rule: None,
        zh: String::new(),
        en: String::new(),
    }
}

const CITE_LETTING: &str = "民法典第二百七十八条、第二百八十二条";
const CITE_PUBLISH: &str = "民法典第九百四十三条";

fn of_paper(contract: &Contract, as_of: NaiveDate) -> Option<Finding> {
    let site = &contract.site;
    let finding = |code, grade, zh: String, en: String| {
        Some(Finding { zh, en, ..about(contract, code, grade, CITE_LETTING) })
    };
    let ended = contract.running_term().to.filter(|to| *to < as_of);
    match (contract.paper, ended) {
        (_, Some(to)) if contract.ended.is_none() => {
            let expired = finding(
                "contract_expired",
                Grade::Fact,
                format!("“{site}”的合同已于 {to} 到期，没有续签记录"),
                format!("The contract for {site} expired on {to}; no renewal is recorded"),
            )?;
            Some(Finding { figures: vec![("to", to.to_string())], ..expired })
        }
        (Paper::None, _) => finding(
            "no_contract",
            Grade::Fact,
            format!("“{site}”没有合同"),
            format!("There is no contract for {site}"),
        ),
        (Paper::Unknown, _) => finding(
            "no_contract",
            Grade::Doubt,
            format!("“{site}”没有说明有无合同"),
            format!("Nothing is said of a contract for {site}"),
        ),
        (Paper::Renewing, _) => finding(
            "contract_renewing",
            Grade::Fact,
            format!("“{site}”正在协商续签，现无生效合同"),
            format!("The contract for {site} is being renewed; none is in force"),
        ),
        (Paper::Sealing, _) => finding(
            "contract_unsigned",
            Grade::Hint,
            format!("“{site}”的合同尚在盖章"),
            format!("The contract for {site} is not signed yet"),
        ),
        (Paper::Framework, _) => finding(
            "contract_framework",
            Grade::Doubt,
            format!("“{site}”属于统一签订的合同，合同文本未附"),
            format!("{site} is under a framework contract that isn't attached"),
        ),
        (Paper::Signed, _) => None,
    }
}

/// The code of a contract that names no authority.
const NO_AUTHORITY: &str = "no_authority";

/// Contracts without authority as one finding: where a register names none, all of them lack it,
/// and one sentence says so better than one a contract.
fn without_authority(book: &Book, as_of: NaiveDate) -> Option<Finding> {
    let contracts: Vec<_> = book
        .contracts()
        .contracts
        .values()
        .filter(|contract| contract.running_term().to.is_none_or(|to| as_of <= to))
        .filter(|contract| matches!(contract.authority, Authority::None(_)))
        .collect();
    let count = contracts.len();
    if let [contract] = contracts[..] {
        return of_authority(book, contract, as_of);
    }
    let grades = contracts.iter().map(|contract| grade_of_authority(book, contract, as_of));
    let grade = grades.min_by_key(|grade| *grade != Grade::Fact).unwrap_or(Grade::Hint);
    (count > 0).then(|| Finding {
        of: contracts.iter().filter_map(|contract| contract.entries.first().copied()).collect(),
        figures: vec![("contracts", count.to_string())],
        zh: format!("{count} 份合同没有业主共同决定或服务合同条款作为依据"),
        en: format!(
            "No owners' decision or clause of the service contract allows {count} contracts"
        ),
        ..of_book(NO_AUTHORITY, grade, String::new(), CITE_LETTING)
    })
}

/// A contract of this book without authority is a fact; one that it took over a hint, until the
/// grace of the rules is over.
fn grade_of_authority(book: &Book, contract: &Contract, as_of: NaiveDate) -> Grade {
    if is_old(book, contract) && in_grace(book, as_of) != Some(false) {
        Grade::Hint
    } else {
        Grade::Fact
    }
}

fn of_authority(book: &Book, contract: &Contract, as_of: NaiveDate) -> Option<Finding> {
    let Authority::None(why) = &contract.authority else { return None };
    let site = &contract.site;
    Some(Finding {
        figures: vec![("stated", why.clone())],
        zh: format!("“{site}”没有业主共同决定或服务合同条款作为依据"),
        en: format!("No owners' decision or clause of the service contract allows {site}"),
        ..about(contract, NO_AUTHORITY, grade_of_authority(book, contract, as_of), CITE_LETTING)
    })
}

fn of_dues(book: &Book, contract: &Contract, as_of: NaiveDate) -> Vec<Finding> {
    let site = &contract.site;
    let mut found = Vec::new();
    let term = contract.running_term();
    let outside: Money = contract
        .receipts
        .iter()
        .filter(|(period, _)| {
            period.is_some_and(|period| {
                term.from.is_some_and(|from| period.last_day() < from)
                    || term.to.is_some_and(|to| to < period.first_day())
            })
        })
        .map(|(_, amount)| *amount)
        .sum();
    if outside.is_positive() {
        found.push(Finding {
            figures: vec![("received", outside.to_string())],
            zh: format!("“{site}”收到合同期以外的款项 {} 元", grouped(outside)),
            en: format!("{site}: {} yuan received for days outside the term", grouped(outside)),
            ..about(contract, "receipt_outside_term", Grade::Fact, CITE_PUBLISH)
        });
    }
    let row = contract_due(contract, as_of);
    if !row.gap.is_positive() {
        return found;
    }
    let days = book.rules().and_then(|rules| rules.number("silent_days", as_of));
    let days = Days::new(days.unwrap_or(SILENT_DAYS).into());
    let late = |owing_from: NaiveDate| owing_from.checked_add_days(days).is_some_and(|d| d < as_of);
    let overdue: Money = row
        .months
        .values()
        .filter(|month| month.received.is_zero() && late(month.owing_from))
        .map(|month| month.gap(as_of))
        .sum();
    let figures = vec![
        ("due", row.due.to_string()),
        ("received", row.received.to_string()),
        ("gap", row.gap.to_string()),
    ];
    let gap = grouped(row.gap);
    found.push(Finding {
        figures: figures.clone(),
        zh: format!("“{site}”应收未收 {gap} 元"),
        en: format!("{site}: {gap} yuan due and not received"),
        ..about(contract, "gap", Grade::Fact, CITE_PUBLISH)
    });
    if overdue.is_positive() {
        let amount = grouped(overdue);
        found.push(Finding {
            figures: vec![("overdue", overdue.to_string())],
            zh: format!("“{site}”到期 {} 天以上分文未收 {amount} 元", days_of(days)),
            en: format!("{site}: {amount} yuan with nothing received {} days on", days_of(days)),
            rule: Some("silent_days"),
            ..about(contract, "overdue", Grade::Fact, CITE_PUBLISH)
        });
    }
    found
}

fn days_of(days: Days) -> i64 {
    (NaiveDate::default() + days - NaiveDate::default()).num_days()
}

fn of_book(code: &'static str, grade: Grade, subject: String, cite: &'static str) -> Finding {
    Finding {
        code,
        grade,
        subject,
        of: Vec::new(),
        figures: Vec::new(),
        cite,
        rule: None,
        zh: String::new(),
        en: String::new(),
    }
}

fn of_assets(book: &Book, as_of: NaiveDate) -> Vec<Finding> {
    let mut found = Vec::new();
    for (id, asset) in &book.contracts().assets {
        let running = book.contracts().contracts.values().filter(|contract| {
            let term = contract.running_term();
            term.from.is_none_or(|from| from <= as_of) && term.to.is_none_or(|to| as_of <= to)
        });
        let let_out: u64 = running
            .flat_map(|contract| &contract.assets)
            .filter(|(asset, _)| asset == id)
            .fold(0, |sum: u64, (_, count)| sum.saturating_add(*count));
        let name = &asset.name;
        if asset.from <= as_of && let_out < asset.count {
            let (count, idle) = (asset.count, asset.count - let_out);
            found.push(Finding {
                of: vec![asset.seq],
                figures: vec![("count", count.to_string()), ("let", let_out.to_string())],
                zh: format!("“{name}”共 {count}，其中 {idle} 没有合同"),
                en: format!("{name}: {idle} of {count} are under no contract"),
                ..of_book("asset_without_contract", Grade::Hint, id.clone(), CITE_PUBLISH)
            });
        }
        if asset.ownership == "unclear" {
            found.push(Finding {
                of: vec![asset.seq],
                zh: format!("“{name}”权属不清"),
                en: format!("It is unclear who owns {name}"),
                ..of_book(
                    "ownership_unclear",
                    Grade::Doubt,
                    id.clone(),
                    "民法典第二百七十四条、第二百七十五条",
                )
            });
        }
    }
    found
}
