//! Who did what to whom, when, what it changed, and why: one entry, told.

use super::{OrganizationView, PersonalValue, Place};
use crate::facts::event::{
    InvitationAccepted, OrganizationCreated, OrganizationUpdated, PermissionSet,
    SuperAdminTransferred, TeamUpdated,
};
use crate::facts::{Actor, Entry, Event, Roles, Shown, Source, TeamRole};
use crate::words::{
    CommandId, InvitationId, MemberId, Name, OrganizationId, RoleName, Slug, TeamId, Timestamp,
    UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// One entry as an auditor reads it. Names are those that held at its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its place in the ledger.
    pub seq: u64,
    /// Its place in the organization.
    pub org_seq: u64,
    /// When it counts as having happened.
    pub happened_at: Timestamp,
    /// When the ledger recorded it.
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// The login name of the actor, for a user who was or had been a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_username: Option<PersonalValue>,
    /// What was done: the type of the event.
    #[serde(rename = "type")]
    pub event_type: Cow<'static, str>,
    /// Whom or what it concerns; what it is about comes first.
    pub concerns: Vec<Concern>,
    /// What was there before, as far as it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is there after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// Which of the known causes it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cow<'static, str>>,
    /// Why, in the actor's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<PersonalValue>,
    /// The command; rows that share it happened together.
    pub cmd: CommandId,
    /// Where it was recorded before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// Whom or what an event concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Concern {
    /// The organization as a whole.
    Organization {
        /// Its id.
        organization_id: OrganizationId,
    },
    /// A member.
    Member {
        /// The membership.
        member_id: MemberId,
        /// The user.
        user_id: UserId,
        /// Their login name.
        #[serde(skip_serializing_if = "Option::is_none")]
        username: Option<PersonalValue>,
        /// What they are called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<PersonalValue>,
    },
    /// An invitation.
    Invitation {
        /// Its id.
        invitation_id: InvitationId,
        /// The address it is bound to.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<PersonalValue>,
    },
    /// A team.
    Team {
        /// Its id.
        team_id: TeamId,
        /// What it was called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
    },
    /// A custom role.
    Role {
        /// Its name.
        role: RoleName,
    },
}

impl AuditRow {
    /// Tells an entry of that organization, which must have been applied to the view; of one that
    /// was not, only what stands in the entry itself is told.
    pub fn of(entry: &Entry, view: &OrganizationView) -> Self {
        let names = Names { view, place: Place::of(entry.org_seq).unwrap_or(Place::LAST) };
        let event = &entry.fact.event;
        let told = told(event, &names);
        let actor_username = match entry.actor {
            Actor::User(user) => names.username(user),
            Actor::Token(_) | Actor::Operator(_) | Actor::System(_) => None,
        };
        Self {
            seq: entry.seq,
            org_seq: entry.org_seq,
            happened_at: entry.effective_time(),
            recorded_at: entry.time,
            actor: entry.actor,
            actor_username,
            event_type: event.type_name().into(),
            concerns: told.concerns,
            before: told.before,
            after: told.after,
            cause: told.cause.map(Cow::Borrowed),
            reason: event.reason().map(PersonalValue::from),
            cmd: entry.cmd,
            source: entry.fact.source.clone(),
        }
    }
}

/// The names that held at a place.
struct Names<'a> {
    view: &'a OrganizationView,
    place: Place,
}

impl Names<'_> {
    fn username(&self, user: UserId) -> Option<PersonalValue> {
        let row = self.view.members.latest_of(user, self.place)?;
        self.view.members.person(row).username.cloned()
    }

    fn member(&self, member_id: MemberId, user_id: UserId) -> Concern {
        let row = self.view.members.of_member(member_id);
        let person = row.map(|row| self.view.members.person(row));
        Concern::Member {
            member_id,
            user_id,
            username: person.and_then(|person| person.username.cloned()),
            name: person.and_then(|person| person.name.cloned()),
        }
    }

    fn invitation(&self, invitation_id: InvitationId) -> Concern {
        let email = self.view.invitations.email(invitation_id).cloned();
        Concern::Invitation { invitation_id, email }
    }

    fn team(&self, team_id: TeamId) -> Concern {
        let name = self.view.teams.name(team_id, self.place).cloned();
        Concern::Team { team_id, name }
    }

    /// A team's own data. In an import a parent may be named before it comes to exist; it has no
    /// name then.
    fn team_data(&self, name: Option<&Name>, parent: Option<TeamId>) -> Value {
        let parent_name = parent.and_then(|id| self.view.teams.name(id, self.place));
        object([
            ("name", name.map(|name| json!(name))),
            ("parent", parent.map(|id| json!(id))),
            ("parent_name", parent_name.map(|name| json!(name))),
        ])
    }

    fn organization(&self) -> Concern {
        Concern::Organization { organization_id: self.view.id() }
    }
}

