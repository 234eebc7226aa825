//! A draft's page: what would be recorded and what the books say of it, its life, what can be
//! done with it, and the receipt once its entry stands.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::drafts::{found, href, name, state_name};
use super::form::{Fields, Form, Input, Sort, Wrong};
use super::guard::Officer;
use super::owes::{Owes, owes};
use super::{actor, book_of, done, frame, record, see_other};
use crate::ledger::book::Book;
use crate::ledger::entry::Line;
use crate::ledger::format::{capitals, grouped};
use crate::ledger::money::Money;
use crate::ledger::statements::{lines_total, own_side};
use crate::services::books::PostError;
use crate::services::drafts::{Act, DraftError, Drafts, Kept, Preview, State as Stands};
use crate::services::journal::post_trouble;
use crate::services::people::Permission;
use crate::web::Room;
use crate::web::answer;
use crate::web::error::WebError;
use crate::web::frame::{Day, Frame, short};
use crate::web::portal::postings::{Postings, table};
use crate::web::qr::{Qr, qr};
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// Something that isn't as it must be: what, the rule, what to do.
struct Refusal {
    code: &'static str,
    sentence: String,
    advice: String,
}

/// An account before and after.
struct Moved {
    name: String,
    before: String,
    after: String,
}

/// The entry that a draft became.
struct Receipt {
    seq: u64,
    hash: String,
    head: String,
    permalink: String,
    qr: Option<Qr>,
}

/// The page.
#[derive(Template)]
#[template(path = "draft.html")]
struct DraftPage {
    f: Frame,
    code: String,
    estate: String,
    kind: String,
    stands: &'static str,
    says: String,
    amount: Option<(String, String)>,
    said: record::Said,
    postings: Vec<Postings>,
    moved: Vec<Moved>,
    gap: Option<(String, String)>,
    /// What a contract would owe.
    owes: Vec<Owes>,
    refusal: Option<Refusal>,
    wrongs: Vec<Wrong>,
    done: Option<String>,
    life: Vec<(String, String, String)>,
    reason: Option<String>,
    own: bool,
    /// True where what was typed can be read.
    read: bool,
    edit: Option<String>,
    acts: Vec<Form>,
    give_back: Option<Form>,
    receipt: Option<Receipt>,
}

/// A request for the page of a draft.
pub struct Asked<'a> {
    pub room: &'a Room,
    pub visit: &'a Visit,
    pub officer: &'a Officer,
}

