//! How a problem is answered: `application/problem+json` (RFC 9457).

use crate::doors::wire::Problem;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// When a full queue has room again: the writer takes a thousand commands in far less.
const RETRY_AFTER_SECONDS: &str = "1";

/// One answer, whatever is wrong with who somebody says they are.
pub(super) fn unauthorized() -> Problem {
    let detail = "sign in, or send the header Authorization: Bearer with a token that holds; the \
                  server says where the operator's is when it starts";
    Problem::new(401, "unauthorized", detail)
}

/// Another page made a browser send this.
pub(super) fn foreign_origin() -> Problem {
    let detail = "whoever is signed in by a cookie changes things from this server's own pages: \
                  the header Origin names another place, or none";
    Problem::new(403, "foreign_origin", detail)
}

pub(super) fn timed_out() -> Problem {
    let detail = "it took too long; a command may be recorded all the same: look before you give \
                  it again";
    Problem::new(503, "timed_out", detail)
}

/// Too much of something in a while.
pub(super) fn slowed(wait_seconds: u64) -> Problem {
    let detail = format!("too many tries in a short time: wait {wait_seconds} seconds");
    let problem = Problem::new(429, "too_many_tries", detail);
    Problem { wait_seconds: Some(wait_seconds), ..problem }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({
            // Of no type of its own: the title is the status's, and the code tells more (§ 4.2.1).
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or_default(),
            "status": status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        let kind = [(CONTENT_TYPE, "application/problem+json")];
        let retry = self.is_passing.then_some([(RETRY_AFTER, RETRY_AFTER_SECONDS)]);
        let wait = self.wait_seconds.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds)));
        let scheme = (status == StatusCode::UNAUTHORIZED)
            .then_some([(WWW_AUTHENTICATE, "Bearer realm=\"rollbook\"")]);
        let mut response = (status, kind, body.to_string()).into_response();
        for [(name, value)] in retry.into_iter().chain(scheme) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response.headers_mut().extend(wait);
        // The gate may say it in other words.
        response.extensions_mut().insert(self);
        response
    }
}
