//! From routes to plain functions, and back: the only place where an answer is waited for.

use super::Site;
use super::call::Call;
use super::reply::Reply;
use crate::doors::desk::{Answered, Order, Wished};
use crate::doors::wire::{Answer, Method, Problem, Question};
use crate::house::SubmitError;
use axum::extract::State;
use axum::routing::{MethodFilter, MethodRouter, on};
use std::borrow::Cow;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

type Route = MethodRouter<Arc<Site>>;

/// A read of the published projections: it takes microseconds and waits for nobody.
pub(super) fn get<Q: Answered + 'static>() -> Route {
    on(MethodFilter::GET, move |State(site): State<Arc<Site>>, call: Call| async move {
        answer::<Q>(&site, &call)
    })
}

/// A read for which the log has to be read.
pub(super) fn blocking<Q: Answered + 'static>() -> Route {
    on(MethodFilter::GET, move |State(site): State<Arc<Site>>, call: Call| async move {
        let read = spawn_blocking(move || answer::<Q>(&site, &call)).await;
        read.unwrap_or_else(|error| Err(Problem::fault("fault", error)))
    })
}

fn answer<Q: Answered>(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let question = <Q as Question>::read(call, call.parameters()?)?;
    let answer = question.answer(&site.desk)?;
    Reply::json(answer.seq(), &answer)
}

/// A read of the server itself.
pub(super) fn open(query: fn(&Site) -> Reply) -> Route {
    on(MethodFilter::GET, move |State(site): State<Arc<Site>>| async move { query(&site) })
}

/// A command, by the method that it is sent with.
pub(super) fn wish<W: Wished + Send + 'static>() -> Route {
    let method = match W::METHOD {
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    };
    on(method, move |State(site): State<Arc<Site>>, call: Call| async move {
        let done = record::<W>(&site, &call).await;
        let code = match &done {
            Ok(_) => "accepted",
            Err(Problem { code: Cow::Borrowed(code), .. }) => code,
            // Every code of ours is a constant.
            Err(Problem { code: Cow::Owned(_), .. }) => "other",
        };
        site.metrics.decided(code);
        done
    })
}

async fn record<W: Wished>(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let order = W::read(call, call.body()?)?.order(&site.desk, call.actor)?;
    let Order { command, subject, token, org } = order;
    let (reply, answer) = oneshot::channel();
    // Whoever asked may have gone.
    let reply = move |answer| drop(reply.send(answer));
    site.ledger.try_enqueue(command, reply).map_err(|full| {
        let problem = Problem::new(503, "queue_full", full);
        Problem { is_passing: true, ..problem }
    })?;
    let receipt = answer.await.unwrap_or(Err(SubmitError::Stopped))?;
    let told = site.desk.recorded(&receipt, subject, token, org)?;
    let reply = Reply::json(told.answer.seq(), &told.answer)?;
    Ok(match told.created_at {
        Some(place) => reply.created(place),
        None => reply,
    })
}

pub(super) async fn unknown() -> Problem {
    Problem::missing("unknown_route", "there is nothing at this path")
}

pub(super) async fn wrong_method() -> Problem {
    let detail = "this path takes other methods: the header Allow names them";
    Problem::new(405, "wrong_method", detail)
}
