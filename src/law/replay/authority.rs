//! Who may cause which event, as data: the replay decides by it, and `events/authority.v1.json` is
//! the same for whoever replays the law in another language.

use crate::facts::Event;
use crate::facts::Permission::{self, *};

/// One way in which an event may come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// By whose authority.
    pub by: By,
    /// The field of `data`, and the values of it, for which this way is one. None: for all.
    pub when: Option<(&'static str, &'static [&'static str])>,
    /// The organization's members can be managed: it is not personal, and certified if it is an
    /// enterprise.
    pub managed: bool,
    /// One of these must come later in the same command. What leads to something is a part of it.
    pub leads_to: &'static [&'static str],
}

/// By whose authority an event comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A line of another system's history says so: the entry has `source`.
    Import,
    /// One of these came before in the same command.
    Follows(&'static [&'static str]),
    /// A user or token with one of these permissions, or an operator.
    Permission(&'static [Permission]),
    /// An active holder of the top role, or an operator.
    TopRole,
    /// A maintainer of the team.
    Maintainer,
    /// The user whom `data` names; an operator too, where that is said.
    Themselves {
        /// Whether an operator may do it for them.
        operator: bool,
    },
    /// Any user, or an operator.
    Person,
    /// Any user or token: it is a part of what it leads to.
    Anybody,
    /// An operator.
    Operator,
    /// `system:expiry`, or an operator.
    Expiry,
    /// A user whose grant as an auditor holds.
    Auditor,
    /// Something that happened to an account, in the deployment's own chain.
    Account,
}

impl By {
    /// The name under which it stands in the data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Follows(_) => "follows",
            Self::Permission(_) => "permission",
            Self::TopRole => "top_role",
            Self::Maintainer => "maintainer",
            Self::Themselves { operator: false } => "themselves",
            Self::Themselves { operator: true } => "themselves_or_operator",
            Self::Person => "person",
            Self::Anybody => "anybody",
            Self::Operator => "operator",
            Self::Expiry => "expiry",
            Self::Auditor => "auditor",
            Self::Account => "account",
        }
    }
}

/// What a token never allows: what only people do.
pub const PEOPLE_ONLY: [Permission; 3] = [OrganizationDissolve, OrganizationTransfer, TokenWrite];

const fn way(by: By) -> Way {
    Way { by, when: None, managed: false, leads_to: &[] }
}

const fn managed(by: By) -> Way {
    Way { managed: true, ..way(by) }
}

const fn may(permission: &'static [Permission]) -> Way {
    managed(By::Permission(permission))
}

impl Way {
    const fn because(self, causes: &'static [&'static str]) -> Self {
        Self { when: Some(("cause", causes)), ..self }
    }

    const fn via(self, via: &'static [&'static str]) -> Self {
        Self { when: Some(("via", via)), ..self }
    }

    const fn to(self, leads_to: &'static [&'static str]) -> Self {
        Self { leads_to, ..self }
    }

    /// Whether it is what a command is for, and no part of something else.
    pub(super) fn is_act(&self) -> bool {
        let acts = match self.by {
            By::Permission(_)
            | By::TopRole
            | By::Maintainer
            | By::Themselves { .. }
            | By::Person
            | By::Operator
            | By::Auditor => true,
            By::Import | By::Follows(_) | By::Anybody | By::Expiry | By::Account => false,
        };
        acts && self.leads_to.is_empty()
    }

    /// Whether it is one for an event of which the named field says this.
    pub(super) fn is_for(&self, said: Option<&str>) -> bool {
        self.when.is_none_or(|(_, values)| said.is_some_and(|said| values.contains(&said)))
    }
}

const ENDING: &[&str] = &["MemberRemoved", "MemberSuspended"];
const TAKEOVER: Way = way(By::Follows(&["AccessTakenOver"]));
const ENDED_WITH_MEMBER: Way = way(By::Follows(ENDING)).because(&["member_ended"]);
const DISSOLVE: By = By::Permission(&[OrganizationDissolve]);
const PART_OF_END: Way =
    way(DISSOLVE).because(&["organization_dissolved"]).to(&["OrganizationDissolved"]);

const PART_OF_ERASURE: Way = way(By::TopRole).because(&["erased"]).to(&["PersonalDataErased"]);

