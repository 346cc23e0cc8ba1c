//! Random histories, read at every place, against a fold that keeps nothing but the present.

use super::chance::history;
use super::holdings::{self, Holdings};
use super::story::*;
use crate::facts::event::*;
use crate::facts::*;
use crate::projections::*;
use crate::words::*;

/// The present of one organization, kept in the plainest way.
#[derive(Clone)]
pub(super) struct Model {
    /// Who does what happens next.
    pub(super) actor: Actor,
    pub(super) members: Vec<ModelMember>,
    pub(super) teams: Vec<ModelTeam>,
    pub(super) invitations: Vec<ModelInvitation>,
    pub(super) roles: Vec<(RoleName, PermissionSet)>,
    pub(super) holdings: Holdings,
}

#[derive(Clone)]
pub(super) struct ModelMember {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) roles: Roles,
    pub(super) suspended: bool,
    pub(super) username: String,
    pub(super) email: String,
    pub(super) requests: Option<u32>,
    pub(super) joined_at: Timestamp,
    pub(super) role_since: Timestamp,
}

#[derive(Clone)]
pub(super) struct ModelTeam {
    pub(super) name: String,
    pub(super) parent: Option<TeamId>,
    pub(super) people: Vec<(String, TeamRole)>,
}

#[derive(Clone)]
pub(super) struct ModelInvitation {
    pub(super) name: String,
    pub(super) sender: Actor,
    pub(super) expires_at: Timestamp,
    pub(super) sends: u32,
    pub(super) ended: Option<InvitationStatus>,
}

impl Default for Model {
    fn default() -> Self {
        let actor = Actor::System(System::Import);
        let (members, teams, invitations, roles) = Default::default();
        Self { actor, members, teams, invitations, roles, holdings: Holdings::default() }
    }
}

impl Model {
    fn member(&mut self, id: MemberId) -> &mut ModelMember {
        self.members.iter_mut().find(|known| member(&known.name) == id).unwrap()
    }

    fn team(&mut self, id: TeamId) -> &mut ModelTeam {
        self.teams.iter_mut().find(|known| team(&known.name) == id).unwrap()
    }

    fn invitation(&mut self, id: InvitationId) -> &mut ModelInvitation {
        self.invitations.iter_mut().find(|known| invitation(&known.name) == id).unwrap()
    }

    pub(super) fn login_of(&self, name: &str) -> &str {
        &self.members.iter().find(|known| known.name == name).unwrap().login
    }

    fn set_roles(&mut self, id: MemberId, roles: &Roles, now: Timestamp) {
        let known = self.member(id);
        known.roles = roles.clone();
        known.role_since = now;
    }

    fn join(&mut self, name: &str, login: &str, roles: &Roles, now: Timestamp) {
        self.members.push(ModelMember {
            name: name.to_owned(),
            login: login.to_owned(),
            roles: roles.clone(),
            suspended: false,
            username: login.to_owned(),
            email: String::new(),
            requests: None,
            joined_at: now,
            role_since: now,
        });
    }

    fn revoke(&mut self, invitation: InvitationId) {
        self.invitation(invitation).ended = Some(InvitationStatus::Revoked);
    }

    fn decline(&mut self, invitation: InvitationId) {
        self.invitation(invitation).ended = Some(InvitationStatus::Declined);
    }

    fn begin_team(&mut self, name: String, parent: Option<TeamId>) {
        self.teams.push(ModelTeam { name, parent, people: Vec::new() });
    }

    fn send(&mut self, name: String, event: &InvitationSent) {
        let (sender, expires_at) = (self.actor, event.expires_at);
        self.invitations.push(ModelInvitation { name, sender, expires_at, sends: 1, ended: None });
    }

    fn resend(&mut self, event: &InvitationResent) {
        let sender = self.actor;
        let known = self.invitation(event.invitation);
        known.sender = sender;
        known.expires_at = event.expires_at;
        known.sends += 1;
    }

    fn define(&mut self, role: &RoleName, permissions: &PermissionSet) {
        self.roles.retain(|(name, _)| name != role);
        self.roles.push((role.clone(), permissions.clone()));
    }

