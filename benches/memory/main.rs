//! What state and projections of a ledger hold in memory, beside sled and the page cache.
//!
//! `cargo bench --bench memory`; `ROLLBOOK_BENCH_ENTRIES` and `ROLLBOOK_BENCH_MEMBERS` say how
//! large the ledger is. It stands apart from the other benches because counting allocations slows
//! every one of them down.

#[path = "../ledger/commands.rs"]
#[expect(dead_code, reason = "the bench of rates asks for more")]
mod commands;
#[path = "../ledger/table.rs"]
#[expect(dead_code, reason = "the bench of rates asks for more")]
mod table;

use commands::{
    IN_FLIGHT, create, creations, in_flight, ordinary_members, organization, role_changes,
};
use rollbook::facts::Entry;
use rollbook::house::standing::Standing;
use rollbook::projections::Views;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Entries that are read at a time.
const READ: usize = 4096;

fn main() {
    let members = setting("ROLLBOOK_BENCH_MEMBERS", 30_000);
    let entries = setting("ROLLBOOK_BENCH_ENTRIES", 300_000);
    table::machine();
    table::begin(&format!("memory of a ledger of {entries} entries, {members} members"));
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("room on a disk");
    let ledger = create(&directory.path().join("data"));
    let org = organization(&ledger, "large", 0);
    in_flight(&ledger, IN_FLIGHT, creations(org, 1..members));
    let changes = entries.saturating_sub(ledger.head().size as usize);
    let ordinary = ordinary_members(&ledger, org);
    in_flight(&ledger, IN_FLIGHT, role_changes(org, &ordinary).take(changes));

    let (mut standing, mut views) = (Standing::begin(ledger.origin().clone()), Views::default());
    while views.size() < ledger.head().size {
        for record in ledger.read(views.size(), READ).expect("stored") {
            let entry = Entry::parse(&record.bytes).expect("an entry");
            standing.replay(&entry, &record.bytes);
            views.apply(&entry).expect("it follows");
        }
    }
    let bound = 600 * members + 100 * entries;
    // sled's cache grows while entries are read, so what is held shows when it is let go.
    let holding = ALLOCATOR.stats();
    drop((standing, views));
    let held = (ALLOCATOR.stats() - holding).bytes_deallocated;
    let verdict = if held <= bound { "reached" } else { "MISSED" };
    let against = format!("{} MB wanted: {verdict}", bound >> 20);
    table::value("state and projections, vault closed", &format!("{} MB", held >> 20), &against);
}

/// A number from the environment.
fn setting(name: &str, otherwise: usize) -> usize {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text:?}")),
        Err(_) => otherwise,
    }
}
