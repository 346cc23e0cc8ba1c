//! How much of a campaign is run.

use std::env;
use std::ops::Range;

/// Wholly, when `ROLLBOOK_CAMPAIGN=full` stands in the environment, else a part that takes seconds.
/// `SEED=` replays one seed of either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    Full,
    Part,
}

/// How many points of a run are looked at in a part.
const POINTS: usize = 160;

impl Extent {
    pub(crate) fn of_campaign() -> Self {
        match env::var("ROLLBOOK_CAMPAIGN").as_deref() {
            Ok("full") => Self::Full,
            Err(_) => Self::Part,
            Ok(other) => panic!("ROLLBOOK_CAMPAIGN={other} is not known: say full"),
        }
    }

    pub(crate) fn is_full(self) -> bool {
        self == Self::Full
    }

    /// As many seeds as that.
    pub(crate) fn seeds(self, part: u64, full: u64) -> Range<u64> {
        match env::var("SEED") {
            Ok(text) => {
                let seed = text.parse().unwrap_or_else(|_| panic!("SEED={text} is not a number"));
                seed..seed + 1
            }
            Err(_) => 1..1 + if self.is_full() { full } else { part },
        }
    }

    /// Whether the point `number` of `all` is looked at.
    pub(crate) fn takes(self, number: usize, all: usize) -> bool {
        self.is_full() || number.is_multiple_of(all.div_ceil(POINTS))
    }
}