    fn accept(&mut self, name: &str, login: &str, event: &InvitationAccepted, now: Timestamp) {
        self.invitation(event.invitation).ended = Some(InvitationStatus::Accepted);
        self.join(name, login, &event.roles, now);
        for team in &event.teams {
            self.team(*team).people.push((name.to_owned(), TeamRole::Member));
        }
    }

    fn update(&mut self, event: &MemberUpdated) {
        let text = |profile: &Option<Change<Sealed>>| {
            let change = profile.as_ref()?;
            let after = change.after.as_ref().and_then(Sealed::text);
            Some(after.map(|text| text.to_string()).unwrap_or_default())
        };
        let known = self.member(event.member);
        known.username = text(&event.username).unwrap_or(known.username.clone());
        known.email = text(&event.email).unwrap_or(known.email.clone());
    }

    fn transfer(&mut self, event: &SuperAdminTransferred, now: Timestamp) {
        let held = self.member(event.from_member).roles.clone();
        self.set_roles(event.from_member, &event.becomes, now);
        self.set_roles(event.to_member, &held, now);
    }

    fn leave(&mut self, id: MemberId) {
        self.members.retain(|known| member(&known.name) != id);
        for team in &mut self.teams {
            team.people.retain(|(name, _)| member(name) != id);
        }
    }

    fn end_team(&mut self, id: TeamId) {
        self.teams.retain(|known| team(&known.name) != id);
        for child in &mut self.teams {
            child.parent = child.parent.filter(|parent| *parent != id);
        }
    }

    fn team_role(&mut self, team: TeamId, id: MemberId) -> &mut TeamRole {
        let people = &mut self.team(team).people;
        &mut people.iter_mut().find(|(name, _)| member(name) == id).unwrap().1
    }

    /// `name` is what the generator calls whoever or whatever the event brings.
    pub(super) fn apply(&mut self, name: &str, login: &str, event: &Event, now: Timestamp) {
        let called = name.to_owned();
        match event {
            Event::MemberCreated(event) => self.join(name, login, &event.roles, now),
            Event::InvitationAccepted(event) => self.accept(name, login, event, now),
            Event::RoleChanged(event) => self.set_roles(event.member, &event.after, now),
            Event::SuperAdminTransferred(event) => self.transfer(event, now),
            Event::MemberSuspended(event) => self.member(event.member).suspended = true,
            Event::MemberReactivated(event) => self.member(event.member).suspended = false,
            Event::MemberRemoved(event) => self.leave(event.member),
            Event::InvitationSent(event) => self.send(called, event),
            Event::InvitationResent(event) => self.resend(event),
            Event::InvitationRevoked(event) => self.revoke(event.invitation),
            Event::InvitationDeclined(event) => self.decline(event.invitation),
            Event::InvitationExpired(event) => {
                self.invitation(event.invitation).expires_at = event.expired_at;
            }
            Event::RoleDefined(event) => self.define(&event.role, &event.permissions),
            Event::RoleRedefined(event) => self.define(&event.role, &event.after),
            Event::RoleRetired(event) => self.roles.retain(|(name, _)| *name != event.role),
            Event::TeamCreated(event) => {
                self.begin_team(called, event.parent);
            }
            Event::TeamUpdated(event) => {
                self.team(event.team).parent = event.parent.as_ref().unwrap().after;
            }
            Event::TeamRemoved(event) => self.end_team(event.team),
            Event::TeamMemberAdded(event) => {
                let who = self.member(event.member).name.clone();
                self.team(event.team).people.push((who, event.role));
            }
            Event::TeamMemberRemoved(event) => {
                let people = &mut self.team(event.team).people;
                people.retain(|(name, _)| member(name) != event.member);
            }
            Event::TeamRoleChanged(event) => {
                *self.team_role(event.team, event.member) = event.after;
            }
            Event::MemberUpdated(event) => self.update(event),
            Event::LimitsChanged(event) => {
                self.member(event.member).requests = event.after.rate.map(|rate| rate.requests);
            }
            Event::TokenIssued(event) => self.holdings.issue_token(event, self.actor),
            Event::TokenRevoked(event) => self.holdings.revoke_token(event),
            Event::AuditorGranted(event) => self.holdings.grant(login, event),
            Event::AuditorWithdrawn(event) => self.holdings.withdraw(event),
            Event::ApiKeyIssued(event) => self.holdings.issue_key(name, login, event),
            Event::ApiKeyRevoked(event) => self.holdings.revoke_key(event),
            // Behind an erasure the past reads otherwise, to which `erasures` holds it.
            Event::AccessTakenOver(_)
            | Event::PersonalDataErased(_)
            | Event::UserCreated(_)
            | Event::UserUpdated(_)
            | Event::EmailVerified(_)
            | Event::EmailReleased(_)
            | Event::PasswordSet(_)
            | Event::SecondFactorChanged(_)
            | Event::SessionsEnded(_)
            | Event::ExportCreated(_)
            | Event::OrganizationHeadsCommitted(_)
            | Event::CheckpointKeyRotated(_)
            | Event::LedgerRestored(_)
            | Event::OrganizationCreated(_)
            | Event::OrganizationUpdated(_)
            | Event::OrganizationCertified(_)
            | Event::OrganizationDissolved(_) => {}
        }
    }

