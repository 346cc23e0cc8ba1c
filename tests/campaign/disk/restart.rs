//! A process is killed at any point, or meets a disk that fails there, and is started again; then
//! the power is cut. What the first left unsynced is still in the machine's memory when the ledger
//! opens: it is shown, and built upon, and has to be durable by then.

use super::child::{COMMANDS, Treatment};
use super::image::{Cut, Image};
use super::life::{Life, operations};
use super::power::reopen;
use super::reopened::Heard;
use super::scratch;
use super::story::Story;
use super::tally::Tally;
use crate::support::chance::{Chance, Named};
use crate::support::extent::Extent;
use crate::support::files::copy;
use std::fs;
use std::path::Path;

#[test]
fn the_power_is_cut_behind_a_kill_and_a_restart() {
    let killed = |number: u64, _: &mut Chance| Treatment::killed_at(number);
    eprintln!("power cuts behind a kill: {}", campaign(killed));
}

/// What a failed sync was to write is not written later either, and nobody is told again.
#[test]
fn the_power_is_cut_behind_a_failure_and_a_restart() {
    let fails = |number: u64, chance: &mut Chance| Treatment {
        fails: Some((number, EIO, true, chance.percent(50))),
        skips: None,
    };
    eprintln!("power cuts behind a failure: {}", campaign(fails));
}

const EIO: i32 = 5;

fn campaign(treatment: impl Fn(u64, &mut Chance) -> Treatment) -> Tally {
    let extent = Extent::of_campaign();
    let mut tally = Tally::default();
    for seed in extent.seeds(1, 1) {
        let _named = Named("--test campaign restart", seed);
        let mut chance = Chance::from_seed(seed);
        let folder = scratch();
        let story = Story::of(seed, COMMANDS);
        let works = Works { first: "live", second: "go on", points: (12, 8) };
        restart_and_cut(folder.path(), works, seed, extent, &mut chance, &treatment, |cut| {
            let heard = Heard::of(cut.marks);
            reopen(&folder.path().join("image"), &cut.image, &cut.what, &story, heard, &mut tally);
        });
    }
    tally
}

/// What two processes do one after the other.
pub(crate) struct Works {
    pub(crate) first: &'static str,
    pub(crate) second: &'static str,
    /// At how many operations of the first something happens, and of the second, in a part.
    pub(crate) points: (u64, usize),
}

/// A disk behind a power cut, and what was promised before it.
pub(crate) struct AfterCut<'a> {
    pub(crate) image: Image,
    pub(crate) marks: &'a [String],
    pub(crate) what: String,
}

/// Lets something happen to each operation of the first process, lets the second go on, and cuts
/// the power at some points of that.
pub(crate) fn restart_and_cut(
    folder: &Path,
    works: Works,
    seed: u64,
    extent: Extent,
    chance: &mut Chance,
    treatment: &impl Fn(u64, &mut Chance) -> Treatment,
    mut check: impl FnMut(AfterCut<'_>),
) {
    let root = folder.join("disk");
    let base = folder.join("base");
    begin(&base, &root);
    let all = operations(works.first, &root, seed);
    let step = if extent.is_full() { 1 } else { (all / works.points.0).max(1) };
    for number in (1..=all).skip(chance.below(step as usize)).step_by(step as usize) {
        begin(&base, &root);
        let mut life = Life::of(&root);
        let treatment = treatment(number, chance);
        life.run(works.first, seed, &treatment, |_, _, _| ());
        let mut left = works.points.1;
        life.run(works.second, seed, &Treatment::default(), |life, number, all| {
            // Spread evenly over what is left of the run; at each operation, if there are enough.
            if chance.below(all - number) < left {
                left -= 1;
                let cut = chance.pick(&[Cut::Lost, Cut::Torn, Cut::Ordered]);
                let image = life.disk.cut(cut, chance);
                let what = format!("{treatment:?}, operation {number} behind it, {cut:?}");
                check(AfterCut { image, marks: &life.marks, what });
            }
        });
        fs::remove_dir_all(&root).unwrap();
    }
}

/// Every run begins with what stands in `base`, if anything does.
fn begin(base: &Path, root: &Path) {
    if base.exists() {
        copy(base, root);
    }
}
