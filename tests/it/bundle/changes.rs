//! Random changes of whole bundles: none is taken for anything that was not handed out, by either
//! verifier. Both get the same changed bundles, by the same seeds.
//!
//! Half of them come from somebody who makes the manifest anew, as everybody can.

mod kinds;
mod meaning;
mod other;

use super::made::Made;
use crate::clients::is_there;
use crate::support::chance::{Chance, Named, seeds};
use kinds::{KINDS, ZIP_KINDS};
use meaning::says_no_more;
use other::Other;
use rollbook::house::bundle::{Files, check};
use std::collections::BTreeMap;
use std::time::Instant;

/// How many of a hundred are changes of the zip file's bytes.
const ZIPPED_PERCENT: usize = 15;

/// What is checked: the files of a folder, or the bytes of a zip file.
pub(crate) enum Changed {
    Folder(Files),
    Zip(Vec<u8>),
}

/// A change by its seed: what it is called, and what came of it.
fn changed(base: &Files, chance: &mut Chance) -> (String, Changed) {
    if chance.percent(ZIPPED_PERCENT) {
        let (name, change) = chance.pick(ZIP_KINDS);
        let mut bytes = base.to_zip().unwrap();
        change(&mut bytes, chance);
        return (format!("zip: {name}"), Changed::Zip(bytes));
    }
    let mut files = base.clone();
    let (name, change) = chance.pick(KINDS);
    change(&mut files, chance);
    if chance.percent(20) {
        let (_, more) = chance.pick(KINDS);
        more(&mut files, chance);
    }
    if !chance.percent(50) {
        return (name.to_owned(), Changed::Folder(files));
    }
    meaning::list_anew(&mut files);
    (format!("{name}, listed anew"), Changed::Folder(files))
}

/// How often something came of a kind of change.
#[derive(Default)]
struct Tally {
    refused: u64,
    undone: u64,
    no_more: u64,
}

#[test]
fn no_random_change_is_accepted_by_either_verifier() {
    if !is_there(&["node", "--version"]) {
        return;
    }
    let bases = [Made::of("harbour"), Made::rotated()];
    let mut other = Other::begin(&bases);
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let (mut ours, start) = (std::time::Duration::ZERO, Instant::now());
    let seeds = seeds(500);
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let _named = Named("--test it -- bundle::changes", seed);
        let mut chance = Chance::from_seed(seed);
        let at = chance.below(bases.len());
        let base = &bases[at];
        let (name, changed) = changed(&base.files, &mut chance);
        other.give(at, &changed);
        let begun = Instant::now();
        let (read, is_undone) = match &changed {
            Changed::Folder(files) => (Ok(files.clone()), *files == base.files),
            Changed::Zip(bytes) => {
                (Files::from_zip(bytes), base.files.to_zip().as_ref() == Some(bytes))
            }
        };
        let kept = read.as_ref().ok().cloned();
        let verdict = check(read, base.policy.as_bytes(), &base.wanted());
        ours += begun.elapsed();
        let (exit, theirs) = (verdict.exit(), other.answer());
        let found: Vec<String> = verdict.findings.kept().iter().map(ToString::to_string).collect();
        assert_eq!(exit, theirs.exit, "{name}: ours {found:#?}, theirs {:?}", theirs.codes);
        let tally = tallies.entry(name.clone()).or_default();
        if is_undone {
            assert_eq!(exit, 0, "{name}: {found:#?}");
            tally.undone += 1;
        } else if exit == 0 {
            let kept = kept.unwrap();
            let is_listed_anew = name.ends_with("listed anew");
            assert!(is_listed_anew, "{name}: accepted");
            assert_eq!(says_no_more(&kept, &base.files), Ok(()), "{name}: accepted");
            tally.no_more += 1;
        } else {
            tally.refused += 1;
        }
    }
    let took = start.elapsed();
    let sum = |of: fn(&Tally) -> u64| tallies.values().map(of).sum::<u64>();
    for (name, Tally { refused, undone, no_more }) in &tallies {
        println!("{name}: {refused} refused, {undone} undone, {no_more} say no more");
    }
    println!(
        "{count} changes: {} refused, {} undone, {} accepted that say nothing else; in {took:.0?}, {:.0?} of \
         them this verifier's, {:.0?} the other's",
        sum(|it| it.refused),
        sum(|it| it.undone),
        sum(|it| it.no_more),
        ours,
        other.took()
    );
    assert!(sum(|it| it.refused) > count / 2, "hardly anything was changed");
}
