//! Sentences about roles and teams.

use super::{Complaint, Said, said};
use crate::law::stage::Stage;
use rollbook::facts::event::PermissionSet;
use rollbook::facts::{Permission, TeamRole};
use rollbook::law::command::Action;
use rollbook::words::{Name, OrganizationId, RoleName};

fn permissions(words: &[&str]) -> Result<PermissionSet, Complaint> {
    let named = words.iter().map(|word| {
        Permission::from_name(word).ok_or_else(|| format!("{word:?} is no permission"))
    });
    Ok(PermissionSet::new(named.collect::<Result<Vec<_>, _>>()?))
}

pub(in crate::law) fn team_role(text: &str) -> Result<TeamRole, Complaint> {
    TeamRole::from_name(text).ok_or_else(|| format!("{text:?} is nothing one is in a team"))
}

pub(super) fn about(stage: &mut Stage, words: &[&str], org: OrganizationId) -> Said {
    let role = |name: &str| RoleName::parse(name).map_err(said);
    let team_name = |name: &str| Name::parse(name).map_err(said);
    Some(match words {
        ["defines", name, "allowing", rest @ ..] => role(name)
            .and_then(|role| Ok(Action::DefineRole { org, role, permissions: permissions(rest)? })),
        ["redefines", name, "allowing", rest @ ..] => role(name).and_then(|role| {
            Ok(Action::RedefineRole { org, role, permissions: permissions(rest)? })
        }),
        ["retires", name] => role(name).map(|role| Action::RetireRole { org, role }),
        ["creates", "team", name] => {
            team_name(name).map(|name| Action::CreateTeam { org, name, parent: None })
        }
        ["creates", "team", name, "under", parent] => {
            let parent = Some(stage.team(org, parent));
            team_name(name).map(|name| Action::CreateTeam { org, name, parent })
        }
        ["renames", "team", team, "to", name] => {
            let team = stage.team(org, team);
            let name = team_name(name);
            name.map(|name| Action::UpdateTeam { org, team, name: Some(name), parent: None })
        }
        ["moves", "team", team, "under", parent] => {
            let (team, parent) = (stage.team(org, team), stage.team(org, parent));
            Ok(Action::UpdateTeam { org, team, name: None, parent: Some(Some(parent)) })
        }
        ["moves", "team", team, "to", "the", "top"] => {
            let team = stage.team(org, team);
            Ok(Action::UpdateTeam { org, team, name: None, parent: Some(None) })
        }
        ["removes", "team", team] => Ok(Action::RemoveTeam { org, team: stage.team(org, team) }),
        ["puts", who, "into", team] => {
            let (team, member) = (stage.team(org, team), stage.member(org, who));
            Ok(Action::AddTeamMember { org, team, member, role: TeamRole::Member })
        }
        ["puts", who, "into", team, "as", role] => {
            let (team, member) = (stage.team(org, team), stage.member(org, who));
            team_role(role).map(|role| Action::AddTeamMember { org, team, member, role })
        }
        ["takes", who, "out", "of", team] => {
            let (team, member) = (stage.team(org, team), stage.member(org, who));
            Ok(Action::RemoveTeamMember { org, team, member })
        }
        ["makes", who, role, "of", team] => {
            let (team, member) = (stage.team(org, team), stage.member(org, who));
            team_role(role).map(|role| Action::ChangeTeamRole { org, team, member, role })
        }
        _ => return None,
    })
}
