//! What the program did to its files, in order, and what a disk may hold of it after a crash.

use super::{Base, run, shimmed};
use crate::program::{Chance, Program, told};

/// The files of a database: itself, `-wal`, `-journal`.
pub const FILES: usize = 3;
const FOLDER: usize = 3;
const SECTOR_LEN: usize = 512;

/// A call on the files, or words on standard output.
#[derive(Debug)]
pub enum Event {
    Write { file: usize, offset: usize, data: Vec<u8> },
    Truncate { file: usize, len: usize },
    Sync { file: usize },
    Remove { file: usize },
    Told(Vec<u8>),
}

/// Makes a database and records it.
pub fn traced_making(program: &Program) -> Vec<Event> {
    let file = program.directory.path().join("trace");
    let setting = ("SHIM_TRACE", file.display().to_string());
    let output = shimmed(program, program.opening(), &[setting]);
    assert!(output.status.success(), "{}", told(&output).1);
    parse(&std::fs::read(file).unwrap())
}

/// Runs a base's load and records it.
pub fn traced(base: &Base) -> Vec<Event> {
    let program = base.program();
    let file = program.directory.path().join("trace");
    let run = run(&program, &[("SHIM_TRACE", file.display().to_string())]);
    assert_eq!(run.status, Some(0), "{}", run.said);
    let events = parse(&std::fs::read(file).unwrap());
    let syncs = events.iter().filter(|event| matches!(event, Event::Sync { file: 1 })).count();
    assert!(syncs >= 12, "the shim sees the syncs of the write-ahead log: {syncs}");
    events
}

fn parse(mut bytes: &[u8]) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<18>() {
        let number = |at: usize| {
            let number = u64::from_le_bytes(head[at..at + 8].try_into().unwrap());
            usize::try_from(number).unwrap()
        };
        let (file, offset, len) = (usize::from(head[1]), number(2), number(10));
        let (data, rest) = rest.split_at(if matches!(head[0], b'W' | b'A') { len } else { 0 });
        events.push(match head[0] {
            b'W' => Event::Write { file, offset, data: data.to_vec() },
            b'T' => Event::Truncate { file, len: offset },
            b'S' => Event::Sync { file },
            b'U' => Event::Remove { file },
            b'A' => Event::Told(data.to_vec()),
            other => panic!("{other}"),
        });
        bytes = rest;
    }
    events
}

/// The content of each file; none where it isn't there.
pub type Image = [Option<Vec<u8>>; FILES];

/// Files as a running system sees them, and as a disk may hold them.
pub struct Disk {
    live: Image,
    durable: [Vec<u8>; FILES],
    /// Names that the folder holds durably.
    linked: [bool; FILES],
    /// Changes of each file since it was last synced.
    pending: [Vec<Change>; FILES],
}

#[derive(Clone)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Truncate { len: usize },
}

impl Disk {
    pub fn of(base: &Base) -> Self {
        Self::holding([Some(base.database.clone()), base.wal.clone(), None])
    }

    /// A disk that holds some files, all of them synced.
    pub fn holding(live: Image) -> Self {
        Self {
            durable: live.clone().map(Option::unwrap_or_default),
            linked: live.each_ref().map(Option::is_some),
            live,
            pending: [Vec::new(), Vec::new(), Vec::new()],
        }
    }

    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Write { file, offset, data } => {
                self.change(*file, Change::Write { offset: *offset, data: data.clone() });
            }
            Event::Truncate { file, len } => self.change(*file, Change::Truncate { len: *len }),
            Event::Sync { file: FOLDER } => {
                self.linked = self.live.each_ref().map(Option::is_some);
            }
            Event::Sync { file } => {
                self.pending[*file].clear();
                self.durable[*file] = self.live[*file].clone().unwrap_or_default();
            }
            Event::Remove { file } => self.live[*file] = None,
            Event::Told(_) => {}
        }
    }

    fn change(&mut self, file: usize, change: Change) {
        change.apply(self.live[file].get_or_insert_default());
        self.pending[file].push(change);
    }

    /// Everything reached the disk.
    pub fn whole(&self) -> Image {
        self.live.clone()
    }

    /// True when something was not synced yet.
    pub fn is_pending(&self) -> bool {
        self.pending.iter().any(|changes| !changes.is_empty())
            || self.linked != self.live.each_ref().map(Option::is_some)
    }

    /// Nothing reached the disk but what was synced.
    pub fn synced(&self) -> Image {
        std::array::from_fn(|file| self.linked[file].then(|| self.durable[file].clone()))
    }

    /// Some of what wasn't synced reached the disk, the last of it in part.
    pub fn torn(&self, chance: &mut Chance) -> Image {
        std::array::from_fn(|file| {
            let named =
                if chance.below(2) == 0 { self.linked[file] } else { self.live[file].is_some() };
            named.then(|| {
                let share = 1 + chance.below(4);
                let chosen = self.pending[file].iter().filter(|_| chance.below(4) < share);
                let mut chosen: Vec<Change> = chosen.cloned().collect();
                let mut content = self.durable[file].clone();
                let last = chosen.pop();
                for change in chosen {
                    change.apply(&mut content);
                }
                if let Some(change) = last {
                    change.apply_torn(&mut content, chance);
                }
                content
            })
        })
    }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Truncate { len } => content.resize(*len, 0),
            Self::Write { offset, data } => {
                let end = offset + data.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(data);
            }
        }
    }

    /// A write of which each sector reached the disk or didn't.
    fn apply_torn(&self, content: &mut Vec<u8>, chance: &mut Chance) {
        let Self::Write { offset, data } = self else {
            return self.apply(content);
        };
        let mut at = 0;
        while at < data.len() {
            let len = (SECTOR_LEN - (offset + at) % SECTOR_LEN).min(data.len() - at);
            if chance.below(2) == 0 {
                let data = data[at..at + len].to_vec();
                Self::Write { offset: offset + at, data }.apply(content);
            }
            at += len;
        }
    }
}
