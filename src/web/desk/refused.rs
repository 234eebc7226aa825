//! Why something wasn't posted, in words, where it is the reader's to mend.

use crate::services::books::PostError;
use crate::web::text::Lang;

/// What was refused and what to do; nothing where the fault is ours.
pub fn sentence(error: &PostError, lang: Lang) -> Option<String> {
    match error {
        PostError::Refused { violation, .. } => {
            let text = violation.text();
            let rule = violation.rule().code();
            Some(match lang {
                Lang::Zh => format!("{}（{rule}）。{}", text.zh, text.do_zh),
                Lang::En => format!("{} ({rule}). {}", text.en, text.do_en),
            })
        }
        PostError::RefTaken { .. } => Some(lang.t("documents.attached_by_other").into_owned()),
        PostError::Format { .. } | PostError::Door { .. } | PostError::BatchShape => {
            Some(lang.with("desk.not_posted", &[("why", error)]))
        }
        PostError::QueueFull | PostError::ReadOnly(_) | PostError::OutcomeUnknown => {
            Some(lang.t("desk.post_again").into_owned())
        }
        _ => None,
    }
}
