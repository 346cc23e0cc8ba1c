//! A ledger that is opened behind a failure, held against who must be readable and who must not.

use super::tale::{SLUGS, Tale, Told, Wish, owner};
use crate::disk::child::machine;
use crate::disk::reopened::{Heard, copies_are_equal};
use rollbook::facts::{Entry, Event};
use rollbook::ground::embedded::Repair;
use rollbook::ground::keyring::Keyring;
use rollbook::ground::log::Record;
use rollbook::ground::savepoints::{FileFault, Savepoints};
use rollbook::house::Ledger;
use rollbook::house::ledger::keyring_path;
use rollbook::projections::{AsOf, PersonalValue, Views};
use rollbook::words::{OrganizationId, SubjectId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Whose value something is: a person's by their address, or that of an invitation by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Whose {
    Person(String),
    Invitation(usize),
    Organization,
}

/// What was there before something happened.
pub(crate) struct Before {
    /// The bytes of every entry.
    bytes: Vec<Vec<u8>>,
    savepoints: Vec<PathBuf>,
    erasures: u64,
}

impl Before {
    pub(crate) fn of(data: &Path, seed: u64, tale: &Tale) -> Self {
        let ledger = Ledger::open(data, machine(seed, 3)).unwrap();
        let bytes = records(&ledger).into_iter().map(|record| record.bytes.to_vec()).collect();
        ledger.close().unwrap();
        let savepoints = Savepoints::of(data);
        let savepoints: Vec<_> =
            savepoints.sizes().into_iter().map(|size| savepoints.path(size)).collect();
        assert!(!savepoints.is_empty(), "the life before left no savepoint");
        Self { bytes, savepoints, erasures: tale.told[super::tale::BEFORE].erasures }
    }
}

fn records(ledger: &Ledger) -> Vec<Record> {
    let mut records = Vec::new();
    while (records.len() as u64) < ledger.head().size {
        records.extend(ledger.read(records.len() as u64, 1000).unwrap());
    }
    records
}

/// Opens, and demands that everything answered is there, that no command is there in part, and that
/// of everybody who was erased by then nothing opens, of everybody else everything.
pub(crate) fn check(data: &Path, tale: &Tale, heard: Heard, before: &Before) -> Vec<Repair> {
    let ledger = Ledger::open(data, machine(9, 3)).unwrap();
    let repairs = ledger.repairs().to_vec();
    let records = records(&ledger);
    let is_it = |(old, new): (&Vec<u8>, &Record)| old.as_slice() == &*new.bytes;
    assert!(records.len() >= before.bytes.len() && before.bytes.iter().zip(&records).all(is_it));
    let entries: Vec<Entry> =
        records.iter().map(|record| ledger.unseal(record).unwrap().entry).collect();
    // The last entry of each command.
    let ends: Vec<usize> = (0..entries.len())
        .filter(|at| entries.get(at + 1).is_none_or(|next| next.cmd != entries[*at].cmd))
        .collect();
    assert!((heard.answered..=heard.possible).contains(&ends.len()), "{} {heard:?}", ends.len());
    let told = &tale.told[ends.len()];
    let found = Found::of(&entries, &ends, tale);
    found.check_entries(&entries, told);
    let views = ledger.views();
    for (number, end) in ends.iter().enumerate() {
        found.check_views(&views, AsOf::Seq(*end as u64), &tale.told[number + 1], told);
    }
    found.check_views(&views, AsOf::Now, told, told);
    drop(views);
    ledger.close().unwrap();
    drop(ledger);
    let keyring = Keyring::look(keyring_path(data), &None).unwrap();
    found.check_leaves(&records, &entries, &keyring, told);
    assert!((told.erasures.min(1)..=told.erasures).contains(&keyring.epoch()));
    for name in ["keyring.old", "keyring.new"] {
        assert!(!data.join(name).exists(), "{name} is left");
    }
    check_savepoints(&keyring, told, before);
    assert!(copies_are_equal(data), "sled is not what the journal is");
    repairs
}

/// Savepoints from before an erasure open no more, wherever copies of them were kept.
fn check_savepoints(keyring: &Keyring, told: &Told, before: &Before) {
    for path in &before.savepoints {
        let directory = path.parent().unwrap().parent().unwrap();
        let size = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        let opened = Savepoints::of(directory).read(size).unwrap().open(0, keyring.savepoint_key());
        if told.erasures > before.erasures {
            assert!(matches!(opened, Err(FileFault::Key)), "{path:?} opens");
        } else {
            opened.unwrap();
        }
    }
}

/// Who stands behind the identifiers that the ledger gave.
struct Found {
    whose: BTreeMap<SubjectId, Whose>,
    slugs: BTreeMap<OrganizationId, &'static str>,
}

