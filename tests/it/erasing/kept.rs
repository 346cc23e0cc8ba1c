//! What was kept elsewhere: copies of the data, copies of the keyring, records of requests.

use super::*;
use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::{EmbeddedLog, Options};
use rollbook::ground::idempotency::{Found, IdempotencyKey};
use rollbook::ground::keyring::Keyring;
use rollbook::ground::log::Log;
use rollbook::house::unseal;
use rollbook::house::{Once, Submission};
use std::process::Command as Process;
use std::sync::mpsc::sync_channel;

fn copy(from: &Path, to: &Path) {
    let status = Process::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}

/// A copy of journal and sled from before the erasure knows nothing of it. Beside the keyring of
/// today it opens for everybody but him.
#[test]
fn older_copies_of_the_data_do_not_open_for_whoever_was_erased() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let (ledger, _, bob) = made(&path);
    ledger.close().unwrap();
    drop(ledger);
    let older = directory.path().join("older");
    copy(&path, &older);
    let ledger = Ledger::open(&path, machine(2)).unwrap();
    erase(&ledger, bob).unwrap();
    ledger.close().unwrap();
    fs::copy(path.join("keyring"), older.join("keyring")).unwrap();
    let keyring = Keyring::open(older.join("keyring")).unwrap();
    let (log, _) = EmbeddedLog::open(Directory::open(&older).unwrap(), Options::STANDARD).unwrap();
    let (mut his, mut others) = (0, 0);
    for record in log.read(0, 1000).unwrap() {
        let opened = unseal::open(&record, &mut &keyring).unwrap();
        for (_, sealed) in opened.entry.fact.event.sealed() {
            if sealed.of == bob.into() {
                assert!(sealed.text().is_none(), "entry {} opens", record.seq);
                his += 1;
            } else {
                assert!(sealed.text().is_some(), "entry {} does not open", record.seq);
                others += 1;
            }
        }
    }
    assert_eq!(his, 6);
    assert!(others > 100, "{others}");
}

/// Whoever sent a request with a key is answered the same behind an erasure, and behind a restart;
/// also where the process ended between preparing the files and replacing the keyring.
#[test]
fn keys_of_requests_outlive_erasures() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let (ledger, orgs, bob) = made(&path);
    let key = IdempotencyKey { caller: "ops".into(), key: "k1".into(), request: [7; 32] };
    let action = Action::CreateMember { org: orgs[0], person: person("once"), roles: None };
    let once = Once { key: key.clone(), detail: Box::new([1, 2, 3]), refused: |_| Box::new([]) };
    let (sender, receiver) = sync_channel(1);
    let command = Command::new(operator(), None, action);
    let submission = Submission { command, condition: None, once: Some(once) };
    ledger.try_submit(submission, move |answer| drop(sender.send(answer))).unwrap();
    receiver.recv().unwrap().unwrap();
    let now = Timestamp::parse_any("2026-11-22T00:00:10Z").unwrap();
    let is_known = |ledger: &Ledger| matches!(ledger.answered(&key, now), Found::Kept(_));
    assert!(is_known(&ledger));
    let older = fs::read(path.join("keyring")).unwrap();
    erase(&ledger, bob).unwrap();
    assert!(is_known(&ledger));
    drop(ledger);
    // The heads are sealed under the key to come, too; the keyring was not replaced.
    fs::write(path.join("keyring"), older).unwrap();
    for seed in 2..5 {
        let ledger = Ledger::open(&path, machine(seed)).unwrap();
        assert!(is_known(&ledger), "opening {seed}");
        assert!(ledger.unread_keys().is_empty());
        drop(ledger);
    }
}
