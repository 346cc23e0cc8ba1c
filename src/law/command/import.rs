//! One commit of another system's history, as it is wished.

use super::Person;
use crate::facts::TeamRole;
use crate::words::{Name, RoleName, Slug, Timestamp, Username};

/// One commit of another system's history: decided wholly or not at all.
#[derive(Debug, Clone)]
pub struct SourceCommit {
    /// The history.
    pub repo: Name,
    /// The commit.
    pub commit: Name,
    /// When it happened.
    pub occurred: Timestamp,
    /// Its lines, in order.
    pub lines: Vec<Line>,
}

/// One line of a source commit.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number in the history.
    pub seq: u64,
    /// It describes what was there when the source began.
    pub baseline: bool,
    /// The slug of the organization.
    pub org: Slug,
    /// What it says.
    pub change: LineChange,
}

/// What a line of history says. People are named by login.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum LineChange {
    OrganizationCreated,
    MemberAdded { person: Person, role: RoleName },
    RoleChanged { login: Username, before: RoleName, after: RoleName },
    MemberRemoved { login: Username, before: RoleName },
    TeamCreated { team: Name, parent: Option<Name>, renamed_from: Vec<Name> },
    TeamMemberAdded { team: Name, login: Username, role: TeamRole },
    TeamRoleChanged { team: Name, login: Username, before: TeamRole, after: TeamRole },
    TeamMemberRemoved { team: Name, login: Username, before: TeamRole },
    TeamRemoved { team: Name },
}
