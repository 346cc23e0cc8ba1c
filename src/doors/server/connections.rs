//! Connections: how many, how long, and how they end.

use super::Limits;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io::ErrorKind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

/// Without a free file descriptor accepting fails at once; trying on without rest gains nothing.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop`; then takes no further connections and lets requests under way end.
pub(super) async fn serve(
    listener: TcpListener,
    routes: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections as usize));
    let (stopping, _) = watch::channel(false);
    let accepting = async {
        loop {
            let place = Arc::clone(&places).acquire_owned().await;
            match listener.accept().await {
                Ok((stream, _)) => {
                    let (routes, stopping) = (routes.clone(), stopping.subscribe());
                    tokio::spawn(async move {
                        one(stream, routes, limits, stopping).await;
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
    routes: Router,
    limits: Limits,
    mut stopping: watch::Receiver<bool>,
) {
    // An answer is small and complete: waiting for more to send only delays it.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    let mut connection = pin!(connection);
    tokio::select! {
        // A connection that broke has nobody left to be told.
        _ = connection.as_mut() => return,
        _ = stopping.wait_for(|stopping| *stopping) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
