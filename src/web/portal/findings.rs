//! What sound books make an owner ask: by grade and kind, with figures and citation.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use crate::ledger::book::Book;
use crate::ledger::findings::{Finding, Grade, findings};
use crate::ledger::format::grouped;
use crate::ledger::money::Money;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::show::contract_href;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// Entries linked from one finding; the rest are counted.
const ENTRIES_LINKED: usize = 12;

/// A finding as text.
pub struct Item {
    pub sentence: String,
    pub figures: Vec<(String, String)>,
    pub cite: &'static str,
    /// The parameter it was judged by, with its place among the rules.
    pub rule: Option<(String, String)>,
    pub contract: Option<(String, String)>,
    pub entries: Vec<(u64, String)>,
    pub further: usize,
    pub grade: Grade,
    pub code: &'static str,
    pub name: String,
}

/// Findings of one kind.
struct Group {
    code: &'static str,
    name: String,
    items: Vec<Item>,
}

/// Findings of one grade.
struct Section {
    grade: Grade,
    count: usize,
    groups: Vec<Group>,
}

/// The page.
#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsPage {
    f: Frame,
    sections: Vec<Section>,
    count: usize,
    manager: Option<String>,
}

/// `GET /e/{estate}/findings`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let lang = visit.lang;
        let f = Frame::of(&room, &visit, &book, Here::Findings, &lang.t("findings.title"));
        let found = findings(&book, f.today);
        answer::render(&FindingsPage {
            sections: [Grade::Fact, Grade::Doubt, Grade::Hint]
                .into_iter()
                .map(|grade| section(&book, &found, grade, lang))
                .filter(|section| section.count > 0)
                .collect(),
            count: found.len(),
            manager: book.profile().holder_of("manager", f.today).map(|org| org.name.clone()),
            f,
        })
    })
    .await
}

fn section(book: &Book, found: &[Finding], grade: Grade, lang: Lang) -> Section {
    let mut groups: Vec<Group> = Vec::new();
    let of_grade = found.iter().filter(|finding| finding.grade == grade);
    for item in of_grade.map(|finding| item(book, finding, lang)) {
        if let Some(group) = groups.iter_mut().find(|group| group.code == item.code) {
            group.items.push(item);
        } else {
            let (code, name) = (item.code, item.name.clone());
            groups.push(Group { code, name, items: vec![item] });
        }
    }
    Section { grade, count: groups.iter().map(|group| group.items.len()).sum(), groups }
}

/// A finding as text.
pub fn item(book: &Book, finding: &Finding, lang: Lang) -> Item {
    let figure = |(name, value): &(&'static str, String)| {
        let shown = value.parse::<Money>().map_or_else(|_| value.clone(), grouped);
        (lang.word("figure", name).into_owned(), shown)
    };
    let contract = book.contracts().contracts.get(&finding.subject);
    let link = |seq: &u64| (*seq, format!("/e/{}/entries/{seq}", book.estate()));
    Item {
        sentence: lang.pick(&finding.zh, &finding.en).to_owned(),
        figures: finding.figures.iter().map(figure).collect(),
        cite: finding.cite,
        rule: finding.rule.map(|key| {
            let name = lang.word("param", key).into_owned();
            (name, format!("/e/{}/rules#{key}", book.estate()))
        }),
        contract: contract.map(|found| (found.no.clone(), contract_href(book, &found.no))),
        entries: finding.of.iter().take(ENTRIES_LINKED).map(link).collect(),
        further: finding.of.len().saturating_sub(ENTRIES_LINKED),
        grade: finding.grade,
        code: finding.code,
        name: lang.word("finding", finding.code).into_owned(),
    }
}
