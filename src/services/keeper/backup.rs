//! A backup: a copy in one file that was verified, with a manifest beside it that was written
//! last, and the way back.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{KeeperError, copy};
use crate::ledger::id::EntryHash;
use crate::ledger::time::Timestamp;
use crate::services::verifier::{self, DatabaseReport, Question, Silent, VerifierError};
use crate::store::{Location, Store, StoreError};

/// What a backup says of itself, in a file beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `backup/1`
    pub format: String,
    /// Origin of the log.
    pub log: String,
    /// How many entries it holds.
    pub entries: u64,
    /// Root of the tree over them (RFC 6962).
    pub root: EntryHash,
    /// How many estates.
    pub estates: u64,
    /// The program's version.
    pub program: String,
    /// When it was taken, RFC 3339.
    pub taken: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The file's length.
    pub bytes: u64,
}

/// The name of the format.
pub const BACKUP_FORMAT: &str = "backup/1";

/// Why there is no backup, or nothing was restored.
#[derive(Debug, Error)]
pub enum BackupError {
    /// A file that is there already.
    #[error("{} is there already; name another file", .0.display())]
    Exists(PathBuf),
    /// A file could not be read or written.
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    File(PathBuf, #[source] std::io::Error),
    /// The copy failed.
    #[error(transparent)]
    Copy(#[from] KeeperError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The copy could not be judged.
    #[error(transparent)]
    Verifier(#[from] VerifierError),
    /// The copy doesn't verify: what it was copied from is broken.
    #[error("the copy doesn't verify: {0}")]
    Broken(String),
    /// A manifest that can't be read.
    #[error("{}: this is no manifest of a {BACKUP_FORMAT}", .0.display())]
    Manifest(PathBuf),
    /// The file was changed, or belongs to another manifest.
    #[error("{} is not the file that its manifest describes", .0.display())]
    OtherFile(PathBuf),
    /// What was restored is not what the manifest says.
    #[error("what was restored has {found} entries and root {root}, the manifest says {wanted}")]
    OtherLog {
        /// Entries restored.
        found: u64,
        /// Root over them.
        root: EntryHash,
        /// Entries of the manifest.
        wanted: u64,
    },
}

/// Says what file an error is about.
fn at(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::File(path, error)
}

/// Tells how far a copy is: entries done, of how many.
type Step<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Copies a database into a new file while others write to it, verifies the copy, and writes
/// its manifest. A file without a manifest is not a backup.
pub async fn back_up(
    source: &Store,
    target: &Path,
    now: Timestamp,
    step: Step<'_>,
) -> Result<Manifest, BackupError> {
    for path in [target.to_owned(), manifest_path(target)] {
        if path.exists() {
            return Err(BackupError::Exists(path));
        }
    }
    let partial = beside(target, ".partial");
    remove_database(&partial).map_err(at(&partial))?;
    let made = async {
        let store = Store::create(&Location::Sqlite(partial.clone())).await?;
        let report = fill(source, &store, step).await;
        store.close().await;
        describe(&partial, &report?, now)
    };
    let manifest = match made.await {
        Ok(manifest) => manifest,
        Err(error) => {
            remove_database(&partial).map_err(at(&partial))?;
            return Err(error);
        }
    };
    std::fs::rename(&partial, target).map_err(at(target))?;
    let beside = manifest_path(target);
    write_durably(&beside, &manifest).map_err(at(&beside))?;
    Ok(manifest)
}

/// Copies into an empty database, then verifies what came of it.
async fn fill(
    source: &Store,
    target: &Store,
    step: Step<'_>,
) -> Result<DatabaseReport, BackupError> {
    copy(source, target, step).await?;
    let report = verifier::verify(target, Question::default(), None, &Silent).await?;
    if report.is_sound() {
        return Ok(report);
    }
    let faults = report.faults.iter().map(verifier::DatabaseFault::en);
    let estates = report.broken.iter().map(|code| format!("the books of {code} are not sound"));
    Err(BackupError::Broken(faults.chain(estates).collect::<Vec<_>>().join("; ")))
}

fn root_of(report: &DatabaseReport) -> EntryHash {
    EntryHash::from_bytes(report.root.unwrap_or_default())
}

fn describe(file: &Path, report: &DatabaseReport, now: Timestamp) -> Result<Manifest, BackupError> {
    let (sha256, bytes) = digest(file).map_err(at(file))?;
    Ok(Manifest {
        format: BACKUP_FORMAT.to_owned(),
        log: report.log.clone(),
        entries: report.entries,
        root: root_of(report),
        estates: report.estates,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        taken: now.to_string(),
        sha256,
        bytes,
    })
}

/// Puts a backup into an empty database of either engine. A file that its manifest doesn't
/// describe, a target that holds anything, and a copy that doesn't verify are refused, and a
/// file that was made for it is removed again.
pub async fn restore(
    file: &Path,
    location: &Location,
    step: Step<'_>,
) -> Result<Manifest, BackupError> {
    let beside = manifest_path(file);
    let text = std::fs::read(&beside).map_err(at(&beside))?;
    let manifest = serde_json::from_slice(&text).ok();
    let manifest: Manifest = manifest
        .filter(|manifest: &Manifest| manifest.format == BACKUP_FORMAT)
        .ok_or(BackupError::Manifest(beside))?;
    let (sha256, bytes) = digest(file).map_err(at(file))?;
    if (sha256.as_str(), bytes) != (manifest.sha256.as_str(), manifest.bytes) {
        return Err(BackupError::OtherFile(file.to_owned()));
    }
    let made = location.file().filter(|path| !path.exists());
    let restored = put_back(file, location, &manifest, step).await;
    if let (Err(_), Some(path)) = (&restored, made) {
        remove_database(path).map_err(at(path))?;
    }
    restored.map(|()| manifest)
}

async fn put_back(
    file: &Path,
    location: &Location,
    manifest: &Manifest,
    step: Step<'_>,
) -> Result<(), BackupError> {
    // Opened as a copy: opening may leave files beside it, and the backup is left as it is.
    let scratch = tempfile::tempdir().map_err(at(file))?;
    let opened = scratch.path().join("backup.db");
    std::fs::copy(file, &opened).map_err(at(file))?;
    let source = Store::open(&Location::Sqlite(opened)).await?;
    let mut target = Store::create(location).await?;
    target.claim()?;
    let report = fill(&source, &target, step).await;
    source.close().await;
    target.close().await;
    let report = report?;
    let (entries, root) = (report.entries, root_of(&report));
    if (entries, root, &report.log) == (manifest.entries, manifest.root, &manifest.log) {
        return Ok(());
    }
    Err(BackupError::OtherLog { found: entries, root, wanted: manifest.entries })
}

fn manifest_path(file: &Path) -> PathBuf {
    beside(file, ".manifest.json")
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes a SQLite file and what stands beside it.
pub fn remove_database(path: &Path) -> std::io::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        match std::fs::remove_file(beside(path, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// SHA-256 and length of a file; what it reads is on the disk.
fn digest(path: &Path) -> std::io::Result<(String, u64)> {
    let mut file = std::fs::File::open(path)?;
    file.sync_all()?;
    let (mut hasher, mut bytes, mut buffer) = (Sha256::new(), 0_u64, vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            let hash = EntryHash::from_bytes(hasher.finalize().into());
            return Ok((hash.to_string(), bytes));
        }
        hasher.update(&buffer[..read]);
        bytes += u64::try_from(read).unwrap_or_default();
    }
}

/// Writes a manifest and its name so that a power cut leaves both or neither.
fn write_durably(path: &Path, manifest: &Manifest) -> std::io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    serde_json::to_writer_pretty(&mut file, manifest)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
