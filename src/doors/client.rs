//! A client of a server: the questions and wishes of `wire`, over HTTP.
//!
//! Only this file names the HTTP client. A request is sent once: whether a command whose answer was
//! lost was recorded has to be looked at, and a second try would be a second command.

use super::wire::{Method, Problem, Question, Recorded, Wish};
use crate::facts::Actor;
use crate::words::OrganizationId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use thiserror::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, RequestBuilder};

/// How long it may take to reach the server.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a whole request may take. The server itself gives up after 30 s.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// The longest answer. A thousand rows have less than a megabyte, but a row of a team names
/// everybody in it.
const ANSWER_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// How much of an export is read at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// The longest token file: two lines.
const TOKEN_FILE_LIMIT_BYTES: u64 = 4096;

/// Names the user in whose name a command is given.
const ACTOR: &str = "Rollbook-Actor";

/// Where a server is: `http://` or `https://`, a host and a port.
#[derive(Debug, Clone)]
pub(super) struct ServerUrl(String);

/// Why that is not where a server is.
#[derive(Debug, Error)]
#[error("expected http://HOST:PORT or https://HOST, without a path")]
pub(super) struct UrlError;

impl FromStr for ServerUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let uri: Uri = text.parse().map_err(|_| UrlError)?;
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        // Whatever stands before an @ is a secret, and those are never in a URL.
        let bare = uri.authority().is_some_and(|it| !it.as_str().contains('@'));
        let whole = uri.path().trim_matches('/').is_empty() && uri.query().is_none();
        match known && bare && whole {
            true => Ok(Self(text.trim_end_matches('/').to_owned())),
            false => Err(UrlError),
        }
    }
}

impl ServerUrl {
    /// Whether a token on its way there can be read by others.
    pub(super) fn is_readable_on_the_way(&self) -> bool {
        let Some(rest) = self.0.strip_prefix("http://") else { return false };
        let host = rest.rsplit_once(':').map_or(rest, |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback =
            host.parse().map_or(host == "localhost", |ip: std::net::IpAddr| ip.is_loopback());
        !is_loopback
    }
}

/// What went wrong on the way to a server or back.
#[derive(Debug, Error)]
pub(super) enum ClientError {
    /// The server says what is wrong.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The file holds no token.
    #[error("{path}: {error}")]
    TokenFile { path: PathBuf, error: io::Error },
    /// Whoever it was written to takes no more.
    #[error("the export cannot be written: {0}")]
    Output(io::Error),
    /// Nothing was sent, or nothing came back.
    #[error("{url}: {error}{}", if *is_wish { MAYBE_RECORDED } else { "" })]
    Unreachable { url: String, error: Box<ureq::Error>, is_wish: bool },
    /// Something else answers there.
    #[error("{url}: what came back is no answer of a Rollbook server: {what}")]
    NotRollbook { url: String, what: String },
}

const MAYBE_RECORDED: &str =
    "; the command may be recorded all the same: look before you give it again";

/// A server, and who comes to it.
pub(super) struct Client {
    url: String,
    bearer: String,
    agent: Agent,
}

impl Client {
    /// Comes with the token that stands in the first line of a file.
    pub(super) fn new(url: &ServerUrl, token_file: &Path) -> Result<Self, ClientError> {
        let token = read_token_file(token_file)
            .map_err(|error| ClientError::TokenFile { path: token_file.to_owned(), error })?;
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Config::builder()
            .tls_config(tls)
            // A problem is an answer like any other; a token is for this server and no other one.
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(REQUEST_TIMEOUT))
            .user_agent(concat!("rollbook/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            url: url.0.clone(),
            bearer: format!("Bearer {token}"),
            agent: config.new_agent(),
        })
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask<Q: Question>(&self, question: &Q) -> Result<Q::Answer, ClientError> {
        let request = self.agent.get(format!("{}{}", self.url, question.path()));
        let request = self.signed(request);
        let request = pairs(question.parameters())
            .into_iter()
            .fold(request, |request, (name, value)| request.query(name, value));
        self.answer(request.call(), false)
    }

