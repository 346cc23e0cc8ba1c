//! Erasure as it is carried out: behind the log, through crashes and failures, and for good.

mod kept;
mod protected;

use crate::support::machine;
use rollbook::facts::event::RemovalCause;
use rollbook::facts::{Actor, Event, OrganizationKind, RoleSet};
use rollbook::house::export::{check, write::write};
use rollbook::house::verify::verify;
use rollbook::house::{Ledger, Receipt, SubmitError};
use rollbook::law::command::{CreateOrganization, Erase, Erasee, Owner, Person};
use rollbook::law::{Action, Command};
use rollbook::projections::{AsOf, PersonalValue};
use rollbook::words::{
    Email, Name, OperatorId, OrganizationId, Origin, Reason, Slug, Timestamp, UserId, Username,
};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

fn operator() -> Actor {
    Actor::Operator(OperatorId::from_uuid(Uuid::from_bytes([0x0b; 16])))
}

fn person(login: &str) -> Person {
    Person {
        email: Some(Email::parse(&format!("{login}@mail.example")).unwrap()),
        name: Some(Name::parse(&format!("Name of {login}")).unwrap()),
        username: Some(Username::parse(login).unwrap()),
    }
}

fn give(ledger: &Ledger, action: Action) -> Result<Receipt, SubmitError> {
    ledger.submit(Command::new(operator(), None, action))
}

/// An organization with `ada`, and some members beside her.
fn begun(ledger: &Ledger, slug: &str, members: u32) -> OrganizationId {
    let begin = CreateOrganization {
        kind: OrganizationKind::Standard,
        role_set: RoleSet::Standard,
        name: Name::parse(slug).unwrap(),
        slug: Slug::parse(slug).unwrap(),
        seats: None,
        owner: Owner::Person(person(&format!("ada.{slug}"))),
    };
    let org = give(ledger, Action::CreateOrganization(begin)).unwrap().entries[0].fact.org;
    for number in 0..members {
        join(ledger, org, &format!("member{number}.{slug}"));
    }
    org
}

fn join(ledger: &Ledger, org: OrganizationId, login: &str) -> UserId {
    let action = Action::CreateMember { org, person: person(login), roles: None };
    match &give(ledger, action).unwrap().entries[0].fact.event {
        Event::MemberCreated(created) => created.user,
        other => panic!("{other:?}"),
    }
}

fn erase(ledger: &Ledger, user: UserId) -> Result<Receipt, SubmitError> {
    give(ledger, Action::Erase(Erase { who: Erasee::User(user), org: None }))
}

/// A ledger with two organizations and `bob` in both, made in `path`.
fn made(path: &Path) -> (Ledger, [OrganizationId; 2], UserId) {
    let ledger =
        Ledger::create(path, Origin::parse("ledger.example").unwrap(), machine(1)).unwrap();
    let orgs = [begun(&ledger, "acme", 40), begun(&ledger, "globe", 40)];
    let bob = join(&ledger, orgs[0], "bob");
    give(&ledger, Action::AddMember { org: orgs[1], user: bob, roles: None }).unwrap();
    (ledger, orgs, bob)
}

/// Every text of `bob`'s that can be read: at every moment of both organizations, and of every
/// entry.
fn readable(ledger: &Ledger, orgs: &[OrganizationId], bob: UserId) -> Vec<String> {
    let mut texts = Vec::new();
    let mut see = |value: Option<PersonalValue>| {
        texts.extend(value.and_then(|value| value.text().map(str::to_owned)));
    };
    let views = ledger.views();
    for org in orgs {
        let view = views.organization(*org).unwrap();
        for org_seq in 0..view.size() {
            let at = view.moment(AsOf::OrgSeq(org_seq), Timestamp::EPOCH).unwrap();
            if let Some(row) = view.member_of_user(bob, at) {
                [row.username, row.name, row.email].into_iter().for_each(&mut see);
            }
        }
    }
    drop(views);
    let mut seq = 0;
    while seq < ledger.head().size {
        for record in ledger.read(seq, 100).unwrap() {
            seq += 1;
            let opened = ledger.unseal(&record).unwrap();
            for (_, sealed) in opened.entry.fact.event.sealed() {
                if sealed.of == bob.into() {
                    see(Some(sealed.into()));
                }
            }
        }
    }
    texts
}

