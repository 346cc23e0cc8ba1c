//! The cookies that this server sets, and reads again.

use crate::doors::wire::Problem;
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use std::time::Duration;

/// A cookie by its names; on HTTPS with the prefix that keeps other hosts from setting it
/// (RFC 6265bis § 4.1.3.2).
pub(super) struct Cookie {
    plain: &'static str,
    secure: &'static str,
}

/// The cookie of a session.
pub(super) const SESSION_COOKIE: Cookie =
    Cookie { plain: "rollbook_session", secure: "__Host-rollbook_session" };

/// The cookie that binds a sign-in elsewhere to the browser that set out. Lax too, because the
/// provider's page leads back to here.
pub(super) const JOURNEY_COOKIE: Cookie =
    Cookie { plain: "rollbook_oidc", secure: "__Host-rollbook_oidc" };

impl Cookie {
    /// What it holds. Two of one name are somebody else's doing, and hold nothing.
    pub(super) fn read<'a>(&self, headers: &'a HeaderMap, is_secure: bool) -> Option<&'a str> {
        let name = if is_secure { self.secure } else { self.plain };
        let given = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = given.flat_map(|cookies| cookies.split(';'));
        let mut values = pairs
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(known, _)| *known == name);
        match (values.next(), values.next()) {
            (Some((_, only)), None) => Some(only),
            _ => None,
        }
    }

    /// Sets it. Scripts do not see it, and other sites send it only where somebody follows a link
    /// to here.
    pub(super) fn write(
        &self,
        is_secure: bool,
        value: &str,
        lifetime: Duration,
    ) -> Result<HeaderValue, Problem> {
        let (name, secure) = if is_secure { (self.secure, "; Secure") } else { (self.plain, "") };
        let seconds = lifetime.as_secs();
        let text =
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(text).map_err(|error| Problem::fault("fault", error))
    }

    /// Takes it back.
    pub(super) fn clear(&self, is_secure: bool) -> Result<HeaderValue, Problem> {
        self.write(is_secure, "", Duration::ZERO)
    }
}
