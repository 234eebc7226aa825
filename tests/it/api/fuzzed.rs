//! The API against its own description, by schemathesis: requests made from the description, fit
//! and unfit, and every answer compared with what it promises. `tests/run --long api` sends many
//! more.

use std::path::{Path, PathBuf};
use std::process::Command;

use mingzhang::web::api::limits::Rates;
use mingzhang::web::{Site, serve};
use tokio::net::TcpListener;

use super::Api;
use crate::harness::is_long;
use crate::pages::story::half_a_year;

/// The release that the tests are written against.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Checks the description against the schema of its format, as schemathesis brings it.
const VALID: &str = "
import json, sys, urllib.request
import jsonschema_rs
from schemathesis.specs.openapi.definitions import OPENAPI_31
told = json.load(urllib.request.urlopen(sys.argv[1]))
errors = [f'{list(e.instance_path)}: {e.message}' for e in jsonschema_rs.validator_for(OPENAPI_31).iter_errors(told)]
print('\\n'.join(errors[:20]))
sys.exit(bool(errors))
";

/// The folder of its programs; installed where it is missing.
fn installed() -> PathBuf {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/schemathesis");
    if !home.join("bin/st").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&home));
        run(Command::new(home.join("bin/pip")).args(["install", "-q", SCHEMATHESIS]));
    }
    home.join("bin")
}

fn run(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    let also = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}\n{told}\n{also}");
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_as_described_whatever_is_asked() {
    let programs = tokio::task::spawn_blocking(installed).await.unwrap();
    let api = Api::of(half_a_year().await).await;
    let rates = Rates { address_min: 0, key_min: 0 };
    let site = Site { people: api.people.clone(), rates, ..Site::of(api.book.books.clone()) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, site, async {
        let _ = stopped.await;
    }));
    let key = api.key.clone();
    let checked = tokio::task::spawn_blocking(move || {
        let description = format!("{base}/api/v1/openapi.json");
        run(Command::new(programs.join("python")).args(["-c", VALID, &description]));
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/api/schemathesis.toml");
        let seed = std::env::var("MINGZHANG_SEED").unwrap_or_else(|_| "20250101".into());
        let many = if is_long() { "1400" } else { "25" };
        let mut command = Command::new(programs.join("st"));
        // What it remembers of failures stays out of the sources.
        command.current_dir(&programs);
        command.arg("--config-file").arg(config).args(["run", &description, "--url", &base]);
        command.args(["--max-examples", many, "--seed", &seed, "--no-color"]);
        command.args(["--header", &format!("Authorization: Bearer {key}")]);
        run(&mut command)
    });
    let told = checked.await.unwrap();
    println!("{told}");
    let _ = stop.send(());
    server.await.unwrap().unwrap();
    api.book.check().await;
}
