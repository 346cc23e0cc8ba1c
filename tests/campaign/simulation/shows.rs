//! What each view must show of a page.

mod beside;

use super::chronicle::Seen;
use super::membership::{InTeam, Letter, Org, Team};
use super::roles;
use rollbook::facts::TeamRole;
use rollbook::facts::event::Change;
use rollbook::projections::{
    Diff, InvitationRow, InvitationStatus, Leaving, MemberChange, MemberRow, Membership, Moment,
    RoleRow, TeamChange, TeamHeader, TeamMemberChange, TeamMemberRow, TeamRow,
};
use rollbook::words::{InvitationId, MemberId, Name, RoleName, TeamId, UserId};
use std::collections::BTreeMap;

impl Org {
    pub(super) fn rows(&self) -> Vec<MemberRow> {
        self.members.iter().map(|row| (**row).clone()).collect()
    }

    /// All memberships of a user, in the order of joining.
    pub(super) fn memberships(&self, user: UserId) -> Vec<Membership> {
        let lasting =
            self.members.iter().map(|row| Membership { member: (**row).clone(), left: None });
        let ended = self.ended.iter().map(|ended| (**ended).clone());
        let mut all: Vec<Membership> =
            ended.chain(lasting).filter(|one| one.member.user_id == user).collect();
        all.sort_by_key(|one| one.member.joined_org_seq);
        all
    }

    pub(super) fn left(&self, member: MemberId) -> Option<Leaving> {
        let ended = self.ended.iter().find(|ended| ended.member.member_id == member);
        ended.and_then(|ended| ended.left)
    }

    pub(super) fn role_rows(&self) -> Vec<RoleRow> {
        let held = |role: &RoleName| {
            self.members.iter().filter(|row| row.roles.contains(role.as_str())).count() as u64
        };
        let customs = self.customs.iter().map(|custom| RoleRow {
            role: custom.role.clone(),
            permissions: Some(custom.permissions.clone()),
            defined_at: Some(custom.defined_at),
            holders: held(&custom.role),
        });
        let built_in = roles::table(self.set()).roles.keys();
        let built_in = built_in.map(|name| RoleName::parse(name).unwrap()).map(|role| RoleRow {
            holders: held(&role),
            role,
            permissions: None,
            defined_at: None,
        });
        let mut rows: Vec<RoleRow> = built_in.filter(|row| row.holders > 0).collect();
        rows.extend(customs);
        rows.sort_by(|one, other| one.role.cmp(&other.role));
        rows
    }

    pub(super) fn team_rows(&self) -> Vec<TeamRow> {
        self.teams.iter().map(|team| self.team_row(team)).collect()
    }

    pub(super) fn team_row(&self, team: &Team) -> TeamRow {
        let people = |role: TeamRole| {
            let people = team.people.iter().filter(|person| person.role == role);
            people.map(|person| self.person(person)).collect()
        };
        TeamRow {
            team_id: team.id,
            name: Name::parse(&team.name).unwrap(),
            parent: team.parent,
            created_at: team.created_at,
            maintainers: people(TeamRole::Maintainer),
            members: people(TeamRole::Member),
        }
    }

    fn person(&self, person: &InTeam) -> TeamMemberRow {
        let row = self.member(person.member).expect("whoever is in a team is a member");
        TeamMemberRow {
            member_id: row.member_id,
            user_id: row.user_id,
            username: row.username.clone(),
            name: row.name.clone(),
            joined_at: person.joined_at,
        }
    }
}

impl Seen {
    pub(super) fn invitation(&self, id: InvitationId) -> Option<InvitationRow> {
        self.page.org.letter(id).map(|letter| self.invitation_row(letter))
    }

    fn invitation_row(&self, letter: &Letter) -> InvitationRow {
        InvitationRow { status: self.status(letter), ..letter.row.clone() }
    }

    pub(super) fn invitations(&self) -> Vec<InvitationRow> {
        self.page.org.letters.iter().map(|letter| self.invitation_row(letter)).collect()
    }

    pub(super) fn pending(&self) -> Vec<InvitationRow> {
        let all = self.page.org.letters.iter();
        let open = all.filter(|letter| self.status(letter) == InvitationStatus::Pending);
        open.map(|letter| self.invitation_row(letter)).collect()
    }

