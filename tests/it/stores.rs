//! `tests/stores`: data directories as released versions left them. Every later version opens each,
//! answers what it answered, and appends to it. `tests/stores/README.md` tells how they are made.

mod making;
mod told;

use crate::ground_support::copy;
use crate::support;
use rollbook::facts::Actor;
use rollbook::ground::embedded::Options;
use rollbook::house::export::{check, write::write};
use rollbook::house::verify::verify;
use rollbook::house::{Ledger, Machine};
use rollbook::law::command::Person;
use rollbook::law::{Action, Command};
use rollbook::projections::AsOf;
use rollbook::words::{OperatorId, Slug, Timestamp, Username};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores")
}

/// What makes a store what it is: sled and savepoints can be had again from these at any time, and
/// their bytes depend on which thread came first.
const KEPT: [&str; 3] = ["FORMAT", "journal", "keyring"];

/// A machine long behind the last entry of every store.
fn machine(seed: u8) -> Machine {
    let mut now = Timestamp::parse_any("2030-01-01").unwrap();
    let clock = move || {
        now = Timestamp::from_micros(now.micros() + 1000);
        now
    };
    Machine { clock: Box::new(clock), ..support::machine(seed) }
}

#[test]
fn every_store_is_opened_answers_as_it_did_and_grows() {
    let mut stores = Vec::new();
    for item in fs::read_dir(folder()).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            as_it_was_left(&path);
            from_its_journal_alone(&path);
            stores.push(path);
        }
    }
    assert!(!stores.is_empty(), "no store in {}", folder().display());
}

/// A store's data in a directory of its own, and what it is to answer.
fn taken(store: &Path) -> (tempfile::TempDir, PathBuf, String) {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    copy(&store.join("data"), &data);
    (directory, data, fs::read_to_string(store.join("answers.txt")).unwrap())
}

fn as_it_was_left(store: &Path) {
    let (_directory, data, answers) = taken(store);
    whole(&data);
    let ledger = Ledger::open(&data, machine(1)).unwrap();
    assert_eq!(ledger.repairs(), [], "{}", store.display());
    let size = ledger.head().size;
    expect(&told::answers(&ledger, size), &answers, store);
    grow(&ledger, "first");
    close(ledger);
    whole(&data);
    let ledger = Ledger::open(&data, machine(2)).unwrap();
    assert_eq!(ledger.repairs(), [], "{}", store.display());
    assert!(ledger.head().size > size);
    expect(&told::answers(&ledger, size), &answers, store);
    grow(&ledger, "second");
    let names = ["first", "second"].map(|name| Username::parse(name).unwrap());
    for view in ledger.views().organizations() {
        let now = view.moment(AsOf::Now, Timestamp::MAX).unwrap();
        let members = view.members(now);
        let found = members.iter().filter_map(|row| row.username.as_ref()?.text());
        let found: Vec<&str> =
            found.filter(|name| names.iter().any(|known| known.to_string() == *name)).collect();
        assert_eq!(found.len(), if is_harbour(view.slug().text()) { 2 } else { 0 }, "{found:?}");
    }
    exports(&ledger);
    close(ledger);
    whole(&data);
}

/// What is not the journal or the keyring may be lost without losing anything.
fn from_its_journal_alone(store: &Path) {
    let (directory, data, answers) = taken(store);
    let bare = directory.path().join("bare");
    fs::create_dir(&bare).unwrap();
    for name in KEPT {
        fs::rename(data.join(name), bare.join(name)).unwrap();
    }
    // As a server does: the last segment gets its usual length.
    let options = Options::STANDARD;
    let ledger = Ledger::open(&bare, Machine { options, ..machine(3) }).unwrap();
    let segments = fs::read_dir(bare.join("journal")).unwrap();
    let longest = segments.map(|item| item.unwrap().metadata().unwrap().len()).max();
    assert_eq!(longest, Some(options.segment_bytes));
    let size = ledger.head().size;
    expect(&told::answers(&ledger, size), &answers, store);
    grow(&ledger, "third");
    close(ledger);
    whole(&bare);
}

#[track_caller]
fn expect(told: &str, answers: &str, store: &Path) {
    let differs = told.lines().zip(answers.lines()).find(|(told, answer)| told != answer);
    assert!(told == answers, "{} answers something else: {differs:#?}", store.display());
}

fn whole(data: &Path) {
    let report = verify(data, machine(0).options.sled_cache_bytes).unwrap();
    assert!(report.is_whole(), "{report:#?}");
}

fn close(ledger: Ledger) {
    ledger.close().unwrap();
    assert!(ledger.unsaved().is_none(), "{:?}", ledger.unsaved());
}

fn is_harbour(slug: Option<&str>) -> bool {
    slug == Some("harbour")
}

/// Somebody else joins.
fn grow(ledger: &Ledger, username: &str) {
    let org = {
        let harbour = Slug::parse("harbour").unwrap();
        ledger.views().by_slug(harbour.as_str()).unwrap().id()
    };
    let actor = Actor::Operator(OperatorId::from_uuid(uuid::Uuid::from_u128(1)));
    let username = Some(Username::parse(username).unwrap());
    let person = Person { email: None, name: None, username };
    let action = Action::CreateMember { org, person, roles: None };
    ledger.submit(Command::new(actor, None, action)).unwrap();
}

fn exports(ledger: &Ledger) {
    for view in ledger.views().organizations() {
        let mut bytes = Vec::new();
        write(ledger, view.id(), view.size(), &mut bytes).unwrap();
        let verdict = check(bytes.as_slice()).unwrap();
        assert!(verdict.is_whole() && verdict.withheld == 0, "{:?}", verdict.findings);
    }
}

/// Tells how the newest store was made, byte for byte, as long as this version still writes what
/// the store's did. When it does not, the next store is made and this test follows it. Nothing is
/// ever written to `tests/stores`: `ROLLBOOK_STORE_IN` names an empty directory for another one.
#[test]
fn the_newest_store_is_made_again_byte_for_byte() {
    let made = tempfile::tempdir().unwrap();
    let asked = std::env::var_os("ROLLBOOK_STORE_IN").map(PathBuf::from);
    let place = asked.as_deref().unwrap_or(made.path());
    fs::create_dir_all(place).unwrap();
    assert_eq!(fs::read_dir(place).unwrap().count(), 0, "{} is not empty", place.display());
    making::make(place);
    if asked.is_some() {
        let (_directory, data, _) = {
            fs::write(place.join("answers.txt"), "").unwrap();
            taken(place)
        };
        let ledger = Ledger::open(&data, machine(1)).unwrap();
        let answers = told::answers(&ledger, ledger.head().size);
        fs::write(place.join("answers.txt"), answers).unwrap();
        return;
    }
    let newest = folder().join("v1/data");
    let (made, stands) = (files(&place.join("data")), files(&newest));
    assert_eq!(made, stands, "the files are others");
    for name in made {
        let bytes = |root: &Path| fs::read(root.join(&name)).unwrap();
        assert!(bytes(&place.join("data")) == bytes(&newest), "{} differs", name.display());
    }
}

/// The files that make a data directory what it is, by their paths in it.
fn files(data: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for name in KEPT {
        let path = data.join(name);
        if path.is_dir() {
            let items = fs::read_dir(&path).unwrap();
            found.extend(items.map(|item| Path::new(name).join(item.unwrap().file_name())));
        } else {
            assert!(path.is_file(), "{} is missing", path.display());
            found.insert(name.into());
        }
    }
    found
}