/// What an event says, apart from its frame.
struct Told {
    concerns: Vec<Concern>,
    before: Option<Value>,
    after: Option<Value>,
    cause: Option<&'static str>,
}

impl Told {
    fn about(concerns: impl IntoIterator<Item = Concern>) -> Self {
        let concerns = concerns.into_iter().collect();
        Self { concerns, before: None, after: None, cause: None }
    }

    fn before(mut self, before: Value) -> Self {
        self.before = Some(before);
        self
    }

    fn after(mut self, after: Value) -> Self {
        self.after = Some(after);
        self
    }

    fn cause(mut self, cause: &'static str) -> Self {
        self.cause = Some(cause);
        self
    }
}

fn told(event: &Event, names: &Names<'_>) -> Told {
    let organization = || Told::about([names.organization()]);
    let member = |member, user| Told::about([names.member(member, user)]);
    let invitation = |invitation| Told::about([names.invitation(invitation)]);
    let role = |role: &RoleName| Told::about([Concern::Role { role: role.clone() }]);
    let team = |team| Told::about([names.team(team)]);
    let place = |member, user, team| Told::about([names.member(member, user), names.team(team)]);
    match event {
        Event::OrganizationCreated(event) => organization().after(created(event)),
        Event::OrganizationUpdated(event) => updated(organization(), event),
        Event::OrganizationCertified(_) | Event::OrganizationDissolved(_) => organization(),
        Event::MemberCreated(event) => {
            member(event.member, event.user).after(held(&event.roles)).cause(event.via.name())
        }
        Event::RoleChanged(event) => {
            member(event.member, event.user).before(held(&event.before)).after(held(&event.after))
        }
        Event::MemberSuspended(event) => {
            member(event.member, event.user).before(status("active")).after(status("suspended"))
        }
        Event::MemberReactivated(event) => {
            member(event.member, event.user).before(status("suspended")).after(status("active"))
        }
        Event::MemberRemoved(event) => {
            member(event.member, event.user).before(held(&event.roles)).cause(event.cause.name())
        }
        Event::SuperAdminTransferred(event) => transferred(event, names),
        Event::InvitationSent(event) => invitation(event.invitation)
            .after(json!({"roles": event.roles, "expires_at": event.expires_at})),
        Event::InvitationResent(event) => {
            invitation(event.invitation).after(json!({"expires_at": event.expires_at}))
        }
        Event::InvitationRevoked(event) => invitation(event.invitation).cause(event.cause.name()),
        Event::InvitationDeclined(event) => invitation(event.invitation),
        Event::InvitationExpired(event) => {
            invitation(event.invitation).after(json!({"expired_at": event.expired_at}))
        }
        Event::InvitationAccepted(event) => accepted(event, names),
        Event::RoleDefined(event) => role(&event.role).after(allowed(&event.permissions)),
        Event::RoleRedefined(event) => {
            role(&event.role).before(allowed(&event.before)).after(allowed(&event.after))
        }
        Event::RoleRetired(event) => role(&event.role).before(allowed(&event.permissions)),
        Event::TeamCreated(event) => {
            team(event.team).after(names.team_data(Some(&event.name), event.parent))
        }
        Event::TeamUpdated(event) => team_updated(team(event.team), event, names),
        Event::TeamRemoved(event) => {
            team(event.team).before(names.team_data(Some(&event.name), None))
        }
        Event::TeamMemberAdded(event) => {
            place(event.member, event.user, event.team).after(team_role(event.role))
        }
        Event::TeamMemberRemoved(event) => {
            place(event.member, event.user, event.team).before(team_role(event.role))
        }
        Event::TeamRoleChanged(event) => place(event.member, event.user, event.team)
            .before(team_role(event.before))
            .after(team_role(event.after)),
        Event::MemberUpdated(event) => member(event.member, event.user),
        Event::TokenIssued(_)
        | Event::TokenRevoked(_)
        | Event::AuditorGranted(_)
        | Event::AuditorWithdrawn(_)
        | Event::AccessTakenOver(_)
        | Event::UserCreated(_)
        | Event::UserUpdated(_)
        | Event::EmailVerified(_)
        | Event::EmailReleased(_)
        | Event::PasswordSet(_)
        | Event::SecondFactorChanged(_)
        | Event::SessionsEnded(_) => organization(),
        Event::ApiKeyIssued(event) => member(event.member, event.user),
        Event::ApiKeyRevoked(event) => member(event.member, event.user).cause(event.cause.name()),
        Event::LimitsChanged(event) => {
            member(event.member, event.user).before(json!(event.before)).after(json!(event.after))
        }
    }
}

