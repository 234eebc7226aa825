//! The documents keep up: commands, settings and findings that exist are described, links lead
//! somewhere, and the READMEs in both languages say the same commands.

use std::path::{Path, PathBuf};

use mingzhang::settings::SETTINGS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_command_and_setting_is_in_the_operating_guide() {
    let guide = read("docs/operating.md");
    let help =
        std::process::Command::new(env!("CARGO_BIN_EXE_mingzhang")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands: Vec<_> = commands
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() >= 8, "{commands:?}");
    for command in commands {
        assert!(guide.contains(&format!("`{command} ")), "{command} is not described");
    }
    for (key, default, _) in SETTINGS {
        assert!(guide.contains(&format!("`{key}`")), "{key} is not described");
        assert!(default.is_empty() || guide.contains(default), "{key}: {default}");
    }
}

#[test]
fn every_finding_is_in_the_accounting_guide() {
    let guide = read("docs/accounting.md");
    let code =
        ["mod", "money", "control"].map(|file| read(&format!("src/ledger/findings/{file}.rs")));
    let code = code.concat();
    let codes = code.split('"').filter(|word| {
        word.contains('_') && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    });
    let known = ["days_max"];
    let rules = read("src/services/packs/cn-default.toml");
    let is_rule =
        |code: &str| rules.contains(&format!("key = \"{code}\"")) || code == "grace_until";
    for code in codes.filter(|code| !known.contains(code) && !is_rule(code)) {
        assert!(guide.contains(&format!("`{code}`")), "the finding {code} is not described");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    for file in documents() {
        let text = std::fs::read_to_string(&file).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            let there = file.parent().unwrap().join(path).exists();
            assert!(there, "{}: {target} leads nowhere", file.display());
        }
    }
}

#[test]
fn both_readmes_name_the_same_commands() {
    let commands = |path: &str| -> Vec<String> {
        let text = read(path);
        let blocks = text.split("```sh").skip(1).filter_map(|rest| rest.split("```").next());
        let lines = blocks.flat_map(str::lines).map(|line| line.split('#').next().unwrap_or(""));
        lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    assert_eq!(commands("README.md"), commands("README.zh-CN.md"));
}

fn documents() -> Vec<PathBuf> {
    let mut files = vec![
        root().join("README.md"),
        root().join("README.zh-CN.md"),
        root().join("CONTRIBUTING.md"),
    ];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                files.push(path);
            }
        }
    }
    files
}
