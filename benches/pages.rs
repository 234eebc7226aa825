//! Estate home and lines over HTTP beside a static page of the same size from the same kind of
//! server, eight connections kept open, as the estate's chain grows. The first answer renders;
//! what follows is kept by the head of the chain. `BENCH_ENTRIES=1000000` grows further.

mod common;

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use common::{books_of, fresh_store, import, rate, setting};
use mingzhang::web::{Site, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 8;
const REQUESTS: usize = 2_000;
const PAGES: [&str; 4] = [
    "/e/620722-0000",
    "/e/620722-0000/lines",
    "/e/620722-0000/lines?q=租金&min=900.00",
    // Found nowhere: the whole of what one page looks through.
    "/e/620722-0000/lines?q=nowhere",
];

fn main() {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(run());
}

async fn run() {
    let directory = tempfile::tempdir().expect("a directory");
    let books = books_of(fresh_store(&directory, "books.db").await, 1).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let site = listener.local_addr().expect("an address");
    let state = Site::of(books.clone());
    tokio::spawn(async move { serve(listener, state, std::future::pending()).await });
    println!(
        "entries   page                                bytes    pages/s   static/s   ratio   \
         first ms   of the first size"
    );
    let largest = setting("BENCH_ENTRIES", 100_000);
    let sizes = std::iter::successors(Some(10_000), |size| Some(size * 10));
    let (mut there, mut of_first) = (0, Vec::new());
    for size in sizes.take_while(|size| *size <= largest) {
        import(&books, 1, there, size - there, 256).await;
        there = size;
        let mut next = size * 100;
        for (nth, path) in PAGES.into_iter().enumerate() {
            let mut first = f64::MAX;
            for _ in 0..5 {
                // A new head: what was rendered before is not shown again.
                import(&books, 1, next, 1, 1).await;
                next += 1;
                first = first.min(first_ms(site, path).await);
            }
            let ratio = measure(site, size, path, first).await;
            if of_first.len() <= nth {
                of_first.push((ratio, first));
            }
            let (ratio_then, first_then) = of_first[nth];
            println!("   {:>8.2} {:>8.2}", ratio / ratio_then, first / first_then);
        }
    }
}

fn escaped(path: &str) -> String {
    path.replace('租', "%E7%A7%9F").replace('金', "%E9%87%91")
}

/// How long an answer takes.
async fn first_ms(site: std::net::SocketAddr, path: &str) -> f64 {
    let started = Instant::now();
    fetch(site, &escaped(path), 1).await;
    started.elapsed().as_secs_f64() * 1000.0
}

/// Pages a second as a share of static ones.
async fn measure(site: std::net::SocketAddr, entries: usize, path: &str, first: f64) -> f64 {
    let path = escaped(path);
    let body = fetch(site, &path, 1).await.1;
    let took = load(site, &path).await;
    let fixed = static_server(body).await;
    let limit = load(fixed, "/").await;
    let count = CONNECTIONS * REQUESTS;
    let ratio = limit.as_secs_f64() / took.as_secs_f64();
    print!(
        "{entries:>7}   {path:<34} {body:>6} {:>10.0} {:>10.0} {ratio:>7.2} {first:>10.2}",
        rate(count, took),
        rate(count, limit),
    );
    ratio
}

/// A page of so many bytes, always the same.
async fn static_server(bytes: usize) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let page = "x".repeat(bytes);
    let app = Router::new().route("/", get(move || async move { page }));
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn load(address: std::net::SocketAddr, path: &str) -> Duration {
    let started = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let path = path.to_owned();
            tokio::spawn(async move { fetch(address, &path, REQUESTS).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("a client ends");
    }
    started.elapsed()
}

/// Fetches a page so many times over one connection; status and length of the last body.
async fn fetch(address: std::net::SocketAddr, path: &str, times: usize) -> (u16, usize) {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket option");
    let mut stream = BufReader::new(stream);
    let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Language: zh\r\n\r\n");
    let mut last = (0, 0);
    for _ in 0..times {
        stream.get_mut().write_all(request.as_bytes()).await.expect("a request is sent");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a head"));
        }
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let status = head[9..12].parse().expect("a status");
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length: usize = length.and_then(|text| text.trim().parse().ok()).expect("a length");
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.expect("a body");
        assert_eq!(status, 200, "{path}");
        last = (status, length);
    }
    last
}
