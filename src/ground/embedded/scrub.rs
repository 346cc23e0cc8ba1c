//! The scrub: whether journal and sled were compared wholly, and what came of it.

use crate::ground::embedded::compare::{Comparison, Step, Until};
use crate::ground::embedded::settle::{self, Journal};
use crate::ground::embedded::{Shared, State};
use crate::ground::journal::survey::{Ending, Survey};
use crate::ground::log::{Damage, Fault, Head, LogError};
use crate::ground::sled_store::SledStore;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// One step of a scrub behind an opening compares about this much of the journal, and as much of
/// sled.
const STEP_BYTES: usize = 1024 * 1024;

/// Between two steps at least this long: a scrub reads no more than 50 MiB of the journal a second,
/// and leaves most of a core to others.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// The most places that are named of a damaged journal; opening finds them all.
const PLACES_LIMIT: usize = 16;

/// How far journal and sled are known to be whole and the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scrub {
    /// The comparison has not begun: sled is still being opened.
    Pending,
    /// It is under way.
    Running {
        /// The next batch to be compared.
        slot: u64,
        /// How many there are to compare.
        slots: u64,
    },
    /// Every batch was read in both places and found to be the same.
    Whole {
        /// How many.
        slots: u64,
    },
    /// The journal is not what was appended, or has lost batches that sled holds. Nothing more is
    /// appended; opening the log again mends it.
    Damaged {
        /// Where, in order; the first of each segment, and not more than 16.
        places: Vec<Damage>,
    },
}

impl Scrub {
    /// The first place where the journal is damaged.
    pub fn damage(&self) -> Option<&Damage> {
        match self {
            Self::Damaged { places } => places.first(),
            Self::Pending | Self::Running { .. } | Self::Whole { .. } => None,
        }
    }

    /// How many batches were compared; what is damaged ends before they were counted.
    pub fn compared(&self) -> u64 {
        match self {
            Self::Pending | Self::Damaged { .. } => 0,
            Self::Running { slot, .. } => *slot,
            Self::Whole { slots } => *slots,
        }
    }

    /// Whether it has come to an end.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Pending | Self::Running { .. } => false,
            Self::Whole { .. } | Self::Damaged { .. } => true,
        }
    }
}

impl fmt::Display for Scrub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => f.write_str("sled is being opened"),
            Self::Running { slot, slots } => write!(f, "{slot} of {slots} batches are compared"),
            Self::Whole { slots } => write!(f, "journal and sled hold the same {slots} batches"),
            Self::Damaged { places } => {
                let mut between = "";
                for place in places {
                    write!(f, "{between}{place}")?;
                    between = "; ";
                }
                f.write_str("; nothing more is appended: restart, so that it is mended")
            }
        }
    }
}

/// A scrub under way, of everything before the head at which the log was opened.
#[derive(Debug)]
pub(super) struct Scrubbing {
    comparison: Comparison,
    end: Head,
}

impl Scrubbing {
    /// Begins one. None where it is over at once.
    pub(super) fn begin(
        shared: &Shared,
        store: Arc<SledStore>,
        end: Head,
    ) -> Result<Option<Self>, LogError> {
        let (journal, until) = (shared.journal(), Until::Reached(end));
        match Comparison::begin(&journal, &shared.origin, &store, until) {
            Ok(Ok(comparison)) => {
                shared.show(Scrub::Running { slot: 0, slots: end.slot });
                Ok(Some(Self { comparison, end }))
            }
            Ok(Err(unfit)) => {
                drop(store);
                settle::rebuild(shared, unfit.why()).map(|()| None)
            }
            Err(error) => {
                damaged(shared, &error, 0);
                Ok(None)
            }
        }
    }

    /// Does one step of it; none when it is over.
    pub(super) fn step(mut self, shared: &Shared) -> Result<Option<Self>, LogError> {
        let step = self.comparison.advance(STEP_BYTES)?;
        let reached = self.comparison.walked.head;
        match step {
            Step::Further => {
                shared.show(Scrub::Running { slot: reached.slot, slots: self.end.slot });
                return Ok(Some(self));
            }
            Step::Equal if reached == self.end => {
                shared.show(Scrub::Whole { slots: self.end.slot });
            }
            Step::Equal => damaged(shared, &missing(reached.slot), reached.slot),
            Step::Broken(error) => damaged(shared, &error, reached.slot),
            Step::Differs(unfit) => {
                drop(self);
                settle::rebuild(shared, unfit.why())?;
            }
        }
        Ok(None)
    }
}

/// The journal was read up to its head, or why not.
pub(super) fn read_journal(shared: &Shared) -> Journal {
    let head = shared.state().head;
    let mut frames = match shared.frames(0, head.slot) {
        Ok(frames) => frames,
        Err(error) => {
            damaged(shared, &error, 0);
            return Journal::Damaged;
        }
    };
    let mut bytes = 0;
    loop {
        match frames.next() {
            Some(Ok(frame)) => bytes += frame.weight(),
            Some(Err(error)) => {
                damaged(shared, &error, frames.head().slot);
                return Journal::Damaged;
            }
            None if *frames.head() == head => return Journal::Whole,
            None => {
                let slot = frames.head().slot;
                damaged(shared, &missing(slot), slot);
                return Journal::Damaged;
            }
        }
        if bytes >= STEP_BYTES {
            bytes = 0;
            if shared.state().closed {
                return Journal::Closed;
            }
            shared.show(Scrub::Running { slot: frames.head().slot, slots: head.slot });
        }
    }
}

pub(super) fn missing(slot: u64) -> LogError {
    Damage::at_slot(slot, Fault::Missing).into()
}

/// Says that the journal is damaged, at `slot` and wherever else; from then on nothing is appended.
pub(super) fn damaged(shared: &Shared, error: &LogError, slot: u64) {
    let first = match error {
        LogError::Damaged(damage) => damage.clone(),
        LogError::Io { .. } | LogError::Closed => {
            Damage::at_slot(slot, Fault::Unreadable(error.to_string()))
        }
    };
    shared.state().damage = Some(first.clone());
    shared.room.notify_all();
    let mut places = vec![first];
    let survey = Survey::of(&shared.journal());
    for segment in survey.iter().flat_map(|survey| &survey.segments) {
        if let (end, Ending::Damaged(fault)) = (segment.end, &segment.ending) {
            let slot = end.map_or(segment.first_slot, |end| end.slot);
            let place = Damage::at_slot(slot, fault.clone());
            if !places.iter().any(|known| known.place == place.place) {
                places.push(place);
            }
        }
    }
    places.truncate(PLACES_LIMIT);
    shared.show(Scrub::Damaged { places });
}

impl Shared {
    /// Shows how far the scrub is.
    pub(super) fn show(&self, scrub: Scrub) {
        let mut state = self.state();
        let over = scrub.is_over();
        state.scrub = scrub;
        drop(state);
        if over {
            self.scrubbed.notify_all();
        }
    }

    /// Waits until the scrub is over, or cannot be any more.
    pub(super) fn await_scrub(&self) -> Scrub {
        let under_way = |state: &mut State| {
            !state.scrub.is_over() && !state.closed && state.feed_stopped.is_none()
        };
        let waited = self.scrubbed.wait_while(self.state(), under_way);
        waited.expect("no code panics while it holds this lock").scrub.clone()
    }
}
