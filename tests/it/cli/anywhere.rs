//! The same at a data directory and at a server that has it open.
//!
//! `tests/cli/anywhere/*.txt` are transcripts that come out to the letter whichever of the two is
//! asked; with `BLESS=1` in the environment they are written anew from the data directory.

use super::Workplace;
use super::transcripts::replay;
use crate::server::client::send;
use crate::support::transcript::texts;
use rollbook::doors::server::Operator;
use rollbook::words::hash::Drawn;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

/// A server over the ledger in `ledger`; whatever a command says of that directory is asked of it.
pub(super) struct Serving {
    program: Child,
    in_place: String,
}

impl Serving {
    pub(super) fn start(place: &Workplace) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_rollbook"))
            .args(["serve", "--data", "ledger", "--listen", "127.0.0.1:0"])
            .current_dir(place.path("."))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim_end().rsplit_once(' ').expect(&line).1;
        let in_place = format!("--url {url} --token-file ledger/operator.token");
        Self { program, in_place }
    }

    fn there(&self, command: &str) -> String {
        assert!(command.contains("--data ledger"), "{command}");
        command.replace("--data ledger", &self.in_place)
    }

    /// Where it is.
    pub(super) fn url(&self) -> &str {
        self.in_place.split(' ').nth(1).expect("it begins with --url")
    }

    pub(super) fn stop(mut self) {
        let id = self.program.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.program.wait().unwrap().success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// An empty ledger whose operator has a token, so that nothing is told of a fresh one.
pub(super) fn empty() -> Workplace {
    let place = Workplace::new();
    let init = place.run("rollbook init --data ledger --origin ledger.example/main");
    assert_eq!(init.code, 0, "{init:?}");
    Operator::of_directory(&place.path("ledger"), &mut Drawn::from_seed(&[3; 32])).unwrap();
    place
}

#[test]
fn commands_come_out_the_same_at_a_directory_and_at_a_server() {
    let files = texts("tests/cli/anywhere");
    assert!(files.len() >= 2, "{files:?}");
    for (file, told) in files {
        let place = empty();
        let here = replay(&told, |command| place.run(command));
        let place = empty();
        let serving = Serving::start(&place);
        let there = replay(&told, |command| place.run(&serving.there(command)));
        serving.stop();
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file), &here).unwrap();
        } else {
            let differs = told.lines().zip(here.lines()).find(|(told, here)| told != here);
            assert!(told == here, "{file}: {differs:#?}\n{here}");
        }
        let differs = here.lines().zip(there.lines()).find(|(here, there)| here != there);
        assert!(here == there, "{file}: {differs:#?}\n{there}");
    }
}

/// Every reading verb, of moments that do not move.
const QUESTIONS: [&str; 21] = [
    "organizations",
    "organizations --json",
    "members --org lantern-works --as-of 2020-06-01",
    "members --org lantern-works --as-of 24 --json",
    "members --org lantern-works --as-of 49",
    "members --org lantern-lab --as-of 3 --json",
    "members --org nobody",
    "roles --org lantern-lab --as-of 2024-01-01",
    "roles --org lantern-lab --as-of 2024-01-01 --json",
    "teams --org lantern-works --as-of 48",
    "teams --org lantern-works --as-of 48 --json",
    "invitations --org lantern-works --as-of 48",
    "invitations --org lantern-works --as-of 48 --pending --json",
    "history --org lantern-works --as-of 48",
    "history --org lantern-works --as-of 48 --member Tallow-Finch --json",
    "history --org lantern-works --member nobody",
    "diff --org lantern-works --from 2020-06-01 --to 2024-12-31",
    "diff --org lantern-works --from 2020-06-01 --to 2024-12-31 --json",
    "diff --org lantern-works --from 0 --to 50",
    "export --org lantern-works --as-of 48 --format csv",
    "export --org lantern-works --as-of 48 --format ndjson",
];

/// Asks everything of a server, then of the directory, and compares to the byte.
fn compare(place: &Workplace, questions: &[&str]) {
    let serving = Serving::start(place);
    let asked = |question: &str| format!("rollbook {question} --data ledger");
    let there: Vec<_> =
        questions.iter().map(|question| place.run(&serving.there(&asked(question)))).collect();
    serving.stop();
    for (question, there) in questions.iter().zip(there) {
        let here = place.run(&asked(question));
        assert_eq!(here, there, "{question}");
        assert!(!here.stdout.is_empty() || here.code != 0, "{question}: {here:?}");
    }
}

#[test]
fn questions_are_answered_the_same_by_a_directory_and_a_server() {
    compare(&Workplace::with_sample(), &QUESTIONS);
}

