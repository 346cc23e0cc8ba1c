//! What an auditor reads of a fact.

use super::chronicle::Given;
use super::membership::{Fact, Joining, Org, Text, What};
use rollbook::facts::event::{PermissionSet, RevocationCause};
use rollbook::facts::{Actor, Roles, TeamRole};
use rollbook::projections::{AuditRow, Concern, Header, MemberRow, PersonalValue};
use rollbook::words::{InvitationId, MemberId, Name, TeamId, Timestamp, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

/// Where an entry stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) seq: u64,
    pub(super) recorded: Timestamp,
    pub(super) at: Timestamp,
}

pub(super) fn tells(
    fact: &Fact,
    place: Place,
    given: Given<'_>,
    before: Option<&Org>,
    org: &Org,
) -> AuditRow {
    let login = match given.actor {
        Actor::User(user) => org.last_row_of(user).and_then(|row| row.username.clone()),
        _ => None,
    };
    let [was, is] = sides(&fact.what, org);
    // Why somebody is erased stands in the erasure.
    let silent = matches!(
        fact.what,
        What::InvitationExpired { .. }
            | What::InvitationRevoked { cause: RevocationCause::Erased, .. }
    );
    AuditRow {
        seq: place.seq,
        org_seq: org.size - 1,
        happened_at: place.at,
        recorded_at: place.recorded,
        actor: given.actor,
        actor_username: login,
        event_type: fact.what.name().into(),
        concerns: concerns(fact, before, org),
        before: was,
        after: is,
        cause: cause(&fact.what).map(Into::into),
        reason: given.reason.filter(|_| !silent).map(|reason| PersonalValue::Known(reason.into())),
        cmd: given.cmd,
        source: fact.source.clone(),
    }
}

impl Org {
    /// The latest joining of a user, whether or not it lasts.
    pub(super) fn last_row_of(&self, user: UserId) -> Option<&MemberRow> {
        let mut ended = self.ended.iter().rev().map(|ended| &ended.member);
        self.member_of(user).or_else(|| ended.find(|row| row.user_id == user))
    }
}

impl What {
    /// The name of the event.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::OrganizationCreated(_) => "OrganizationCreated",
            Self::OrganizationUpdated { .. } => "OrganizationUpdated",
            Self::OrganizationCertified => "OrganizationCertified",
            Self::OrganizationDissolved => "OrganizationDissolved",
            Self::MemberCreated { .. } => "MemberCreated",
            Self::InvitationAccepted { .. } => "InvitationAccepted",
            Self::InvitationSent { .. } => "InvitationSent",
            Self::InvitationResent { .. } => "InvitationResent",
            Self::InvitationRevoked { .. } => "InvitationRevoked",
            Self::InvitationDeclined { .. } => "InvitationDeclined",
            Self::InvitationExpired { .. } => "InvitationExpired",
            Self::RoleChanged { .. } => "RoleChanged",
            Self::MemberSuspended { .. } => "MemberSuspended",
            Self::MemberReactivated { .. } => "MemberReactivated",
            Self::MemberRemoved { .. } => "MemberRemoved",
            Self::SuperAdminTransferred { .. } => "SuperAdminTransferred",
            Self::RoleDefined { .. } => "RoleDefined",
            Self::RoleRedefined { .. } => "RoleRedefined",
            Self::RoleRetired { .. } => "RoleRetired",
            Self::TeamCreated { .. } => "TeamCreated",
            Self::TeamUpdated { .. } => "TeamUpdated",
            Self::TeamRemoved { .. } => "TeamRemoved",
            Self::TeamMemberAdded { .. } => "TeamMemberAdded",
            Self::TeamMemberRemoved { .. } => "TeamMemberRemoved",
            Self::TeamRoleChanged { .. } => "TeamRoleChanged",
            Self::Beside(beside) => beside.name(),
            Self::Published(published) => published.name(),
            Self::PersonalDataErased { .. } => "PersonalDataErased",
        }
    }
}

fn person(row: &MemberRow) -> Concern {
    Concern::Member {
        member_id: row.member_id,
        user_id: row.user_id,
        username: row.username.clone(),
        name: row.name.clone(),
    }
}

