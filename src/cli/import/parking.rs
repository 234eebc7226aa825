//! `import parking`: preview, then `--commit`.

use std::path::PathBuf;

use mingzhang::exchange::parking::Parking;
use mingzhang::exchange::rows::Row;
use mingzhang::ledger::account::AccountCode;
use mingzhang::ledger::format::grouped;
use mingzhang::ledger::id::EstateCode;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::importer::parking::{self, ParkingPlan, Places};

use super::{end, rows};
use crate::cli::{Context, Failure, Outcome};

/// Arguments of `import parking`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file
    file: PathBuf,
    /// The estate's code
    #[arg(long)]
    estate: EstateCode,
    /// The sheet, when there are several
    #[arg(long)]
    sheet: Option<String>,
    /// Where cash lies: R.1221.01 with the company (default), or a bank account
    #[arg(long)]
    cash: Option<AccountCode>,
    /// The bank account that settlements reach (default: the first)
    #[arg(long)]
    bank: Option<AccountCode>,
    /// The platform's name in settlements
    #[arg(long)]
    channel: Option<String>,
    /// The income's account
    #[arg(long, default_value = "R.4502.01")]
    account: AccountCode,
    /// Post what was read
    #[arg(long)]
    commit: bool,
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let name = args.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = super::read(&args.file)?;
    let books = context.books().await?;
    let options = parking::options(&books, args.estate, args.sheet).await?;
    let read = Parking::read(&name, &bytes, &options)?;
    let usual = Places::default();
    let places = Places {
        income: args.account,
        cash: args.cash.unwrap_or(usual.cash),
        bank: args.bank,
        channel: args.channel.unwrap_or(usual.channel),
        ..usual
    };
    let plan = parking::plan(&books, args.estate, read, &places).await?;
    let json = plan.parking.to_json();
    show(context, &plan);
    let mut posted = None;
    if args.commit {
        let by = command_line(&context.settings.operator_org);
        posted = Some(parking::commit(&books, &plan, &by).await?.len());
    }
    Ok(end(context, json, posted, plan.parking.open_rows().next().is_some()))
}

fn show(context: &Context, plan: &ParkingPlan) {
    for row in &plan.parking.rows {
        let read = &row.read;
        let day = read.day.map(|day| day.to_string()).unwrap_or_default();
        let words = format!("{day:<10} {:>12}", grouped(read.amount));
        rows::show(context, row, &words);
    }
    let totals = plan.parking.totals(|_| true);
    for (name, amount) in [
        (context.say("收入", "income"), totals.amount),
        (context.say("其中现金", "of it cash"), totals.cash),
        (context.say("其中平台", "of it platform"), totals.platform),
        (context.say("到账", "settled"), totals.settled),
        (context.say("手续费", "fees"), totals.fee),
        (context.say("可记账", "to post"), plan.parking.totals(Row::is_postable).amount),
    ] {
        context.tell(format!("{:>18}  {name}", grouped(amount)));
    }
    context.tell(format!(
        "{} {} · {} {} · {} {}",
        context.say("新收入", "new incomes"),
        plan.drafts.len() - plan.settlements,
        context.say("新结算", "new settlements"),
        plan.settlements,
        context.say("已在账上", "known"),
        plan.known,
    ));
}