/// Lists that a server answers in several parts.
#[test]
fn long_lists_come_whole() {
    let place = empty();
    let source = r#""source":{"repo":"long/roster","commit":"c0ffee"}"#;
    let line = |seq: usize, action: &str| {
        format!(r#"{{"seq":{seq},"time":"2020-01-01T00:00:00Z","org":"long",{action},{source}}}"#)
    };
    let mut text = line(1, r#""action":"org_created""#) + "\n";
    for number in 1..=1050 {
        let member = format!(
            r#""action":"member_added","member":"m{number}","role":"{}","previous_role":null"#,
            if number == 1 { "admin" } else { "member" }
        );
        writeln!(text, "{}", line(2 * number, &member)).unwrap();
        let team = format!(r#""action":"team_created","team":"t{number}","parent":null"#);
        writeln!(text, "{}", line(2 * number + 1, &team)).unwrap();
    }
    place.write("long.ndjson", &text);
    let import = place.run("rollbook import history --data ledger long.ndjson");
    assert_eq!(import.json()["imported"], 2101);
    compare(
        &place,
        &[
            "members --org long --as-of 2100 --json",
            "teams --org long --as-of 2020-01-02 --json",
            "history --org long --as-of 2100 --json",
            "history --org long --as-of 2100",
            "diff --org long --from 0 --to 2100 --json",
            "export --org long --as-of 2100 --format csv",
        ],
    );
    is_of_one_moment(&place);
}

/// While somebody records more, what is read in parts is still one list.
fn is_of_one_moment(place: &Workplace) {
    let serving = Serving::start(place);
    let is_over = AtomicBool::new(false);
    let address = serving.url().strip_prefix("http://").unwrap().parse().unwrap();
    let token = std::fs::read_to_string(place.path("ledger/operator.token")).unwrap();
    let bearer = format!("Bearer {}", token.lines().next().unwrap());
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let read = |verb: &str| {
        let command = format!("rollbook {verb} --org long --json --data ledger");
        (verb.to_owned(), place.run(&serving.there(&command)))
    };
    let answers: Vec<_> = std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0.. {
                let body = format!(r#"{{"name":"more {number}"}}"#);
                let answer = send(address, "POST", "/v1/organizations/long/teams", &headers, &body);
                if answer.status != 201 || is_over.load(Ordering::SeqCst) {
                    return assert_eq!(answer.status, 201, "{answer:?}");
                }
            }
        });
        let answers = ["history", "teams", "history", "teams"].map(read).into();
        is_over.store(true, Ordering::SeqCst);
        answers
    });
    for (verb, answer) in answers {
        let answer = answer.json();
        let entries = answer["as_of"]["org_seq"].as_u64().unwrap() + 1;
        // Every entry behind the import is a team.
        let rows = if verb == "history" { entries } else { entries - 1051 };
        assert_eq!(answer[&verb].as_array().unwrap().len() as u64, rows, "{verb}");
    }
    serving.stop();
}

#[test]
fn a_server_that_cannot_be_asked_is_told_apart() {
    let place = empty();
    let serving = Serving::start(&place);
    place.write("wrong.token", "rbo_wrong\n");
    place.write("empty.token", "\n");
    let there = serving.in_place.clone();
    let wrong = |file: &str| there.replace("ledger/operator.token", file);
    let url = serving.url().to_owned();
    let url = url.as_str();
    let nobody = there.replace(url, "http://127.0.0.1:1");
    let table = [
        (wrong("wrong.token"), 3, "unauthorized", "Authorization: Bearer"),
        (wrong("empty.token"), 2, "file", "empty.token: expected a token in the first line"),
        (wrong("no.token"), 2, "file", "no.token: No such file"),
        (nobody, 3, "unreachable", "http://127.0.0.1:1"),
        (there.replace(url, "ftp://127.0.0.1"), 2, "usage", "expected http://HOST:PORT"),
        (there.replace(url, "http://me:secret@127.0.0.1"), 2, "usage", "expected http://HOST"),
        (there.replace(url, &format!("{url}/v1")), 2, "usage", "without a path"),
        (format!("--url {url}"), 2, "usage", "--token-file <FILE>"),
        (format!("{there} --data ledger"), 2, "usage", "cannot be used with"),
        ("--data ledger".to_owned(), 3, "in_use", "ledger"),
    ];
    let differing: Vec<String> = table
        .into_iter()
        .filter_map(|(place_of, exit, code, part)| {
            place.fails(&format!("rollbook organizations {place_of}"), exit, code, part)
        })
        .collect();
    serving.stop();
    assert!(differing.is_empty(), "{differing:#?}");
}
