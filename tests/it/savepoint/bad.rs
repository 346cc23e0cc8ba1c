//! Savepoints that cannot be used: each is ignored with its reason, and the state is right.

use super::{Opened, close, parts, sizes};
use crate::support::chance::Chance;
use crate::support::{ledger, machine};
use rollbook::facts::{Actor, OrganizationKind, RoleSet};
use rollbook::ground::log::Log;
use rollbook::ground::savepoints::{Mark, Savepoints};
use rollbook::house::Ledger;
use rollbook::house::ledger::Start;
use rollbook::house::savepoint::{LAYOUT, VERSION};
use rollbook::law::command::{CreateOrganization, Owner, Person};
use rollbook::law::{Action, Command};
use rollbook::words::{ChainHash, Email, Name, OperatorId, OrganizationId, Origin, Slug};
use std::path::Path;
use uuid::Uuid;

fn wish(action: Action) -> Command {
    let operator = Actor::Operator(OperatorId::from_uuid(Uuid::from_bytes([0x0b; 16])));
    Command::new(operator, None, action)
}

fn person(login: &str) -> Person {
    let email = Email::parse(&format!("{login}@mail.example")).unwrap();
    Person { email: Some(email), name: Some(Name::parse(login).unwrap()), username: None }
}

/// Adds members and closes.
fn add(ledger: Ledger, org: OrganizationId, from: usize, count: usize) {
    for n in from..from + count {
        let person = person(&format!("m{n}"));
        ledger.submit(wish(Action::CreateMember { org, person, roles: None })).unwrap();
    }
    close(ledger);
}

/// A closed ledger with an organization and `members` members.
fn made(path: &Path, seed: u8, members: usize) -> OrganizationId {
    let ledger = ledger(path, seed);
    let organization = CreateOrganization {
        kind: OrganizationKind::Standard,
        role_set: RoleSet::Standard,
        name: Name::parse("Acme").unwrap(),
        slug: Slug::parse("acme").unwrap(),
        seats: None,
        owner: Owner::Person(person("owner")),
    };
    let receipt = ledger.submit(wish(Action::CreateOrganization(organization))).unwrap();
    let org = receipt.entries[0].fact.org;
    add(ledger, org, 0, members);
    org
}

/// A ledger with one savepoint at its end, open; and that savepoint's bytes.
fn prepared(path: &Path) -> (Opened, u64, Vec<u8>) {
    made(path, 1, 80);
    let opened = Opened::new(path);
    let size = opened.log.head().size;
    let start = opened.start();
    assert_eq!((start.began_at, start.ignored), (size, vec![]));
    let bytes = std::fs::read(opened.savepoints.path(size)).unwrap();
    (opened, size, bytes)
}

impl Opened {
    /// Puts bytes in the place of the savepoint of a size.
    fn put(&self, size: u64, bytes: &[u8]) {
        std::fs::write(self.savepoints.path(size), bytes).unwrap();
    }

    fn mark(&self) -> Mark {
        let head = self.log.head();
        let (version, log) = (VERSION.to_owned(), self.log.origin().clone());
        Mark { version, layout: LAYOUT, log, size: head.size, entry: head.entry }
    }

    /// Writes a savepoint that says of itself what it likes, rightly sealed.
    fn claim(&self, mark: &Mark, parts: [&[u8]; 2]) {
        std::fs::remove_dir_all(self.path.join("savepoints")).unwrap();
        self.savepoints.write(mark, self.keyring.savepoint_key(), [7; 24], parts).unwrap();
    }
}

#[track_caller]
fn says(complaint: &str, part: &str) {
    assert!(complaint.contains(part), "{complaint:?} does not say {part:?}");
    assert!(complaint.starts_with("the savepoint "), "{complaint}");
    assert!(complaint.ends_with("the log was folded instead"), "{complaint}");
}

#[test]
fn a_savepoint_that_was_cut_or_changed() {
    let directory = tempfile::tempdir().unwrap();
    let (opened, size, whole) = prepared(&directory.path().join("data"));
    for length in [0, 1, 20, 21, 52, 53, 100, 150, whole.len() / 2, whole.len() - 1] {
        opened.put(size, &whole[..length]);
        let expected = if length < 21 { "not a savepoint of format 2" } else { "damaged" };
        says(&opened.complaint(), expected);
    }
    opened.put(size, &[&whole[..], b"x"].concat());
    says(&opened.complaint(), "it is damaged: its checksum is another");
    opened.put(size, &[b"rollbook savepoint 1\n", &whole[21..]].concat());
    says(&opened.complaint(), "not a savepoint of format 2");
    opened.put(size, &whole);
    assert_eq!(opened.start().began_at, size);
}

#[test]
fn two_hundred_flipped_bits() {
    let directory = tempfile::tempdir().unwrap();
    let (opened, size, whole) = prepared(&directory.path().join("data"));
    let mut chance = Chance::from_seed(200);
    let mut marks = 0;
    for trial in 0..200 {
        // Half of them hit the small part before the seal.
        let within = if trial % 2 == 0 { whole.len() } else { 140 };
        let (at, bit) = (chance.below(within), chance.below(8));
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << bit;
        opened.put(size, &bytes);
        let complaint = opened.complaint();
        marks += u64::from(at < 140);
        says(&complaint, if at < 21 { "not a savepoint of format 2" } else { "it is damaged" });
    }
    assert!(marks >= 100, "{marks}");
}

