//! What every request passes: who comes in, how long it may take, and that it is counted.

use super::Site;
use super::problem;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Instant;
use tokio::time::timeout;

/// What is answered without a token: whether there is a process, and whether it works. Nothing in
/// it tells who belongs where.
const OPEN: [&str; 2] = ["/healthz", "/readyz"];

/// Lets a request in, or not.
pub(super) async fn pass(
    State(site): State<Arc<Site>>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let mut response = if may_enter(&site, request.uri().path(), request.headers()) {
        match timeout(site.limits.request, next.run(request)).await {
            Ok(response) => response,
            Err(_) => problem::timed_out().into_response(),
        }
    } else {
        problem::unauthorized().into_response()
    };
    let route = matched.as_ref().map(MatchedPath::as_str);
    site.metrics.answered(route, &method, response.status(), began.elapsed());
    // Answers hold personal data; no cache on the way keeps them.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn may_enter(site: &Site, path: &str, headers: &HeaderMap) -> bool {
    OPEN.contains(&path) || bearer(headers).is_some_and(|token| site.operator.owns(token))
}

/// The token of RFC 6750 § 2.1; the scheme's name is compared without case (RFC 9110 § 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (given.next(), given.next()) else { return None };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}
