//! `doctor`: looks at the database and the settings, and says what to mend.

use mingzhang::services::health::look;
use mingzhang::services::people::audit;
use mingzhang::services::readiness::{Check, State};
use mingzhang::store::{Location, Store, StoreError};

use super::{Context, Failure, Outcome};

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub async fn run(context: &Context) -> Result<Outcome, Failure> {
    let mut checks = settings(context);
    match Store::open(&context.location()?).await {
        Ok(store) => checks.extend(database(context, store).await?),
        Err(error) => {
            let text = error.to_string();
            checks.push(Check::new("database", State::Bad, text.clone(), text));
        }
    }
    let bad = checks.iter().any(|check| check.state == State::Bad);
    if context.json {
        println!("{}", serde_json::json!({"format": "doctor/1", "well": !bad, "checks": checks}));
    } else {
        for check in &checks {
            let mark = match check.state {
                State::Ok => context.say("正常", "ok"),
                State::Warn => context.say("留意", "look"),
                State::Bad => context.say("须改", "mend"),
            };
            let words = if context.english() { &check.en } else { &check.zh };
            context.tell(format!("{mark:<4}  {:<12}  {words}", check.name));
        }
    }
    Ok(if bad { Outcome::Faults } else { Outcome::Done })
}

/// What the settings alone show.
fn settings(context: &Context) -> Vec<Check> {
    let mut checks = Vec::new();
    if context.settings.base_url.is_none() {
        checks.push(Check::new(
            "base_url",
            State::Warn,
            "没有设置 base_url：纸上的链接会用访问者所用的地址",
            "base_url is not set: links on paper use whatever address was asked for",
        ));
    }
    if context.settings.operator_org == "o_operator" {
        checks.push(Check::new(
            "operator",
            State::Warn,
            "没有设置 operator.org：账上的记账单位是 o_operator",
            "operator.org is not set: entries name o_operator as who posted",
        ));
    }
    checks
}

async fn database(context: &Context, mut store: Store) -> Result<Vec<Check>, Failure> {
    let mut checks = vec![origin(&store).await?];
    let books = context.books_of(store.clone(), std::sync::Arc::new(super::SystemClock));
    checks.extend(look(&books, true).await);
    checks.push(sign_ins(&store).await?);
    let (ran, broken) = store.integrity().await?;
    checks.push(match (ran, broken.first()) {
        (false, _) => Check::new(
            "integrity",
            State::Warn,
            "数据库自检没有运行（create extension amcheck）",
            "the database's own check was not run (create extension amcheck)",
        ),
        (true, None) => {
            Check::new("integrity", State::Ok, "数据库自检通过", "the database's own check passed")
        }
        (true, Some(first)) => Check::new(
            "integrity",
            State::Bad,
            format!("数据库自检发现 {} 处：{first}", broken.len()),
            format!("the database's own check found {}: {first}", broken.len()),
        ),
    });
    if let Location::Sqlite(_) = context.location()? {
        let served = matches!(store.claim(), Err(StoreError::Claimed(_)));
        let (zh, en) = if served {
            ("有一个进程正在使用此文件提供服务", "a process is serving this file")
        } else {
            ("没有进程在使用此文件提供服务", "no process is serving this file")
        };
        checks.push(Check::new("served", State::Ok, zh, en));
    }
    books.close().await;
    Ok(checks)
}

/// Whether the audit of sign-ins holds together.
async fn sign_ins(store: &Store) -> Result<Check, Failure> {
    let report = audit::check(store).await?;
    let rows = report.rows;
    Ok(match (report.fault, report.head) {
        (Some(fault), _) => Check::new(
            "sign_ins",
            State::Bad,
            format!("登录审计在第 {} 行断开（{}）", fault.row, fault.column),
            format!("the audit of sign-ins breaks at row {} ({})", fault.row, fault.column),
        ),
        (None, None) => {
            Check::new("sign_ins", State::Ok, "登录审计还是空的", "the audit of sign-ins is empty")
        }
        (None, Some(head)) => Check::new(
            "sign_ins",
            State::Ok,
            format!("登录审计 {rows} 行，前后相接，最新为 {head}"),
            format!("the audit of sign-ins has {rows} rows, each linked to the last; head {head}"),
        ),
    })
}

async fn origin(store: &Store) -> Result<Check, Failure> {
    Ok(match store.primary().log_origin().await? {
        Some(log) => {
            Check::new("origin", State::Ok, format!("日志 {log}"), format!("the log {log}"))
        }
        None => Check::new(
            "origin",
            State::Warn,
            "这个数据库还没有日志名（--log）",
            "this database names no log yet (--log)",
        ),
    })
}
