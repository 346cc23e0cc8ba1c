//! Ledgers that were closed cleanly, opened as a server opens them: from the savepoint, with sled
//! and the rest of the journal compared behind the opening.

use super::{Opened, close};
use crate::ground_support::{held_sled, scratch, segments};
use crate::support::machine;
use rollbook::facts::{Actor, OrganizationKind, RoleSet};
use rollbook::ground::embedded::{Repair, Scrub};
use rollbook::ground::log::Place;
use rollbook::house::ledger::keyring_path;
use rollbook::house::{Ledger, Machine};
use rollbook::law::command::{CreateOrganization, Owner, Person};
use rollbook::law::{Action, Command};
use rollbook::projections::Views;
use rollbook::words::{Name, OperatorId, OrganizationId, Origin, Slug, Username};
use std::fs;
use std::path::Path;
use uuid::Uuid;

/// Segments so short that a hundred members fill several.
fn small(seed: u8) -> Machine {
    let mut machine = machine(seed);
    machine.options.segment_bytes = 16 * 1024;
    machine
}

fn submit(ledger: &Ledger, action: Action) -> rollbook::house::Answer {
    let operator = Actor::Operator(OperatorId::from_uuid(Uuid::from_bytes([0x0b; 16])));
    ledger.submit(Command::new(operator, None, action))
}

fn person(number: usize) -> Person {
    let username = Username::parse(&format!("member{number}")).unwrap();
    Person { email: None, name: None, username: Some(username) }
}

fn join(ledger: &Ledger, org: OrganizationId, number: usize) -> rollbook::house::Answer {
    submit(ledger, Action::CreateMember { org, person: person(number), roles: None })
}

/// A ledger of 100 members, closed with a savepoint at its end.
fn made(path: &Path) -> (OrganizationId, Views) {
    let origin = Origin::parse("ledger.example").unwrap();
    let ledger = Ledger::create(path, origin, small(1)).unwrap();
    let organization = CreateOrganization {
        kind: OrganizationKind::Standard,
        role_set: RoleSet::Standard,
        name: Name::parse("Acme").unwrap(),
        slug: Slug::parse("acme").unwrap(),
        seats: None,
        owner: Owner::Person(person(0)),
    };
    let receipt = submit(&ledger, Action::CreateOrganization(organization)).unwrap();
    let org = receipt.entries[0].fact.org;
    for number in 1..=100 {
        join(&ledger, org, number).unwrap();
    }
    let views = ledger.views().clone();
    assert!(segments(path).len() >= 4);
    close(ledger);
    (org, views)
}

#[test]
fn everything_works_before_sled_is_there() {
    let directory = scratch();
    let path = directory.path().join("data");
    let (org, views) = made(&path);
    let held = held_sled(&path);
    let ledger = Ledger::open_quickly(&path, small(2)).unwrap();
    assert_eq!((ledger.began_at(), ledger.scrub()), (views.size(), Scrub::Pending));
    assert!(*ledger.views() == views);
    for number in 200..220 {
        join(&ledger, org, number).unwrap();
    }
    let history = ledger.organization(org, 90, 1000).unwrap();
    assert!(history.len() > 30 && ledger.scrub() == Scrub::Pending);
    for seq in &history {
        let record = ledger.read(*seq, 1).unwrap().remove(0);
        assert_eq!(ledger.unseal(&record).unwrap().entry.seq, *seq);
    }
    drop(held);
    assert!(matches!(ledger.await_scrub(), Scrub::Whole { .. }), "{:?}", ledger.scrub());
    assert_eq!((ledger.organization(org, 90, 1000).unwrap(), ledger.repairs()), (history, vec![]));
    let views = ledger.views().clone();
    close(ledger);
    let opened = Opened::new(&path);
    assert!(opened.start().folded.1 == views);
}

