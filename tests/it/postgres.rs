//! Real PostgreSQL servers for the tests: one shared by a test run, and others to be killed,
//! followed and promoted. Blocking: an async story calls it at its beginning or off the runtime.
//! They listen on loopback and trust whoever connects, and are gone when the test process is.
//! Needs PostgreSQL 15 or later on Linux; `tests/run` installs it. Next: `postgres/server.rs`.

mod options;
mod server;
mod stories;
mod tls;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub use options::Options;
use server::Server;

/// How long anything here may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// Who the tests are in the database.
const USER: &str = "postgres";

/// A server with its databases. Dropped, it is stopped and removed.
pub struct Cluster {
    server: Server,
    strategy: &'static str,
    ca: Option<PathBuf>,
}

impl Cluster {
    /// The server of this test process, started by whoever asks first. It is fast and forgets
    /// everything in a power cut; nobody can stop it, that takes a cluster of one's own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&Options::fast()))
    }

    /// A server of one's own.
    pub fn start(options: &Options) -> Self {
        let mut server = Server::initialise();
        let ca = options.is_tls().then(|| tls::certify(&server));
        server.configure(options.settings());
        server.start();
        Self { server, strategy: options.strategy(), ca }
    }

    /// The URL of a new, empty database.
    pub fn fresh_database(&self) -> String {
        static DATABASES: AtomicU64 = AtomicU64::new(0);
        let name = format!("books_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let copy = format!("create database {name} template template0 strategy {}", self.strategy);
        self.psql("postgres", &copy);
        self.url(&name)
    }

    /// The URL of a database, which may stand on another server: a standby has what its primary
    /// has.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.server.port())
    }

    /// The URL of a database by a name the certificate bears, the certificate fully verified.
    pub fn tls_url(&self, database: &str) -> String {
        let ca = self.ca.as_ref().expect("the cluster was started with TLS").display();
        let port = self.server.port();
        format!(
            "postgres://{USER}@localhost:{port}/{database}?sslmode=verify-full&sslrootcert={ca}"
        )
    }

    /// What SQL answers: a line a row, columns divided by `|`.
    pub fn psql(&self, database: &str, sql: &str) -> String {
        self.try_psql(database, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// What SQL answers, or what the server says against it.
    pub fn try_psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let url = self.url(database);
        let mut psql = self.server.tool("psql");
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", &url, "-c", sql]);
        let output = psql.output().expect("psql runs");
        if output.status.success() {
            Ok(String::from_utf8(output.stdout).expect("psql speaks UTF-8").trim_end().to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim_end().to_owned())
        }
    }

    /// Changes a setting while the server runs, and returns when every process of it follows.
    pub fn set(&mut self, name: &str, value: &str) {
        let loaded = "select pg_conf_load_time()";
        let before = self.psql("postgres", loaded);
        self.server.configure(&[(name.to_owned(), value.to_owned())]);
        self.psql("postgres", "select pg_reload_conf()");
        until("the settings are read", || self.psql("postgres", loaded) != before);
        // It is the checkpointer who says whether commits wait for a standby; it reads the
        // settings before it does what it is asked here.
        self.psql("postgres", "checkpoint");
    }

    /// A standby that follows this server under a name, for `synchronous_standby_names`.
    pub fn standby(&self, name: &str) -> Self {
        let mut server = Server::copy(&self.server, USER, name);
        // A standby that is promoted has nobody to wait for.
        server.configure(&[("synchronous_standby_names".to_owned(), String::new())]);
        server.start();
        Self { server, strategy: self.strategy, ca: self.ca.clone() }
    }

    /// Returns when commits here wait for a standby, and one is there to answer.
    pub fn wait_for_sync_standby(&self) {
        let sql = "select count(*) from pg_stat_replication where sync_state in ('sync', 'quorum')";
        until("a standby is synchronous", || self.psql("postgres", sql) != "0");
    }

    /// Returns when the server takes connections; fails with its log when it has ended.
    pub fn wait_ready(&mut self) {
        self.server.wait_ready();
    }

    /// Makes a standby a primary; returns when it takes writes.
    pub fn promote(&mut self) {
        let seconds = PATIENCE.as_secs();
        let done = self.psql("postgres", &format!("select pg_promote(true, {seconds})"));
        assert_eq!(done, "t", "{}", self.server.log());
    }

    /// Ends the server between two instructions, as if its machine lost power; only what it gave
    /// the kernel is still written.
    pub fn kill_hard(&mut self) {
        self.server.kill();
    }

    /// Ends the server in order, its clients cut off.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Starts the server again on its port, ending it first where it runs; after `kill_hard` it
    /// recovers.
    pub fn restart(&mut self) {
        self.server.stop();
        self.server.start_again();
    }
}

/// Asks until the answer is yes.
fn until(what: &str, mut answer: impl FnMut() -> bool) {
    let started = Instant::now();
    while !answer() {
        assert!(started.elapsed() < PATIENCE, "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
