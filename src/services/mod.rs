//! Verbs: what can be done with the books. Every write passes [`books::Books::post`].
//!
//! Services know the store and the ledger, never SQL, HTTP or templates; time and randomness
//! are handed in ([`clock`]).

pub mod bookkeeper;
pub mod books;
pub mod clock;
pub mod demonstration;
pub mod documents;
pub mod drafts;
pub mod exporter;
pub mod health;
pub mod importer;
pub mod imports;
pub mod instance;
pub mod journal;
pub mod keeper;
pub mod packs;
pub mod papers;
pub mod people;
pub mod programs;
pub mod readiness;
pub mod reconciling;
pub mod recording;
pub mod sealing;
pub mod telemetry;
pub mod verifier;
