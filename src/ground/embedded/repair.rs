//! What opening found and put right.

use std::fmt;
use std::path::PathBuf;

/// One thing that was not as it should be, and what was done about it. Printed, each is a sentence
/// for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// A write was interrupted before it was acknowledged.
    TailCut {
        /// The batch that was being written.
        slot: u64,
        /// What was left of it.
        bytes: u64,
    },
    /// Journal segments were damaged or missing, and were written again.
    JournalMended {
        /// The batches that were taken from sled, because the journal had lost them.
        restored: Vec<u64>,
        /// The damaged files, under the names they are kept by.
        set_aside: Vec<PathBuf>,
    },
    /// The journal ended before batches that sled holds; they were written to it again.
    JournalContinued {
        /// The first of them.
        slot: u64,
        /// How many.
        batches: u64,
    },
    /// sled lacked the newest batches, as it does after an unclean stop; it was fed.
    SledFed {
        /// How many.
        batches: u64,
    },
    /// sled was missing or was not what the journal says; it was built again from the journal.
    SledRebuilt {
        /// What was wrong with it.
        why: String,
        /// Where the old one is kept, if there was one.
        set_aside: Option<PathBuf>,
    },
}

impl Repair {
    /// Whether stored bytes were damaged, rather than a stop cutting work short.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::TailCut { .. } | Self::SledFed { .. } => false,
            Self::JournalMended { .. }
            | Self::JournalContinued { .. }
            | Self::SledRebuilt { .. } => true,
        }
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TailCut { slot, bytes } => write!(
                f,
                "an interrupted write was cut off the journal: {bytes} bytes of batch {slot}, \
                 which was never acknowledged"
            ),
            Self::JournalMended { restored, set_aside } => {
                f.write_str("the journal was damaged and is whole again; ")?;
                match restored.as_slice() {
                    [] => f.write_str("every batch was still in it")?,
                    [slot] => write!(f, "batch {slot} was restored from sled")?,
                    [first, .., last] => write!(
                        f,
                        "{} batches between {first} and {last} were restored from sled",
                        restored.len()
                    )?,
                }
                set_aside.iter().try_for_each(|path| write!(f, "; kept {}", path.display()))
            }
            Self::JournalContinued { slot, batches } => write!(
                f,
                "the journal had lost its end; {batches} batches from {slot} on were restored \
                 from sled"
            ),
            Self::SledFed { batches } => {
                write!(f, "sled was {batches} batches behind the journal and was fed")
            }
            Self::SledRebuilt { why, set_aside } => {
                write!(f, "sled was built again from the journal: {why}")?;
                set_aside.iter().try_for_each(|path| write!(f, "; kept {}", path.display()))
            }
        }
    }
}
