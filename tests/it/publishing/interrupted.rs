//! A publisher that ended between any two of its steps: what each leaves behind, put together from
//! files, is opened again.
//!
//! | step | durable behind it |
//! |---|---|
//! | commit | the entries |
//! | tiles | perhaps some of the tiles |
//! | guard, written beside | the guard's next file, perhaps a part of it |
//! | guard, renamed | the guard |
//! | sign, publish | nothing more; somebody may hold the checkpoint |

use super::{Place, copy};
use rollbook::proof::Checkpoint;
use std::fs;

/// What a ledger leaves before and behind a checkpoint, and what was signed at both.
struct Steps {
    place: Place,
    before: Checkpoint,
    behind: Checkpoint,
    guard_behind: Vec<u8>,
}

impl Steps {
    /// A ledger of which nothing is signed that stands behind its first checkpoint.
    fn new() -> Self {
        let place = Place::new();
        let before = place.signed();
        place.grow((0..300).map(|number| format!("m{number}")));
        copy(&place.data(), &place.path("committed"));
        fs::copy(place.guard(), place.path("guard-before")).unwrap();
        let ledger = place.open();
        let behind = place.publish(&ledger).unwrap().checkpoint.clone();
        // Those who committed to heads meanwhile are of no interest here.
        drop(ledger);
        let guard_behind = format!("rollbook guard 1\n{behind}").into_bytes();
        Self { place, before, behind, guard_behind }
    }

    /// The state behind the commit: the entries are there, nothing else is.
    fn committed(&self) {
        fs::remove_dir_all(self.place.data()).unwrap();
        copy(&self.place.path("committed"), &self.place.data());
        fs::copy(self.place.path("guard-before"), self.place.guard()).unwrap();
    }

    /// Opens and signs; the same size has the same root and the same signature as ever.
    fn goes_on(&self, state: &str) {
        let ledger = self.place.open();
        assert_eq!(ledger.head().size, self.behind.size, "{state}: something is lost");
        let published = self.place.publish(&ledger).unwrap();
        assert_eq!(published.checkpoint, self.behind, "{state}: one size has two roots");
        assert!(published.checkpoint.size > self.before.size);
        ledger.close().unwrap();
    }
}

#[test]
fn between_every_two_steps_it_goes_on_with_the_same_root() {
    let steps = Steps::new();
    steps.committed();
    steps.goes_on("behind the commit");

    let whole = fs::read(steps.place.data().join("tiles/0")).unwrap();
    let mut lengths: Vec<usize> = (0..whole.len()).step_by(whole.len() / 24).collect();
    lengths.extend([whole.len() - 1, whole.len()]);
    for length in lengths {
        steps.committed();
        fs::write(steps.place.data().join("tiles/0"), &whole[..length]).unwrap();
        steps.goes_on(&format!("{length} bytes of the tiles written"));
    }

    for length in [0, 1, steps.guard_behind.len()] {
        steps.committed();
        let beside = steps.place.path("guard.next");
        fs::write(beside, &steps.guard_behind[..length]).unwrap();
        steps.goes_on(&format!("{length} bytes of the next guard written"));
    }

    // The guard is there now, and nothing was signed; or it was, which leaves nothing more.
    steps.goes_on("behind the guard");
    // The tiles lost all the same: nothing of them is ever synced.
    fs::remove_dir_all(steps.place.data().join("tiles")).unwrap();
    steps.goes_on("behind the guard, without tiles");
}
