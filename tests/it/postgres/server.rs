//! One PostgreSQL server: where its programs are, whom it runs as, its directory, its process.
//! Whatever ends the test process, a watchdog ends the server and removes the directory.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use super::until;

/// Waits until the test process is gone or lets go of it, then ends whatever works in the
/// directory and removes it. The process is gone when the pipe from it closes, however it went.
const WATCHDOG: &str = r#"
trap '' HUP INT TERM
read -r _
home=$1
within() {
    for process in /proc/[0-9]*; do
        [ "$process/cwd" -ef "$1" ] && printf '%s ' "${process#/proc/}"
    done
}
tools=$(within "$home")
[ -n "$tools" ] && kill -KILL $tools
read -r server <"$home/data/postmaster.pid" &&
    [ "/proc/$server/cwd" -ef "$home/data" ] && kill -QUIT "$server"
waited=0
while left=$(within "$home/data"); [ -n "$left" ]; do
    waited=$((waited + 1))
    [ $waited -gt 100 ] && kill -KILL $left
    sleep 0.05
done
# A server that was killed leaves a segment of shared memory behind.
[ -e "$home/data/postmaster.pid" ] && set -- $(sed -n 7p "$home/data/postmaster.pid") &&
    [ -n "$2" ] && ipcrm -m "$2"
rm -rf "$home"
"#;

/// How directories of servers are called.
const PREFIX: &str = "mingzhang-pg-";

/// A server's directory, and its process while it runs.
pub struct Server {
    home: PathBuf,
    port: u16,
    process: Option<Child>,
    watchdog: Child,
    /// Held for as long as this process lives.
    _lock: File,
}

impl Server {
    /// A new server that hasn't started.
    pub fn initialise() -> Self {
        let server = Self::empty();
        let mut initdb = server.tool("initdb");
        initdb.args(["--pgdata=data", "--username", super::USER, "--auth=trust"]);
        initdb.args(["--encoding=UTF8", "--locale=C", "--no-sync"]);
        succeed(&mut initdb);
        server
    }

