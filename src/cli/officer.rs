//! `officer add | list | grant | revoke | password | recover | organisation`: people of the
//! desk, from the machine that holds the database. The first administrator is made here.

use std::io::BufRead;

use chrono::NaiveDate;
use serde_json::json;

use super::{Context, Failure, Outcome};
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::period::parse_date;
use mingzhang::services::people::{Fault, GrantRow, NewGrant, NewOfficer, People, Place, Role};
use mingzhang::store::Store;
use mingzhang::web::Lang;

/// Who does what the command line does.
const BY: &str = "u_cli";

/// Arguments of `officer`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add an officer, with a one-time code to set a password
    Add(Box<Add>),
    /// List officers and what they hold
    List,
    /// Grant a role
    Grant {
        /// Sign-in name or pseudonym
        officer: String,
        #[command(flatten)]
        grant: GrantArgs,
    },
    /// Revoke a grant
    Revoke {
        /// Sign-in name or pseudonym
        officer: String,
        /// The grant, as `officer list` shows it
        grant: String,
    },
    /// Set a password, read from standard input
    Password {
        /// Sign-in name or pseudonym
        officer: String,
    },
    /// Issue a one-time code for somebody who forgot a password or lost a phone
    Recover {
        /// Sign-in name or pseudonym
        officer: String,
    },
    /// Organisations that officers belong to
    Organisation {
        #[command(subcommand)]
        command: OrganisationCommand,
    },
}

#[derive(Debug, clap::Subcommand)]
enum OrganisationCommand {
    /// Add one
    Add {
        /// Its name
        name: String,
    },
    /// List them
    List,
}

#[derive(Debug, clap::Args)]
struct Add {
    /// What is typed to sign in
    #[arg(long)]
    sign_in: String,
    /// The person's name
    #[arg(long)]
    name: String,
    /// Organisation: its pseudonym, or its name; one that isn't there is added
    #[arg(long)]
    organisation: String,
    /// A role to grant at once
    #[arg(long, value_parser = role)]
    role: Option<Role>,
    /// The estate that it is granted for; none for the instance
    #[arg(long, requires = "role")]
    estate: Option<EstateCode>,
}

#[derive(Debug, clap::Args)]
struct GrantArgs {
    /// The role
    #[arg(long, value_parser = role)]
    role: Role,
    /// The estate; none for the instance
    #[arg(long)]
    estate: Option<EstateCode>,
    /// First day (default: today)
    #[arg(long, value_parser = parse_date)]
    from: Option<NaiveDate>,
    /// Last day (default: none)
    #[arg(long, value_parser = parse_date)]
    until: Option<NaiveDate>,
}

fn role(text: &str) -> Result<Role, String> {
    let words = Role::ALL.map(Role::word).join(", ");
    text.parse().map_err(|_: Fault| format!("say one of {words}"))
}

fn place(estate: Option<EstateCode>) -> Place {
    estate.map_or(Place::Instance, Place::Estate)
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let store = Store::open(&context.location()?).await?;
    let people = context.people(&store, false);
    let done = act(context, &people, args.command).await;
    store.close().await;
    done.map(|()| Outcome::Done)
}

async fn act(context: &Context, people: &People, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(new) => add(context, people, &new).await,
        Command::List => list(context, people).await,
        Command::Grant { officer, grant } => {
            let id = people.member(&officer).await?.officer.officer_id;
            let GrantArgs { role, estate, from, until } = grant;
            let new = NewGrant { role, place: place(estate), from, until };
            let grant = people.grant(&id, new, BY).await?;
            told(context, &json!({"officer": id, "grant": grant}), &format!("{id}  {grant}"));
            Ok(())
        }
        Command::Revoke { officer, grant } => {
            let id = people.member(&officer).await?.officer.officer_id;
            people.revoke(&id, &grant, BY).await?;
            let words = context.say("已撤销", "revoked");
            told(context, &json!({"officer": id, "revoked": grant}), &format!("{words} {grant}"));
            Ok(())
        }
        Command::Password { officer } => password(context, people, &officer).await,
        Command::Recover { officer } => {
            let id = people.member(&officer).await?.officer.officer_id;
            let code = people.issue_code(&id, BY).await?;
            tell_code(context, &id, &code);
            Ok(())
        }
        Command::Organisation { command: OrganisationCommand::Add { name } } => {
            let id = people.add_organisation(&name, BY).await?;
            told(context, &json!({"organisation": id}), &id);
            Ok(())
        }
        Command::Organisation { command: OrganisationCommand::List } => {
            let rows = people.organisations().await?;
            let ids = rows.iter().map(|row| json!({"id": row.organisation_id, "name": row.name}));
            let ids: Vec<_> = ids.collect();
            let lines = rows.iter().map(|row| format!("{}  {}", row.organisation_id, row.name));
            told(context, &json!(ids), &lines.collect::<Vec<_>>().join("\n"));
            Ok(())
        }
    }
}

