//! What is told of a request: its id, in the answer and in the log.

use super::Site;
use super::client_address::{Peer, client};
use super::metrics::name;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Names the request, for whoever asks what became of it.
const REQUEST: HeaderName = HeaderName::from_static("rollbook-request");

/// Gives requests their ids: what was drawn for this start of the server, and a number.
pub(super) struct RequestIds {
    start: String,
    given: AtomicU64,
}

impl RequestIds {
    /// How much of what is drawn tells one start from another.
    const START_BYTES: usize = 6;

    pub(super) fn new(drawn: &[u8; 32]) -> Self {
        let mut start = String::new();
        for byte in &drawn[..Self::START_BYTES] {
            // Writing into a text cannot fail.
            let _ = write!(start, "{byte:02x}");
        }
        Self { start, given: AtomicU64::new(1) }
    }

    fn give(&self) -> String {
        format!("{}-{}", self.start, self.given.fetch_add(1, Ordering::Relaxed))
    }
}

/// Lets a request pass with its id and its client, and tells how it was answered. An id that comes
/// with the request is not ours.
pub(super) async fn tell(
    State(site): State<Arc<Site>>,
    matched: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let told = Told {
        id: site.requests.give(),
        method: name(request.method()),
        matched,
        began: Instant::now(),
        status: None,
    };
    if let Some(peer) = request.extensions().get::<Peer>().copied() {
        let client = client(peer, request.headers(), &site.settings.trusted_proxies);
        request.extensions_mut().insert(client);
    }
    let mut response = next.run(request).await;
    if let Ok(id) = HeaderValue::try_from(told.id.as_str()) {
        response.headers_mut().insert(REQUEST, id);
    }
    told.with(response.status().as_u16());
    response
}

/// One line of the log; it is also written when nobody waits for the answer any more.
struct Told {
    id: String,
    method: &'static str,
    matched: Option<MatchedPath>,
    began: Instant,
    status: Option<u16>,
}

impl Told {
    fn with(mut self, status: u16) {
        self.status = Some(status);
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        // The pattern, never the path: names stand in paths.
        let route = self.matched.as_ref().map_or("none", MatchedPath::as_str);
        let (request, method) = (self.id.as_str(), self.method);
        let microseconds = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        match self.status {
            Some(status) => {
                tracing::info!(request, method, route, status, microseconds, "answered")
            }
            None => tracing::info!(request, method, route, microseconds, "broken off"),
        }
    }
}
