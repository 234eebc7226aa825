//! `import statement`: preview, then `--commit`.

use std::path::PathBuf;

use chrono::NaiveDate;
use mingzhang::exchange::statement::{Map, MapError, Options, Statement};
use mingzhang::ledger::account::AccountCode;
use mingzhang::ledger::format::grouped;
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::money::Money;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::importer::statement::{self, Side, StatementPlan, words_of};
use serde_json::{Value, json};

use super::{end, rows};
use crate::cli::{Context, Failure, Outcome};

/// Arguments of `import statement`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file
    file: PathBuf,
    /// The estate's code
    #[arg(long)]
    estate: EstateCode,
    /// The account it is of: R.1001.01, or R.1002 for a platform
    #[arg(long)]
    account: AccountCode,
    /// Which heading means what, a TOML file
    #[arg(long)]
    map: Option<PathBuf>,
    /// The sheet, when there are several
    #[arg(long)]
    sheet: Option<String>,
    /// The first day, when the file doesn't say
    #[arg(long)]
    from: Option<NaiveDate>,
    /// The last day, when the file doesn't say
    #[arg(long)]
    to: Option<NaiveDate>,
    /// The balance before the first line, when the file doesn't say
    #[arg(long)]
    opening: Option<Money>,
    /// The balance after the last line, when the file doesn't say
    #[arg(long)]
    closing: Option<Money>,
    /// Match nothing; every line stays open
    #[arg(long)]
    no_match: bool,
    /// Post the statement
    #[arg(long)]
    commit: bool,
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let name = args.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = super::read(&args.file)?;
    let map = match &args.map {
        None => Map::default(),
        Some(path) => map(context, path)?,
    };
    let (sheet, from, to) = (args.sheet, args.from, args.to);
    let options = Options { sheet, map, from, to, opening: args.opening, closing: args.closing };
    let read = Statement::read(&name, &bytes, &options)?;
    let books = context.books().await?;
    let matching = !args.no_match;
    let plan = statement::plan(&books, args.estate, args.account, read, matching).await?;
    let json = to_json(&plan);
    show(context, &plan);
    let mut posted = None;
    if args.commit {
        let by = command_line(&context.settings.operator_org);
        posted = Some(statement::commit(&books, &plan, &by).await?.len());
    }
    Ok(end(context, json, posted, plan.statement.is_open()))
}

fn map(context: &Context, path: &std::path::Path) -> Result<Map, Failure> {
    let shown = path.display();
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("couldn't read {shown}: {error}"))?;
    text.parse::<Map>().map_err(|error: MapError| {
        let words = if context.english() { error.to_string() } else { error.zh() };
        format!("{shown}: {words}").into()
    })
}

fn to_json(plan: &StatementPlan) -> Value {
    let side = |side: Side| json!({"count": side.count, "sum": side.sum.to_string()});
    let mut json = plan.statement.to_json();
    json["totals"] = json!({
        "in": side(plan.moved[0]), "out": side(plan.moved[1]), "known": plan.known,
        "matched": plan.matched.len(), "book_in": side(plan.left[0]),
        "book_out": side(plan.left[1]), "bank_in": side(plan.left[2]),
        "bank_out": side(plan.left[3]),
    });
    json["matches"] = plan.matched.iter().map(|pair| json!([pair.serial, pair.seq])).collect();
    if let Some((from, to)) = plan.period {
        json["posts"] = json!({"from": from.to_string(), "to": to.to_string()});
    }
    json
}

fn show(context: &Context, plan: &StatementPlan) {
    for row in &plan.statement.rows {
        let read = &row.read;
        let day = read.day.map(|day| day.to_string()).unwrap_or_default();
        let matched = plan.matched.iter().find(|pair| pair.serial == read.serial);
        let matched = matched.map(|pair| format!("  = #{}", pair.seq)).unwrap_or_default();
        let amount = grouped(read.amount);
        let words =
            format!("{day:<10} {amount:>14}  {:<20} {}{matched}", read.serial, words_of(row));
        rows::show(context, row, &words);
    }
    for note in &plan.statement.notes {
        let words = if context.english() { &note.en } else { &note.zh };
        context.tell(format!("  ! {words}"));
    }
    let statement = &plan.statement;
    let balance = |balance: Option<Money>| balance.map(grouped).unwrap_or_default();
    context.tell(format!(
        "{} {} · {} {}",
        context.say("期初", "opening"),
        balance(statement.opening),
        context.say("期末", "closing"),
        balance(statement.closing),
    ));
    for (name, side) in [
        (context.say("收入", "in"), plan.moved[0]),
        (context.say("支出", "out"), plan.moved[1]),
        (context.say("企业已收、银行未收", "in the book only, in"), plan.left[0]),
        (context.say("企业已付、银行未付", "in the book only, out"), plan.left[1]),
        (context.say("银行已收、企业未收", "at the bank only, in"), plan.left[2]),
        (context.say("银行已付、企业未付", "at the bank only, out"), plan.left[3]),
    ] {
        context.tell(format!("{:>18}  {name} ({})", grouped(side.sum), side.count));
    }
    context.tell(format!(
        "{} {} · {} {}",
        context.say("勾对", "matched"),
        plan.matched.len(),
        context.say("已在账上", "known"),
        plan.known,
    ));
}
