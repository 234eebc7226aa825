//! `estate open | rules | list | show`.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Context, Failure, Outcome};
use mingzhang::ledger::account::Fund;
use mingzhang::ledger::area::Area;
use mingzhang::ledger::book::Book;
use mingzhang::ledger::event::Party;
use mingzhang::ledger::findings::findings;
use mingzhang::ledger::format::grouped;
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::money::Money;
use mingzhang::ledger::period::parse_date;
use mingzhang::ledger::statements::{gap_of_book, position};
use mingzhang::services::bookkeeper::{
    AdoptRules, OpenEstate, adopt_rules, command_line, open_estate,
};
use mingzhang::services::instance;
use mingzhang::services::packs::OwnParam;
use mingzhang::store::Store;

/// Arguments of `estate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Open an estate's book
    Open(Box<Open>),
    /// Let a book go on under another rule pack, or with parameters of its own
    Rules(RulesArgs),
    /// List estates
    List {
        /// Only those whose code, name or address holds this
        #[arg(long, default_value = "")]
        search: String,
    },
    /// Show one estate
    Show {
        /// Its code
        code: EstateCode,
    },
}

#[derive(Debug, clap::Args)]
struct Open {
    /// Code: six digits of the division, a hyphen, four digits
    #[arg(long)]
    code: EstateCode,
    /// Name
    #[arg(long)]
    name: String,
    /// Address
    #[arg(long)]
    address: String,
    /// Households
    #[arg(long)]
    households: u64,
    /// Floor area in m², two decimals
    #[arg(long)]
    area: Area,
    /// Property company: CODE,NAME or NAME
    #[arg(long, value_parser = organisation)]
    company: Party,
    /// Owners' committee: NAME
    #[arg(long, value_parser = organisation)]
    committee: Option<Party>,
    /// Community: NAME
    #[arg(long, value_parser = organisation)]
    community: Option<Party>,
    /// Bank account: FUND,BANK,****1234; may be given again
    #[arg(long, value_parser = bank)]
    bank: Vec<(Fund, String, String)>,
    /// First day of the book, YYYY-MM-DD
    #[arg(long, value_parser = parse_date)]
    date: NaiveDate,
    /// Rule pack
    #[arg(long, default_value = "cn-default")]
    rules: String,
    /// Name of the log; needed once, for an empty database
    #[arg(long)]
    log: Option<String>,
}

#[derive(Debug, clap::Args)]
struct RulesArgs {
    /// The estate's code
    #[arg(long)]
    code: EstateCode,
    /// Rule pack
    #[arg(long)]
    pack: String,
    /// In force from this day, not before today; without, from today
    #[arg(long, value_parser = parse_date)]
    from: Option<NaiveDate>,
    /// A parameter of the estate's own: KEY=VALUE; may be given again
    #[arg(long, value_parser = own_param, requires = "cite")]
    set: Vec<(String, String)>,
    /// Where the parameters of its own are written
    #[arg(long)]
    cite: Option<String>,
}

fn own_param(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => {
            Ok((key.to_owned(), value.to_owned()))
        }
        _ => Err("say KEY=VALUE, such as grace_until=2026-12-31".to_owned()),
    }
}

fn organisation(text: &str) -> Result<Party, String> {
    let (code, org) = match text.split_once(',') {
        Some((code, org)) if !code.is_empty() => (Some(code.to_owned()), org),
        Some((_, org)) => (None, org),
        None => (None, text),
    };
    if org.trim().is_empty() {
        return Err("say CODE,NAME or NAME".to_owned());
    }
    Ok(Party::Organisation { code, org: org.trim().to_owned() })
}

fn bank(text: &str) -> Result<(Fund, String, String), String> {
    let mut parts = text.splitn(3, ',');
    let (fund, bank, number) = (parts.next(), parts.next(), parts.next());
    let fund = fund.and_then(|fund| fund.parse().ok());
    match (fund, bank, number) {
        (Some(fund), Some(bank), Some(number)) if number.starts_with("****") => {
            Ok((fund, bank.to_owned(), number.to_owned()))
        }
        _ => Err("say FUND,BANK,****1234 with the number masked but for its end".to_owned()),
    }
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    match args.command {
        Command::Open(open) => run_open(context, *open).await,
        Command::Rules(rules) => run_rules(context, rules).await,
        Command::List { search } => run_list(context, &search).await,
        Command::Show { code } => run_show(context, code).await,
    }
}

