//! Somebody who knows the form and computes every hash anew. In one copy only, the two part; in
//! both, nothing in the directory can show it.

use super::{Stored, expect, origin};
use rollbook::facts::{Actor, Entry, System};
use rollbook::ground::frame::Frame;
use rollbook::ground::journal::segment::encode_head;
use rollbook::ground::log::{Batch, Head, NewEntry};
use rollbook::ground::sled_store::SledStore;
use rollbook::house::Ledger;
use rollbook::law::command::PublicationWish;
use rollbook::law::{Action, Command};
use rollbook::proof::Chains;
use std::sync::Arc;

/// The same history, in which the one who became admin in entry 7 stayed what they were: every
/// link, root and frame computed anew. Sealed values stay as they are, because nothing they are
/// bound to changed.
fn forged(frames: &[Frame]) -> Vec<Frame> {
    let mut chains = Chains::new(origin());
    let mut head = Head::genesis(&origin());
    let forge = |frame: &Frame| {
        let entries = frame.entries.iter().map(|stored| link(&mut chains, stored)).collect();
        let root = chains.whole().frontier.root();
        let batch = Batch { entries, vault: frame.vault.clone(), root };
        let (frame, _) = Frame::follow(batch, &head).unwrap();
        head = frame.head();
        frame
    };
    frames.iter().map(forge).collect()
}

fn link(chains: &mut Chains, stored: &NewEntry) -> NewEntry {
    let text = String::from_utf8(stored.bytes.to_vec()).unwrap();
    let changed = text.replace(r#""after":["admin"]"#, r#""after":["member"]"#);
    let mut entry = Entry::parse(changed.as_bytes()).unwrap();
    entry.prev = chains.whole().hash;
    entry.org_prev = chains.organization(entry.fact.org).hash;
    let bytes = entry.write().unwrap();
    chains.extend(&entry, &bytes);
    NewEntry { bytes: bytes.into(), ..stored.clone() }
}

fn write_journal(stored: &Stored, frames: &[Frame]) {
    let mut bytes = encode_head(&origin(), &Head::genesis(&origin()));
    frames.iter().for_each(|frame| bytes.extend(frame.encode()));
    std::fs::write(stored.segment(), bytes).unwrap();
}

fn write_sled(stored: &Stored, frames: &[Frame]) {
    let path = stored.data().join("sled");
    std::fs::remove_dir_all(&path).unwrap();
    let store = SledStore::create(&path, 4 * 1024 * 1024, &origin()).unwrap();
    let frames: Vec<Arc<Frame>> = frames.iter().cloned().map(Arc::new).collect();
    store.feed(&frames).unwrap();
    store.sync().unwrap();
}

#[test]
fn a_journal_written_anew_is_found_because_sled_has_another_head() {
    let stored = Stored::new();
    write_journal(&stored, &forged(&stored.frames()));
    expect("the journal", &stored, [None, None], Some(7)).unwrap();
    assert!(!stored.verify().heads_equal());
}

#[test]
fn a_sled_written_anew_is_found_because_the_journal_has_another_head() {
    let stored = Stored::new();
    write_sled(&stored, &forged(&stored.frames()));
    expect("sled", &stored, [None, None], Some(7)).unwrap();
}

#[test]
fn an_end_made_up_in_one_copy_is_found() {
    let stored = Stored::new();
    let frames = stored.frames();
    write_journal(&stored, &frames[..4]);
    let short = stored.copy();
    let ends_early = Some((8, "5 batches were here once"));
    expect("a shorter journal", &short, [ends_early, None], Some(8)).unwrap();
    write_journal(&stored, &frames);
    write_sled(&stored, &frames[..4]);
    expect("a shorter sled", &stored, [None, ends_early], Some(8)).unwrap();
}

/// One entry of a batch is no entry, and every hash around it fits.
#[test]
fn hashes_that_fit_around_what_is_no_entry_are_found() {
    let stored = Stored::new();
    let mut frames = stored.frames();
    let last = frames.pop().unwrap();
    let head = frames.last().unwrap().head();
    let mut entries = last.entries.clone();
    entries[1].bytes = b"{}".as_slice().into();
    let batch = Batch { entries, vault: last.vault.clone(), root: last.root };
    frames.push(Frame::follow(batch, &head).unwrap().0);
    write_journal(&stored, &frames);
    expect("no entry", &stored, [Some((9, "not an entry")), None], Some(9)).unwrap();
}

#[test]
fn a_link_a_root_and_an_index_that_do_not_fit_are_found_whatever_the_frames_say() {
    type Case = (&'static str, fn(&mut Batch), (u64, &'static str));
    let table: [Case; 6] = [
        ("order", |it| it.entries.swap(0, 1), (8, "seq is 9 where 8 comes next")),
        (
            "root",
            |it| it.root = rollbook::words::TreeHash::empty(),
            (8, "another root than its entries have"),
        ),
        ("index", |it| it.entries[1].org_seq = 9, (9, "indexed at another place")),
        ("less", |it| drop(it.entries.remove(0)), (8, "seq is 9 where 8 comes next")),
        (
            "twice",
            |it| it.entries.push(it.entries[1].clone()),
            (10, "seq is 9 where 10 comes next"),
        ),
        (
            "another's",
            |it| it.entries[1].org = "0b0e7f0c-6a51-4f5e-9d0b-3c5a1e2d4f60".parse().unwrap(),
            (9, "indexed at another place"),
        ),
    ];
    let stored = Stored::new();
    let frames = stored.frames();
    for (what, alter, found) in table {
        let altered = stored.copy();
        let (last, before) = frames.split_last().unwrap();
        let mut batch =
            Batch { entries: last.entries.clone(), vault: last.vault.clone(), root: last.root };
        alter(&mut batch);
        let (frame, _) = Frame::follow(batch, &before.last().unwrap().head()).unwrap();
        write_journal(&altered, &[before, &[frame]].concat());
        let seen = altered.verify().journal;
        super::sees(&seen, Some(found)).unwrap_or_else(|error| panic!("{what}: {error}"));
    }
}

