//! What differs between two moments of one organization.

use super::{
    InvitationRow, InvitationStatus, MemberRow, MemberStatus, Membership, Moment, OrganizationView,
    PersonalValue, Profile, TeamMemberRow, TeamRow,
};
use crate::facts::event::{Change, Limits};
use crate::facts::{Roles, TeamRole};
use crate::words::{MemberId, Name, TeamId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// The difference between two lists, not the way from one to the other: whoever joined and left
/// between the two moments is in neither, and the history tells of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Diff {
    /// The moment it starts from.
    pub from: Moment,
    /// The moment it leads to.
    pub to: Moment,
    /// Members at `to` who were none at `from`, in the order of joining.
    pub joined: Vec<MemberRow>,
    /// Members at `from` who are none at `to`, with how it ended, in the order of joining.
    pub left: Vec<Membership>,
    /// Members at both moments with other roles, in the order of joining.
    pub roles: Vec<MemberChange<Roles>>,
    /// Members at both moments in another state, in the order of joining.
    pub status: Vec<MemberChange<MemberStatus>>,
    /// Members at both moments with another name or address, in the order of joining. Only what
    /// became other is present.
    pub profiles: Vec<MemberChange<Profile>>,
    /// Members at both moments with other limits, in the order of joining.
    pub limits: Vec<MemberChange<Limits>>,
    /// Teams that came (no `before`), went (no `after`), or have another name or parent, by
    /// name.
    pub teams: Vec<TeamChange>,
    /// Who joined (no `before`) or left (no `after`) a team or has another role there, by the
    /// team's name.
    pub team_members: Vec<TeamMemberChange>,
    /// Invitations pending at `to` and not at `from`, in the order of sending.
    pub invitations_opened: Vec<InvitationRow>,
    /// Invitations pending at `from` and not at `to`, as they are at `to` (or, where
    /// `to` lies before their sending, at `from`), in the order of sending.
    pub invitations_closed: Vec<InvitationRow>,
}

/// What became other for a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberChange<T> {
    /// The membership.
    pub member_id: MemberId,
    /// The user.
    pub user_id: UserId,
    /// Their login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<PersonalValue>,
    /// What they had and what they have.
    #[serde(flatten)]
    pub change: Change<T>,
}

/// What became other for a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamChange {
    /// The team.
    pub team_id: TeamId,
    /// What it was and what it is.
    #[serde(flatten)]
    pub change: Change<TeamHeader>,
}

impl TeamChange {
    /// What the team is called, or was last.
    fn name(&self) -> Option<&Name> {
        let header = self.change.after.as_ref().or(self.change.before.as_ref());
        header.map(|header| &header.name)
    }
}

/// A team's own data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamHeader {
    /// What it is called.
    pub name: Name,
    /// The team it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<TeamId>,
}

/// What became other for a member in a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TeamMemberChange {
    /// The team.
    pub team_id: TeamId,
    /// What it is called, or was last.
    pub team: Name,
    /// The membership in the organization.
    pub member_id: MemberId,
    /// The user.
    pub user_id: UserId,
    /// Their login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<PersonalValue>,
    /// What they were and what they are in it.
    #[serde(flatten)]
    pub change: Change<TeamRole>,
}

impl Diff {
    /// Compares two moments. It costs what the lists of both hold. `from` may be the later one:
    /// then it tells how to get back.
    pub fn between(view: &OrganizationView, from: Moment, to: Moment) -> Self {
        let (members_from, members_to) = (view.members(from), view.members(to));
        let (teams_from, teams_to) = (view.teams(from), view.teams(to));
        let both = both(&members_from, &members_to);
        let joined = missing(&members_to, &members_from).cloned().collect();
        let left = missing(&members_from, &members_to)
            .map(|row| Membership { member: row.clone(), left: view.leaving(row.member_id, to) })
            .collect();
        Self {
            from,
            to,
            joined,
            left,
            roles: changes(&both, |row| row.roles.clone()),
            status: changes(&both, |row| row.status),
            profiles: profile_changes(&both),
            limits: limits_changes(view, from, to),
            teams: team_changes(&teams_from, &teams_to),
            team_members: team_member_changes(&teams_from, &teams_to),
            invitations_opened: opened(view, from, to),
            invitations_closed: opened(view, to, from)
                .into_iter()
                .map(|row| view.invitation(row.invitation_id, to).unwrap_or(row))
                .collect(),
        }
    }

    /// How many differences there are.
    pub fn len(&self) -> usize {
        self.joined.len()
            + self.left.len()
            + self.roles.len()
            + self.status.len()
            + self.profiles.len()
            + self.limits.len()
            + self.teams.len()
            + self.team_members.len()
            + self.invitations_opened.len()
            + self.invitations_closed.len()
    }

    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps those in a range, counted through all lists in their order here.
    pub fn keep(&mut self, range: Range<usize>) {
        let mut passed = 0;
        cut(&mut self.joined, &range, &mut passed);
        cut(&mut self.left, &range, &mut passed);
        cut(&mut self.roles, &range, &mut passed);
        cut(&mut self.status, &range, &mut passed);
        cut(&mut self.profiles, &range, &mut passed);
        cut(&mut self.limits, &range, &mut passed);
        cut(&mut self.teams, &range, &mut passed);
        cut(&mut self.team_members, &range, &mut passed);
        cut(&mut self.invitations_opened, &range, &mut passed);
        cut(&mut self.invitations_closed, &range, &mut passed);
    }

    /// Puts what another part holds behind what this one does.
    pub fn join(&mut self, part: Self) {
        self.joined.extend(part.joined);
        self.left.extend(part.left);
        self.roles.extend(part.roles);
        self.status.extend(part.status);
        self.profiles.extend(part.profiles);
        self.limits.extend(part.limits);
        self.teams.extend(part.teams);
        self.team_members.extend(part.team_members);
        self.invitations_opened.extend(part.invitations_opened);
        self.invitations_closed.extend(part.invitations_closed);
    }
}

