//! The passes as their users meet them: issued once, found, taken once, ended for good.

mod damage;
mod kill;

use rollbook::ground::passes::{DETAIL_LIMIT_BYTES, Kind, Note, Pass, Passes, PassesError};
use rollbook::words::hash::pass_digest;
use rollbook::words::{Timestamp, UserId};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;
use uuid::Uuid;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn noon() -> Timestamp {
    Timestamp::parse_any("2026-11-22T12:00:00Z").unwrap()
}

fn user(number: u8) -> UserId {
    UserId::from_uuid(Uuid::from_bytes([number; 16]))
}

/// The n-th token there is.
fn digest(number: u32) -> [u8; 32] {
    let mut token = [0; 32];
    token[..4].copy_from_slice(&number.to_be_bytes());
    pass_digest(&token)
}

/// A pass for a day, each issued a second behind the one before.
fn pass(kind: Kind, number: u32, of: Option<UserId>) -> Pass {
    let created = noon().after(Duration::from_secs(u64::from(number)));
    Pass {
        kind,
        digest: digest(number),
        user: of,
        since: noon(),
        created,
        last_used: noon(),
        expires: created.after(DAY),
        detail: Vec::new(),
    }
}

fn session(number: u32, of: u8) -> Pass {
    pass(Kind::Session, number, Some(user(of)))
}

fn open(data: &Path) -> Passes {
    let (passes, notes) = Passes::open(data, noon()).unwrap();
    assert_eq!(notes, []);
    passes
}

fn numbers(passes: &Passes, of: u8) -> Vec<u32> {
    let sessions = passes.sessions_of(user(of), noon());
    sessions.iter().map(|pass| (0..1000).find(|n| digest(*n) == pass.digest).unwrap()).collect()
}

#[test]
fn what_is_issued_is_found_until_it_ends_and_after_every_opening() {
    let data = tempfile::tempdir().unwrap();
    let passes = open(data.path());
    let mut link = pass(Kind::PasswordReset, 7, Some(user(2)));
    link.detail = vec![9; DETAIL_LIMIT_BYTES];
    passes.issue(session(1, 1), noon()).unwrap();
    passes.issue(session(2, 1), noon()).unwrap();
    passes.issue(session(3, 2), noon()).unwrap();
    passes.issue(link.clone(), noon()).unwrap();
    assert!(passes.end(Kind::Session, &digest(2), noon()).unwrap());
    assert!(!passes.end(Kind::Session, &digest(2), noon()).unwrap(), "there is none any more");
    for passes in [passes, open(data.path()), open(data.path())] {
        assert_eq!(passes.find(Kind::Session, &digest(1), noon()), Some(session(1, 1)));
        assert_eq!(passes.find(Kind::Session, &digest(2), noon()), None, "it was ended");
        assert_eq!(passes.find(Kind::PasswordReset, &digest(1), noon()), None, "another kind");
        assert_eq!(passes.find(Kind::PasswordReset, &digest(7), noon()), Some(link.clone()));
        let expired = noon().after(DAY + Duration::from_secs(1));
        assert_eq!(passes.find(Kind::Session, &digest(1), expired), None);
        assert_eq!(passes.take(Kind::Session, &digest(1), expired).unwrap(), None);
        assert_eq!(passes.count(), 3);
    }
    let (passes, _) = Passes::open(data.path(), noon().after(2 * DAY)).unwrap();
    assert_eq!(passes.count(), 0, "what has expired is not kept");
}

#[test]
fn one_of_64_gets_a_link() {
    let data = tempfile::tempdir().unwrap();
    let passes = open(data.path());
    passes.issue(pass(Kind::PasswordReset, 1, Some(user(1))), noon()).unwrap();
    let (barrier, passes) = (&Barrier::new(64), &passes);
    let taken = |_| {
        barrier.wait();
        passes.take(Kind::PasswordReset, &digest(1), noon()).unwrap().is_some()
    };
    let count = thread::scope(|scope| {
        let takers: Vec<_> = (0..64).map(|n| scope.spawn(move || taken(n))).collect();
        takers.into_iter().map(|taker| usize::from(taker.join().unwrap())).sum::<usize>()
    });
    assert_eq!(count, 1);
    assert_eq!(open(data.path()).count(), 0);
}

#[test]
fn one_of_64_uses_a_code_and_none_uses_an_earlier_one() {
    let data = tempfile::tempdir().unwrap();
    let passes = open(data.path());
    let later = noon().after(DAY);
    let (barrier, shared) = (&Barrier::new(64), &passes);
    let used = || {
        barrier.wait();
        shared.use_step(user(1), 500, later, noon()).unwrap()
    };
    let count = thread::scope(|scope| {
        let callers: Vec<_> = (0..64).map(|_| scope.spawn(used)).collect();
        callers.into_iter().map(|caller| usize::from(caller.join().unwrap())).sum::<usize>()
    });
    assert_eq!(count, 1);
    drop(passes);
    let passes = open(data.path());
    assert_eq!(passes.used_step(user(1)), Some(500));
    for (step, of, taken) in [(499, 1, false), (500, 1, false), (501, 1, true), (500, 2, true)] {
        assert_eq!(passes.use_step(user(of), step, later, noon()).unwrap(), taken, "{step} {of}");
    }
    assert_eq!(passes.count(), 2, "one note a user");
}

