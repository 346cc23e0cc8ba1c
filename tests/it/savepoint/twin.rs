//! Random histories, closed and opened at random places.

use super::{Opened, close, sizes};
use crate::ledger::random::command;
use crate::support::chance::{Chance, Named, seeds};
use crate::support::{ledger, machine};
use rollbook::house::Ledger;

const COMMANDS: u64 = 600;

#[test]
fn random_ledgers_open_from_savepoints_to_the_same() {
    let (mut quick, mut behind) = (0, 0);
    for seed in seeds(4) {
        let _named = Named("a ledger with savepoints", seed);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("data");
        let mut chance = Chance::from_seed(seed);
        let mut ledger = ledger(&path, 1);
        let mut until = 200;
        for number in 0..COMMANDS {
            // Refused or not: what was recorded counts.
            let _ = ledger.submit(command(&ledger, &mut chance, number));
            if number == until {
                until += 20 + chance.below(150) as u64;
                // A ledger that is dropped writes no savepoint, so some stay behind the log.
                if chance.percent(60) {
                    close(ledger);
                } else {
                    drop(ledger);
                }
                let opened = Opened::new(&path);
                let start = opened.start();
                assert_eq!(start.ignored, []);
                let size = start.folded.1.size();
                quick += u64::from(start.began_at > 0);
                behind += u64::from(start.began_at > 0 && start.began_at < size);
                drop(opened);
                let machine = machine(u8::try_from(number % 251).unwrap());
                if chance.percent(70) {
                    ledger = Ledger::open_quickly(&path, machine).unwrap();
                    assert_eq!(ledger.began_at(), start.began_at);
                } else {
                    ledger = Ledger::open(&path, machine).unwrap();
                }
                assert!(*ledger.views() == start.folded.1);
                assert_eq!(ledger.repairs(), []);
                drop(start);
                assert!(sizes(&path).len() <= 2, "{:?}", sizes(&path));
            }
        }
    }
    assert!(quick > 8 && behind > 2, "{quick} quick openings, {behind} with entries behind");
}
