//! TLS and login on the way to a mail server.

use super::letters::invitation;
use super::sink::{Sink, counted, smtp};
use crate::server::tls::certified;
use rollbook::doors::mail::Mailer;
use rollbook::doors::settings::{ALL, Given, GivenBy, Security, Settings};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Tells this test that it is its own child, and where the certificate and the password are.
const CHILD: &str = "ROLLBOOK_TEST_MAIL_CHILD";

const SHORT: &[Duration] = &[Duration::from_millis(20)];

/// Settings as an operator gives them.
fn settings(port: u16, directory: &Path) -> Settings {
    let mut given = Given::default();
    let password = directory.join("password");
    for (key, text) in [
        ("smtp.host", "localhost"),
        ("smtp.port", &port.to_string()),
        ("smtp.security", "starttls"),
        ("smtp.user_name", "rollbook"),
        ("smtp.password_file", &password.display().to_string()),
        ("smtp.from", "rollbook@ledger.example"),
    ] {
        let setting = ALL.iter().find(|setting| setting.key == key).unwrap();
        given.add(setting, text.to_owned(), GivenBy::Flag(setting.flag()));
    }
    Settings::read(&given).unwrap()
}

/// Which certificates are believed is the machine's matter, told to a whole process: so the test
/// runs itself with another root.
#[test]
fn letters_go_by_starttls_and_with_a_login() {
    if let Some(directory) = std::env::var_os(CHILD) {
        return child(Path::new(&directory));
    }
    if Sink::start(&[]).is_none() {
        return;
    }
    let place = certified();
    std::fs::write(place.path().join("password"), "correct horse\n").unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["mail::secured::letters_go_by_starttls_and_with_a_login", "--exact", "--nocapture"])
        .env(CHILD, place.path())
        .env("SSL_CERT_FILE", place.path().join("certificate.pem"))
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}{complained}");
}

fn child(directory: &Path) {
    let file = |name: &str| directory.join(name).display().to_string();
    let (certificate, key) = (file("certificate.pem"), file("key.pem"));
    let demands = |password: &'static str| {
        Sink::start(&["starttls", &certificate, &key, "rollbook", password]).unwrap()
    };
    let sink = demands("correct horse");
    let smtp = settings(sink.port, directory).smtp.unwrap();
    let mailer = Mailer::with_waits(Some(&smtp), SHORT).unwrap();
    mailer.send(invitation("bob@acme.example", "Acme", None));
    let letter = sink.letter();
    assert_eq!((&letter["tls"], &letter["login"]), (&true.into(), &true.into()), "{letter}");
    counted(&mailer, "sent", 1);
    // A wrong password is a setting's fault: the letter is tried again, then given up.
    let other = demands("battery staple");
    let smtp = settings(other.port, directory).smtp.unwrap();
    let mailer = Mailer::with_waits(Some(&smtp), SHORT).unwrap();
    mailer.send(invitation("bob@acme.example", "Acme", None));
    counted(&mailer, "given_up", 1);
}

/// Whoever takes STARTTLS out of a conversation gets no letter.
#[test]
fn without_tls_nothing_is_sent() {
    let Some(sink) = Sink::start(&[]) else { return };
    let mailer =
        Mailer::with_waits(Some(&smtp(sink.port, Security::Starttls, None)), SHORT).unwrap();
    mailer.send(invitation("bob@acme.example", "Acme", None));
    counted(&mailer, "given_up", 1);
    // Nor where nobody can show a certificate that leads to a known root.
    let place = certified();
    let file = |name: &str| place.path().join(name).display().to_string();
    let (certificate, key) = (file("certificate.pem"), file("key.pem"));
    let sink = Sink::start(&["starttls", &certificate, &key, "rollbook", "x"]).unwrap();
    let mailer =
        Mailer::with_waits(Some(&smtp(sink.port, Security::Starttls, None)), SHORT).unwrap();
    mailer.send(invitation("bob@acme.example", "Acme", None));
    counted(&mailer, "given_up", 1);
}