const BEGINNING: &[Way] = &[way(By::Import), way(By::Person).to(&["MemberCreated"])];
const SETTINGS: &[Way] = &[way(By::Permission(&[OrganizationWrite]))];
const CERTIFYING: &[Way] = &[way(By::Import), way(By::Operator)];
const JOINING: &[Way] = &[
    managed(By::Import),
    way(By::Follows(&["OrganizationCreated", "AccessTakenOver"])),
    may(&[MemberCreate]).via(&["created"]),
    may(&[MemberAdd]).via(&["added"]),
];
const LEAVING: &[Way] = &[
    managed(By::Import).because(&["removed", "left", "deprovisioned"]),
    may(&[MemberRemove]).because(&["removed", "deprovisioned"]),
    way(By::Themselves { operator: false }).because(&["left"]),
    PART_OF_END,
    PART_OF_ERASURE,
];
const INVITING: &[Way] = &[may(&[MemberInvite])];
const REVOKING: &[Way] = &[
    may(&[MemberInvite]).because(&["revoked"]),
    may(&[MemberInvite]).because(&["superseded"]).to(&["InvitationSent"]),
    way(By::Follows(&["MemberCreated"])).because(&["joined"]),
    way(By::Follows(ENDING)).because(&["inviter_ended"]),
    PART_OF_END,
    PART_OF_ERASURE,
];
const EXPIRING: &[Way] = &[
    way(By::Follows(&["MemberCreated", "MemberRemoved", "MemberSuspended"])),
    way(By::Expiry),
    way(By::Anybody).to(&[
        "InvitationSent",
        "InvitationResent",
        "OrganizationDissolved",
        "PersonalDataErased",
    ]),
];
const DECLINING: &[Way] = &[way(By::Person)];
const ACCEPTING: &[Way] = &[managed(By::Themselves { operator: true })];
const CHANGING_ROLES: &[Way] = &[managed(By::Import), TAKEOVER, may(&[MemberRole])];
const SUSPENDING: &[Way] = &[may(&[MemberSuspend])];
const TRANSFERRING: &[Way] = &[TAKEOVER, may(&[OrganizationTransfer])];
const TELLING: &[Way] = &[way(By::Account)];
const DEFINING: &[Way] = &[may(&[RoleWrite])];
const BEGINNING_TEAMS: &[Way] = &[way(By::Import), may(&[TeamWrite])];
const CHANGING_TEAMS: &[Way] = &[may(&[TeamWrite])];
const ENDING_TEAMS: &[Way] = &[managed(By::Import), may(&[TeamWrite])];
const STAFFING: &[Way] = &[managed(By::Import), may(&[TeamWrite]), managed(By::Maintainer)];
const LETTING_IN: &[Way] = &[way(By::TopRole)];
const REVOKING_TOKENS: &[Way] =
    &[way(By::TopRole).because(&["revoked"]), ENDED_WITH_MEMBER, PART_OF_END];
const TAKING_OVER: &[Way] = &[way(By::Operator)];
const KEYS: &[Permission] = &[ApiKeyWrite, CredentialWrite, MemberRole];
const ISSUING_KEYS: &[Way] = &[may(KEYS)];
const REVOKING_KEYS: &[Way] = &[may(KEYS).because(&["revoked"]), ENDED_WITH_MEMBER, PART_OF_END];
const EXPORTING: &[Way] = &[way(By::Permission(&[LogRead])), way(By::Auditor)];
const ERASING: &[Way] =
    &[way(By::Follows(&["MemberRemoved", "PersonalDataErased"])), way(By::TopRole)];
const BOUNDING: &[Way] = &[may(&[MemberRole])];