    fn rests_on(&self, who: &ModelMember, now: Timestamp) -> String {
        let actor = Actor::User(user(&who.login));
        let pending = |known: &&ModelInvitation| known.ended.is_none() && now < known.expires_at;
        let sent = self.invitations.iter().filter(pending).filter(|known| known.sender == actor);
        let sent: Vec<_> = sent.map(|known| invitation(&known.name)).collect();
        let issued = self.holdings.tokens.iter();
        let issued = issued.filter(|known| known.issuer == actor && known.cause.is_none());
        let issued: Vec<_> = issued.map(|known| token(&known.name)).collect();
        let owned = self.holdings.live_keys().filter(|known| known.owner == who.name);
        let owned: Vec<_> = owned.map(|known| api_key(&known.name)).collect();
        format!("rests on {}: {sent:?} {issued:?} {owned:?}", user(&who.login))
    }

    /// Every list, a line a row.
    fn read(&self, now: Timestamp) -> Vec<String> {
        let mut lines = Vec::new();
        for known in &self.members {
            lines.push(format!(
                "member {} {} {} {:?} {} {} {} {}",
                member(&known.name),
                known.username,
                known.email,
                known.requests,
                known.roles,
                if known.suspended { "suspended" } else { "active" },
                known.joined_at,
                known.role_since
            ));
            lines.push(self.rests_on(known, now));
        }
        for known in &self.teams {
            let mut people = known.people.clone();
            people.sort_by_key(|(_, role)| *role);
            let people = people.iter().map(|(name, role)| format!(" {role} {}", member(name)));
            let people: String = people.collect();
            lines.push(format!("team {} {:?}{people}", team(&known.name), known.parent));
        }
        for known in &self.invitations {
            let unanswered = if known.expires_at <= now {
                InvitationStatus::Expired
            } else {
                InvitationStatus::Pending
            };
            let status = known.ended.unwrap_or(unanswered);
            let id = invitation(&known.name);
            lines.push(format!("invitation {id} {status} {} {}", known.sends, known.expires_at));
        }
        let mut names: Vec<&RoleName> = self.roles.iter().map(|(name, _)| name).collect();
        names.extend(self.members.iter().flat_map(|known| known.roles.iter()));
        names.sort_unstable();
        names.dedup();
        for name in names {
            let allowed = self.roles.iter().find(|(known, _)| known == name).map(|(_, set)| set);
            let held = |known: &&ModelMember| known.roles.contains(name.as_str());
            let holders = self.members.iter().filter(held).count();
            lines.push(format!("role {name} {allowed:?} {holders}"));
        }
        lines.extend(self.holdings.read(now));
        lines
    }
}

