//! `demo`: a demonstration in a database of its own, served at once.

use std::sync::Arc;

use chrono::NaiveDate;
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::period::parse_date;
use mingzhang::services::books::Books;
use mingzhang::services::clock::{FixedClock, SeededEntropy};
use mingzhang::services::demonstration::{self, LOG, MadeUp, Wanted};
use mingzhang::services::instance;
use mingzhang::services::keeper::remove_database;
use mingzhang::services::people::demonstration as demonstration_people;
use mingzhang::store::{Location, Store, StoreError};

use super::{Context, Failure, Outcome, serve};

/// Estates whose heads are printed.
const SHOWN_MAX: u32 = 20;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Throw an earlier demonstration away and make it anew
    #[arg(long)]
    fresh: bool,
    /// The day its clock stands at; what its stories tell of later days is left out (default:
    /// the day they end)
    #[arg(long, value_parser = parse_date)]
    as_of: Option<NaiveDate>,
    /// More estates with made-up receipts
    #[arg(long, default_value_t = 0)]
    estates: u32,
    /// Entries of those estates, all together
    #[arg(long, default_value_t = 0)]
    entries: u32,
    /// Make it, don't serve it
    #[arg(long)]
    no_serve: bool,
    /// Address to listen on
    #[arg(long)]
    listen: Option<String>,
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let as_of = args.as_of.unwrap_or_else(demonstration::last_day);
    if as_of < demonstration::first_day() {
        let first = demonstration::first_day();
        return Err(format!("--as-of {as_of}: the demonstration's books begin {first}").into());
    }
    let location = context.location()?;
    let made = prepare(&location, args.fresh).await?;
    let mut store = Store::create(&location).await?;
    if !args.no_serve {
        store.claim()?;
    }
    instance::establish(
        &store,
        Some(LOG),
        &SeededEntropy::from_name("the secret of demonstrations"),
    )
    .await?;
    let clock = Arc::new(FixedClock::at(demonstration::evening_of(as_of)));
    let books = context.books_of(store, clock.clone());
    if !made {
        let made_up = MadeUp { estates: args.estates, entries: args.entries };
        let bar = if context.quiet || context.json || args.entries < 10_000 {
            indicatif::ProgressBar::hidden()
        } else {
            indicatif::ProgressBar::new(u64::from(args.entries))
        };
        let wanted = Wanted { as_of, made_up, only: None };
        demonstration::make(&books, &clock, &wanted, &|done| bar.set_position(done)).await?;
        bar.finish_and_clear();
    }
    people(context, &books).await?;
    for book in books.directory("", None, SHOWN_MAX).await? {
        let (profile, head) = (book.profile(), book.head());
        if head.time.day() > as_of {
            let last = head.time.day();
            return Err(format!("{}: its book goes to {last}; say --fresh", profile.code).into());
        }
        let entries = context.say("笔", "entries");
        context.tell(format!(
            "{}  {}  {} {entries}  {}",
            profile.code, profile.name, head.entries, head.hash
        ));
    }
    if args.no_serve {
        return Ok(Outcome::Done);
    }
    context
        .tell(context.say("演示账号（登录名 密码）：", "Demonstration sign-ins (name password):"));
    for one in demonstration_people::SIGN_INS {
        context.tell(format!("  {:<10} {}", one.sign_in, one.password));
    }
    let listen = args.listen.unwrap_or_else(|| context.settings.listen.clone());
    serve::serve(context, books, &listen, context.settings.base_url.clone(), true).await
}

/// Makes the people of the demonstration.
async fn people(context: &Context, books: &Books) -> Result<(), Failure> {
    // Officers for the estates that are told about; the made-up ones are only many.
    let told = ["620722-0013", "620722-0017"];
    let directory = books.directory("", None, 50).await?;
    let codes = directory.iter().map(|book| book.estate());
    let estates: Vec<EstateCode> = codes.filter(|code| told.contains(&code.as_str())).collect();
    let people = context.people(books.store(), true);
    demonstration_people::make(&people, &estates).await?;
    Ok(())
}

/// True when a demonstration is there already. Refuses to touch any other database.
async fn prepare(location: &Location, fresh: bool) -> Result<bool, Failure> {
    if !location.exists() {
        return Ok(false);
    }
    let store = Store::open(location).await?;
    let found = store.primary().log_origin().await?;
    let entries = store.primary().log_size().await?;
    store.close().await;
    match found {
        Some(found) if found != LOG => {
            Err(StoreError::OtherLog { found, wanted: LOG.to_owned() }.into())
        }
        None if entries == 0 => Ok(false),
        _ if !fresh => Ok(entries > 0),
        _ => {
            let Some(path) = location.file() else {
                return Err("--fresh throws a SQLite file away; empty a database yourself".into());
            };
            remove_database(path)?;
            Ok(false)
        }
    }
}
