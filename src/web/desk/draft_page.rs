//! A draft's page: what would be recorded and what the books say of it, its life, what can be
//! done with it, and the receipt once its entry stands.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::draft_facts::{Decided, Lived, Moved, Refusal};
use super::draft_facts::{backed, decided, gap, life, moved, refusal};
use super::drafts::{found, href, state_name};
use super::form::{Fields, Form, Input, Sort, Wrong};
use super::guard::Officer;
use super::owes::{Owes, owes};
use super::{actor, book_of, done, frame, record, role_name, see_other};
use crate::ledger::book::Book;
use crate::ledger::format::{capitals, grouped};
use crate::ledger::money::Money;
use crate::ledger::statements::lines_total;
use crate::services::books::PostError;
use crate::services::drafts::{
    Act, DraftError, Drafts, Kept, Preview, State as Stands, watcher, watches,
};
use crate::services::people::Permission;
use crate::web::Room;
use crate::web::answer;
use crate::web::error::WebError;
use crate::web::frame::{Frame, short};
use crate::web::portal::postings::{Postings, table};
use crate::web::qr::{Qr, qr};
use crate::web::visit::Visit;

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
    decided: Vec<Decided>,
    refusal: Option<Refusal>,
    /// What the book still asks for before it is posted, and whose co-signature that is.
    needs: Option<(Refusal, String)>,
    /// Why whoever asks may post it alone.
    alone: Option<String>,
    /// Signatures were given on words that were changed since.
    lost: bool,
    wrongs: Vec<Wrong>,
    done: Option<String>,
    life: Vec<Lived>,
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
            DraftError::SignsOwn => (StatusCode::UNPROCESSABLE_ENTITY, "draft.signs_own"),
            DraftError::NotAsked => (StatusCode::UNPROCESSABLE_ENTITY, "draft.not_asked"),
            DraftError::StandsIn => (StatusCode::UNPROCESSABLE_ENTITY, "draft.stands_in"),
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
                ("cosigned", "draft.done_cosigned"),
            ],
        );
        let may_draft = self.officer.rights().may(Permission::Draft, Some(kept.estate));
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
            decided: Vec::new(),
            refusal: None,
            needs: None,
            alone: None,
            lost: kept.state.is_changed() && kept.life.lost_signs(),
            done: done.filter(|_| wrongs.is_empty()),
            life: life(room, kept, lang).await,
            reason: kept
                .returned()
                .filter(|_| kept.state == Stands::Returned)
                .map(|(reason, _)| reason.to_owned()),
            own: kept.is_of(self.officer.id()),
            read: false,
            edit: (kept.state.is_changed() && may_draft).then(|| format!("{}/edit", href(kept))),
            acts: Vec::new(),
            give_back: None,
            receipt: self.receipt(kept).await?,
            wrongs,
        };
        if kept.state.is_changed() || kept.state == Stands::Posting {
            self.judge(&mut page, kept).await?;
        }
        self.offer(&mut page, kept, &book);
        Ok(answer::passing(status, answer::render(&page)?))
    }

    /// What the books say of it now.
    async fn judge(&self, page: &mut DraftPage, kept: &Kept) -> Result<(), WebError> {
        let lang = self.visit.lang;
        let signed = self.officer.signed();
        let preview = Drafts::of(&self.room.site.books).preview(kept, signed).await;
        let Preview { before, drafts, after, lacks, alone } = match preview {
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
        page.alone = alone.map(|backing| backed(&backing, &before, lang));
        page.decided = decided(&before, after.as_ref().ok().map(|(_, after)| after), &drafts, lang);
        match after {
            Ok((_, after)) => {
                let lines: Vec<_> = drafts.iter().flat_map(|draft| &draft.lines).collect();
                page.moved = moved(&before, &after, &lines, lang);
                page.gap = gap(&before, &after, &lines, page.f.today);
                page.owes = owes(kept, &after, page.f.today, lang);
                page.needs = lacks.map(|error| {
                    let whose = role_name(watcher(&before, page.f.today), lang);
                    (refusal(&error, lang), lang.with("draft.needs_cosign", &[("who", whose)]))
                });
            }
            Err(error) => page.refusal = Some(refusal(&error, lang)),
        }
        Ok(())
    }

    /// What whoever asks may do with it.
    fn offer(&self, page: &mut DraftPage, kept: &Kept, book: &Book) {
        let estate = Some(kept.estate);
        let may = |permission| self.officer.rights().may(permission, estate);
        let fine = page.refusal.is_none() && page.read;
        let mut acts: Vec<(&'static str, &str)> = Vec::new();
        match kept.state {
            Stands::Open => {
                if fine && may(Permission::Draft) {
                    acts.push(("submit", "draft.submit"));
                }
                if page.alone.is_some() {
                    acts.push(("post", "draft.post_alone"));
                }
            }
            Stands::Prepared => {
                let posts = may(Permission::Post) && !page.own;
                if posts && fine && page.needs.is_none() {
                    acts.push(("post", "draft.post"));
                }
                if page.alone.is_some() {
                    acts.push(("post", "draft.post_alone"));
                }
                let watches = self.watches(kept, book) && !page.own;
                let is_asked = page.needs.is_some() || kept.life.signs().next().is_some();
                if watches && fine && is_asked && !kept.life.has_sign_of(self.officer.id()) {
                    acts.push(("cosign", "draft.cosign"));
                }
                if posts || watches {
                    let to = if posts { "return" } else { "cosign/return" };
                    page.give_back = Some(self.give_back(kept, to, &page.wrongs));
                }
            }
            Stands::Posting if may(Permission::Post) && (!page.own || kept.is_taken_alone()) => {
                acts.push(("post", "draft.settle"));
            }
            _ => {}
        }
        if kept.state.is_changed() && page.own {
            acts.push(("withdraw", "draft.withdraw"));
        }
        page.acts = acts.into_iter().map(|(to, key)| self.act(kept, to, key)).collect();
    }

    /// True where whoever asks signs for the owners.
    fn watches(&self, kept: &Kept, book: &Book) -> bool {
        let signed = self.officer.signed().actor(Permission::Cosign, kept.estate);
        signed.is_some_and(|by| watches(book, self.room.site.books.today(), &by.role))
    }

    /// A button that does something with the draft as it is shown.
    fn act(&self, kept: &Kept, to: &'static str, key: &str) -> Form {
        let version = Input::hidden("version", kept.version().to_string());
        let (action, label) = (format!("{}/{to}", href(kept)), self.visit.lang.t(key));
        Form::new(to, action, self.officer.form_token(), label, vec![version], &[])
    }

    /// The form that returns it with a reason.
    fn give_back(&self, kept: &Kept, to: &str, wrongs: &[Wrong]) -> Form {
        let lang = self.visit.lang;
        let reason = Input::new("reason", Sort::Text, lang.t("draft.reason"))
            .hint(lang.t("draft.reason_hint"));
        let inputs = vec![Input::hidden("version", kept.version().to_string()), reason];
        let (action, label) = (format!("{}/{to}", href(kept)), lang.t("draft.return"));
        Form::new("return", action, self.officer.form_token(), label, inputs, wrongs)
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
