//! The listener: how many connections at once, how long a slow one may take, how it stops.
//!
//! `axum::serve` keeps a connection whose head never ends for ever; here hyper gives up after
//! [`HEAD_WITHIN`].

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::{Service, ServiceExt};

use super::{Site, router};

/// Connections at once; a further one waits in the kernel's queue.
const CONNECTIONS_MAX: usize = 4_096;
/// A request's head is there within this time, also on a connection that is kept open.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// The longest head, in bytes.
const HEAD_LEN_MAX: usize = 32 * 1024;
/// Answers under way when the server stops may take this long.
const STOP_WITHIN: Duration = Duration::from_secs(15);
/// A pause after a failed accept: the machine is out of something.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who sent a request, as the connection says; behind a proxy it is the proxy.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Peer {
    /// True for a program on this machine.
    pub fn is_local(self) -> bool {
        self.0.ip().to_canonical().is_loopback()
    }
}

/// Serves the site until `stop` is done, then lets answers under way end.
pub async fn serve(
    listener: TcpListener,
    site: Site,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let router = router(site);
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &permits) => accepted,
        };
        match accepted {
            Ok((stream, peer, permit)) => {
                let stopped = stopped.clone();
                let service = router.clone().map_request(move |request: hyper::Request<_>| {
                    let mut request = request.map(Body::new);
                    request.extensions_mut().insert(Peer(peer));
                    request
                });
                connections.spawn(async move {
                    answer(stream, service, stopped).await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "couldn't accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    stopping.send_replace(true);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_WITHIN, ended).await.is_err() {
        tracing::warn!(left = connections.len(), "connections were cut");
    }
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, permit))
}

async fn until_true(flag: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and with it the server.
    let _ = flag.wait_for(|is_true| *is_true).await;
}

/// Answers one connection's requests; when the server stops, the one under way is the last.
async fn answer<S>(stream: TcpStream, service: S, mut stopped: watch::Receiver<bool>)
where
    S: Service<hyper::Request<hyper::body::Incoming>, Error = Infallible> + Clone + Send + 'static,
    S: Service<hyper::Request<hyper::body::Incoming>, Response = axum::response::Response>,
    S::Future: Send,
{
    // Small answers should not wait for more to send.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_LEN_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(connection);
    // An error here is the reader's: gone, too slow, or not speaking HTTP.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = until_true(&mut stopped) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_local() {
        for (address, is_local) in [
            ("127.0.0.1:1", true),
            ("127.8.0.1:1", true),
            ("[::1]:1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("10.0.0.7:1", false),
            ("[::ffff:10.0.0.7]:1", false),
            ("[fe80::1]:1", false),
            ("0.0.0.0:1", false),
        ] {
            assert_eq!(Peer(address.parse().unwrap()).is_local(), is_local, "{address}");
        }
    }
}