fn held(roles: &Roles) -> Value {
    json!({"roles": roles})
}

fn status(status: &str) -> Value {
    json!({"status": status})
}

fn allowed(permissions: &PermissionSet) -> Value {
    json!({"permissions": permissions})
}

fn team_role(role: TeamRole) -> Value {
    json!({"team_role": role})
}

/// Absent fields are left out.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect())
}

fn created(event: &OrganizationCreated) -> Value {
    object([
        ("name", Some(json!(PersonalValue::from(&event.name)))),
        ("slug", Some(json!(PersonalValue::from(&event.slug)))),
        ("kind", Some(json!(event.kind))),
        ("role_set", Some(json!(event.role_set))),
        ("seats", event.seats.map(|seats| json!(seats))),
    ])
}

fn updated(told: Told, event: &OrganizationUpdated) -> Told {
    let side = |name: Option<&Shown<Name>>, slug: Option<&Shown<Slug>>, seats: Option<u32>| {
        object([
            ("name", name.map(|name| json!(PersonalValue::from(name)))),
            ("slug", slug.map(|slug| json!(PersonalValue::from(slug)))),
            ("seats", seats.map(|seats| json!(seats))),
        ])
    };
    let (name, slug, seats) = (event.name.as_ref(), event.slug.as_ref(), event.seats.as_ref());
    told.before(side(
        name.and_then(|change| change.before.as_ref()),
        slug.and_then(|change| change.before.as_ref()),
        seats.and_then(|change| change.before),
    ))
    .after(side(
        name.and_then(|change| change.after.as_ref()),
        slug.and_then(|change| change.after.as_ref()),
        seats.and_then(|change| change.after),
    ))
}

fn team_updated(told: Told, event: &TeamUpdated, names: &Names<'_>) -> Told {
    let (name, parent) = (event.name.as_ref(), event.parent.as_ref());
    told.before(names.team_data(
        name.and_then(|change| change.before.as_ref()),
        parent.and_then(|change| change.before),
    ))
    .after(names.team_data(
        name.and_then(|change| change.after.as_ref()),
        parent.and_then(|change| change.after),
    ))
}

/// Two members change: each side names who held the top role, and what the other one held.
fn transferred(event: &SuperAdminTransferred, names: &Names<'_>) -> Told {
    let (from, to) = (event.from_member, event.to_member);
    Told::about([names.member(from, event.from), names.member(to, event.to)])
        .before(json!({"super_admin": from, "other": to, "other_roles": event.to_before}))
        .after(json!({"super_admin": to, "other": from, "other_roles": event.becomes}))
}

fn accepted(event: &InvitationAccepted, names: &Names<'_>) -> Told {
    let joined = names.member(event.member, event.user);
    let teams = event.teams.iter().map(|team| names.team(*team));
    Told::about([joined, names.invitation(event.invitation)].into_iter().chain(teams))
        .after(held(&event.roles))
}
