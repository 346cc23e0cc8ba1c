//! A server that was started as somebody else would start it.

use crate::server::client::send;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A process whose output is read as far as the line that says where it listens.
pub(super) struct Started {
    program: Child,
    /// Kept open: a server that cannot write there would end.
    _stdout: BufReader<ChildStdout>,
    pub(super) address: SocketAddr,
}

impl Started {
    pub(super) fn by(command: &mut Command) -> Self {
        let mut program = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(program.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim_end().rsplit_once("://").expect(&line).1.parse().unwrap();
        Self { program, _stdout: stdout, address }
    }

    pub(super) fn id(&self) -> u32 {
        self.program.id()
    }

    /// Whether it says that it takes requests.
    pub(super) fn assert_ready(&self) {
        let answer = send(self.address, "GET", "/readyz", &[], "");
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json()["writer"], "ok", "{answer:?}");
    }

    /// Asks the process with that id to end, and waits until all has ended; how long that took.
    pub(super) fn stop(mut self, id: u32) -> Duration {
        let began = Instant::now();
        let killed = Command::new("kill").args(["-TERM", &id.to_string()]).status().unwrap();
        assert!(killed.success());
        let ended = self.program.wait().unwrap();
        assert_eq!(ended.code(), Some(0), "{ended:?}");
        began.elapsed()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
