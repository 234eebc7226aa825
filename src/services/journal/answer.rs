//! What becomes of a draft, and how that is told: to people, and as a line of the report.

use serde_json::{Value, json};
use thiserror::Error;

use super::DoorFault;
use crate::ledger::draft::{Batch, Draft};
use crate::ledger::id::{EntryHash, EstateCode, Ref};
use crate::ledger::json::FormatError;
use crate::services::books::{PostError, Posted};

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The dry run found nothing against it.
    Ready,
    /// It stands in the chain, and is durable.
    Posted,
    /// It stood there before.
    Known,
    /// It was refused; nothing of it stands.
    Refused,
    /// It isn't known whether it stands; posting it again settles that.
    Unknown,
}

impl Status {
    /// Its word in the report.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Posted => "posted",
            Self::Known => "known",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

/// What became of one draft.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The line of the journal, from 1.
    pub line: u64,
    /// What became of it.
    pub status: Status,
    /// Its estate, when the line could be read.
    pub estate: Option<EstateCode>,
    /// Its key, when the line could be read.
    pub r#ref: Option<Ref>,
    /// Number and hash of its entry, when it stands.
    pub stands: Option<(u64, EntryHash)>,
    /// Why it isn't posted.
    pub errors: Vec<Trouble>,
}

/// One reason why a draft isn't posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where in the line (RFC 6901).
    pub pointer: String,
    /// The invariant, or what else is in the way.
    pub code: &'static str,
    /// The figures, by name.
    pub figures: Vec<(&'static str, String)>,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
    /// What to do, in Chinese.
    pub do_zh: &'static str,
    /// What to do, in English.
    pub do_en: &'static str,
}

/// How many drafts became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Lines that were answered.
    pub lines: u64,
    /// Drafts that would be posted.
    pub ready: u64,
    /// Drafts that are posted now.
    pub posted: u64,
    /// Drafts that stood before.
    pub known: u64,
    /// Drafts that were refused.
    pub refused: u64,
    /// Drafts of which it isn't known.
    pub unknown: u64,
}

impl Totals {
    /// True when every draft stands, or would.
    pub const fn is_clean(&self) -> bool {
        self.refused == 0 && self.unknown == 0
    }

    pub(super) fn count(&mut self, status: Status) {
        let count = match status {
            Status::Ready => &mut self.ready,
            Status::Posted => &mut self.posted,
            Status::Known => &mut self.known,
            Status::Refused => &mut self.refused,
            Status::Unknown => &mut self.unknown,
        };
        *count += 1;
    }

    /// The last line of the report.
    pub fn to_json(&self) -> Value {
        json!({
            "format": "journal/1",
            "lines": self.lines,
            "ready": self.ready,
            "posted": self.posted,
            "known": self.known,
            "refused": self.refused,
            "unknown": self.unknown,
        })
    }
}

impl Answer {
    /// Its line of the report.
    pub fn to_json(&self) -> Value {
        let mut line = json!({"line": self.line, "status": self.status.word()});
        if let Some(estate) = self.estate {
            line["estate"] = estate.to_string().into();
        }
        if let Some(key) = &self.r#ref {
            line["ref"] = key.as_str().into();
        }
        if let Some((seq, hash)) = self.stands {
            line["seq"] = seq.into();
            line["hash"] = hash.to_string().into();
        }
        if !self.errors.is_empty() {
            line["errors"] = self.errors.iter().map(Trouble::to_json).collect();
        }
        line
    }
}

impl Trouble {
    /// As a report and an answer of the API tell it; a figure stands under its own name.
    pub fn to_json(&self) -> Value {
        let mut told = json!({
            "pointer": self.pointer,
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "do_zh": self.do_zh,
            "do_en": self.do_en,
        });
        for (name, figure) in &self.figures {
            told[name] = figure.as_str().into();
        }
        told
    }
}

/// Why a line isn't posted.
#[derive(Debug, Error)]
pub enum Refusal {
    /// It is no draft; the pointer is into the line.
    #[error(transparent)]
    Unreadable(FormatError),
    /// Longer than a line may be.
    #[error("the line is longer than 16 MiB")]
    LineTooLong,
    /// Not the estate that the journal is for.
    #[error("the draft is of the estate {found}, the journal is for {wanted}")]
    OtherEstate {
        /// The draft's.
        found: EstateCode,
        /// The one that is wanted.
        wanted: EstateCode,
    },
}

