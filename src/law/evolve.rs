//! How a fact moves the state.
//!
//! Total: a fact that the law would never have allowed changes nothing that is not there, and
//! nothing panics. Finding such facts is the verifier's work.

use super::command::TokenDigest;
use super::state::{
    ImportedLines, Invitation, InvitationStatus, Member, Organization, State, Team, User,
};
use crate::facts::event::{self, Change};
use crate::facts::{Actor, Event, Fact, Roles, Sealed, Shown, TeamRole};
use crate::words::hash::read_base64;
use crate::words::{
    CommandId, Email, InvitationId, MemberId, Name, OrganizationId, Slug, TeamId, Timestamp,
    UserId, Username,
};
use imbl::{OrdMap, OrdSet};
use std::sync::Arc;

/// Moves the state behind a fact that took effect at `at`.
pub fn evolve(state: &mut State, fact: &Fact, actor: Actor, cmd: CommandId, at: Timestamp) {
    let org = fact.org;
    if let Some(source) = &fact.source {
        remember_line(state, source, cmd);
    }
    evolve_deployment(state, org, &fact.event);
    if let Some(organization) = state.organizations.get_mut(&org) {
        let organization = Arc::make_mut(organization);
        organization.evolve(&fact.event, actor);
        organization.last_effective = organization.last_effective.max(at);
    }
}

/// What a fact means beyond its organization: slugs, and who is known to the deployment.
fn evolve_deployment(state: &mut State, org: OrganizationId, event: &Event) {
    match event {
        Event::OrganizationCreated(event) => create_organization(state, org, event),
        Event::OrganizationUpdated(event) => move_slug(state, org, event),
        Event::MemberCreated(event) => {
            let person = [&event.email, &event.name, &event.username].map(Option::as_ref);
            know_user(state, event.user, person, false);
        }
        Event::InvitationAccepted(event) => {
            let person = [&event.email, &event.name, &event.username].map(Option::as_ref);
            know_user(state, event.user, person, true);
        }
        Event::OrganizationCertified(_)
        | Event::OrganizationDissolved(_)
        | Event::InvitationSent(_)
        | Event::InvitationResent(_)
        | Event::InvitationRevoked(_)
        | Event::InvitationDeclined(_)
        | Event::InvitationExpired(_)
        | Event::RoleChanged(_)
        | Event::MemberSuspended(_)
        | Event::MemberReactivated(_)
        | Event::MemberRemoved(_)
        | Event::SuperAdminTransferred(_)
        | Event::RoleDefined(_)
        | Event::RoleRedefined(_)
        | Event::RoleRetired(_)
        | Event::TeamCreated(_)
        | Event::TeamUpdated(_)
        | Event::TeamRemoved(_)
        | Event::TeamMemberAdded(_)
        | Event::TeamMemberRemoved(_)
        | Event::TeamRoleChanged(_) => {}
    }
}

fn remember_line(state: &mut State, source: &crate::facts::Source, cmd: CommandId) {
    let before = source.seq.checked_sub(1);
    let key = (source.repo.clone(), source.seq);
    let run = state
        .imported
        .range(..(source.repo.clone(), source.seq))
        .next_back()
        .filter(|((repo, _), run)| {
            *repo == source.repo
                && Some(run.last) == before
                && run.commit == source.commit
                && run.cmd == cmd
        })
        .map(|(key, _)| key.clone());
    let first = run.unwrap_or(key);
    let lines = ImportedLines { last: source.seq, commit: source.commit.clone(), cmd };
    state.imported.insert(first, lines);
}

/// Keeps what is known of a user, and finds them by it.
fn know_user(state: &mut State, id: UserId, person: [Option<&Sealed>; 3], signs_in: bool) {
    let [email, name, username] = person.map(|value| value.and_then(Sealed::text).cloned());
    if let Some(email) = email.as_deref().and_then(|email| Email::parse(email).ok()) {
        state.emails.insert(email.folded(), id);
    }
    if let Some(username) = username.as_deref().and_then(|name| Username::parse(name).ok()) {
        state.usernames.insert(username.folded(), id);
    }
    let user: &mut User = Arc::make_mut(state.users.entry(id).or_default());
    user.email = email.or(user.email.take());
    user.name = name.or(user.name.take());
    user.username = username.or(user.username.take());
    user.signs_in |= signs_in;
}

trait Text {
    fn text(&self) -> Arc<str>;
}

impl Text for Name {
    fn text(&self) -> Arc<str> {
        self.shared()
    }
}

impl Text for Slug {
    fn text(&self) -> Arc<str> {
        self.shared()
    }
}

fn text<T: Text>(shown: &Shown<T>) -> Option<Arc<str>> {
    match shown {
        Shown::Public(value) => Some(value.text()),
        Shown::Sealed(sealed) => sealed.text().cloned(),
    }
}

