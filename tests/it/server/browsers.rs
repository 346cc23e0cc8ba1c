//! Browsers: each keeps its cookies, and says which page a request comes from.

use super::client::{Answer, send};
use rollbook::words::hash::totp_code;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The step of 30 seconds in which every test happens.
const STEP: u64 = 1_795_309_200 / 30;

pub(crate) struct Browsers {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
    /// What a device shares with the server, in base 32, and the bytes.
    secret: Option<(String, [u8; 20])>,
}

impl Browsers {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, cookies: BTreeMap::new(), secret: None }
    }

    /// Sends a request; what is no name of a browser is a token.
    pub(crate) fn send(&mut self, who: &str, method: &str, path: &str, body: &str) -> Answer {
        let (bearer, origin) = (format!("Bearer {who}"), format!("http://{}", self.address));
        let mut headers = vec![("Origin", origin.as_str())];
        let is_token = who.starts_with("rb") && who.contains('_');
        let cookie = self.cookies.get(who).cloned();
        if is_token {
            headers.push(("Authorization", &bearer));
        } else if let Some(cookie) = &cookie {
            headers.push(("Cookie", cookie));
        }
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        let answer = send(self.address, method, path, &headers, body);
        if let Some(set) = answer.header("set-cookie") {
            let pair = set.split(';').next().unwrap();
            self.cookies.insert(who.to_owned(), pair.to_owned());
        }
        answer
    }

    /// A text in which codes stand as they are shown now.
    pub(crate) fn meant(&self, text: &str) -> String {
        let here = text.replace("<here>", &format!("http://{}", self.address));
        let Some((_, secret)) = &self.secret else { return here };
        let steps = [("<code before>", STEP - 1), ("<code>", STEP), ("<code behind>", STEP + 1)];
        steps.iter().fold(here, |text, (what, step)| text.replace(what, &totp_code(secret, *step)))
    }

    /// A text without what differs from run to run; a secret in it is remembered.
    pub(crate) fn shown(&mut self, text: &str) -> String {
        if let Some((_, rest)) = text.split_once("secret: \"") {
            let secret = rest.split('"').next().unwrap();
            let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
            self.secret = Some((secret.to_owned(), bytes.try_into().unwrap()));
        }
        let text = text.replace(&format!("http://{}", self.address), "<here>");
        match &self.secret {
            Some((secret, _)) => text.replace(secret.as_str(), "<secret>"),
            None => text,
        }
    }
}
