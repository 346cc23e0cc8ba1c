//! The verifier in JavaScript, given the same bundles while ours looks at them
//! (`tests/web/changed.mjs`).

use super::super::made::{Made, NOW};
use super::Changed;
use serde::Deserialize;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A process that answers one line for each bundle that it is given.
pub(super) struct Other {
    running: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    took: Duration,
}

/// What it says of a bundle.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) exit: u8,
    pub(super) codes: Vec<String>,
    micros: u64,
}

impl Other {
    pub(super) fn begin(bases: &[Made]) -> Self {
        let mut running = Command::new("node")
            .arg("tests/web/changed.mjs")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = running.stdin.take().unwrap();
        let stdout = BufReader::new(running.stdout.take().unwrap());
        let policies: Vec<&str> = bases.iter().map(|base| base.policy.as_str()).collect();
        let begin = json!({"now": NOW.as_secs(), "policies": policies}).to_string();
        framed(&mut stdin, begin.as_bytes());
        Self { running, stdin, stdout, took: Duration::ZERO }
    }

    /// Gives it a bundle, to be checked under the policy of a base.
    pub(super) fn give(&mut self, base: usize, changed: &Changed) {
        let mut bytes = vec![u8::try_from(base).unwrap()];
        match changed {
            Changed::Zip(zip) => {
                bytes.push(1);
                bytes.extend_from_slice(zip);
            }
            Changed::Folder(files) => {
                bytes.push(0);
                for (path, content) in files.iter() {
                    framed(&mut bytes, path.as_bytes());
                    framed(&mut bytes, content);
                }
            }
        }
        framed(&mut self.stdin, &bytes);
    }

    pub(super) fn answer(&mut self) -> Answer {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let answer: Answer = serde_json::from_str(&line).unwrap_or_else(|error| {
            panic!("{error}: {line:?}");
        });
        self.took += Duration::from_micros(answer.micros);
        answer
    }

    /// How long it looked at bundles.
    pub(super) fn took(&self) -> Duration {
        self.took
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

/// Bytes behind their length.
fn framed(into: &mut impl Write, bytes: &[u8]) {
    into.write_all(&u32::try_from(bytes.len()).unwrap().to_be_bytes()).unwrap();
    into.write_all(bytes).unwrap();
}