fn create_organization(state: &mut State, org: OrganizationId, event: &event::OrganizationCreated) {
    let slug = text(&event.slug);
    if let Some(slug) = &slug {
        state.slugs.insert(Arc::clone(slug), org);
    }
    let organization = Organization {
        kind: event.kind,
        role_set: event.role_set,
        name: text(&event.name),
        slug,
        certified: false,
        dissolved: false,
        seats: event.seats,
        last_effective: Timestamp::EPOCH,
        members: OrdMap::new(),
        member_ids: OrdMap::new(),
        top_holders: OrdSet::new(),
        custom_roles: OrdMap::new(),
        invitations: OrdMap::new(),
        pending: OrdMap::new(),
        teams: OrdMap::new(),
        team_names: OrdMap::new(),
        awaited_parents: OrdSet::new(),
    };
    state.organizations.insert(org, Arc::new(organization));
}

fn move_slug(state: &mut State, org: OrganizationId, event: &event::OrganizationUpdated) {
    let Some(Change { before, after }) = &event.slug else { return };
    if let Some(slug) = before.as_ref().and_then(text) {
        state.slugs.remove(&slug);
    }
    if let Some(slug) = after.as_ref().and_then(text) {
        state.slugs.insert(slug, org);
    }
}

fn token(sealed: &Sealed) -> Option<TokenDigest> {
    sealed.text().and_then(|text| read_base64(text)).map(TokenDigest)
}

impl Organization {
    fn evolve(&mut self, event: &Event, actor: Actor) {
        match event {
            Event::OrganizationCreated(_) => {}
            Event::OrganizationUpdated(event) => self.update(event),
            Event::MemberCreated(event) => self.join(event.user, event.member, &event.roles),
            Event::InvitationAccepted(event) => self.accept(event),
            Event::OrganizationCertified(_) => self.certified = true,
            Event::OrganizationDissolved(_) => self.dissolved = true,
            Event::InvitationSent(event) => self.invite(event, actor),
            Event::InvitationResent(event) => self.resend(event, actor),
            Event::InvitationRevoked(event) => {
                self.close(event.invitation, InvitationStatus::Revoked)
            }
            Event::InvitationDeclined(event) => {
                self.close(event.invitation, InvitationStatus::Declined);
            }
            Event::InvitationExpired(event) => {
                self.close(event.invitation, InvitationStatus::Expired)
            }
            Event::RoleChanged(event) => self.hold(event.user, event.after.clone()),
            Event::MemberSuspended(event) => self.suspend(event.user, true),
            Event::MemberReactivated(event) => self.suspend(event.user, false),
            Event::MemberRemoved(event) => self.part(event),
            Event::SuperAdminTransferred(event) => self.transfer(event),
            Event::RoleDefined(event) => {
                self.custom_roles.insert(event.role.clone(), event.permissions.clone());
            }
            Event::RoleRedefined(event) => {
                self.custom_roles.insert(event.role.clone(), event.after.clone());
            }
            Event::RoleRetired(event) => {
                self.custom_roles.remove(&event.role);
            }
            Event::TeamCreated(event) => self.create_team(event),
            Event::TeamUpdated(event) => self.update_team(event),
            Event::TeamRemoved(event) => self.remove_team(event.team),
            Event::TeamMemberAdded(event) => self.team_mut(event.team, |team| {
                team.members.insert(event.user, event.role);
            }),
            Event::TeamMemberRemoved(event) => self.team_mut(event.team, |team| {
                team.members.remove(&event.user);
            }),
            Event::TeamRoleChanged(event) => self.team_mut(event.team, |team| {
                team.members.insert(event.user, event.after);
            }),
        }
    }

    fn update(&mut self, event: &event::OrganizationUpdated) {
        if let Some(slug) = &event.slug {
            self.slug = slug.after.as_ref().and_then(text);
        }
        if let Some(name) = &event.name {
            self.name = name.after.as_ref().and_then(text);
        }
        if let Some(seats) = &event.seats {
            self.seats = seats.after;
        }
    }

    fn join(&mut self, user: UserId, id: MemberId, roles: &Roles) {
        self.member_ids.insert(id, user);
        self.members.insert(user, Member { id, roles: roles.clone(), suspended: false });
        self.count_top(user);
    }

    fn accept(&mut self, event: &event::InvitationAccepted) {
        self.close(event.invitation, InvitationStatus::Accepted);
        self.join(event.user, event.member, &event.roles);
        for team in &event.teams {
            self.team_mut(*team, |team| {
                team.members.insert(event.user, TeamRole::Member);
            });
        }
    }

