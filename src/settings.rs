//! Settings: defaults, then the file, then the environment, then flags; the later wins.
//!
//! One table lists them; loading, `config show` and `docs/operating.md` follow it.

use std::path::Path;
use std::time::Duration;

use config::{Config, File, FileFormat};
use serde::Serialize;
use thiserror::Error;

use crate::services::books::Limits;
use crate::services::people::SessionLimits;
use crate::web::Network;
use crate::web::api::limits::Rates;

/// The settings file that is read when none is named.
const FILE_DEFAULT: &str = "mingzhang.toml";

/// No setting is larger; the most that a queue takes and a shift by 20 bits bears.
const NUMBER_MAX: u64 = 1 << 40;

/// Every setting: key in the file, default, what it is.
pub const SETTINGS: &[(&str, &str, &str)] = &[
    ("database", "sqlite:mingzhang.db", "where the books are"),
    ("read_database_url", "", "a streaming replica that pages read from (PostgreSQL)"),
    ("listen", "127.0.0.1:8080", "address the server listens on"),
    ("base_url", "", "public address, for links on paper"),
    ("lang", "zh", "language where a reader names none: zh or en"),
    ("log.origin", "", "name of the log, fixed with its first entry"),
    ("log.format", "text", "form of the log: text, or json for a line of JSON an event"),
    ("log.level", "info", "what is logged: error, warn, info, debug or trace"),
    ("metrics.public", "false", "anyone may read /metrics, not only this machine"),
    ("operator.org", "o_operator", "pseudonymous id of the operator, in each entry it posts"),
    ("operator.name", "", "name of the operator, on pages"),
    ("operator.phone", "", "phone of the operator, on pages"),
    ("serve.drain_s", "0", "seconds between saying \"stopping\" and taking no more connections"),
    ("writer.batch_max", "512", "most entries in one transaction"),
    ("writer.queue_max", "4096", "most postings waiting; more are answered 503"),
    ("books.memory_mib", "512", "what books kept in memory may take"),
    ("books.snapshot_every", "1000", "entries after which an estate's book is kept as a snapshot"),
    ("web.trusted_proxies", "", "proxies whose X-Forwarded-For is believed: addresses or networks"),
    ("api.address_min", "300", "requests a minute to the API from one address; 0 for any number"),
    ("api.key_min", "600", "requests a minute with one key; 0 for any number"),
    ("api.trust_signs", "false", "signatures in drafts of programs are taken at their word"),
    ("session.idle_min", "30", "minutes after which an unused session ends"),
    ("session.absolute_h", "12", "hours after which any session ends"),
    ("session.require_totp", "true", "those who decide sign in with a second factor"),
    ("upload.max_mib", "10", "most MiB of a file handed in at the desk, 1 to 64"),
    ("disk.low_mib", "128", "below so much free on the database's disk nothing is posted"),
    ("verify.every_h", "24", "hours between the server's own verifications; 0 for none"),
];

/// What flags say.
#[derive(Debug, Default)]
pub struct Overrides {
    /// `--database`
    pub database: Option<String>,
    /// `--read-database-url`
    pub read_database_url: Option<String>,
    /// `--lang`
    pub lang: Option<String>,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// A line of JSON an event.
    Json,
}

/// The largest file that may be handed in, in MiB: it is held in memory while it is checked.
const UPLOAD_MIB_MAX: u32 = 64;

