//! `tests/http/*.txt`: what was asked and what was answered, to be read as it is.
//!
//! Lines that begin with `>` are a request, its headers and its body behind its first line. The
//! operator sends it unless something says who does: `as user:…` gives it in a user's name, `as` a
//! token by that token, `as` anything else by a browser of that name, which keeps its cookies, and
//! a header by what it holds. `> mail` is the next letter that was sent. What follows until the
//! next empty line is the answer. Identifiers and tokens are numbered in the order in which they
//! appear, so that the same number stands for the same thing; `hex` is an identifier without
//! hyphens; `<code>` is what a device shows for the last `<secret>`, `<code before>` and
//! `<code behind>` what it shows one step off. Lines that begin with `*` happen in the ledger, and
//! name tokens, or let its clock go on: `* 30 minutes pass`. A line `with` settings begins the file
//! of a server that has them.
//! With `BLESS=1` in the environment the files are written anew.

use super::browsers::Browsers;
use super::client::{Answer, Served, send};
use super::examples::Examples;
use super::expiry::set_ahead;
use super::tokens::{issue, revoke_all, sign_up};
use crate::cli::Numbered;
use crate::mail::{Sink, smtp};
use crate::support::transcript::texts;
use rollbook::doors::server::openapi;
use rollbook::doors::settings::{Creators, Security, Settings, SignUp};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::Ordering;

#[test]
fn every_transcript_is_what_happens() {
    let files = texts("tests/http");
    assert!(files.len() >= 3, "{files:?}");
    let (mut examples, mut is_whole) = (Examples::default(), true);
    for (file, told) in files {
        let Some(happened) = replay(&told, &mut examples) else {
            is_whole = false;
            continue;
        };
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), happened).unwrap();
        } else {
            let differs = told.lines().zip(happened.lines()).find(|(told, now)| told != now);
            assert!(told == happened, "{file}: {differs:#?}\n{happened}");
        }
    }
    if is_whole {
        examples.hold();
    }
}

/// The settings of a line that begins with `with`, and the mail server where it names one; none
/// where that cannot be had.
fn set(line: Option<&str>) -> Option<(Settings, Option<Sink>)> {
    let (mut settings, mut sink) = (Settings::default(), None);
    for setting in line.into_iter().flat_map(|line| line.split(", ")) {
        match setting {
            "open sign-up" => settings.sign_up = SignUp::Open,
            "users who create organizations" => settings.create_organizations = Creators::Users,
            "mail" => {
                let started = Sink::start(&[])?;
                settings.smtp = Some(smtp(started.port, Security::None, None));
                sink = Some(started);
            }
            other => panic!("{other} is no setting of transcripts"),
        }
    }
    Some((settings, sink))
}

fn replay(told: &str, examples: &mut Examples) -> Option<String> {
    let document: Value = serde_json::from_str(openapi()).unwrap();
    let (settings, sink) = set(told.lines().find_map(|line| line.strip_prefix("with ")))?;
    let (machine, ahead_micros) = set_ahead();
    let served = Served::equipped(machine, settings);
    let mut browsers = Browsers::new(served.address);
    let mut numbered = Numbered::default();
    let mut happened = String::new();
    let mut named: Vec<(String, String)> = Vec::new();
    for part in told.split("\n\n") {
        let part = part.trim_matches('\n');
        let asked: Vec<&str> = part.lines().filter_map(|line| line.strip_prefix("> ")).collect();
        let Some((first, rest)) = asked.split_first() else {
            for line in part.lines().filter_map(|line| line.strip_prefix("* ")) {
                match minutes_that_pass(line) {
                    Some(minutes) => {
                        ahead_micros.fetch_add(minutes * 60_000_000, Ordering::SeqCst);
                    }
                    None => named.extend(happens(&served, line)),
                }
            }
            write!(happened, "{part}\n\n").unwrap();
            continue;
        };
        for line in &asked {
            writeln!(happened, "> {line}").unwrap();
        }
        let text = match (*first, &sink) {
            ("mail", Some(sink)) => letter(&sink.letter()),
            _ => {
                let meant = |text: &str| browsers.meant(&numbered.meant(text));
                let is_header = |line: &&&str| line.starts_with(char::is_uppercase);
                let headers: Vec<String> = rest
                    .iter()
                    .take_while(is_header)
                    .map(|line| with_tokens(line, &named))
                    .collect();
                let (first, body) = (meant(first), meant(&rest[headers.len()..].join("\n")));
                let answer = if headers.is_empty() {
                    ask(&served, &mut browsers, &first, &body)
                } else {
                    ask_with(&served, &first, &headers, &body)
                };
                let asked = first.split(" as ").next().unwrap_or_default();
                let (method, path) = asked.split_once(' ').unwrap();
                examples.take(&document, (method, path, &body), &answer);
                shown(&answer)
            }
        };
        happened.push_str(&numbered.shown(&browsers.shown(&text)));
        happened.push('\n');
    }
    Some(format!("{}\n", happened.trim_end()))
}

/// A line in which tokens stand by their names.
fn with_tokens(line: &str, named: &[(String, String)]) -> String {
    named.iter().fold(line.to_owned(), |line, (name, token)| line.replace(name, token))
}

/// Sends a request by its headers alone; one that says `nobody` is left out.
fn ask_with(served: &Served, first: &str, headers: &[String], body: &str) -> Answer {
    let (method, path) = first.split_once(' ').unwrap();
    let pairs = headers.iter().filter_map(|line| line.split_once(": "));
    let mut pairs: Vec<_> = pairs.filter(|(_, value)| *value != "nobody").collect();
    if !body.is_empty() {
        pairs.push(("Content-Type", "application/json"));
    }
    send(served.address, method, path, &pairs, body)
}

fn ask(served: &Served, browsers: &mut Browsers, first: &str, body: &str) -> Answer {
    let (asked, who) = match first.split_once(" as ") {
        Some((asked, who)) => (asked, Some(who)),
        None => (first, None),
    };
    let (method, path) = asked.split_once(' ').unwrap();
    match who {
        None => served.send(method, path, body),
        Some(actor) if actor.starts_with("user:") => {
            served.send_as(method, path, Some(actor), body)
        }
        Some(who) => browsers.send(who, method, path, body),
    }
}

/// To whom a letter is, what it is about, and its link.
fn letter(letter: &Value) -> String {
    let headers = letter["headers"].as_array().unwrap();
    let subject = headers.iter().find(|header| header[0] == "Subject").map(|header| &header[1]);
    let text = letter["parts"][0][1].as_str().unwrap();
    let link = text.lines().find(|line| line.starts_with("http")).unwrap_or("no link");
    format!("to: {}\nsubject: {}\nlink: {link}\n", letter["to"][0], subject.unwrap())
}

fn minutes_that_pass(line: &str) -> Option<i64> {
    line.strip_suffix(" minutes pass")?.parse().ok()
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
    match answer.header("set-cookie") {
        Some(cookie) if cookie.contains("Max-Age=0") => text.push_str(", signed out"),
        Some(_) => text.push_str(", signed in"),
        None => {}
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
