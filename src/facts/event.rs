//! Events: everything that can happen to membership. One enum, one codec.
//!
//! A struct's fields stand in the order of their names, because that is the order in which
//! canonical JSON has them; what is written is checked against [`crate::words::canonical`] all the
//! same. Every type is described, with an example, in `events/`.

pub mod access;
pub mod account;
mod body;
pub mod erasure;
pub mod invitation;
mod lists;
pub mod membership;
pub mod organization;
mod profile;
pub mod publication;
pub mod role;
pub mod team;
pub mod usage;

use crate::facts::Sealed;
use crate::words::{OrganizationId, SubjectId};
pub use access::{
    AccessTakenOver, AuditorGranted, AuditorWithdrawn, EndCause, Scope, TokenIssued, TokenRevoked,
};
pub use account::{
    EmailReleased, EmailVerified, PasswordCause, PasswordSet, SecondFactorChanged,
    SecondFactorStep, SessionsEnded, UserCreated, UserUpdated,
};
use body::Body;
pub use erasure::PersonalDataErased;
pub use invitation::{
    InvitationAccepted, InvitationDeclined, InvitationExpired, InvitationResent, InvitationRevoked,
    InvitationSent, RevocationCause,
};
pub use membership::{
    Admission, MemberCreated, MemberReactivated, MemberRemoved, MemberSuspended, MemberUpdated,
    RemovalCause, RoleChanged, SuperAdminTransferred,
};
pub use organization::{
    Change, OrganizationCertified, OrganizationCreated, OrganizationDissolved, OrganizationUpdated,
};
pub use profile::Profile;
pub use publication::{
    CheckpointKeyRotated, ExportCreated, LedgerRestored, OrganizationHeadsCommitted, PersonalField,
};
pub use role::{PermissionSet, RoleDefined, RoleRedefined, RoleRetired};
use serde::{Serialize, Serializer};
pub use team::{
    TeamCreated, TeamMemberAdded, TeamMemberRemoved, TeamRemoved, TeamRoleChanged, TeamUpdated,
};
use thiserror::Error;
pub use usage::{
    ApiKeyIssued, ApiKeyRevoked, Budget, BudgetMode, BudgetPeriod, Limits, LimitsChanged,
    RateLimit, RateWindow, Thousandths,
};

/// Why `data` is not an event.
#[derive(Debug, Error)]
pub enum EventError {
    /// No event type has that name.
    #[error("unknown event type {0:?}; the catalogue in events/ lists the known ones")]
    UnknownType(String),
    /// The type exists, that version of it does not.
    #[error("event type {name} has no version {version}")]
    UnknownVersion {
        /// The type.
        name: &'static str,
        /// The version that was named.
        version: u32,
    },
    /// The fields do not fit the type.
    #[error("data of {name} version {version}: {error}")]
    Data {
        /// The type.
        name: &'static str,
        /// Its version.
        version: u32,
        /// What does not fit.
        error: serde_json::Error,
    },
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $version:literal),+ $(,)?) => {
        /// A fact, past tense: the `type`, `tv` and `data` of an entry.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs)]
        pub enum Event {
            $($(#[$doc])* $name($name),)+
        }

        impl Event {
            /// Every type with the version that is written.
            pub const CATALOGUE: &'static [(&'static str, u32)] =
                &[$((stringify!($name), $version)),+];

            /// The name of the type.
            pub const fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)+
                }
            }

            /// The version of the type.
            pub const fn version(&self) -> u32 {
                match self {
                    $(Self::$name(_) => $version,)+
                }
            }

            /// Reads `data` as an event of that type and version; unknown fields are refused.
            pub fn parse(name: &str, version: u32, data: &str) -> Result<Self, EventError> {
                match (name, version) {
                    $((stringify!($name), $version) => serde_json::from_str(data)
                        .map(Self::$name)
                        .map_err(|error| {
                            EventError::Data { name: stringify!($name), version, error }
                        }),)+
                    _ => Err(match Self::CATALOGUE.iter().find(|(known, _)| *known == name) {
                        Some((name, _)) => EventError::UnknownVersion { name, version },
                        None => EventError::UnknownType(name.chars().take(64).collect()),
                    }),
                }
            }

            fn body(&self) -> &dyn Body {
                match self {
                    $(Self::$name(body) => body,)+
                }
            }

            fn body_mut(&mut self) -> &mut dyn Body {
                match self {
                    $(Self::$name(body) => body,)+
                }
            }
        }

        impl Serialize for Event {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$name(body) => body.serialize(serializer),)+
                }
            }
        }

        $(impl From<$name> for Event {
            fn from(body: $name) -> Self {
                Self::$name(body)
            }
        })+
    };
}

events! {
    OrganizationCreated 1,
    OrganizationUpdated 1,
    OrganizationCertified 1,
    OrganizationDissolved 1,
    MemberCreated 1,
    InvitationSent 1,
    InvitationResent 1,
    InvitationRevoked 1,
    InvitationDeclined 1,
    InvitationExpired 1,
    InvitationAccepted 1,
    RoleChanged 1,
    MemberSuspended 1,
    MemberReactivated 1,
    MemberRemoved 1,
    SuperAdminTransferred 1,
    RoleDefined 1,
    RoleRedefined 1,
    RoleRetired 1,
    TeamCreated 1,
    TeamUpdated 1,
    TeamRemoved 1,
    TeamMemberAdded 1,
    TeamMemberRemoved 1,
    TeamRoleChanged 1,
    MemberUpdated 1,
    TokenIssued 1,
    TokenRevoked 1,
    AuditorGranted 1,
    AuditorWithdrawn 1,
    AccessTakenOver 1,
    ApiKeyIssued 1,
    ApiKeyRevoked 1,
    LimitsChanged 1,
    ExportCreated 1,
    UserCreated 1,
    UserUpdated 1,
    EmailVerified 1,
    EmailReleased 1,
    PasswordSet 1,
    SecondFactorChanged 1,
    SessionsEnded 1,
    OrganizationHeadsCommitted 1,
    CheckpointKeyRotated 1,
    LedgerRestored 1,
    PersonalDataErased 1,
}

impl Event {
    /// About whom it is: sorted, each once. `org` is the organization it happened in.
    pub fn subjects(&self, org: OrganizationId) -> Vec<SubjectId> {
        let mut subjects = self.body().subjects(org);
        subjects.sort_unstable();
        subjects.dedup();
        subjects
    }

    /// The values it only commits to, each with the JSON pointer of its place in `data`, sorted by
    /// pointer.
    pub fn sealed(&self) -> Vec<(&'static str, &Sealed)> {
        self.body().sealed()
    }

    /// The same, to commit to them or to open them.
    pub fn sealed_mut(&mut self) -> Vec<(&'static str, &mut Sealed)> {
        self.body_mut().sealed_mut()
    }

    /// Why it was done, where somebody said so.
    pub fn reason(&self) -> Option<&Sealed> {
        self.sealed().into_iter().find(|(field, _)| *field == "/reason").map(|(_, sealed)| sealed)
    }
}