/// The ways in which an event may come about; none for events of the deployment's own chain.
pub const fn ways(event: &Event) -> &'static [Way] {
    match event {
        Event::OrganizationCreated(_) => BEGINNING,
        Event::OrganizationUpdated(_) => SETTINGS,
        Event::OrganizationCertified(_) => CERTIFYING,
        Event::OrganizationDissolved(_) => const { &[way(DISSOLVE)] },
        Event::MemberCreated(_) => JOINING,
        Event::MemberRemoved(_) => LEAVING,
        Event::InvitationSent(_) | Event::InvitationResent(_) => INVITING,
        Event::InvitationRevoked(_) => REVOKING,
        Event::InvitationExpired(_) => EXPIRING,
        Event::InvitationDeclined(_) => DECLINING,
        Event::InvitationAccepted(_) => ACCEPTING,
        Event::RoleChanged(_) => CHANGING_ROLES,
        Event::MemberSuspended(_) | Event::MemberReactivated(_) => SUSPENDING,
        Event::SuperAdminTransferred(_) => TRANSFERRING,
        Event::MemberUpdated(_) => TELLING,
        Event::RoleDefined(_) | Event::RoleRedefined(_) | Event::RoleRetired(_) => DEFINING,
        Event::TeamCreated(_) => BEGINNING_TEAMS,
        Event::TeamUpdated(_) => CHANGING_TEAMS,
        Event::TeamRemoved(_) => ENDING_TEAMS,
        Event::TeamMemberAdded(_) | Event::TeamMemberRemoved(_) | Event::TeamRoleChanged(_) => {
            STAFFING
        }
        Event::TokenIssued(_) | Event::AuditorGranted(_) | Event::AuditorWithdrawn(_) => LETTING_IN,
        Event::TokenRevoked(_) => REVOKING_TOKENS,
        Event::AccessTakenOver(_) => TAKING_OVER,
        Event::ApiKeyIssued(_) => ISSUING_KEYS,
        Event::ApiKeyRevoked(_) => REVOKING_KEYS,
        Event::LimitsChanged(_) => BOUNDING,
        Event::ExportCreated(_) => EXPORTING,
        Event::PersonalDataErased(_) => ERASING,
        Event::UserCreated(_)
        | Event::UserUpdated(_)
        | Event::EmailVerified(_)
        | Event::EmailReleased(_)
        | Event::PasswordSet(_)
        | Event::SecondFactorChanged(_)
        | Event::SessionsEnded(_)
        | Event::OrganizationHeadsCommitted(_)
        | Event::CheckpointKeyRotated(_)
        | Event::LedgerRestored(_) => &[],
    }
}

/// What `data` says in the field that ways are told apart by, where it has one.
pub(super) const fn said(event: &Event) -> Option<&'static str> {
    match event {
        Event::MemberCreated(event) => Some(event.via.name()),
        Event::MemberRemoved(event) => Some(event.cause.name()),
        Event::InvitationRevoked(event) => Some(event.cause.name()),
        Event::TokenRevoked(event) => Some(event.cause.name()),
        Event::ApiKeyRevoked(event) => Some(event.cause.name()),
        Event::OrganizationCreated(_)
        | Event::OrganizationUpdated(_)
        | Event::OrganizationCertified(_)
        | Event::OrganizationDissolved(_)
        | Event::InvitationSent(_)
        | Event::InvitationResent(_)
        | Event::InvitationDeclined(_)
        | Event::InvitationExpired(_)
        | Event::InvitationAccepted(_)
        | Event::RoleChanged(_)
        | Event::MemberSuspended(_)
        | Event::MemberReactivated(_)
        | Event::SuperAdminTransferred(_)
        | Event::RoleDefined(_)
        | Event::RoleRedefined(_)
        | Event::RoleRetired(_)
        | Event::TeamCreated(_)
        | Event::TeamUpdated(_)
        | Event::TeamRemoved(_)
        | Event::TeamMemberAdded(_)
        | Event::TeamMemberRemoved(_)
        | Event::TeamRoleChanged(_)
        | Event::MemberUpdated(_)
        | Event::TokenIssued(_)
        | Event::AuditorGranted(_)
        | Event::AuditorWithdrawn(_)
        | Event::AccessTakenOver(_)
        | Event::ApiKeyIssued(_)
        | Event::LimitsChanged(_)
        | Event::UserCreated(_)
        | Event::UserUpdated(_)
        | Event::EmailVerified(_)
        | Event::EmailReleased(_)
        | Event::PasswordSet(_)
        | Event::SecondFactorChanged(_)
        | Event::ExportCreated(_)
        | Event::SessionsEnded(_)
        | Event::OrganizationHeadsCommitted(_)
        | Event::CheckpointKeyRotated(_)
        | Event::LedgerRestored(_)
        | Event::PersonalDataErased(_) => None,
    }
}