fn hashes(ledger: &Ledger) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut seq = 0;
    while seq < ledger.head().size {
        for record in ledger.read(seq, 100).unwrap() {
            seq += 1;
            bytes.extend_from_slice(&record.bytes);
        }
    }
    bytes
}

/// Nothing of bob can be read any more, and everything verifies.
fn is_erased(path: &Path, ledger: Ledger, orgs: &[OrganizationId], bob: UserId) {
    assert_eq!(readable(&ledger, orgs, bob), Vec::<String>::new());
    let known = ledger.known();
    assert!(known.state.user(bob).unwrap().erased);
    assert_eq!(known.state.by_email("bob@mail.example"), None);
    for org in orgs {
        let size = ledger.views().organization(*org).unwrap().size();
        let mut bytes = Vec::new();
        write(&ledger, *org, size, &mut bytes).unwrap();
        let verdict = check(bytes.as_slice()).unwrap();
        assert!(verdict.is_whole(), "{:?}", verdict.findings);
        assert_eq!((verdict.erased, verdict.withheld), (3, 0));
        assert!(!String::from_utf8(bytes).unwrap().contains("bob@mail.example"));
    }
    ledger.close().unwrap();
    drop(ledger);
    let report = verify(path, 4 << 20).unwrap();
    assert!(report.is_whole(), "{:?}", report.journal.findings);
}

#[test]
fn nothing_is_left_at_any_moment_and_every_hash_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let (ledger, orgs, bob) = made(&path);
    assert_eq!(readable(&ledger, &orgs, bob).len(), 3 + 3 + 3 * 2);
    let before = hashes(&ledger);
    let receipt = erase(&ledger, bob).unwrap();
    let names: Vec<_> = receipt.entries.iter().map(|it| it.fact.event.type_name()).collect();
    let expected = ["MemberRemoved", "PersonalDataErased"].repeat(2);
    assert_eq!(names, [expected, vec!["PersonalDataErased"]].concat());
    for entry in &receipt.entries {
        if let Event::MemberRemoved(removed) = &entry.fact.event {
            assert_eq!(removed.cause, RemovalCause::Erased);
        }
    }
    assert!(hashes(&ledger).starts_with(&before), "what was recorded is as it was");
    assert!(matches!(erase(&ledger, bob), Err(SubmitError::Refused(_))));
    // Somebody else has the address, and a key of their own.
    let rob = join(&ledger, orgs[0], "bob");
    assert_ne!(rob, bob);
    erase(&ledger, rob).unwrap();
    ledger.close().unwrap();
    drop(ledger);
    for quickly in [true, false] {
        let open = if quickly { Ledger::open_quickly } else { Ledger::open };
        let ledger = open(&path, machine(2)).unwrap();
        assert_eq!(ledger.keyring_copies().unwrap().0, 2, "two erasures, two epochs");
        assert_eq!(readable(&ledger, &orgs, bob), Vec::<String>::new());
        ledger.close().unwrap();
    }
    assert!(verify(&path, 4 << 20).unwrap().is_whole());
}

/// Nothing names the account before: who is erased and the deployment itself cannot both be given
/// their first key by one entry.
#[test]
fn whoever_an_organization_erased_before_is_erased_everywhere_with_a_reason() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let (ledger, orgs, bob) = made(&path);
    let reason = Reason::parse("Request of 2026-12-01").unwrap();
    let wish = |org| {
        let action = Action::Erase(Erase { who: Erasee::User(bob), org });
        ledger.submit(Command::new(operator(), Some(reason.clone()), action)).unwrap()
    };
    for org in orgs {
        wish(Some(org));
    }
    assert_eq!(wish(None).entries.len(), 1);
    assert_eq!(readable(&ledger, &orgs, bob), Vec::<String>::new());
}

