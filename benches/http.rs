//! Posting through the API over HTTP, 64 connections kept open, each with a program's key, beside
//! the same entries posted to `Books` directly by as many callers, in the same run and on both
//! engines. `BENCH_ENGINES=sqlite` leaves the other out.

mod common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::engine::Engine;
use common::{Called, books_of, call, estate, rate, store_of};
use mingzhang::services::books::Books;
use mingzhang::services::clock::{SystemClock, SystemEntropy};
use mingzhang::services::people::{
    NewGrant, NewOfficer, People, Place, Role, Scope, SessionLimits, Verb,
};
use mingzhang::web::api::limits::Rates;
use mingzhang::web::{Site, serve};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 64;
const EACH: usize = 150;
/// Runs of each, of which the best counts.
const RUNS: usize = 3;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    println!("engine    estates   over HTTP/s   p50 ms   p99 ms   Books/s   ratio");
    for engine in Engine::all() {
        for estates in [1, 10] {
            runtime.block_on(over(&engine, estates));
        }
    }
}

async fn over(engine: &Engine, estates: usize) {
    let database = engine.fresh(&format!("http-{estates}.db"));
    let books = books_of(store_of(&database).await, estates).await;
    let (site, key) = served(&books, estates).await;
    let (mut first, count) = (0, CONNECTIONS * EACH);
    let (mut best, mut direct) = (None::<(Duration, Vec<Duration>)>, Duration::MAX);
    for _ in 0..RUNS {
        let sent = send(&books, (site, &key), estates, first).await;
        first += count;
        best = Some(best.filter(|known| known.0 < sent.0).unwrap_or(sent));
        let Called { took, .. } = call(&books, estates, first, CONNECTIONS, EACH).await;
        direct = direct.min(took);
        first += count;
    }
    let (took, mut waits) = best.expect("some runs");
    waits.sort_unstable();
    let wait = |percent: usize| waits[(waits.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    let (over_http, of_books) = (rate(count, took), rate(count, direct));
    println!(
        "{:<9} {estates:>7} {over_http:>13.0} {:>8.2} {:>8.2} {of_books:>9.0} {:>7.2}",
        engine.name(),
        wait(50),
        wait(99),
        over_http / of_books,
    );
    books.close().await;
}

/// The site, and the key of a program that may post to every estate.
async fn served(books: &Books, estates: usize) -> (SocketAddr, String) {
    let store = books.store().clone();
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let people = People::of(store, clock, entropy, SessionLimits::default());
    let by = "u_bench";
    let organisation = people.add_organisation("甲物业公司", by).await.expect("an organisation");
    let new = NewOfficer { organisation: &organisation, sign_in: "reviewer", name: "某人" };
    let (officer, _) = people.add_officer(&new, by).await.expect("an officer");
    for nth in 0..estates {
        let place = Place::Estate(estate(nth));
        let grant = NewGrant { role: Role::Reviewer, place, from: None, until: None };
        people.grant(&officer, grant, by).await.expect("a grant");
    }
    let scopes: Vec<Scope> =
        (0..estates).map(|nth| Scope { estate: estate(nth), verb: Verb::Post }).collect();
    let key = people.make_token(&officer, "bench", &scopes).await.expect("a key");
    let rates = Rates { address_min: 0, key_min: 0 };
    let state = Site { people, rates, ..Site::of(books.clone()) };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { serve(listener, state, std::future::pending()).await });
    (address, key)
}

/// Sends from every connection, one request after the other; how long it took, and each wait.
async fn send(
    books: &Books,
    (site, key): (SocketAddr, &str),
    estates: usize,
    first: usize,
) -> (Duration, Vec<Duration>) {
    let today = books.today();
    let started = Instant::now();
    let one = |connection: usize| {
        let key = key.to_owned();
        tokio::spawn(async move {
            let stream = TcpStream::connect(site).await.expect("a connection");
            stream.set_nodelay(true).expect("an option");
            let mut stream = BufReader::new(stream);
            let mut waits = Vec::with_capacity(EACH);
            for nth in 0..EACH {
                let nth = first + connection * EACH + nth;
                let code = estate((nth + connection) % estates);
                let started = Instant::now();
                let request = request(&code.to_string(), &key, nth, &today.to_string());
                stream.get_mut().write_all(request.as_bytes()).await.expect("room");
                assert_eq!(answer(&mut stream).await, 201, "an income is posted");
                waits.push(started.elapsed());
            }
            waits
        })
    };
    let mut waits = Vec::new();
    for task in (0..CONNECTIONS).map(one).collect::<Vec<_>>() {
        waits.extend(task.await.expect("a connection ends"));
    }
    (started.elapsed(), waits)
}

/// The same income that `common::income` makes.
fn request(estate: &str, key: &str, nth: usize, today: &str) -> String {
    let amount = format!("{}.{:02}", 100 + nth % 900, nth % 100);
    let body = format!(
        "{{\"date\":\"{today}\",\"estate\":\"{estate}\",\"event\":{{\"kind\":\"income\",\
         \"payee_ref\":\"2025-{nth:07}\"}},\"lines\":[{{\"account\":\"R.1001.01\",\"debit\":\
         \"{amount}\"}},{{\"account\":\"R.4501.01\",\"contract\":\"C-01\",\"credit\":\"{amount}\",\
         \"period\":\"2025-{:02}\"}}],\"memo\":\"电梯轿厢框架广告位租金\"}}",
        nth % 12 + 1
    );
    format!(
        "POST /api/v1/estates/{estate}/entries HTTP/1.1\r\nHost: bench\r\n\
         Authorization: Bearer {key}\r\nIdempotency-Key: income.{nth:010}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads an answer to its end; its status.
async fn answer(stream: &mut BufReader<TcpStream>) -> u16 {
    let (mut line, mut status, mut len) = (String::new(), 0, 0);
    loop {
        line.clear();
        stream.read_line(&mut line).await.expect("a head");
        let text = line.trim_end().to_ascii_lowercase();
        if let Some(rest) = text.strip_prefix("http/1.1 ") {
            status = rest.get(..3).and_then(|code| code.parse().ok()).expect("a status");
        } else if let Some(rest) = text.strip_prefix("content-length: ") {
            len = rest.parse().expect("a length");
        } else if text.is_empty() {
            break;
        }
    }
    let mut body = vec![0; len];
    stream.read_exact(&mut body).await.expect("a body");
    status
}