/// The drafts of a line, without their content: what an answer needs once they are on their way.
pub struct Sent {
    line: u64,
    estate: EstateCode,
    refs: Vec<Ref>,
    is_list: bool,
}

impl Sent {
    pub fn of(line: u64, batch: &Batch) -> Self {
        let refs = batch.drafts.iter().map(|draft: &Draft| draft.r#ref.clone()).collect();
        Self { line, estate: batch.drafts[0].estate, refs, is_list: batch.is_list }
    }

    pub fn len(&self) -> usize {
        self.refs.len()
    }

    /// The answers for its drafts: one for each, in order.
    pub fn answers(self, outcome: Result<Vec<Posted>, PostError>) -> Vec<Answer> {
        let posted = match outcome {
            Ok(posted) => posted,
            Err(error) => return self.failed(&error),
        };
        let status = |one: &Posted| if one.known { Status::Known } else { Status::Posted };
        let each = posted.iter().map(|one| (status(one), Some((one.seq, one.hash))));
        self.with(each.collect())
    }

    /// The answers where the dry run found nothing against it.
    pub fn ready(self) -> Vec<Answer> {
        let each = vec![(Status::Ready, None); self.refs.len()];
        self.with(each)
    }

    fn with(self, each: Vec<(Status, Option<(u64, EntryHash)>)>) -> Vec<Answer> {
        let (line, estate) = (self.line, Some(self.estate));
        let answer = |(key, (status, stands))| Answer {
            line,
            status,
            estate,
            r#ref: Some(key),
            stands,
            errors: Vec::new(),
        };
        self.refs.into_iter().zip(each).map(answer).collect()
    }

    /// A batch fails as a whole: each of its drafts is told so, the faulty one why.
    fn failed(self, error: &PostError) -> Vec<Answer> {
        let status = if is_open(error) { Status::Unknown } else { Status::Refused };
        let faulty = number(error);
        let (is_list, each) = (self.is_list, vec![(status, None); self.refs.len()]);
        let mut answers = self.with(each);
        for (no, answer) in answers.iter_mut().enumerate() {
            let mut trouble = match faulty {
                Some(faulty) if faulty != no => batch_trouble(),
                _ => trouble_of(error),
            };
            if is_list {
                trouble.pointer = format!("/{no}{}", trouble.pointer);
            }
            answer.errors.push(trouble);
        }
        answers
    }
}

/// The answer for a line that gave no drafts.
pub fn unread(line: u64, refusal: &Refusal) -> Answer {
    Answer {
        line,
        status: Status::Refused,
        estate: None,
        r#ref: None,
        stands: None,
        errors: vec![unread_trouble(refusal)],
    }
}

/// Why something gave no drafts.
pub fn unread_trouble(refusal: &Refusal) -> Trouble {
    let (pointer, code) = match refusal {
        Refusal::Unreadable(error) => (error.pointer.clone(), "I2"),
        Refusal::LineTooLong => (String::new(), "I2"),
        Refusal::OtherEstate { .. } => ("/estate".to_owned(), "estate"),
    };
    let en = refusal.to_string();
    let zh = match refusal {
        Refusal::LineTooLong => "这一行超过 16 MiB".to_owned(),
        Refusal::OtherEstate { found, wanted } => {
            format!("这笔草稿属于小区 {found}，本次只导入 {wanted}")
        }
        Refusal::Unreadable(error) => format!("读不成草稿：{error}"),
    };
    say(&pointer, code, zh, en, "按草稿格式改正这一行。", "Mend the line.")
}

/// Why drafts that were posted together are not; the pointer is into what was sent.
pub fn post_trouble(error: &PostError, is_list: bool) -> Trouble {
    let mut trouble = trouble_of(error);
    if let Some(no) = number(error).filter(|_| is_list) {
        trouble.pointer = format!("/{no}{}", trouble.pointer);
    }
    trouble
}

/// True when it isn't known whether the draft stands, or why it doesn't lies outside of it.
const fn is_open(error: &PostError) -> bool {
    matches!(
        error,
        PostError::OutcomeUnknown
            | PostError::Unavailable(_)
            | PostError::Books(_)
            | PostError::QueueFull
            | PostError::ReadOnly(_)
            | PostError::Stopped
    )
}

/// Which draft of the request an error is about, where it is about one.
const fn number(error: &PostError) -> Option<usize> {
    match error {
        PostError::Format { no, .. }
        | PostError::Door { no, .. }
        | PostError::Refused { no, .. }
        | PostError::RefTaken { no, .. } => Some(*no),
        _ => None,
    }
}

fn say(
    pointer: &str,
    code: &'static str,
    zh: String,
    en: String,
    do_zh: &'static str,
    do_en: &'static str,
) -> Trouble {
    Trouble { pointer: pointer.to_owned(), code, figures: Vec::new(), zh, en, do_zh, do_en }
}

fn batch_trouble() -> Trouble {
    let zh = "同一批中另有一笔被拒绝".to_owned();
    let en = "another draft of its batch is refused".to_owned();
    say(
        "",
        "batch",
        zh,
        en,
        "改正那一笔；整批一起记账。",
        "Mend that one; a batch is posted whole.",
    )
}

/// What an error says of a draft, and what to do.
fn trouble_of(error: &PostError) -> Trouble {
    const AGAIN: (&str, &str) =
        ("再运行一次即可确定。", "Run it again with the same file: that settles it.");
    let en = error.to_string();
    match error {
        PostError::Refused { violation, .. } => {
            let (text, pointer) = (violation.text(), violation.pointer());
            let code = violation.rule().code();
            let told = say(&pointer, code, text.zh, text.en, text.do_zh, text.do_en);
            Trouble { figures: violation.figures(), ..told }
        }
        PostError::Format { error, .. } => {
            let (zh, en) = (format!("不合格式：{error}"), error.to_string());
            say(&error.pointer, "I2", zh, en, "按草稿格式改正。", "Mend the draft.")
        }
        PostError::Door { fault, .. } => door_trouble(fault),
        PostError::RefTaken { r#ref, .. } => {
            let zh = format!("引用号 {ref} 已用于另一笔");
            let en = format!("the reference {ref} stands for another draft already");
            say("/ref", "ref", zh, en, "换一个引用号。", "Give it another reference.")
        }
        PostError::UnknownEstate(estate) => {
            let zh = format!("没有小区 {estate}");
            let en = format!("there is no estate {estate}");
            say("/estate", "estate", zh, en, "先建账。", "Open its book first.")
        }
        PostError::ClockBehind(late) => {
            let zh = format!("服务器时钟比账本慢 {late} 毫秒");
            say("", "clock", zh, en, "校准时钟后再运行一次。", "Set the clock, then run it again.")
        }
        PostError::BatchShape => {
            let zh = "一批须有 1 至 256 笔，属于同一小区".to_owned();
            say("", "batch", zh, en, "把它分开。", "Divide it.")
        }
        PostError::OutcomeUnknown => {
            let zh = "不能确定是否已经落盘".to_owned();
            say("", "outcome-unknown", zh, en, AGAIN.0, AGAIN.1)
        }
        _ => {
            let zh = format!("账本暂不可用：{en}");
            say("", "unavailable", zh, en, AGAIN.0, AGAIN.1)
        }
    }
}

fn door_trouble(fault: &DoorFault) -> Trouble {
    match fault {
        DoorFault::NotNfc(pointer) => {
            let zh = "文字不是 Unicode 规范形式 NFC".to_owned();
            let en = "the text is not in normal form NFC".to_owned();
            say(pointer, "nfc", zh, en, "转换为 NFC。", "Bring it into NFC.")
        }
        DoorFault::PersonalNumber(pointer, digits) => {
            let zh = format!("{digits} 位数字像是电话、身份证或银行卡号");
            let en =
                format!("a number of {digits} digits looks like a phone, identity or card number");
            say(pointer, "personal-number", zh, en, "删去这个号码。", "Leave it out.")
        }
        DoorFault::SealedDigest => {
            let zh = "摘要与披露内容不符".to_owned();
            let en = "a digest is not that of its disclosure".to_owned();
            say(
                "/sealed_values",
                "sealed",
                zh,
                en,
                "重新计算，或不写 digest。",
                "Compute it again, or leave digest out.",
            )
        }
    }
}
