use super::*;
use crate::proof::{KeyKind, SigningKey, TileLevels};

const LOG: &str = "ledger.example";

fn log(seed: u8) -> SigningKey {
    SigningKey::from_seed(LOG, KeyKind::Log, &[seed; 32]).unwrap()
}

/// The tree whose leaves are `0`, `1` …, or those of another history from 3 on.
fn tree(size: u64, forks: bool) -> TileLevels {
    let leaf = |index: u64| if forks && index >= 3 { index + 1000 } else { index };
    (0..size).map(|index| TreeHash::leaf(&leaf(index).to_be_bytes())).collect()
}

fn checkpoint(size: u64, forks: bool) -> Checkpoint {
    let Ok(root) = path::root(&tree(size, forks), size);
    Checkpoint { origin: LOG.to_owned(), size, root }
}

/// A request with everything right, from `old` to `size`.
fn request(old: u64, size: u64, forks: bool) -> String {
    let Ok(proof) = path::consistency(&tree(size, forks), old, size);
    let checkpoint = checkpoint(size, forks).unsigned().signed(&log(1)).to_string();
    AddCheckpoint { old, proof, checkpoint: &checkpoint }.write()
}

fn judge(body: &str, held: Option<u64>) -> Result<u64, Refused> {
    let known = [log(1).public().clone(), log(2).public().clone()];
    let given = read(body.as_bytes(), &known)?;
    decide(&given, held.map(|size| checkpoint(size, false)).as_ref())?;
    Ok(given.checkpoint.size)
}

#[test]
fn what_continues_is_signed_and_nothing_else() {
    let mut table = vec![
        (request(0, 5, false), None, Ok(5)),
        (request(0, 0, false), None, Ok(0)),
        (request(5, 5, false), Some(5), Ok(5)),
        (request(0, 5, false), Some(0), Ok(5)),
        // Another size than is held, smaller, larger, or none at all.
        (request(0, 5, false), Some(5), Err(Refused::Size(5))),
        (request(3, 5, false), Some(4), Err(Refused::Size(4))),
        (request(5, 7, false), None, Err(Refused::Size(0))),
        // Another history, longer or of the same size, with a proof that is right for itself.
        (request(5, 9, true), Some(5), Err(Refused::Inconsistent)),
        (request(5, 5, true), Some(5), Err(Refused::Inconsistent)),
        (request(4, 9, true), Some(4), Err(Refused::Inconsistent)),
        // It begins alike up to where it forks.
        (request(3, 9, true), Some(3), Ok(9)),
        (request(5, 9, false).replacen("old 5", "old 10", 1), Some(5), Err(Refused::Form)),
        (request(5, 9, false).replacen("old 5", "old 05", 1), Some(5), Err(Refused::Form)),
        (String::new(), None, Err(Refused::Form)),
        ("old 0\n\n".to_owned(), None, Err(Refused::Form)),
        (request(0, 5, false).replace(LOG, "other.example"), None, Err(Refused::Unknown)),
        (request(0, 5, false).replacen("\n5\n", "\n6\n", 1), None, Err(Refused::Unsigned)),
    ];
    for held in 1..40 {
        for size in held..40 {
            table.push((request(held, size, false), Some(held), Ok(size)));
        }
    }
    for (body, held, expected) in table {
        assert_eq!(judge(&body, held), expected, "{body} behind {held:?}");
    }
}

#[test]
fn a_proof_with_anything_changed_is_none() {
    let body = request(5, 9, false);
    let lines: Vec<&str> = body.lines().collect();
    let end = lines.iter().position(|line| line.is_empty()).unwrap();
    assert!(end > 2);
    for at in 1..end {
        let mut without = lines.clone();
        without.remove(at);
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        for altered in [without, doubled] {
            let altered = altered.join("\n") + "\n";
            assert_eq!(judge(&altered, Some(5)), Err(Refused::Inconsistent), "{altered}");
        }
    }
    // From nothing there is nothing to prove.
    let from_nothing =
        request(0, 5, false).replacen("old 0\n", &format!("old 0\n{}\n", lines[1]), 1);
    assert_eq!(judge(&from_nothing, None), Err(Refused::Inconsistent));
}

#[test]
fn only_keys_that_the_witness_was_given_count() {
    let sign = |keys: &[&SigningKey]| {
        let bare = checkpoint(5, false).unsigned();
        let note = keys.iter().fold(bare, |note, key| note.signed(key)).to_string();
        AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: &note }.write()
    };
    assert_eq!(judge(&sign(&[&log(9)]), None), Err(Refused::Unsigned));
    assert_eq!(judge(&sign(&[&log(9), &log(2)]), None), Ok(5));
    assert_eq!(judge(&sign(&[&log(1), &log(2)]), None), Ok(5));
    // What others signed is not kept with it.
    let known = [log(2).public().clone()];
    let given = read(sign(&[&log(9), &log(2)]).as_bytes(), &known).unwrap();
    assert_eq!(given.note.lines().count(), 1);
    // A tree of nothing with a root of something.
    let wrong = Checkpoint { size: 0, ..checkpoint(5, false) }.unsigned().signed(&log(1));
    let body = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: &wrong.to_string() }.write();
    assert_eq!(judge(&body, None), Err(Refused::Inconsistent));
}