fn concerns(fact: &Fact, before: Option<&Org>, org: &Org) -> Vec<Concern> {
    let member = |id: MemberId| {
        let ended = || org.ended.iter().map(|one| &one.member).find(|row| row.member_id == id);
        let row = org.member(id).or_else(|| before.and_then(|before| before.member(id)));
        person(row.or_else(ended).unwrap())
    };
    let letter = |invitation_id: InvitationId| {
        let email = org.letter(invitation_id).map(|letter| letter.row.email.clone());
        Concern::Invitation { invitation_id, email }
    };
    let team = |team_id: TeamId| {
        let name = team_name(org, team_id).map(|name| Name::parse(&name).unwrap());
        Concern::Team { team_id, name }
    };
    let organization = || vec![Concern::Organization { organization_id: fact.org }];
    match &fact.what {
        What::OrganizationCreated(_)
        | What::OrganizationUpdated { .. }
        | What::OrganizationCertified
        | What::OrganizationDissolved
        | What::Published(_) => organization(),
        What::MemberCreated { joining, .. } => vec![member(joining.member)],
        What::InvitationAccepted { joining, invitation, teams } => {
            let mut all = vec![member(joining.member), letter(*invitation)];
            all.extend(teams.iter().map(|id| team(*id)));
            all
        }
        What::InvitationSent { invitation, .. }
        | What::InvitationResent { invitation, .. }
        | What::InvitationRevoked { invitation, .. }
        | What::InvitationDeclined { invitation }
        | What::InvitationExpired { invitation, .. } => vec![letter(*invitation)],
        What::RoleChanged { member: id, .. }
        | What::MemberSuspended { member: id, .. }
        | What::MemberReactivated { member: id, .. }
        | What::MemberRemoved { member: id, .. } => vec![member(*id)],
        What::SuperAdminTransferred { from, to, .. } => vec![member(from.0), member(to.0)],
        What::RoleDefined { role, .. }
        | What::RoleRedefined { role, .. }
        | What::RoleRetired { role, .. } => vec![Concern::Role { role: role.clone() }],
        What::TeamCreated { team: id, .. }
        | What::TeamUpdated { team: id, .. }
        | What::TeamRemoved { team: id, .. } => vec![team(*id)],
        What::TeamMemberAdded { team: id, member: who, .. }
        | What::TeamMemberRemoved { team: id, member: who, .. }
        | What::TeamRoleChanged { team: id, member: who, .. } => vec![member(*who), team(*id)],
        What::PersonalDataErased { invitations } => {
            invitations.iter().map(|id| letter(*id)).collect()
        }
        What::Beside(beside) => beside.concerns(org, member),
    }
}

/// What a team is called, or was when it ended.
fn team_name(org: &Org, team: TeamId) -> Option<Text> {
    let ended = || org.ended_teams.get(&team).cloned();
    org.team(team).map(|team| team.name.clone()).or_else(ended)
}

/// What was there before, and what is there after.
fn sides(what: &What, org: &Org) -> [Option<Value>; 2] {
    let roles = |roles: &Roles| Some(json!({"roles": roles}));
    let status = |status: &str| Some(json!({"status": status}));
    let allowed = |set: &PermissionSet| Some(json!({"permissions": set}));
    let in_team = |role: &TeamRole| Some(json!({"team_role": role}));
    let header = |name: Option<&Text>, parent: Option<&TeamId>| {
        let parent_name = parent.and_then(|id| team_name(org, *id));
        Some(present([
            ("name", name.map(|name| json!(&**name))),
            ("parent", parent.map(|id| json!(id))),
            ("parent_name", parent_name.map(|name| json!(&*name))),
        ]))
    };
    match what {
        What::OrganizationCreated(header) => [None, Some(begun(header))],
        What::OrganizationUpdated { .. } => [Some(updated(what, 0)), Some(updated(what, 1))],
        What::MemberCreated { joining, .. } | What::InvitationAccepted { joining, .. } => {
            [None, roles(&joining.roles)]
        }
        What::RoleChanged { before, after, .. } => [roles(before), roles(after)],
        What::MemberSuspended { .. } => [status("active"), status("suspended")],
        What::MemberReactivated { .. } => [status("suspended"), status("active")],
        What::MemberRemoved { roles: held, .. } => [roles(held), None],
        What::SuperAdminTransferred { from, to, becomes, to_before } => [
            Some(json!({"super_admin": from.0, "other": to.0, "other_roles": to_before})),
            Some(json!({"super_admin": to.0, "other": from.0, "other_roles": becomes})),
        ],
        What::InvitationSent { roles, expires_at, .. } => {
            [None, Some(json!({"roles": roles, "expires_at": expires_at}))]
        }
        What::InvitationResent { expires_at, .. } => {
            [None, Some(json!({"expires_at": expires_at}))]
        }
        What::InvitationExpired { expired_at, .. } => {
            [None, Some(json!({"expired_at": expired_at}))]
        }
        What::RoleDefined { permissions, .. } => [None, allowed(permissions)],
        What::RoleRedefined { before, after, .. } => [allowed(before), allowed(after)],
        What::RoleRetired { permissions, .. } => [allowed(permissions), None],
        What::TeamCreated { name, parent, .. } => [None, header(Some(name), parent.as_ref())],
        What::TeamUpdated { name, parent, .. } => [0, 1].map(|side| {
            let parent = parent.as_ref().and_then(|both| both[side].as_ref());
            header(name.as_ref().map(|both| &both[side]), parent)
        }),
        What::TeamRemoved { name, .. } => [header(Some(name), None), None],
        What::TeamMemberAdded { role, .. } => [None, in_team(role)],
        What::TeamMemberRemoved { role, .. } => [in_team(role), None],
        What::TeamRoleChanged { before, after, .. } => [in_team(before), in_team(after)],
        What::Beside(beside) => beside.sides(),
        What::Published(published) => [None, Some(published.after())],
        What::OrganizationCertified
        | What::OrganizationDissolved
        | What::InvitationRevoked { .. }
        | What::InvitationDeclined { .. }
        | What::PersonalDataErased { .. } => [None, None],
    }
}

