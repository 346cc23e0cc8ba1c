//! `rollbook witness`, as it is started: it signs what continues what it signed before, once, and
//! through kills.

mod files;
mod killed;
pub(crate) mod program;

use program::{Program, request};
use rollbook::proof::{Checkpoint, Note};
use std::thread;

#[test]
fn every_request_has_the_answer_that_the_protocol_says() {
    let folder = tempfile::tempdir().unwrap();
    let witness = Program::start(folder.path());
    let text = Some("text/plain; charset=utf-8");
    let size = Some("text/x.tlog.size");
    let table = [
        ("not a request", "hello".to_owned(), 400, text),
        ("too long", "old 0\n".repeat(10_000), 400, text),
        ("another log", request(0, 5, "other.example"), 404, text),
        ("another key", request(0, 5, "ledger.example").replacen("\n5\n", "\n6\n", 1), 403, text),
        ("from a size that it does not have", request(3, 5, "ledger.example"), 409, size),
        ("the first", request(0, 5, "ledger.example"), 200, text),
        ("the same again, from before", request(0, 5, "ledger.example"), 409, size),
        ("the same again", request(5, 5, "ledger.example"), 200, text),
        ("larger", request(5, 9, "ledger.example"), 200, text),
        ("another history", program::forked(9, 12), 422, text),
        (
            "begins behind its end",
            request(9, 9, "ledger.example").replacen("old 9", "old 10", 1),
            400,
            text,
        ),
        ("smaller", request(5, 7, "ledger.example"), 409, size),
    ];
    for (what, body, status, kind) in table {
        let answer = witness.add(&body);
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        assert_eq!(answer.header("content-type"), kind, "{what}: {answer:?}");
        if status == 200 {
            assert!(witness.is_signed(&body, &answer.body), "{what}: {answer:?}");
        }
        if what == "smaller" {
            assert_eq!(answer.body, "9\n");
        }
    }
    // What it signed last is there for whoever watches the log.
    let latest = witness.latest("ledger.example");
    assert_eq!(latest.status, 200, "{latest:?}");
    let (checkpoint, note): (Checkpoint, Note) = Checkpoint::parse(latest.body.as_bytes()).unwrap();
    assert_eq!(checkpoint.size, 9);
    assert_eq!(note.verify([&witness.vkey].into_iter()).unwrap().len(), 1);
    assert_eq!(witness.latest("other.example").status, 404);
    assert_eq!(witness.send("GET", "/add-checkpoint", "").status, 405);
}

/// Of many that continue one size, one is signed: the others are told its size.
#[test]
fn of_many_that_continue_one_size_one_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let witness = Program::start(folder.path());
    let mut size = 0;
    for _ in 0..5 {
        let asked: Vec<_> =
            (1..=16).map(|more| request(size, size + more, "ledger.example")).collect();
        let answers: Vec<_> = thread::scope(|scope| {
            let asking = |body: &String| witness.add(body).status;
            let threads: Vec<_> =
                asked.iter().map(|body| scope.spawn(move || asking(body))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let signed = answers.iter().filter(|status| **status == 200).count();
        assert_eq!(signed, 1, "{answers:?}");
        assert!(answers.iter().all(|status| [200, 409].contains(status)), "{answers:?}");
        let told = witness.add(&request(0, 1, "ledger.example"));
        let won = answers.iter().position(|status| *status == 200).unwrap() as u64 + 1;
        assert_eq!((told.status, told.body), (409, format!("{}\n", size + won)));
        size += won;
    }
}
