//! A history that is followed as it happens.

use super::client::{Served, request};
use super::tokens::{issue, revoke_all};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Somebody who follows.
struct Following(BufReader<TcpStream>);

impl Following {
    fn begin(served: &Served, token: &str, asked: &str, last: Option<&str>) -> Self {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("Authorization", bearer.as_str())];
        headers.extend(last.map(|last| ("Last-Event-ID", last)));
        let path = format!("/v1/organizations/acme/events{asked}");
        let text = request(served.address, "GET", &path, &headers, "");
        let mut stream = TcpStream::connect(served.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut lines = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(lines.read_line(&mut head).unwrap(), 0, "{head}");
        }
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        Self(lines)
    }

    /// The id, the type and the words of the next event; none at the end.
    fn next(&mut self) -> Option<(u64, String, Value)> {
        let (mut id, mut event) = (None, None);
        loop {
            let mut line = String::new();
            match self.0.read_line(&mut line) {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
            let line = line.trim_end();
            if let Some(value) = line.strip_prefix("id: ") {
                id = value.parse().ok();
            } else if let Some(value) = line.strip_prefix("event: ") {
                event = Some(value.to_owned());
            } else if let Some(value) = line.strip_prefix("data: ") {
                // The id may stand behind the words.
                let data: Value = serde_json::from_str(value).unwrap();
                let id = id.or(data["org_seq"].as_u64());
                return Some((id?, event?, data));
            }
        }
    }
}

fn add(served: &Served, name: &str) {
    let body = format!(r#"{{"email":"{name}@acme.example"}}"#);
    let answer = served.send("POST", "/v1/organizations/acme/members", &body);
    assert_eq!(answer.status, 201, "{answer:?}");
}

#[test]
fn whoever_follows_sees_every_entry_once_and_goes_on_where_they_were() {
    let served = Served::new().with_acme();
    let token = served.token.clone();
    let mut all = Following::begin(&served, &token, "?after=0", None);
    let mut coming = Following::begin(&served, &token, "", None);
    for name in ["bob", "carol", "dan"] {
        add(&served, name);
    }
    // Acme's beginning, and ada, were there before.
    let seen: Vec<_> = (0..4).map(|_| all.next().unwrap()).collect();
    let ids: Vec<u64> = seen.iter().map(|(id, ..)| *id).collect();
    assert_eq!(ids, [1, 2, 3, 4]);
    assert!(seen.iter().all(|(.., row)| row["type"] == "MemberCreated"), "{seen:?}");
    assert_eq!(coming.next().unwrap().0, 2);
    // A connection that broke: the last id that was seen is enough.
    drop(coming);
    add(&served, "eve");
    let mut again = Following::begin(&served, &token, "", Some("2"));
    let ids: Vec<u64> = (0..3).map(|_| again.next().unwrap().0).collect();
    assert_eq!(ids, [3, 4, 5]);
    let history = served.send("GET", "/v1/organizations/acme/history", "").json();
    assert_eq!(history["history"][1], seen[0].2, "an event is a row of the history");
    for (asked, status, code) in [
        ("?after=99", 404, "beyond_end"),
        ("?after=x", 400, "wrong_parameter"),
        ("?from=1", 400, "wrong_parameter"),
    ] {
        let answer = served.send("GET", &format!("/v1/organizations/acme/events{asked}"), "");
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{asked}");
    }
}

#[test]
fn whoever_may_not_read_any_more_sees_nothing_further() {
    let served = Served::new().with_acme();
    let token = issue(&served.ledger, "acme", "read", 86_400);
    let mut following = Following::begin(&served, &token, "", None);
    add(&served, "bob");
    // What the token's own beginning left behind came before.
    assert_eq!(following.next().unwrap().0, 3);
    revoke_all(&served.ledger, "acme");
    add(&served, "carol");
    // The end of the token itself may still be told; what follows is not.
    let rest: Vec<_> = std::iter::from_fn(|| following.next()).collect();
    assert!(rest.iter().all(|(_, event, _)| event != "MemberCreated"), "{rest:?}");
}

#[test]
fn a_server_that_stops_ends_what_is_followed() {
    let served = Served::new().with_acme();
    let mut following = Following::begin(&served, &served.token, "", None);
    let began = Instant::now();
    served.stop.now();
    assert!(following.next().is_none());
    served.ended();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
