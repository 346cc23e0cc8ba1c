//! Every operation on the disk fails once, and every one from some point on: the writer stops
//! cleanly, readers go on, and a restart is whole.

use super::child::{self, COMMANDS, Treatment};
use super::reopened::{Heard, check, check_copies};
use super::scratch;
use super::story::Story;
use super::tally::{Saying, Tally};
use crate::support::chance::{Chance, Named};
use crate::support::extent::Extent;
use std::fs;

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// The error, whether operations that take no room fail too, and whether it stays so.
const FAILURES: [(i32, bool, bool); 4] =
    [(EIO, true, false), (EIO, true, true), (ENOSPC, false, false), (ENOSPC, false, true)];

/// How many operations of each kind of failure are tried in a part.
const PART: u64 = 16;

#[test]
fn every_operation_fails() {
    let extent = Extent::of_campaign();
    let mut tally = Tally::default();
    for seed in extent.seeds(1, 1) {
        let _named = Named("--test campaign failing", seed);
        let mut chance = Chance::from_seed(seed);
        let story = Story::of(seed, COMMANDS);
        for (error, all, on) in FAILURES {
            let count = fail(seed, (u64::MAX, error, all, on), &story, &mut tally);
            let step = if extent.is_full() { 1 } else { count / PART };
            for number in (1..=count).skip(chance.below(step as usize)).step_by(step as usize) {
                fail(seed, (number, error, all, on), &story, &mut tally);
            }
        }
    }
    eprintln!("failing operations: {tally}");
    assert!(tally.of("not_appended") > 0 && tally.of("outcome_unknown") > 0, "{tally}");
}

/// Lets one operation fail; gives how many there were.
fn fail(seed: u64, fails: (u64, i32, bool, bool), story: &Story, tally: &mut Tally) -> u64 {
    let folder = scratch();
    let root = folder.path().join("disk");
    fs::create_dir(&root).unwrap();
    let treatment = Treatment { fails: Some(fails), skips: None };
    let run = child::run("live", &root, seed, &treatment);
    let marks = run.marks();
    let what = format!("{fails:?}\n{}", marks.join("\n"));
    let _what = Saying(&what);
    let heard = Heard::of(&marks);
    tally.count(told(&marks));
    let data = root.join("data");
    match check(&data, story, heard) {
        Some(repairs) => {
            check_copies(&data);
            tally.opened(&repairs);
        }
        None => tally.count("not made"),
    }
    run.count
}

/// What the child was told of the failure.
fn told(marks: &[String]) -> &str {
    let mut answers = marks.iter().filter_map(|mark| mark.strip_prefix("failed "));
    let first = answers.find_map(|answer| answer.split(' ').nth(1));
    let others = ["not closed", "not opened", "not made"];
    let other = others.into_iter().find(|words| marks.iter().any(|mark| mark.starts_with(words)));
    first.or(other).unwrap_or("nobody was told")
}
