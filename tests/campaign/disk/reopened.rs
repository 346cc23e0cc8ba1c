//! A ledger that is opened behind a failure, held against what was answered before it.

use super::child::{OPTIONS, machine, origin};
use super::story::{Story, shown};
use rollbook::ground::embedded::Repair;
use rollbook::house::Ledger;
use rollbook::house::verify::verify;
use std::path::Path;

/// What a process said before its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// The ledger was made.
    pub(crate) made: bool,
    /// So many commands were answered with success.
    pub(crate) answered: usize,
    /// No more than these can be recorded: those handed over, without those that certainly were
    /// not.
    pub(crate) possible: usize,
}

impl Heard {
    pub(crate) fn of(marks: &[String]) -> Self {
        let mut heard = Self::default();
        marks.iter().for_each(|mark| heard.hear(mark));
        heard
    }

    fn hear(&mut self, mark: &str) {
        let words: Vec<&str> = mark.split_whitespace().collect();
        match words[..] {
            ["made"] => self.made = true,
            ["asked", count] => self.possible = count.parse().unwrap(),
            ["answered", count] => self.answered = count.parse().unwrap(),
            // It is recorded, and opening does what is left of it.
            ["failed", number, "erasure_unfinished"] => {
                self.answered = number.parse::<usize>().unwrap() + 1;
            }
            ["failed", number, "not_appended" | "stopped"] => {
                self.possible = self.possible.min(number.parse().unwrap());
            }
            _ => {}
        }
    }
}

/// Opens, and demands that everything answered is there, nothing else, and no command in part.
/// Gives what was put right; none where no ledger was made yet.
pub(crate) fn check(path: &Path, story: &Story, heard: Heard) -> Option<Vec<Repair>> {
    let ledger = match Ledger::open(path, machine(7, 3)) {
        Ok(ledger) => ledger,
        Err(error) if heard.made => panic!("it does not open: {error}"),
        // Whoever asked for it was not told that it is there, and asks again.
        Err(_) => {
            drop(Ledger::create(path, origin(), machine(7, 3)).unwrap());
            return None;
        }
    };
    let repairs = ledger.repairs().to_vec();
    let size = ledger.head().size;
    let members = shown(&ledger.views());
    let is_it = |recorded: &usize| story.told[*recorded] == (members.clone(), size);
    if !(heard.answered..=heard.possible).any(|recorded| is_it(&recorded)) {
        // Perhaps it is another place of the story, which says more than all the members.
        let instead = (0..story.told.len()).find(is_it);
        panic!("{size} entries, as behind command {instead:?}, and {heard:?}; {repairs:?}");
    }
    ledger.close().unwrap();
    drop(ledger);
    Some(repairs)
}

/// Demands that journal and sled are whole and the same.
pub(crate) fn check_copies(path: &Path) {
    assert!(copies_are_equal(path), "sled is not what the journal is");
}

/// Demands that the journal is whole, and tells whether sled is so too, and the same.
pub(crate) fn copies_are_equal(path: &Path) -> bool {
    let report = verify(path, OPTIONS.sled_cache_bytes).unwrap();
    let findings = report.journal.findings.iter().map(ToString::to_string);
    assert!(report.journal.is_whole(), "{:?}", findings.collect::<Vec<_>>());
    report.is_whole()
}
