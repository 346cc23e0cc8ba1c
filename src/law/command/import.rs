//! One commit of another system's history, as it is wished.

use super::Person;
use crate::facts::event::RemovalCause;
use crate::facts::{OrganizationKind, RoleSet, Roles, TeamRole};
use crate::words::{Name, RoleName, Slug, Timestamp, UserId, Username};

/// One commit of another system's history: decided wholly or not at all.
#[derive(Debug, Clone)]
pub struct SourceCommit {
    /// The history.
    pub repo: Name,
    /// The commit.
    pub commit: Name,
    /// When it happened; none: as it is recorded.
    pub occurred: Option<Timestamp>,
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
    Row(RowChange),
}

/// What a row of a list of members says.
#[derive(Debug, Clone)]
pub enum RowChange {
    /// An organization with a name and roles of its own begins. An enterprise is certified with it:
    /// only the operator imports.
    OrganizationBegun {
        /// What it is to the deployment.
        kind: OrganizationKind,
        /// Which roles it uses.
        role_set: RoleSet,
        /// What it is called.
        name: Name,
    },
    /// Somebody joins.
    MemberJoined {
        /// Who.
        who: Who,
        /// What they hold; none named: what the role set says.
        roles: Option<Roles>,
        /// The teams that they join at once. One that is not there begins.
        teams: Vec<Name>,
    },
    /// A membership ends.
    MemberLeft {
        /// Whose.
        who: Who,
        /// Why.
        cause: RemovalCause,
    },
    /// A member joins a team that is there.
    TeamJoined {
        /// Who.
        who: Who,
        /// The team.
        team: Name,
    },
}

/// Whom a row means.
#[derive(Debug, Clone)]
pub enum Who {
    /// Whoever has that address, or that username where no address is named; else somebody who
    /// comes to exist.
    Person(Person),
    /// A user whose account came from the same place.
    User(UserId),
}
