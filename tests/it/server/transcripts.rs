//! `tests/http/*.txt`: what was asked and what was answered, to be read as it is.
//!
//! Lines that begin with `>` are a request, its headers and its body behind its first line; `as
//! user:…` gives it in a user's name. The operator sends it unless a header says who does. What
//! follows until the next empty line is the answer. Identifiers and tokens are numbered in the
//! order in which they appear, so that the same number stands for the same thing; `hex` is an
//! identifier without hyphens. Lines that begin with `*` happen in the ledger, and name tokens.
//! With `BLESS=1` in the environment the files are written anew.

use super::client::{Answer, Served, send};
use super::tokens::{issue, revoke_all, sign_up};
use crate::cli::Numbered;
use crate::support::transcript::texts;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn every_transcript_is_what_happens() {
    let files = texts("tests/http");
    assert!(files.len() >= 3, "{files:?}");
    for (file, told) in files {
        let happened = replay(&told);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), happened).unwrap();
        } else {
            let differs = told.lines().zip(happened.lines()).find(|(told, now)| told != now);
            assert!(told == happened, "{file}: {differs:#?}\n{happened}");
        }
    }
}

fn replay(told: &str) -> String {
    let served = Served::new();
    let mut numbered = Numbered::default();
    let mut happened = String::new();
    let mut named: Vec<(String, String)> = Vec::new();
    for part in told.split("\n\n") {
        let part = part.trim_matches('\n');
        let asked: Vec<&str> = part.lines().filter_map(|line| line.strip_prefix("> ")).collect();
        let Some((first, rest)) = asked.split_first() else {
            for line in part.lines().filter_map(|line| line.strip_prefix("* ")) {
                named.extend(happens(&served, line));
            }
            write!(happened, "{part}\n\n").unwrap();
            continue;
        };
        for line in &asked {
            writeln!(happened, "> {line}").unwrap();
        }
        let first = numbered.meant(first);
        let mut words = first.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let actor = first.split_once(" as ").map(|(_, actor)| actor);
        let is_header = |line: &&&str| line.starts_with(char::is_uppercase);
        let headers: Vec<String> = rest
            .iter()
            .take_while(is_header)
            .map(|line| {
                named
                    .iter()
                    .fold((*line).to_owned(), |line, (name, token)| line.replace(name, token))
            })
            .collect();
        let body = numbered.meant(&rest[headers.len()..].join("\n"));
        let answer = if headers.is_empty() {
            served.send_as(method, path, actor, &body)
        } else {
            let pairs = headers.iter().filter_map(|line| line.split_once(": "));
            let mut pairs: Vec<_> = pairs.filter(|(_, value)| *value != "nobody").collect();
            if !body.is_empty() {
                pairs.push(("Content-Type", "application/json"));
            }
            send(served.address, method, path, &pairs, &body)
        };
        happened.push_str(&numbered.shown(&shown(&answer)));
        happened.push('\n');
    }
    format!("{}\n", happened.trim_end())
}

/// What happens in the ledger; the token that comes of it, under its name.
fn happens(served: &Served, line: &str) -> Option<(String, String)> {
    let ledger = &served.ledger;
    if let Some((name, token)) = line.split_once(" is a token of ") {
        let (holder, scopes) = token.split_once(": ").unwrap();
        let (scopes, seconds) = scopes.split_once(", for ").unwrap_or((scopes, "86400 s"));
        let seconds = seconds.trim_end_matches(" s").parse().unwrap();
        return Some((name.to_owned(), issue(ledger, holder, scopes, seconds)));
    }
    if let Some(person) = line.strip_suffix(" signs up and proves the address") {
        sign_up(ledger, person, true);
    } else if let Some(person) = line.strip_suffix(" signs up") {
        sign_up(ledger, person, false);
    } else if let Some(slug) = line.strip_prefix("revoked: the tokens of ") {
        revoke_all(ledger, slug);
    } else {
        panic!("{line:?} does not happen");
    }
    None
}

/// Permissions by area in one line: who reads, who writes.
fn compact(value: &Value) -> Value {
    match value {
        Value::Object(members) if members.contains_key("zone_settings") => {
            let granted = members.iter().filter_map(|(area, grant)| {
                let of = |what, letter| if grant[what] == true { letter } else { "-" };
                let granted = format!("{}{}", of("read", "r"), of("write", "w"));
                (granted != "--").then(|| format!("{area} {granted}"))
            });
            Value::String(granted.collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), compact(value))).collect()
        }
        Value::Array(rows) => rows.iter().map(compact).collect(),
        other => other.clone(),
    }
}

/// The status and where it stands; then each part of the body, and each row of a list, on a line.
fn shown(answer: &Answer) -> String {
    let mut text = answer.status.to_string();
    for (name, what) in [("rollbook-seq", "seq"), ("location", "at"), ("retry-after", "wait")]
        .into_iter()
        .chain([("x-should-retry", "retry"), ("allow", "allow")])
    {
        if let Some(value) = answer.header(name) {
            write!(text, ", {what} {value}").unwrap();
        }
    }
    text.push('\n');
    if answer.body.is_empty() {
        return text;
    }
    let body = compact(&answer.json());
    for (name, value) in body.as_object().unwrap() {
        match value {
            Value::Array(rows) => {
                writeln!(text, "{name}: {}", rows.len()).unwrap();
                rows.iter().for_each(|row| writeln!(text, "  {row}").unwrap());
            }
            other => writeln!(text, "{name}: {other}").unwrap(),
        }
    }
    text
}
