//! Teams, their place in one another, and who is in them.

use super::authority::By;
use super::case::{Case, Checked, so};
use super::fault::LawFault;
use crate::facts::event::{
    Change, TeamCreated, TeamMemberAdded, TeamMemberRemoved, TeamRemoved, TeamRoleChanged,
    TeamUpdated,
};
use crate::law::refusal::Refusal;
use crate::law::state::Team;
use crate::law::teams::fits_under;
use crate::words::TeamId;

fn known<'a>(case: &'a Case<'_>, team: TeamId) -> Result<&'a Team, LawFault> {
    case.organization.team(team).ok_or(LawFault::UnknownTeam)
}

fn fits(case: &Case<'_>, team: TeamId, parent: Option<TeamId>) -> Checked {
    fits_under(case.organization, team, parent).map_err(|refusal| {
        if matches!(refusal, Refusal::TeamCycle) {
            LawFault::TeamCycle
        } else {
            LawFault::TeamsTooDeep
        }
    })
}

pub(super) fn created(case: &Case<'_>, event: &TeamCreated, by: By) -> Checked {
    let organization = case.organization;
    so(organization.team(event.team).is_none(), LawFault::IdentifierTaken)?;
    so(organization.team_named(&event.name).is_none(), LawFault::TeamNameTaken)?;
    if let Some(parent) = event.parent
        && by != By::Import
    {
        known(case, parent)?;
    }
    fits(case, event.team, event.parent)
}

pub(super) fn updated(case: &Case<'_>, event: &TeamUpdated) -> Checked {
    let team = known(case, event.team)?;
    so(event.name.is_some() || event.parent.is_some(), LawFault::NothingChanges)?;
    if let Some(Change { after, before }) = &event.name {
        so(before.as_ref() == Some(&team.name), LawFault::BeforeDiffers)?;
        let after = after.as_ref().filter(|after| Some(*after) != before.as_ref());
        let after = after.ok_or(LawFault::NothingChanges)?;
        so(case.organization.team_named(after).is_none(), LawFault::TeamNameTaken)?;
    }
    if let Some(Change { after, before }) = event.parent {
        so(before == team.parent, LawFault::BeforeDiffers)?;
        so(after != before, LawFault::NothingChanges)?;
        if let Some(parent) = after {
            known(case, parent)?;
            fits(case, event.team, after)?;
        }
    }
    Ok(())
}

pub(super) fn removed(case: &Case<'_>, event: &TeamRemoved) -> Checked {
    so(known(case, event.team)?.name == event.name, LawFault::BeforeDiffers)
}

pub(super) fn member_added(case: &Case<'_>, event: &TeamMemberAdded) -> Checked {
    let team = known(case, event.team)?;
    case.member(event.user, event.member)?;
    so(team.role_of(event.user).is_none(), LawFault::AlreadyInTeam)
}

pub(super) fn member_removed(case: &Case<'_>, event: &TeamMemberRemoved) -> Checked {
    let team = known(case, event.team)?;
    case.member(event.user, event.member)?;
    let held = team.role_of(event.user).ok_or(LawFault::NotInTeam)?;
    so(held == event.role, LawFault::BeforeDiffers)
}

pub(super) fn role_changed(case: &Case<'_>, event: &TeamRoleChanged) -> Checked {
    let team = known(case, event.team)?;
    case.member(event.user, event.member)?;
    let held = team.role_of(event.user).ok_or(LawFault::NotInTeam)?;
    so(held == event.before, LawFault::BeforeDiffers)?;
    so(event.after != event.before, LawFault::NothingChanges)
}
