//! Durable commands, alone and in company, beside a plain file.

use crate::commands::{
    IN_FLIGHT, create, creations, for_seconds, in_flight, ordinary_members, organization,
    role_changes,
};
use crate::{limits, place, setting, table};
use rollbook::ground::frame::EMPTY_BYTES;
use rollbook::ground::{Record, VaultRow};
use rollbook::house::Ledger;
use std::time::{Duration, Instant};

/// Commands given one after the other, in each of the rounds.
const ALONE: usize = 300;
/// Rounds, by turns with the plain file, so that a disk that drifts is felt by both.
const ROUNDS: usize = 7;
/// Members of the organization that is measured.
const MEMBERS: usize = 10_000;

pub(crate) fn run() {
    let seconds = setting("ROLLBOOK_BENCH_SECONDS", 5);
    let directory = place();
    let ledger = create(&directory.path().join("data"));
    let org = organization(&ledger, "bench", 0);
    in_flight(&ledger, IN_FLIGHT, creations(org, 1..MEMBERS));
    let members = ordinary_members(&ledger, org);
    let mut changes = role_changes(org, &members);
    // One round ahead of the clock: whatever the first commands have to warm up.
    in_flight(&ledger, 1, changes.by_ref().take(ALONE));

    table::begin("durable commands in process");
    let bytes = single_frame_bytes(&ledger);
    let (mut alone, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        plain.push(limits::plain_file(directory.path(), ALONE, bytes));
        alone.push(in_flight(&ledger, 1, changes.by_ref().take(ALONE)).1);
    }
    let (alone, plain) = (median(alone), median(plain));
    table::row(&format!("plain file, {bytes} bytes a sync"), ALONE, plain, "");
    let ratio = alone.as_secs_f64() / plain.as_secs_f64();
    let verdict = if ratio <= 1.5 { "reached" } else { "MISSED" };
    let against = format!("{ratio:.2} x its time, 1.5 wanted: {verdict}");
    table::row("RoleChanged, alone", ALONE, alone, &against);

    let changes = for_seconds(seconds, changes);
    sustained(&ledger, "RoleChanged", 100_000.0, &directory, || {
        in_flight(&ledger, IN_FLIGHT, changes)
    });
    drop(ledger);

    let ledger = create(&directory.path().join("creations"));
    let org = organization(&ledger, "bench", 0);
    let wishes = for_seconds(seconds, creations(org, 1..));
    sustained(&ledger, "MemberCreated", 60_000.0, &directory, || {
        in_flight(&ledger, IN_FLIGHT, wishes)
    });
}

/// A rate with sled caught up at the end, beside a plain file that is given the same bytes for each
/// event.
fn sustained(
    ledger: &Ledger,
    what: &str,
    wanted: f64,
    directory: &tempfile::TempDir,
    run: impl FnOnce() -> (usize, Duration),
) {
    let busy = table::thread_cpu("writer");
    let (count, answered) = run();
    let busy = table::thread_cpu("writer").saturating_sub(busy);
    let each = stored_bytes(ledger);
    let caught_up = Instant::now();
    ledger.close().expect("sled takes what is left");
    let whole = answered + caught_up.elapsed();
    let syncs = 400;
    let plain = limits::plain_file(directory.path(), syncs, each * IN_FLIGHT);
    let label = format!("plain file, {IN_FLIGHT} x {each} bytes a sync");
    let limit = table::row(&label, syncs * IN_FLIGHT, plain, "");
    let rate = count as f64 / whole.as_secs_f64();
    let label = format!("{what}, {IN_FLIGHT} in flight, sled caught up");
    table::row(
        &label,
        count,
        whole,
        &table::target("100 k/s", rate / 100_000.0, wanted / 100_000.0),
    );
    let each = table::short(busy.as_secs_f64() / count as f64);
    table::value("  of it on the processor, in the writer's thread", &each, "");
    let behind = table::short((whole - answered).as_secs_f64());
    table::value(
        &format!("  the same; closing took {behind} of {:.1} s", whole.as_secs_f64()),
        "",
        &table::target("plain file", rate / limit, 0.15),
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// What one role change takes in the journal when it is alone in its batch.
fn single_frame_bytes(ledger: &Ledger) -> usize {
    let last = ledger.read(ledger.head().size - 1, 1).expect("it was just written");
    EMPTY_BYTES + 28 + last[0].bytes.len()
}

/// Bytes in the journal for each of the newest entries, frames and sealed values included.
fn stored_bytes(ledger: &Ledger) -> usize {
    let sample = 1000;
    let from = ledger.head().size.saturating_sub(sample);
    let records = ledger.read(from, sample as usize).expect("they were just written");
    let rows = |record: &Record| record.vault.iter().map(VaultRow::frame_bytes).sum::<usize>();
    let bytes: usize = records.iter().map(|record| 28 + record.bytes.len() + rows(record)).sum();
    bytes / records.len() + EMPTY_BYTES / IN_FLIGHT
}
