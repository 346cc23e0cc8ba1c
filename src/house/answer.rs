//! What a command is answered.

use super::erasing::EraseError;
use super::place::PlaceError;
use crate::facts::{Entry, Event};
use crate::ground::log::{AppendError, BATCH_LIMIT_BYTES};
use crate::law::Refusal;
use crate::projections::ApplyError;
use crate::proof::Chains;
use crate::words::{CommandId, Timestamp};
use std::sync::Arc;
use thiserror::Error;

/// What a command led to, durably.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The command.
    pub cmd: CommandId,
    /// Its entries, with their values open. None where everything was recorded already.
    pub entries: Vec<Arc<Entry>>,
    /// How many entries the ledger has behind it: a reader who asks for at least this many sees it.
    pub size: u64,
    /// Every chain behind it; none where an answer is told again.
    pub chains: Option<Arc<Chains>>,
}

impl Receipt {
    /// Whether keys were to be destroyed for it.
    pub(super) fn erases(&self) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| matches!(entry.fact.event, Event::PersonalDataErased(_)))
    }
}

/// Why a command was not recorded, or why nobody knows.
#[derive(Debug, Clone, Error)]
pub enum SubmitError {
    /// The law says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The clock was set back.
    #[error(
        "the clock says {now}, the last entry was recorded at {last}: set the clock, nothing was recorded"
    )]
    ClockBehind {
        /// What the clock says.
        now: Timestamp,
        /// When the last entry was recorded.
        last: Timestamp,
    },
    /// A part of the command that must be committed at once is larger than a batch.
    #[error(
        "the command is too large: {bytes} bytes would have to be recorded at once, at most {BATCH_LIMIT_BYTES} can be"
    )]
    TooLarge {
        /// How large.
        bytes: usize,
    },
    /// The facts cannot be written down.
    #[error("{0}")]
    Unplaceable(Arc<PlaceError>),
    /// The log did not take it. [`AppendError`] says whether that is certain.
    #[error("{0}; no commands are taken until the ledger is opened again")]
    Append(Arc<AppendError>),
    /// The log took the first batches of a command that needs several, and then no more. What is
    /// recorded stays and keeps every rule; an import continues behind it.
    #[error(
        "only the first {recorded} of {entries} entries are recorded: {}; no commands are taken until \
         the ledger is opened again, give this one again then",
        cause(because)
    )]
    CutShort {
        /// How many entries are there.
        recorded: u64,
        /// How many the command has.
        entries: u64,
        /// Why the next batch was not taken.
        because: Arc<AppendError>,
    },
    /// It is recorded, but cannot be shown: law and projections disagree, which is a fault of
    /// Rollbook.
    #[error("recorded, but it cannot be shown: {0}; restart the ledger and report this")]
    Unshowable(ApplyError),
    /// An erasure is recorded, and its keys are not known to be destroyed.
    #[error(
        "the erasure is recorded and nobody is shown the values any more, but it is not finished: {0}; \
         no commands are taken until the ledger is opened again, and opening finishes it"
    )]
    Unerased(Arc<EraseError>),
    /// What had to hold besides the law does not: somebody else was first.
    #[error("it is not as it was when you looked: look again, then decide")]
    ConditionFailed,
    /// The same request was answered before, or is of the same group: that answer is its answer.
    #[error("this request was answered already")]
    Repeated,
    /// The key was used for something else.
    #[error("this idempotency key came with another request before: take a new one")]
    KeyReused,
    /// No more keys are kept.
    #[error("as many idempotency keys are kept as may be: send it without one, or in some hours")]
    TooManyKeys,
    /// What becomes of a request with a key could not be written, so nothing was recorded.
    #[error(
        "idempotency keys cannot be kept: {0}; no commands are taken until the ledger is opened again"
    )]
    KeyUnkept(Arc<std::io::Error>),
    /// An earlier append failed; nothing is recorded until the ledger is opened again.
    #[error("the ledger takes no commands: it was closed, or an append failed; open it again")]
    Stopped,
}

impl SubmitError {
    /// The stable code of the refusal or error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.innermost().code(),
            Self::ClockBehind { .. } => "clock_behind",
            Self::TooLarge { .. } => "command_too_large",
            Self::Unplaceable(_) => "unplaceable",
            Self::Append(error) => match error.as_ref() {
                AppendError::OutcomeUnknown { .. } => "outcome_unknown",
                AppendError::Conflict(_) | AppendError::Unfit(_) | AppendError::Rejected(_) => {
                    "not_appended"
                }
            },
            Self::CutShort { .. } => "cut_short",
            Self::Unshowable(_) => "unshowable",
            Self::Unerased(_) => "erasure_unfinished",
            Self::ConditionFailed => "precondition_failed",
            Self::Repeated => "repeated",
            Self::KeyReused => "idempotency_key_reused",
            Self::TooManyKeys => "too_many_idempotency_keys",
            Self::KeyUnkept(_) => "idempotency_key_unkept",
            Self::Stopped => "stopped",
        }
    }
}

/// Why a batch was not taken, where it would be wrong that nothing was.
fn cause(error: &AppendError) -> String {
    match error {
        AppendError::Rejected(rejection) => rejection.to_string(),
        AppendError::Conflict(_) | AppendError::Unfit(_) | AppendError::OutcomeUnknown { .. } => {
            error.to_string()
        }
    }
}

/// What a command is answered.
pub type Answer = Result<Receipt, SubmitError>;

/// Where an answer goes. It is called on the writer's thread and must return at once; dropped
/// without a call it says that the writer has stopped.
pub(super) type Reply = Box<dyn FnOnce(Answer) + Send>;
