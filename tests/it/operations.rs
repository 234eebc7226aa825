//! The program as whoever runs it sees it: a real process on a port of its own, the addresses
//! for machines, the log, and how it stops.

mod served;

use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use mingzhang::services::readiness::{Check, Health, Looking, Readiness, State};
use mingzhang::services::telemetry;
use mingzhang::web::{Site, router};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tower::ServiceExt;

use self::served::{Served, series};
use crate::harness::TestBook;

/// The estate of the demonstration.
const HOME: &str = "/e/620722-0013";

/// Words that a reader brings and no log may hold.
const PERSONAL: [&str; 5] = ["13912345678", "张三", "%E5%BC%A0%E4%B8%89", "zhangsan", "secretcode"];

#[tokio::test]
async fn machines_are_told_how_it_stands() {
    let served = Served::start("demo --as-of 2018-10-31 --no-serve", &[]);
    let health = served.asks("/healthz").await;
    assert_eq!((health.status, health.body.as_str()), (200, "ok\n"));
    assert_eq!(health.header("cache-control"), "no-store");
    let ready = served.asks("/readyz").await;
    assert_eq!(ready.status, 200);
    assert_eq!(ready.header("cache-control"), "no-store");
    assert_eq!(ready.header("content-type"), "application/json");
    assert_eq!(ready.json()["ready"], true);
    let checks = ready.json()["checks"].as_array().unwrap().clone();
    assert!(!checks.is_empty());
    for check in checks {
        assert_eq!(check["state"], "ok", "{check}");
        for text in ["name", "zh", "en"] {
            assert!(!check[text].as_str().unwrap().is_empty(), "{check}");
        }
    }

    served.asks(HOME).await;
    served.asks("/e/620722-0013/entries/1?q=x").await;
    served.asks("/nothing/here").await;
    let metrics = served.asks("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let lines = metrics.body.lines().filter(|line| !line.is_empty());
    let (comments, lines): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with('#'));
    assert!(comments.iter().all(|line| line.starts_with("# HELP ") || line.starts_with("# TYPE ")));
    let all: Vec<_> = lines.into_iter().map(series).collect();
    let value = |name: &str, label: &str, is: &str| {
        let found = all.iter().find(|(known, labels, _)| {
            known == name && (label.is_empty() || labels.get(label).is_some_and(|v| v == is))
        });
        found.map(|(.., value)| *value)
    };
    let guide = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md"),
    )
    .unwrap();
    let names = guide.split('`').filter(|word| word.starts_with("mingzhang_"));
    let names: Vec<&str> = names.map(|name| name.split('{').next().unwrap()).collect();
    assert!(names.len() >= 14, "{names:?}");
    for name in names {
        let of_histogram = value(&format!("{name}_count"), "", "");
        assert!(value(name, "", "").or(of_histogram).is_some(), "{name} is described, not there");
        let is_told = |comment: &&&str| comment.contains(&format!(" {name} "));
        assert_eq!(comments.iter().filter(is_told).count(), 2, "{name}");
    }
    for (name, ..) in &all {
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        let base = base.unwrap_or(name);
        assert!(guide.contains(&format!("`{base}")), "{name} is not described");
    }
    assert_eq!(value("mingzhang_log_entries", "", ""), Some(33.0));
    assert_eq!(value("mingzhang_build_info", "version", env!("CARGO_PKG_VERSION")), Some(1.0));
    assert_eq!(value("mingzhang_requests_total", "route", "/e/{estate}"), Some(1.0));
    assert_eq!(value("mingzhang_requests_total", "route", "/e/{estate}/entries/{seq}"), Some(1.0));
    assert_eq!(value("mingzhang_requests_total", "route", "none"), Some(1.0));
    assert_eq!(all.iter().filter(|(name, ..)| name == "mingzhang_build_info").count(), 1);
    let faults = value("mingzhang_verification_faults", "", "").unwrap();
    // The server verifies as it starts, and may not be done yet.
    assert!(faults.is_nan() || faults.abs() < 0.5, "{faults} faults");
    let least = value("mingzhang_request_seconds_bucket", "le", "0.001");
    assert!(least.is_some() && value("mingzhang_request_seconds_bucket", "le", "10").is_some());

    for line in ["X-Forwarded-For: 192.0.2.7\r\n", "Forwarded: for=192.0.2.7\r\n", "Via: 1.1 a\r\n"]
    {
        assert_eq!(served.asks_with("/metrics", line).await.status, 404, "{line}");
    }
}