    /// Sends a wish, and waits until what it led to is durable.
    pub(super) fn give<W: Wish>(
        &self,
        wish: &W,
        actor: Option<Actor>,
    ) -> Result<Recorded, ClientError> {
        let url = format!("{}{}", self.url, wish.path());
        let request = match W::METHOD {
            Method::Post => self.agent.post(url),
            Method::Put => self.agent.put(url),
            Method::Patch => self.agent.patch(url),
            Method::Delete => self.agent.delete(url).force_send_body(),
        };
        let request = self.signed(request).content_type("application/json");
        let request = match actor {
            Some(actor) => request.header(ACTOR, actor.to_string()),
            None => request,
        };
        let body = serde_json::to_vec(wish.body()).unwrap_or_default();
        self.answer(request.send(&body[..]), true)
    }

    /// Writes an organization's history up to a seq as the server exports it. It may be of any
    /// length, so only silence has a limit.
    pub(super) fn export(
        &self,
        org: OrganizationId,
        seq: u64,
        writer: &mut dyn Write,
    ) -> Result<(), ClientError> {
        let request = self.agent.get(format!("{}/v1/organizations/{org}/export", self.url));
        let request = self.signed(request).query("as_of", seq.to_string()).config();
        let request = request.timeout_global(None).timeout_per_read(Some(REQUEST_TIMEOUT)).build();
        let came = request.call();
        if !came.as_ref().is_ok_and(|response| response.status().is_success()) {
            return self.answer(came, false);
        }
        let mut response = came.map_err(|error| self.unreachable(error, false))?;
        let mut body = response.body_mut().as_reader();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length =
                body.read(&mut chunk).map_err(|error| self.unreachable(error.into(), false))?;
            if length == 0 {
                return Ok(());
            }
            writer.write_all(&chunk[..length]).map_err(ClientError::Output)?;
        }
    }

    fn unreachable(&self, error: ureq::Error, is_wish: bool) -> ClientError {
        ClientError::Unreachable { url: self.url.clone(), error: Box::new(error), is_wish }
    }

    fn signed<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        request.header("Authorization", &self.bearer).header("Accept", "application/json")
    }

    fn answer<T: DeserializeOwned>(
        &self,
        came: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
        is_wish: bool,
    ) -> Result<T, ClientError> {
        let unreachable = |error| self.unreachable(error, is_wish);
        let mut response = came.map_err(unreachable)?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(ANSWER_LIMIT_BYTES).read_to_vec();
        let body = body.map_err(unreachable)?;
        let not_rollbook = |what: String| ClientError::NotRollbook { url: self.url.clone(), what };
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|error| not_rollbook(error.to_string()));
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) if problem.status == status.as_u16() => Err(problem.into()),
            Ok(_) | Err(_) => Err(not_rollbook(status.to_string())),
        }
    }
}

/// The first line of a file, which is looked at no further.
fn read_token_file(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(TOKEN_FILE_LIMIT_BYTES).read_to_string(&mut text)?;
    let token = text.lines().next().unwrap_or_default().trim();
    let fits = !token.is_empty() && token.chars().all(|char| char.is_ascii_graphic());
    fits.then(|| token.to_owned())
        .ok_or_else(|| io::Error::other("expected a token in the first line"))
}

/// Parameters as they stand behind the question mark; what is absent is left out.
fn pairs(parameters: &impl Serialize) -> Vec<(String, String)> {
    let Ok(Value::Object(fields)) = serde_json::to_value(parameters) else { return Vec::new() };
    let written = fields.into_iter().filter_map(|(name, value)| match value {
        Value::Null => None,
        Value::String(text) => Some((name, text)),
        other => Some((name, other.to_string())),
    });
    written.collect()
}
