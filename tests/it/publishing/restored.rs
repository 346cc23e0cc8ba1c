//! Copies of a ledger that grows, and ledgers that are made of copies.

use super::{Place, copy, member, settled};
use crate::bundle::made::{exported, log_lines};
use crate::ledger::organization;
use crate::support::machine;
use rollbook::facts::Actor;
use rollbook::ground::backup::{BackupError, Stated, receive};
use rollbook::ground::log_key::log_key_path;
use rollbook::house::Ledger;
use rollbook::house::bundle::write::{Beside, write};
use rollbook::house::bundle::{Wanted, check};
use rollbook::house::ledger::keyring_path;
use rollbook::house::publishing::PublishError;
use rollbook::house::restore::{RestoreError, Sources, Staged};
use rollbook::words::{OperatorId, Reason};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use uuid::Uuid;

fn operator() -> Actor {
    Actor::Operator(OperatorId::from_uuid(Uuid::from_bytes([0x0b; 16])))
}

/// A copy of what a ledger has now.
fn back_up(ledger: &Ledger, into: &Path) -> Stated {
    let mut bytes = Vec::new();
    let said = ledger.back_up(&mut bytes).unwrap();
    let stated = receive(&mut &bytes[..], into).unwrap();
    assert_eq!(said, stated);
    stated
}

/// Copies of the secrets, which are kept apart.
fn secrets(place: &Place) -> (PathBuf, PathBuf) {
    let (keyring, log_key) = (place.path("keyring"), place.path("log-key"));
    fs::copy(keyring_path(&place.data()), &keyring).unwrap();
    fs::copy(log_key_path(&place.data()), &log_key).unwrap();
    (keyring, log_key)
}

fn stage(place: &Place, from: &str, into: &Path) -> Result<Staged, RestoreError> {
    let (keyring, log_key) = (place.path("keyring"), place.path("log-key"));
    let from = &place.path(from);
    let log_key = Some(log_key.as_path());
    Staged::new(&Sources { from, keyring: &keyring, log_key, into }, machine(90))
}

