//! A client of a server: the questions and wishes of `wire`, over HTTP.
//!
//! Only this room names the HTTP client. A request is sent once: whether a command whose answer was
//! lost was recorded has to be looked at, and a second try would be a second command.

#[cfg(feature = "server")]
pub(super) mod outside;

use super::wire::{Method, Problem, Question, Recorded, Wish};
use crate::facts::Actor;
use crate::words::OrganizationId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use thiserror::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, RequestBuilder, Timeout};

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
pub(super) struct ServerUrl {
    text: String,
    /// Whether a token on its way there can be read by others.
    pub(super) is_readable_on_the_way: bool,
}

/// Why that is not where a server is.
#[derive(Debug, Error)]
#[error("expected http://HOST:PORT or https://HOST, without a path")]
pub(super) struct UrlError;

impl ServerUrl {
    /// The URL, without a slash at its end.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for ServerUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let uri: Uri = text.parse().map_err(|_| UrlError)?;
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        // Whatever stands before an @ is a secret, and those are never in a URL.
        let bare = uri.authority().is_some_and(|it| !it.as_str().contains('@'));
        let whole = uri.path().trim_matches('/').is_empty() && uri.query().is_none();
        if !(known && bare && whole) {
            return Err(UrlError);
        }
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let address = host.parse::<IpAddr>();
        let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        let is_readable_on_the_way = uri.scheme_str() == Some("http") && !is_here;
        Ok(Self { text: text.trim_end_matches('/').to_owned(), is_readable_on_the_way })
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
    #[error("{url}: {error}{}", if *maybe_recorded { MAYBE_RECORDED } else { "" })]
    Unreachable { url: String, error: Box<ureq::Error>, maybe_recorded: bool },
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
            url: url.as_str().to_owned(),
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
        let maybe_recorded = is_wish && !never_arrived(&error);
        ClientError::Unreachable { url: self.url.clone(), error: Box::new(error), maybe_recorded }
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

/// Whether it failed before anything could be sent.
fn never_arrived(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => true,
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        _ => false,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_token_can_be_read_on_its_way() {
        for (url, readable) in [
            ("http://127.0.0.1:8080", false),
            ("http://localhost", false),
            ("http://[::1]:8080", false),
            ("http://[::1]", false),
            ("https://ledger.example/", false),
            ("http://ledger.example", true),
            ("http://10.0.0.7:8080", true),
            ("http://localhost.example", true),
        ] {
            let read: ServerUrl = url.parse().unwrap();
            assert_eq!(read.is_readable_on_the_way, readable, "{url}");
        }
        for wrong in ["", "ledger.example", "ftp://a", "http://a/v1", "http://a?b", "http://b@a"] {
            assert!(wrong.parse::<ServerUrl>().is_err(), "{wrong}");
        }
    }
}