    /// A copy of a running server that will follow it under a name.
    pub fn copy(primary: &Self, user: &str, name: &str) -> Self {
        let server = Self::empty();
        let source =
            format!("host=127.0.0.1 port={} user={user} application_name={name}", primary.port);
        let mut backup = server.tool("pg_basebackup");
        backup.args(["--pgdata=data", "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]);
        succeed(backup.arg("--dbname").arg(source));
        for file in ["server.crt", "server.key"] {
            if primary.home.join(file).exists() {
                succeed(server.tool("cp").arg("-p").arg(primary.home.join(file)).arg("."));
            }
        }
        server
    }

    /// A directory of the server's user, watched.
    fn empty() -> Self {
        static SWEPT: Once = Once::new();
        SWEPT.call_once(sweep);
        let mut directory = tempfile::Builder::new();
        directory.prefix(PREFIX).permissions(Permissions::from_mode(0o700));
        // From here on it is the watchdog who removes it.
        let home = directory.tempdir_in(parent()).unwrap().keep();
        let watchdog = watch(&home, Stdio::piped());
        // The lock gets its name once it is locked: nobody finds it open.
        let lock = File::create(home.join("lock.new")).unwrap();
        lock.lock().unwrap();
        fs::rename(home.join("lock.new"), home.join("lock")).unwrap();
        if let Some((uid, gid)) = other_user() {
            chown(&home, Some(uid), Some(gid)).unwrap();
        }
        Self { home, port: 0, process: None, watchdog, _lock: lock }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn home(&self) -> &Path {
        &self.home
    }

    /// A program run as the server's user in its directory, in an environment without surprises.
    pub fn tool(&self, name: &str) -> Command {
        let program = programs().join(name);
        let mut command = Command::new(if program.exists() { program } else { name.into() });
        command.current_dir(&self.home).stdin(Stdio::null());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("LC_ALL", "C").env("HOME", &self.home);
        if let Some((uid, gid)) = other_user() {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Settings that hold from the next start or reload on.
    pub fn configure(&self, settings: &[(String, String)]) {
        let mut lines = String::new();
        for (name, value) in settings {
            writeln!(lines, "{name} = '{}'", value.replace('\'', "''")).unwrap();
        }
        let path = self.home.join("data/postgresql.conf");
        OpenOptions::new().append(true).open(path).unwrap().write_all(lines.as_bytes()).unwrap();
    }

    /// Starts it for the first time, on a port of its own.
    pub fn start(&mut self) {
        for _ in 0..5 {
            self.port = free_port();
            self.launch();
            // Somebody may have taken the port since it was found free.
            if self.becomes_ready() || !self.log().contains("Address already in use") {
                break;
            }
        }
        self.wait_ready();
    }

    /// Starts it on the port it had, whatever ended it.
    pub fn start_again(&mut self) {
        self.launch();
        self.wait_ready();
    }

    fn launch(&mut self) {
        let log = File::create(self.home.join("log")).unwrap();
        let mut postgres = self.tool("postgres");
        postgres.args(["-D", "data", "-c", "listen_addresses=127.0.0.1"]);
        postgres.arg("-c").arg(format!("port={}", self.port));
        postgres.stdout(log.try_clone().unwrap()).stderr(log).process_group(0);
        self.process = Some(postgres.spawn().expect("postgres runs"));
    }

    /// True when it takes connections, false when it has ended before.
    fn becomes_ready(&mut self) -> bool {
        let state = self.home.join("data/postmaster.pid");
        let process = self.process.as_mut().expect("the server was started");
        let id = process.id().to_string();
        let mut ended = false;
        until("the server is ready", || {
            ended = process.try_wait().unwrap().is_some();
            let state = fs::read_to_string(&state).unwrap_or_default();
            let lines: Vec<_> = state.lines().map(str::trim).collect();
            ended || (lines.first() == Some(&id.as_str()) && lines.get(7) == Some(&"ready"))
        });
        !ended
    }

    /// Waits until it takes connections.
    pub fn wait_ready(&mut self) {
        assert!(self.becomes_ready(), "the server has ended:\n{}", self.log());
    }

    /// What it wrote since its last start.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.join("log")).unwrap_or_default()
    }

    /// Ends it in order.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            signal("INT", &[process.id()]);
            until("the server stops", || process.try_wait().unwrap().is_some());
        }
    }

    /// Kills all its processes before any of them can act on another's death.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        signal("STOP", &[process.id()]);
        signal("KILL", &self.processes());
        process.wait().unwrap();
        until("its processes are gone", || self.processes().is_empty());
    }

    fn processes(&self) -> Vec<u32> {
        processes_within(&self.home.join("data"))
    }

    /// Who ends it when this process is gone.
    pub fn watchdog(&self) -> u32 {
        self.watchdog.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The watchdog ends the server when its pipe closes; a server that is our child stays
        // in the table of processes until we ask how it ended.
        drop(self.watchdog.stdin.take());
        if let Some(mut process) = self.process.take() {
            process.wait().ok();
        }
        self.watchdog.wait().ok();
    }
}

/// Starts the watchdog of a directory, out of reach of what a terminal sends to the tests.
fn watch(home: &Path, pipe: Stdio) -> Child {
    let mut sh = Command::new("sh");
    sh.arg("-c").arg(WATCHDOG).arg("watchdog").arg(home).current_dir("/");
    sh.stdin(pipe).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    sh.spawn().expect("sh runs")
}

/// Removes what earlier runs left whose watchdogs were killed, too: what nobody holds locked.
pub fn sweep() {
    for directory in fs::read_dir(parent()).unwrap().flatten() {
        let home = directory.path();
        let named = directory.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let lock = named.then(|| File::open(home.join("lock")));
        if let Some(Ok(lock)) = lock
            && lock.try_lock().is_ok()
        {
            watch(&home, Stdio::null()).wait().expect("sh runs");
        }
    }
}

/// Every process that works in a directory, even a removed one.
pub fn processes_within(directory: &Path) -> Vec<u32> {
    let removed = PathBuf::from(format!("{} (deleted)", directory.display()));
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let within = processes.filter(|process| {
        let there = fs::read_link(process.path().join("cwd"));
        there.is_ok_and(|there| there == directory || there == removed)
    });
    within.filter_map(|process| process.file_name().to_str()?.parse().ok()).collect()
}

/// Runs a program that has to succeed.
pub fn succeed(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{}: {error}; tests/run installs PostgreSQL", command.get_program().display())
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", command.get_program().display());
}

/// Sends a signal to processes.
pub fn signal(name: &str, processes: &[u32]) {
    let mut kill = Command::new("sh");
    kill.args(["-c", r#"kill -s "$@""#, "kill", name]);
    kill.args(processes.iter().map(u32::to_string));
    // One that has just ended can't be killed, which is as good.
    kill.stderr(Stdio::null()).status().expect("sh runs");
}

/// Debian keeps a folder a version, out of the PATH.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter(|version| version.path().join("bin/initdb").exists())
        .filter_map(|version| version.file_name().to_str()?.parse::<u32>().ok())
        .max();
    newest.map_or_else(PathBuf::new, |version| format!("/usr/lib/postgresql/{version}/bin").into())
}

/// The directory of temporary files, if everybody may pass through it.
fn parent() -> PathBuf {
    let directory = std::env::temp_dir().canonicalize().unwrap();
    let open = |path: &Path| path.metadata().is_ok_and(|data| data.mode() & 0o001 != 0);
    let usable = other_user().is_none() || directory.ancestors().all(open);
    if usable { directory } else { "/tmp".into() }
}

/// Who the server runs as where we are root, which it refuses to be.
fn other_user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let user = fields.into_iter().find(|fields| fields.first() == Some(&name))?;
        Some((user.get(2)?.parse().ok()?, user.get(3)?.parse().ok()?))
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("there is a user who isn't root"))
}

/// A free port below those the kernel gives out by itself: nobody's connection takes it while
/// the server is down.
fn free_port() -> u16 {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(97);
    let mut candidates = std::iter::repeat_with(|| {
        let next = first.wrapping_add(ASKED.fetch_add(1, Ordering::Relaxed));
        u16::try_from(10_000 + next % 22_000).expect("it is below 32000")
    });
    let free = candidates.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.expect("candidates never end")
}
