//! A ledger that erases people, among all else, is killed or meets a failing disk at every
//! operation: whatever of an erasure was recorded is finished by opening, and nothing of it was
//! done otherwise.

mod found;
pub(super) mod life;
mod tale;

use super::child::{self, Treatment};
use super::image::Cut;
use super::life::Life;
use super::reopened::Heard;
use super::scratch;
use super::tally::{Saying, Tally};
use crate::support::chance::{Chance, Named};
use crate::support::extent::Extent;
use crate::support::files::copy;
use found::{Before, check, keep_savepoints};
use rollbook::ground::keyring::Keyring;
use rollbook::house::ledger::keyring_path;
use std::fs;
use std::path::PathBuf;
use tale::{BEFORE, Tale};
use tempfile::TempDir;

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// The error, whether operations that take no room fail too, and whether it stays so.
const FAILURES: [(i32, bool, bool); 4] =
    [(EIO, true, false), (EIO, true, true), (ENOSPC, false, false), (ENOSPC, false, true)];

/// How many operations something happens to in a part: to a kill, and to each kind of failure.
const PARTS: [u64; 2] = [24, 8];

#[test]
fn a_kill_at_every_operation_leaves_no_erasure_half_done() {
    let extent = Extent::of_campaign();
    let mut tally = Tally::default();
    for seed in extent.seeds(1, 2) {
        let _named = Named("--test campaign shredding", seed);
        let stage = Stage::of(seed);
        let mut chance = Chance::from_seed(seed);
        for number in stage.operations(extent, PARTS[0], (0, true), &mut chance) {
            // Finishing is itself interrupted, half of the time.
            let again = Some(1 + chance.below(60) as u64).filter(|_| chance.percent(50));
            let treatments =
                [Some(number), again].into_iter().flatten().map(Treatment::killed_at).collect();
            stage.happen(treatments, &mut tally);
        }
    }
    eprintln!("kills while people are erased: {tally}");
    assert!(tally.of("erasures unanswered but finished") > 0, "{tally}");
}

#[test]
fn a_failure_of_every_operation_is_told_and_finished_by_opening() {
    let extent = Extent::of_campaign();
    let mut tally = Tally::default();
    for seed in extent.seeds(1, 1) {
        let _named = Named("--test campaign shredding", seed);
        let stage = Stage::of(seed);
        let mut chance = Chance::from_seed(seed);
        for (error, all, on) in FAILURES {
            for number in stage.operations(extent, PARTS[1], (error, all), &mut chance) {
                let fails = Some((number, error, all, on));
                stage.happen(vec![Treatment { fails, skips: None }], &mut tally);
            }
        }
    }
    eprintln!("failures while people are erased: {tally}");
    assert!(tally.of("erasure_unfinished") > 0, "{tally}");
}

#[test]
fn a_power_cut_at_every_operation_brings_nobody_back() {
    let extent = Extent::of_campaign();
    let mut tally = Tally::default();
    for seed in extent.seeds(1, 1) {
        let _named = Named("--test campaign shredding", seed);
        let stage = Stage::of(seed);
        let mut chance = Chance::from_seed(seed);
        let root = stage.begin();
        let secret = *Keyring::look(keyring_path(&root.join("data")), &None)
            .unwrap()
            .savepoint_key()
            .as_bytes();
        let mut life = Life::of(&root);
        life.marks = before_marks();
        let image = stage.folder.path().join("image");
        life.run("shred on", seed, &Treatment::default(), |life, number, all| {
            let is_looked_at = extent.is_full() || number.is_multiple_of(all.div_ceil(40));
            if !is_looked_at {
                return;
            }
            let heard = Heard::of(&life.marks);
            let cut = chance.pick(&[Cut::Lost, Cut::Torn, Cut::Ordered]);
            let what = format!("operation {number}, {cut:?}\n{}", life.marks.join("\n"));
            let _what = Saying(&what);
            life.disk.cut(cut, &mut chance).write(&image);
            tally.opened(&check(&image.join("data"), &stage.tale, heard, &stage.before));
            fs::remove_dir_all(&image).unwrap();
            let erasures = |size: usize| stage.tale.told[size].erasures;
            if erasures(heard.answered) > erasures(BEFORE) {
                assert!(!life.disk.holds(&secret), "a block holds the keyring of before");
                tally.count("no block holds an older keyring");
            }
        });
    }
    eprintln!("power cuts while people are erased: {tally}");
    assert!(tally.of("no block holds an older keyring") > 0, "{tally}");
}

/// What was said of the life before.
fn before_marks() -> Vec<String> {
    vec!["made".to_owned(), format!("asked {BEFORE}"), format!("answered {BEFORE}")]
}

/// A ledger that was used and closed, to which something happens again and again.
struct Stage {
    folder: TempDir,
    seed: u64,
    tale: Tale,
    before: Before,
}

impl Stage {
    fn of(seed: u64) -> Self {
        let folder = scratch();
        let base = folder.path().join("base");
        fs::create_dir(&base).unwrap();
        child::run("shred", &base, seed, &Treatment::default());
        let tale = Tale::of(seed);
        let mut before = Before::of(&base.join("data"), seed, &tale);
        keep_savepoints(&mut before, &folder.path().join("kept"));
        Self { folder, seed, tale, before }
    }

    /// Puts the ledger as it was in its place.
    fn begin(&self) -> PathBuf {
        let root = self.folder.path().join("disk");
        drop(fs::remove_dir_all(&root));
        copy(&self.folder.path().join("base"), &root);
        root
    }

    /// The numbers of operations to which something is to happen.
    fn operations(
        &self,
        extent: Extent,
        part: u64,
        (error, all): (i32, bool),
        chance: &mut Chance,
    ) -> Vec<u64> {
        let never = Treatment { fails: Some((u64::MAX, error, all, false)), skips: None };
        let count = child::run("shred on", &self.begin(), self.seed, &never).count;
        let step = if extent.is_full() { 1 } else { (count / part).max(1) } as usize;
        (1..=count).skip(chance.below(step)).step_by(step).collect()
    }

    /// Lets something happen to the life behind, then to each opening that follows, and looks.
    fn happen(&self, treatments: Vec<Treatment>, tally: &mut Tally) {
        let root = self.begin();
        let mut marks = before_marks();
        for (number, treatment) in treatments.iter().enumerate() {
            let work = if number == 0 { "shred on" } else { "open" };
            marks.extend(child::run(work, &root, self.seed, treatment).marks());
        }
        let what = format!("{treatments:?}\n{}", marks.join("\n"));
        let _what = Saying(&what);
        for mark in marks.iter().filter_map(|mark| mark.strip_prefix("failed ")) {
            tally.count(mark.split(' ').nth(1).unwrap());
        }
        let heard = Heard::of(&marks);
        let data = root.join("data");
        tally.opened(&check(&data, &self.tale, heard, &self.before));
        let epoch = Keyring::look(keyring_path(&data), &None).unwrap().epoch();
        if epoch > self.tale.told[heard.answered].erasures {
            tally.count("erasures unanswered but finished");
        }
    }
}