fn names(directory: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(directory).unwrap();
    names.map(|item| item.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_copy_taken_under_load_restores_to_the_head_that_it_states() {
    let place = Place::new();
    let ledger = place.create();
    let org = organization(&ledger, "acme");
    place.publish(&ledger).unwrap();
    secrets(&place);
    let acknowledged = AtomicU64::new(0);
    let (before, stated) = std::thread::scope(|scope| {
        for who in 0..4 {
            let (ledger, acknowledged) = (&ledger, &acknowledged);
            scope.spawn(move || {
                for number in 0..150 {
                    let size = member(ledger, org, &format!("m{who}.{number}")).size;
                    acknowledged.fetch_max(size, Ordering::SeqCst);
                }
            });
        }
        while acknowledged.load(Ordering::SeqCst) < 100 {
            std::thread::yield_now();
        }
        let before = acknowledged.load(Ordering::SeqCst);
        (before, back_up(&ledger, &place.path("copy")))
    });
    assert!(stated.head.size >= before, "{} of {before}", stated.head.size);
    assert!(stated.head.size < ledger.head().size, "nothing happened behind the copy");
    let expected = ["BACKUP", "FORMAT", "LOCK", "journal"].map(str::to_owned);
    assert_eq!(names(&place.path("copy")), BTreeSet::from(expected), "no secret is in it");
    let into = place.path("restored");
    let staged = stage(&place, "copy", &into).unwrap();
    assert!(!into.exists() && staged.stated == (stated.clone(), true));
    let report = staged.put().unwrap();
    assert_eq!(report.journal.head, stated.head);
    let restored = Ledger::open(&into, machine(91)).unwrap();
    assert_eq!(restored.head(), stated.head);
    for seq in 0..stated.head.size {
        let (there, here) = (restored.read(seq, 1).unwrap(), ledger.read(seq, 1).unwrap());
        assert_eq!(there, here, "entry {seq}");
        restored.unseal(&there[0]).unwrap();
    }
    // It goes on like any other.
    member(&restored, org, "carol");
}

#[test]
fn a_copy_that_broke_off_or_was_altered_is_none() {
    let place = Place::new();
    place.signed();
    place.grow((0..20).map(|number| format!("m{number}")));
    let ledger = place.open();
    let mut whole = Vec::new();
    ledger.back_up(&mut whole).unwrap();
    let refuses = |bytes: &[u8], what: &str| {
        let into = place.path("broken");
        assert!(receive(&mut &*bytes, &into).is_err(), "{what} is accepted");
        assert!(!into.join("FORMAT").exists(), "{what} counts as a data directory");
        let _ = fs::remove_dir_all(into);
    };
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        refuses(&whole[..at], &format!("cut at {at}"));
        let mut altered = whole.clone();
        altered[at] ^= 1;
        refuses(&altered, &format!("byte {at} changed"));
    }
    refuses(&[&whole[..], &whole[530..]].concat(), "frames sent twice");
    receive(&mut &whole[..], &place.path("whole")).unwrap();
    let again = receive(&mut &whole[..], &place.path("whole"));
    assert!(matches!(again, Err(BackupError::Directory(_))), "a copy is never written over");
}

#[test]
fn what_is_not_whole_is_not_put_in_place() {
    let place = Place::new();
    place.signed();
    place.grow((0..20).map(|number| format!("m{number}")));
    let ledger = place.open();
    back_up(&ledger, &place.path("copy"));
    secrets(&place);
    let into = place.path("restored");
    let segment = place.path("copy").join("journal/00000000000000000000.segment");
    let whole = fs::read(&segment).unwrap();
    for at in [0, 100, 600, whole.len() / 2, whole.len() - 1] {
        let mut altered = whole.clone();
        altered[at] ^= 1;
        fs::write(&segment, altered).unwrap();
        let staged = stage(&place, "copy", &into);
        assert!(staged.is_err() && !into.exists(), "byte {at} changed");
        fs::write(&segment, &whole[..at]).unwrap();
        assert!(stage(&place, "copy", &into).is_err() && !into.exists(), "cut at {at}");
    }
    fs::write(&segment, &whole).unwrap();
    // Another ledger's keyring opens nothing of this one.
    let other = Place::new();
    crate::support::ledger(&other.data(), 44).close().unwrap();
    let keyring = fs::read(place.path("keyring")).unwrap();
    fs::copy(keyring_path(&other.data()), place.path("keyring")).unwrap();
    assert!(stage(&place, "copy", &into).is_err() && !into.exists());
    fs::write(place.path("keyring"), keyring).unwrap();
    fs::create_dir(&into).unwrap();
    fs::write(into.join("something"), "of somebody's").unwrap();
    let taken = stage(&place, "copy", &into).err().unwrap();
    assert!(matches!(taken, RestoreError::Taken { .. }), "{taken}");
    fs::remove_file(into.join("something")).unwrap();
    stage(&place, "copy", &into).unwrap().put().unwrap();
}

/// A ledger in an old copy's place, with the record that says so.
fn accepted(place: &Place, from: &str, into: &Path) -> u64 {
    let staged = stage(place, from, into).unwrap();
    let behind = staged.ledger().hold_against(&place.guard()).unwrap_err();
    assert!(!matches!(behind, PublishError::Guard(_)), "{behind}");
    let reason = Reason::parse("The disk was lost").unwrap();
    let answer = staged.accept_rollback(&place.guard(), operator(), reason).unwrap();
    let size = answer.expect("the guard is ahead").unwrap().size;
    assert_eq!(staged.put().unwrap().journal.head.size, size);
    size
}

#[test]
fn from_an_old_copy_it_goes_on_under_another_name() {
    let place = Place::new();
    place.signed();
    let ledger = place.open();
    back_up(&ledger, &place.path("copy"));
    drop(ledger);
    secrets(&place);
    place.grow((0..20).map(|number| format!("m{number}")));
    let ledger = place.open();
    place.publish(&ledger).unwrap();
    let last = settled(&ledger).checkpoint.clone();
    ledger.close().unwrap();
    drop(ledger);

    let guard = fs::read(place.guard()).unwrap();
    let first = place.path("first");
    let size = accepted(&place, "copy", &first);
    assert!(size < last.size);
    assert_eq!(fs::read(place.guard()).unwrap(), guard, "it moves when something is signed");
    for _ in 0..2 {
        let ledger = Ledger::open(&first, machine(92)).unwrap();
        let published = place.publish(&ledger).unwrap();
        assert_eq!(published.checkpoint.origin, "ledger.example/r1");
        assert_eq!(published.checkpoint.size, size);
        ledger.close().unwrap();
    }
    assert_ne!(fs::read(place.guard()).unwrap(), guard);

    // What was signed before is refused now, and so is a second ledger that was made alike.
    let error = place.publish(&place.open()).unwrap_err();
    assert!(matches!(error, PublishError::Foreign { .. }), "{error}");

    // Lost once more, with nothing but the same copy: another name again.
    let second = place.path("second");
    accepted(&place, "copy", &second);
    let ledger = Ledger::open(&second, machine(93)).unwrap();
    let published = place.publish(&ledger).unwrap();
    assert_eq!(published.checkpoint.origin, "ledger.example/r2");
    ledger.close().unwrap();
    drop(ledger);
    let error = place.publish(&Ledger::open(&first, machine(94)).unwrap()).unwrap_err();
    assert!(matches!(error, PublishError::Foreign { .. }), "{error}");
}

/// Whoever saw it before hears that it was taken back, and where.
#[test]
fn a_bundle_of_a_ledger_that_was_taken_back_says_so() {
    let place = Place::new();
    place.signed();
    let ledger = place.open();
    back_up(&ledger, &place.path("copy"));
    secrets(&place);
    let before = place.publish(&ledger).unwrap();
    let org = ledger.views().organizations().next().unwrap().id();
    let old_keys = log_lines(&ledger, org);
    ledger.close().unwrap();
    drop(ledger);
    place.grow((0..20).map(|number| format!("m{number}")));
    let ledger = place.open();
    place.publish(&ledger).unwrap();
    let lost = settled(&ledger);
    let own = |published| ledger.organization_checkpoint(published, org).unwrap().unwrap().1;
    let (own_before, own_lost) = (own(&before).to_string(), own(&lost).to_string());
    ledger.close().unwrap();
    drop(ledger);
    let into = place.path("restored");
    accepted(&place, "copy", &into);
    let ledger = Ledger::open(&into, machine(92)).unwrap();
    place.publish(&ledger).unwrap();
    let receipt = exported(&ledger, org, 1, &[]);
    let since = BTreeSet::from([before.checkpoint.size]);
    let files = write(&ledger, &receipt, &Beside { since, ..Beside::default() }).unwrap();
    let both = format!("{old_keys}{}", log_lines(&ledger, org));
    let table = [
        // Whoever has keys of its earlier name alone trusts nobody yet who signs under this one.
        (&old_keys, None, (3, "checkpoint_unsigned", "unasked")),
        (&both, None, (0, "", "unasked")),
        // What the copy held is continued, and what it did not hold is lost.
        (&both, Some(before.note.to_string()), (0, "", "consistent")),
        (&both, Some(own_before), (0, "", "consistent")),
        (&both, Some(lost.note.to_string()), (3, "known_restored", "unproven")),
        (&both, Some(own_lost), (3, "known_restored", "unproven")),
    ];
    for (keys, known, (exit, code, continuity)) in table {
        let known = known.iter().map(|note| ("known".to_owned(), note.clone().into_bytes()));
        let wanted = Wanted {
            known: known.collect(),
            now: Duration::from_secs(1_811_808_000),
            allow_unwitnessed: true,
            ..Wanted::default()
        };
        let keys = format!("{keys}quorum none\n");
        let verdict = check(Ok(files.clone()), keys.as_bytes(), &wanted);
        let codes: BTreeSet<_> = verdict.findings.kept().iter().map(|it| it.code.name()).collect();
        let codes = codes.into_iter().collect::<Vec<_>>().join(" ");
        let got = (verdict.exit(), codes.as_str(), verdict.continuity.name());
        assert_eq!(got, (exit, code, continuity), "{:?}", verdict.findings.kept());
    }
}

#[test]
fn a_copy_that_is_not_behind_its_guard_keeps_its_name() {
    let place = Place::new();
    place.signed();
    copy(&place.data(), &place.path("stopped"));
    secrets(&place);
    let into = place.path("restored");
    let staged = stage(&place, "stopped", &into).unwrap();
    assert!(!staged.stated.1, "a copy of another kind does not say where it ends");
    let reason = Reason::parse("To be sure").unwrap();
    assert!(staged.accept_rollback(&place.guard(), operator(), reason).unwrap().is_none());
    staged.put().unwrap();
    let ledger = Ledger::open(&into, machine(95)).unwrap();
    assert_eq!(place.publish(&ledger).unwrap().checkpoint.origin, "ledger.example");
}
