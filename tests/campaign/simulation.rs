//! A simulation: random commands to a ledger on a disk, with clock steps, restarts and faults,
//! beside a plain model of membership that says what each command must lead to and what each view
//! must show, now and then.
//!
//! `ROLLBOOK_SIMULATION_COMMANDS` says how many commands (5,000), `ROLLBOOK_SIMULATION_SEED` where
//! it begins (1). A ledger gets 25,000 commands at most, then another one begins with the next
//! seed; the same seed gives the same course.

mod adopts;
mod beside;
mod chronicle;
mod compares;
mod erasures;
mod happens;
mod house;
mod invariants;
mod membership;
mod moves;
mod publications;
mod report;
mod roles;
mod rules;
mod run;
mod shows;
mod tells;
mod wishes;

use crate::support::chance;
use report::Report;
use run::Run;

const COMMANDS: usize = 5_000;
const SEED: u64 = 1;
/// Every opening reads the whole log: one ledger for a night would spend it on that.
const COMMANDS_OF_A_LEDGER: usize = 25_000;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

#[test]
fn a_ledger_shows_what_a_naive_model_says() {
    let commands = number("ROLLBOOK_SIMULATION_COMMANDS");
    let commands = commands.map_or(COMMANDS, |commands| usize::try_from(commands).unwrap());
    let mut seed = number("ROLLBOOK_SIMULATION_SEED").unwrap_or(SEED);
    let first = seed;
    let mut report = Report::default();
    let mut full_disks = true;
    while report.commands < commands {
        let until = commands.min(report.commands + COMMANDS_OF_A_LEDGER);
        let mut run = Run::new(seed, report);
        while run.report.commands < until {
            run.step();
        }
        full_disks = run.house.can_be_full();
        report = run.ends();
        seed += 1;
    }
    println!("simulation, seeds {first} to {}: {report}", seed - 1);
    // A run that was made short in order to see something again reaches what it reaches.
    if commands >= COMMANDS {
        report.assert_everything_was_reached(full_disks);
    }
}
