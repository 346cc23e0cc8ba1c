//! What is kept of cosignatures is believed by nobody: it holds against the tree and the keys, or
//! it is asked for anew.

use super::{PATIENCE, Place, size};
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
