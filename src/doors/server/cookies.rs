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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_https_other_hosts_can_set_none_and_plain_http_carries_none() {
        let written = |is_secure| {
            let cookie = SESSION_COOKIE.write(is_secure, "abc", Duration::from_secs(60)).unwrap();
            cookie.to_str().unwrap().to_owned()
        };
        let rest = "Path=/; Max-Age=60; HttpOnly; SameSite=Lax";
        assert_eq!(written(false), format!("rollbook_session=abc; {rest}"));
        assert_eq!(written(true), format!("__Host-rollbook_session=abc; {rest}; Secure"));
    }

    #[test]
    fn a_cookie_is_read_by_the_name_of_its_scheme_and_only_if_it_is_the_one() {
        let table = [
            ("rollbook_session=abc", false, Some("abc")),
            ("theme=dark; rollbook_session=abc", false, Some("abc")),
            ("rollbook_session=abc", true, None),
            ("__Host-rollbook_session=abc", true, Some("abc")),
            ("__Host-rollbook_session=abc", false, None),
            ("rollbook_session=abc; rollbook_session=def", false, None),
            ("rollbook_oidc=abc", false, None),
            ("", false, None),
        ];
        for (given, is_secure, expected) in table {
            let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(given))]);
            assert_eq!(SESSION_COOKIE.read(&headers, is_secure), expected, "{given}");
        }
    }
}