/// Keeps the rows whose numbers, counted on from `passed`, lie in a range.
fn cut<T>(rows: &mut Vec<T>, range: &Range<usize>, passed: &mut usize) {
    let (first, length) = (*passed, rows.len());
    let end = range.end.saturating_sub(first).min(length);
    let start = range.start.saturating_sub(first).min(end);
    rows.truncate(end);
    rows.drain(..start);
    *passed += length;
}

/// The rows of members who are not in the other list.
fn missing<'a>(rows: &'a [MemberRow], others: &[MemberRow]) -> impl Iterator<Item = &'a MemberRow> {
    let mut known: Vec<MemberId> = others.iter().map(|row| row.member_id).collect();
    known.sort_unstable();
    rows.iter().filter(move |row| known.binary_search(&row.member_id).is_err())
}

/// The members of both lists.
fn both<'a>(from: &'a [MemberRow], to: &'a [MemberRow]) -> Vec<(&'a MemberRow, &'a MemberRow)> {
    let before: BTreeMap<MemberId, &MemberRow> =
        from.iter().map(|row| (row.member_id, row)).collect();
    to.iter().filter_map(|row| Some((*before.get(&row.member_id)?, row))).collect()
}

fn changes<T: PartialEq>(
    both: &[(&MemberRow, &MemberRow)],
    part: impl Fn(&MemberRow) -> T,
) -> Vec<MemberChange<T>> {
    let differ = |(before, after): &(&MemberRow, &MemberRow)| {
        let change = Change { before: Some(part(before)), after: Some(part(after)) };
        (change.before != change.after).then(|| MemberChange {
            member_id: after.member_id,
            user_id: after.user_id,
            username: after.username.clone(),
            change,
        })
    };
    both.iter().filter_map(differ).collect()
}

fn profile_changes(both: &[(&MemberRow, &MemberRow)]) -> Vec<MemberChange<Profile>> {
    let mut changes = changes(both, |row| Profile {
        username: row.username.clone(),
        name: row.name.clone(),
        email: row.email.clone(),
    });
    for MemberChange { change, .. } in &mut changes {
        if let (Some(before), Some(after)) = (&mut change.before, &mut change.after) {
            before.leave_other(after);
        }
    }
    changes
}

fn limits_changes(view: &OrganizationView, from: Moment, to: Moment) -> Vec<MemberChange<Limits>> {
    let change = |member| {
        let (before, after) = (view.limits(member, from)?, view.limits(member, to)?);
        let change = Change { before: Some(before.limits()), after: Some(after.limits()) };
        (change.before != change.after).then_some(MemberChange {
            member_id: member,
            user_id: after.user_id,
            username: after.username,
            change,
        })
    };
    view.members.ever_bounded().filter_map(change).collect()
}

fn team_changes(from: &[TeamRow], to: &[TeamRow]) -> Vec<TeamChange> {
    let header = |row: &TeamRow| TeamHeader { name: row.name.clone(), parent: row.parent };
    let mut teams: BTreeMap<TeamId, Change<TeamHeader>> = BTreeMap::new();
    for row in from {
        teams.insert(row.team_id, Change { before: Some(header(row)), after: None });
    }
    for row in to {
        let change = teams.entry(row.team_id).or_insert(Change { before: None, after: None });
        change.after = Some(header(row));
    }
    teams.retain(|_, change| change.before != change.after);
    let mut changes: Vec<TeamChange> =
        teams.into_iter().map(|(team_id, change)| TeamChange { team_id, change }).collect();
    changes.sort_by(|one, other| one.name().cmp(&other.name()));
    changes
}

fn team_member_changes(from: &[TeamRow], to: &[TeamRow]) -> Vec<TeamMemberChange> {
    let mut changes: BTreeMap<(TeamId, MemberId), TeamMemberChange> = BTreeMap::new();
    for (team, row, role) in people(from) {
        let before = Change { before: Some(role), after: None };
        changes.insert((team.team_id, row.member_id), team_member(team, row, before));
    }
    for (team, row, role) in people(to) {
        let known = changes
            .entry((team.team_id, row.member_id))
            .or_insert_with(|| team_member(team, row, Change { before: None, after: None }));
        known.change.after = Some(role);
        known.team = team.name.clone();
    }
    changes.retain(|_, known| known.change.before != known.change.after);
    let mut changes: Vec<TeamMemberChange> = changes.into_values().collect();
    changes.sort_by(|one, other| one.team.cmp(&other.team));
    changes
}

fn people(teams: &[TeamRow]) -> impl Iterator<Item = (&TeamRow, &TeamMemberRow, TeamRole)> {
    teams.iter().flat_map(|team| {
        let maintainers = team.maintainers.iter().map(move |row| (team, row, TeamRole::Maintainer));
        maintainers.chain(team.members.iter().map(move |row| (team, row, TeamRole::Member)))
    })
}

fn team_member(team: &TeamRow, row: &TeamMemberRow, change: Change<TeamRole>) -> TeamMemberChange {
    TeamMemberChange {
        team_id: team.team_id,
        team: team.name.clone(),
        member_id: row.member_id,
        user_id: row.user_id,
        username: row.username.clone(),
        change,
    }
}

/// Pending at `to` and not at `from`.
fn opened(view: &OrganizationView, from: Moment, to: Moment) -> Vec<InvitationRow> {
    let mut rows = view.pending_invitations(to);
    rows.retain(|row| {
        let then = view.invitation(row.invitation_id, from).map(|row| row.status);
        then != Some(InvitationStatus::Pending)
    });
    rows
}
