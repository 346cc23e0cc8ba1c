//! What the log tells, and what it never tells.

use super::client::{Answer, send};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{JoinHandle, spawn};

/// A server that logs, and what it has told.
struct Logging {
    program: Child,
    address: SocketAddr,
    stderr: JoinHandle<String>,
}

impl Logging {
    fn start(place: &Path, form: &str) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_rollbook"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log-level", "debug", "--log-form", form])
            .current_dir(place)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = program.stderr.take().unwrap();
        let stderr = spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().rsplit_once("http://").expect(&line).1.parse().unwrap();
        Self { program, address, stderr }
    }

    fn stop(mut self) -> String {
        let id = self.program.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.program.wait().unwrap().success());
        self.stderr.join().unwrap()
    }
}

/// Sends requests that are full of what must not be told; answers them, each with its route.
fn ask(address: SocketAddr, token: &str) -> Vec<(&'static str, Answer)> {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
        ("Rollbook-Request", "grace-request"),
        ("User-Agent", "grace-agent"),
        ("X-Forwarded-For", "203.0.113.77"),
        ("Forwarded", "for=203.0.113.77"),
    ];
    let create = r#"{"kind":"standard","role_set":"standard","name":"Grace & Co","slug":"grace-co",
        "owner":{"email":"grace@hopper.example","name":"Grace Hopper"}}"#;
    let invite = r#"{"email":"linus@invited.example","roles":["member"]}"#;
    let requests = [
        ("POST", "/v1/organizations", create, "/v1/organizations"),
        ("POST", "/v1/organizations", create, "/v1/organizations"),
        (
            "GET",
            "/v1/organizations/grace-co/members?as_of=2026",
            "",
            "/v1/organizations/{org}/members",
        ),
        (
            "POST",
            "/v1/organizations/grace-co/invitations",
            invite,
            "/v1/organizations/{org}/invitations",
        ),
        (
            "POST",
            "/v1/organizations/grace-co/members",
            r#"{"email":"not an address of grace"}"#,
            "/v1/organizations/{org}/members",
        ),
        ("GET", "/v1/nobody-knows-grace", "", "none"),
        ("GRACE", "/healthz", "", "/healthz"),
    ];
    requests
        .into_iter()
        .map(|(method, path, body, route)| (route, send(address, method, path, &headers, body)))
        .collect()
}

fn token(place: &Path) -> String {
    let text = std::fs::read_to_string(place.join("data/operator.token")).unwrap();
    text.lines().next().unwrap().to_owned()
}

/// Nothing of what was sent or answered stands there.
fn tells_nothing(log: &str, answers: &[(&str, Answer)], token: &str) {
    let folded = log.to_lowercase();
    for secret in ["grace", "hopper", "linus", "203.0.113.77", "as_of", "rbi_", "rbo_"] {
        assert!(!folded.contains(secret), "{secret} is told: {log}");
    }
    assert!(!log.contains(&token[4..]), "the token is told: {log}");
    let invited = answers.iter().find(|(_, answer)| answer.body.contains("rbi_"));
    let (_, invited) = invited.expect("an invitation was sent");
    let one_time = invited.body.split_once("rbi_").unwrap().1;
    assert!(!log.contains(&one_time[..43]), "a one-time token is told: {log}");
}

#[test]
fn a_request_is_a_line_that_tells_nobody() {
    let place = tempfile::tempdir().unwrap();
    let logging = Logging::start(place.path(), "json");
    let token = token(place.path());
    let answers = ask(logging.address, &token);
    let log = logging.stop();
    tells_nothing(&log, &answers, &token);
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let message = |line: &Value| line["message"].as_str().unwrap().to_owned();
    assert_eq!(message(&lines[lines.len() - 1]), "stopped");
    assert_eq!(lines.iter().filter(|line| message(line) == "listening").count(), 1, "{log}");
    let told: Vec<&Value> = lines.iter().filter(|line| message(line) == "answered").collect();
    assert_eq!(told.len(), answers.len(), "{log}");
    for ((route, answer), told) in answers.iter().zip(told) {
        assert_eq!(told["route"], *route, "{log}");
        assert_eq!(told["status"], answer.status, "{log}");
        assert_eq!(told["request"].as_str(), answer.header("rollbook-request"), "{log}");
        assert!(told["microseconds"].as_u64().is_some(), "{log}");
    }
    assert_eq!(lines[lines.len() - 2]["method"], "other");
}

#[test]
fn repairs_are_told_and_for_people_too() {
    let place = tempfile::tempdir().unwrap();
    let logging = Logging::start(place.path(), "text");
    let token = token(place.path());
    let answers = ask(logging.address, &token);
    let log = logging.stop();
    tells_nothing(&log, &answers, &token);
    let told = |log: &str, what: &str| log.lines().filter(|line| line.contains(what)).count();
    assert_eq!(told(&log, "answered"), answers.len(), "{log}");
    assert_eq!(told(&log, "operator token written"), 1, "{log}");
    std::fs::remove_dir_all(place.path().join("data/sled")).unwrap();
    std::fs::remove_file(place.path().join("data/closed")).unwrap();
    let log = Logging::start(place.path(), "text").stop();
    assert!(told(&log, "repaired") > 0, "{log}");
    assert_eq!((told(&log, "answered"), told(&log, "operator token")), (0, 0), "{log}");
}
