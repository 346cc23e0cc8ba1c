//! A request, as routes read it.

use super::Site;
use super::caller::Caller;
use super::client_address::Client;
use super::cookies::{JOURNEY_COOKIE, SESSION_COOKIE};
use super::idempotency;
use super::problem;
use crate::doors::accounts::throttle::Network;
use crate::doors::wire::{IfMatch, JOURNEY, OrganizationName, Parts, Problem, SESSION, read_token};
use crate::facts::Actor;
use crate::ground::idempotency::IdempotencyKey;
use crate::ground::passes::Digest;
use crate::law::command::Credential;
use crate::words::hash::pass_digest;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Query, RawPathParams, Request};
use axum::http::header::{CONTENT_TYPE, IF_MATCH};
use axum::http::{self, HeaderMap, Method, StatusCode, Uri};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Names the user in whose name the operator gives a command.
const ACTOR: &str = "rollbook-actor";

/// A request that was let in.
pub(super) struct Call {
    /// Who came in; none of whom nothing is known.
    caller: Option<Caller>,
    /// In whose name an operator gives a command.
    in_the_name_of: Option<Actor>,
    /// The token of their session: what is sealed for it is opened by nothing that is kept.
    session: Option<Zeroizing<[u8; 32]>>,
    /// What their browser set out with to sign in elsewhere.
    journey: Option<Zeroizing<[u8; 32]>>,
    network: Network,
    path: Vec<(String, String)>,
    uri: Uri,
    method: Method,
    idempotency_key: Option<String>,
    if_match: Option<String>,
    is_json: bool,
    body: Bytes,
}

impl FromRequest<Arc<Site>> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let given = RawPathParams::from_request_parts(&mut parts, site).await;
        let given = given.map_err(|error| Problem::wrong("wrong_path", error))?;
        let path: Vec<(String, String)> =
            given.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let caller = parts.extensions.get::<Caller>().copied();
        let caller = caller.filter(|caller| reaches(site, caller, &parts, &path));
        let in_the_name_of = named(caller, &parts.method, &parts.headers)?;
        let session = SESSION_COOKIE.read(&parts.headers, site.is_secure());
        let session = session.and_then(|token| read_token(SESSION, token)).map(Zeroizing::new);
        let journey = JOURNEY_COOKIE.read(&parts.headers, site.is_secure());
        let journey = journey.and_then(|token| read_token(JOURNEY, token)).map(Zeroizing::new);
        let network = network(&parts);
        let is_json = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| {
            let kind = kind.to_str().unwrap_or_default();
            let kind = kind.split(';').next().unwrap_or_default();
            kind.trim().eq_ignore_ascii_case("application/json")
        });
        let (uri, method) = (parts.uri.clone(), parts.method.clone());
        let idempotency_key = match method.is_safe() {
            true => None,
            false => idempotency::given(&parts.headers)?,
        };
        let if_match = if_match(&parts.headers);
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
        Ok(Self {
            caller,
            in_the_name_of,
            session,
            journey,
            network,
            path,
            uri,
            method,
            idempotency_key,
            if_match,
            is_json,
            body,
        })
    }
}

/// All values of the header in one (RFC 9110 § 5.3); what is no text is no state either.
fn if_match(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(IF_MATCH).iter().peekable();
    values.peek()?;
    let values: Vec<&str> = values.map(|value| value.to_str().unwrap_or_default()).collect();
    Some(values.join(", "))
}

/// In whose name an operator gives a command. A read is never narrowed to what somebody else may
/// see, so naming somebody there is refused rather than passed over.
fn named(
    caller: Option<Caller>,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<Actor>, Problem> {
    let Some(named) = headers.get(ACTOR) else { return Ok(None) };
    let is_operator = caller.is_some_and(|caller| matches!(caller.actor, Actor::Operator(_)));
    if method.is_safe() || !is_operator {
        let detail = "Rollbook-Actor is for an operator's commands: everything else is answered as \
                      to whoever came in";
        return Err(Problem::wrong("wrong_actor", detail));
    }
    match named.to_str().unwrap_or_default().parse() {
        Ok(user @ Actor::User(_)) => Ok(Some(user)),
        Ok(Actor::Operator(_) | Actor::Token(_) | Actor::System(_)) | Err(_) => {
            Err(Problem::wrong("wrong_actor", "Rollbook-Actor: expected user:ID"))
        }
    }
}

/// Where a request comes from; the system tells of every connection.
fn network(parts: &http::request::Parts) -> Network {
    let client = parts.extensions.get::<Client>();
    Network::from(client.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |client| client.address))
}