impl Found {
    /// Commands stand in the ledger in the order in which they were handed over.
    fn of(entries: &[Entry], ends: &[usize], tale: &Tale) -> Self {
        let mut found = Self { whose: BTreeMap::new(), slugs: BTreeMap::new() };
        let (mut begin, mut invitations) = (0, 0);
        for (wish, end) in tale.wishes.iter().zip(ends) {
            for entry in &entries[begin..=*end] {
                let event = &entry.fact.event;
                let erases = matches!(event, Event::PersonalDataErased(_));
                assert!(!erases || matches!(wish, Wish::Erase { .. }), "{wish:?} {event:?}");
                match (wish, event) {
                    (Wish::Begin { slug }, Event::MemberCreated(created)) => {
                        found.slugs.insert(entry.fact.org, slug);
                        found.whose.insert(entry.fact.org.into(), Whose::Organization);
                        found.whose.insert(created.user.into(), Whose::Person(owner(slug)));
                    }
                    (Wish::Join { address, .. }, Event::MemberCreated(created)) => {
                        let person = Whose::Person(address.clone());
                        assert_eq!(found.whose.insert(created.user.into(), person), None);
                    }
                    (Wish::Invite { .. }, Event::InvitationSent(sent)) => {
                        found.whose.insert(sent.invitation.into(), Whose::Invitation(invitations));
                        invitations += 1;
                    }
                    _ => {}
                }
            }
            begin = end + 1;
        }
        found
    }

    /// Whether a subject's values in an organization are gone.
    fn is_erased(&self, org: OrganizationId, of: SubjectId, told: &Told) -> bool {
        match &self.whose[&of] {
            Whose::Person(address) => match self.slugs.get(&org) {
                Some(slug) => told.erased.contains(&(*slug, address.clone())),
                None => false,
            },
            Whose::Invitation(number) => told.invitations[*number].2,
            Whose::Organization => false,
        }
    }

    /// Every sealed value of the log, as readers get it.
    fn check_entries(&self, entries: &[Entry], told: &Told) {
        let mut values = BTreeSet::new();
        for entry in entries {
            for (field, sealed) in entry.fact.event.sealed() {
                let erased = self.is_erased(entry.fact.org, sealed.of, told);
                let text = sealed.text();
                assert_eq!(text.is_none(), erased, "{field} of entry {}: {text:?}", entry.seq);
                values.insert(erased);
                let (Some(text), "email") = (text, field) else { continue };
                let address = match &self.whose[&sealed.of] {
                    Whose::Person(address) => address,
                    Whose::Invitation(number) => &told.invitations[*number].1,
                    Whose::Organization => panic!("an organization's address: {entry:?}"),
                };
                assert_eq!(&**text, address, "entry {}", entry.seq);
            }
        }
        assert!(values.contains(&false));
    }

    /// Every row of journal and sled, against the keyring's file.
    fn check_leaves(&self, records: &[Record], entries: &[Entry], keyring: &Keyring, told: &Told) {
        for (record, entry) in records.iter().zip(entries) {
            for row in &record.vault {
                let erased = self.is_erased(entry.fact.org, row.owner, told);
                assert_eq!(keyring.has(row.leaf), !erased, "leaf {} of {}", row.leaf, row.owner);
            }
        }
    }

    /// Lists as of a moment: the people of then, as far as they can be read now.
    fn check_views(&self, views: &Views, as_of: AsOf, then: &Told, now: &Told) {
        let mut members = BTreeSet::new();
        let mut invitations = 0;
        for view in views.organizations() {
            let Ok(at) = view.moment(as_of, Timestamp::MAX) else { continue };
            let slug = self.slugs[&view.id()];
            for row in view.members(at) {
                let Whose::Person(address) = &self.whose[&row.user_id.into()] else {
                    panic!("{row:?} is nobody's");
                };
                let erased = now.erased.contains(&(slug, address.clone()));
                for value in [&row.username, &row.name, &row.email] {
                    let text = value.as_ref().and_then(PersonalValue::text);
                    assert_eq!(text.is_none(), erased, "{as_of:?} {row:?}");
                    assert!(
                        text.is_none_or(|text| address.contains(text) || text.contains(address))
                    );
                }
                members.insert((slug, address.clone()));
            }
            for row in view.invitations(at) {
                let gone = self.is_erased(view.id(), row.invitation_id.into(), now);
                assert_eq!(row.email.text().is_none(), gone, "{as_of:?} {row:?}");
                invitations += 1;
            }
        }
        assert_eq!((members, invitations), (then.members.clone(), then.invitations.len()));
        assert!(self.slugs.values().all(|slug| SLUGS.contains(slug)));
    }
}

/// Copies the savepoints of a data directory to where they are not touched any more.
pub(crate) fn keep_savepoints(before: &mut Before, beside: &Path) {
    fs::create_dir_all(beside.join("savepoints")).unwrap();
    for path in &mut before.savepoints {
        let kept = beside.join("savepoints").join(path.file_name().unwrap());
        fs::copy(&*path, &kept).unwrap();
        *path = kept;
    }
}
