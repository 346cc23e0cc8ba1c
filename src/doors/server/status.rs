//! Which status a refusal or an error is answered with.

use crate::ground::log::{AppendError, Rejection};
use crate::house::SubmitError;
use crate::law::Refusal;
use axum::http::StatusCode;

/// The status of a refusal: 403 where somebody else may, 404 where it is not there, 410 where it is
/// over for good, 422 where it can never be, and 409 where what is recorded stands against it.
pub fn refused_with(refusal: &Refusal) -> StatusCode {
    match refusal.innermost() {
        Refusal::NotPermitted { .. }
        | Refusal::OperatorOnly
        | Refusal::NotYourself
        | Refusal::ActorSuspended
        | Refusal::RoleOutranksActor
        | Refusal::MemberOutranksActor
        | Refusal::InvitationNotYours
        | Refusal::InvitationTokenWrong => StatusCode::FORBIDDEN,

        Refusal::UnknownOrganization
        | Refusal::UnknownUser
        | Refusal::UnknownMember
        | Refusal::UnknownRole { .. }
        | Refusal::UnknownInvitation
        | Refusal::UnknownTeam => StatusCode::NOT_FOUND,

        Refusal::OrganizationDissolved
        | Refusal::InvitationExpired { .. }
        | Refusal::InvitationRevoked
        | Refusal::InvitationDeclined => StatusCode::GONE,

        Refusal::RoleSetDoesNotFit { .. }
        | Refusal::AddressNeeded
        | Refusal::RolesDoNotFit { .. }
        | Refusal::SuperAdminByTransferOnly
        | Refusal::CreatedMembersJoinAs { .. }
        | Refusal::ExpiryOutOfRange
        | Refusal::TooManyTeams
        | Refusal::TeamsTooDeep { .. }
        | Refusal::OccurredInFuture { .. } => StatusCode::UNPROCESSABLE_ENTITY,

        Refusal::OrganizationNotCertified
        | Refusal::NotAnEnterprise
        | Refusal::PersonalOrganization
        | Refusal::SlugTaken
        | Refusal::NoSeatLeft { .. }
        | Refusal::NothingChanges
        | Refusal::EmailTaken
        | Refusal::UsernameTaken
        | Refusal::AlreadyMember
        | Refusal::MemberSuspended
        | Refusal::MemberActive
        | Refusal::CannotSignIn
        | Refusal::LastSuperAdmin
        | Refusal::LastTopRole { .. }
        | Refusal::NothingToTransfer
        | Refusal::RoleNameTaken
        | Refusal::RoleInUse
        | Refusal::RoleBuiltIn
        | Refusal::AlreadyInvited
        | Refusal::InvitationAccepted
        | Refusal::TeamNameTaken
        | Refusal::TeamCycle
        | Refusal::AlreadyInTeam
        | Refusal::NotInTeam
        | Refusal::OccurredTooEarly { .. }
        | Refusal::SourceConflict { .. }
        | Refusal::SourceContradicts { .. }
        | Refusal::Line { .. } => StatusCode::CONFLICT,
    }
}

/// The status of a command that was not recorded, or not for certain.
pub(super) fn unrecorded_with(error: &SubmitError) -> StatusCode {
    match error {
        SubmitError::Refused(refusal) => refused_with(refusal),
        SubmitError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        SubmitError::Unplaceable(_) | SubmitError::Unshowable(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        SubmitError::ClockBehind { .. } | SubmitError::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        SubmitError::Append(error) | SubmitError::CutShort { because: error, .. } => {
            match error.as_ref() {
                AppendError::Rejected(Rejection::Full { .. }) => StatusCode::INSUFFICIENT_STORAGE,
                AppendError::Rejected(_)
                | AppendError::Conflict(_)
                | AppendError::Unfit(_)
                | AppendError::OutcomeUnknown { .. } => StatusCode::SERVICE_UNAVAILABLE,
            }
        }
    }
}
