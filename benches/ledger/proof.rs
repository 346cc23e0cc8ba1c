//! What proof costs: trees and checkpoints while entries are appended, one proof, one bundle.

use crate::commands::{
    IN_FLIGHT, create, creations, for_seconds, in_flight, machine, ordinary_members, organization,
    role_changes,
};
use crate::table::short;
use crate::{place, setting, table};
use rollbook::facts::{Actor, Entry};
use rollbook::house::bundle::write::{Beside, write};
use rollbook::house::bundle::{Wanted, check};
use rollbook::house::{Ledger, Machine};
use rollbook::law::command::{ExportWish, PublicationWish};
use rollbook::law::{Action, Command};
use rollbook::proof::{Chains, Frontier};
use rollbook::words::{ChainHash, ExportId, OperatorId, OrganizationId, TreeHash};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// Entries of the organization whose bundle is made.
const EXPORTED: usize = 10_000;
/// By turns without and with checkpoints, so that a disk that drifts is felt by both.
const ROUNDS: usize = 3;
/// How long a checkpoint is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Proofs that are made, spread over the whole log.
const PROOFS: u64 = 1000;
/// Entries that are hashed to see what a tree costs.
const HASHED: usize = 100_000;

pub(crate) fn run() {
    let entries = setting("ROLLBOOK_BENCH_ENTRIES", 300_000);
    let seconds = setting("ROLLBOOK_BENCH_SECONDS", 5);
    let directory = place();
    let (path, guard) = (directory.path().join("data"), directory.path().join("guard"));
    let ledger = create(&path);
    let org = organization(&ledger, "exported", 0);
    let from = ledger.views().organization(org).map_or(0, |view| view.size());
    in_flight(&ledger, IN_FLIGHT, creations(org, 1..=EXPORTED - from as usize));
    let other = organization(&ledger, "other", EXPORTED + 1);
    in_flight(&ledger, IN_FLIGHT, creations(other, EXPORTED + 2..2 * EXPORTED));
    let members = ordinary_members(&ledger, other);
    let rest = entries.saturating_sub(ledger.head().size as usize);
    let mut changes = role_changes(other, &members);
    in_flight(&ledger, IN_FLIGHT, changes.by_ref().take(rest));
    table::begin(&format!("proof, a ledger of {} entries", ledger.head().size));
    ledger.close().expect("sled takes what is left");
    drop(ledger);
    appending(&path, &guard, &mut changes, seconds);
    let ledger = signing(&path, &guard);
    proofs(&ledger, other);
    hashing(&ledger);
    bundle(&ledger, org);
}

fn signing(path: &Path, guard: &Path) -> Ledger {
    let ledger = Ledger::open_quickly(path, machine()).expect("it was closed");
    // Until sled is open, an organization's entries are looked for in the whole journal.
    ledger.await_scrub();
    let Machine { clock, mut drawn, .. } = machine();
    let start = Instant::now();
    ledger.publish(guard, clock, &mut drawn).expect("nobody else signs");
    ledger.await_published(ledger.head().size, PATIENCE).expect("signed");
    table::value(
        "from an open ledger to its first checkpoint",
        &short(start.elapsed().as_secs_f64()),
        "",
    );
    ledger
}

/// The same commands without and with checkpoints; sled's share of the two cores is in both.
fn appending(
    path: &Path,
    guard: &Path,
    changes: &mut impl Iterator<Item = Action>,
    seconds: usize,
) {
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..2 * ROUNDS {
        let is_signed = round % 2 == 1;
        let ledger = Ledger::open_quickly(path, machine()).expect("it was closed");
        ledger.await_scrub();
        if is_signed {
            let Machine { clock, mut drawn, .. } = machine();
            ledger.publish(guard, clock, &mut drawn).expect("nobody else signs");
            ledger.await_published(ledger.head().size, PATIENCE).expect("signed");
        }
        let wishes = for_seconds(seconds, changes.by_ref());
        let (count, took) = in_flight(&ledger, IN_FLIGHT, wishes);
        rates[round % 2].push(count as f64 / took.as_secs_f64());
        ledger.close().expect("sled takes what is left");
    }
    let [without, with] = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    let each = |rate: f64| Duration::from_secs_f64(1.0 / rate);
    table::row("RoleChanged, 256 in flight, nothing signed", 1, each(without), "");
    let cost = 1.0 - with / without;
    let verdict = if cost <= 0.15 { "reached" } else { "MISSED" };
    let against = format!("{:.1} % less, 15 % allowed: {verdict}", cost * 100.0);
    table::row("RoleChanged, 256 in flight, checkpoints signed", 1, each(with), &against);
}

