//! What roles mean. An as-of answer needs what a role allowed then, so definitions are events.

use super::body::body;
use crate::facts::{Permission, Sealed};
use crate::words::RoleName;
use serde::{Deserialize, Deserializer, Serialize};

/// What a role allows, sorted by name, each once. A bit for each permission: rights are asked for
/// every command, and again for every entry that is replayed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PermissionSet(u64);

const _: () = assert!(Permission::ALL.len() <= u64::BITS as usize, "each permission has a bit");

impl PermissionSet {
    /// From any order, with repetitions.
    pub fn new(permissions: impl IntoIterator<Item = Permission>) -> Self {
        Self(permissions.into_iter().fold(0, |all, one| all | bit(one)))
    }

    /// All of them, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = Permission> {
        let all = Permission::ALL.iter().copied();
        let mut sorted: Vec<_> = all.filter(|permission| self.contains(*permission)).collect();
        sorted.sort_unstable_by_key(|permission| permission.name());
        sorted.into_iter()
    }

    /// Whether it allows that.
    pub fn contains(&self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    /// Whether everything in it is also in `other`.
    pub fn within(&self, other: &Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Everything in either.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.0 |= other.0;
        self
    }
}

const fn bit(permission: Permission) -> u64 {
    1 << permission as u32
}

impl Serialize for PermissionSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let recorded = Vec::<Permission>::deserialize(deserializer)?;
        let set = Self::new(recorded.iter().copied());
        if set.iter().eq(recorded) {
            Ok(set)
        } else {
            Err(serde::de::Error::custom("recorded permissions are sorted by name, each once"))
        }
    }
}

/// A custom role came to exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleDefined {
    /// What it allows.
    pub permissions: PermissionSet,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// Its name, unique in the organization while it is in use.
    pub role: RoleName,
}

/// What a custom role allows changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRedefined {
    /// What it allows from here on.
    pub after: PermissionSet,
    /// What it allowed.
    pub before: PermissionSet,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The role.
    pub role: RoleName,
}

/// A custom role that nobody holds any more was given up; its name is free again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRetired {
    /// What it allowed.
    pub permissions: PermissionSet,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The role.
    pub role: RoleName,
}

body!(RoleDefined, |_event, _org| vec![], { "/reason" => reason });
body!(RoleRedefined, |_event, _org| vec![], { "/reason" => reason });
body!(RoleRetired, |_event, _org| vec![], { "/reason" => reason });
