//! A witness over HTTP (C2SP tlog-witness): checkpoints are given to it, and what it signed last is
//! read by whoever watches a log.

use super::{Limits, ServeError, Until, connections, either};
use crate::house::witness::{AddError, Witness};
use crate::proof::witness::{REQUEST_LIMIT_BYTES, Refused};
use crate::words::Timestamp;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::net::TcpListener;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// The kind of an answer that says which size the witness has.
const SIZE: HeaderValue = HeaderValue::from_static("text/x.tlog.size");

struct Site {
    witness: Arc<Witness>,
    now: fn() -> Timestamp,
}

/// Serves a witness until it is told to stop.
pub fn run_witness(
    listener: TcpListener,
    witness: Witness,
    now: fn() -> Timestamp,
    until: Until,
) -> Result<(), ServeError> {
    let site = Arc::new(Site { witness: Arc::new(witness), now });
    let routes = Router::new()
        .route("/add-checkpoint", post(add))
        .route("/{log}/checkpoint", get(latest))
        .with_state(site);
    let limits = Limits::STANDARD;
    let (stopping, _) = watch::channel(false);
    let (runtime, signals, stop) = until.parts()?;
    runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let stopped = async {
            match signals {
                Some(signals) => either(signals).await,
                None => stop.0.notified().await,
            }
        };
        connections::serve(listener, routes, None, limits, (stopping, stopped)).await;
        Ok(())
    })
}

/// Signs a checkpoint, or says why not.
async fn add(State(site): State<Arc<Site>>, body: Body) -> Response {
    let body = timeout(Limits::STANDARD.request, to_bytes(body, REQUEST_LIMIT_BYTES)).await;
    let body = match body {
        Err(_) => return told(StatusCode::REQUEST_TIMEOUT, "the request did not arrive in time"),
        Ok(Err(_)) => return told(StatusCode::BAD_REQUEST, Refused::Form),
        Ok(Ok(body)) => body,
    };
    let since_1970 = Timestamp::EPOCH.until((site.now)());
    let witness = Arc::clone(&site.witness);
    let added = spawn_blocking(move || witness.add(&body, since_1970)).await;
    match added {
        Ok(Ok(line)) => ([(CONTENT_TYPE, TEXT)], format!("{line}\n")).into_response(),
        Ok(Err(AddError::Refused(refused))) => refusal(refused),
        Ok(Err(error @ AddError::Stopped(_))) => {
            tracing::error!(%error, "nothing is signed any more");
            told(StatusCode::INTERNAL_SERVER_ERROR, "what is signed cannot be kept")
        }
        Err(error) => {
            tracing::error!(%error, "a request broke off");
            told(StatusCode::INTERNAL_SERVER_ERROR, "the request broke off")
        }
    }
}

fn refusal(refused: Refused) -> Response {
    match refused {
        Refused::Size(size) => {
            let body = format!("{size}\n");
            (StatusCode::CONFLICT, [(CONTENT_TYPE, SIZE)], body).into_response()
        }
        Refused::Form => told(StatusCode::BAD_REQUEST, refused),
        Refused::Unknown => told(StatusCode::NOT_FOUND, refused),
        Refused::Unsigned => told(StatusCode::FORBIDDEN, refused),
        Refused::Inconsistent => {
            tracing::warn!("a checkpoint with a known key's signature continues nothing here");
            told(StatusCode::UNPROCESSABLE_ENTITY, refused)
        }
    }
}

fn told(status: StatusCode, what: impl std::fmt::Display) -> Response {
    (status, [(CONTENT_TYPE, TEXT)], format!("{what}\n")).into_response()
}

/// What was signed last of a log.
async fn latest(State(site): State<Arc<Site>>, Path(log): Path<String>) -> Response {
    let witness = Arc::clone(&site.witness);
    let found = spawn_blocking(move || witness.latest(&log)).await;
    match found {
        Ok(Some(note)) => {
            let fresh = HeaderValue::from_static("no-cache");
            ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, fresh)], note).into_response()
        }
        Ok(None) | Err(_) => {
            told(StatusCode::NOT_FOUND, "nothing was signed here of a log by that digest")
        }
    }
}
