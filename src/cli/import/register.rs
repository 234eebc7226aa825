//! `import register` and `import contracts`: preview, then `--commit`.

use std::path::PathBuf;

use mingzhang::exchange::answers::{self, Answers};
use mingzhang::exchange::preview;
use mingzhang::exchange::register::{Options, Register, Row};
use mingzhang::ledger::format::grouped;
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::period::Month;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::clock::SystemEntropy;
use mingzhang::services::importer::{self, Plan, SourceKind};

use super::end;
use super::rows::status_word;
use crate::cli::{Context, Failure, Outcome};

/// Arguments of `import register` and `import contracts`.
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
    /// The month it is for, when the file doesn't say
    #[arg(long)]
    month: Option<Month>,
    /// Answers to what the preview asks
    #[arg(long)]
    answers: Option<PathBuf>,
    /// Write a file to answer in
    #[arg(long)]
    write_answers: Option<PathBuf>,
    /// Post what was read, as one batch
    #[arg(long)]
    commit: bool,
}

pub async fn run(context: &Context, args: Args, kind: SourceKind) -> Result<Outcome, Failure> {
    let name = args.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = super::read(&args.file)?;
    let answers = match &args.answers {
        None => Answers::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("couldn't read {}: {error}", path.display()))?;
            text.parse::<Answers>().map_err(|error| format!("{}: {error}", path.display()))?
        }
    };
    let options = Options { sheet: args.sheet, month: args.month, answers };
    let register = Register::read(&name, &bytes, &options)?;
    let books = context.books().await?;
    let plan = if kind == SourceKind::Contracts {
        importer::plan_contracts(&books, args.estate, register, &SystemEntropy).await?
    } else {
        importer::plan(&books, args.estate, register, &SystemEntropy).await?
    };
    if let Some(path) = &args.write_answers {
        std::fs::write(path, answers::template(&plan.register))
            .map_err(|error| format!("couldn't write {}: {error}", path.display()))?;
    }
    let json = preview::to_json(&plan.register);
    if !context.json {
        show(context, &plan);
    }
    let mut posted = None;
    if args.commit {
        let by = command_line(&context.settings.operator_org);
        posted = Some(importer::commit(&books, &plan, &by).await?.len());
    }
    Ok(end(context, json, posted, plan.register.open_rows().next().is_some()))
}

fn show(context: &Context, plan: &Plan) {
    let register = &plan.register;
    for row in &register.rows {
        show_row(context, row);
    }
    show_totals(context, register);
    context.tell(format!(
        "{} {} · {} {} · {} {}",
        context.say("新合同", "new contracts"),
        plan.contracts.len(),
        context.say("新收款", "new receipts"),
        plan.incomes.len(),
        context.say("已在账上", "known"),
        plan.known,
    ));
}

fn show_row(context: &Context, row: &Row) {
    let english = context.english();
    let status = status_word(context, row.status);
    let read = &row.read;
    let amount = read.received.map(grouped).unwrap_or_default();
    let account = read.account.map(|account| account.to_string()).unwrap_or_default();
    context.tell(format!("{:>4}  {status}  {account:<10} {amount:>12}  {}", row.row, read.name));
    for fix in &row.fixes {
        context.tell(format!(
            "          {}: {} → {}  ({})",
            fix.field.word(),
            fix.from,
            fix.to,
            fix.why
        ));
    }
    for flag in &row.flags {
        context.tell(format!("          · {}", if english { &flag.en } else { &flag.zh }));
    }
    for question in &row.questions {
        let words = if english { &question.en } else { &question.zh };
        context.tell(format!("          ? {words}  [{}]", question.key));
    }
    for trouble in &row.errors {
        let (what, way) =
            if english { (&trouble.en, &trouble.do_en) } else { (&trouble.zh, &trouble.do_zh) };
        context.tell(format!("          ! {what} {way}"));
    }
}

fn show_totals(context: &Context, register: &Register) {
    let totals = &register.totals;
    let rows = [
        (context.say("每月应收", "due a month"), totals.due_month.rounded()),
        (
            context.say("其中无合同", "of it without contract"),
            totals.due_month_without_contract.rounded(),
        ),
        (context.say("实收", "received"), totals.received),
        (context.say("可记账", "to post"), totals.to_post),
        (context.say("待答复", "held"), totals.held),
    ];
    for (name, amount) in rows {
        context.tell(format!("{:>18}  {name}", grouped(amount)));
    }
}
