//! A command on its way to the writer, with what has to hold where the order is fixed.

use crate::ground::idempotency::IdempotencyKey;
use crate::law::{Command, Refusal};
use crate::projections::{Moment, OrganizationView};
use crate::words::OrganizationId;

/// A command that is handed in.
pub struct Submission {
    /// The command.
    pub command: Command,
    /// What has to hold besides the law.
    pub condition: Option<Condition>,
    /// What makes it the same as one that was handed in before.
    pub once: Option<Once>,
}

/// What has to hold of an organization, or the command is not decided.
pub struct Condition {
    /// The organization.
    pub org: OrganizationId,
    /// What has to hold of it.
    pub holds: Holds,
}

/// Asked once, of an organization as it stands where a command has its turn. It takes microseconds,
/// because everybody waits for it.
pub type Holds = Box<dyn FnOnce(&OrganizationView, Moment) -> bool + Send>;

/// What lets a command be answered again instead of being recorded twice.
pub struct Once {
    /// Under which key.
    pub key: IdempotencyKey,
    /// What the door needs to answer it again.
    pub detail: Box<[u8]>,
    /// A refusal in the door's words, at most
    /// [`DETAIL_LIMIT_BYTES`](crate::ground::idempotency::DETAIL_LIMIT_BYTES).
    pub refused: fn(&Refusal) -> Box<[u8]>,
}

impl From<Command> for Submission {
    fn from(command: Command) -> Self {
        Self { command, condition: None, once: None }
    }
}