/// These are whole and rightly sealed: only what they say of themselves is wrong.
#[test]
fn a_savepoint_of_something_else() {
    let directory = tempfile::tempdir().unwrap();
    let (opened, size, _) = prepared(&directory.path().join("data"));
    let (mark, [standing, views]) = (opened.mark(), parts(&opened.start().folded));
    let right = [&standing[..], &views[..]];
    let short = opened.mark().size - 1;
    let before = opened.log.read(short - 1, 1).unwrap()[0].bytes.clone();
    let before = ChainHash::of_entry(&before);
    let elsewhere = Origin::parse("other.example").unwrap();
    let table = [
        (Mark { version: "0.0.9".into(), ..mark.clone() }, "version 0.0.9 of Rollbook wrote it"),
        (Mark { layout: LAYOUT + 1, ..mark.clone() }, "in layout 6, this is version"),
        (Mark { log: elsewhere, ..mark.clone() }, "it belongs to the ledger other.example"),
        (Mark { size: size + 1, ..mark.clone() }, "and the log has only"),
        (Mark { size: u64::MAX, ..mark.clone() }, "and the log has only"),
        (Mark { entry: before, ..mark.clone() }, "of the log is not the one that it ends with"),
        (Mark { size: short, ..mark.clone() }, "of the log is not the one that it ends with"),
        (Mark { size: short, entry: before, ..mark.clone() }, "it does not end where it should"),
        (Mark { size: 0, ..mark.clone() }, "is not the one that it ends with"),
    ];
    for (mark, expected) in table {
        opened.claim(&mark, right);
        says(&opened.complaint(), expected);
    }
    for (number, part) in right.into_iter().enumerate() {
        let longer = [part, b"x"].concat();
        let wrong = [&part[..part.len() - 1], b"", &longer, &[0xff; 5000], right[1 - number]];
        for wrong in wrong {
            let mut parts = right;
            parts[number] = wrong;
            opened.claim(&mark, parts);
            says(&opened.complaint(), "it opened, but its content cannot be read");
        }
    }
    opened.claim(&mark, right);
    let other = opened.savepoints.path(size - 3);
    std::fs::rename(opened.savepoints.path(size), other).unwrap();
    says(&opened.complaint(), "not in the form that is written");
    opened.claim(&mark, right);
    assert_eq!(opened.start().began_at, size);
}

#[test]
fn a_savepoint_of_another_ledger() {
    let directory = tempfile::tempdir().unwrap();
    let (opened, size, _) = prepared(&directory.path().join("data"));
    let path = directory.path().join("other");
    made(&path, 9, 80);
    let bytes = std::fs::read(Savepoints::of(&path).path(size)).unwrap();
    opened.put(size, &bytes);
    // They bear the same name: their entries tell them apart.
    says(&opened.complaint(), "of the log is not the one that it ends with");
}

#[test]
fn after_an_erasure_older_savepoints_do_not_open() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let (mut opened, size, _) = prepared(&path);
    let leaf = opened.log.read(10, 1).unwrap()[0].vault[0].leaf;
    assert_eq!(opened.keyring.erase(&[leaf], [3; 32]).unwrap().erased, 1);
    says(&opened.complaint(), "sealed under another key, as every savepoint is from before an");
    drop(opened);
    close(Ledger::open(&path, machine(2)).unwrap());
    let opened = Opened::new(&path);
    let Start { began_at, ignored, folded } = opened.start();
    assert_eq!((began_at, ignored), (size, vec![]), "closing replaced it");
    assert!(serde_json::to_string(&folded.1).unwrap().contains("\"erased\":true"));
}

#[test]
fn the_newest_two_are_kept_and_the_older_stands_in() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let org = made(&path, 1, 80);
    for (seed, from) in [(2, 100), (3, 200), (4, 300)] {
        add(Ledger::open(&path, machine(seed)).unwrap(), org, from, 70);
    }
    let kept = sizes(&path);
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert_eq!(kept[0] - kept[1], 70);
    let opened = Opened::new(&path);
    opened.put(kept[0], b"rollbook savepoint 1\n and then nothing");
    let start = opened.start();
    assert_eq!((start.began_at, start.ignored.len()), (kept[1], 1));
    opened.put(kept[1], b"");
    let start = opened.start();
    assert_eq!((start.began_at, start.ignored.len()), (0, 2));
}

/// Between writing and renaming, and between renaming and removing older ones.
#[test]
fn what_a_crash_leaves_does_no_harm() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let org = made(&path, 1, 80);
    add(Ledger::open(&path, machine(2)).unwrap(), org, 100, 70);
    let kept = sizes(&path);
    let unfinished = path.join("savepoints/savepoint.unfinished");
    std::fs::write(&unfinished, b"rollbook savepo").unwrap();
    let ancient = Savepoints::of(&path).path(3);
    std::fs::write(&ancient, b"whatever").unwrap();
    let opened = Opened::new(&path);
    let start = opened.start();
    assert_eq!((start.began_at, start.ignored), (kept[0], vec![]));
    drop(opened);
    add(Ledger::open(&path, machine(3)).unwrap(), org, 200, 70);
    assert_eq!(sizes(&path), [kept[0] + 70, kept[0]]);
    assert!(!unfinished.exists() && !ancient.exists());
    assert_eq!(Opened::new(&path).start().began_at, kept[0] + 70);
}

/// A place where no directory can be made: closing says so, and the ledger is whole.
#[test]
fn a_savepoint_that_cannot_be_written_costs_nothing_but_itself() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    made(&path, 1, 80);
    std::fs::remove_dir_all(path.join("savepoints")).unwrap();
    std::fs::write(path.join("savepoints"), b"a file").unwrap();
    let ledger = Ledger::open(&path, machine(2)).unwrap();
    ledger.close().unwrap();
    let error = ledger.unsaved().unwrap().to_string();
    assert!(error.starts_with("no savepoint was written: cannot make "), "{error}");
    drop(ledger);
    assert_eq!(Opened::new(&path).start().began_at, 0);
}
