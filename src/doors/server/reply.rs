//! What is answered when all is well.

use crate::doors::wire::{Problem, StateTag};
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION, SET_COOKIE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The seq of the last entry that the answer counts.
pub(super) const SEQ: HeaderName = HeaderName::from_static("rollbook-seq");

/// An answer.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    kind: &'static str,
    seq: Option<u64>,
    location: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
}

impl Reply {
    /// JSON that holds for a seq; none while there is no entry.
    pub(super) fn json(seq: Option<u64>, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body).map_err(|error| Problem::fault("unwritable", error))?;
        let (status, kind) = (StatusCode::OK, "application/json");
        Ok(Self { status, kind, seq, location: None, headers: Vec::new(), body })
    }

    /// Nothing but that it is done.
    pub(super) fn empty(seq: Option<u64>) -> Self {
        let (status, kind) = (StatusCode::OK, "text/plain; charset=utf-8");
        Self { status, kind, seq, location: None, headers: Vec::new(), body: Vec::new() }
    }

    /// Bytes of some type that hold for a seq.
    pub(super) fn bytes(kind: &'static str, seq: u64, body: Vec<u8>) -> Self {
        let status = StatusCode::OK;
        Self { status, kind, seq: Some(seq), location: None, headers: Vec::new(), body }
    }

    /// Plain text.
    pub(super) fn text(kind: &'static str, text: String) -> Self {
        let (status, body) = (StatusCode::OK, text.into_bytes());
        Self { status, kind, seq: None, location: None, headers: Vec::new(), body }
    }

    /// Bytes.
    pub(super) fn octets(kind: &'static str, body: Vec<u8>) -> Self {
        let status = StatusCode::OK;
        Self { status, kind, seq: None, location: None, headers: Vec::new(), body }
    }

    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Sets a cookie in the browser that asked.
    pub(super) fn with_cookie(self, cookie: HeaderValue) -> Self {
        self.with_header(SET_COOKIE, cookie)
    }

    /// Says something in a header.
    pub(super) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Names the state of the one thing that is told of.
    pub(super) fn with_tag(self, tag: Option<StateTag>) -> Self {
        // A tag is quoted base64.
        match tag.and_then(|tag| HeaderValue::try_from(tag.to_string()).ok()) {
            Some(tag) => self.with_header(ETAG, tag),
            None => self,
        }
    }

    /// Sends a browser elsewhere.
    pub(super) fn to(place: String) -> Self {
        let reply = Self::text("text/plain; charset=utf-8", String::new());
        Self { status: StatusCode::FOUND, location: Some(place), ..reply }
    }

    /// Says that something came to exist, and where.
    pub(super) fn created(self, location: String) -> Self {
        Self { status: StatusCode::CREATED, location: Some(location), ..self }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
        if let Some(seq) = self.seq {
            headers.insert(SEQ, HeaderValue::from(seq));
        }
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        // A place is made of identifiers, role names and URLs that were looked at: they fit a
        // header.
        if let Some(location) = self.location.and_then(|at| HeaderValue::try_from(at).ok()) {
            headers.insert(LOCATION, location);
        }
        response
    }
}