/// The entry is durable, and the process ends before any later step: an older keyring stands for
/// it. Savepoints from before, and from behind, lie there too.
#[test]
fn opening_finishes_what_was_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let (ledger, orgs, bob) = made(&path);
    ledger.close().unwrap();
    drop(ledger);
    let older = fs::read(path.join("keyring")).unwrap();
    let savepoint = fs::read_dir(path.join("savepoints")).unwrap().next().unwrap().unwrap().path();
    let kept = fs::read(&savepoint).unwrap();
    for quickly in [true, false] {
        let ledger = Ledger::open(&path, machine(3)).unwrap();
        if quickly {
            erase(&ledger, bob).unwrap();
        }
        drop(ledger);
        fs::write(path.join("keyring"), &older).unwrap();
        fs::create_dir_all(path.join("savepoints")).unwrap();
        fs::write(&savepoint, &kept).unwrap();
        let open = if quickly { Ledger::open_quickly } else { Ledger::open };
        let ledger = open(&path, machine(4)).unwrap();
        assert_eq!(readable(&ledger, &orgs, bob), Vec::<String>::new());
        assert_ne!(fs::read(path.join("keyring")).unwrap(), older, "the keyring was cut again");
        assert!(!savepoint.exists(), "a savepoint outlived an erasure");
        ledger.close().unwrap();
    }
    is_erased(&path, Ledger::open(&path, machine(5)).unwrap(), &orgs, bob);
}

/// The keyring cannot be replaced: the answer says so, nothing is shown all the same, nothing more
/// is taken, and opening finishes it.
#[test]
fn a_step_that_fails_is_told_and_finished_by_opening() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let (ledger, orgs, bob) = made(&path);
    // What stands there and cannot be removed stops the replacement.
    let in_the_way = path.join("keyring.old");
    fs::create_dir_all(in_the_way.join("held")).unwrap();
    let error = erase(&ledger, bob).unwrap_err();
    assert_eq!(error.code(), "erasure_unfinished");
    assert!(error.to_string().contains("opening finishes it"), "{error}");
    assert_eq!(readable(&ledger, &orgs, bob), Vec::<String>::new(), "shown to nobody from here on");
    assert!(!ledger.takes_commands());
    let next = give(&ledger, Action::ExpireInvitations { org: orgs[0] }).unwrap_err();
    assert_eq!(next.code(), "stopped");
    drop(ledger);
    assert!(Ledger::open(&path, machine(2)).is_err(), "nothing is served before it is finished");
    fs::remove_dir_all(&in_the_way).unwrap();
    is_erased(&path, Ledger::open(&path, machine(3)).unwrap(), &orgs, bob);
}

#[test]
fn readers_and_a_writer_go_on_while_people_are_erased() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let (ledger, orgs, bob) = made(&path);
    let ledger = Arc::new(ledger);
    let done = Arc::new(AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..10 {
            let (ledger, done) = (Arc::clone(&ledger), Arc::clone(&done));
            scope.spawn(move || {
                while !done.load(Ordering::Acquire) {
                    for record in ledger.read(0, 60).unwrap() {
                        ledger.unseal(&record).unwrap();
                    }
                }
            });
        }
        scope.spawn(|| {
            for number in 0..60 {
                join(&ledger, orgs[1], &format!("late{number}"));
            }
        });
        let gone: Vec<UserId> =
            (0..8).map(|number| join(&ledger, orgs[0], &format!("gone{number}"))).collect();
        for user in gone.into_iter().chain([bob]) {
            erase(&ledger, user).unwrap();
            assert_eq!(readable(&ledger, &orgs, user), Vec::<String>::new());
        }
        done.store(true, Ordering::Release);
    });
    let ledger = Arc::into_inner(ledger).unwrap();
    assert_eq!(ledger.keyring_copies().unwrap().0, 9);
    ledger.close().unwrap();
    drop(ledger);
    let ledger = Ledger::open(&path, machine(2)).unwrap();
    assert_eq!(readable(&ledger, &orgs, bob), Vec::<String>::new());
}
