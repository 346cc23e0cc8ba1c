//! The power is cut at every point of a keyring's life: no key is lost that was not erased, and
//! none that was erased can be found anywhere on the disk.

use super::child::{ERASURES, KEYRING_SEED, Treatment, savepoint_key};
use super::image::{Cut, Disk, Image};
use super::life::Life;
use super::restart::{Works, restart_and_cut};
use super::scratch;
use super::tally::{Saying, Tally};
use crate::support::chance::Chance;
use crate::support::extent::Extent;
use rollbook::ground::keyring::Keyring;
use std::fs;
use std::path::Path;

const CUTS: [Cut; 4] = [Cut::Kept, Cut::Lost, Cut::Torn, Cut::Ordered];

/// Images at each point: names come in many combinations.
const IMAGES: usize = 12;

#[test]
fn the_power_is_cut_at_every_point_of_erasing() {
    let (mut tally, mut chance) = (Tally::default(), Chance::from_seed(1));
    let folder = scratch();
    let whole = whole(folder.path());
    let mut life = Life::of(&folder.path().join("disk"));
    life.run("erase", 1, &Treatment::default(), |life, number, _| {
        for cut in (0..IMAGES).map(|index| CUTS[index % CUTS.len()]) {
            let what = format!("operation {number}, {cut:?}");
            let image = life.disk.cut(cut, &mut chance);
            check(&folder.path().join("image"), &image, &what, &life.marks, &whole, &mut tally);
        }
        assert_destroyed(&life.disk, &life.marks);
    });
    eprintln!("power cuts while erasing: {tally}");
}

#[test]
fn the_power_is_cut_behind_a_kill_while_erasing() {
    let (mut tally, mut chance) = (Tally::default(), Chance::from_seed(2));
    let folder = scratch();
    let whole = whole(folder.path());
    let killed = |number: u64, _: &mut Chance| Treatment::killed_at(number);
    let works = Works { first: "erase", second: "erase", points: (u64::MAX, 1000) };
    let extent = Extent::of_campaign();
    restart_and_cut(folder.path(), works, 1, extent, &mut chance, &killed, |cut| {
        let at = folder.path().join("image");
        check(&at, &cut.image, &cut.what, cut.marks, &whole, &mut tally);
    });
    eprintln!("power cuts behind a kill while erasing: {tally}");
}

/// A keyring from which nothing was erased.
fn whole(folder: &Path) -> Keyring {
    Keyring::create(folder.join("whole"), KEYRING_SEED, savepoint_key(0)).unwrap()
}

/// How many erasures were promised, and how many were begun; nothing before the keyring was made.
fn heard(marks: &[String]) -> Option<(u64, u64)> {
    let number = |mark: &&String, word: &str| mark.strip_prefix(word)?.parse::<u64>().ok();
    let last = |word: &str| marks.iter().rev().find_map(|mark| number(&mark, word));
    let made = marks.iter().any(|mark| mark == "made");
    made.then(|| (last("erased ").unwrap_or(0), last("erasing ").unwrap_or(0)))
}

fn check(
    at: &Path,
    image: &Image,
    what: &str,
    marks: &[String],
    whole: &Keyring,
    tally: &mut Tally,
) {
    let _what = Saying(what);
    image.write(at);
    let opened = Keyring::open(at.join("data/keyring"));
    if let Some((erased, begun)) = heard(marks) {
        let keyring = opened.unwrap();
        for number in 0..ERASURES {
            let gone = keyring.key(number).is_none();
            if !gone {
                assert_eq!(keyring.key(number), whole.key(number), "key {number}");
            }
            assert!(gone || number >= erased, "key {number} came back");
            assert!(!gone || number < begun.max(erased), "key {number} is lost");
        }
        assert_eq!(keyring.key(ERASURES), whole.key(ERASURES));
        tally.count("opened");
    } else {
        tally.count("not made");
    }
    fs::remove_dir_all(at).unwrap();
}

/// Behind each erasure that was promised no block of the disk holds an older keyring, whether a
/// name leads to it or not.
fn assert_destroyed(disk: &Disk, marks: &[String]) {
    let Some((erased, _)) = heard(marks) else { return };
    for number in 0..erased {
        assert!(!disk.holds(&savepoint_key(number)), "the keyring before erasure {number} is left");
    }
}
