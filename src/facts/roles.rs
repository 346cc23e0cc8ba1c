//! Roles as they are recorded: sets of names, and the kinds of organization that use them.

use crate::words::RoleName;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use thiserror::Error;

macro_rules! named {
    ($($(#[$doc:meta])* $type:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $name:literal),+ $(,)?
    })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $type {
            $($(#[$variant_doc])* #[serde(rename = $name)] $variant,)+
        }

        impl $type {
            /// All of them, in the order in which they are defined.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name under which it is recorded.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The one with that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    )+};
}
pub(crate) use named;

named! {
    /// What an organization is to the deployment.
    OrganizationKind {
        /// Members are managed from the start.
        Standard = "standard",
        /// Members are managed once the operator has certified it.
        Enterprise = "enterprise",
        /// One person's own; there are no members to manage.
        Personal = "personal",
    }

    /// The roles an organization uses, with the rule for its top role.
    RoleSet {
        /// super_admin, finance_admin, dev_admin, member; exactly one super_admin.
        Enterprise = "enterprise",
        /// owner, admin, member; several at once.
        Standard = "standard",
        /// admin, developer, billing-admin, viewer, and beside it a role in the clusters.
        Avisi = "avisi",
        /// Roles by area, several at once.
        Cloudflare = "cloudflare",
        /// admin, member.
        Basic = "basic",
    }

    /// What somebody is in a team.
    TeamRole {
        /// May change the team's membership.
        Maintainer = "maintainer",
        /// Belongs to the team.
        Member = "member",
    }
}

/// The roles one member holds: at least one, sorted, each once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Roles(Arc<[RoleName]>);

/// Why names are not a set of roles.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum RolesError {
    /// A member without a role would not be one.
    #[error("at least one role is needed")]
    None,
    /// More than anybody can hold.
    #[error("{0} roles, at most 32 can be held")]
    TooMany(usize),
    /// Recorded roles are sorted and each stands once.
    #[error("recorded roles are sorted, each once")]
    Order,
}

impl Roles {
    /// More than any role set has; it keeps an entry below its bound.
    pub const LIMIT: usize = 32;

    /// Sorts the names and drops repetitions.
    pub fn new(names: impl IntoIterator<Item = RoleName>) -> Result<Self, RolesError> {
        let names: BTreeSet<RoleName> = names.into_iter().collect();
        match names.len() {
            0 => Err(RolesError::None),
            1..=Self::LIMIT => Ok(Self(names.into_iter().collect())),
            more => Err(RolesError::TooMany(more)),
        }
    }

    /// A single role.
    pub fn one(name: RoleName) -> Self {
        Self(Arc::new([name]))
    }

    /// The names in order.
    pub fn iter(&self) -> impl Iterator<Item = &RoleName> {
        self.0.iter()
    }

    /// How many there are; never 0.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether that role is among them.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|held| held.as_str() == name)
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<RoleName>::deserialize(deserializer)?;
        let fault = match names.len() {
            0 => RolesError::None,
            1..=Self::LIMIT if names.is_sorted_by(|one, next| one < next) => {
                return Ok(Self(names.into()));
            }
            1..=Self::LIMIT => RolesError::Order,
            more => RolesError::TooMany(more),
        };
        Err(serde::de::Error::custom(fault))
    }
}

impl std::fmt::Display for Roles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(name.as_str())?;
        }
        Ok(())
    }
}
