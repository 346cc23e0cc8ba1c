//! Which teams there were, and who belonged to them.

use super::members::Members;
use super::moment::Sequence;
use super::{Misfit, PersonalValue, Place, Roll, Timeline};
use crate::facts::TeamRole;
use crate::facts::event::{TeamCreated, TeamUpdated};
use crate::words::{MemberId, Name, TeamId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A team as of a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamRow {
    /// The team.
    pub team_id: TeamId,
    /// What it was called.
    pub name: Name,
    /// The team it was part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<TeamId>,
    /// When it came to exist.
    pub created_at: Timestamp,
    /// Who could change its membership, in the order of joining the team.
    pub maintainers: Vec<TeamMemberRow>,
    /// Who else belonged to it, in the order of joining the team.
    pub members: Vec<TeamMemberRow>,
}

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamMemberRow {
    /// The membership in the organization.
    pub member_id: MemberId,
    /// The user.
    pub user_id: UserId,
    /// Their login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<PersonalValue>,
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonalValue>,
    /// When they joined the team.
    pub joined_at: Timestamp,
}

/// All teams an organization has ever had, a row each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Teams {
    rows: Vec<Team>,
    roll: Roll,
    by_id: BTreeMap<TeamId, u32>,
    /// By row of the member: the teams they are in at the end of the history.
    in_teams: BTreeMap<u32, Vec<InTeam>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct InTeam {
    team: u32,
    belonging: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Team {
    id: TeamId,
    name: Timeline<Name>,
    parent: Timeline<Option<TeamId>>,
    /// A row for each time somebody joined.
    belongings: Vec<Belonging>,
    roll: Roll,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Belonging {
    /// The member's row.
    member: u32,
    role: Timeline<TeamRole>,
}

impl Teams {
    pub(super) fn create(&mut self, place: Place, created: &TeamCreated) -> Result<(), Misfit> {
        if self.by_id.contains_key(&created.team) {
            return Err(Misfit::present("team", created.team));
        }
        let row = self.roll.enter(place);
        self.rows.push(Team {
            id: created.team,
            name: Timeline::new(place, created.name.clone()),
            // By id: inside one command a team can be named as parent before it is created.
            parent: Timeline::new(place, created.parent),
            belongings: Vec::new(),
            roll: Roll::default(),
        });
        self.by_id.insert(created.team, row);
        Ok(())
    }

    pub(super) fn update(&mut self, place: Place, updated: &TeamUpdated) -> Result<(), Misfit> {
        let row = self.standing(updated.team)?;
        let team = &mut self.rows[row as usize];
        if let Some(name) = updated.name.as_ref().and_then(|change| change.after.as_ref()) {
            team.name.set(place, name.clone());
        }
        if let Some(parent) = &updated.parent {
            team.parent.set(place, parent.after);
        }
        Ok(())
    }

    /// Everybody's place in it ends, and its children stand on their own.
    pub(super) fn remove(&mut self, place: Place, id: TeamId) -> Result<(), Misfit> {
        let row = self.standing(id)?;
        self.roll.strike(place, row);
        let team = &mut self.rows[row as usize];
        let standing: Vec<u32> = team.roll.current().collect();
        for belonging in standing {
            team.roll.strike(place, belonging);
            let member = team.belongings[belonging as usize].member;
            leave_one(&mut self.in_teams, member, row);
        }
        for child in self.roll.current() {
            let parent = &mut self.rows[child as usize].parent;
            if *parent.current() == Some(id) {
                parent.set(place, None);
            }
        }
        Ok(())
    }

    pub(super) fn add(
        &mut self,
        place: Place,
        id: TeamId,
        member: u32,
        role: TeamRole,
    ) -> Result<(), Misfit> {
        let row = self.standing(id)?;
        if self.belonging(row, member).is_some() {
            return Err(Misfit::present("place of that member in team", id));
        }
        let team = &mut self.rows[row as usize];
        let belonging = team.roll.enter(place);
        team.belongings.push(Belonging { member, role: Timeline::new(place, role) });
        self.in_teams.entry(member).or_default().push(InTeam { team: row, belonging });
        Ok(())
    }

    pub(super) fn take_out(&mut self, place: Place, id: TeamId, member: u32) -> Result<(), Misfit> {
        let (row, belonging) = self.place_of(id, member)?;
        self.rows[row as usize].roll.strike(place, belonging);
        leave_one(&mut self.in_teams, member, row);
        Ok(())
    }

    /// Refuses what does not say truly what a member was in a team.
    pub(super) fn was_before(&self, id: TeamId, member: u32, said: TeamRole) -> Result<(), Misfit> {
        let (row, belonging) = self.place_of(id, member)?;
        let held = self.rows[row as usize].belongings[belonging as usize].role.current();
        Misfit::unless_before(&said, held, TeamRole::to_string)
    }

    pub(super) fn set_role(
        &mut self,
        place: Place,
        id: TeamId,
        member: u32,
        role: TeamRole,
    ) -> Result<(), Misfit> {
        let (row, belonging) = self.place_of(id, member)?;
        self.rows[row as usize].belongings[belonging as usize].role.set(place, role);
        Ok(())
    }

    /// Whoever leaves the organization leaves its teams.
    pub(super) fn take_out_of_all(&mut self, place: Place, member: u32) {
        for InTeam { team, belonging } in self.in_teams.remove(&member).unwrap_or_default() {
            self.rows[team as usize].roll.strike(place, belonging);
        }
    }

    fn standing(&self, id: TeamId) -> Result<u32, Misfit> {
        let row = self.by_id.get(&id).copied();
        row.filter(|&row| self.roll.stood(row, Place::LAST))
            .ok_or_else(|| Misfit::absent("team", id))
    }

    fn belonging(&self, team: u32, member: u32) -> Option<u32> {
        let teams = self.in_teams.get(&member)?;
        teams.iter().find(|known| known.team == team).map(|known| known.belonging)
    }

    fn place_of(&self, id: TeamId, member: u32) -> Result<(u32, u32), Misfit> {
        let row = self.standing(id)?;
        let belonging = self.belonging(row, member);
        let belonging =
            belonging.ok_or_else(|| Misfit::absent("place of that member in team", id))?;
        Ok((row, belonging))
    }

    pub(super) fn list(
        &self,
        members: &Members,
        place: Place,
        sequence: &Sequence,
    ) -> Vec<TeamRow> {
        let teams = self.roll.at(place);
        teams.filter_map(|row| self.shown(row, members, place, sequence)).collect()
    }

    pub(super) fn one(
        &self,
        id: TeamId,
        members: &Members,
        place: Place,
        sequence: &Sequence,
    ) -> Option<TeamRow> {
        let row = *self.by_id.get(&id)?;
        self.roll.stood(row, place).then(|| self.shown(row, members, place, sequence)).flatten()
    }

    /// What a team was called at a place, or last before it ended.
    pub(super) fn name(&self, id: TeamId, place: Place) -> Option<&Name> {
        self.rows[*self.by_id.get(&id)? as usize].name.at(place)
    }

    fn shown(
        &self,
        row: u32,
        members: &Members,
        place: Place,
        sequence: &Sequence,
    ) -> Option<TeamRow> {
        let team = &self.rows[row as usize];
        let (created, _) = self.roll.interval(row)?;
        let mut shown = TeamRow {
            team_id: team.id,
            name: team.name.at(place)?.clone(),
            parent: *team.parent.at(place)?,
            created_at: sequence.time(created),
            maintainers: Vec::new(),
            members: Vec::new(),
        };
        for belonging in team.roll.at(place) {
            let known = &team.belongings[belonging as usize];
            let (joined, _) = team.roll.interval(belonging)?;
            let person = members.person(known.member, place);
            let row = TeamMemberRow {
                member_id: person.member,
                user_id: person.user,
                username: person.username.cloned(),
                name: person.name.cloned(),
                joined_at: sequence.time(joined),
            };
            match known.role.at(place)? {
                TeamRole::Maintainer => shown.maintainers.push(row),
                TeamRole::Member => shown.members.push(row),
            }
        }
        Some(shown)
    }
}

fn leave_one(in_teams: &mut BTreeMap<u32, Vec<InTeam>>, member: u32, team: u32) {
    if let Some(teams) = in_teams.get_mut(&member) {
        teams.retain(|known| known.team != team);
        if teams.is_empty() {
            in_teams.remove(&member);
        }
    }
}
