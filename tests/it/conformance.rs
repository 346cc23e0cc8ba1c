//! One suite for every log: each clause of the contract in `ground::log::Log` is a test of its own
//! name.

use crate::ground_support::{
    batch, create, entry, everything, grow, nth_batch, organization, origin, row,
};
use rollbook::ground::log::{
    AppendError, BATCH_LIMIT_BYTES, BatchFault, ENTRY_LIMIT_BYTES, Head, Log, READ_LIMIT_BYTES,
    SEALED_LIMIT_BYTES,
};
use rollbook::ground::memory::MemoryLog;
use rollbook::words::ChainHash;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

macro_rules! clauses {
    ($($name:ident),+ $(,)?) => {
        mod memory {
            $(#[test] fn $name() { super::$name(&super::MemoryLog::new(super::origin())); })+
        }
        mod embedded {
            $(#[test] fn $name() {
                let directory = tempfile::tempdir().unwrap();
                super::$name(&super::create(&directory.path().join("ledger")));
            })+
        }
    };
}

clauses! {
    an_empty_log_stands_at_the_genesis,
    a_batch_takes_the_next_slot_and_its_entries_the_next_seqs,
    a_batch_at_another_head_conflicts_and_changes_nothing,
    every_part_of_the_expected_head_counts,
    a_conflict_comes_before_any_other_fault,
    of_several_appends_at_one_head_one_succeeds,
    an_unfit_batch_changes_nothing,
    the_limits_themselves_fit,
    organization_histories_have_no_gaps,
    what_was_appended_is_read_back,
    a_read_begins_anywhere,
    a_read_is_bounded_in_bytes,
    a_read_behind_the_end_is_empty,
    a_history_begins_anywhere,
    tail_returns_at_once_when_there_is_more,
    tail_waits_until_there_is_more,
    tail_gives_up_when_the_time_is_over,
    readers_see_batches_whole,
    an_append_is_seen_when_it_returns,
}

fn an_empty_log_stands_at_the_genesis(log: &dyn Log) {
    assert_eq!(log.origin(), &origin());
    assert_eq!(log.head(), Head::genesis(&origin()));
    assert_eq!(log.read(0, 10).unwrap(), []);
    assert_eq!(log.organization(organization(1), 0, 10).unwrap(), [0; 0]);
}

fn a_batch_takes_the_next_slot_and_its_entries_the_next_seqs(log: &dyn Log) {
    let genesis = log.head();
    let first = log.append(batch(vec![entry(1, 0, "a"), entry(1, 1, "b")], vec![]), &genesis);
    let first = first.unwrap();
    assert_eq!((first.slot, first.size), (1, 2));
    assert_eq!(first.entry, ChainHash::of_entry(b"b"));
    let second = log.append(batch(vec![entry(2, 0, "c")], vec![]), &first).unwrap();
    assert_eq!((second.slot, second.size), (2, 3));
    assert_eq!(second.entry, ChainHash::of_entry(b"c"));
    let seqs: Vec<u64> = log.read(0, 10).unwrap().iter().map(|record| record.seq).collect();
    assert_eq!(seqs, [0, 1, 2]);
}

fn a_batch_at_another_head_conflicts_and_changes_nothing(log: &dyn Log) {
    let genesis = log.head();
    let head = grow(log, 3);
    let before = everything(log);
    let answer = log.append(batch(vec![entry(9, 0, "late")], vec![]), &genesis);
    assert!(matches!(answer, Err(AppendError::Conflict(found)) if found == head));
    assert_eq!((log.head(), everything(log)), (head, before));
    grow(log, 1);
}

fn every_part_of_the_expected_head_counts(log: &dyn Log) {
    let head = grow(log, 2);
    let other = Head::genesis(&origin());
    for wrong in [
        Head { slot: head.slot + 1, ..head },
        Head { size: head.size + 1, ..head },
        Head { entry: other.entry, ..head },
        Head { frame: other.frame, ..head },
    ] {
        let answer = log.append(nth_batch(log, 2), &wrong);
        assert!(matches!(answer, Err(AppendError::Conflict(found)) if found == head), "{wrong:?}");
    }
    assert_eq!(log.head(), head);
}

