//! Settings: defaults, then the file, then the environment, then flags; the later wins.
//!
//! One table lists them; loading, `config show` and `docs/operating.md` follow it.

use std::path::Path;

use config::{Config, File, FileFormat};
use serde::Serialize;
use thiserror::Error;

use crate::services::books::WriterLimits;

/// The settings file that is read when none is named.
const FILE_DEFAULT: &str = "mingzhang.toml";

/// Every setting: key in the file, default, what it is.
pub const SETTINGS: &[(&str, &str, &str)] = &[
    ("database", "sqlite:mingzhang.db", "where the books are"),
    ("listen", "127.0.0.1:8080", "address the server listens on"),
    ("base_url", "", "public address, for links on paper"),
    ("lang", "zh", "language where a reader names none: zh or en"),
    ("log.origin", "", "name of the log, fixed with its first entry"),
    ("operator.org", "o_operator", "pseudonymous id of the operator, in each entry it posts"),
    ("operator.name", "", "name of the operator, on pages"),
    ("operator.phone", "", "phone of the operator, on pages"),
    ("writer.batch_max", "512", "most entries in one transaction"),
    ("writer.queue_max", "4096", "most postings waiting; more are answered 503"),
];

/// What flags say.
#[derive(Debug, Default)]
pub struct Overrides {
    /// `--database`
    pub database: Option<String>,
    /// `--lang`
    pub lang: Option<String>,
}

/// Settings in force.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the books are.
    pub database: String,
    /// Address the server listens on.
    pub listen: String,
    /// Public address.
    pub base_url: Option<String>,
    /// `zh` or `en`.
    pub lang: String,
    /// Name of the log.
    pub log_origin: Option<String>,
    /// Pseudonymous id of the operator.
    pub operator_org: String,
    /// Most entries in one transaction.
    pub batch_max: usize,
    /// Most postings waiting.
    pub queue_max: usize,
    shown: Vec<Shown>,
}

/// A setting as `config show` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// Its key.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// `default`, `file`, `environment` or `flag`.
    pub source: &'static str,
}

/// Why settings could not be read.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file can't be read or isn't TOML.
    #[error("the settings file: {0}")]
    File(#[from] config::ConfigError),
    /// A key that no setting has.
    #[error("the settings file has the key \"{0}\", which is not known")]
    Unknown(String),
    /// A value that doesn't fit.
    #[error("the setting {key} is \"{value}\"; {wanted}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What was found.
        value: String,
        /// What it may be.
        wanted: &'static str,
    },
}

impl Settings {
    /// Loads them all.
    pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Self, SettingsError> {
        let (path, required) = match file {
            Some(path) => (path, true),
            None => (Path::new(FILE_DEFAULT), false),
        };
        let source = File::from(path).format(FileFormat::Toml).required(required);
        let file = Config::builder().add_source(source).build()?;
        check_keys(&file)?;
        let mut shown = Vec::with_capacity(SETTINGS.len());
        for (key, default, _) in SETTINGS {
            let environment = std::env::var(environment_name(key)).ok();
            let flag = match *key {
                "database" => overrides.database.clone(),
                "lang" => overrides.lang.clone(),
                _ => None,
            };
            let of_file = file.get_string(key).ok();
            let (value, source) = flag
                .map(|value| (value, "flag"))
                .or_else(|| environment.map(|value| (value, "environment")))
                .or_else(|| of_file.map(|value| (value, "file")))
                .unwrap_or_else(|| ((*default).to_owned(), "default"));
            shown.push(Shown { key, value, source });
        }
        Self::from_shown(shown)
    }

    fn from_shown(shown: Vec<Shown>) -> Result<Self, SettingsError> {
        let text = |key: &str| {
            let found = shown.iter().find(|row| row.key == key);
            found.map(|row| row.value.clone()).unwrap_or_default()
        };
        let optional = |key: &str| Some(text(key)).filter(|value| !value.is_empty());
        let number = |key: &'static str| {
            let value = text(key);
            let parsed = value.parse::<usize>().ok().filter(|number| *number > 0);
            parsed.ok_or(SettingsError::Value { key, value, wanted: "a number above 0" })
        };
        let lang = text("lang");
        if !matches!(lang.as_str(), "zh" | "en") {
            return Err(SettingsError::Value { key: "lang", value: lang, wanted: "zh or en" });
        }
        Ok(Self {
            database: text("database"),
            listen: text("listen"),
            base_url: optional("base_url"),
            lang,
            log_origin: optional("log.origin"),
            operator_org: text("operator.org"),
            batch_max: number("writer.batch_max")?,
            queue_max: number("writer.queue_max")?,
            shown,
        })
    }

    /// Every setting with its source.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// Bounds of the writer.
    pub const fn writer_limits(&self) -> WriterLimits {
        WriterLimits { batch_max: self.batch_max, queue_max: self.queue_max }
    }
}

/// `MINGZHANG_WRITER_BATCH_MAX` for `writer.batch_max`.
pub fn environment_name(key: &str) -> String {
    format!("MINGZHANG_{}", key.replace('.', "_").to_uppercase())
}

/// A key nobody knows is a slip: it would be ignored in silence.
fn check_keys(file: &Config) -> Result<(), SettingsError> {
    let table = file.clone().try_deserialize::<toml::Table>()?;
    for (key, value) in &table {
        let names: Vec<String> = match value {
            toml::Value::Table(section) => {
                section.keys().map(|inner| format!("{key}.{inner}")).collect()
            }
            _ => vec![key.clone()],
        };
        for name in names {
            if !SETTINGS.iter().any(|(known, _, _)| *known == name) {
                return Err(SettingsError::Unknown(name));
            }
        }
    }
    Ok(())
}