fn present<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect())
}

fn begun(header: &Header) -> Value {
    present([
        ("name", header.name.text().map(|text| json!(text))),
        ("slug", header.slug.text().map(|text| json!(text))),
        ("kind", Some(json!(header.kind.name()))),
        ("role_set", Some(json!(header.role_set.name()))),
        ("seats", header.seats.map(|seats| json!(seats))),
    ])
}

fn updated(what: &What, side: usize) -> Value {
    let What::OrganizationUpdated { name, slug, seats, second_factor } = what else {
        unreachable!("only what was updated")
    };
    let text = |both: &Option<[Text; 2]>| both.as_ref().map(|both| json!(&*both[side]));
    let seats = seats.and_then(|both| both[side]).map(|seats| json!(seats));
    let second_factor = second_factor.map(|on| json!(on == (side == 1)));
    let (name, slug) = (text(name), text(slug));
    present([("name", name), ("slug", slug), ("seats", seats), ("second_factor", second_factor)])
}

fn cause(what: &What) -> Option<&'static str> {
    match what {
        What::MemberCreated { created: true, .. } => Some("created"),
        What::MemberCreated { created: false, .. } => Some("added"),
        What::MemberRemoved { cause, .. } => Some(cause.name()),
        What::InvitationRevoked { cause, .. } => Some(cause.name()),
        What::Beside(beside) => beside.cause(),
        _ => None,
    }
}

/// Whom the entry names as its subjects.
pub(super) fn subjects(fact: &Fact) -> Vec<Uuid> {
    let both =
        |joining: &Joining, invitation: &InvitationId| vec![joining.user.uuid(), invitation.uuid()];
    match &fact.what {
        What::OrganizationCreated(_)
        | What::OrganizationUpdated { .. }
        | What::OrganizationCertified
        | What::OrganizationDissolved
        | What::Published(_) => vec![fact.org.uuid()],
        What::MemberCreated { joining, .. } => vec![joining.user.uuid()],
        What::InvitationAccepted { joining, invitation, .. } => both(joining, invitation),
        What::InvitationSent { invitation, .. }
        | What::InvitationResent { invitation, .. }
        | What::InvitationRevoked { invitation, .. }
        | What::InvitationDeclined { invitation }
        | What::InvitationExpired { invitation, .. } => vec![invitation.uuid()],
        What::RoleChanged { user, .. }
        | What::MemberSuspended { user, .. }
        | What::MemberReactivated { user, .. }
        | What::MemberRemoved { user, .. }
        | What::TeamMemberAdded { user, .. }
        | What::TeamMemberRemoved { user, .. }
        | What::TeamRoleChanged { user, .. } => vec![user.uuid()],
        What::SuperAdminTransferred { from, to, .. } => vec![from.1.uuid(), to.1.uuid()],
        What::RoleDefined { .. }
        | What::RoleRedefined { .. }
        | What::RoleRetired { .. }
        | What::TeamCreated { .. }
        | What::TeamUpdated { .. }
        | What::TeamRemoved { .. } => vec![],
        What::PersonalDataErased { invitations } => {
            invitations.iter().map(|id| id.uuid()).collect()
        }
        What::Beside(beside) => beside.subjects(fact.org),
    }
}

/// Which teams it speaks of.
pub(super) fn teams(what: &What) -> Vec<TeamId> {
    match what {
        What::TeamCreated { team, .. }
        | What::TeamUpdated { team, .. }
        | What::TeamRemoved { team, .. }
        | What::TeamMemberAdded { team, .. }
        | What::TeamMemberRemoved { team, .. }
        | What::TeamRoleChanged { team, .. } => vec![*team],
        What::InvitationSent { teams, .. } | What::InvitationAccepted { teams, .. } => {
            teams.clone()
        }
        _ => vec![],
    }
}
