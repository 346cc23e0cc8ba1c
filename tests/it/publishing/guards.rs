//! A ledger that is behind its guard, or another one, signs nothing.

use super::{Place, copy, settled};
use crate::ledger::organization;
use rollbook::ground::guard::GuardError;
use rollbook::ground::log_key::{LogKeyError, log_key_path};
use rollbook::house::publishing::PublishError;
use rollbook::proof::Checkpoint;
use std::fs;

fn logins(letter: char, count: usize) -> impl Iterator<Item = String> {
    (0..count).map(move |number| format!("{letter}{number}"))
}

/// Puts another data directory in the place of the one that is there.
fn exchange(place: &Place, other: &str) {
    fs::remove_dir_all(place.data()).unwrap();
    copy(&place.path(other), &place.data());
}

/// What the start says.
fn refused(place: &Place) -> PublishError {
    let ledger = place.open();
    let error = place.publish(&ledger).unwrap_err();
    let held = ledger.hold_against(&place.guard()).unwrap_err();
    assert_eq!(error.to_string(), held.to_string(), "verbs that sign nothing say the same");
    assert!(ledger.published().is_none());
    ledger.close().unwrap();
    error
}

/// A ledger that was signed, a copy of it from before its last twenty entries, and what was signed
/// last.
fn grown(place: &Place) -> Checkpoint {
    place.signed();
    copy(&place.data(), &place.path("old"));
    place.grow(logins('a', 20));
    let ledger = place.open();
    place.publish(&ledger).unwrap();
    let last = settled(&ledger).checkpoint.clone();
    ledger.close().unwrap();
    last
}

#[test]
fn an_old_copy_is_refused_with_both_sizes() {
    let place = Place::new();
    let last = grown(&place);
    let guard = fs::read(place.guard()).unwrap();
    exchange(&place, "old");
    let error = refused(&place);
    let PublishError::Rollback { signed, found } = &error else { panic!("{error}") };
    assert_eq!((*signed, *found < last.size), (last.size, true));
    let said = error.to_string();
    assert!(said.starts_with("ROLLBACK: "), "{said}");
    assert!(said.contains(&format!("has {found} entries")), "{said}");
    assert!(said.contains(&format!("a checkpoint of {signed} was signed")), "{said}");
    assert_eq!(fs::read(place.guard()).unwrap(), guard, "the guard knows what it knew");
}

#[test]
fn an_old_copy_that_went_on_is_refused_as_another_history() {
    let place = Place::new();
    let last = grown(&place);
    exchange(&place, "old");
    // As long as what was signed, and longer.
    for more in [20, 30] {
        place.grow(logins(if more == 20 { 'b' } else { 'c' }, more));
        let error = refused(&place);
        let PublishError::Fork { signed, found } = &error else { panic!("{error}") };
        assert!(*signed == last.size && found >= signed, "{error}");
        assert!(error.to_string().starts_with("ROLLBACK: "), "{error}");
    }
}

#[test]
fn another_ledgers_guard_is_refused() {
    let (place, other) = (Place::new(), Place::new());
    place.signed();
    let ledger = crate::support::ledger(&other.data(), 9);
    ledger.close().unwrap();
    fs::remove_dir_all(other.data()).unwrap();
    let origin = rollbook::words::Origin::parse("other.example").unwrap();
    let ledger =
        rollbook::house::Ledger::create(&other.data(), origin, crate::support::machine(9)).unwrap();
    organization(&ledger, "acme");
    fs::copy(place.guard(), other.guard()).unwrap();
    let error = other.publish(&ledger).unwrap_err();
    assert!(matches!(error, PublishError::Foreign { .. }), "{error}");
}

#[test]
fn a_guard_that_is_missing_damaged_in_use_or_inside_is_refused() {
    let place = Place::new();
    place.signed();
    let bytes = fs::read(place.guard()).unwrap();
    fs::remove_file(place.guard()).unwrap();
    let missing = refused(&place);
    assert!(matches!(missing, PublishError::Guard(GuardError::Missing { .. })), "{missing}");
    let mut damaged = bytes.clone();
    damaged[30] ^= 1;
    fs::write(place.guard(), damaged).unwrap();
    let error = refused(&place);
    assert!(matches!(error, PublishError::Guard(GuardError::Damaged { .. })), "{error}");
    fs::write(place.guard(), &bytes).unwrap();
    // A copy that is opened beside the first would sign another history behind the same guard.
    copy(&place.data(), &place.path("twin"));
    let (first, twin) = (place.open(), crate::support::machine(6));
    place.publish(&first).unwrap();
    let twin = rollbook::house::Ledger::open(&place.path("twin"), twin).unwrap();
    let error = place.publish(&twin).unwrap_err();
    assert!(matches!(error, PublishError::Guard(GuardError::InUse { .. })), "{error}");
    let inside = first.hold_against(&place.data().join("guard")).unwrap_err();
    assert!(matches!(inside, PublishError::Guard(GuardError::Inside { .. })), "{inside}");
    first.close().unwrap();
    // Whoever knows that nothing newer was signed says so with an empty file.
    fs::write(place.guard(), "").unwrap();
    drop(first);
    place.publish(&place.open()).unwrap();
}

#[test]
fn a_log_key_that_is_missing_or_damaged_is_refused() {
    let place = Place::new();
    place.signed();
    let path = log_key_path(&place.data());
    let text = fs::read_to_string(&path).unwrap();
    for (at, _) in text.char_indices() {
        let mut altered = text.clone().into_bytes();
        altered[at] ^= 1;
        fs::write(&path, altered).unwrap();
        if at % 16 == 0 {
            let ledger = place.open();
            let error = place.publish(&ledger).unwrap_err();
            let damaged = LogKeyError::Damaged { path: path.clone() };
            let unreadable = matches!(&error, PublishError::LogKey(LogKeyError::Io { .. }));
            assert!(unreadable || error.to_string() == damaged.to_string(), "{at}: {error}");
        }
    }
    fs::remove_file(&path).unwrap();
    let error = place.publish(&place.open()).unwrap_err();
    assert!(matches!(error, PublishError::LogKey(LogKeyError::Missing { .. })), "{error}");
}