fn a_conflict_comes_before_any_other_fault(log: &dyn Log) {
    let genesis = log.head();
    grow(log, 1);
    let answer = log.append(batch(vec![], vec![]), &genesis);
    assert!(matches!(answer, Err(AppendError::Conflict(_))));
}

fn of_several_appends_at_one_head_one_succeeds(log: &dyn Log) {
    for round in 0..20 {
        let head = log.head();
        let together = Barrier::new(4);
        let won = thread::scope(|scope| {
            let attempts = [0_u8, 1, 2, 3].map(|thread| {
                let (together, head) = (&together, &head);
                scope.spawn(move || {
                    let text = format!("round {round} thread {thread}");
                    let batch = batch(vec![entry(thread + 10 * round, 0, &text)], vec![]);
                    together.wait();
                    log.append(batch, head).is_ok()
                })
            });
            attempts.map(|attempt| attempt.join().unwrap())
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1);
        assert_eq!(log.head().slot, head.slot + 1);
    }
}

fn an_unfit_batch_changes_nothing(log: &dyn Log) {
    let head = grow(log, 4);
    let (before, size) = (everything(log), head.size);
    let one = || vec![entry(9, 0, "one")];
    let long = "x".repeat(ENTRY_LIMIT_BYTES + 1);
    let mut fat = row(size, 1);
    fat.sealed = vec![0; SEALED_LIMIT_BYTES + 1];
    let full = (0..200).map(|org_seq| entry(9, org_seq, &long[1..])).collect::<Vec<_>>();
    let full_bytes = batch(full.clone(), vec![]).frame_bytes();
    let cases = [
        (batch(vec![], vec![]), BatchFault::Empty),
        (
            batch(vec![entry(9, 0, "a"), entry(9, 1, "")], vec![]),
            BatchFault::EntryEmpty { index: 1 },
        ),
        (
            batch(vec![entry(9, 0, &long)], vec![]),
            BatchFault::EntryTooLong { index: 0, bytes: ENTRY_LIMIT_BYTES + 1 },
        ),
        (
            batch(vec![entry(9, 0, "a"), entry(9, 2, "b")], vec![]),
            BatchFault::OrganizationGap { index: 1, org: organization(9), expected: 1, found: 2 },
        ),
        (batch(one(), vec![row(size + 1, 1)]), BatchFault::VaultRowOutside { seq: size + 1 }),
        (batch(one(), vec![row(size - 1, 1)]), BatchFault::VaultRowOutside { seq: size - 1 }),
        (
            batch(one(), vec![row(size, 2), row(size, 1)]),
            BatchFault::VaultRowsOutOfOrder { seq: size },
        ),
        (
            batch(one(), vec![row(size, 1), row(size, 1)]),
            BatchFault::VaultRowsOutOfOrder { seq: size },
        ),
        (
            batch(one(), vec![fat]),
            BatchFault::VaultRowTooLong { seq: size, bytes: SEALED_LIMIT_BYTES + 1 },
        ),
        (batch(full, vec![]), BatchFault::TooLarge { bytes: full_bytes }),
    ];
    for (unfit, expected) in cases {
        match log.append(unfit, &head) {
            Err(AppendError::Unfit(fault)) => assert_eq!(fault, expected),
            other => panic!("{expected:?}: {other:?}"),
        }
        assert_eq!(log.head(), head, "{expected:?}");
    }
    assert_eq!(everything(log), before);
    log.append(batch(one(), vec![]), &head).unwrap();
}

fn the_limits_themselves_fit(log: &dyn Log) {
    let long = "x".repeat(ENTRY_LIMIT_BYTES);
    let mut entries: Vec<_> = (0..111).map(|org_seq| entry(1, org_seq, &long)).collect();
    let mut sealed = row(0, 1);
    sealed.sealed = vec![7; SEALED_LIMIT_BYTES];
    let rest = BATCH_LIMIT_BYTES - batch(entries.clone(), vec![sealed.clone()]).frame_bytes() - 28;
    entries.push(entry(1, 111, &"y".repeat(rest)));
    let largest = batch(entries.clone(), vec![sealed.clone()]);
    assert_eq!(largest.frame_bytes(), BATCH_LIMIT_BYTES);
    log.append(largest, &log.head()).unwrap();
    let records = everything(log);
    assert_eq!(records.len(), 112);
    assert_eq!(records[0].vault, [sealed]);
    assert!(records.iter().zip(&entries).all(|(record, entry)| record.bytes == entry.bytes));
}

fn organization_histories_have_no_gaps(log: &dyn Log) {
    let head = grow(log, 10);
    let next = log.organization(organization(1), 0, usize::MAX).unwrap().len() as u64;
    for wrong in [0, next - 1, next + 1] {
        let answer = log.append(batch(vec![entry(1, wrong, "x")], vec![]), &head);
        assert!(matches!(
            answer,
            Err(AppendError::Unfit(BatchFault::OrganizationGap { expected, .. }))
                if expected == next
        ));
    }
    log.append(batch(vec![entry(1, next, "x")], vec![]), &head).unwrap();
}

fn what_was_appended_is_read_back(log: &dyn Log) {
    let mut appended = Vec::new();
    for number in 0..60 {
        let batch = nth_batch(log, number);
        let first = log.head().size;
        for (seq, entry) in (first..).zip(&batch.entries) {
            let own = batch.vault.iter().filter(|row| row.seq == seq).cloned().collect::<Vec<_>>();
            appended.push((seq, entry.org, entry.org_seq, entry.bytes.clone(), own));
        }
        log.append(batch, &log.head()).unwrap();
        if number % 7 == 0 {
            // Lets an engine that moves entries from one place to another be read in both.
            thread::sleep(Duration::from_millis(25));
        }
        let read = everything(log).into_iter();
        let read = read.map(|r| (r.seq, r.org, r.org_seq, r.bytes, r.vault)).collect::<Vec<_>>();
        assert_eq!(read, appended);
    }
}

fn a_read_begins_anywhere(log: &dyn Log) {
    let size = grow(log, 40).size;
    let all = everything(log);
    for from in 0..size {
        for limit in [0, 1, 3, 17] {
            let read = log.read(from, limit).unwrap();
            assert!(read.len() <= limit);
            assert!(limit == 0 || !read.is_empty());
            assert_eq!(read, all[from as usize..][..read.len()], "from {from}");
        }
    }
}

fn a_read_is_bounded_in_bytes(log: &dyn Log) {
    let long = "x".repeat(ENTRY_LIMIT_BYTES);
    for round in 0..4 {
        let entries = (0..60).map(|index| entry(1, round * 60 + index, &long)).collect();
        log.append(batch(entries, vec![]), &log.head()).unwrap();
    }
    for from in [0, 100] {
        let read = log.read(from, usize::MAX).unwrap();
        let bytes = read.iter().map(|record| record.bytes.len()).sum::<usize>();
        assert!(!read.is_empty() && bytes < READ_LIMIT_BYTES + ENTRY_LIMIT_BYTES, "{bytes}");
    }
    assert_eq!(everything(log).len(), 240);
}

fn a_read_behind_the_end_is_empty(log: &dyn Log) {
    let size = grow(log, 5).size;
    for from in [size, size + 1, u64::MAX] {
        assert_eq!(log.read(from, 10).unwrap(), []);
    }
}

fn a_history_begins_anywhere(log: &dyn Log) {
    // More entries than one block of any index is likely to hold, in batches that cross its
    // borders.
    let mut expected = Vec::new();
    for round in 0..50_u64 {
        let size = log.head().size;
        let own = (0..7).map(|index| entry(1, round * 7 + index, "own"));
        let entries = own.chain([entry(2, round, "other")]).collect();
        log.append(batch(entries, vec![]), &log.head()).unwrap();
        expected.extend(size..size + 7);
        if round == 30 {
            thread::sleep(Duration::from_millis(60));
        }
    }
    for from in 0..=expected.len() {
        for limit in [0, 1, 64, 1000] {
            let found = log.organization(organization(1), from as u64, limit).unwrap();
            let wanted = expected.iter().skip(from).take(limit).copied().collect::<Vec<_>>();
            assert_eq!(found, wanted, "from {from}, limit {limit}");
        }
    }
    assert_eq!(log.organization(organization(1), u64::MAX, 1).unwrap(), [0; 0]);
    assert_eq!(log.organization(organization(2), 49, 9).unwrap(), [399]);
    assert_eq!(log.organization(organization(3), 0, 9).unwrap(), [0; 0]);
}

fn tail_returns_at_once_when_there_is_more(log: &dyn Log) {
    let head = grow(log, 1);
    assert_eq!(log.tail(0, Duration::from_secs(60)), head);
}

fn tail_waits_until_there_is_more(log: &dyn Log) {
    thread::scope(|scope| {
        let waiting = scope.spawn(|| log.tail(1, Duration::from_secs(60)));
        thread::sleep(Duration::from_millis(20));
        let one = log.append(batch(vec![entry(1, 0, "a")], vec![]), &log.head()).unwrap();
        thread::sleep(Duration::from_millis(20));
        assert!(!waiting.is_finished(), "one entry is not more than one");
        let two = log.append(batch(vec![entry(1, 1, "b")], vec![]), &one).unwrap();
        assert_eq!(waiting.join().unwrap(), two);
    });
}

fn tail_gives_up_when_the_time_is_over(log: &dyn Log) {
    let head = grow(log, 1);
    let began = Instant::now();
    assert_eq!(log.tail(head.size, Duration::from_millis(30)), head);
    assert!(began.elapsed() >= Duration::from_millis(30));
}

fn readers_see_batches_whole(log: &dyn Log) {
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut size = 0;
            while size < 5 * 200 {
                let head = log.head();
                assert_eq!(head.size % 5, 0, "a head stands between batches");
                assert_eq!(head.slot * 5, head.size);
                if head.size > 0 {
                    let last = log.read(head.size - 1, 1).unwrap().remove(0);
                    assert_eq!(ChainHash::of_entry(&last.bytes), head.entry);
                    let own = log.organization(organization(1), head.size - 1, 1).unwrap();
                    assert_eq!(own, [head.size - 1]);
                }
                size = head.size;
            }
        });
        for round in 0..200_u64 {
            let entries =
                (0..5).map(|index| entry(1, round * 5 + index, &format!("{round} {index}")));
            log.append(batch(entries.collect(), vec![]), &log.head()).unwrap();
        }
        reader.join().unwrap();
    });
}

fn an_append_is_seen_when_it_returns(log: &dyn Log) {
    for number in 0..50 {
        let batch = nth_batch(log, number);
        let (first, count) = (log.head().size, batch.entries.len());
        let head = log.append(batch.clone(), &log.head()).unwrap();
        assert_eq!(log.head(), head);
        assert_eq!(log.tail(0, Duration::ZERO), head);
        let read = log.read(first, count).unwrap();
        assert_eq!(read[0].bytes, batch.entries[0].bytes);
    }
}

#[test]
fn the_same_batches_give_the_same_head_on_every_engine() {
    let directory = tempfile::tempdir().unwrap();
    let embedded = create(&directory.path().join("ledger"));
    let memory = MemoryLog::new(origin());
    for _ in 0..30 {
        assert_eq!(grow(&embedded, 1), grow(&memory, 1));
    }
    assert_eq!(everything(&embedded), everything(&memory));
}
