//! A server on a port of its own, and a client that speaks the plainest HTTP.

use crate::support;
use rollbook::doors::server::{Limits, Operator, ServeError, Setup, Stop, Until, run};
use rollbook::doors::settings::Settings;
use rollbook::ground::passes::Passes;
use rollbook::house::{Ledger, Machine};
use rollbook::words::hash::Drawn;
use rollbook::words::{Origin, Timestamp};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{JoinHandle, spawn};
use tempfile::TempDir;

/// A server in this process.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    pub(crate) stop: Stop,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) passes: Arc<Passes>,
    thread: JoinHandle<Result<(), ServeError>>,
    directory: TempDir,
}

/// An hour behind the first entry of every test.
fn now() -> Timestamp {
    Timestamp::parse_any("2026-11-22T01:00:00Z").unwrap()
}

impl Served {
    pub(crate) fn new() -> Self {
        Self::with(support::machine(7))
    }

    pub(crate) fn with(machine: Machine) -> Self {
        Self::bounded(machine, Limits::STANDARD)
    }

    pub(crate) fn bounded(machine: Machine, limits: Limits) -> Self {
        Self::inside(tempfile::tempdir().unwrap(), machine, limits)
    }

    /// With its data inside a directory.
    pub(crate) fn inside(directory: TempDir, machine: Machine, limits: Limits) -> Self {
        let data = directory.path().join("data");
        let origin = Origin::parse("ledger.example").unwrap();
        let ledger = Ledger::create(&data, origin, machine).unwrap();
        Self::over(ledger, directory, limits)
    }

    /// A ledger that is open in `data` in a directory.
    pub(crate) fn over(ledger: Ledger, directory: TempDir, limits: Limits) -> Self {
        Self::set(ledger, directory, Settings { limits, ..Settings::default() })
    }

    /// An empty ledger, served with settings.
    pub(crate) fn with_settings(settings: Settings) -> Self {
        Self::equipped(support::machine(7), settings)
    }

    /// The same on a machine.
    pub(crate) fn equipped(machine: Machine, settings: Settings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let origin = Origin::parse("ledger.example").unwrap();
        let ledger = Ledger::create(&directory.path().join("data"), origin, machine).unwrap();
        Self::set(ledger, directory, settings)
    }

    fn set(ledger: Ledger, directory: TempDir, settings: Settings) -> Self {
        Self::clocked(ledger, directory, settings, now)
    }

    /// By another clock, for what looks at the machine's own.
    pub(crate) fn clocked(
        ledger: Ledger,
        directory: TempDir,
        settings: Settings,
        now: fn() -> Timestamp,
    ) -> Self {
        let data = directory.path().join("data");
        let ledger = Arc::new(ledger);
        let mut drawn = Drawn::from_seed(&[9; 32]);
        let (operator, path, _) = Operator::of_directory(&data, &mut drawn).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let token = text.lines().next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Stop::default();
        let until = Until::Told(stop.clone());
        let settings = Arc::new(settings);
        let (passes, _) = Passes::open(&data, now()).unwrap();
        let passes = Arc::new(passes);
        let (ledger_too, passes_too) = (Arc::clone(&ledger), Arc::clone(&passes));
        let setup =
            Setup { ledger: ledger_too, operator, now, drawn, passes: passes_too, settings };
        let thread = spawn(move || run(listener, setup, until));
        Self { address, token, stop, ledger, passes, thread, directory }
    }

    /// Sends a request with the operator's token.
    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send_as(method, path, None, body)
    }

    /// Sends a request in a user's name.
    pub(crate) fn send_as(
        &self,
        method: &str,
        path: &str,
        actor: Option<&str>,
        body: &str,
    ) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("Authorization", bearer.as_str())];
        headers.extend(actor.map(|actor| ("Rollbook-Actor", actor)));
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        send(self.address, method, path, &headers, body)
    }

    /// An organization `acme` owned by ada.
    pub(crate) fn with_acme(self) -> Self {
        let answer = self.send(
            "POST",
            "/v1/organizations",
            r#"{"kind":"standard","role_set":"standard","name":"Acme","slug":"acme",
                "owner":{"email":"ada@acme.example"}}"#,
        );
        assert_eq!(answer.status, 201, "{answer:?}");
        self
    }

    /// Where its data is.
    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Waits until it has stopped; answers the directory, and where the data in it is.
    pub(crate) fn ended(self) -> (TempDir, PathBuf) {
        let (ended, directory, data) = self.ended_somehow();
        ended.unwrap();
        (directory, data)
    }

    /// The same of a server that may not have closed well.
    pub(crate) fn ended_somehow(self) -> (Result<(), ServeError>, TempDir, PathBuf) {
        let data = self.directory.path().join("data");
        (self.thread.join().unwrap(), self.directory, data)
    }
}

/// An answer, as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// What stands in every header of that name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let found = self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The stable code of a problem, which says what every problem says.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["type"], "about:blank", "{self:?}");
        assert_eq!(problem["status"], self.status, "{self:?}");
        for text in ["title", "detail"] {
            assert!(problem[text].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        }
        problem["code"].as_str().unwrap().to_owned()
    }
}

/// A request as it is written.
pub(crate) fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> String {
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n");
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    write!(request, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    request
}

pub(crate) fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut headers = headers.to_vec();
    headers.push(("Connection", "close"));
    let request = request(address, method, path, &headers, body);
    let mut stream = TcpStream::connect(address).unwrap();
    // A server that refuses a long body closes before it has read all of it.
    let _ = stream.write_all(request.as_bytes());
    let (mut text, mut chunk) = (Vec::new(), [0; 65_536]);
    while let Ok(length @ 1..) = stream.read(&mut chunk) {
        text.extend_from_slice(&chunk[..length]);
        // A stream of events has no end: its head is its answer.
        if length < 4096 && is_a_stream(&text) {
            break;
        }
    }
    // A copy of the log is no text.
    read(&String::from_utf8_lossy(&text))
}

fn is_a_stream(text: &[u8]) -> bool {
    let head = String::from_utf8_lossy(text);
    let head = head.split_once("\r\n\r\n").map(|(head, _)| head);
    head.is_some_and(|head| head.contains("text/event-stream"))
}

/// Head and body of a request that came to a server of a test.
pub(crate) fn content(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 65_536]);
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                return (head, bytes.split_off(end + 4));
            }
        }
        let length = stream.read(&mut chunk).unwrap();
        assert!(length > 0, "a request broke off");
        bytes.extend_from_slice(&chunk[..length]);
    }
}

/// An answer from its text.
pub(crate) fn read(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text:?}"));
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Answer { status, headers, body: body.to_owned() }
}
