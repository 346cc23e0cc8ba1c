//! A client of a server: the questions and wishes of [`wire`](super::wire), over HTTP.
//!
//! A question is answered by its type, and a wish by what was recorded. Every wish is sent under an
//! idempotency key of its own, and sent again where its answer was lost: it is done once. Only this
//! room names the HTTP client.
//!
//! ```no_run
//! use rollbook::doors::client::{Client, ClientError};
//! use rollbook::doors::wire::{AddMember, ListedMembers, Members, NewMember, OrganizationName};
//! use rollbook::words::{Email, Slug};
//!
//! type Anything = Box<dyn std::error::Error>;
//!
//! fn bring_in(server: &str, token: &str, address: &str) -> Result<(), Anything> {
//!     let client = Client::new(&server.parse()?, token);
//!     let org = OrganizationName::Slug(Slug::parse("acme")?);
//!     let body = NewMember { email: Some(Email::parse(address)?.into()), ..NewMember::default() };
//!     match client.give(&AddMember { org: org.clone(), body }, None) {
//!         Ok(recorded) => println!("{:?}", recorded.subject.member),
//!         Err(ClientError::Problem(problem)) if problem.code == "email_taken" => {}
//!         Err(error) => return Err(error.into()),
//!     }
//!     // All of the list, as it was with entry 41: its parts are put together.
//!     let parameters = ListedMembers { as_of: Some("41".into()), ..ListedMembers::default() };
//!     let members = client.ask_whole(&Members { org, parameters })?.members;
//!     println!("{} members", members.len());
//!     Ok(())
//! }
//! ```

pub(super) mod outside;
mod proofs;
mod server_url;

pub use outside::post;
pub use server_url::{ServerUrl, SubmissionUrl, SubmissionUrlError, UrlError};

use super::wire::{
    BulkAnswer, BundleAgain, ListQuestion, Method, NewBundle, NewMembers, OrganizationName,
    Problem, Question, Recorded, Wish, whole,
};
use crate::facts::Actor;
use crate::words::{ExportId, OrganizationId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;
use thiserror::Error;
use ureq::config::Config;
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

/// Names a wish, however often it is sent.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// How often a wish is sent at most.
const TRIES_LIMIT: u32 = 5;

/// Between two tries, and as much longer with each.
const PAUSE: Duration = Duration::from_millis(200);

/// Names the user in whose name a command is given.
const ACTOR: &str = "Rollbook-Actor";

/// What went wrong on the way to a server or back.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The server says what is wrong.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The file holds no token.
    #[error("{path}: {error}")]
    TokenFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: io::Error,
    },
    /// The system gives no random bytes, and a wish is sent under a random key.
    #[error("the system gives no random bytes: {0}")]
    Randomness(getrandom::Error),
    /// Whoever it was written to takes no more.
    #[error("the export cannot be written: {0}")]
    Output(io::Error),
    /// Nothing was sent, or nothing came back.
    #[error("{url}: {error}{}", if *maybe_recorded { MAYBE_RECORDED } else { "" })]
    Unreachable {
        /// The server.
        url: String,
        /// What went wrong.
        error: Box<ureq::Error>,
        /// Whether a wish may have been done all the same: no answer came to any try.
        maybe_recorded: bool,
    },
    /// Something else answers there.
    #[error("{url}: what came back is no answer of a Rollbook server: {what}")]
    NotRollbook {
        /// The server.
        url: String,
        /// What came.
        what: String,
    },
}

const MAYBE_RECORDED: &str =
    "; the command may be recorded all the same: look before you give it again";

/// A server, and who comes to it.
pub struct Client {
    url: String,
    bearer: String,
    agent: Agent,
}

impl Client {
    /// Comes with the token that stands in the first line of a file.
    pub fn with_token_file(url: &ServerUrl, token_file: &Path) -> Result<Self, ClientError> {
        let token = read_token_file(token_file)
            .map_err(|error| ClientError::TokenFile { path: token_file.to_owned(), error })?;
        Ok(Self::new(url, &token))
    }

    /// Comes with a token: an operator's, an organization's or a user's own.
    pub fn new(url: &ServerUrl, token: &str) -> Self {
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
        Self {
            url: url.as_str().to_owned(),
            bearer: format!("Bearer {token}"),
            agent: config.new_agent(),
        }
    }

    /// Asks, and waits for the answer.
    pub fn ask<Q: Question>(&self, question: &Q) -> Result<Q::Answer, ClientError> {
        let request = self.agent.get(format!("{}{}", self.url, question.path()));
        let request = self.signed(request);
        let request = pairs(question.parameters())
            .into_iter()
            .fold(request, |request, (name, value)| request.query(name, value));
        self.answer(request.call(), false)
    }

    /// Asks for a list until all of it is there, of one moment.
    pub fn ask_whole<Q: ListQuestion + Clone>(
        &self,
        question: &Q,
    ) -> Result<Q::Answer, ClientError> {
        whole(question, |part| self.ask(part))
    }

