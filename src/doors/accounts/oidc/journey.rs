//! What somebody sets out with, and what they come back to.

use super::{Document, form};
use crate::words::hash::Drawn;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::str::FromStr;
use thiserror::Error;

/// What is asked for: who they are, their address and their name.
const SCOPE: &str = "openid email profile";

/// A path of this server, where somebody wants to be once they have signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnTo(String);

/// Why a text is no such path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "expected a path of this server, such as /members: at most {} ASCII characters",
    ReturnTo::LIMIT_BYTES
)]
pub struct ReturnToError;

impl ReturnTo {
    /// The longest: it has to fit the pass.
    pub const LIMIT_BYTES: usize = 512;

    /// The path, which begins with a slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnTo {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

/// Browsers take `//host` and `/\host` for other servers.
impl FromStr for ReturnTo {
    type Err = ReturnToError;

    fn from_str(text: &str) -> Result<Self, ReturnToError> {
        let fits = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>".contains(&byte);
        let is_path = text.starts_with('/') && !text.starts_with("//");
        let is_path = is_path && text.len() <= Self::LIMIT_BYTES && text.bytes().all(fits);
        is_path.then(|| Self(text.to_owned())).ok_or(ReturnToError)
    }
}

/// What has to be known when somebody comes back from a provider.
#[derive(Serialize, Deserialize)]
pub struct Journey {
    /// Which provider they were sent to ([`provider_name`]).
    pub provider: String,
    /// What the ID token has to repeat.
    pub nonce: String,
    /// What the code is worth nothing without.
    pub verifier: String,
    /// Where they want to be.
    pub return_to: ReturnTo,
}

/// Names a provider as it is set: with another one in its place nobody goes on.
pub fn provider_name(organization: &str, issuer: &str, client_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest([organization, issuer, client_id].join("\n")))
}

impl Journey {
    /// Draws what nobody else knows.
    pub fn begin(provider: String, return_to: ReturnTo, drawn: &mut Drawn) -> Self {
        let mut text = || URL_SAFE_NO_PAD.encode(drawn.bytes::<32>());
        Self { provider, nonce: text(), verifier: text(), return_to }
    }

    /// What the provider is shown of the verifier (RFC 7636 § 4.2).
    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier))
    }

    /// Where the browser is sent.
    pub fn place(
        &self,
        document: &Document,
        client_id: &str,
        callback: &str,
        state: &str,
    ) -> String {
        let endpoint = &document.authorization_endpoint;
        let between = if endpoint.contains('?') { '&' } else { '?' };
        let pairs = form(&[
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", callback),
            ("scope", SCOPE),
            ("state", state),
            ("nonce", &self.nonce),
            ("code_challenge", &self.challenge()),
            ("code_challenge_method", "S256"),
        ]);
        format!("{endpoint}{between}{pairs}")
    }
}
