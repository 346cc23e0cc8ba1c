//! A request, as routes read it.

use super::Site;
use crate::doors::wire::{Parts, Problem};
use crate::facts::Actor;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Names the user in whose name the operator gives a command.
const ACTOR: &str = "rollbook-actor";

/// A request that was let in.
pub(super) struct Call {
    /// Who acts.
    pub(super) actor: Actor,
    path: Vec<(String, String)>,
    uri: Uri,
    is_json: bool,
    body: Bytes,
}

impl FromRequest<Arc<Site>> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let given = RawPathParams::from_request_parts(&mut parts, site).await;
        let given = given.map_err(|error| Problem::wrong("wrong_path", error))?;
        let path = given.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let actor = actor(site, &parts.method, &parts.headers)?;
        let is_json = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| {
            let kind = kind.to_str().unwrap_or_default();
            let kind = kind.split(';').next().unwrap_or_default();
            kind.trim().eq_ignore_ascii_case("application/json")
        });
        let uri = parts.uri.clone();
        let body = Bytes::from_request(Request::from_parts(parts, body), site).await;
        let body = body.map_err(|error| {
            let code = match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => "body_too_large",
                _ => "wrong_body",
            };
            Problem::new(
                error.status().as_u16(),
                code,
                "the body is longer than 64 KiB, or broke off",
            )
        })?;
        Ok(Self { actor, path, uri, is_json, body })
    }
}

/// Whom the operator's token speaks for. A read is never narrowed to what somebody may see, so
/// naming somebody there is refused rather than passed over.
fn actor(site: &Site, method: &Method, headers: &HeaderMap) -> Result<Actor, Problem> {
    let Some(named) = headers.get(ACTOR) else { return Ok(site.operator.actor()) };
    if method.is_safe() {
        let detail = "Rollbook-Actor is for commands: reads are answered as to the operator";
        return Err(Problem::wrong("wrong_actor", detail));
    }
    match named.to_str().unwrap_or_default().parse() {
        Ok(user @ Actor::User(_)) => Ok(user),
        Ok(Actor::Operator(_) | Actor::Token(_) | Actor::System(_)) | Err(_) => {
            Err(Problem::wrong("wrong_actor", "Rollbook-Actor: expected user:ID"))
        }
    }
}

/// What is wrong, without the layers around it that say only that something is.
fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), cause)
}

impl Call {
    /// The parameters behind the question mark; what is not known is refused.
    pub(super) fn parameters<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let read = Query::try_from_uri(&self.uri);
        read.map(|Query(read)| read)
            .map_err(|error| Problem::wrong("wrong_parameter", cause(&error)))
    }

    /// The body of a command. What is not known is refused, and none is the same as `{}`.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if self.uri.query().is_some() {
            return Err(Problem::wrong("wrong_parameter", "a command takes no parameters"));
        }
        let body: &[u8] = if self.body.is_empty() { b"{}" } else { &self.body };
        if !self.body.is_empty() && !self.is_json {
            let detail = "expected a body of content type application/json";
            return Err(Problem::new(415, "unsupported_media_type", detail));
        }
        serde_json::from_slice(body).map_err(|error| Problem::wrong("wrong_body", error))
    }
}

impl Parts for Call {
    fn text(&self, name: &'static str) -> &str {
        let found = self.path.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}