/// The longest pause before the server stops taking connections, in seconds.
const DRAIN_S_MAX: u64 = 3_600;

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
    /// The form of the log.
    pub log_format: LogFormat,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub log_level: String,
    /// Anyone may read the figures.
    pub metrics_public: bool,
    /// Pseudonymous id of the operator.
    pub operator_org: String,
    /// Phone of the operator, on notices.
    pub operator_phone: Option<String>,
    /// How long a server that was asked to stop still takes connections.
    pub drain: Duration,
    /// A replica that pages read from.
    pub read_database_url: Option<String>,
    /// Bounds of the books.
    pub limits: Limits,
    /// Hours between the server's own verifications; 0 for none.
    pub verify_every_h: u64,
    /// Proxies whose word on where a request came from is believed.
    pub trusted_proxies: Vec<Network>,
    /// How often programs may ask.
    pub rates: Rates,
    /// Signatures in drafts of programs are taken at their word.
    pub trust_signs: bool,
    /// How long sessions last.
    pub session: SessionLimits,
    /// The most MiB of a file handed in at the desk.
    pub upload_max_mib: u32,
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
                "read_database_url" => overrides.read_database_url.clone(),
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
        let number = |key: &'static str, least: u64| {
            let value = text(key);
            let parsed = value.parse::<u64>().ok().filter(|n| (least..=NUMBER_MAX).contains(n));
            let wanted = if least > 0 { "a number above 0" } else { "a number from 0 on" };
            parsed.ok_or(SettingsError::Value { key, value, wanted })
        };
        let count = |key| number(key, 1).map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        let one_of = |key: &'static str, words: &[&str], wanted: &'static str| {
            let value = text(key);
            let known = words.contains(&value.as_str());
            if known { Ok(value) } else { Err(SettingsError::Value { key, value, wanted }) }
        };
        let upload = number("upload.max_mib", 1)?;
        let upload = u32::try_from(upload).ok().filter(|mib| *mib <= UPLOAD_MIB_MAX);
        let upload_max_mib = upload.ok_or_else(|| SettingsError::Value {
            key: "upload.max_mib",
            value: text("upload.max_mib"),
            wanted: "a number from 1 to 64",
        })?;
        let minutes = |key| count(key).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        let a_minute = |key| number(key, 0).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        let totp = one_of("session.require_totp", &["true", "false"], "true or false")?;
        let proxies = text("web.trusted_proxies");
        let networks = proxies.split([',', ' ']).filter(|part| !part.is_empty());
        let networks: Result<Vec<Network>, _> = networks.map(str::parse).collect();
        let trusted_proxies = networks.map_err(|()| SettingsError::Value {
            key: "web.trusted_proxies",
            value: proxies.clone(),
            wanted: "addresses or networks with commas between, like 127.0.0.1, 10.0.0.0/8",
        })?;
        let levels = ["error", "warn", "info", "debug", "trace"];
        let format = one_of("log.format", &["text", "json"], "text or json")?;
        let trust = one_of("api.trust_signs", &["true", "false"], "true or false")?;
        let public = one_of("metrics.public", &["true", "false"], "true or false")?;
        Ok(Self {
            database: text("database"),
            listen: text("listen"),
            base_url: optional("base_url"),
            lang: one_of("lang", &["zh", "en"], "zh or en")?,
            log_origin: optional("log.origin"),
            log_format: if format == "json" { LogFormat::Json } else { LogFormat::Text },
            log_level: one_of("log.level", &levels, "error, warn, info, debug or trace")?,
            metrics_public: public == "true",
            operator_org: text("operator.org"),
            operator_phone: optional("operator.phone"),
            drain: Duration::from_secs(number("serve.drain_s", 0)?.min(DRAIN_S_MAX)),
            read_database_url: optional("read_database_url"),
            limits: Limits {
                batch_max: count("writer.batch_max")?,
                queue_max: count("writer.queue_max")?,
                memory_bytes: number("books.memory_mib", 1)? << 20,
                snapshot_every: number("books.snapshot_every", 0)?,
                disk_low_bytes: number("disk.low_mib", 0)? << 20,
            },
            verify_every_h: number("verify.every_h", 0)?,
            trusted_proxies,
            trust_signs: trust == "true",
            rates: Rates {
                address_min: a_minute("api.address_min")?,
                key_min: a_minute("api.key_min")?,
            },
            session: SessionLimits {
                idle_min: minutes("session.idle_min")?,
                absolute_h: minutes("session.absolute_h")?,
                require_totp: totp == "true",
            },
            upload_max_mib,
            shown,
        })
    }

    /// Every setting with its source.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
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
