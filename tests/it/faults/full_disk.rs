//! A real file system fills up under load, is made larger, and the load goes on.

use std::path::Path;
use std::process::Command;

use crate::program::{Chance, Program, receipts, stand};

/// A small file system in memory, until it is dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(path: &'a Path) -> Result<Self, String> {
        mount(path, "size=4m")?;
        Ok(Self(path))
    }

    fn enlarge(&self) {
        mount(self.0, "remount,size=64m").unwrap();
    }
}

fn mount(path: &Path, options: &str) -> Result<(), String> {
    let mut mount = Command::new("mount");
    let output = mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(path).output();
    let output = output.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(said) }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_stops_posting_and_loses_nothing() {
    let place = tempfile::tempdir().unwrap();
    let disk = match SmallDisk::mount(place.path()) {
        Ok(disk) => disk,
        Err(why) => {
            println!("left out: a file system can't be mounted here: {why}");
            return;
        }
    };
    let database = format!("sqlite:{}", place.path().join("books.db").display());
    let mut program = Program::at(tempfile::tempdir().unwrap(), database);
    // It would stop before the disk is full.
    program.environment.push(("MINGZHANG_DISK_LOW_MIB", "0".to_owned()));
    program.open_log();
    let lines = receipts("load", 1, 12_000, &mut Chance(5));
    program.write("load.jsonl", &lines);
    let (status, answers, totals) = program.import("load.jsonl --commit");
    assert_eq!(status, 1, "{totals}");
    let told = stand(&answers).count();
    assert!(told > 0 && totals["unknown"].as_u64().unwrap() > 0, "{totals}");
    println!("{told} drafts acknowledged until the disk was full: {totals}");

    disk.enlarge();
    program.settle("load.jsonl", &answers, 2);
    let drafts = lines.iter().map(|line| line.matches("\"ref\"").count()).sum::<usize>();
    assert_eq!(program.verified(), 2 + u64::try_from(drafts).unwrap());
    drop(disk);
}
