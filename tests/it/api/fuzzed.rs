//! The API against its own description, by schemathesis: requests made from the description, fit
//! and unfit, and every answer compared with what it promises. `tests/run --long api` sends many
//! more, with the key of every role and with none.

use std::path::{Path, PathBuf};
use std::process::Command;

use mingzhang::services::people::{Role, Scope, Verb};
use mingzhang::web::api::limits::Rates;
use mingzhang::web::{Site, serve};
use tokio::net::TcpListener;

use super::examples::{DAYS, PAPER};
use super::{Api, hired};
use crate::harness::{estate, is_long};
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

/// Who asks, with which key, in which phases, with how many examples of each operation.
type Run = (&'static str, Option<String>, &'static str, &'static str);

async fn runs(api: &Api) -> Vec<Run> {
    let reviewer = Some(api.key.clone());
    if !is_long() {
        let phases = "examples,fuzzing";
        return vec![("reviewer", reviewer, phases, "25"), ("nobody", None, "examples", "1")];
    }
    let every = "examples,coverage,fuzzing,stateful";
    let mut runs = vec![("reviewer", reviewer, every, "160")];
    let org = api.people.organisations().await.unwrap()[0].organisation_id.clone();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Reviewer) {
        let who = hired(&api.people, &org, &format!("fuzz-{}", role.word()), role).await;
        let may = |verb: &Verb| verb.permission().roles().contains(&role);
        let verbs = Verb::ALL.into_iter().filter(may);
        let scopes: Vec<Scope> = verbs.map(|verb| Scope { estate: estate(), verb }).collect();
        let key = api.people.make_token(&who, "tests", &scopes).await.unwrap();
        runs.push((role.word(), Some(key), "fuzzing", "18"));
    }
    runs.push(("nobody", None, "fuzzing", "18"));
    runs
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_as_described_whatever_is_asked() {
    let programs = tokio::task::spawn_blocking(installed).await.unwrap();
    let api = Api::of(half_a_year().await).await;
    // The paper and the file of the examples are there to be found.
    let home = "/api/v1/estates/620722-0017";
    api.hands_in(&format!("{home}/documents"), "example.hand_in_document", PAPER).await;
    let days = format!("{home}/imports?sort=parking&name=2025-03.csv");
    api.hands_in(&days, "example.hand_in_import", DAYS).await;
    let runs = runs(&api).await;
    let rates = Rates { address_min: 0, key_min: 0 };
    let site = Site { people: api.people.clone(), rates, ..Site::of(api.book.books.clone()) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, site, async {
        let _ = stopped.await;
    }));
    let checked = tokio::task::spawn_blocking(move || {
        let description = format!("{base}/api/v1/openapi.json");
        run(Command::new(programs.join("python")).args(["-c", VALID, &description]));
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/api/schemathesis.toml");
        let seed = std::env::var("MINGZHANG_SEED").unwrap_or_else(|_| "20250101".into());
        for (who, key, phases, many) in runs {
            let mut command = Command::new(programs.join("st"));
            // What it remembers of failures stays out of the sources.
            command.current_dir(&programs);
            command.arg("--config-file").arg(&config).args(["run", &description, "--url", &base]);
            command.args(["--phases", phases, "--max-examples", many]);
            command.args(["--seed", &seed, "--no-color"]);
            if who != "reviewer" {
                // Who may not is told so, however fit the request.
                command.args(["--exclude-checks", "positive_data_acceptance"]);
            }
            if let Some(key) = key {
                command.args(["--header", &format!("Authorization: Bearer {key}")]);
            }
            let told = run(&mut command);
            let cases = told.lines().find(|line| line.contains(" generated,"));
            println!("{who}: {}", cases.unwrap_or_default().trim());
        }
    });
    checked.await.unwrap();
    let _ = stop.send(());
    server.await.unwrap().unwrap();
    api.book.check().await;
}
