//! A served process, asked over TCP as any client would, and what it answers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A served demonstration.
pub struct Served {
    pub directory: tempfile::TempDir,
    process: Child,
    pub address: SocketAddr,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Served {
    /// Starts it over a database that a command made.
    pub fn start(made_by: &str, settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mingzhang = |arguments: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_mingzhang"));
            command.args(arguments.split_whitespace()).current_dir(directory.path());
            command.env_remove("MINGZHANG_DATABASE").env_remove("MINGZHANG_LOG");
            command
        };
        assert!(mingzhang(made_by).stdout(Stdio::null()).status().unwrap().success());
        let log = std::fs::File::create(directory.path().join("log")).unwrap();
        let mut process = mingzhang("--lang en serve --listen 127.0.0.1:0")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.unwrap_or_else(|| panic!("\"{line}\" names no address"));
        Self { directory, process, address: address.parse().unwrap() }
    }

    pub async fn asks(&self, path: &str) -> Answer {
        self.asks_with(path, "").await
    }

    /// Asks with further lines of the head, each ending in CRLF.
    pub async fn asks_with(&self, path: &str, lines: &str) -> Answer {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: local\r\n{lines}Connection: close\r\n\r\n");
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    pub fn signal(&self) {
        let command = format!("kill -TERM {}", self.process.id());
        assert!(Command::new("sh").arg("-c").arg(command).status().unwrap().success());
    }

    pub fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }

    /// The exit code, once it has ended by itself.
    pub async fn exit_code(&mut self) -> i32 {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code().unwrap_or(-1);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it doesn't stop; its log:\n{}", self.log());
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A series of Prometheus' text format 0.0.4: `name{label="value"} 1.5`.
pub fn series(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
    let value = value.parse::<f64>().unwrap_or_else(|error| panic!("{line}: {error}"));
    let (name, labels) = match series.split_once('{') {
        None => (series, BTreeMap::new()),
        Some((name, labels)) => {
            let labels = labels.strip_suffix("\"}").unwrap_or_else(|| panic!("{line}"));
            let pairs = labels.split("\",").map(|pair| pair.split_once("=\"").unwrap());
            (name, pairs.map(|(label, value)| (label.to_owned(), value.to_owned())).collect())
        }
    };
    let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    assert!(is_name(name) && labels.keys().all(|label| is_name(label)), "{line}");
    (name.to_owned(), labels, value)
}