/// Whether somebody is who they are at a path. Whoever came in through the provider of one
/// organization is nobody elsewhere: it may have been made to say any address, and must not come to
/// what that person has in other organizations, or to their account.
fn reaches(
    site: &Site,
    caller: &Caller,
    parts: &http::request::Parts,
    path: &[(String, String)],
) -> bool {
    let Some(only) = caller.only else { return true };
    match path.iter().find(|(name, _)| name == "org") {
        Some((_, text)) => text.parse().is_ok_and(|name| site.desk.is_named(only, &name)),
        None => {
            let matched = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
            let own = [
                (Method::GET, "/v1/me"),
                (Method::GET, "/v1/me/invitations"),
                (Method::POST, "/v1/sign-out"),
            ];
            own.iter().any(|(method, path)| parts.method == *method && matched == Some(*path))
        }
    }
}

/// The same where whole numbers are written with a fraction of zero, as JSON Schema has them; none
/// where that is not what is wrong.
fn in_whole_numbers<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let mut value: Value = serde_json::from_slice(body).ok()?;
    make_whole(&mut value);
    serde_json::from_value(value).ok()
}

/// The largest number below which every whole one is exact.
const EXACT_LIMIT: f64 = 9_007_199_254_740_992.0;

fn make_whole(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole = number.as_f64().filter(|it| it.fract() == 0.0 && it.abs() < EXACT_LIMIT);
            if let Some(whole) = whole {
                *value = Value::from(whole as i64);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(make_whole),
        Value::Object(members) => members.values_mut().for_each(make_whole),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What is wrong, without the layers around it that say only that something is.
fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), cause)
}

impl Call {
    /// Who came in.
    pub(super) fn caller(&self) -> Result<Caller, Problem> {
        self.caller.ok_or_else(problem::unauthorized)
    }

    /// Who came in, where nobody needs to.
    pub(super) fn caller_if_any(&self) -> Option<Caller> {
        self.caller
    }

    /// The token of the session that they came in by.
    pub(super) fn session_token(&self) -> Result<&[u8; 32], Problem> {
        self.caller()?.signed_in()?;
        self.session.as_deref().ok_or_else(problem::unauthorized)
    }

    /// The session whose cookie came, whatever it reaches.
    pub(super) fn session_digest(&self) -> Option<Digest> {
        self.session.as_deref().map(pass_digest)
    }

    /// What this browser set out with to sign in elsewhere.
    pub(super) fn journey_token(&self) -> Option<&[u8; 32]> {
        self.journey.as_deref()
    }

    /// Where the request comes from, as coarse as it is counted.
    pub(super) fn network(&self) -> Network {
        self.network
    }

    /// Who commands, and by what they came in. A command in somebody's name is the operator's
    /// doing, and no session of theirs.
    pub(super) fn commander(&self) -> Result<(Actor, Credential), Problem> {
        let caller = self.caller()?;
        Ok(match self.in_the_name_of {
            Some(user) => (user, Credential::Outside),
            None => (caller.actor, caller.credential),
        })
    }

    /// What names the request, in whoever's name it commands.
    pub(super) fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, Problem> {
        let Some(text) = &self.idempotency_key else { return Ok(None) };
        let (actor, _) = self.commander()?;
        let actor = actor.to_string();
        let request = [
            self.method.as_str().as_bytes(),
            self.uri.path().as_bytes(),
            actor.as_bytes(),
            self.if_match.as_deref().unwrap_or_default().as_bytes(),
            &self.body,
        ];
        Ok(Some(idempotency::key(self.caller()?.actor, text, &request)))
    }

    /// Refuses what is not a command that can be answered again, or bound to a state.
    pub(super) fn is_plain(&self) -> Result<(), Problem> {
        if self.idempotency_key.is_some() {
            return Err(idempotency::taken_elsewhere());
        }
        self.is_unbound()
    }

    /// Refuses to be bound to a state where there is none.
    pub(super) fn is_unbound(&self) -> Result<(), Problem> {
        match self.if_match {
            Some(_) => {
                let detail = "If-Match: this path takes none; those that answer an ETag do";
                Err(Problem::wrong("wrong_condition", detail))
            }
            None => Ok(()),
        }
    }

    /// The states that the request is bound to.
    pub(super) fn condition(&self) -> Result<Option<IfMatch>, Problem> {
        self.if_match.as_deref().map(IfMatch::read).transpose()
    }

    /// The organization that the path names.
    pub(super) fn organization(&self) -> Result<Option<OrganizationName>, Problem> {
        if self.text("org").is_empty() { Ok(None) } else { self.part("org").map(Some) }
    }

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
        // A list would be read as the members in their order.
        if body.trim_ascii_start().first() == Some(&b'[') {
            return Err(Problem::wrong("wrong_body", "expected an object"));
        }
        let read =
            serde_json::from_slice(body).or_else(|error| in_whole_numbers(body).ok_or(error));
        read.map_err(|error| Problem::wrong("wrong_body", error))
    }
}

impl Parts for Call {
    fn text(&self, name: &'static str) -> &str {
        let found = self.path.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}
