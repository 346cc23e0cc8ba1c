//! A mail server to send to: `tests/smtp_sink.py`.

use rollbook::doors::mail::Mailer;
use rollbook::doors::settings::{Secret, Security, Smtp};
use rollbook::words::Email;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

pub(super) const LONG: Duration = Duration::from_secs(20);

pub(crate) struct Sink {
    program: Child,
    lines: Receiver<String>,
    pub(crate) port: u16,
}

impl Sink {
    /// Starts one, where Python has what it needs. Without it a test says that it skips, and under
    /// CI it fails.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        let importable = Command::new("python3").args(["-c", "import aiosmtpd"]).output();
        if !importable.is_ok_and(|output| output.status.success()) {
            assert!(std::env::var_os("CI").is_none(), "python3 cannot import aiosmtpd");
            eprintln!("skipped: python3 cannot import aiosmtpd (pip install aiosmtpd)");
            return None;
        }
        let mut program = Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp_sink.py"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(program.stdout.take().unwrap());
        let (sender, lines) = sync_channel(100);
        spawn(move || stdout.lines().try_for_each(|line| sender.send(line.unwrap())));
        let port = lines.recv_timeout(LONG).unwrap().parse().unwrap();
        Some(Self { program, lines, port })
    }

    /// The next letter that it took.
    pub(crate) fn letter(&self) -> Value {
        let line = self.lines.recv_timeout(LONG).expect("a letter arrives");
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// How to reach a mail server here.
pub(crate) fn smtp(port: u16, security: Security, login: Option<(String, Secret)>) -> Smtp {
    let from = Email::parse("rollbook@ledger.example").unwrap();
    Smtp { host: "localhost".to_owned(), port, security, login, from }
}

/// Waits until so many letters had that fate.
#[track_caller]
pub(super) fn counted(mailer: &Mailer, fate: &str, count: u64) {
    let line = format!("\nrollbook_mails_total{{result=\"{fate}\"}} {count}\n");
    let began = Instant::now();
    loop {
        let mut text = String::new();
        mailer.write_counts(&mut text);
        if text.contains(&line) {
            return;
        }
        assert!(began.elapsed() < LONG, "no {line} in {text}");
        sleep(Duration::from_millis(5));
    }
}