/// Prints for machines or for people.
fn told(context: &Context, machine: &serde_json::Value, people: &str) {
    if context.json {
        println!("{machine}");
    }
    context.tell(people);
}

fn tell_code(context: &Context, officer: &str, code: &str) {
    let words = context.say(
        "一次性码（24 小时内有效，只显示这一次；在 /recover 设置密码）：",
        "One-time code (good for 24 hours, shown this once; set a password at /recover):",
    );
    told(
        context,
        &json!({"officer": officer, "code": code}),
        &format!("{officer}\n{words}\n{code}"),
    );
}

async fn add(context: &Context, people: &People, new: &Add) -> Result<(), Failure> {
    // A role that can't be granted there is refused before anything is added.
    let place = place(new.estate);
    if let Some(role) = new.role {
        role.check_reach(place).map_err(mingzhang::services::people::PeopleError::from)?;
    }
    let known = people.organisations().await?;
    let found = known
        .iter()
        .find(|row| row.organisation_id == new.organisation || row.name == new.organisation);
    let organisation = match found {
        Some(row) => row.organisation_id.clone(),
        None if new.organisation.starts_with("o_") => {
            return Err(mingzhang::services::people::PeopleError::from(Fault::Organisation).into());
        }
        None => people.add_organisation(&new.organisation, BY).await?,
    };
    let officer =
        NewOfficer { organisation: &organisation, sign_in: &new.sign_in, name: &new.name };
    let (id, code) = people.add_officer(&officer, BY).await?;
    if let Some(role) = new.role {
        people.grant(&id, NewGrant { role, place, from: None, until: None }, BY).await?;
    }
    tell_code(context, &id, &code);
    Ok(())
}

async fn list(context: &Context, people: &People) -> Result<(), Failure> {
    let lang = if context.english() { Lang::En } else { Lang::Zh };
    let today = people.today();
    let members = people.members().await?;
    if context.json {
        let grants = |grants: &[GrantRow]| -> Vec<serde_json::Value> {
            let row = |grant: &GrantRow| {
                json!({"id": grant.grant_id, "role": grant.role, "estate": grant.estate,
                    "from": grant.from_day, "until": grant.until_day,
                    "in_force": grant.holds_on(today)})
            };
            grants.iter().map(row).collect()
        };
        let row = |member: &mingzhang::services::people::Member| {
            json!({"id": member.officer.officer_id, "sign_in": member.officer.sign_in,
                "organisation": member.organisation, "grants": grants(&member.grants)})
        };
        println!("{}", json!(members.iter().map(row).collect::<Vec<_>>()));
        return Ok(());
    }
    for member in &members {
        let officer = &member.officer;
        context.tell(format!(
            "{}  {}  {}  {}",
            officer.officer_id, officer.sign_in, officer.name, member.organisation
        ));
        for grant in member.grants.iter().filter(|grant| grant.holds_on(today)) {
            let role = lang.word("actor", &grant.role);
            let estate =
                grant.estate.as_deref().unwrap_or_else(|| context.say("全部小区", "every estate"));
            context.tell(format!("  {}  {role}  {estate}", grant.grant_id));
        }
    }
    if members.is_empty() {
        context.tell(context.say(
            "还没有人员。用 officer add --role administrator 添加第一位管理员。",
            "No officers yet; officer add --role administrator makes the first.",
        ));
    }
    Ok(())
}

async fn password(context: &Context, people: &People, officer: &str) -> Result<(), Failure> {
    let officer = people.member(officer).await?.officer;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    people.set_password(&officer, line.trim_end_matches(['\r', '\n']), BY).await?;
    let words =
        context.say("密码已设好，所有登录已结束", "the password is set, every session has ended");
    told(context, &json!({"officer": officer.officer_id}), words);
    Ok(())
}
