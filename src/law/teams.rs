//! Teams, their place in one another, and who is in them.

use super::draft::Draft;
use super::refusal::Refusal;
use super::rights::Rights;
use super::state::Organization;
use crate::facts::event::{
    Change, TeamCreated, TeamMemberAdded, TeamMemberRemoved, TeamRemoved, TeamRoleChanged,
    TeamUpdated,
};
use crate::facts::{Actor, Permission, TeamRole};
use crate::words::{MemberId, Name, OrganizationId, TeamId, UserId};

/// How deep teams nest. Real organizations stay below four; the bound keeps every walk up short.
const DEPTH_LIMIT: usize = 16;

pub(super) fn create(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    name: &Name,
    parent: Option<TeamId>,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::TeamWrite)?;
    if let Some(parent) = parent {
        known(organization, parent)?;
    }
    let team = TeamId::from_uuid(draft.context.uuid());
    begin(draft, org, team, name, parent, Vec::new())
}

/// Records the beginning of a team whose identifier is drawn already. The parent may still be to
/// come: the organization then waits for it, and the command cannot end before it came.
pub(super) fn begin(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    team: TeamId,
    name: &Name,
    parent: Option<TeamId>,
    renamed_from: Vec<Name>,
) -> Result<(), Refusal> {
    let organization = draft.living(org)?;
    if organization.team_named(name).is_some() {
        return Err(Refusal::TeamNameTaken);
    }
    fits_under(organization, team, parent)?;
    let event =
        TeamCreated { name: name.clone(), parent, reason: draft.reason(org), renamed_from, team };
    draft.record(org, event)
}

pub(super) fn update(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    team: TeamId,
    name: Option<&Name>,
    parent: Option<Option<TeamId>>,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::TeamWrite)?;
    let is = known(organization, team)?;
    let name = name.filter(|name| **name != is.name);
    let parent = parent.filter(|parent| *parent != is.parent);
    if name.is_none() && parent.is_none() {
        return Err(Refusal::NothingChanges);
    }
    if name.is_some_and(|name| organization.team_named(name).is_some()) {
        return Err(Refusal::TeamNameTaken);
    }
    if let Some(Some(parent)) = parent {
        known(organization, parent)?;
        fits_under(organization, team, Some(parent))?;
    }
    let event = TeamUpdated {
        name: name.map(|name| Change { after: Some(name.clone()), before: Some(is.name.clone()) }),
        parent: parent.map(|after| Change { after, before: is.parent }),
        reason: draft.reason(org),
        team,
    };
    draft.record(org, event)
}

/// Walks up from the parent: the team must not be met, and the walk must be short. What hangs below
/// the team counts too.
pub(super) fn fits_under(
    organization: &Organization,
    team: TeamId,
    parent: Option<TeamId>,
) -> Result<(), Refusal> {
    let mut above = 0;
    let mut at = parent;
    while let Some(id) = at {
        if id == team {
            return Err(Refusal::TeamCycle);
        }
        above += 1;
        if above > DEPTH_LIMIT {
            return Err(Refusal::TeamsTooDeep { limit: DEPTH_LIMIT });
        }
        at = organization.team(id).and_then(|found| found.parent);
    }
    if above + height(organization, team) > DEPTH_LIMIT {
        return Err(Refusal::TeamsTooDeep { limit: DEPTH_LIMIT });
    }
    Ok(())
}

/// How many levels there are from `team` down; 1 where nothing hangs below it.
fn height(organization: &Organization, team: TeamId) -> usize {
    let mut level = vec![team];
    let mut levels = 0;
    while !level.is_empty() && levels <= DEPTH_LIMIT {
        levels += 1;
        level = organization
            .teams()
            .filter(|(_, found)| found.parent.is_some_and(|parent| level.contains(&parent)))
            .map(|(id, _)| id)
            .collect();
    }
    levels
}

pub(super) fn remove(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    team: TeamId,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::TeamWrite)?;
    let name = known(organization, team)?.name.clone();
    let event = TeamRemoved { name, reason: draft.reason(org), team };
    draft.record(org, event)
}

pub(super) fn add_member(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    team: TeamId,
    member: MemberId,
    role: TeamRole,
) -> Result<(), Refusal> {
    let (user, held) = staffed(draft, org, team, member)?;
    if held.is_some() {
        return Err(Refusal::AlreadyInTeam);
    }
    let event = TeamMemberAdded { member, reason: draft.reason(user), role, team, user };
    draft.record(org, event)
}

pub(super) fn remove_member(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    team: TeamId,
    member: MemberId,
) -> Result<(), Refusal> {
    let (user, held) = staffed(draft, org, team, member)?;
    let role = held.ok_or(Refusal::NotInTeam)?;
    let event = TeamMemberRemoved { member, reason: draft.reason(user), role, team, user };
    draft.record(org, event)
}

pub(super) fn change_role(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    team: TeamId,
    member: MemberId,
    role: TeamRole,
) -> Result<(), Refusal> {
    let (user, held) = staffed(draft, org, team, member)?;
    let before = held.ok_or(Refusal::NotInTeam)?;
    if before == role {
        return Err(Refusal::NothingChanges);
    }
    let event =
        TeamRoleChanged { after: role, before, member, reason: draft.reason(user), team, user };
    draft.record(org, event)
}

fn known(organization: &Organization, team: TeamId) -> Result<&super::state::Team, Refusal> {
    organization.team(team).ok_or(Refusal::UnknownTeam)
}

/// The user behind a membership and what they are in the team, once the actor may staff it: by
/// permission, or as one of the team's maintainers.
fn staffed(
    draft: &Draft<'_>,
    org: OrganizationId,
    team: TeamId,
    member: MemberId,
) -> Result<(UserId, Option<TeamRole>), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    // Who may do it is settled first: nobody learns here which teams there are.
    let led = organization.team(team).is_some_and(|it| maintains(draft.actor(), &rights, it));
    if !led {
        rights.require(Permission::TeamWrite)?;
    }
    let found = known(organization, team)?;
    let user = organization.user_of(member).ok_or(Refusal::UnknownMember)?;
    Ok((user, found.role_of(user)))
}

fn maintains(actor: Actor, rights: &Rights, team: &super::state::Team) -> bool {
    match (actor, rights) {
        (Actor::User(user), Rights::Some(_)) => team.role_of(user) == Some(TeamRole::Maintainer),
        (Actor::User(_) | Actor::Token(_) | Actor::Operator(_) | Actor::System(_), _) => false,
    }
}