#[tokio::test]
async fn figures_are_for_this_machine_unless_said_otherwise() {
    let served = Served::start(
        "demo --as-of 2018-10-31 --no-serve",
        &[("MINGZHANG_METRICS_PUBLIC", "true")],
    );
    assert_eq!(served.asks_with("/metrics", "X-Forwarded-For: 192.0.2.7\r\n").await.status, 200);
    // A request that no connection of this machine brought.
    let site = router(Site::of(TestBook::open(crate::harness::On::Sqlite).await.books));
    let request = axum::http::Request::get("/metrics").body(axum::body::Body::empty()).unwrap();
    assert_eq!(site.oneshot(request).await.unwrap().status(), 404);
}

/// Health that a test sets.
struct Said(Mutex<State>);

impl Health for Said {
    fn checks(&self) -> Looking<'_> {
        let state = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Box::pin(async move { vec![Check::new("disk", state, "磁盘", "the disk")] })
    }
}

#[tokio::test]
async fn what_is_bad_is_not_ready_and_what_warns_is() {
    for (state, status) in [(State::Ok, 200), (State::Warn, 200), (State::Bad, 503)] {
        let readiness = Readiness::of(std::sync::Arc::new(Said(Mutex::new(state)))).into();
        let site =
            Site { readiness, ..Site::of(TestBook::open(crate::harness::On::Sqlite).await.books) };
        let request = axum::http::Request::get("/readyz").body(axum::body::Body::empty()).unwrap();
        let answer = router(site).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status);
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["ready"], status == 200);
        assert_eq!(json["checks"][0]["name"], "disk");
    }
}

/// Health that never answers, or breaks off.
struct Broken(bool);

