//! The stable codes that all doors answer with.

use crate::ground::log::{AppendError, Rejection};
use crate::house::SubmitError;

/// The stable code of what kept a batch from being appended: told apart where somebody can help.
pub(super) fn append_code(error: &AppendError) -> &'static str {
    match error {
        AppendError::Rejected(Rejection::Full { .. }) => "disk_full",
        AppendError::Rejected(Rejection::ReadOnly { .. }) => "read_only",
        AppendError::OutcomeUnknown { .. } => "outcome_unknown",
        AppendError::Rejected(
            Rejection::Io { .. }
            | Rejection::FeedStopped(_)
            | Rejection::JournalDamaged(_)
            | Rejection::Closed,
        )
        | AppendError::Conflict(_)
        | AppendError::Unfit(_) => "not_appended",
    }
}

/// The stable code of what kept a command from being recorded.
pub(super) fn submit_code(error: &SubmitError) -> &'static str {
    match error {
        SubmitError::Append(error) => append_code(error),
        SubmitError::Refused(_)
        | SubmitError::ClockBehind { .. }
        | SubmitError::TooLarge { .. }
        | SubmitError::Unplaceable(_)
        | SubmitError::CutShort { .. }
        | SubmitError::Unshowable(_)
        | SubmitError::ConditionFailed
        | SubmitError::Repeated
        | SubmitError::KeyReused
        | SubmitError::TooManyKeys
        | SubmitError::KeyUnkept(_)
        | SubmitError::Unerased(_)
        | SubmitError::Stopped => error.code(),
    }
}
