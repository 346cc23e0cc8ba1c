//! How much a server takes at a time, and how long it waits. The bounds are smaller here than those
//! of `rollbook serve`, which differ from them in their numbers alone.

use super::client::{Answer, Served, read, request};
use super::stopping::{held, looked_at};
use crate::support;
use rollbook::doors::server::Limits;
use rollbook::projections::AsOf;
use rollbook::words::Timestamp;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(300);

/// Nothing that is waited for here takes this long, however busy the machine is.
const LONG: Duration = Duration::from_secs(20);

/// A connection that stays open between requests.
struct Kept(BufReader<TcpStream>);

impl Kept {
    fn open(served: &Served) -> Self {
        let stream = TcpStream::connect(served.address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        Self(BufReader::new(stream))
    }

    fn write(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// One answer, to its last byte and no further.
    fn read(&mut self) -> Answer {
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let begin = head.len();
            assert!(self.0.read_line(&mut head).unwrap() > 0, "it was closed behind {head:?}");
            if let Some(value) = head[begin..].strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        read(&(head + &String::from_utf8(body).unwrap()))
    }
}

fn get(served: &Served, path: &str) -> String {
    let bearer = format!("Bearer {}", served.token);
    request(served.address, "GET", path, &[("Authorization", &bearer)], "")
}

#[test]
fn a_connection_serves_one_request_after_the_other() {
    let served = Served::new().with_acme();
    let mut kept = Kept::open(&served);
    for _ in 0..3 {
        for (path, status) in [("/v1/head", 200), ("/v1/nowhere", 404)] {
            kept.write(&get(&served, path));
            assert_eq!(kept.read().status, status, "{path}");
        }
    }
    // Two at once are answered in their order.
    kept.write(&(get(&served, "/healthz") + &get(&served, "/v1/head")));
    assert_eq!(kept.read().body, "ok\n");
    assert_eq!(kept.read().json()["size"], 2);
}

#[test]
fn who_comes_to_a_full_house_waits_until_somebody_goes() {
    let limits = Limits { connections: 2, ..Limits::STANDARD };
    let served = Served::bounded(support::machine(7), limits);
    let ask = get(&served, "/v1/head");
    let mut inside = [Kept::open(&served), Kept::open(&served)];
    for kept in &mut inside {
        kept.write(&ask);
        assert_eq!(kept.read().status, 200);
    }
    let mut waiting = Kept::open(&served);
    waiting.write(&ask);
    waiting.0.get_mut().set_read_timeout(Some(SHORT)).unwrap();
    let early = waiting.0.fill_buf().map(<[u8]>::len);
    assert!(early.is_err_and(|error| error.kind() == ErrorKind::WouldBlock), "it is answered");
    waiting.0.get_mut().set_read_timeout(Some(LONG)).unwrap();
    let [gone, mut other] = inside;
    drop(gone);
    assert_eq!(waiting.read().status, 200);
    other.write(&ask);
    assert_eq!(other.read().status, 200);
}

#[test]
fn whoever_sends_nothing_or_slowly_does_not_keep_a_place() {
    let limits = Limits { head: SHORT, request: SHORT, ..Limits::STANDARD };
    let served = Served::bounded(support::machine(7), limits).with_acme();
    let whole = get(&served, "/v1/head");
    for sent in ["", "GET /v1/he", &whole[..whole.len() - 2]] {
        let mut kept = Kept::open(&served);
        kept.write(sent);
        let mut answered = String::new();
        kept.0.read_to_string(&mut answered).unwrap();
        assert!(!answered.contains("200"), "{sent:?}: {answered}");
    }
    // A connection that served and then idles ends too.
    let mut kept = Kept::open(&served);
    kept.write(&whole);
    assert_eq!(kept.read().status, 200);
    assert_eq!(kept.0.read(&mut [0; 16]).unwrap(), 0);
    // A body that does not come.
    let bearer = format!("Bearer {}", served.token);
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let path = "/v1/organizations/acme/members";
    let whole = request(served.address, "POST", path, &headers, r#"{"username":"bob"}"#);
    let mut kept = Kept::open(&served);
    kept.write(&whole[..whole.len() - 5]);
    let answer = kept.read();
    assert_eq!((answer.status, answer.code().as_str()), (503, "timed_out"));
    assert_eq!(served.ledger.head().size, 2);
}

#[test]
fn a_command_that_takes_too_long_may_be_recorded_all_the_same() {
    let (machine, gate, looks) = held();
    let limits = Limits { request: SHORT, ..Limits::STANDARD };
    let served = Served::bounded(machine, limits).with_acme();
    while looks.try_recv().is_ok() {}
    let holding = gate.lock().unwrap();
    let path = "/v1/organizations/acme/members";
    let answer = served.send("POST", path, r#"{"username":"bob"}"#);
    assert_eq!((answer.status, answer.code().as_str()), (503, "timed_out"));
    assert!(answer.json()["detail"].as_str().unwrap().contains("may be recorded"), "{answer:?}");
    // Whether the same may be given again is for the caller to find out: it does not say so.
    assert_eq!(answer.header("retry-after"), None);
    looked_at(&looks);
    drop(holding);
    served.ledger.close().unwrap();
    let views = served.ledger.views();
    let acme = views.by_slug("acme").unwrap();
    let at = acme.moment(AsOf::Now, Timestamp::MAX).unwrap();
    assert_eq!(acme.members(at).len(), 2, "it was recorded");
}

#[test]
fn what_serve_runs_with() {
    let Limits { connections, head, request, grace, exports, streams } = Limits::STANDARD;
    assert_eq!((connections, exports, streams), (512, 4, 128));
    let seconds = [head, request, grace].map(|limit| limit.as_secs());
    assert_eq!(seconds, [30, 30, 10]);
}
