//! Which status a refusal or an error is answered with.

use crate::doors::codes::submit_code;
use crate::doors::wire::Problem;
use crate::ground::log::{AppendError, LogError, Rejection};
use crate::house::SubmitError;
use crate::house::unseal::UnsealError;
use crate::law::Refusal;
use crate::projections::AsOfError;

/// The status of a refusal: 403 where somebody else may, 404 where it is not there, 410 where it is
/// over for good, 422 where it can never be, and 409 where what is recorded stands against it.
#[rustfmt::skip]
pub fn refused_with(refusal: &Refusal) -> u16 {
    match refusal.innermost() {
        Refusal::SessionEnded | Refusal::TokenEnded => 401,

        Refusal::NotPermitted { .. } | Refusal::OperatorOnly | Refusal::NotYourself
        | Refusal::ActorSuspended | Refusal::RoleOutranksActor | Refusal::MemberOutranksActor
        | Refusal::InvitationNotYours | Refusal::InvitationTokenWrong
        | Refusal::TopRoleOnly { .. } | Refusal::SecondFactorNeeded
        | Refusal::ScopeMissing { .. } | Refusal::EmailUnverified | Refusal::SessionNeeded => 403,

        Refusal::UnknownOrganization | Refusal::UnknownUser | Refusal::UnknownMember
        | Refusal::UnknownRole { .. } | Refusal::UnknownInvitation | Refusal::UnknownTeam
        | Refusal::UnknownToken | Refusal::NotAnAuditor | Refusal::UnknownApiKey => 404,

        Refusal::OrganizationDissolved | Refusal::InvitationExpired { .. }
        | Refusal::InvitationRevoked | Refusal::InvitationDeclined | Refusal::PersonErased => 410,

        Refusal::RoleSetDoesNotFit { .. } | Refusal::AddressNeeded
        | Refusal::RolesDoNotFit { .. } | Refusal::SuperAdminByTransferOnly
        | Refusal::CreatedMembersJoinAs { .. } | Refusal::ExpiryOutOfRange
        | Refusal::TooManyTeams | Refusal::TeamsTooDeep { .. } | Refusal::ReasonNeeded
        | Refusal::TokenExpiryOutOfRange | Refusal::ScopeNeeded | Refusal::GrantExpiryOutOfRange
        | Refusal::OccurredInFuture { .. } => 422,

        Refusal::OrganizationNotCertified | Refusal::NotAnEnterprise
        | Refusal::PersonalOrganization | Refusal::SlugTaken | Refusal::NoSeatLeft { .. }
        | Refusal::NothingChanges | Refusal::EmailTaken | Refusal::UsernameTaken
        | Refusal::AlreadyMember | Refusal::MemberSuspended | Refusal::MemberActive
        | Refusal::CannotSignIn | Refusal::LastSuperAdmin | Refusal::LastTopRole { .. }
        | Refusal::NothingToTransfer | Refusal::RoleNameTaken | Refusal::RoleInUse
        | Refusal::RoleBuiltIn | Refusal::AlreadyInvited | Refusal::InvitationAccepted
        | Refusal::TeamNameTaken | Refusal::TeamCycle | Refusal::AlreadyInTeam
        | Refusal::NotInTeam | Refusal::NotTheEmail | Refusal::CredentialsChanged
        | Refusal::PasswordPresent | Refusal::SecondFactorOn | Refusal::SecondFactorOff
        | Refusal::TokenNameTaken | Refusal::TooManyTokens { .. } | Refusal::AlreadyAuditor
        | Refusal::ApiKeyTaken | Refusal::TooManyApiKeys { .. }
        | Refusal::OccurredTooEarly { .. } | Refusal::SourceConflict { .. }
        | Refusal::SourceContradicts { .. } | Refusal::Line { .. } => 409,
    }
}

/// The status of a command that was not recorded, or not for certain.
fn unrecorded_with(error: &SubmitError) -> u16 {
    match error {
        SubmitError::Refused(refusal) => refused_with(refusal),
        SubmitError::TooLarge { .. } => 413,
        SubmitError::Unplaceable(_) | SubmitError::Unshowable(_) => 500,
        SubmitError::ConditionFailed => 412,
        SubmitError::Repeated => 409,
        SubmitError::KeyReused => 422,
        SubmitError::TooManyKeys => 429,
        SubmitError::KeyUnkept(_) => 507,
        SubmitError::ClockBehind { .. } | SubmitError::Stopped | SubmitError::Unerased(_) => 503,
        SubmitError::Append(error) | SubmitError::CutShort { because: error, .. } => {
            match error.as_ref() {
                AppendError::Rejected(Rejection::Full { .. }) => 507,
                AppendError::Rejected(_)
                | AppendError::Conflict(_)
                | AppendError::Unfit(_)
                | AppendError::OutcomeUnknown { .. } => 503,
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(refused_with(&refusal), refusal.innermost().code(), refusal)
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        Self::new(unrecorded_with(&error), submit_code(&error), error)
    }
}

impl From<AsOfError> for Problem {
    fn from(error: AsOfError) -> Self {
        match &error {
            AsOfError::Form { .. } | AsOfError::Time(_) => Self::wrong("wrong_moment", error),
            AsOfError::BeforeBeginning { .. } => Self::missing("before_beginning", error),
            AsOfError::Beyond { .. } => Self::missing("beyond_end", error),
        }
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        Self::fault("unreadable", error)
    }
}

impl From<UnsealError> for Problem {
    fn from(error: UnsealError) -> Self {
        Self::fault("damaged", error)
    }
}
