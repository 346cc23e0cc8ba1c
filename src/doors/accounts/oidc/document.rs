//! What a provider says of itself (OpenID Connect Discovery 1.0 § 3).

use super::{Fault, encoded, is_here, is_private};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// A provider's description, as far as it is used.
#[derive(Debug, Clone, Deserialize)]
pub struct Document {
    issuer: String,
    /// Where browsers are sent.
    pub authorization_endpoint: String,
    /// Where a code becomes a token.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where it tells of somebody what the ID token does not.
    pub userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// How Rollbook says who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientLogin {
    /// The secret in the header.
    Basic,
    /// The secret in the form.
    Post,
    /// There is no secret.
    None,
}

impl Document {
    /// Where the description of an issuer is.
    pub fn place(issuer: &str) -> String {
        format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
    }

    /// Reads it. The issuer must be the very text that is set: it is what tokens name.
    pub fn read(text: &[u8], issuer: &str) -> Result<Self, Fault> {
        let read: Self = serde_json::from_slice(text).map_err(|_| Fault::Document)?;
        let places = [&read.authorization_endpoint, &read.token_endpoint, &read.jwks_uri];
        let fits = |url: &String| is_private(url) && (is_here(issuer) || !is_here(url));
        let fit = places.into_iter().chain(&read.userinfo_endpoint).all(fits);
        if read.issuer != issuer || !fit {
            return Err(Fault::Document);
        }
        Ok(read)
    }

    /// How Rollbook says who it is; a provider that says nothing takes the header (§ 3).
    pub fn client_login(&self, has_secret: bool) -> Result<ClientLogin, Fault> {
        let Some(methods) = &self.token_endpoint_auth_methods_supported else {
            return Ok(if has_secret { ClientLogin::Basic } else { ClientLogin::None });
        };
        let takes = |method: &str| methods.iter().any(|known| known == method);
        match has_secret {
            true if takes("client_secret_basic") => Ok(ClientLogin::Basic),
            true if takes("client_secret_post") => Ok(ClientLogin::Post),
            // Whether it takes public clients is what it knows of the client, not always said here.
            false => Ok(ClientLogin::None),
            true => Err(Fault::ClientLogin),
        }
    }

    /// Whether an answer that names this issuer, or none, is this provider's (RFC 9207 § 2.4). One
    /// provider cannot pass on what another one gave out.
    pub fn has_answered(&self, issuer: Option<&str>) -> bool {
        match issuer {
            Some(named) => named == self.issuer,
            None => !self.authorization_response_iss_parameter_supported,
        }
    }
}

/// The header by which a client says who it is (RFC 6749 § 2.3.1).
pub fn basic(client_id: &str, secret: &str) -> String {
    let pair = format!("{}:{}", encoded(client_id), encoded(secret));
    format!("Basic {}", STANDARD.encode(pair))
}