#[test]
fn with_one_too_many_the_oldest_ends() {
    let data = tempfile::tempdir().unwrap();
    let passes = open(data.path());
    for number in 0..105 {
        passes.issue(session(number, 1), noon()).unwrap();
    }
    passes.issue(session(200, 2), noon()).unwrap();
    for number in 300..308 {
        passes.issue(pass(Kind::PasswordReset, number, Some(user(1))), noon()).unwrap();
    }
    for passes in [passes, open(data.path())] {
        assert_eq!(numbers(&passes, 1), (5..105).rev().collect::<Vec<_>>());
        assert_eq!(numbers(&passes, 2), [200]);
        assert_eq!(passes.find(Kind::PasswordReset, &digest(302), noon()), None);
        assert!(passes.find(Kind::PasswordReset, &digest(303), noon()).is_some());
    }
    let passes = open(data.path());
    let mut long = session(1, 3);
    long.detail = vec![0; DETAIL_LIMIT_BYTES + 1];
    let error = passes.issue(long, noon()).unwrap_err();
    assert_eq!(error.to_string(), "the detail of a pass has 1025 bytes, at most 1024 are allowed");
}

#[test]
fn ending_everything_of_somebody_leaves_nothing_of_them() {
    let data = tempfile::tempdir().unwrap();
    let passes = open(data.path());
    for number in 1..5 {
        passes.issue(session(number, 1), noon()).unwrap();
        passes.issue(session(number + 10, 2), noon()).unwrap();
    }
    passes.issue(pass(Kind::EmailVerification, 30, Some(user(1))), noon()).unwrap();
    passes.use_step(user(1), 500, noon().after(DAY), noon()).unwrap();
    let kept = Some(&digest(3));
    assert_eq!(passes.end_kind_of(user(1), Kind::Session, kept, noon()).unwrap(), 3);
    assert_eq!(numbers(&passes, 1), [3]);
    assert_eq!(passes.end_all_of(user(1), noon()).unwrap(), 3);
    assert_eq!(passes.end_all_of(user(1), noon()).unwrap(), 0);
    let holds = |what: &[u8]| {
        let bytes = fs::read(data.path().join("passes")).unwrap();
        bytes.windows(what.len()).any(|part| part == what)
    };
    assert!(holds(user(1).as_bytes()), "it is appended to only");
    passes.compact(noon()).unwrap();
    assert!(!holds(user(1).as_bytes()) && !holds(&digest(1)) && !holds(&digest(30)));
    assert!(holds(user(2).as_bytes()));
    for passes in [passes, open(data.path())] {
        assert_eq!((numbers(&passes, 1), numbers(&passes, 2)), (vec![], vec![14, 13, 12, 11]));
        assert_eq!(passes.used_step(user(1)), None);
    }
}

#[test]
fn a_use_is_noted_to_the_hour_and_costs_no_write() {
    let data = tempfile::tempdir().unwrap();
    let passes = open(data.path());
    passes.issue(session(1, 1), noon()).unwrap();
    let bytes = || fs::metadata(data.path().join("passes")).unwrap().len();
    let before = bytes();
    for minutes in [10, 30, 70, 110, 119, 65] {
        passes.touch(&digest(1), noon().after(Duration::from_secs(60 * minutes)));
    }
    let last_used = |passes: &Passes| passes.sessions_of(user(1), noon())[0].last_used.to_string();
    assert_eq!(last_used(&passes), "2026-11-22T13:00:00.000000Z");
    assert_eq!(bytes(), before);
    passes.issue(session(2, 2), noon()).unwrap();
    assert_eq!(last_used(&open(data.path())), "2026-11-22T13:00:00.000000Z");
}

#[test]
fn the_file_is_the_owners_and_does_not_grow_without_end() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("passes");
    let passes = open(data.path());
    let mut large = pass(Kind::OidcState, 1, None);
    large.detail = vec![1; DETAIL_LIMIT_BYTES];
    let mut longest = 0;
    for _ in 0..1500 {
        passes.issue(large.clone(), noon()).unwrap();
        longest = longest.max(fs::metadata(&path).unwrap().len());
    }
    assert!((1_000_000..1_100_000).contains(&longest), "{longest}");
    assert!(fs::metadata(&path).unwrap().len() < longest, "it was written anew");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1);
}
