//! Group commit: whatever waits becomes one batch, and everybody gets their own answer.

use super::{create, organization};
use crate::crash::stored::read_and_verify;
use crate::support::ledger;
use rollbook::facts::Event;
use rollbook::house::Ledger;
use std::thread;

const THREADS: usize = 8;
const COMMANDS: usize = 60;
/// Every seventh command of a thread asks for an address that is taken.
const REFUSED_EVERY: usize = 7;

#[test]
fn many_callers_share_batches_and_each_gets_its_own_answer() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let ledger = ledger(&path, 1);
    let org = organization(&ledger, "acme");
    let before = ledger.head();
    let lasting: Vec<Vec<u64>> = thread::scope(|scope| {
        let caller = |caller| {
            scope.spawn({
                let ledger = &ledger;
                move || call(ledger, org, caller)
            })
        };
        let callers: Vec<_> = (0..THREADS).map(caller).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let head = ledger.head();
    let recorded: usize = lasting.iter().map(Vec::len).sum();
    assert_eq!(head.size - before.size, recorded as u64);
    let batches = head.slot - before.slot;
    eprintln!("{} commands of {THREADS} callers in {batches} batches", THREADS * COMMANDS);
    // Each batch is one frame of the journal and one sync.
    assert!(batches * 4 <= recorded as u64, "{batches} batches for {recorded} entries");
    let mut seqs: Vec<u64> = lasting.into_iter().flatten().collect();
    seqs.sort_unstable();
    assert!(seqs.into_iter().eq(before.size..head.size), "every entry is in one answer");
    drop(ledger);
    assert_eq!(read_and_verify(&path).head, head);
}

/// Hands over all commands, then waits for the answers; gives the seqs recorded.
fn call(ledger: &Ledger, org: rollbook::words::OrganizationId, caller: usize) -> Vec<u64> {
    let login = |n: usize| match n % REFUSED_EVERY {
        3 => "owner.acme".to_owned(),
        _ => format!("m{caller}-{n}"),
    };
    let pending: Vec<_> = (0..COMMANDS).map(|n| ledger.enqueue(create(org, &login(n)))).collect();
    let mut seqs = Vec::new();
    for (n, pending) in pending.into_iter().enumerate() {
        let answer = pending.wait();
        if n % REFUSED_EVERY == 3 {
            assert_eq!(answer.unwrap_err().code(), "email_taken");
            continue;
        }
        let receipt = answer.unwrap();
        let [entry] = &receipt.entries[..] else { panic!("one entry: {receipt:?}") };
        assert_eq!(receipt.size, entry.seq + 1);
        // The answer was given behind the sync, and whoever has it can read it.
        assert!(ledger.head().size >= receipt.size && ledger.views().size() >= receipt.size);
        let record = ledger.read(entry.seq, 1).unwrap().remove(0);
        let stored = ledger.unseal(&record).unwrap().entry;
        assert_eq!((stored.cmd, stored.seq), (receipt.cmd, entry.seq));
        let Event::MemberCreated(created) = &stored.fact.event else { panic!("{stored:?}") };
        let email = created.email.as_ref().and_then(|email| email.text());
        assert_eq!(email.map(AsRef::as_ref), Some(format!("{}@mail.example", login(n)).as_str()));
        seqs.push(entry.seq);
    }
    assert!(seqs.is_sorted(), "one caller's commands keep their order");
    seqs
}

#[test]
fn readers_see_whole_commands_while_the_writer_works() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = ledger(&directory.path().join("data"), 1);
    let org = organization(&ledger, "acme");
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for n in 0..300 {
                ledger.submit(create(org, &format!("m{n}"))).unwrap();
            }
        });
        let mut seen = 0;
        while !writer.is_finished() {
            let (size, members) = {
                let views = ledger.views();
                (views.size(), views.organization(org).unwrap().member_count() as u64)
            };
            assert!(size >= seen, "what was seen stays");
            assert_eq!(members, size - 1, "one entry began the organization");
            assert!(ledger.head().size >= size, "nothing is shown that is not durable");
            let newest = ledger.read(size - 1, 1).unwrap();
            assert_eq!(ledger.unseal(&newest[0]).unwrap().entry.seq, size - 1);
            seen = size;
        }
        writer.join().unwrap();
    });
    assert_eq!(ledger.views().size(), 302);
}

#[test]
fn a_closed_ledger_answers_that_it_takes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = ledger(&directory.path().join("data"), 1);
    let org = organization(&ledger, "acme");
    ledger.close().unwrap();
    let refused = ledger.submit(create(org, "ada")).unwrap_err();
    assert_eq!(refused.code(), "stopped");
    assert_eq!(ledger.views().size(), 2, "views can still be read");
}
