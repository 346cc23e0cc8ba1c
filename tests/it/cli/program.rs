//! Running the binaries in a place of their own.

use crate::support::files::copy;
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// What a program answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    /// The JSON on standard output of a program that succeeded.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code and the message of the error on standard error.
    pub(crate) fn error(&self) -> (String, String) {
        let last = self.stderr.lines().last().unwrap_or_default();
        let error: Value =
            serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        let text = |field: &str| error["error"][field].as_str().unwrap().to_owned();
        (text("code"), text("message"))
    }
}

/// A directory to work in, with the samples in it.
pub(crate) struct Workplace(TempDir);

impl Workplace {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        copy(&samples, &directory.path().join("samples"));
        Self(directory)
    }

    /// With a ledger in `ledger` that holds the sample.
    pub(crate) fn with_sample() -> Self {
        let place = Self::new();
        let init = place.run("rollbook init --data ledger --origin ledger.example/lantern");
        assert_eq!(init.code, 0, "{init:?}");
        let import = place.run(
            "rollbook import history --data ledger --email-domain lantern.example \
             samples/lantern-works.ndjson samples/lantern-works-teams.ndjson",
        );
        assert_eq!(import.json()["imported"], 49);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Runs a command of words between spaces; a word in single quotes may hold spaces. What
    /// stands behind a `<` is its standard input.
    pub(crate) fn run(&self, command: &str) -> Answer {
        let (command, stdin) = command.split_once(" < ").unwrap_or((command, ""));
        let words = words(command);
        let program = match words[0].as_str() {
            "rollbook" => env!("CARGO_BIN_EXE_rollbook"),
            "rollbook-verify" => env!("CARGO_BIN_EXE_rollbook-verify"),
            other => panic!("{other} is not a program of this package"),
        };
        let mut running = Command::new(program)
            .args(&words[1..])
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Most commands do not read it, and may have ended.
        let _ = running.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = running.wait_with_output().unwrap();
        Answer {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that must fail, and answers what differs from the failure that is expected.
    pub(crate) fn fails(&self, command: &str, exit: i32, code: &str, part: &str) -> Option<String> {
        let answer = self.run(&format!("{command} --json"));
        if answer.code == 0 {
            return Some(format!("{command}: succeeded"));
        }
        let (found, message) = answer.error();
        let expected = (answer.code, found.as_str()) == (exit, code) && message.contains(part);
        (!expected).then(|| format!("{command}: exit {}, {found}: {message}", answer.code))
    }

    /// Where the ledger in `ledger` stands.
    pub(crate) fn head(&self) -> Value {
        self.run("rollbook organizations --data ledger --json").json()["head"].clone()
    }
}

fn words(command: &str) -> Vec<String> {
    let quoted = command.split('\'').enumerate();
    let words = quoted.flat_map(|(index, part)| -> Vec<String> {
        if index % 2 == 1 {
            vec![part.to_owned()]
        } else {
            part.split_whitespace().map(str::to_owned).collect()
        }
    });
    words.collect()
}