/// The same lines, read from the projections.
fn read(view: &OrganizationView, at: Moment) -> Vec<String> {
    let mut lines = Vec::new();
    for row in view.members(at) {
        lines.push(format!(
            "member {} {} {} {:?} {} {} {} {}",
            row.member_id,
            row.username.as_ref().unwrap(),
            row.email.as_ref().map(ToString::to_string).unwrap_or_default(),
            view.limits(row.member_id, at).unwrap().rate.map(|rate| rate.requests),
            row.roles,
            row.status,
            row.joined_at,
            row.role_since
        ));
        lines.push(rests_on(view, &row, at));
        assert_eq!(view.member(row.member_id, at).as_ref(), Some(&row));
        assert_eq!(view.member_of_user(row.user_id, at), Some(row));
    }
    for row in view.teams(at) {
        let maintainers = row.maintainers.iter().map(|one| (TeamRole::Maintainer, one));
        let people = maintainers.chain(row.members.iter().map(|one| (TeamRole::Member, one)));
        let mut people: Vec<_> = people.collect();
        people.sort_by_key(|(role, _)| *role);
        let people: String =
            people.iter().map(|(role, one)| format!(" {role} {}", one.member_id)).collect();
        lines.push(format!("team {} {:?}{people}", row.team_id, row.parent));
        assert_eq!(view.team(row.team_id, at), Some(row));
    }
    for row in view.invitations(at) {
        let id = row.invitation_id;
        lines.push(format!("invitation {id} {} {} {}", row.status, row.sends, row.expires_at));
    }
    let mut pending = view.invitations(at);
    pending.retain(|row| row.status == InvitationStatus::Pending);
    assert_eq!(view.pending_invitations(at), pending);
    for row in view.roles(at) {
        lines.push(format!("role {} {:?} {}", row.role, row.permissions.as_ref(), row.holders));
    }
    lines.extend(holdings::read(view, at));
    lines
}

fn rests_on(view: &OrganizationView, member: &MemberRow, at: Moment) -> String {
    let resting = view.rests_on(member.user_id, at);
    let sent: Vec<_> = resting.invitations.iter().map(|row| row.invitation_id).collect();
    let issued: Vec<_> = resting.tokens.iter().map(|row| row.token_id).collect();
    let owned: Vec<_> = resting.api_keys.iter().map(|row| row.api_key_id).collect();
    format!("rests on {}: {sent:?} {issued:?} {owned:?}", member.user_id)
}

#[test]
fn every_place_of_a_random_history_reads_as_the_present_did_then() {
    for seed in 1..=12 {
        let (story, presents) = history(seed, 500);
        let view = story.view();
        for (org_seq, present) in presents.iter().enumerate() {
            let at = after(&view, org_seq);
            let happened = story.entries[org_seq].effective_time();
            assert_eq!(read(&view, at), present.read(happened), "seed {seed}, org_seq {org_seq}");
        }
    }
}

#[test]
fn every_kind_of_event_happens_in_the_random_histories() {
    let entries = (1..=12).flat_map(|seed| history(seed, 500).0.entries);
    let mut seen: Vec<_> = entries.map(|entry| entry.fact.event.type_name()).collect();
    seen.sort_unstable();
    seen.dedup();
    let missing = Event::CATALOGUE.iter().filter(|(name, _)| !seen.contains(name));
    let missing: Vec<_> = missing.map(|(name, _)| *name).collect();
    let whole = ["OrganizationUpdated", "OrganizationCertified", "OrganizationDissolved"];
    assert_eq!(missing[..3], whole, "these three are told in the table");
    assert_eq!(missing[3..4], ["ExportCreated"], "it changes nothing that is shown");
    let elsewhere = [
        "UserCreated",
        "UserUpdated",
        "EmailVerified",
        "EmailReleased",
        "PasswordSet",
        "SecondFactorChanged",
        "SessionsEnded",
        "OrganizationHeadsCommitted",
        "CheckpointKeyRotated",
        "LedgerRestored",
    ];
    let (last, missing) = missing[4..].split_last().unwrap();
    assert_eq!(missing, elsewhere, "these stand in the deployment's own chain");
    assert_eq!(*last, "PersonalDataErased", "this one changes what was read before");
}
