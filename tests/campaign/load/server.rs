//! The program as it is started, and where the clients find it.

use super::connection::Connection;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

pub(super) struct Server {
    program: Child,
    pub(super) address: SocketAddr,
    pub(super) token: String,
}

impl Server {
    /// Starts `rollbook serve` and waits for its first answer.
    pub(super) fn start(data: &Path) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_rollbook"))
            .args(["serve", "--log-level", "warn", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().rsplit_once("http://").expect(&line).1.parse().unwrap();
        let text = std::fs::read_to_string(data.join("operator.token")).unwrap();
        let token = text.lines().next().unwrap().to_owned();
        let mut connection = Connection::open(address, &token).unwrap();
        assert_eq!(connection.get("/v1/head").unwrap().status, 200);
        Self { program, address, token }
    }

    /// kill -9.
    pub(super) fn kill(self) {
        drop(self);
    }

    /// Lets it close.
    pub(super) fn end(mut self) {
        let id = self.program.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert_eq!(self.program.wait().unwrap().code(), Some(0));
    }
}

/// A run that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended is not killed again.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Where the server is, and which of its lives this is.
pub(super) struct Stage {
    now: Mutex<Now>,
    opened: Condvar,
}

#[derive(Debug, Clone, Copy)]
struct Now {
    address: Option<SocketAddr>,
    life: u32,
    is_last: bool,
}

/// A life of the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Life {
    pub(super) address: SocketAddr,
    pub(super) number: u32,
    /// Behind it nothing is recorded any more.
    pub(super) is_last: bool,
}

/// Longer than any opening takes.
const OPENING_LIMIT: Duration = Duration::from_secs(600);

impl Stage {
    pub(super) fn open_at(address: SocketAddr) -> Self {
        let now = Now { address: Some(address), life: 0, is_last: false };
        Self { now: now.into(), opened: Condvar::new() }
    }

    /// The server is about to be killed.
    pub(super) fn close(&self) {
        self.now.lock().unwrap().address = None;
    }

    pub(super) fn open_again(&self, address: SocketAddr, is_last: bool) {
        let mut now = self.now.lock().unwrap();
        *now = Now { address: Some(address), life: now.life + 1, is_last };
        self.opened.notify_all();
    }

    /// Waits for a life from `number` on.
    pub(super) fn life(&self, number: u32) -> Life {
        let waiting = |now: &mut Now| now.life < number || now.address.is_none();
        let now = self.now.lock().unwrap();
        let (now, waited) = self.opened.wait_timeout_while(now, OPENING_LIMIT, waiting).unwrap();
        assert!(!waited.timed_out(), "the server did not come back");
        Life { address: now.address.unwrap(), number: now.life, is_last: now.is_last }
    }
}