impl Asked<'_> {
    /// Does something with a draft and leads to its page, or says why it was not done.
    pub async fn acts(
        &self,
        (code, key): &(String, String),
        fields: &Fields,
        act: Act<'_>,
        permission: Permission,
    ) -> Result<Response, WebError> {
        let book = book_of(self.room, code).await?;
        let drafts = Drafts::of(&self.room.site.books);
        let kept = found(drafts.find(book.estate(), key).await, code)?;
        let by = actor(self.officer, permission, book.estate())?;
        let version = fields.value("version").parse().unwrap_or(0);
        match drafts.act((book.estate(), key), version, act, &by).await {
            Ok(kept) => Ok(see_other(&format!("{}?done={}", href(&kept), kept.state))),
            Err(error) => self.refused(error, &kept).await,
        }
    }

    /// The page again, with why it was not done.
    pub async fn refused(&self, error: DraftError, kept: &Kept) -> Result<Response, WebError> {
        let lang = self.visit.lang;
        let (status, key) = match &error {
            DraftError::Changed(_) => (StatusCode::CONFLICT, "draft.changed"),
            DraftError::State(_) => (StatusCode::CONFLICT, "draft.state"),
            DraftError::OwnHands => (StatusCode::UNPROCESSABLE_ENTITY, "draft.own_hands"),
            DraftError::Reason => (StatusCode::UNPROCESSABLE_ENTITY, "draft.reason_wanted"),
            DraftError::Fields(_) => (StatusCode::UNPROCESSABLE_ENTITY, "draft.fields"),
            DraftError::Post(PostError::OutcomeUnknown | PostError::Stopped) => {
                (StatusCode::SERVICE_UNAVAILABLE, "draft.unknown_outcome")
            }
            DraftError::Post(
                PostError::Refused { .. } | PostError::Door { .. } | PostError::Format { .. },
            ) => (StatusCode::UNPROCESSABLE_ENTITY, "draft.refused_now"),
            DraftError::Post(PostError::Books(_) | PostError::Entropy(_)) => {
                return Err(error.into());
            }
            DraftError::Post(_) => (StatusCode::SERVICE_UNAVAILABLE, "draft.not_now"),
            _ => return Err(error.into()),
        };
        let (form, field) = match error {
            DraftError::Reason => ("return", Some("reason")),
            _ => ("state", None),
        };
        let wrong = Wrong { form, field, sentence: lang.t(key).into_owned() };
        let drafts = Drafts::of(&self.room.site.books);
        let kept = found(drafts.find(kept.estate, kept.key()).await, kept.estate.as_str())?;
        self.page(status, &kept, vec![wrong]).await
    }

    /// The page.
    pub async fn page(
        &self,
        status: StatusCode,
        kept: &Kept,
        wrongs: Vec<Wrong>,
    ) -> Result<Response, WebError> {
        let (room, lang) = (self.room, self.visit.lang);
        let book = book_of(room, kept.estate.as_str()).await?;
        let done = done(
            self.visit,
            &[
                ("prepared", "draft.done_prepared"),
                ("returned", "draft.done_returned"),
                ("withdrawn", "draft.done_withdrawn"),
                ("posted", "draft.done_posted"),
            ],
        );
        let mut page = DraftPage {
            f: frame(room, self.visit, self.officer, &record::title(kept.form, lang)),
            code: kept.estate.to_string(),
            estate: book.profile().name.clone(),
            kind: state_name(kept.state, lang),
            stands: kept.state.word(),
            says: lang.word("draft_says", kept.state.word()).into_owned(),
            amount: None,
            said: record::said(room, kept, lang).await?,
            postings: Vec::new(),
            moved: Vec::new(),
            gap: None,
            owes: Vec::new(),
            refusal: None,
            done: done.filter(|_| wrongs.is_empty()),
            life: self.life(kept).await,
            reason: kept
                .returned()
                .filter(|_| kept.state == Stands::Returned)
                .map(|(reason, _)| reason.to_owned()),
            own: kept.is_of(self.officer.id()),
            read: false,
            edit: kept.state.is_changed().then(|| format!("{}/edit", href(kept))),
            acts: Vec::new(),
            give_back: None,
            receipt: self.receipt(kept).await?,
            wrongs,
        };
        if kept.state.is_changed() || kept.state == Stands::Posting {
            self.judge(&mut page, kept).await?;
        }
        self.offer(&mut page, kept);
        Ok(answer::passing(status, answer::render(&page)?))
    }

    /// What the books say of it now.
    async fn judge(&self, page: &mut DraftPage, kept: &Kept) -> Result<(), WebError> {
        let lang = self.visit.lang;
        let by = kept.second(self.officer.signed());
        let preview = Drafts::of(&self.room.site.books).preview(kept, &by).await;
        let Preview { before, drafts, after } = match preview {
            Ok(preview) => preview,
            Err(DraftError::Fields(faults)) => {
                let edit = page.edit.clone().unwrap_or_default();
                page.wrongs.extend(record::wrongs(&faults, lang));
                page.edit = Some(edit).filter(|edit| !edit.is_empty());
                return Ok(());
            }
            Err(other) => return Err(other.into()),
        };
        page.read = true;
        let sum: Money = drafts.iter().map(|draft| lines_total(&draft.lines).0).sum();
        page.amount = Some((grouped(sum), capitals(sum))).filter(|_| sum.is_positive());
        let moving = drafts.iter().filter(|draft| !draft.lines.is_empty());
        page.postings = moving
            .map(|draft| table(&before, &draft.lines, lang.t("draft.lines"), false, lang))
            .collect();
        match after {
            Ok((_, after)) => {
                let lines: Vec<_> = drafts.iter().flat_map(|draft| &draft.lines).collect();
                page.moved = moved(&before, &after, &lines, lang);
                page.gap = gap(&before, &after, &lines, page.f.today);
                page.owes = owes(kept, &after, page.f.today, lang);
            }
            Err(error) => {
                let trouble = post_trouble(&error, false);
                page.refusal = Some(Refusal {
                    code: trouble.code,
                    sentence: lang.pick(&trouble.zh, &trouble.en).to_owned(),
                    advice: lang.pick(trouble.do_zh, trouble.do_en).to_owned(),
                });
            }
        }
        Ok(())
    }

    /// What whoever asks may do with it.
    fn offer(&self, page: &mut DraftPage, kept: &Kept) {
        let lang = self.visit.lang;
        let version = kept.version().to_string();
        let form = |id: &'static str, key: &str, inputs: Vec<Input>, wrongs: &[Wrong]| {
            let mut all = vec![Input::hidden("version", &version)];
            all.extend(inputs);
            let action = format!("{}/{id}", href(kept));
            Form::new(id, action, self.officer.form_token(), lang.t(key), all, wrongs)
        };
        let fine = page.refusal.is_none() && page.read;
        let may_post = self.officer.rights().may(Permission::Post, Some(kept.estate)) && !page.own;
        match kept.state {
            Stands::Open if fine => {
                page.acts.push(form("submit", "draft.submit", Vec::new(), &[]));
            }
            Stands::Prepared if may_post => {
                if fine {
                    page.acts.push(form("post", "draft.post", Vec::new(), &[]));
                }
                let reason = Input::new("reason", Sort::Text, lang.t("draft.reason"))
                    .hint(lang.t("draft.reason_hint"));
                page.give_back = Some(form("return", "draft.return", vec![reason], &page.wrongs));
            }
            Stands::Posting if may_post => {
                page.acts.push(form("post", "draft.settle", Vec::new(), &[]));
            }
            _ => {}
        }
        if kept.state.is_changed() && page.own {
            page.acts.push(form("withdraw", "draft.withdraw", Vec::new(), &[]));
        }
    }

    /// Who did what, and when.
    async fn life(&self, kept: &Kept) -> Vec<(String, String, String)> {
        let lang = self.visit.lang;
        let mut life = Vec::new();
        let mut tell = async |key: &str, who: &str, at: String| {
            life.push((lang.t(key).into_owned(), name(self.room, who).await, at));
        };
        tell("draft.typed", kept.prepared_by(), kept.made_at().local()).await;
        if let Some(at) = kept.prepared_at() {
            tell("draft.handed_over", kept.prepared_by(), at.local()).await;
        }
        if let Some((_, who)) = kept.returned() {
            tell("draft.returned", who, kept.changed_at().local()).await;
        }
        if let Some(who) = kept.posted_by() {
            tell("draft.posted", who, kept.changed_at().local()).await;
        }
        if kept.state == Stands::Withdrawn {
            tell("draft.withdrawn", kept.prepared_by(), kept.changed_at().local()).await;
        }
        life
    }

    /// The entry that it became.
    async fn receipt(&self, kept: &Kept) -> Result<Option<Receipt>, WebError> {
        let Some(seq) = kept.posted_seq() else { return Ok(None) };
        let Some(stored) = self.room.site.books.entry(kept.estate, seq).await? else {
            return Ok(None);
        };
        let hash = stored.posted.hash.to_string();
        let permalink = format!("{}/e/{}/entries/{seq}", self.visit.base, kept.estate);
        let qr = qr(&permalink);
        Ok(Some(Receipt { seq, head: short(&hash), hash, permalink, qr }))
    }
}

/// Accounts that a draft moves, before and after it.
fn moved(before: &Book, after: &Book, lines: &[&Line], lang: Lang) -> Vec<Moved> {
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
fn gap(before: &Book, after: &Book, lines: &[&Line], today: Day) -> Option<(String, String)> {
    let no = lines.iter().find_map(|line| line.contract.as_ref())?;
    let of = |book: &Book| {
        let contract = book.contracts().contracts.get(no)?;
        contract.has_due().then(|| grouped(contract.gap(today)))
    };
    Some((of(before)?, of(after)?))
}
