//! Groups inside an organization.

use super::Change;
use super::body::body;
use crate::facts::{Sealed, TeamRole};
use crate::words::{MemberId, Name, TeamId, UserId};
use serde::{Deserialize, Serialize};

/// A team came to exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamCreated {
    /// What it is called, unique in the organization while the team exists.
    pub name: Name,
    /// The team it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<TeamId>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// Names under which it was known elsewhere before (imports).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub renamed_from: Vec<Name>,
    /// The team.
    pub team: TeamId,
}

/// Its name or parent changed. Only what changed is present.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamUpdated {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<Name>>,
    /// The team it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Change<TeamId>>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The team.
    pub team: TeamId,
}

/// It ended, and with it everybody's place in it. Teams that were part of it stand on their own
/// from here on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamRemoved {
    /// What it was called.
    pub name: Name,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The team.
    pub team: TeamId,
}

/// A member joined a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamMemberAdded {
    /// The membership in the organization.
    pub member: MemberId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// What they are in the team.
    pub role: TeamRole,
    /// The team.
    pub team: TeamId,
    /// The user.
    pub user: UserId,
}

/// A member left a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamMemberRemoved {
    /// The membership in the organization.
    pub member: MemberId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// What they were in the team.
    pub role: TeamRole,
    /// The team.
    pub team: TeamId,
    /// The user.
    pub user: UserId,
}

/// What a member is in a team changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamRoleChanged {
    /// What they are from here on.
    pub after: TeamRole,
    /// What they were.
    pub before: TeamRole,
    /// The membership in the organization.
    pub member: MemberId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The team.
    pub team: TeamId,
    /// The user.
    pub user: UserId,
}

body!(TeamCreated, |_event, _org| vec![], { "/reason" => reason });
body!(TeamUpdated, |_event, _org| vec![], { "/reason" => reason });
body!(TeamRemoved, |_event, _org| vec![], { "/reason" => reason });
body!(TeamMemberAdded, |event, _org| vec![event.user.into()], { "/reason" => reason });
body!(TeamMemberRemoved, |event, _org| vec![event.user.into()], { "/reason" => reason });
body!(TeamRoleChanged, |event, _org| vec![event.user.into()], { "/reason" => reason });