/// What the two trees and the two chains cost the writer for each entry.
fn hashing(ledger: &Ledger) {
    let from = ledger.head().size.saturating_sub(HASHED as u64);
    let mut records = Vec::with_capacity(HASHED);
    while records.len() < HASHED {
        let read = ledger.read(from + records.len() as u64, 4096).expect("stored");
        if read.is_empty() {
            break;
        }
        records.extend(read);
    }
    let (mut whole, mut own) = (Frontier::new(), Frontier::new());
    let start = table::own_cpu();
    for record in &records {
        let leaf = TreeHash::leaf(&record.bytes);
        whole.push(leaf);
        own.push(leaf);
    }
    let trees = table::own_cpu() - start;
    table::row("the two trees, one core", records.len(), trees, "");
    let start = table::own_cpu();
    for record in &records {
        std::hint::black_box(ChainHash::of_entry(&record.bytes));
    }
    table::row("the hash of the two chains, one core", records.len(), table::own_cpu() - start, "");
    let mut chains = Chains::new(ledger.origin().clone());
    let start = table::own_cpu();
    for record in &records {
        let entry = Entry::parse(&record.bytes).expect("an entry");
        std::hint::black_box(chains.check(&entry));
        chains.extend(&entry, &record.bytes);
    }
    let took = table::own_cpu() - start;
    let rate = records.len() as f64 / took.as_secs_f64();
    let against = table::target("300 k/s", rate / 300_000.0, 1.0);
    table::row("chains, trees and canonical bytes, one core", records.len(), took, &against);
}

fn proofs(ledger: &Ledger, org: OrganizationId) {
    for (what, org) in [("the ledger", None), ("its largest organization", Some(org))] {
        let published = ledger.published().expect("signed");
        let log = ledger.published_log(&published, org).expect("it is there");
        let size = log.checkpoint.size;
        let prove = |index| {
            let proof = ledger.shown_proof(&log, index).expect("it can be read");
            assert!(proof.is_some());
        };
        let start = Instant::now();
        prove(0);
        table::row(&format!("the first inclusion proof in {what}"), 1, start.elapsed(), "");
        let start = Instant::now();
        for number in 0..PROOFS {
            prove(number * (size / PROOFS));
        }
        let took = start.elapsed();
        let verdict =
            if took / PROOFS as u32 <= Duration::from_millis(1) { "reached" } else { "MISSED" };
        let against = format!("1 ms wanted: {verdict}");
        table::row(&format!("an inclusion proof in {what}"), PROOFS as usize, took, &against);
    }
}

fn bundle(ledger: &Ledger, org: OrganizationId) {
    let export = ExportId::from_uuid(uuid::Uuid::from_u128(7));
    let wish = ExportWish { org, export, from: 0, to: None, disclosed: BTreeSet::new() };
    let operator = Actor::Operator(OperatorId::from_uuid(uuid::Uuid::from_u128(1)));
    let action = Action::Publication(PublicationWish::Export(wish));
    let start = Instant::now();
    let receipt = ledger.submit(Command::new(operator, None, action)).expect("allowed");
    let files = write(ledger, &receipt, &Beside::default()).expect("it is signed");
    let entries = EXPORTED + 1;
    table::row("writing a bundle, an entry of it", entries, start.elapsed(), "");
    let published = ledger.published().expect("signed");
    let key = |org| ledger.log_key(&published, org).expect("a key").expect("it is there");
    let policy = format!("log {}\nlog {}\nquorum none\n", key(None), key(Some(org)));
    let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    let wanted = Wanted { now, allow_unwitnessed: true, ..Wanted::default() };
    if let Ok(folder) = std::env::var("ROLLBOOK_BENCH_BUNDLE") {
        files.write(Path::new(&folder)).expect("a folder that is not there yet");
        std::fs::write(format!("{folder}.policy"), &policy).expect("beside it");
    }
    let start = Instant::now();
    let verdict = check(Ok(files), policy.as_bytes(), &wanted);
    let took = start.elapsed();
    assert_eq!(verdict.exit(), 0, "{:?}", verdict.findings.kept());
    let verdict = if took <= Duration::from_secs(1) { "reached" } else { "MISSED" };
    let against = format!("1 s wanted of it whole: {verdict}");
    table::row(&format!("checking a bundle of {entries}, an entry of it"), entries, took, &against);
}