    /// What differs between this moment and another one. The moments themselves are handed in.
    pub(super) fn until(&self, other: &Self, [from, to]: [Moment; 2]) -> Diff {
        let (before, after) = (&self.page.org, &other.page.org);
        let both = || {
            let pairs = after.members.iter();
            pairs.filter_map(|row| Some((before.member(row.member_id)?, &**row)))
        };
        Diff {
            from,
            to,
            joined: without(after.rows(), before),
            left: without(before.rows(), after)
                .into_iter()
                .map(|member| Membership { left: after.left(member.member_id), member })
                .collect(),
            roles: both()
                .filter(|(was, is)| was.roles != is.roles)
                .map(|(was, is)| change(is, was.roles.clone(), is.roles.clone()))
                .collect(),
            status: both()
                .filter(|(was, is)| was.status != is.status)
                .map(|(was, is)| change(is, was.status, is.status))
                .collect(),
            profiles: both().filter_map(|(was, is)| beside::profile(was, is)).collect(),
            limits: both()
                .map(|(was, is)| (is, before.limits(was.member_id), after.limits(is.member_id)))
                .filter(|(_, was, is)| was != is)
                .map(|(row, was, is)| change(row, was, is))
                .collect(),
            teams: team_changes(before, after),
            team_members: team_member_changes(before, after),
            invitations_opened: other.not_pending_at(self),
            invitations_closed: self
                .not_pending_at(other)
                .into_iter()
                .map(|row| other.invitation(row.invitation_id).unwrap_or(row))
                .collect(),
        }
    }

    fn not_pending_at(&self, other: &Self) -> Vec<InvitationRow> {
        let mut rows = self.pending();
        rows.retain(|row| {
            let then = other.page.org.letter(row.invitation_id).map(|letter| other.status(letter));
            then != Some(InvitationStatus::Pending)
        });
        rows
    }
}

fn without(mut rows: Vec<MemberRow>, org: &Org) -> Vec<MemberRow> {
    rows.retain(|row| org.member(row.member_id).is_none());
    rows
}

fn change<T>(row: &MemberRow, before: T, after: T) -> MemberChange<T> {
    let change = Change { before: Some(before), after: Some(after) };
    let username = row.username.clone();
    MemberChange { member_id: row.member_id, user_id: row.user_id, username, change }
}

fn team_changes(before: &Org, after: &Org) -> Vec<TeamChange> {
    let header = |org: &Org, id: TeamId| {
        let team = org.team(id)?;
        Some(TeamHeader { name: Name::parse(&team.name).unwrap(), parent: team.parent })
    };
    let mut ids: Vec<TeamId> =
        before.teams.iter().chain(&after.teams).map(|team| team.id).collect();
    ids.sort();
    ids.dedup();
    let changes = ids.into_iter().map(|team_id| {
        let change = Change { before: header(before, team_id), after: header(after, team_id) };
        TeamChange { team_id, change }
    });
    let mut changes: Vec<_> = changes.filter(|row| row.change.before != row.change.after).collect();
    changes.sort_by_key(|row| {
        let header = row.change.after.as_ref().or(row.change.before.as_ref());
        header.map(|header| header.name.clone())
    });
    changes
}

fn team_member_changes(before: &Org, after: &Org) -> Vec<TeamMemberChange> {
    let mut found: BTreeMap<(TeamId, MemberId), TeamMemberChange> = BTreeMap::new();
    for (org, later) in [(before, false), (after, true)] {
        for team in &org.teams {
            for person in &team.people {
                let row = org.person(person);
                let known = found.entry((team.id, person.member)).or_insert(TeamMemberChange {
                    team_id: team.id,
                    team: Name::parse(&team.name).unwrap(),
                    member_id: row.member_id,
                    user_id: row.user_id,
                    username: row.username,
                    change: Change { before: None, after: None },
                });
                known.team = Name::parse(&team.name).unwrap();
                let side = if later { &mut known.change.after } else { &mut known.change.before };
                *side = Some(person.role);
            }
        }
    }
    let mut changes: Vec<TeamMemberChange> = found.into_values().collect();
    changes.retain(|known| known.change.before != known.change.after);
    changes.sort_by(|one, other| one.team.cmp(&other.team));
    changes
}
