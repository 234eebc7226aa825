//! Who may call whom: each room of `src/` names only the rooms it may know
//! (`docs/architecture.md`). A breach is shown with its file and line.

use std::path::Path;

/// Room, what it must not name.
const RULES: &[(&str, &[&str])] = &[
    (
        "ledger",
        &[
            "crate::proof",
            "crate::exchange",
            "crate::store",
            "crate::services",
            "crate::web",
            "crate::cli",
            "crate::settings",
            "sqlx",
            "axum",
            "tokio",
            "askama",
            "std::fs",
            "std::env",
            "std::net",
            "std::time",
            "SystemTime",
            "Instant::",
            "Utc::now",
            "f32",
            "f64",
        ],
    ),
    (
        "proof",
        &[
            "crate::exchange",
            "crate::store",
            "crate::services",
            "crate::web",
            "crate::cli",
            "crate::settings",
            "sqlx",
            "axum",
            "tokio",
            "std::fs",
            "std::env",
            "std::net",
            "f32",
            "f64",
        ],
    ),
    (
        "exchange",
        &[
            "crate::proof",
            "crate::store",
            "crate::services",
            "crate::web",
            "crate::cli",
            "crate::settings",
            "sqlx",
            "axum",
            "tokio",
            "std::fs",
            "std::env",
            "std::net",
        ],
    ),
    (
        "store",
        &[
            "crate::services",
            "crate::web",
            "crate::cli",
            "crate::exchange",
            "axum",
            "askama",
            "metrics::",
        ],
    ),
    (
        "services",
        &["crate::web", "crate::cli", "sqlx", "axum", "askama", "metrics::", "f32", "f64"],
    ),
    ("web", &["crate::cli", "crate::store", "sqlx", "metrics::", "Entry::decode(", "f32", "f64"]),
    ("cli", &["sqlx", "askama", "metrics::"]),
];

/// File, what it may name in spite of its room's rule: the program's figures are seconds and
/// stand in this file alone; no money passes there.
const EXCEPTIONS: &[(&str, &[&str])] = &[("src/services/telemetry.rs", &["f64", "metrics::"])];

#[test]
fn rooms_name_only_what_they_may() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut breaches = Vec::new();
    for (room, forbidden) in RULES {
        for file in rust_files(&source.join(room)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let file = file.strip_prefix(source.parent().unwrap()).unwrap();
            let may = |name: &str| {
                EXCEPTIONS
                    .iter()
                    .any(|(path, also)| file == Path::new(path) && also.contains(&name))
            };
            for (no, line) in code.lines().enumerate() {
                let line = line.split("//").next().unwrap_or_default();
                let named = forbidden.iter().filter(|name| names(line, name) && !may(name));
                for name in named {
                    breaches.push(format!(
                        "{}:{}: {room} must not name {name}",
                        file.display(),
                        no + 1
                    ));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn files_say_what_they_are_and_stay_small() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in rust_files(&source) {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//!"), "{} has no head", file.display());
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(code.lines().count() <= 450, "{} holds more than one subject", file.display());
    }
}

/// True where a line names something, not as part of a longer word.
fn names(line: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(word);
        let after = line[at + name.len()..].chars().next().is_some_and(word);
        let open = name.ends_with([':', '(']);
        !before && (open || !after)
    })
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return files };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}
