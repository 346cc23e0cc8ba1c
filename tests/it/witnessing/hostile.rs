//! Witnesses that are wrong, or mean harm: nothing of theirs is kept, and nobody waits for them.

use super::{Place, Told};
use rollbook::doors::client::post;
use rollbook::house::witnessing::{Fault, Witnesses};
use rollbook::proof::{AddCheckpoint, Checkpoint, KeyKind, Note, Policy, SigningKey};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// Somebody who gives every request the same answer, made of it.
fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut text = String::new();
            let mut chunk = [0; 65_536];
            // A note ends with a line feed, and so does every request.
            while !(text.contains("\u{2014} ") && text.ends_with('\n')) {
                let length = stream.read(&mut chunk).unwrap_or(0);
                if length == 0 {
                    break;
                }
                text.push_str(&String::from_utf8_lossy(&chunk[..length]));
            }
            let body = text.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
            let _ = stream.write_all(answer(body).as_bytes());
        }
    });
    address
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed("w.example", KeyKind::Witness, &[seed; 32]).unwrap()
}

/// The line by which somebody signs what a request holds, at a moment.
fn signed(body: &str, by: &SigningKey, seconds: u64) -> String {
    let given = AddCheckpoint::parse(body).unwrap();
    let (_, note): (Checkpoint, Note) = Checkpoint::parse(given.checkpoint.as_bytes()).unwrap();
    let bare = Note::unsigned(note.text().to_owned());
    bare.signed_at(by, Duration::from_secs(seconds)).lines().next().unwrap() + "\n"
}

type Answers = Box<dyn Fn(&str) -> String + Send>;

#[test]
fn whatever_else_a_witness_answers_is_named_and_not_kept() {
    let size = "Content-Type: text/x.tlog.size\r\n";
    let table: Vec<(&str, Answers, Fault)> = vec![
        ("garbage", Box::new(|_| answer("200 OK", "", "hello\n")), Fault::Cosignature),
        ("nothing", Box::new(|_| answer("200 OK", "", "")), Fault::Cosignature),
        (
            "somebody else's",
            Box::new(|body| answer("200 OK", "", &signed(body, &key(9), 1_800_000_000))),
            Fault::Cosignature,
        ),
        (
            "at no time",
            Box::new(|body| answer("200 OK", "", &signed(body, &key(1), 0))),
            Fault::Cosignature,
        ),
        (
            "of another text",
            Box::new(|body| {
                let other = body.replacen("ledger.example\n", "other.example\n", 1);
                answer("200 OK", "", &signed(&other, &key(1), 1_800_000_000))
            }),
            Fault::Cosignature,
        ),
        (
            "a log that it does not know",
            Box::new(|_| answer("404 No", "", "")),
            Fault::Unknown(404),
        ),
        ("another key", Box::new(|_| answer("403 No", "", "")), Fault::Unknown(403)),
        ("no proof", Box::new(|_| answer("422 No", "", "")), Fault::Contradicted(422)),
        (
            "another root",
            Box::new(move |_| answer("409 No", size, "0\n")),
            Fault::Contradicted(409),
        ),
        (
            "more than there is",
            Box::new(move |_| answer("409 No", size, "999\n")),
            Fault::Ahead(999),
        ),
        ("no size", Box::new(|_| answer("409 No", "", "3\n")), Fault::Status(409)),
        (
            "led elsewhere",
            Box::new(|_| answer("302 Found", "Location: http://127.0.0.1:9/\r\n", "")),
            Fault::Status(302),
        ),
        ("broken", Box::new(|_| "HTTP".to_owned()), Fault::Unreachable),
        (
            "endless",
            Box::new(|_| answer("200 OK", "", &"a".repeat(2 * 1024 * 1024))),
            Fault::Unreachable,
        ),
    ];
    for (what, answers, fault) in table {
        let address = answering(answers);
        let text = format!("witness w {} http://{address}\nquorum w\n", key(1).public());
        let policy = Policy::of_witnesses(text.as_bytes()).unwrap();
        let told = Told::default();
        let witnesses = Witnesses { policy, is_required: true, post: post(), told: told.teller() };
        let place = Place::new();
        place.ledger.ask_witnesses(witnesses).unwrap();
        assert_eq!(told.await_of("w"), Err(fault), "{what}");
        assert!(place.ledger.cosigned().is_none() && place.ledger.published().is_none(), "{what}");
    }
}

/// One that answers nothing holds up neither commands nor closing.
#[test]
fn one_that_never_answers_holds_nobody_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let place = Place::new();
    let text = format!("witness w {} http://{address}\nquorum w\n", key(1).public());
    let policy = Policy::of_witnesses(text.as_bytes()).unwrap();
    let told = Told::default();
    let witnesses = Witnesses { policy, is_required: false, post: post(), told: told.teller() };
    place.ledger.ask_witnesses(witnesses).unwrap();
    let start = std::time::Instant::now();
    for number in 0..20 {
        let size = place.ledger.submit(crate::ledger::create(place.org, &format!("m{number}")));
        let size = size.unwrap().size;
        assert!(place.ledger.await_published(size, Duration::from_secs(5)).is_some());
    }
    place.ledger.close().unwrap();
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
}