async fn run_open(context: &Context, open: Open) -> Result<Outcome, Failure> {
    let store = Store::create(&context.location()?).await?;
    let log = open.log.or_else(|| context.settings.log_origin.clone());
    instance::establish(&store, log.as_deref(), &mingzhang::services::clock::SystemEntropy).await?;
    let books =
        context.books_of(store, std::sync::Arc::new(mingzhang::services::clock::SystemClock));
    let code = open.code;
    let estate = OpenEstate {
        code,
        name: open.name,
        address: open.address,
        area: open.area,
        households: open.households,
        manager: open.company,
        committee: open.committee,
        community: open.community,
        banks: open.bank,
        since: open.date,
        rules: open.rules,
    };
    let by = command_line(&context.settings.operator_org);
    let posted = open_estate(&books, &estate, by).await?;
    let head = posted.last().map(|last| last.hash.to_string()).unwrap_or_default();
    if context.json {
        println!("{}", json!({"estate": code.to_string(), "entries": posted.len(), "head": head}));
    }
    context.tell(format!("{} {code} · {head}", context.say("已建账", "opened")));
    Ok(Outcome::Done)
}

async fn run_rules(context: &Context, rules: RulesArgs) -> Result<Outcome, Failure> {
    let books = context.books().await?;
    let cite = rules.cite.unwrap_or_default();
    let own = |(key, value)| OwnParam { key, value, cite: cite.clone() };
    let adopt = AdoptRules {
        code: rules.code,
        pack: rules.pack,
        from: rules.from.unwrap_or_else(|| books.today()),
        own: rules.set.into_iter().map(own).collect(),
    };
    let by = command_line(&context.settings.operator_org);
    let posted = adopt_rules(&books, &adopt, by).await?;
    if context.json {
        println!("{}", json!({"entry": posted.seq, "hash": posted.hash.to_string()}));
    }
    let said = context.say("已登记规则，执行日", "rules recorded, in force from");
    context.tell(format!("{said} {} · {} · {}", adopt.from, posted.seq, posted.hash));
    Ok(Outcome::Done)
}

async fn run_list(context: &Context, search: &str) -> Result<Outcome, Failure> {
    let books = context.books().await?;
    let today = books.today();
    let mut after = None;
    let mut rows = Vec::new();
    loop {
        let page = books.directory(search, after, 200).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.estate());
        rows.extend(page.iter().map(|book| summary(book, today)));
    }
    if context.json {
        println!("{}", Value::Array(rows));
        return Ok(Outcome::Done);
    }
    if rows.is_empty() {
        context.tell(
            context
                .say("还没有小区。用 estate open 建账。", "No estates yet; estate open makes one."),
        );
    }
    for row in &rows {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        context.tell(format!(
            "{}  {}  {}  {}",
            text("code"),
            text("name"),
            row["entries"],
            text("head")
        ));
    }
    Ok(Outcome::Done)
}

/// One estate as `estate list --json` prints it.
fn summary(book: &Book, today: NaiveDate) -> Value {
    let held = |fund| position(book, fund).held().to_string();
    json!({
        "code": book.estate().to_string(),
        "name": book.profile().name,
        "entries": book.head().entries,
        "head": book.head().hash.to_string(),
        "last": book.last_day().map(|day| day.to_string()),
        "funds": {"R": held(Fund::R), "F": held(Fund::F)},
        "gap": gap_of_book(book).to_string(),
        "findings": findings(book, book.last_day().unwrap_or(today)).len(),
    })
}

async fn run_show(context: &Context, code: EstateCode) -> Result<Outcome, Failure> {
    let books = context.books().await?;
    let Some(book) = books.book(code).await? else {
        return Err(format!("there is no estate {code}").into());
    };
    if context.json {
        println!("{}", summary(&book, books.today()));
        return Ok(Outcome::Done);
    }
    let profile = book.profile();
    context.tell(format!("{code}  {}  {}", profile.name, profile.address));
    for (account, balance) in book.balances().accounts().filter(|(_, b)| *b != Money::ZERO) {
        let name = book.account_name(account).unwrap_or_default();
        context.tell(format!("  {account:<14} {:>18}  {name}", grouped(balance)));
    }
    let head = book.head();
    context.tell(format!("  {} {}  {}", head.entries, context.say("笔", "entries"), head.hash));
    Ok(Outcome::Done)
}