    /// Sends a wish, and waits until what it led to is durable. Where no answer comes, or the
    /// server says that it may soon do, it is sent again under its key, and done once. What is
    /// recorded already was told with its secrets in the answer that was lost: those are not told
    /// again, and `omitted` says so. An operator gives it in a user's name as `actor`.
    pub fn give<W: Wish>(&self, wish: &W, actor: Option<Actor>) -> Result<Recorded, ClientError> {
        let body = serde_json::to_vec(wish.body()).unwrap_or_default();
        self.give_body(W::METHOD, &wish.path(), &body, actor)
    }

    /// Creates or adds many members in one request, at most 1,000, each by a command of its own.
    pub fn create_members(
        &self,
        org: &OrganizationName,
        members: &NewMembers,
    ) -> Result<BulkAnswer, ClientError> {
        let path = format!("/v1/organizations/{org}/members/bulk");
        let body = serde_json::to_vec(members).unwrap_or_default();
        self.give_body(Method::Post, &path, &body, None)
    }

    fn give_body<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &[u8],
        actor: Option<Actor>,
    ) -> Result<T, ClientError> {
        let key = drawn_key()?;
        let mut tries = 1;
        loop {
            let came = self.send(method, path, body, (&key, actor));
            match self.answer(came, true) {
                Err(error) if tries < TRIES_LIMIT && may_do_soon(&error) => {
                    sleep(PAUSE * tries);
                    tries += 1;
                }
                answered => return answered,
            }
        }
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        body: &[u8],
        (key, actor): (&str, Option<Actor>),
    ) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let url = format!("{}{path}", self.url);
        let request = match method {
            Method::Post => self.agent.post(url),
            Method::Put => self.agent.put(url),
            Method::Patch => self.agent.patch(url),
            Method::Delete => self.agent.delete(url).force_send_body(),
        };
        let request = self.signed(request).content_type("application/json");
        let request = request.header(IDEMPOTENCY_KEY, key);
        match actor {
            Some(actor) => request.header(ACTOR, actor.to_string()).send(body),
            None => request.send(body),
        }
    }

    /// Writes an organization's history up to a seq as the server exports it. It may be of any
    /// length, so only silence has a limit.
    pub fn export(
        &self,
        org: OrganizationId,
        seq: u64,
        writer: &mut dyn Write,
    ) -> Result<(), ClientError> {
        let request = self.agent.get(format!("{}/v1/organizations/{org}/export", self.url));
        let request = self.signed(request).query("as_of", seq.to_string()).config();
        let request = request.timeout_global(None).timeout_per_read(Some(REQUEST_TIMEOUT)).build();
        self.copy(request.call(), false, writer)
    }

    /// Has an organization's history handed out as a bundle, and writes it as the zip file that it
    /// is. That it was is recorded, so it is not sent again by itself.
    pub fn bundle(
        &self,
        org: &OrganizationName,
        wanted: &NewBundle,
        writer: &mut dyn Write,
    ) -> Result<(), ClientError> {
        let body = serde_json::to_vec(wanted).unwrap_or_default();
        let request = self.agent.post(format!("{}/v1/organizations/{org}/bundles", self.url));
        let request = self.signed(request).content_type("application/json").config();
        let request = request.timeout_global(None).timeout_per_read(Some(REQUEST_TIMEOUT)).build();
        self.copy(request.send(&body), true, writer)
    }

    /// The bundle of an export that was handed out before, as the zip file that it is.
    pub fn bundle_again(
        &self,
        org: &OrganizationName,
        export: ExportId,
        wanted: &BundleAgain,
        writer: &mut dyn Write,
    ) -> Result<(), ClientError> {
        let url = format!("{}/v1/organizations/{org}/bundles/{export}", self.url);
        let mut request = self.signed(self.agent.get(url));
        if let Some(since) = &wanted.since {
            request = request.query("since", since);
        }
        if wanted.proves_all == Some(true) {
            request = request.query("proves_all", "true");
        }
        let request = request.config().timeout_global(None);
        let request = request.timeout_per_read(Some(REQUEST_TIMEOUT)).build();
        self.copy(request.call(), false, writer)
    }

    /// Writes what comes, of whatever length, or says what is wrong.
    fn copy(
        &self,
        came: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
        is_wish: bool,
        writer: &mut dyn Write,
    ) -> Result<(), ClientError> {
        if !came.as_ref().is_ok_and(|response| response.status().is_success()) {
            return self.answer(came, is_wish);
        }
        let mut response = came.map_err(|error| self.unreachable(error, is_wish))?;
        let mut body = response.body_mut().as_reader();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length =
                body.read(&mut chunk).map_err(|error| self.unreachable(error.into(), is_wish))?;
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

/// A key that nobody else draws.
fn drawn_key() -> Result<String, ClientError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(ClientError::Randomness)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}

/// Whether the same request may be answered in a moment. One that never arrived is not sent again:
/// nobody listens there.
fn may_do_soon(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable { maybe_recorded, .. } => *maybe_recorded,
        ClientError::Problem(problem) => matches!(problem.status, 503) && problem.code != "stopped",
        ClientError::TokenFile { .. }
        | ClientError::Randomness(_)
        | ClientError::Output(_)
        | ClientError::NotRollbook { .. } => false,
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
