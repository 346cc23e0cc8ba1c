//! Connections: how many, how long, and how they end.

use super::client_address::Peer;
use super::{Limits, Tls};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io::ErrorKind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

/// Without a free file descriptor accepting fails at once; trying on without rest gains nothing.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop`; then takes no further connections and lets requests under way end.
pub(super) async fn serve(
    listener: TcpListener,
    routes: Router,
    tls: Option<Tls>,
    limits: Limits,
    (stopping, stop): (watch::Sender<bool>, impl Future<Output = ()>),
) {
    let places = Arc::new(Semaphore::new(limits.connections as usize));
    let accepting = async {
        loop {
            let place = Arc::clone(&places).acquire_owned().await;
            match listener.accept().await {
                Ok((stream, address)) => {
                    let (routes, stopping) = (routes.clone(), stopping.subscribe());
                    let peer = Peer { address: address.ip(), is_tls: tls.is_some() };
                    let tls = tls.clone();
                    tokio::spawn(async move {
                        one(stream, peer, routes, tls, limits, stopping).await;
                        drop(place);
                    });
                }
                Err(error) if is_of_the_connection(error.kind()) => {}
                Err(_) => sleep(PAUSE).await,
            }
        }
    };
    tokio::select! {
        () = accepting => {}
        () = stop => {}
    }
    drop(listener);
    stopping.send_replace(true);
    // Whatever is still under way behind the grace is cut off; it was not acknowledged.
    let _ = timeout(limits.grace, places.acquire_many(limits.connections)).await;
}

/// Whoever wanted to connect has gone.
fn is_of_the_connection(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

async fn one(
    stream: TcpStream,
    peer: Peer,
    routes: Router,
    tls: Option<Tls>,
    limits: Limits,
    mut stopping: watch::Receiver<bool>,
) {
    // An answer is small and complete: waiting for more to send only delays it.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        return speak(stream, peer, routes, limits, stopping).await;
    };
    // Whoever shakes hands slowly, or while the server stops, has not asked for anything yet.
    let shaken = timeout(limits.head, tls.acceptor().accept(stream));
    let shaken = tokio::select! {
        shaken = shaken => shaken,
        _ = stopping.wait_for(|stopping| *stopping) => return,
    };
    match shaken {
        Ok(Ok(stream)) => speak(stream, peer, routes, limits, stopping).await,
        Ok(Err(error)) => tracing::debug!(kind = %error.kind(), "no TLS handshake"),
        Err(_) => tracing::debug!(kind = "timed out", "no TLS handshake"),
    }
}

async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    peer: Peer,
    routes: Router,
    limits: Limits,
    mut stopping: watch::Receiver<bool>,
) {
    let routes = TowerToHyperService::new(routes);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        routes.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // A connection that broke has nobody left to be told.
        _ = connection.as_mut() => return,
        _ = stopping.wait_for(|stopping| *stopping) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
