//! What a mail server gets, and what becomes of what it does not take.

use super::letters::invitation;
use super::sink::{LONG, Sink, counted, smtp};
use rollbook::doors::mail::{Mailer, Written};
use rollbook::doors::settings::Security;
use serde_json::Value;
use std::time::Duration;

/// Times between tries that a test can wait for.
const SHORT: &[Duration] = &[Duration::from_millis(20), Duration::from_millis(40)];

fn header<'a>(letter: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = letter["headers"].as_array().unwrap().iter();
    let named = headers.filter(|header| header[0].as_str().unwrap().eq_ignore_ascii_case(name));
    named.map(|header| header[1].as_str().unwrap()).collect()
}

#[test]
fn a_letter_arrives_as_text_and_as_html() {
    let Some(sink) = Sink::start(&[]) else { return };
    let mailer = Mailer::start(Some(&smtp(sink.port, Security::None, None))).unwrap();
    for name in ["Acme", "Grüße & <b>Söhne</b>", &"日本 ".repeat(80)] {
        let sent = invitation("bob@acme.example", name, Some("Ada\" <eve@evil.example>"));
        let written = Written::new(&sent.content);
        mailer.send(sent);
        let letter = sink.letter();
        assert_eq!(letter["from"], "rollbook@ledger.example");
        assert_eq!(letter["to"], serde_json::json!(["bob@acme.example"]));
        assert_eq!(letter["kind"], "multipart/alternative");
        assert_eq!(header(&letter, "Subject"), [written.subject.as_str()], "{letter}");
        assert_eq!(header(&letter, "From"), ["rollbook@ledger.example"]);
        assert_eq!(header(&letter, "To"), ["bob@acme.example"]);
        assert_eq!(header(&letter, "Auto-Submitted"), ["auto-generated"]);
        assert_eq!((header(&letter, "Date").len(), header(&letter, "Message-ID").len()), (1, 1));
        let parts = letter["parts"].as_array().unwrap();
        let text = |part: &Value| part[1].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(
            (parts.len(), &parts[0][0], &parts[1][0]),
            (2, &"text/plain".into(), &"text/html".into())
        );
        assert_eq!(text(&parts[0]).trim_end(), written.text.trim_end());
        assert_eq!(text(&parts[1]).trim_end(), written.html.trim_end());
    }
    counted(&mailer, "sent", 3);
    mailer.close(LONG);
    mailer.send(invitation("bob@acme.example", "Acme", None));
    counted(&mailer, "dropped", 1);
}

#[test]
fn a_busy_mail_server_is_asked_again_and_a_refusal_is_one() {
    let Some(sink) = Sink::start(&["busy", "2"]) else { return };
    let smtp = smtp(sink.port, Security::None, None);
    let mailer = Mailer::with_waits(Some(&smtp), SHORT).unwrap();
    mailer.send(invitation("bob@acme.example", "Acme", None));
    assert_eq!(sink.letter()["to"][0], "bob@acme.example");
    counted(&mailer, "sent", 1);
    let mut text = String::new();
    mailer.write_counts(&mut text);
    assert!(text.contains("\nrollbook_mail_retries_total 2\n"), "{text}");
    mailer.send(invitation("gone@acme.example", "Acme", None));
    counted(&mailer, "refused", 1);
    drop(sink);
    mailer.send(invitation("bob@acme.example", "Acme", None));
    counted(&mailer, "given_up", 1);
    counted(&mailer, "sent", 1);
}

#[test]
fn what_waits_when_the_server_stops_is_tried_once_more() {
    let Some(sink) = Sink::start(&["busy", "1"]) else { return };
    let mailer = Mailer::start(Some(&smtp(sink.port, Security::None, None))).unwrap();
    mailer.send(invitation("bob@acme.example", "Acme", None));
    mailer.send(invitation("eve@acme.example", "Acme", None));
    assert_eq!(sink.letter()["to"][0], "eve@acme.example");
    mailer.close(LONG);
    assert_eq!(sink.letter()["to"][0], "bob@acme.example");
    counted(&mailer, "sent", 2);
    // With nobody there, nothing is waited for: what could not be sent is lost, and counted.
    let port = sink.port;
    drop(sink);
    let mailer = Mailer::start(Some(&smtp(port, Security::None, None))).unwrap();
    mailer.send(invitation("bob@acme.example", "Acme", None));
    mailer.close(LONG);
    counted(&mailer, "lost", 1);
}

/// A queue that is full, because a mail server takes connections and says nothing.
#[test]
fn a_full_queue_drops_letters_and_holds_nobody_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let mut smtp = smtp(port, Security::None, None);
    smtp.host = "127.0.0.1".to_owned();
    let mailer = Mailer::start(Some(&smtp)).unwrap();
    let _taken = {
        mailer.send(invitation("bob@acme.example", "Acme", None));
        silent.accept().unwrap()
    };
    for _ in 0..510 {
        mailer.send(invitation("bob@acme.example", "Acme", None));
    }
    counted(&mailer, "dropped", 10);
    mailer.close(Duration::from_millis(50));
}
