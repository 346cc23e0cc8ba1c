//! Whether an ID token holds (OpenID Connect Core 1.0 § 3.1.3.7), and for whom it vouches.

use super::Fault;
use super::keys::{Algorithm, Keys};
use crate::words::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;

/// The longest ID token. Those of providers that write hundreds of groups into it have a quarter.
const TOKEN_LIMIT_BYTES: usize = 64 * 1024;

/// How far two clocks may be apart.
const SKEW_SECONDS: f64 = 60.0;

/// What a token has to say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Who gave it out.
    pub issuer: &'a str,
    /// Whom it is for.
    pub client_id: &'a str,
    /// What it answers.
    pub nonce: &'a str,
    /// The moment.
    pub now: Timestamp,
}

/// Whom a provider vouches for.
#[derive(Clone, Deserialize)]
pub struct Vouched {
    /// What the provider calls them.
    #[serde(rename = "sub")]
    subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the provider says that it is theirs.
    #[serde(default)]
    email_verified: Value,
    /// Their name.
    #[serde(default)]
    name: Value,
}

impl Vouched {
    /// Their address, if the provider says that it is theirs.
    pub fn proven_email(&self) -> Result<&str, Fault> {
        let email = self.email.as_deref().ok_or(Fault::EmailMissing)?;
        // A text is no answer: "false" would be one too.
        if self.email_verified != Value::Bool(true) {
            return Err(Fault::EmailUnverified);
        }
        Ok(email)
    }

    /// Their name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_str()
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// What has to be understood; nothing of it is.
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
    #[serde(flatten)]
    vouched: Vouched,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Claims {
    fn is_for(&self, client_id: &str) -> bool {
        let (named, is_alone) = match &self.aud {
            Audience::One(one) => (one == client_id, true),
            Audience::Several(all) => (all.iter().any(|it| it == client_id), all.len() == 1),
        };
        // With several, it says for whom of them it was made.
        let is_party = match self.azp.as_deref() {
            Some(party) => party == client_id,
            None => is_alone,
        };
        named && is_party
    }

    fn holds_at(&self, now: Timestamp) -> bool {
        let now = now.micros() as f64 / 1e6;
        let (earliest, latest) = (now - SKEW_SECONDS, now + SKEW_SECONDS);
        self.exp > earliest && self.iat < latest && self.nbf.is_none_or(|from| from < latest)
    }
}

fn decoded(part: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Fault::TokenForm)
}

/// Says for whom a token vouches. Nothing in it is believed before its signature holds.
pub fn verify(token: &str, keys: &Keys, expected: Expected<'_>) -> Result<Vouched, Fault> {
    if token.len() > TOKEN_LIMIT_BYTES {
        return Err(Fault::TokenForm);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(Fault::TokenForm)?;
    let (header, claims) = message.split_once('.').ok_or(Fault::TokenForm)?;
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| Fault::TokenForm)?;
    if header.crit.is_some() {
        return Err(Fault::TokenForm);
    }
    let algorithm = Algorithm::named(&header.alg).ok_or(Fault::Algorithm)?;
    let kid = header.kid.as_deref();
    keys.verify(algorithm, kid, message.as_bytes(), &decoded(signature)?)?;
    let claims: Claims = serde_json::from_slice(&decoded(claims)?).map_err(|_| Fault::TokenForm)?;
    if claims.iss != expected.issuer {
        return Err(Fault::Issuer);
    }
    if !claims.is_for(expected.client_id) {
        return Err(Fault::Audience);
    }
    if !claims.holds_at(expected.now) {
        return Err(Fault::Expired);
    }
    let nonce = claims.nonce.as_deref().unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(Fault::Nonce);
    }
    Ok(claims.vouched)
}

/// Adds what the provider tells of them elsewhere, where the token leaves the address out. What is
/// told of anybody else counts for nothing (§ 5.3.2).
pub fn add(vouched: Vouched, told: &[u8]) -> Result<Vouched, Fault> {
    let told: Vouched = serde_json::from_slice(told).map_err(|_| Fault::Answer)?;
    if told.subject == vouched.subject { Ok(told) } else { Err(Fault::Answer) }
}
