//! What is answered when something is wrong: `application/problem+json` (RFC 9457).

use super::status::{refused_with, unrecorded_with};
use crate::doors::codes::submit_code;
use crate::ground::log::LogError;
use crate::house::SubmitError;
use crate::house::unseal::UnsealError;
use crate::projections::AsOfError;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// When a full queue has room again: the writer takes a thousand commands in far less.
const RETRY_AFTER_SECONDS: &str = "1";

/// One thing that is wrong. `code` is stable; the words may change.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) detail: String,
    /// Nothing was recorded, and the same request may do soon.
    retry: bool,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl ToString) -> Self {
        Self { status, code, detail: detail.to_string(), retry: false }
    }

    /// The request says something that cannot be understood.
    pub(super) fn wrong(code: &'static str, detail: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub(super) fn missing(code: &'static str, detail: impl ToString) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    pub(super) fn unauthorized() -> Self {
        let detail = "expected the header Authorization: Bearer with the operator's token; the \
                      server says where that is when it starts";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    pub(super) fn queue_full(error: impl ToString) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "queue_full", error);
        Self { retry: true, ..problem }
    }

    pub(super) fn timed_out() -> Self {
        let detail = "it took too long; a command may be recorded all the same: look before you \
                      give it again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "timed_out", detail)
    }

    /// Rollbook did not do what it should; the operator finds out more than the caller.
    pub(super) fn fault(code: &'static str, error: impl ToString) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, error)
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        let status = match &error {
            SubmitError::Refused(refusal) => refused_with(refusal),
            other => unrecorded_with(other),
        };
        Self::new(status, submit_code(&error), error)
    }
}

impl From<AsOfError> for Problem {
    fn from(error: AsOfError) -> Self {
        match &error {
            AsOfError::Form { .. } | AsOfError::Time(_) => Self::wrong("wrong_moment", error),
            AsOfError::BeforeBeginning { .. } => Self::missing("before_beginning", error),
            AsOfError::Beyond { .. } => Self::missing("beyond_end", error),
        }
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        Self::fault("unreadable", error)
    }
}

impl From<UnsealError> for Problem {
    fn from(error: UnsealError) -> Self {
        Self::fault("damaged", error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            // Of no type of its own: the title is the status's, and the code tells more (§ 4.2.1).
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or_default(),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        let kind = [(CONTENT_TYPE, "application/problem+json")];
        let retry = self.retry.then_some([(RETRY_AFTER, RETRY_AFTER_SECONDS)]);
        let scheme = (self.status == StatusCode::UNAUTHORIZED)
            .then_some([(WWW_AUTHENTICATE, "Bearer realm=\"rollbook\"")]);
        let mut response = (self.status, kind, body.to_string()).into_response();
        for [(name, value)] in retry.into_iter().chain(scheme) {
            response.headers_mut().insert(name, axum::http::HeaderValue::from_static(value));
        }
        response
    }
}
