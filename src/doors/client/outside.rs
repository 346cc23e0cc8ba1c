//! What is asked of servers that are not ours, on behalf of people who wait: bounded in time and
//! size, and led nowhere else.

use crate::house::outside::{Came, Post, Sent};
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::config::Config;
use ureq::tls::{RootCerts, TlsConfig};

/// How long one answer may take. A sign-in needs up to four, and a request has half a minute.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(7);

/// The longest answer. Descriptions, keys and tokens have a few kilobytes.
const ANSWER_LIMIT_BYTES: u64 = 1024 * 1024;

/// Nothing came back, or too late, or too much. What exactly is not told on: it may hold what was
/// sent.
#[cfg(feature = "server")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer came in 7 s and 1 MiB")]
pub(in crate::doors) struct NoAnswer;

/// A status, and what stands behind it.
#[cfg(feature = "server")]
pub(in crate::doors) type Answered = (u16, Vec<u8>);

/// Asks servers that are not ours. It waits, and has to stand on a thread that may.
#[derive(Debug)]
pub(in crate::doors) struct Outside {
    agent: Agent,
}

impl Outside {
    pub(in crate::doors) fn new() -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Config::builder()
            .tls_config(tls)
            .http_status_as_error(false)
            // What is sent is for this server and no other one.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_global(Some(ANSWER_TIMEOUT))
            // What a server keeps open is not trusted to be open still: nothing is sent twice.
            .max_idle_connections(0)
            .user_agent(concat!("rollbook/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.new_agent() }
    }

    /// Reads what stands at a URL, as whoever the header says.
    #[cfg(feature = "server")]
    pub(in crate::doors) fn read(
        &self,
        url: &str,
        authorization: Option<&str>,
    ) -> Result<Answered, NoAnswer> {
        let request = self.agent.get(url).header("Accept", "application/json");
        let request = match authorization {
            Some(authorization) => request.header("Authorization", authorization),
            None => request,
        };
        answered(request.call())
    }

    /// Sends what the house has for others.
    pub(in crate::doors) fn post(&self, sent: Sent<'_>) -> Option<Came> {
        let response = self.agent.post(sent.url).content_type(sent.kind).send(sent.body);
        let mut response = response.ok()?;
        let kind = response.headers().get("Content-Type").and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        let body = response.body_mut().with_config().limit(ANSWER_LIMIT_BYTES).read_to_vec();
        Some(Came { status: response.status().as_u16(), kind, body: body.ok()? })
    }

    /// Sends a form.
    #[cfg(feature = "server")]
    pub(in crate::doors) fn send(
        &self,
        url: &str,
        authorization: Option<&str>,
        form: &str,
    ) -> Result<Answered, NoAnswer> {
        let request = self.agent.post(url).header("Accept", "application/json");
        let request = request.content_type("application/x-www-form-urlencoded");
        let request = match authorization {
            Some(authorization) => request.header("Authorization", authorization),
            None => request,
        };
        answered(request.send(form))
    }
}

/// What sends requests of the house.
pub fn post() -> Post {
    let outside = Outside::new();
    Arc::new(move |sent| outside.post(sent))
}

#[cfg(feature = "server")]
fn answered(
    came: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Answered, NoAnswer> {
    let mut response = came.map_err(|_| NoAnswer)?;
    let body = response.body_mut().with_config().limit(ANSWER_LIMIT_BYTES).read_to_vec();
    Ok((response.status().as_u16(), body.map_err(|_| NoAnswer)?))
}
