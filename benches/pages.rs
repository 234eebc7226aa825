//! Estate home and lines over HTTP beside a static page of the same size from the same kind of
//! server, eight connections kept open.

mod common;

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use common::{actor, books_of, estate, fresh_store, income, rate};
use mingzhang::web::{Site, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 8;
const REQUESTS: usize = 2_000;

fn main() {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(run());
}

async fn run() {
    let directory = tempfile::tempdir().expect("a directory");
    let books = books_of(fresh_store(&directory, "books.db").await, 1).await;
    for batch in (0..10_000).collect::<Vec<_>>().chunks(250) {
        let drafts = batch.iter().map(|nth| income(&books, estate(0), *nth)).collect();
        books.post(drafts, actor()).await.expect("a batch is posted");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let site = listener.local_addr().expect("an address");
    let state = Site::of(books);
    tokio::spawn(async move { serve(listener, state, std::future::pending()).await });
    println!("page                                bytes    pages/s   static/s   ratio   first ms");
    for path in ["/e/620722-0000", "/e/620722-0000/lines", "/e/620722-0000/lines?q=租金&min=900.00"]
    {
        let path = path.replace('租', "%E7%A7%9F").replace('金', "%E9%87%91");
        let started = Instant::now();
        let body = fetch(site, &path, 1).await.1;
        let first = started.elapsed();
        let took = load(site, &path).await;
        let fixed = static_server(body).await;
        let limit = load(fixed, "/").await;
        let count = CONNECTIONS * REQUESTS;
        println!(
            "{path:<34} {body:>6} {:>10.0} {:>10.0} {:>7.2} {:>10.2}",
            rate(count, took),
            rate(count, limit),
            limit.as_secs_f64() / took.as_secs_f64(),
            first.as_secs_f64() * 1000.0,
        );
    }
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