    fn hold(&mut self, user: UserId, roles: Roles) {
        if let Some(member) = self.members.get_mut(&user) {
            member.roles = roles;
        }
        self.count_top(user);
    }

    fn suspend(&mut self, user: UserId, suspended: bool) {
        if let Some(member) = self.members.get_mut(&user) {
            member.suspended = suspended;
        }
        self.count_top(user);
    }

    /// Only active members fill the top role.
    fn count_top(&mut self, user: UserId) {
        let top = self.definition().top_role();
        let fills = self
            .members
            .get(&user)
            .is_some_and(|member| !member.suspended && member.roles.contains(top));
        if fills {
            self.top_holders.insert(user);
        } else {
            self.top_holders.remove(&user);
        }
    }

    fn part(&mut self, event: &event::MemberRemoved) {
        self.members.remove(&event.user);
        self.member_ids.remove(&event.member);
        self.count_top(event.user);
        for team in self.teams_of(event.user) {
            self.team_mut(team, |team| {
                team.members.remove(&event.user);
            });
        }
    }

    fn transfer(&mut self, event: &event::SuperAdminTransferred) {
        let Some(held) = self.members.get(&event.from).map(|member| member.roles.clone()) else {
            return;
        };
        self.hold(event.from, event.becomes.clone());
        self.hold(event.to, held);
    }

    fn invite(&mut self, event: &event::InvitationSent, actor: Actor) {
        let invitation = Invitation {
            email: event.email.text().cloned(),
            roles: event.roles.clone(),
            teams: event.teams.clone(),
            expires_at: event.expires_at,
            token: token(&event.token),
            inviter: actor,
            status: InvitationStatus::Pending,
        };
        self.invitations.insert(event.invitation, invitation);
        self.await_answer(event.invitation);
    }

    /// Whoever sent it last answers for it: it is withdrawn when their membership ends.
    fn resend(&mut self, event: &event::InvitationResent, actor: Actor) {
        if let Some(invitation) = self.invitations.get_mut(&event.invitation) {
            invitation.expires_at = event.expires_at;
            invitation.token = token(&event.token);
            invitation.inviter = actor;
            invitation.status = InvitationStatus::Pending;
        }
        self.await_answer(event.invitation);
    }

    fn folded_address(&self, id: InvitationId) -> Option<Arc<str>> {
        let email = self.invitations.get(&id)?.email.as_deref()?;
        Email::parse(email).ok().map(|email| email.folded())
    }

    fn await_answer(&mut self, id: InvitationId) {
        if let Some(address) = self.folded_address(id) {
            self.pending.insert(address, id);
        }
    }

    fn close(&mut self, id: InvitationId, status: InvitationStatus) {
        if let Some(address) = self.folded_address(id)
            && self.pending.get(&address) == Some(&id)
        {
            self.pending.remove(&address);
        }
        if let Some(invitation) = self.invitations.get_mut(&id) {
            invitation.status = status;
            invitation.token = None;
        }
    }

    fn create_team(&mut self, event: &event::TeamCreated) {
        let team = Team { name: event.name.clone(), parent: event.parent, members: OrdMap::new() };
        self.teams.insert(event.team, team);
        self.team_names.insert(event.name.clone(), event.team);
        self.awaited_parents.remove(&event.team);
        if let Some(parent) = event.parent
            && !self.teams.contains_key(&parent)
        {
            self.awaited_parents.insert(parent);
        }
    }

    fn update_team(&mut self, event: &event::TeamUpdated) {
        if let Some(Change { before, after }) = &event.name {
            if let Some(before) = before {
                self.team_names.remove(before);
            }
            if let Some(after) = after {
                self.team_names.insert(after.clone(), event.team);
                self.team_mut(event.team, |team| team.name = after.clone());
            }
        }
        if let Some(parent) = &event.parent {
            self.team_mut(event.team, |team| team.parent = parent.after);
        }
    }

    fn remove_team(&mut self, id: TeamId) {
        if let Some(team) = self.teams.remove(&id) {
            self.team_names.remove(&team.name);
        }
        let children: Vec<TeamId> = self
            .teams
            .iter()
            .filter(|(_, team)| team.parent == Some(id))
            .map(|(child, _)| *child)
            .collect();
        for child in children {
            self.team_mut(child, |team| team.parent = None);
        }
    }

    fn team_mut(&mut self, team: TeamId, change: impl FnOnce(&mut Team)) {
        if let Some(team) = self.teams.get_mut(&team) {
            change(team);
        }
    }

    /// The teams a user is in.
    pub(super) fn teams_of(&self, user: UserId) -> Vec<TeamId> {
        self.teams
            .iter()
            .filter(|(_, team)| team.members.contains_key(&user))
            .map(|(id, _)| *id)
            .collect()
    }
}
