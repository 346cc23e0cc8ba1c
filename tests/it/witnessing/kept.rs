//! What is kept of cosignatures is believed by nobody: it holds against the tree and the keys, or
//! it is asked for anew.

use super::{PATIENCE, Place, size};
use crate::ledger::create;
use crate::support::files::copy;
use crate::support::machine;
use rollbook::house::Ledger;
use rollbook::house::witnessing::Fault;
use std::fs;

#[test]
fn a_kept_checkpoint_that_was_altered_or_is_anothers_is_passed_over() {
    let place = Place::new();
    let mut one = place.witness("one");
    place.ask(&[("one", &one)], false);
    let signed = place.ledger.await_cosigned(place.ledger.head().size, PATIENCE).unwrap();
    super::until("it is kept", || {
        fs::read_to_string(place.path("data/cosigned"))
            .is_ok_and(|kept| size(&kept) >= signed.checkpoint.size)
    });
    one.kill();
    let mut place = place.reopened();
    let file = place.path("data/cosigned");
    let whole = fs::read_to_string(&file).unwrap();
    let (first, rest) = whole.split_once('\n').unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let mut flipped = lines.last().unwrap().as_bytes().to_vec();
    let at = flipped.len() - 20;
    flipped[at] = if flipped[at] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let table = [
        ("whole", whole.clone(), true),
        ("another origin", format!("{first}/r1\n{rest}"), false),
        ("another size", whole.replacen(&format!("\n{}\n", lines[1]), "\n1\n", 1), false),
        ("another signature", whole.replace(lines.last().unwrap(), &flipped), false),
        ("no witness's", whole.replace(&format!("{}\n", lines.last().unwrap()), ""), false),
        ("cut", whole[..whole.len() / 2].to_owned(), false),
        ("nothing", String::new(), false),
    ];
    for (what, text, is_taken) in table {
        fs::write(&file, &text).unwrap();
        place.ask(&[("one", &one)], false);
        let found = place.ledger.cosigned().map(|cosigned| cosigned.note.to_string());
        assert_eq!(found, is_taken.then_some(text), "{what}");
        place = place.reopened();
    }
}

/// The guard is gone with the disk, and what is left is a copy of yesterday: the witness knows.
#[test]
fn an_old_copy_is_found_out_by_a_witness() {
    let place = Place::new();
    let one = place.witness("one");
    place.ask(&[("one", &one)], false);
    let yesterday = place.path("yesterday");
    std::thread::sleep(std::time::Duration::from_millis(300));
    copy(&place.path("data"), &yesterday);
    for number in 0..20 {
        place.ledger.submit(create(place.org, &format!("today{number}"))).unwrap();
    }
    let today = place.ledger.head().size;
    let signed = place.ledger.await_cosigned(today, PATIENCE).unwrap().checkpoint.size;
    place.ledger.close().unwrap();
    let Place { directory, org, ledger } = place;
    drop(ledger);

    fs::remove_dir_all(directory.path().join("data")).unwrap();
    fs::rename(&yesterday, directory.path().join("data")).unwrap();
    fs::write(directory.path().join("guard"), "").unwrap();
    let ledger = Ledger::open(&directory.path().join("data"), machine(5)).unwrap();
    let place = Place { directory, ledger, org };
    place.sign();
    let told = place.ask(&[("one", &one)], true);
    // Where nothing follows what the copy holds as signed, there is nothing to ask for yet.
    place.ledger.submit(create(place.org, "other")).unwrap();
    assert_eq!(told.await_of("one"), Err(Fault::Ahead(signed)));
    // It goes on until it is as long, and longer.
    for number in 0..signed {
        place.ledger.submit(create(place.org, &format!("other{number}"))).unwrap();
    }
    super::until("the witness contradicts it", || {
        let told = told.0.lock().unwrap();
        told.iter().any(|it| it.1 == Err(Fault::Contradicted(422)))
    });
    assert!(place.ledger.cosigned().is_none_or(|cosigned| cosigned.checkpoint.size < signed));
    // What leaves is what the copy and the witness have in common.
    assert!(place.ledger.published().is_none_or(|it| it.checkpoint.size < signed));
}
