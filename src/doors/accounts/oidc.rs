//! Signing in at an organization's own provider: OpenID Connect Core 1.0, by authorization code
//! with PKCE (RFC 7636).
//!
//! Here stands what can be said without asking anybody: what a browser sets out with, what is kept
//! of a provider and for how long, and whether an ID token holds. Signatures are compared by ring,
//! which TLS brings along: a library of the whole protocol would bring sixty crates, among them a
//! second implementation of each algorithm.

mod document;
mod fault;
mod id_token;
mod journey;
mod kept;
mod keys;

pub use document::{ClientLogin, Document, basic};
pub use fault::Fault;
pub use id_token::{Expected, Vouched, add, verify};
pub use journey::{Journey, ReturnTo, ReturnToError, provider_name};
pub use kept::Kept;
pub use keys::Keys;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::net::IpAddr;

/// The longest URL of a provider.
const URL_LIMIT_BYTES: usize = 1000;

/// Everything but the unreserved characters of RFC 3986 § 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as it stands in a query or a form.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Pairs as they stand in a query or a form.
pub fn form(pairs: &[(&str, &str)]) -> String {
    let written: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    written.join("&")
}

/// Whether nobody reads on the way what is sent to a URL: by HTTPS, or on this machine. It has
/// neither fragment nor anybody's password.
pub fn is_private(url: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && !b"#@\"<>\\".contains(&byte);
    let has_host = url.strip_prefix("https://").is_some_and(|rest| !host(rest).is_empty());
    url.len() <= URL_LIMIT_BYTES && url.bytes().all(fits) && (has_host || is_here(url))
}

/// Whether a URL is one of this machine, by HTTP.
fn is_here(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let host = host(rest);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn host(behind_scheme: &str) -> &str {
    let authority = behind_scheme.split(['/', '?']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(inside) => inside.split(']').next(),
        None => authority.split(':').next(),
    };
    host.unwrap_or_default()
}

#[cfg(test)]
mod tests;
