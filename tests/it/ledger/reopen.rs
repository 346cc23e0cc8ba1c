//! Closing and opening changes nothing.

use super::{create, organization, records, shown};
use crate::crash::stored::read_and_verify;
use crate::support::{ledger, machine};
use rollbook::ground::keyring::Keyring;
use rollbook::ground::log::{Batch, Log, NewEntry};
use rollbook::ground::memory::MemoryLog;
use rollbook::house::Ledger;
use rollbook::house::ledger::{keyring_path, replay};
use rollbook::words::TreeHash;

#[test]
fn ten_times_closed_and_opened() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let first = ledger(&path, 1);
    let org = organization(&first, "acme");
    for n in 0..50 {
        first.submit(create(org, &format!("m{n}"))).unwrap();
    }
    let (head, views) = (first.head(), shown(&first));
    drop(first);
    for _ in 0..10 {
        let again = Ledger::open(&path, machine(2)).unwrap();
        assert!(again.repairs().is_empty(), "{:?}", again.repairs());
        assert_eq!((again.head(), shown(&again)), (head, views.clone()));
    }
    assert_eq!(read_and_verify(&path).head, head);
}

#[test]
fn a_directory_that_is_open_is_locked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let open = ledger(&path, 1);
    let refused = Ledger::open(&path, machine(2)).err().unwrap().to_string();
    let expected = format!("{} is in use by another process", path.display());
    assert!(refused.starts_with(&expected), "{refused}");
    organization(&open, "acme");
    drop(open);
    Ledger::open(&path, machine(2)).unwrap();
}

/// The log in memory and the one on disk hold the same, so what is folded from them is the same.
#[test]
fn a_log_in_memory_is_replayed_to_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let on_disk = ledger(&path, 1);
    let org = organization(&on_disk, "acme");
    for n in 0..20 {
        on_disk.submit(create(org, &format!("m{n}"))).unwrap();
    }
    let memory = MemoryLog::new(on_disk.origin().clone());
    for record in records(&on_disk) {
        let entry = NewEntry { org: record.org, org_seq: record.org_seq, bytes: record.bytes };
        let root = TreeHash::empty();
        let batch = Batch { entries: vec![entry], vault: record.vault, root };
        memory.append(batch, &memory.head()).unwrap();
    }
    drop(on_disk);
    let keyring = Keyring::open(keyring_path(&path)).unwrap();
    let (standing, views) = replay(&memory, &keyring).unwrap();
    let stored = read_and_verify(&path);
    assert_eq!(standing, stored.standing);
    assert_eq!(views, stored.views);
}
