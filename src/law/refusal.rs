//! Why the law says no: a closed list with stable codes.

use crate::facts::event::Scope;
use crate::facts::{OrganizationKind, Permission, RoleSet, Roles};
use crate::words::{Name, Timestamp};
use thiserror::Error;

macro_rules! refusals {
    ($(
        #[error($text:literal)]
        $variant:ident $({ $($(#[$field_meta:meta])* $field:ident: $type:ty),+ $(,)? })?
            => $code:literal
    ),+ $(,)?) => {
        /// The law says no. Nothing was changed.
        ///
        /// A code never changes its meaning; the list may grow.
        #[derive(Debug, Clone, Error, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Refusal {
            $(#[error($text)] $variant $({ $($(#[$field_meta])* $field: $type),+ })?,)+
        }

        impl Refusal {
            /// Every code there is.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// What each code says, in the order of [`Self::CODES`]; a name in braces stands for
            /// what differs from case to case.
            pub const TEXTS: &'static [&'static str] = &[$($text),+];

            /// The stable code.
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant $({ $($field: _),+ })? => $code,)+
                }
            }
        }
    };
}

refusals! {
    #[error("{permission} is needed for this, and the actor does not have it")]
    NotPermitted { permission: Permission } => "not_permitted",
    #[error("only an operator of the deployment can do this")]
    OperatorOnly => "operator_only",
    #[error("only the user concerned can do this")]
    NotYourself => "not_yourself",
    #[error("the actor is suspended in this organization")]
    ActorSuspended => "actor_suspended",
    #[error("only who holds the top role {role} can do this")]
    TopRoleOnly { role: &'static str } => "top_role_only",
    #[error("the organization asks its members for a second factor: switch one on in your account")]
    SecondFactorNeeded => "second_factor_needed",
    #[error("the session has ended: sign in again")]
    SessionEnded => "session_ended",
    #[error("a token cannot do this: sign in")]
    SessionNeeded => "session_needed",
    #[error("the token was revoked, or its time has passed")]
    TokenEnded => "token_ended",
    #[error("the token lacks the scope {scope}")]
    ScopeMissing { scope: Scope } => "scope_missing",
    #[error("this needs a reason: it stands in the organization's own history")]
    ReasonNeeded => "reason_needed",

    #[error("no organization has that identifier or slug")]
    UnknownOrganization => "unknown_organization",
    #[error("the organization was dissolved; its history can still be read")]
    OrganizationDissolved => "organization_dissolved",
    #[error("an operator must certify the organization before its members can be managed")]
    OrganizationNotCertified => "organization_not_certified",
    #[error("only enterprise organizations are certified")]
    NotAnEnterprise => "not_an_enterprise",
    #[error("a personal organization has one member and no member management")]
    PersonalOrganization => "personal_organization",
    #[error("an organization of kind {kind} cannot use the role set {role_set}")]
    RoleSetDoesNotFit { kind: OrganizationKind, role_set: RoleSet } => "role_set_does_not_fit",
    #[error("another organization has that slug")]
    SlugTaken => "slug_taken",
    #[error("all {seats} seats are taken by members and pending invitations")]
    NoSeatLeft { seats: u32 } => "no_seat_left",
    #[error("nothing would change")]
    NothingChanges => "nothing_changes",

    #[error("an e-mail address or a username is needed")]
    AddressNeeded => "address_needed",
    #[error("a user of this deployment has that e-mail address")]
    EmailTaken => "email_taken",
    #[error("a user of this deployment has that username")]
    UsernameTaken => "username_taken",
    #[error("no user has that identifier")]
    UnknownUser => "unknown_user",
    #[error("what was known of the person was erased here, and nothing more can be recorded of them")]
    PersonErased => "person_erased",
    #[error("the user is a member of the organization")]
    AlreadyMember => "already_member",
    #[error("no member of the organization has that identifier")]
    UnknownMember => "unknown_member",
    #[error("the member is suspended")]
    MemberSuspended => "member_suspended",
    #[error("the member is active")]
    MemberActive => "member_active",
    #[error("the user cannot sign in yet")]
    CannotSignIn => "cannot_sign_in",
    #[error("the e-mail address is not proven yet: open the link that was sent to it")]
    EmailUnverified => "email_unverified",
    #[error("the user has another e-mail address")]
    NotTheEmail => "not_the_email",
    #[error("the password or the second factor changed since: begin again")]
    CredentialsChanged => "credentials_changed",
    #[error("the account has a password: sign in with it")]
    PasswordPresent => "password_present",
    #[error("a second factor is on")]
    SecondFactorOn => "second_factor_on",
    #[error("no second factor is on")]
    SecondFactorOff => "second_factor_off",

    #[error("no token has that identifier")]
    UnknownToken => "unknown_token",
    #[error("a token of that name exists")]
    TokenNameTaken => "token_name_taken",
    #[error("at most {limit} tokens can be held at once: revoke one first")]
    TooManyTokens { limit: usize } => "too_many_tokens",
    #[error("a token is valid for at least a second and at most 365 days")]
    TokenExpiryOutOfRange => "token_expiry_out_of_range",
    #[error("a token needs a scope: read, write, or both")]
    ScopeNeeded => "scope_needed",
    #[error("the user is an auditor of the organization")]
    AlreadyAuditor => "already_auditor",
    #[error("the user is not an auditor of the organization")]
    NotAnAuditor => "not_an_auditor",
    #[error("an auditor's grant ends in the future, or when it is withdrawn")]
    GrantExpiryOutOfRange => "grant_expiry_out_of_range",
    #[error("no API key of the organization has that identifier")]
    UnknownApiKey => "unknown_api_key",
    #[error("an API key has that identifier")]
    ApiKeyTaken => "api_key_taken",
    #[error("a member owns at most {limit} API keys: revoke one first")]
    TooManyApiKeys { limit: usize } => "too_many_api_keys",

    #[error("the organization has no role {role:?}")]
    UnknownRole { role: String } => "unknown_role",
    #[error("{roles} cannot be held together in this role set")]
    RolesDoNotFit { roles: Roles } => "roles_do_not_fit",
    #[error("the role allows more than the actor may do")]
    RoleOutranksActor => "role_outranks_actor",
    #[error("the member may do more than the actor")]
    MemberOutranksActor => "member_outranks_actor",
    #[error("the super admin is made by transfer only")]
    SuperAdminByTransferOnly => "super_admin_by_transfer_only",
    #[error("the super admin cannot be removed, suspended or demoted and cannot leave: transfer the role first, or dissolve the organization")]
    LastSuperAdmin => "last_super_admin",
    #[error("somebody active must hold the role {role}: give it to somebody else first")]
    LastTopRole { role: &'static str } => "last_top_role",
    #[error("directly created members join as {role}")]
    CreatedMembersJoinAs { role: &'static str } => "created_members_join_as",
    #[error("this role set has no single super admin to transfer")]
    NothingToTransfer => "nothing_to_transfer",
    #[error("a role of that name exists")]
    RoleNameTaken => "role_name_taken",
    #[error("members or pending invitations hold the role")]
    RoleInUse => "role_in_use",
    #[error("the role belongs to the role set and cannot be changed")]
    RoleBuiltIn => "role_built_in",

    #[error("no invitation of the organization has that identifier")]
    UnknownInvitation => "unknown_invitation",
    #[error("an invitation is pending for that address")]
    AlreadyInvited => "already_invited",
    #[error("the invitation expired at {expired_at}")]
    InvitationExpired { expired_at: Timestamp } => "invitation_expired",
    #[error("the invitation was accepted")]
    InvitationAccepted => "invitation_accepted",
    #[error("the invitation was withdrawn")]
    InvitationRevoked => "invitation_revoked",
    #[error("the invitation was declined")]
    InvitationDeclined => "invitation_declined",
    #[error("the invitation is for another address than the user's")]
    InvitationNotYours => "invitation_not_yours",
    #[error("the link is not the one that was sent last")]
    InvitationTokenWrong => "invitation_token_wrong",
    #[error("an invitation is valid for at least a second and at most 365 days")]
    ExpiryOutOfRange => "expiry_out_of_range",
    #[error("an invitation names at most 32 teams")]
    TooManyTeams => "too_many_teams",

    #[error("no team of the organization has that identifier or name")]
    UnknownTeam => "unknown_team",
    #[error("a team of the organization has that name")]
    TeamNameTaken => "team_name_taken",
    #[error("a team cannot be part of itself")]
    TeamCycle => "team_cycle",
    #[error("teams nest at most {limit} deep")]
    TeamsTooDeep { limit: usize } => "teams_too_deep",
    #[error("the member is in the team")]
    AlreadyInTeam => "already_in_team",
    #[error("the member is not in the team")]
    NotInTeam => "not_in_team",

    #[error("it is said to have happened at {occurred}, which is still to come")]
    OccurredInFuture { occurred: Timestamp } => "occurred_in_future",
    #[error("it is said to have happened at {occurred}, but the organization's history already reaches to {last}")]
    OccurredTooEarly { occurred: Timestamp, last: Timestamp } => "occurred_too_early",
    #[error("line {seq} was imported before as part of commit {commit}")]
    SourceConflict { seq: u64, commit: Name } => "source_conflict",
    #[error("the line says {said} where the ledger has {found}")]
    SourceContradicts { said: String, found: String } => "source_contradicts",
    #[error("line {seq}: {because}")]
    Line { seq: u64, because: Box<Refusal> } => "line_refused",
}

impl Refusal {
    /// The refusal itself, without the line of an import that it stands in.
    pub fn innermost(&self) -> &Self {
        match self {
            Self::Line { because, .. } => because.innermost(),
            other => other,
        }
    }
}
