//! `tests/http/*.txt`: what was asked and what was answered, to be read as it is.
//!
//! Lines that begin with `>` are a request, its body behind its first line; `as user:…` gives it in
//! a user's name. What follows until the next empty line is the answer. Identifiers and tokens are
//! numbered in the order in which they appear, so that the same number stands for the same thing.
//! With `BLESS=1` in the environment the files are written anew.

use super::client::{Answer, Served};
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
    for part in told.split("\n\n") {
        let part = part.trim_matches('\n');
        let asked: Vec<&str> = part.lines().filter_map(|line| line.strip_prefix("> ")).collect();
        let Some((first, body)) = asked.split_first() else {
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
        let answer = served.send_as(method, path, actor, &numbered.meant(&body.join("\n")));
        happened.push_str(&numbered.shown(&shown(&answer)));
        happened.push('\n');
    }
    format!("{}\n", happened.trim_end())
}

/// The status and where it stands; then each part of the body, and each row of a list, on a line.
fn shown(answer: &Answer) -> String {
    let mut text = answer.status.to_string();
    for (name, what) in [("rollbook-seq", "seq"), ("location", "at"), ("retry-after", "wait")] {
        if let Some(value) = answer.header(name) {
            write!(text, ", {what} {value}").unwrap();
        }
    }
    text.push('\n');
    let body = answer.json();
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