#[test]
fn without_a_usable_savepoint_it_is_opened_wholly() {
    let directory = scratch();
    let path = directory.path().join("data");
    let (_, views) = made(&path);
    let file = path.join(format!("savepoints/{:020}.savepoint", views.size()));
    let whole = fs::read(&file).unwrap();
    type Damage<'a> = &'a dyn Fn();
    let table: [(&str, &str, Damage<'_>); 4] = [
        ("a flipped bit", "it is damaged", &|| {
            let mut bytes = whole.clone();
            bytes[500] ^= 1;
            fs::write(&file, bytes).unwrap();
        }),
        ("nothing but a name", "not a savepoint", &|| fs::write(&file, b"").unwrap()),
        ("of a longer log", "in the form that is written", &|| {
            let longer = path.join(format!("savepoints/{:020}.savepoint", views.size() + 9));
            fs::rename(&file, longer).unwrap();
        }),
        ("none", "", &|| fs::remove_dir_all(path.join("savepoints")).unwrap()),
    ];
    for (what, words, damage) in table {
        damage();
        let ledger = Ledger::open_quickly(&path, small(2)).unwrap();
        assert!(matches!(ledger.scrub(), Scrub::Whole { .. }), "{what}: compared by then");
        assert_eq!(ledger.began_at(), 0, "{what}");
        let ignored: Vec<String> = ledger.ignored().iter().map(ToString::to_string).collect();
        assert_eq!(ignored.is_empty(), words.is_empty(), "{what}: {ignored:?}");
        assert!(ignored.iter().all(|message| message.contains(words)), "{what}: {ignored:?}");
        assert!(*ledger.views() == views, "{what}");
        close(ledger);
        // Closing wrote a usable one again.
        let ledger = Ledger::open_quickly(&path, small(3)).unwrap();
        assert_eq!(ledger.began_at(), views.size(), "{what}");
        close(ledger);
    }
}

/// The newest savepoint cannot be used: the one before it serves, and what lies between is folded.
#[test]
fn the_older_savepoint_serves_too() {
    let directory = scratch();
    let path = directory.path().join("data");
    let (org, older) = made(&path);
    let ledger = Ledger::open_quickly(&path, small(2)).unwrap();
    for number in 200..270 {
        join(&ledger, org, number).unwrap();
    }
    let views = ledger.views().clone();
    close(ledger);
    let newest = path.join(format!("savepoints/{:020}.savepoint", views.size()));
    fs::write(newest, b"rollbook savepoint").unwrap();
    let held = held_sled(&path);
    let ledger = Ledger::open_quickly(&path, small(3)).unwrap();
    assert_eq!((ledger.began_at(), ledger.scrub()), (older.size(), Scrub::Pending));
    assert_eq!(ledger.ignored().len(), 1);
    assert!(*ledger.views() == views);
    drop(held);
    close(ledger);
}

#[test]
fn damage_before_the_savepoint_stops_the_writer_until_a_restart_mends_it() {
    let directory = scratch();
    let path = directory.path().join("data");
    let (org, views) = made(&path);
    let file = &segments(&path)[1];
    let slot: u64 = file.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let mut bytes = fs::read(file).unwrap();
    bytes[700] ^= 1;
    fs::write(file, bytes).unwrap();
    let ledger = Ledger::open_quickly(&path, small(2)).unwrap();
    assert!(*ledger.views() == views, "it serves");
    let Scrub::Damaged { places } = ledger.await_scrub() else { panic!("{:?}", ledger.scrub()) };
    assert_eq!(places[0].place, Place::Slot(slot));
    assert!(!ledger.takes_commands());
    let error = join(&ledger, org, 200).unwrap_err().to_string();
    assert!(error.contains(&format!("batch {slot} is damaged")), "{error}");
    assert!(*ledger.views() == views && ledger.read(0, 10).unwrap().len() == 10, "it still reads");
    ledger.close().unwrap();
    drop(ledger);
    // Asked for as before, it is opened wholly, and mended.
    let ledger = Ledger::open_quickly(&path, small(3)).unwrap();
    let repairs = ledger.repairs();
    let mended =
        |it: &Repair| matches!(it, Repair::JournalMended { restored, .. } if *restored == [slot]);
    assert!(repairs.iter().any(mended), "{repairs:?}");
    assert!(matches!(ledger.scrub(), Scrub::Whole { .. }));
    join(&ledger, org, 200).unwrap();
    assert!(ledger.views().size() > views.size());
    close(ledger);
}

#[test]
fn a_key_that_was_replaced_opens_wholly() {
    let directory = scratch();
    let path = directory.path().join("data");
    let (_, views) = made(&path);
    let mut keyring = rollbook::ground::keyring::Keyring::open(keyring_path(&path)).unwrap();
    let leaf = Opened::new(&path).log_leaf();
    assert_eq!(keyring.erase(&[leaf], [3; 32]).unwrap().erased, 1);
    drop(keyring);
    let ledger = Ledger::open_quickly(&path, small(2)).unwrap();
    assert_eq!((ledger.began_at(), ledger.ignored().len()), (0, 1));
    assert_eq!(ledger.views().size(), views.size());
    assert!(*ledger.views() != views, "one person's values are gone");
}

impl Opened {
    /// The leaf of somebody's key.
    fn log_leaf(&self) -> u64 {
        rollbook::ground::Log::read(&self.log, 50, 1).unwrap()[0].vault[0].leaf
    }
}