impl Health for Broken {
    fn checks(&self) -> Looking<'_> {
        assert!(!self.0, "meant to break off");
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn who_leaves_and_what_breaks_off_is_counted() {
    telemetry::install();
    for (breaks, status) in [(false, 499), (true, 500)] {
        let readiness = Readiness::of(std::sync::Arc::new(Broken(breaks))).into();
        let site = router(Site {
            readiness,
            ..Site::of(TestBook::open(crate::harness::On::Sqlite).await.books)
        });
        let request = axum::http::Request::get("/readyz").body(axum::body::Body::empty()).unwrap();
        let asked = tokio::spawn(site.oneshot(request));
        tokio::time::sleep(Duration::from_millis(50)).await;
        asked.abort();
        assert!(asked.await.is_err());
        let figures = telemetry::text().unwrap();
        let told = format!("route=\"/readyz\",status=\"{status}\"}} 1");
        assert!(figures.contains(&told), "{told}\n{figures}");
    }
}

#[tokio::test]
async fn a_request_has_one_name() {
    let served =
        Served::start("demo --as-of 2018-10-31 --no-serve", &[("MINGZHANG_LOG_FORMAT", "json")]);
    let given = served.asks_with("/", "X-Request-Id: trace-0123.abc_D\r\n").await;
    assert_eq!(given.header("x-request-id"), "trace-0123.abc_d");
    let made = served.asks("/").await.header("x-request-id").to_owned();
    assert_eq!(made.len(), 32);
    assert!(made.bytes().all(|byte| byte.is_ascii_hexdigit()), "{made}");
    for refused in ["short", "with blank in it", "<script>alert(1)</script>", "13912345678"] {
        let answer = served.asks_with("/", &format!("X-Request-Id: {refused}\r\n")).await;
        assert_eq!(answer.header("x-request-id").len(), 32, "{refused}");
    }
    for path in ["/healthz", "/nothing", "/static/none.css", "/?lang=en"] {
        assert_eq!(served.asks(path).await.header("x-request-id").len(), 32, "{path}");
    }

    // What is our fault: the page's reference is the request's id, and the log has it.
    let database = served.directory.path().join("mingzhang.db");
    let broken = Command::new("sqlite3")
        .arg(database)
        .arg("alter table entry rename to entry_away")
        .status()
        .expect("sqlite3 is needed by this test");
    assert!(broken.success());
    let failed = served.asks_with("/", "X-Request-Id: our-fault-1\r\n").await;
    assert_eq!(failed.status, 500);
    assert_eq!(failed.header("x-request-id"), "our-fault-1");
    assert!(failed.body.contains("<code>our-fault-1</code>"), "{}", failed.body);
    let log = served.log();
    let line = log.lines().find(|line| line.contains("couldn't answer")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["request_id"], "our-fault-1");
    assert_eq!(line["level"], "ERROR");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let ready = served.asks("/readyz").await;
    assert_eq!(ready.status, 503, "{}", ready.body);
    assert_eq!(served.asks("/healthz").await.status, 200, "the process itself is well");
}

/// Requests that carry what belongs to a person wherever a request can carry something.
async fn personal_requests(served: &Served) {
    let head = "User-Agent: zhangsan/13912345678\r\nReferer: https://a.example/张三\r\n\
        X-Forwarded-For: 198.51.100.7\r\nCookie: name=zhangsan; lang=zh\r\n\
        X-Request-Id: 13912345678\r\nAuthorization: Bearer secretcode\r\n";
    for path in [
        "/?q=13912345678",
        "/?q=%E5%BC%A0%E4%B8%89&lang=en",
        "/u/secretcode-13912345678",
        "/e/620722-0013/lines?q=zhangsan&min=13912345678",
        "/e/13912345678/contracts/%E5%BC%A0%E4%B8%89",
        "/e/620722-0013/contracts/zhangsan",
        "/static/zhangsan.css",
        "/healthz?zhangsan",
        "/metrics?q=13912345678",
        "/%ff%fezhangsan",
    ] {
        served.asks_with(path, head).await;
    }
    let odd = "zhangsan / HTTP/1.1\r\nHost: zhangsan.example\r\nConnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(odd.as_bytes()).await.unwrap();
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

#[tokio::test]
async fn logs_are_lines_of_json_without_anything_personal() {
    let settings = [("MINGZHANG_LOG_FORMAT", "json"), ("MINGZHANG_LOG_LEVEL", "trace")];
    let mut served = Served::start("demo --as-of 2018-10-31 --no-serve", &settings);
    personal_requests(&served).await;
    let known = served.asks_with(HOME, "X-Request-Id: follow-me-42\r\n").await;
    served.signal();
    assert_eq!(served.exit_code().await, 0);
    let log = served.log();
    let mut answered = 0;
    for line in log.lines() {
        let event: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let event = event.as_object().unwrap();
        for key in ["timestamp", "level", "target", "message", "fields"] {
            assert!(event.contains_key(key), "{line}");
        }
        if event["message"] == "answered" {
            answered += 1;
            assert!(event["request_id"].as_str().is_some_and(|id| id.len() >= 8), "{line}");
            let fields = event["fields"].as_object().unwrap();
            let keys = ["method", "route", "status", "ms", "bytes"];
            assert!(fields.keys().all(|key| keys.contains(&key.as_str())), "{line}");
            assert!(fields.len() >= 4, "{line}");
        }
        if event.get("request_id").is_some_and(|id| id == "follow-me-42") {
            assert_eq!(event["fields"]["route"], "/e/{estate}");
            assert_eq!(event["fields"]["status"], 200);
            assert_eq!(event["fields"]["bytes"], known.body.len());
        }
    }
    assert_eq!(answered, 12, "{log}");
    is_impersonal(&log);
}

#[tokio::test]
async fn the_text_log_is_as_silent() {
    let mut served = Served::start(
        "demo --as-of 2018-10-31 --no-serve",
        &[("MINGZHANG_LOG", "mingzhang=trace,debug")],
    );
    personal_requests(&served).await;
    served.signal();
    assert_eq!(served.exit_code().await, 0);
    let log = served.log();
    assert!(log.contains("request_id="), "{log}");
    assert!(log.lines().all(|line| !line.contains('\u{1b}')), "no colours in a file");
    is_impersonal(&log);
}

fn is_impersonal(log: &str) {
    for word in PERSONAL.into_iter().chain(["198.51.100.7", "a.example"]) {
        let line = log.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "the log says {word}");
    }
}

#[test]
fn settings_of_operations_are_checked() {
    let run = |name: &str, value: &str, arguments: &str| {
        let directory = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_mingzhang"))
            .args(arguments.split_whitespace())
            .current_dir(directory.path())
            .env(name, value)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (name, value, wanted) in [
        ("MINGZHANG_LOG_FORMAT", "xml", "text or json"),
        ("MINGZHANG_LOG_LEVEL", "loud", "error, warn"),
        ("MINGZHANG_METRICS_PUBLIC", "yes", "true or false"),
        ("MINGZHANG_SERVE_DRAIN_S", "-1", "from 0 on"),
    ] {
        let (code, said) = run(name, value, "config show");
        assert_eq!(code, Some(2), "{name}");
        assert!(said.contains(wanted), "{said}");
    }
    let (code, said) = run("MINGZHANG_LOG", "a=loudly", "serve --log a.invalid/b");
    assert_eq!(code, Some(2));
    assert!(said.contains("MINGZHANG_LOG"), "{said}");
}

#[tokio::test]
async fn a_stop_is_told_before_it_comes() {
    let mut served =
        Served::start("demo --as-of 2018-10-31 --no-serve", &[("MINGZHANG_SERVE_DRAIN_S", "2")]);
    assert_eq!(served.asks("/readyz").await.status, 200);
    served.signal();
    let began = Instant::now();
    loop {
        // Well within the second that a look is kept for.
        let ready = served.asks("/readyz").await;
        if ready.status == 503 {
            assert_eq!(ready.json()["checks"][0]["name"], "stopping");
            break;
        }
        assert!(began.elapsed() < Duration::from_millis(500), "readyz doesn't tell");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(served.asks("/healthz").await.status, 200);
    assert_eq!(served.asks(HOME).await.status, 200, "readers who come meanwhile are answered");
    assert!(!served.has_ended());
    assert_eq!(served.exit_code().await, 0);
    assert!(began.elapsed() >= Duration::from_millis(1_900), "the pause is kept");
    assert!(TcpStream::connect(served.address).await.is_err());
    let left = std::fs::metadata(served.directory.path().join("mingzhang.db-wal"));
    assert!(left.is_err() || left.unwrap().len() == 0, "the database was closed");
}

/// Asks for an export and reads its beginning; the reader's window is small, so that the server
/// can't be rid of the rest.
async fn slow_export(served: &Served) -> (TcpStream, Vec<u8>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(served.address).await.unwrap();
    let request = "GET /e/620722-1000/export.jsonl HTTP/1.1\r\nHost: local\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut beginning = vec![0; 1_000];
    stream.read_exact(&mut beginning).await.unwrap();
    (stream, beginning)
}

#[tokio::test]
async fn answers_under_way_end_and_a_second_signal_cuts_them() {
    let made = "demo --as-of 2018-10-31 --no-serve --estates 1 --entries 6000";
    let mut served = Served::start(made, &[]);
    let (mut stream, mut bytes) = slow_export(&served).await;
    served.signal();
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!served.has_ended(), "an answer is under way");
    assert!(TcpStream::connect(served.address).await.is_err(), "no new connections");
    stream.read_to_end(&mut bytes).await.unwrap();
    assert!(bytes.ends_with(b"\r\n0\r\n\r\n"), "the answer is whole");
    assert_eq!(served.exit_code().await, 0);

    let mut served = Served::start(made, &[]);
    let (stream, _) = slow_export(&served).await;
    served.signal();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!served.has_ended());
    let began = Instant::now();
    served.signal();
    assert_eq!(served.exit_code().await, 0);
    assert!(began.elapsed() < Duration::from_secs(2), "at once");
    assert!(served.log().contains("stopped at once"), "{}", served.log());
    drop(stream);
}
