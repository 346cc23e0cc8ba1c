//! A browser: it follows redirects, fills in forms, and sends each server its own cookies.

use crate::server::client::{Answer, send};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// More than any way has.
const STEPS_LIMIT: usize = 20;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Default)]
pub(crate) struct Browser {
    /// By server and name.
    cookies: BTreeMap<(SocketAddr, String), String>,
}

/// Where a URL leads, and what is asked for there.
fn parts(url: &str) -> (SocketAddr, &str) {
    let rest = url.strip_prefix("http://").expect(url);
    let (address, path) = rest.split_at(rest.find('/').expect(url));
    (address.parse().unwrap(), path.split('#').next().unwrap())
}

impl Browser {
    pub(crate) fn get(&mut self, url: &str) -> Answer {
        self.send("GET", url, "")
    }

    pub(crate) fn send(&mut self, method: &str, url: &str, body: &str) -> Answer {
        let (address, path) = parts(url);
        let own = self.cookies.iter().filter(|((of, _), _)| *of == address);
        let cookies: Vec<String> =
            own.map(|((_, name), value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = Vec::new();
        if !cookies.is_empty() {
            headers.push(("Cookie", cookies.as_str()));
        }
        let origin = format!("http://{address}");
        if method != "GET" {
            headers.push(("Origin", origin.as_str()));
            let kind = if body.starts_with('{') { JSON } else { FORM };
            headers.push(("Content-Type", kind));
        }
        let answer = send(address, method, path, &headers, body);
        for cookie in answer.all("set-cookie") {
            let (pair, rest) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            let key = (address, name.to_owned());
            if value.is_empty() || rest.contains("Max-Age=0") || rest.contains("01 Jan 1970") {
                self.cookies.remove(&key);
            } else {
                self.cookies.insert(key, value.to_owned());
            }
        }
        answer
    }

    /// The value of a server's cookie.
    pub(crate) fn cookie(&self, address: SocketAddr, name: &str) -> Option<&str> {
        self.cookies.get(&(address, name.to_owned())).map(String::as_str)
    }

    /// Puts a cookie that was copied from elsewhere.
    pub(crate) fn keep(&mut self, address: SocketAddr, name: &str, value: &str) {
        self.cookies.insert((address, name.to_owned()), value.to_owned());
    }

    /// Goes on from a URL, signing in as `login` where somebody asks, until a redirect leads to
    /// where `is_there`; answers where that is.
    pub(crate) fn follow(
        &mut self,
        from: &str,
        login: &str,
        is_there: impl Fn(&str) -> bool,
    ) -> String {
        let mut answer = self.get(from);
        let mut at = from.to_owned();
        for _ in 0..STEPS_LIMIT {
            if let Some(place) = answer.header("location") {
                let (address, _) = parts(&at);
                let is_path = place.starts_with('/');
                at = if is_path { format!("http://{address}{place}") } else { place.to_owned() };
                if is_there(&at) {
                    return at;
                }
                answer = self.get(&at);
            } else {
                let action = answer.body.split("action=\"").nth(1);
                let action = action.unwrap_or_else(|| panic!("{at}: {answer:?}"));
                at = action.split('"').next().unwrap().to_owned();
                let asked =
                    if answer.body.contains("value=\"login\"") { "login" } else { "consent" };
                let login = login.replace('@', "%40");
                let form = format!("prompt={asked}&login={login}&password=x");
                answer = self.send("POST", &at, &form);
            }
        }
        panic!("it leads nowhere: {at}");
    }
}
