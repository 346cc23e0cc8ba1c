//! Teams, their place in one another, and who is in them.

use super::{Code, Trial, unless};
use crate::simulation::membership::{Org, What};
use rollbook::facts::{Actor, Permission, TeamRole};
use rollbook::words::{MemberId, Name, OrganizationId, TeamId, UserId};

/// How many levels of teams there may be.
const LEVELS: usize = 16;

impl Trial<'_> {
    pub(super) fn create_team(
        &mut self,
        org: OrganizationId,
        name: &Name,
        parent: Option<TeamId>,
    ) -> Result<(), Code> {
        let (found, _) = self.managed(org, Permission::TeamWrite)?;
        unless(parent.is_some_and(|parent| found.team(parent).is_none()), "unknown_team")?;
        let team = TeamId::from_uuid(self.draws());
        self.begins_team(org, team, name, parent)
    }

    pub(super) fn begins_team(
        &mut self,
        org: OrganizationId,
        team: TeamId,
        name: &Name,
        parent: Option<TeamId>,
    ) -> Result<(), Code> {
        let found = self.living(org)?;
        unless(found.team_named(name.as_str()).is_some(), "team_name_taken")?;
        fits_under(&found, team, parent)?;
        self.records(org, What::TeamCreated { team, name: name.shared(), parent })
    }

    pub(super) fn update_team(
        &mut self,
        org: OrganizationId,
        team: TeamId,
        name: Option<&Name>,
        parent: Option<Option<TeamId>>,
    ) -> Result<(), Code> {
        let (found, _) = self.managed(org, Permission::TeamWrite)?;
        let is = found.team(team).ok_or("unknown_team")?;
        let name = name.map(Name::shared).filter(|name| *name != is.name);
        let parent = parent.filter(|parent| *parent != is.parent);
        unless(name.is_none() && parent.is_none(), "nothing_changes")?;
        let taken = name.as_deref().is_some_and(|name| found.team_named(name).is_some());
        unless(taken, "team_name_taken")?;
        if let Some(Some(parent)) = parent {
            unless(found.team(parent).is_none(), "unknown_team")?;
            fits_under(&found, team, Some(parent))?;
        }
        let name = name.map(|after| [is.name.clone(), after]);
        let parent = parent.map(|after| [is.parent, after]);
        self.records(org, What::TeamUpdated { team, name, parent })
    }

    pub(super) fn remove_team(&mut self, org: OrganizationId, team: TeamId) -> Result<(), Code> {
        let (found, _) = self.managed(org, Permission::TeamWrite)?;
        let name = found.team(team).ok_or("unknown_team")?.name.clone();
        self.records(org, What::TeamRemoved { team, name })
    }

    pub(super) fn add_team_member(
        &mut self,
        org: OrganizationId,
        team: TeamId,
        member: MemberId,
        role: TeamRole,
    ) -> Result<(), Code> {
        let (user, held) = self.staffs(org, team, member)?;
        unless(held.is_some(), "already_in_team")?;
        self.records(org, What::TeamMemberAdded { team, member, user, role })
    }

    pub(super) fn remove_team_member(
        &mut self,
        org: OrganizationId,
        team: TeamId,
        member: MemberId,
    ) -> Result<(), Code> {
        let (user, held) = self.staffs(org, team, member)?;
        let role = held.ok_or("not_in_team")?;
        self.records(org, What::TeamMemberRemoved { team, member, user, role })
    }

    pub(super) fn change_team_role(
        &mut self,
        org: OrganizationId,
        team: TeamId,
        member: MemberId,
        after: TeamRole,
    ) -> Result<(), Code> {
        let (user, held) = self.staffs(org, team, member)?;
        let before = held.ok_or("not_in_team")?;
        unless(before == after, "nothing_changes")?;
        self.records(org, What::TeamRoleChanged { team, member, user, before, after })
    }

    /// The user of a membership and what they are in a team, once the actor may staff it: by
    /// permission, or as one of its maintainers.
    fn staffs(
        &self,
        org: OrganizationId,
        team: TeamId,
        member: MemberId,
    ) -> Result<(UserId, Option<TeamRole>), Code> {
        let found = self.manageable(org)?;
        let rights = self.rights(&found)?;
        let team = found.team(team);
        let maintains = match self.actor() {
            Actor::User(user) => {
                team.is_some_and(|team| team.role_of(user) == Some(TeamRole::Maintainer))
            }
            Actor::Operator(_) | Actor::Token(_) | Actor::System(_) => false,
        };
        if !maintains || rights.are_all() {
            rights.need(Permission::TeamWrite)?;
        }
        let team = team.ok_or("unknown_team")?;
        let user = found.member(member).ok_or("unknown_member")?.user_id;
        Ok((user, team.role_of(user)))
    }
}

/// A team is no part of itself, and teams nest only so deep.
fn fits_under(org: &Org, team: TeamId, parent: Option<TeamId>) -> Result<(), Code> {
    let mut above = Vec::new();
    let mut at = parent;
    while let Some(id) = at {
        unless(id == team, "team_cycle")?;
        above.push(id);
        unless(above.len() > LEVELS, "teams_too_deep")?;
        at = org.team(id).and_then(|team| team.parent);
    }
    unless(above.len() + levels_from(org, team) > LEVELS, "teams_too_deep")
}

/// How many levels there are from a team down, itself counted.
fn levels_from(org: &Org, team: TeamId) -> usize {
    let below = org.teams.iter().filter(|below| below.parent == Some(team));
    1 + below.map(|below| levels_from(org, below.id)).max().unwrap_or(0)
}
