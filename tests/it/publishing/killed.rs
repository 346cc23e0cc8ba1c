//! The process that signs is killed at random moments: this test binary once more, running the one
//! test that commands, signs and says so.

use super::{PATIENCE, Place, member};
use crate::crash::child::real_machine;
use crate::ledger::organization;
use rollbook::house::Ledger;
use rollbook::house::publishing::Published;
use rollbook::words::Timestamp;
use rollbook::words::hash::Drawn;
use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const DATA: &str = "ROLLBOOK_TEST_PUBLISHER_DATA";
const GUARD: &str = "ROLLBOOK_TEST_PUBLISHER_GUARD";
const SEED: &str = "ROLLBOOK_TEST_PUBLISHER_SEED";

/// Enough that every step of the publisher is hit now and then; opening costs most of the time.
const KILLS: u64 = 24;

/// As the child itself, this commands until it is killed.
#[test]
fn the_child_signs() {
    let (Some(data), Some(guard)) = (env::var_os(DATA), env::var_os(GUARD)) else { return };
    let seed: u64 = env::var(SEED).unwrap().parse().unwrap();
    let ledger = Ledger::open(Path::new(&data), real_machine(seed)).unwrap();
    let clock = || Timestamp::EPOCH.after(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap());
    let drawn = &mut Drawn::from_seed(&[8; 32]);
    ledger.publish(Path::new(&guard), Box::new(clock), drawn).unwrap();
    // The runner's own words stand on the first line.
    println!();
    say(&ledger.published().unwrap());
    let org = ledger.views().organizations().next().unwrap().id();
    for number in 0.. {
        let size = member(&ledger, org, &format!("m{seed}.{number}")).size;
        println!("acknowledged {size}");
        if number % 3 == 0 {
            say(&ledger.await_published(size, PATIENCE).unwrap());
        }
    }
}

fn say(published: &Published) {
    let checkpoint = &published.checkpoint;
    println!("signed {} {} {}", checkpoint.origin, checkpoint.size, checkpoint.root);
}

#[test]
fn killed_between_any_two_steps_no_size_has_two_roots_and_nothing_is_lost() {
    let place = Place::new();
    drop(place.create());
    let ledger = Ledger::open(&place.data(), real_machine(0)).unwrap();
    organization(&ledger, "acme");
    ledger.close().unwrap();
    drop(ledger);
    let (mut roots, mut acknowledged) = (BTreeMap::new(), 0);
    let mut chance = Drawn::from_seed(&[11; 32]);
    let mut largest = 0;
    for seed in 1..=KILLS {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "publishing::killed::the_child_signs", "--nocapture"])
            .env(DATA, place.data())
            .env(GUARD, place.guard())
            .env(SEED, seed.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Killed once it signs, some milliseconds later.
        let mut heard = lines.by_ref().map_while(Result::ok);
        let first = heard.find(|line| line.starts_with("signed "));
        let first = first.unwrap_or_else(|| panic!("round {seed}: the start was refused"));
        let [a, b, ..]: [u8; 32] = chance.bytes();
        std::thread::sleep(Duration::from_micros(u64::from(a) * 256 + u64::from(b)));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut rest: Vec<String> = vec![first];
        rest.extend(heard);
        // The kill may cut the last line.
        rest.pop_if(|line| line.split(' ').count() < 2);
        for line in rest {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["signed", _, size, root] if root.len() == 44 => {
                    let size: u64 = size.parse().unwrap();
                    let known = roots.entry(size).or_insert_with(|| root.to_owned());
                    assert_eq!(known, root, "round {seed}: {size} entries have two roots");
                    assert!(size >= largest, "round {seed}: {size} behind {largest}");
                    largest = size;
                }
                ["acknowledged", size] => acknowledged = acknowledged.max(size.parse().unwrap()),
                _ => {}
            }
        }
    }
    assert!(roots.len() > KILLS as usize, "it was killed before it had signed: {}", roots.len());
    let ledger = place.open();
    assert!(ledger.head().size >= acknowledged, "something acknowledged is lost");
    for (size, root) in roots {
        let found = rollbook::proof::path::root(&*tiles(&place, &ledger), size).unwrap();
        assert_eq!(found.to_string(), root, "{size} entries");
    }
}

fn tiles(place: &Place, ledger: &Ledger) -> std::sync::Arc<rollbook::ground::tiles::Tiles> {
    if ledger.tiles().is_none() {
        place.publish(ledger).unwrap();
    }
    ledger.tiles().unwrap()
}
