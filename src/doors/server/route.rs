//! From routes to plain functions, and back: the only place where an answer is waited for.

use super::Site;
use super::call::Call;
use super::commands::{Wish, recorded};
use super::problem::Problem;
use super::reply::Reply;
use crate::house::SubmitError;
use crate::law::Command;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{MethodFilter, MethodRouter, on};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

/// Answers a read.
pub(super) type Query = fn(&Site, &Call) -> Result<Reply, Problem>;

/// Reads what is wished.
pub(super) type Wishing = fn(&Site, &Call) -> Result<Wish, Problem>;

type Route = MethodRouter<Arc<Site>>;

/// A read of the published projections: it takes microseconds and waits for nobody.
pub(super) fn get(query: Query) -> Route {
    let answer =
        move |State(site): State<Arc<Site>>, call: Call| async move { query(&site, &call) };
    on(MethodFilter::GET, answer)
}

/// A read for which the log has to be read.
pub(super) fn blocking(query: Query) -> Route {
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        let read = spawn_blocking(move || query(&site, &call)).await;
        read.unwrap_or_else(|error| Err(Problem::fault("fault", error)))
    };
    on(MethodFilter::GET, answer)
}

/// A read of the server itself.
pub(super) fn open(query: fn(&Site) -> Reply) -> Route {
    on(MethodFilter::GET, move |State(site): State<Arc<Site>>| async move { query(&site) })
}

pub(super) fn post(wishing: Wishing) -> Route {
    command(MethodFilter::POST, wishing)
}

pub(super) fn put(wishing: Wishing) -> Route {
    command(MethodFilter::PUT, wishing)
}

pub(super) fn patch(wishing: Wishing) -> Route {
    command(MethodFilter::PATCH, wishing)
}

pub(super) fn delete(wishing: Wishing) -> Route {
    command(MethodFilter::DELETE, wishing)
}

fn command(method: MethodFilter, wishing: Wishing) -> Route {
    on(method, move |State(site): State<Arc<Site>>, call: Call| async move {
        let done = record(&site, &call, wishing).await;
        let code = done.as_ref().map_or_else(|problem| problem.code, |_| "accepted");
        site.metrics.decided(code);
        done
    })
}

async fn record(site: &Site, call: &Call, wishing: Wishing) -> Result<Reply, Problem> {
    let Wish { actor, action, reason, subject, token } = wishing(site, call)?;
    let command = Command { actor, reason, action };
    let (reply, answer) = oneshot::channel();
    // Whoever asked may have gone.
    let reply = move |answer| drop(reply.send(answer));
    site.ledger.try_enqueue(command, reply).map_err(Problem::queue_full)?;
    let receipt = answer.await.unwrap_or(Err(SubmitError::Stopped))?;
    recorded(site, &receipt, subject, token)
}

pub(super) async fn unknown() -> Problem {
    Problem::missing("unknown_route", "there is nothing at this path")
}

pub(super) async fn wrong_method() -> Problem {
    let detail = "this path takes other methods: the header Allow names them";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", detail)
}
