//! How dialects travel: requests in, and every problem below their paths in their own words.

mod aisix;
mod avisi;
mod cloudflare;

use super::Site;
use super::call::Call;
use super::reply::Reply;
use super::route::{decided, give};
use super::table::{Table, Untold, Way};
use crate::doors::desk::{Order, Told};
use crate::doors::dialects::{Dialect, Failure};
use crate::doors::wire::Problem;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use std::sync::Arc;

/// Keeps clients that repeat what failed from doing it: what the law refuses stays refused, and
/// what may have been recorded is not to be recorded twice.
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// The routes of all dialects.
pub(super) fn ways(table: Table) -> Table {
    cloudflare::routes(avisi::routes(aisix::routes(table)))
}

/// A read of the published projections.
pub(super) fn read(answer: fn(&Site, &Call) -> Result<Reply, Problem>) -> Way {
    let answer =
        move |State(site): State<Arc<Site>>, call: Call| async move { answer(&site, &call) };
    Untold::new("GET", on(MethodFilter::GET, answer)).told_elsewhere()
}

/// What is done about a request that changes something.
pub(super) enum Plan {
    /// Nothing has to be recorded.
    Said(Reply),
    /// The order is given, and what became of it is told.
    Ordered(Box<Order>, Tell),
}

impl Plan {
    fn ordered(
        order: Order,
        tell: impl FnOnce(&Site, Result<Told, Problem>) -> Result<Reply, Problem> + Send + 'static,
    ) -> Self {
        Self::Ordered(Box::new(order), Box::new(tell))
    }
}

type Tell = Box<dyn FnOnce(&Site, Result<Told, Problem>) -> Result<Reply, Problem> + Send>;

/// A command, by the method that it is sent with.
pub(super) fn command(
    name: &'static str,
    method: MethodFilter,
    plan: fn(&Site, &Call) -> Result<Plan, Problem>,
) -> Way {
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        let done = match plan(&site, &call) {
            Ok(Plan::Said(reply)) => Ok(reply),
            Ok(Plan::Ordered(order, tell)) => tell(&site, give(&site, *order).await),
            Err(problem) => Err(problem),
        };
        decided(&site, done)
    };
    Untold::new(name, on(method, answer)).told_elsewhere()
}

/// Says a problem below a dialect's paths as the dialect does.
pub(super) fn reword(path: &str, response: Response) -> Response {
    let Some(dialect) = Dialect::of_path(path) else { return response };
    let (mut head, body) = response.into_parts();
    let Some(problem) = head.extensions.remove::<Problem>() else {
        return Response::from_parts(head, body);
    };
    let Failure { status, body, is_final } = dialect.failure(&problem);
    head.status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    head.headers.remove(axum::http::header::CONTENT_LENGTH);
    if is_final {
        head.headers.insert(SHOULD_RETRY, HeaderValue::from_static("false"));
    }
    Response::from_parts(head, body.to_string().into())
}
