//! What a draft's page says of it: accounts before and after, what a contract still lacks, what a
//! decision has left, who did what with it.

use super::drafts::name;
use crate::ledger::book::{Book, Decision};
use crate::ledger::draft::Draft;
use crate::ledger::entry::Line;
use crate::ledger::format::grouped;
use crate::ledger::statements::own_side;
use crate::services::books::PostError;
use crate::services::drafts::{Backing, Deed, Kept, Step};
use crate::services::journal::post_trouble;
use crate::web::Room;
use crate::web::frame::Day;
use crate::web::show;
use crate::web::text::Lang;

/// Something that isn't as it must be: the rule, what is wrong, what to do.
pub struct Refusal {
    pub code: &'static str,
    pub sentence: String,
    pub advice: String,
}

/// An account before and after.
pub struct Moved {
    pub name: String,
    pub before: String,
    pub after: String,
}

/// A decision with what is left of its limit.
pub struct Decided {
    pub no: String,
    pub matter: String,
    pub body: String,
    pub term: String,
    /// The limit, what was used of it, what is left after this; none where there is no limit.
    pub limit: Option<(String, String, Option<String>)>,
    /// Its entry, where its paper is.
    pub href: String,
    pub proven: bool,
}

/// A step of its life, in words.
pub struct Lived {
    pub what: String,
    pub who: String,
    pub at: String,
    pub reason: Option<String>,
    /// A signature on words that were changed since.
    pub is_lost: bool,
}

/// Why drafts would not be posted.
pub fn refusal(error: &PostError, lang: Lang) -> Refusal {
    let trouble = post_trouble(error, false);
    Refusal {
        code: trouble.code,
        sentence: lang.pick(&trouble.zh, &trouble.en).to_owned(),
        advice: lang.pick(trouble.do_zh, trouble.do_en).to_owned(),
    }
}

/// Accounts that a draft moves, before and after it.
pub fn moved(before: &Book, after: &Book, lines: &[&Line], lang: Lang) -> Vec<Moved> {
    let mut accounts: Vec<_> = lines.iter().map(|line| line.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let balance = |book: &Book, code| grouped(own_side(book, code));
    let moved = |code| Moved {
        name: show::account(before, code, lang),
        before: balance(before, code),
        after: balance(after, code),
    };
    accounts.into_iter().map(moved).collect()
}

/// What the contract still lacks, before and after.
pub fn gap(before: &Book, after: &Book, lines: &[&Line], today: Day) -> Option<(String, String)> {
    let no = lines.iter().find_map(|line| line.contract.as_ref())?;
    let of = |book: &Book| {
        let contract = book.contracts().contracts.get(no)?;
        contract.has_due().then(|| grouped(contract.gap(today)))
    };
    Some((of(before)?, of(after)?))
}

/// The decisions that drafts cite, before them and, where the book takes them, after.
pub fn decided(before: &Book, after: Option<&Book>, drafts: &[Draft], lang: Lang) -> Vec<Decided> {
    let mut cited: Vec<&str> =
        drafts.iter().filter_map(|draft| draft.event.fields().text("decision")).collect();
    cited.dedup();
    let found = cited.into_iter().filter_map(|no| {
        let decision = before.decisions().get(no)?;
        let after = after.and_then(|book| book.decisions().get(no));
        Some(facts(before, no, decision, after, lang))
    });
    found.collect()
}

fn facts(
    book: &Book,
    no: &str,
    decision: &Decision,
    after: Option<&Decision>,
    lang: Lang,
) -> Decided {
    let left = |limit| after.map(|after| grouped(limit - after.used));
    let limit = decision.limit.map(|limit| (grouped(limit), grouped(decision.used), left(limit)));
    let from = lang.day(decision.from);
    let term = match decision.to {
        Some(to) => lang.with("draft.term", &[("from", from), ("to", lang.day(to))]),
        None => lang.with("draft.term_open", &[("from", from)]),
    };
    Decided {
        no: no.to_owned(),
        matter: decision.matter.clone(),
        body: lang.word("word", &decision.body).into_owned(),
        term,
        limit,
        href: format!("/e/{}/entries/{}", book.estate(), decision.seq),
        proven: decision.proven,
    }
}

/// Why whoever typed it may post it alone.
pub fn backed(backing: &Backing, book: &Book, lang: Lang) -> String {
    let facts = [
        ("account", show::account(book, backing.account, lang)),
        ("day", lang.day(backing.day)),
        ("amount", grouped(backing.amount)),
        ("serial", backing.serial.clone()),
    ];
    lang.with("draft.alone_says", &facts)
}

/// Who did what, and when, in order.
pub async fn life(room: &Room, kept: &Kept, lang: Lang) -> Vec<Lived> {
    let mut life = Vec::new();
    for step in kept.life.steps() {
        let who = name(room, &step.by.user).await;
        let role = lang.word("actor", &step.by.role);
        let who = if role.is_empty() {
            who
        } else {
            lang.with("draft.in_role", &[("who", who), ("role", role.into_owned())])
        };
        life.push(Lived {
            what: lang.word("deed", step.deed.word()).into_owned(),
            who,
            at: step.at.local(),
            reason: reason(step, lang),
            is_lost: step.deed.sign().is_some() && !kept.life.counts(step),
        });
    }
    life
}

fn reason(step: &Step, lang: Lang) -> Option<String> {
    let reason = step.reason.clone()?;
    Some(match step.deed {
        Deed::Refused => lang.with("draft.by_rule", &[("rule", reason)]),
        _ => reason,
    })
}
