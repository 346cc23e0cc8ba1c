//! A large ledger: lists of now and then, memory, replay, verifying, opening.

use crate::commands::{
    IN_FLIGHT, create, creations, in_flight, machine, ordinary_members, organization, role_changes,
};
use crate::table::short;
use crate::{place, setting, table};
use rollbook::facts::Entry;
use rollbook::house::standing::Standing;
use rollbook::house::{Ledger, verify};
use rollbook::projections::{AsOf, Views};
use rollbook::words::{MemberId, OrganizationId, Timestamp};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// Members of the smaller organization.
const SMALL: usize = 10_000;
/// Entries that are read at a time.
const READ: usize = 4096;

pub(crate) fn run() {
    let entries = setting("ROLLBOOK_BENCH_ENTRIES", 300_000);
    let large = setting("ROLLBOOK_BENCH_MEMBERS", 30_000);
    let directory = place();
    let path = directory.path().join("data");
    let ledger = create(&path);
    let small = organization(&ledger, "small", 0);
    let big = organization(&ledger, "large", 1);
    in_flight(&ledger, IN_FLIGHT, creations(small, 2..SMALL));
    in_flight(&ledger, IN_FLIGHT, creations(big, SMALL..SMALL + large));
    // By turns, so that each organization's history reaches as far as the ledger's.
    let (few, many) = (ordinary_members(&ledger, small), ordinary_members(&ledger, big));
    let turns = role_changes(small, &few).zip(role_changes(big, &many));
    let turns = turns.flat_map(|(one, other)| [one, other]);
    let rest = entries.saturating_sub(ledger.head().size as usize);
    in_flight(&ledger, IN_FLIGHT, turns.take(rest));

    table::begin(&format!("a ledger of {} entries, {} members", ledger.head().size, SMALL + large));
    lists(&ledger, small, few[few.len() / 2], "10 k");
    lists(&ledger, big, many[many.len() / 2], &format!("{large}"));
    replay(&ledger);
    let start = Instant::now();
    ledger.close().expect("sled takes what is left");
    table::value(
        "closing: feeding sled, writing the savepoint",
        &short(start.elapsed().as_secs_f64()),
        "",
    );
    drop(ledger);
    opening(&path, small);
    verification(&path);
}

/// One organization's list and one of its rows, of now and of the middle of its history.
fn lists(ledger: &Ledger, org: OrganizationId, member: MemberId, size: &str) {
    let views = ledger.views();
    let view = views.organization(org).expect("created");
    let moment = |as_of| view.moment(as_of, Timestamp::MAX).expect("it has entries");
    let (current, half) = (moment(AsOf::Now), moment(AsOf::OrgSeq(view.size() / 2)));
    let rounds = 9;
    let list = |moment| median(rounds, || black_box(view.members(moment)).len());
    let now = list(current);
    table::row(&format!("list of {size} members, current"), 1, now, "");
    let then = list(half);
    let bound = now * 3 + Duration::from_millis(1);
    let verdict = if then <= bound { "reached" } else { "MISSED" };
    let against = format!("3 x current + 1 ms wanted: {verdict}");
    table::row(&format!("list of {size} members, half its history ago"), 1, then, &against);
    for (what, moment) in [("current", current), ("half its history ago", half)] {
        let each = 10_000;
        let start = Instant::now();
        for _ in 0..each {
            black_box(view.member(black_box(member), moment));
        }
        table::row(&format!("one of {size} members, {what}"), each, start.elapsed(), "");
    }
}

fn median(rounds: usize, mut run: impl FnMut() -> usize) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            assert!(run() > 0);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[rounds / 2]
}

/// Folds every entry anew with the vault closed.
fn replay(ledger: &Ledger) {
    let size = ledger.head().size;
    let mut reading = Duration::ZERO;
    let (mut standing, mut views) = (Standing::begin(ledger.origin().clone()), Views::default());
    let start = table::own_cpu();
    while views.size() < size {
        let read = table::own_cpu();
        let records = ledger.read(views.size(), READ).expect("stored");
        reading += table::own_cpu() - read;
        for record in records {
            let entry = Entry::recall(&record.bytes).expect("an entry");
            standing.replay(&entry, &record.bytes);
            views.apply(&entry).expect("it follows");
        }
    }
    let took = (table::own_cpu() - start).saturating_sub(reading);
    let rate = size as f64 / took.as_secs_f64();
    let against = table::target("700 k/s", rate / 700_000.0, 1.0);
    table::row("replay, vault closed, one core", size as usize, took, &against);
    let rate = table::short(reading.as_secs_f64());
    table::value("  reading those entries from sled, checked", &rate, "");
}

/// From nothing to the first answer.
fn opening(path: &Path, org: OrganizationId) {
    let answers = |ledger: &Ledger| assert!(ledger.views().organization(org).is_some());
    for what in ["quickly, as serve does", "quickly, once more"] {
        let start = Instant::now();
        let ledger = Ledger::open_quickly(path, machine()).expect("it was closed");
        answers(&ledger);
        let took = start.elapsed();
        let verdict = if took <= Duration::from_secs(2) { "reached" } else { "MISSED" };
        let against = format!("2 s wanted at 10 M: {verdict}");
        table::value(&format!("opening {what}"), &short(took.as_secs_f64()), &against);
        ledger.close().expect("nothing is left to feed");
    }
    for what in ["wholly, with the savepoint", "wholly, without savepoints"] {
        let start = Instant::now();
        let ledger = Ledger::open(path, machine()).expect("it was closed");
        answers(&ledger);
        table::value(&format!("opening {what}"), &short(start.elapsed().as_secs_f64()), "");
        drop(ledger);
        let savepoints = path.join("savepoints");
        if savepoints.exists() {
            std::fs::remove_dir_all(savepoints).expect("it is the bench's own");
        }
    }
}

/// Both copies, every hash, every tree, every byte, every sealed value.
fn verification(path: &Path) {
    let start = table::own_cpu();
    let report = verify::verify(path, 64 << 20).expect("it can be read");
    let took = table::own_cpu() - start;
    assert!(report.is_whole());
    let entries = 2 * report.journal.head.size;
    let rate = entries as f64 / took.as_secs_f64();
    let against = table::target("300 k/s", rate / 300_000.0, 1.0);
    table::row("full verification of journal and sled, one core", entries as usize, took, &against);
}
