//! The texts of pages: complete in both languages, none idle, one for every word of the format.

use std::collections::{BTreeMap, BTreeSet};

use mingzhang::exchange::document;
use mingzhang::exchange::register::Status;
use mingzhang::ledger::kinds::KINDS;
use mingzhang::ledger::schema::{Key, Sort};
use mingzhang::services::documents::Visibility;
use mingzhang::services::drafts::{Deed, State};
use mingzhang::services::imports;
use mingzhang::services::people::{Fault, Permission, Role, Verb};
use mingzhang::services::recording::{Form, Group, Rule, What};

/// Every text of a language, by key.
pub fn texts(lang: &str) -> BTreeMap<String, String> {
    let file = format!("{}/locales/{lang}.toml", env!("CARGO_MANIFEST_DIR"));
    let table: toml::Table = std::fs::read_to_string(file).unwrap().parse().unwrap();
    let mut texts = BTreeMap::new();
    for (family, values) in table {
        for (key, value) in values.as_table().unwrap() {
            texts.insert(format!("{family}.{key}"), value.as_str().unwrap().to_owned());
        }
    }
    texts
}

#[test]
fn texts_are_complete_in_both_languages_and_all_used() {
    let (zh, en) = (texts("zh"), texts("en"));
    let keys = |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&zh), keys(&en), "both languages have the same keys");
    for (key, text) in &zh {
        let holes = |text: &str| {
            let names = text.split("%{").skip(1).filter_map(|rest| rest.split('}').next());
            names.map(str::to_owned).collect::<BTreeSet<_>>()
        };
        assert_eq!(holes(text), holes(&en[key]), "{key} fills in the same figures");
    }
    let used = used_keys();
    let missing: Vec<_> = used.iter().filter(|key| !zh.contains_key(*key)).collect();
    assert!(missing.is_empty(), "no text for {missing:?}");
    // Words of the format come by family; the schema says which there are.
    let by_word = [
        "word",
        "key",
        "figure",
        "finding",
        "grade",
        "grade_says",
        "paper",
        "billing",
        "per",
        "act",
        "actor",
        "doc",
        "field",
        "accepted",
        "fund",
        "side",
        "statement",
        "section",
        "paper_says",
        "column",
        "download",
        "download_is",
        "permission",
        "verb",
        "people_fault",
        "problem",
        "problem_says",
        "problem_do",
        "op",
        "op_says",
        "path_param",
        "sort",
        "record_fault",
        "form",
        "form_lead",
        "form_group",
        "ask",
        "ask_hint",
        "choice",
        "wrong_what",
        "wrong_says",
        "draft_state",
        "draft_says",
        "deed",
        "paper_fault",
        "visibility",
        "import_sort",
        "import_status",
        "param",
        "rule_value",
        "agree_says",
        "agree_verdict",
        "notice_mark",
        "notice_of",
        "standing",
    ];
    let idle: Vec<_> = zh
        .keys()
        .filter(|key| !used.contains(*key) && !by_word.contains(&key.split('.').next().unwrap()))
        .collect();
    assert!(idle.is_empty(), "texts that nothing uses: {idle:?}");
}

/// Keys that templates and pages name.
fn used_keys() -> BTreeSet<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders =
        vec![root.join("templates"), root.join("src/web"), root.join("src/exchange/out")];
    let mut used = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for literal in text.split('"').skip(1) {
                let parts: Vec<&str> = literal.split('.').collect();
                let is_key = parts.len() == 2
                    && literal.starts_with(|c: char| c.is_ascii_lowercase())
                    && parts.iter().all(|part| {
                        !part.is_empty()
                            && part
                                .bytes()
                                .all(|b| b.is_ascii_lowercase() || b"_0123456789".contains(&b))
                    })
                    && parts[1] != "html";
                if is_key {
                    used.insert(literal.to_owned());
                }
            }
        }
    }
    used
}

