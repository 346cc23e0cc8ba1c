//! The power is cut at every point of a ledger's life: while it is made, used, closed and opened
//! again, with segments that fill up and savepoints that are written.

use super::child::{COMMANDS, Treatment};
use super::image::{Cut, Image};
use super::life::Life;
use super::reopened::{Heard, check, check_copies};
use super::scratch;
use super::story::Story;
use super::tally::{Saying, Tally};
use crate::support::chance::{Chance, Named};
use crate::support::extent::Extent;
use rollbook::ground::embedded::Repair;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

const CUTS: [Cut; 4] = [Cut::Kept, Cut::Lost, Cut::Torn, Cut::Ordered];

/// What becomes of sled, from which nothing that was acknowledged may come.
#[derive(Debug, Clone, Copy)]
enum Sled {
    /// What becomes of every file.
    Cut,
    /// It is as it was at some time before.
    Earlier,
    /// It is gone.
    None,
}

#[test]
fn the_power_is_cut_at_every_point_of_a_life() {
    let extent = Extent::of_campaign();
    let mut tally = Tally::default();
    for seed in extent.seeds(1, 4) {
        let _named = Named("--test campaign power", seed);
        live_and_cut(seed, extent, &Treatment::default(), &mut tally);
    }
    eprintln!("power cuts: {tally}");
    for what in ["not made", "sled fed", "sled rebuilt", "tail cut"] {
        assert!(tally.of(what) > 0, "no image had {what}: {tally}");
    }
}

/// What would be missing from the code if these syncs were is missing here, and is noticed.
#[test]
fn a_sync_that_does_nothing_is_noticed() {
    for skips in ["files", "folders"] {
        let treatment = Treatment { fails: None, skips: Some(skips) };
        let cut = || live_and_cut(1, Extent::Part, &treatment, &mut Tally::default());
        assert!(catch_unwind(AssertUnwindSafe(cut)).is_err(), "nobody missed the syncs of {skips}");
    }
}

fn live_and_cut(seed: u64, extent: Extent, treatment: &Treatment, tally: &mut Tally) {
    let folder = scratch();
    let at = folder.path().join("image");
    let mut life = Life::of(&folder.path().join("disk"));
    let story = Story::of(seed, COMMANDS);
    let mut chance = Chance::from_seed(seed);
    let mut earlier = vec![life.disk.cut(Cut::Kept, &mut chance)];
    life.run("live", seed, treatment, |life, number, all| {
        if chance.percent(3) {
            earlier.push(life.disk.cut(Cut::Kept, &mut chance));
        }
        if !extent.takes(number, all) {
            return;
        }
        let heard = Heard::of(&life.marks);
        let cuts = if extent.is_full() { &CUTS[..] } else { &[chance.pick(&CUTS)] };
        for cut in cuts {
            let sled = chance.pick(&[Sled::Cut, Sled::Cut, Sled::Earlier, Sled::None]);
            let image = life.disk.cut(*cut, &mut chance);
            let image = with_sled(image, sled, &earlier[chance.below(earlier.len())]);
            let what = format!("operation {number}, {cut:?}, sled {sled:?}");
            reopen(&at, &image, &what, &story, heard, tally);
        }
    });
    assert_eq!(life.marks.iter().filter(|mark| *mark == "closed").count(), 2, "{:?}", life.marks);
}

fn with_sled(image: Image, sled: Sled, earlier: &Image) -> Image {
    let path = Path::new("data/sled");
    match sled {
        Sled::Cut => image,
        Sled::Earlier => image.with(path, earlier),
        Sled::None => image.without(path),
    }
}

/// Opens an image and holds it against what was promised.
pub(crate) fn reopen(
    at: &Path,
    image: &Image,
    what: &str,
    story: &Story,
    heard: Heard,
    tally: &mut Tally,
) {
    let _what = Saying(what);
    image.write(at);
    let data = at.join("data");
    if let Some(repairs) = check(&data, story, heard) {
        let damaged = repairs.iter().find(|repair| {
            let sled = matches!(repair, Repair::SledRebuilt { .. });
            repair.is_damage() && !sled
        });
        assert!(damaged.is_none(), "a power cut damages no journal: {repairs:?}");
        check_copies(&data);
        tally.opened(&repairs);
    } else {
        tally.count("not made");
    }
    fs::remove_dir_all(at).unwrap();
}

/// Opens an image of a ledger that held a whole story, and demands all of it.
pub(crate) fn put_right(at: &Path, image: &Image, what: &str, story: &Story, tally: &mut Tally) {
    let _what = Saying(what);
    image.write(at);
    let data = at.join("data");
    let whole = Heard { made: true, answered: COMMANDS, possible: COMMANDS };
    tally.opened(&check(&data, story, whole).unwrap_or_default());
    check_copies(&data);
    fs::remove_dir_all(at).unwrap();
}
