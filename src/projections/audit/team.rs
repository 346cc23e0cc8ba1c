//! What happened to teams and the people in them.

use super::names::Names;
use super::told::{Told, object};
use crate::facts::TeamRole;
use crate::facts::event::{
    TeamCreated, TeamMemberAdded, TeamMemberRemoved, TeamRemoved, TeamRoleChanged, TeamUpdated,
};
use crate::words::{Name, TeamId};
use serde_json::{Value, json};

pub(super) fn created(event: &TeamCreated, names: &Names<'_>) -> Told {
    Told::about([names.team(event.team)]).after(data(names, Some(&event.name), event.parent))
}

pub(super) fn updated(event: &TeamUpdated, names: &Names<'_>) -> Told {
    let (name, parent) = (event.name.as_ref(), event.parent.as_ref());
    Told::about([names.team(event.team)])
        .before(data(
            names,
            name.and_then(|change| change.before.as_ref()),
            parent.and_then(|change| change.before),
        ))
        .after(data(
            names,
            name.and_then(|change| change.after.as_ref()),
            parent.and_then(|change| change.after),
        ))
}

pub(super) fn removed(event: &TeamRemoved, names: &Names<'_>) -> Told {
    Told::about([names.team(event.team)]).before(data(names, Some(&event.name), None))
}

pub(super) fn member_added(event: &TeamMemberAdded, names: &Names<'_>) -> Told {
    Told::about([names.member(event.member, event.user), names.team(event.team)])
        .after(role(event.role))
}

pub(super) fn member_removed(event: &TeamMemberRemoved, names: &Names<'_>) -> Told {
    Told::about([names.member(event.member, event.user), names.team(event.team)])
        .before(role(event.role))
}

pub(super) fn role_changed(event: &TeamRoleChanged, names: &Names<'_>) -> Told {
    Told::about([names.member(event.member, event.user), names.team(event.team)])
        .before(role(event.before))
        .after(role(event.after))
}

fn role(role: TeamRole) -> Value {
    json!({"team_role": role})
}

/// A team's own data.
fn data(names: &Names<'_>, name: Option<&Name>, parent: Option<TeamId>) -> Value {
    let parent_name = parent.and_then(|id| names.team_name(id));
    object([
        ("name", name.map(|name| json!(name))),
        ("parent", parent.map(|id| json!(id))),
        ("parent_name", parent_name.map(|name| json!(name))),
    ])
}