#[test]
fn every_key_and_word_of_the_format_has_a_text() {
    fn walk(keys: &[Key], names: &mut BTreeSet<String>, words: &mut BTreeSet<String>) {
        for key in keys {
            names.insert(key.name.to_owned());
            sort(key.sort, names, words);
        }
    }
    fn sort(of: Sort, names: &mut BTreeSet<String>, words: &mut BTreeSet<String>) {
        match of {
            Sort::Word(list) => words.extend(list.iter().map(|word| (*word).to_owned())),
            Sort::Object(keys) => walk(keys, names, words),
            Sort::List(inner) => sort(*inner, names, words),
            Sort::Rows(columns) => columns.iter().for_each(|column| {
                names.insert(column.name.to_owned());
                sort(column.sort, names, words);
            }),
            Sort::Either(choices) => {
                for (_, keys) in choices {
                    walk(keys, names, words);
                }
            }
            _ => {}
        }
    }
    let (mut names, mut words) = (BTreeSet::new(), BTreeSet::new());
    for kind in KINDS {
        walk(kind.keys, &mut names, &mut words);
    }
    for name in ["book", "of", "org"] {
        names.remove(name);
    }
    let known = texts("zh");
    let lacking: Vec<String> = names
        .iter()
        .map(|name| format!("key.{name}"))
        .chain(words.iter().map(|word| format!("word.{word}")))
        .filter(|key| !known.contains_key(key) && !key.ends_with(['=', '>']))
        .collect();
    assert!(lacking.is_empty(), "no text for {lacking:?}");
}

#[test]
fn every_word_of_the_desk_has_a_text_and_every_text_a_word() {
    let known = texts("zh");
    let words = |family: &str| -> BTreeSet<String> {
        let of = known.keys().filter_map(|key| key.strip_prefix(&format!("{family}.")));
        of.map(str::to_owned).collect()
    };
    let named = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    assert_eq!(words("permission"), named(&Permission::ALL.map(Permission::word)));
    assert_eq!(words("verb"), named(&Verb::ALL.map(Verb::word)));
    assert_eq!(words("people_fault"), named(&Fault::ALL.map(Fault::word)));
    assert_eq!(words("record_fault"), named(&Rule::ALL.map(Rule::word)));
    assert_eq!(words("form"), named(&Form::ALL.map(Form::word)));
    assert_eq!(words("form_lead"), named(&Form::ALL.map(Form::word)));
    assert_eq!(words("form_group"), named(&Group::ALL.map(Group::word)));
    let asks = || Form::ALL.into_iter().flat_map(Form::asks);
    let labels: BTreeSet<String> = asks().map(|ask| ask.label.to_owned()).collect();
    assert_eq!(words("ask"), labels);
    let hints = asks().filter(|ask| ask.hinted).map(|ask| ask.label.to_owned());
    assert_eq!(words("ask_hint"), hints.collect::<BTreeSet<String>>());
    assert_eq!(words("wrong_what"), named(&What::ALL.map(What::word)));
    assert_eq!(words("wrong_says"), named(&What::ALL.map(What::word)));
    assert_eq!(words("draft_state"), named(&State::ALL.map(State::word)));
    assert_eq!(words("draft_says"), named(&State::ALL.map(State::word)));
    assert_eq!(words("deed"), named(&Deed::ALL.map(Deed::word)));
    let papers = document::Fault::ALL.map(document::Fault::word);
    assert_eq!(words("paper_fault"), named(&papers));
    assert_eq!(words("visibility"), named(&Visibility::ALL.map(Visibility::word)));
    assert_eq!(words("import_sort"), named(&imports::Sort::ALL.map(imports::Sort::word)));
    let all = [Status::Read, Status::Fixed, Status::Ask, Status::Refused, Status::Skipped];
    assert_eq!(words("import_status"), named(&all.map(Status::word)));
    for role in Role::ALL {
        assert!(words("actor").contains(role.word()), "{role}");
    }
}
