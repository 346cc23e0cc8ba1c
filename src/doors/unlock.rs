//! What opens a protected keyring: a passphrase from a file, or a command that asks a service.
//!
//! The command is a program that is called with `wrap` or `unwrap` and nothing else. It reads what
//! it works on from standard input and writes what came of it to standard output: to wrap, the key
//! in base64 comes in and any text goes out; to unwrap, that text comes in and the key in base64
//! goes out. Whatever else it has to know stands in its own environment.

use super::accounts::password::stretch;
use crate::ground::keyring::{ProtectionKind, Unlock, WRAPPED_LIMIT_BYTES, WrapError, Wrapping};
use crate::words::hash::{read_base64, write_base64};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long a command may take: a service that does not answer keeps nobody waiting for good.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// How often it is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The longest passphrase, and the longest first line of what a command complains of.
const LINE_LIMIT_BYTES: u64 = 4096;

/// Where the passphrase stands in a file, for verbs that are no server.
const PASSPHRASE_FILE: &str = "ROLLBOOK_KEYRING_PASSPHRASE_FILE";

/// The program that wraps and unwraps, likewise.
const COMMAND: &str = "ROLLBOOK_KEYRING_COMMAND";

/// What the environment names, if it names something.
pub(super) fn of_environment() -> io::Result<Unlock> {
    match (std::env::var_os(PASSPHRASE_FILE), std::env::var_os(COMMAND)) {
        (None, None) => Ok(None),
        (Some(file), None) => by_passphrase_file(Path::new(&file)).map(Some),
        (None, Some(program)) => Ok(Some(by_command(PathBuf::from(program)))),
        (Some(_), Some(_)) => {
            Err(io::Error::other(format!("{PASSPHRASE_FILE} and {COMMAND}: expected one of them")))
        }
    }
}

/// The first line of a file.
pub(super) fn by_passphrase_file(path: &Path) -> io::Result<Arc<dyn Wrapping>> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)?.take(LINE_LIMIT_BYTES).read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(io::Error::other("its first line, which is the passphrase, is empty"));
    }
    Ok(by_passphrase(line))
}

/// A passphrase.
pub(super) fn by_passphrase(text: &str) -> Arc<dyn Wrapping> {
    Arc::new(Passphrase(Zeroizing::new(text.to_owned())))
}

/// A program.
pub(super) fn by_command(program: PathBuf) -> Arc<dyn Wrapping> {
    Arc::new(Program(program))
}

struct Passphrase(Zeroizing<String>);

impl Wrapping for Passphrase {
    fn kind(&self) -> ProtectionKind {
        ProtectionKind::Passphrase
    }

    fn stretch(&self, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, WrapError> {
        stretch(self.0.as_bytes(), salt).map_err(WrapError::Stretch)
    }

    fn wrap(&self, _: &[u8; 32]) -> Result<Vec<u8>, WrapError> {
        Err(WrapError::OtherKind)
    }

    fn unwrap(&self, _: &[u8]) -> Result<Zeroizing<[u8; 32]>, WrapError> {
        Err(WrapError::OtherKind)
    }
}

struct Program(PathBuf);

impl Wrapping for Program {
    fn kind(&self) -> ProtectionKind {
        ProtectionKind::Command
    }

    fn stretch(&self, _: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, WrapError> {
        Err(WrapError::OtherKind)
    }

    fn wrap(&self, key: &[u8; 32]) -> Result<Vec<u8>, WrapError> {
        let key = Zeroizing::new(write_base64(key));
        let wrapped = self.ask("wrap", key.as_bytes())?;
        if wrapped.is_empty() {
            return Err(self.failed("wrap", "it wrote nothing"));
        }
        Ok(wrapped.to_vec())
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, WrapError> {
        let said = self.ask("unwrap", wrapped)?;
        let text = std::str::from_utf8(&said).unwrap_or_default().trim();
        let key = read_base64(text).map(Zeroizing::new);
        key.ok_or_else(|| self.failed("unwrap", "it wrote something else than 32 bytes in base64"))
    }
}

impl Program {
    fn failed(&self, verb: &str, why: impl std::fmt::Display) -> WrapError {
        WrapError::Command(format!("{} {verb}: {why}", self.0.display()))
    }

    fn ask(&self, verb: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, WrapError> {
        let failed = |error: io::Error| self.failed(verb, error);
        let mut child = Command::new(&self.0)
            .arg(verb)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let (output, complaint) = (listen(child.stdout.take()), listen(child.stderr.take()));
        if let Some(mut stdin) = child.stdin.take() {
            // A program that reads nothing says so by what it answers.
            let _ = stdin.write_all(input);
        }
        let until = Instant::now() + TIME_LIMIT;
        let ended = wait(&mut child, until).map_err(failed)?;
        let Some(status) = ended else {
            let seconds = TIME_LIMIT.as_secs();
            return Err(self.failed(verb, format_args!("it took longer than {seconds} s")));
        };
        let left = until.saturating_duration_since(Instant::now());
        let said = output.recv_timeout(left).unwrap_or_default();
        if !status.success() {
            let complaint = complaint.recv_timeout(left).unwrap_or_default();
            let complaint = String::from_utf8_lossy(&complaint);
            let line: String =
                complaint.lines().next().unwrap_or_default().chars().take(300).collect();
            return Err(self.failed(verb, format_args!("{status}: {line}")));
        }
        if said.len() > WRAPPED_LIMIT_BYTES {
            return Err(self.failed(verb, "it wrote more than 16 KiB"));
        }
        Ok(said)
    }
}

/// What comes out, in a thread of its own; at most a byte more than may.
fn listen(from: Option<impl Read + Send + 'static>) -> Receiver<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = sync_channel(1);
    std::thread::spawn(move || {
        let mut heard = Zeroizing::new(Vec::with_capacity(WRAPPED_LIMIT_BYTES + 1));
        if let Some(from) = from {
            // What broke off is as good as what was heard of it.
            let _ = from.take(WRAPPED_LIMIT_BYTES as u64 + 1).read_to_end(&mut heard);
        }
        // Whoever asked may have given up.
        let _ = sender.send(heard);
    });
    receiver
}

/// How it ended; none where it had to be ended.
fn wait(child: &mut Child, until: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= until {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
