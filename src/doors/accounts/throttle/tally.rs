//! How many failures stand against somebody, and how long they wait.

use crate::words::Timestamp;
use std::time::Duration;

/// What is counted of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    /// Failures that are not forgotten yet.
    failures: u32,
    /// Up to when failures were forgotten.
    since: Timestamp,
    /// The last failure.
    last: Timestamp,
}

/// How failures slow down, and how they are forgotten.
#[derive(Debug)]
pub struct Pace {
    /// So many cost nothing: people mistype.
    pub free: u32,
    /// The wait behind the first that is not free; each further one doubles it.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// One failure is forgotten each time that so much has passed.
    pub forgotten_after: Duration,
}

/// One network at one account. In the long run that leaves four guesses an hour.
pub const PAIR: Pace = Pace {
    free: 5,
    first: Duration::from_secs(1),
    longest: Duration::from_secs(15 * 60),
    forgotten_after: Duration::from_secs(3600),
};

/// One network at all accounts: an office of some hundred people stands behind one address. In the
/// long run that leaves a guess a minute.
pub const NETWORK: Pace = Pace {
    free: 50,
    first: Duration::from_secs(1),
    longest: Duration::from_secs(5 * 60),
    forgotten_after: Duration::from_secs(60),
};

/// All strangers at one account. The longest wait is what an owner in a new place may be made to
/// wait by others, each time they try. In the long run that leaves six guesses an hour to all
/// strangers together.
pub const ACCOUNT: Pace = Pace {
    free: 20,
    first: Duration::from_secs(1),
    longest: Duration::from_secs(15 * 60),
    forgotten_after: Duration::from_secs(10 * 60),
};

impl Pace {
    /// From when on the next attempt is allowed.
    pub(super) fn allowed_at(&self, tally: Tally) -> Timestamp {
        tally.last.after(self.wait(tally.failures))
    }

    /// The tally with one more failure.
    pub(super) fn failed(&self, tally: Tally, now: Timestamp) -> Tally {
        let left = self.left(tally, now);
        // More than lead to the longest wait would only be remembered longer.
        let failures = (left.failures + 1).min(self.worst());
        Tally { failures, since: left.since, last: now }
    }

    /// The tally without what is forgotten by now.
    fn left(&self, tally: Tally, now: Timestamp) -> Tally {
        let each = self.forgotten_after.as_micros().max(1);
        let passed = tally.since.until(now).as_micros() / each;
        let forgotten = u32::try_from(passed).unwrap_or(u32::MAX).min(tally.failures);
        let failures = tally.failures - forgotten;
        let since =
            if failures == 0 { now } else { tally.since.after(self.forgotten_after * forgotten) };
        Tally { failures, since, ..tally }
    }

    fn wait(&self, failures: u32) -> Duration {
        let Some(beyond) = failures.checked_sub(self.free + 1) else { return Duration::ZERO };
        self.first.saturating_mul(2_u32.saturating_pow(beyond)).min(self.longest)
    }

    /// The fewest failures that lead to the longest wait.
    fn worst(&self) -> u32 {
        (self.free + 1..).find(|failures| self.wait(*failures) == self.longest).unwrap_or(u32::MAX)
    }
}

impl Tally {
    /// Nothing yet.
    pub(super) const NONE: Self =
        Self { failures: 0, since: Timestamp::EPOCH, last: Timestamp::EPOCH };

    /// How many failures stand in it.
    pub(super) fn failures(self) -> u32 {
        self.failures
    }

    /// The tally without failures that were none.
    pub(super) fn less(self, failures: u32) -> Self {
        Self { failures: self.failures.saturating_sub(failures), ..self }
    }
}
