use super::*;
use crate::law::Publication;
use crate::proof::{Chains, KeyKind, SigningKey};
use crate::words::{Origin, TreeHash};
use std::time::Duration;

fn key(number: u8) -> SigningKey {
    let name = format!("w{number}.example");
    SigningKey::from_seed(&name, KeyKind::Witness, &[number + 1; 32]).unwrap()
}

fn published(size: u64) -> Arc<Published> {
    let root = TreeHash::leaf(&size.to_be_bytes());
    let checkpoint = Checkpoint { origin: "ledger.example".to_owned(), size, root };
    let log = SigningKey::from_seed("ledger.example", KeyKind::Log, &[9; 32]).unwrap();
    Arc::new(Published {
        note: checkpoint.unsigned().signed(&log),
        checkpoint,
        chains: Chains::new(Origin::parse("ledger.example").unwrap()),
        publication: Publication::default(),
        before: None,
        at: Timestamp::from_micros(i64::try_from(size).unwrap()),
    })
}

/// The line of a witness under what it is asked for.
fn line(rounds: &Rounds, number: u8) -> (Arc<Published>, String) {
    let asked = rounds.next(usize::from(number)).unwrap();
    (Arc::clone(&asked), signed(&asked, number))
}

fn signed(asked: &Published, number: u8) -> String {
    let bare = asked.checkpoint.unsigned();
    bare.signed_at(&key(number), Duration::from_secs(1_800_000_000)).lines().next().unwrap()
}

/// Of three witnesses two are needed.
fn rounds(kept: Option<(Checkpoint, Note)>) -> Rounds {
    let keys: Vec<_> = (0..3).map(|number| key(number).public().clone()).collect();
    let line = |number: usize| format!("witness w{number} {}\n", keys[number]);
    let text = format!("{}{}{}group g 2 w0 w1 w2\nquorum g\n", line(0), line(1), line(2));
    Rounds::new(Policy::of_witnesses(text.as_bytes()).unwrap(), keys, kept)
}

fn cosigned(rounds: &Rounds) -> Option<(u64, usize)> {
    let cosigned = rounds.cosigned()?;
    Some((cosigned.checkpoint.size, cosigned.note.lines().count() - 1))
}

#[test]
fn a_round_goes_on_until_enough_signed_or_nobody_is_left() {
    let mut rounds = rounds(None);
    assert!(rounds.is_over() && rounds.next(0).is_none() && rounds.behind_since().is_none());
    rounds.begin(published(5));
    assert!(!rounds.is_over());
    assert_eq!(rounds.behind_since(), Some(Timestamp::from_micros(5)));
    let (asked, one) = line(&rounds, 0);
    assert!(!rounds.signed(0, &asked, &one) && rounds.next(0).is_none());
    assert_eq!((cosigned(&rounds), rounds.missing()), (None, vec![1, 2]));
    assert!(!rounds.is_over(), "two could still sign");
    rounds.failed(1);
    assert!(!rounds.is_over() && rounds.next(1).is_none());
    rounds.failed(2);
    assert!(rounds.is_over(), "nobody is left");
    // The next begins, and what is missing is missing since the first.
    rounds.begin(published(7));
    assert_eq!(rounds.behind_since(), Some(Timestamp::from_micros(5)));
    rounds.rested(2);
    assert!(!rounds.is_over());
    for number in [0, 2] {
        let (asked, line) = line(&rounds, number);
        assert_eq!(rounds.signed(usize::from(number), &asked, &line), number == 2);
    }
    assert!(rounds.is_over() && rounds.behind_since().is_none());
    assert_eq!((cosigned(&rounds), rounds.missing()), (Some((7, 2)), vec![1]));
}

#[test]
fn whoever_is_late_is_added_where_it_is_still_the_newest_and_forgotten_otherwise() {
    let mut rounds = rounds(None);
    let five = published(5);
    rounds.begin(Arc::clone(&five));
    assert!(
        !rounds.signed(0, &five, &signed(&five, 0)) && rounds.signed(1, &five, &signed(&five, 1))
    );
    rounds.begin(published(7));
    assert!(rounds.signed(2, &five, &signed(&five, 2)));
    assert_eq!(cosigned(&rounds), Some((5, 3)));
    // A cosignature under five is none under seven.
    assert_eq!(rounds.missing(), [0, 1, 2]);
    let four = published(4);
    assert!(!rounds.signed(0, &four, &signed(&four, 0)));
    assert_eq!(cosigned(&rounds), Some((5, 3)));
    // Nobody signs twice.
    let (asked, one) = line(&rounds, 0);
    assert!(!rounds.signed(0, &asked, &one) && !rounds.signed(0, &asked, &one));
    assert!(rounds.shown().is_some_and(|shown| shown.note.lines().count() == 2));
}

#[test]
fn what_was_kept_holds_for_the_same_checkpoint_and_is_not_asked_for_again() {
    let five = published(5);
    let note = [0, 2]
        .iter()
        .fold(five.note.clone(), |note, number| note.with_line(&signed(&five, *number)).unwrap());
    let mut rounds = rounds(Some((five.checkpoint.clone(), note)));
    assert!(rounds.cosigned().is_some_and(|kept| kept.published.is_none()));
    rounds.begin(Arc::clone(&five));
    assert!(rounds.cosigned().is_some_and(|kept| kept.published.is_some()));
    assert!(rounds.is_over() && rounds.next(0).is_none() && rounds.next(1).is_some());
    assert!(rounds.behind_since().is_none());
}
