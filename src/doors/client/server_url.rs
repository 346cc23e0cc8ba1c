//! Where a server is.

use std::net::IpAddr;
use std::str::FromStr;
use thiserror::Error;
use ureq::http::Uri;

/// Where a server is: `http://` or `https://`, a host and a port.
#[derive(Debug, Clone)]
pub struct ServerUrl {
    text: String,
    /// Whether a token on its way there can be read by others.
    pub is_readable_on_the_way: bool,
}

/// Why that is not where a server is.
#[derive(Debug, Error)]
#[error("expected http://HOST:PORT or https://HOST, without a path")]
pub struct UrlError;

impl ServerUrl {
    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
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

/// Where somebody takes what is sent: `http://` or `https://`, and a path where they have one.
#[derive(Debug, Clone)]
pub struct SubmissionUrl(String);

/// Why that is not where something can be sent.
#[derive(Debug, Error)]
#[error(
    "expected http://HOST or https://HOST with a port and a path where needed, and nothing behind"
)]
pub struct SubmissionUrlError;

impl SubmissionUrl {
    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SubmissionUrl {
    type Err = SubmissionUrlError;

    fn from_str(text: &str) -> Result<Self, SubmissionUrlError> {
        let uri: Uri = text.parse().map_err(|_| SubmissionUrlError)?;
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        let host = uri.host().is_some_and(|host| !host.is_empty());
        let bare = uri.authority().is_some_and(|it| !it.as_str().contains('@'));
        if !(known && host && bare && uri.query().is_none() && !text.contains('#')) {
            return Err(SubmissionUrlError);
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_something_can_be_sent() {
        for url in ["http://127.0.0.1:8080", "https://w.example/a/b/", "http://w.example"] {
            let read: SubmissionUrl = url.parse().unwrap();
            assert_eq!(read.as_str(), url.trim_end_matches('/'));
        }
        for wrong in ["", "w.example", "ftp://a", "http://a?b", "http://b@a", "http://a/#c", "/a"] {
            assert!(wrong.parse::<SubmissionUrl>().is_err(), "{wrong}");
        }
    }

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
