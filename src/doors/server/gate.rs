//! What every request passes: who comes in, how long it may take, and that it is counted.

use super::Site;
use super::caller::identify;
use super::dialects;
use super::problem;
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Instant;
use tokio::time::timeout;

/// Lets a request in, or not. Whether a route lets in somebody of whom nothing is known is the
/// route's to say; what is said and does not hold ends here.
pub(super) async fn pass(
    State(site): State<Arc<Site>>,
    matched: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let response = match identify(&site, &method, request.headers()) {
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            match timeout(site.limits.request, next.run(request)).await {
                Ok(response) => response,
                Err(_) => problem::timed_out().into_response(),
            }
        }
        Err(problem) => problem.into_response(),
    };
    let mut response = dialects::reword(&path, response);
    let route = matched.as_ref().map(MatchedPath::as_str);
    site.metrics.answered(route, &method, response.status(), began.elapsed());
    // Answers hold personal data; no cache on the way keeps them.
    let kept = response.headers_mut().entry(CACHE_CONTROL);
    kept.or_insert(HeaderValue::from_static("no-store"));
    response
}