#[test]
fn sealed_values_that_do_not_fit_their_entries_are_found_whatever_the_frames_say() {
    type Case = (&'static str, fn(&mut Batch), &'static str);
    let table: [Case; 4] = [
        ("a value is missing", |it| drop(it.vault.pop()), "the vault holds no value for /email"),
        ("a value is altered", |it| it.vault[0].sealed[40] ^= 1, "entry 3"),
        ("a value under another key", |it| it.vault[0].leaf = 2, "entry 3"),
        (
            "a value of nobody",
            |it| {
                let row = it.vault[0].clone();
                it.vault.push(rollbook::ground::log::VaultRow { seq: 4, ..row });
            },
            "entry 4",
        ),
    ];
    let stored = Stored::new();
    let frames = stored.frames();
    for (what, alter, found) in table {
        let altered = stored.copy();
        let frame = &frames[1];
        let mut batch =
            Batch { entries: frame.entries.clone(), vault: frame.vault.clone(), root: frame.root };
        alter(&mut batch);
        let (frame, _) = Frame::follow(batch, &frames[0].head()).unwrap();
        write_journal(&altered, &[frames[0].clone(), frame]);
        let seq = if what == "a value of nobody" { 4 } else { 3 };
        let seen = altered.verify().journal;
        super::sees(&seen, Some((seq, found))).unwrap_or_else(|error| panic!("{what}: {error}"));
    }
}

/// Every hash fits, and the entry that says where the organizations stand says something else.
#[test]
fn heads_that_were_committed_to_and_never_were_are_found() {
    let stored = Stored::new();
    let ledger = Ledger::open(&stored.data(), crate::support::machine(4)).unwrap();
    let action = Action::Publication(PublicationWish::CommitHeads);
    ledger.submit(Command::new(Actor::System(System::Publisher), None, action)).unwrap();
    ledger.close().unwrap();
    drop(ledger);
    let stored = stored.copy();
    assert!(stored.verify().is_whole());
    let mut frames = stored.frames();
    let last = frames.pop().unwrap();
    let text = String::from_utf8(last.entries[0].bytes.to_vec()).unwrap();
    let altered = text.replace(r#""organizations":2"#, r#""organizations":1"#);
    assert_ne!(altered, text);
    let mut chains = Chains::new(origin());
    for stored in frames.iter().flat_map(|frame| &frame.entries) {
        chains.extend(&Entry::parse(&stored.bytes).unwrap(), &stored.bytes);
    }
    let entry = Entry::parse(altered.as_bytes()).unwrap();
    chains.extend(&entry, altered.as_bytes());
    let entries = vec![NewEntry { bytes: altered.into_bytes().into(), ..last.entries[0].clone() }];
    let batch = Batch { entries, vault: Vec::new(), root: chains.whole().frontier.root() };
    let head = frames.last().unwrap().head();
    frames.push(Frame::follow(batch, &head).unwrap().0);
    write_journal(&stored, &frames);
    let found = Some((10, "other heads of organizations"));
    expect("the heads", &stored, [found, None], Some(10)).unwrap();
}

/// By design: a directory cannot testify against whoever can write all of it. A head that was kept
/// elsewhere can; signed checkpoints are that.
#[test]
fn both_copies_written_anew_are_not_found_and_only_a_head_kept_elsewhere_shows_it() {
    let stored = Stored::new();
    let kept = stored.verify();
    let forged = forged(&stored.frames());
    write_journal(&stored, &forged);
    write_sled(&stored, &forged);
    let report = stored.verify();
    assert!(report.is_whole(), "{:?} {:?}", report.journal.findings, report.sled.findings);
    assert_eq!(report.journal.head.size, kept.journal.head.size);
    assert_ne!(report.journal.head, kept.journal.head);
    assert_ne!(report.journal.root, kept.journal.root);
    Ledger::open(&stored.data(), crate::support::machine(3)).unwrap();
}

/// By design, for the same reason: an older state was once the truth, once nothing in the directory
/// says that there was a later one.
#[test]
fn both_copies_cut_at_one_batch_are_not_found_and_only_a_head_kept_elsewhere_shows_it() {
    let stored = Stored::new();
    let kept = stored.verify();
    let frames = stored.frames();
    write_journal(&stored, &frames[..4]);
    write_sled(&stored, &frames[..4]);
    assert!(!stored.verify().is_whole());
    std::fs::remove_file(stored.data().join("closed")).unwrap();
    std::fs::remove_file(stored.data().join("sled.fed")).ok();
    let report = stored.verify();
    assert!(report.is_whole(), "{:?} {:?}", report.journal.findings, report.sled.findings);
    assert_eq!((report.journal.head.size, kept.journal.head.size), (8, 10));
}
