//! The power is cut at every point of an opening that puts damage right: what was there before it
//! is there behind it, however often it is begun again.

use super::base;
use super::child::{COMMANDS, Treatment};
use super::image::Cut;
use super::life::Life;
use super::power::put_right;
use super::restart::{Works, restart_and_cut};
use super::scratch;
use super::story::Story;
use super::tally::Tally;
use crate::support::chance::Chance;
use crate::support::extent::Extent;
use crate::support::files::copy;
use std::fs;
use std::path::Path;

const CUTS: [Cut; 4] = [Cut::Kept, Cut::Lost, Cut::Torn, Cut::Ordered];

/// Something that is done to a data directory.
type Damage = fn(&Path);

/// What is wrong when the opening begins; each can be put right.
const DAMAGE: [(&str, Damage); 8] = [
    ("a flipped bit in the journal", |data| {
        let segments = base::segments(data);
        base::change(&segments[segments.len() / 2], |bytes| bytes[700] ^= 1);
    }),
    ("segments lost from the middle", |data| {
        let segments = base::segments(data);
        let middle = segments.len() / 2;
        segments[middle..middle + 2].iter().for_each(|path| fs::remove_file(path).unwrap());
    }),
    ("the last segments lost", |data| {
        let segments = base::segments(data);
        segments[segments.len() - 2..].iter().for_each(|path| fs::remove_file(path).unwrap());
    }),
    ("segments swapped, and no sled", |data| {
        base::swap(&base::segments(data)[1], &base::segments(data)[3]);
        fs::remove_dir_all(data.join("sled")).unwrap();
    }),
    ("segments turned about, and no sled", |data| {
        let segments = base::segments(data);
        base::swap(&segments[1], &segments[2]);
        base::swap(&segments[2], &segments[3]);
        fs::remove_dir_all(data.join("sled")).unwrap();
    }),
    ("a write that was interrupted", |data| {
        let segments = base::segments(data);
        base::change(segments.last().unwrap(), |bytes| {
            let end = base::used(bytes);
            bytes[end..end + 4].copy_from_slice(b"RBF1");
            bytes[end + 5] = 1;
        });
    }),
    ("sled with a flipped bit", |data| {
        base::change(&data.join("sled/db"), |bytes| {
            let middle = base::used(bytes) / 2;
            bytes[middle] ^= 1;
        });
    }),
    ("no sled", |data| fs::remove_dir_all(data.join("sled")).unwrap()),
];

#[test]
fn the_power_is_cut_at_every_point_of_mending() {
    let extent = Extent::of_campaign();
    let mut chance = Chance::from_seed(1);
    let story = Story::of(1, COMMANDS);
    let made = base::ledger(&story);
    for (what, damage) in DAMAGE {
        let mut tally = Tally::default();
        let folder = scratch();
        let root = folder.path().join("disk");
        copy(made.path(), &root);
        damage(&root.join("data"));
        let mut life = Life::of(&root);
        life.run("open", 1, &Treatment::default(), |life, number, all| {
            if !extent.takes(number * 8, all * 8) {
                return;
            }
            let cuts = if extent.is_full() { &CUTS[..] } else { &[chance.pick(&CUTS)] };
            for cut in cuts {
                let words = format!("{what}, operation {number}, {cut:?}");
                let image = life.disk.cut(*cut, &mut chance);
                put_right(&folder.path().join("image"), &image, &words, &story, &mut tally);
            }
        });
        eprintln!("power cuts while mending {what}: {tally}");
    }
}

#[test]
fn the_power_is_cut_behind_a_kill_while_mending() {
    let extent = Extent::of_campaign();
    let mut chance = Chance::from_seed(2);
    let story = Story::of(1, COMMANDS);
    let made = base::ledger(&story);
    for (what, damage) in DAMAGE {
        let mut tally = Tally::default();
        let folder = scratch();
        let base = folder.path().join("base");
        copy(made.path(), &base);
        damage(&base.join("data"));
        let killed = |number: u64, _: &mut Chance| Treatment::killed_at(number);
        let works = Works { first: "open", second: "open", points: (4, 4) };
        restart_and_cut(folder.path(), works, 1, extent, &mut chance, &killed, |cut| {
            let words = format!("{what}, {}", cut.what);
            put_right(&folder.path().join("image"), &cut.image, &words, &story, &mut tally);
        });
        eprintln!("power cuts behind a kill while mending {what}: {tally}");
    }
}
