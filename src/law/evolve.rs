//! How a fact moves the state.
//!
//! Total: a fact that the law would never have allowed changes nothing that is not there, and
//! nothing panics. Finding such facts is the verifier's work.

mod access;
mod accounts;
mod deployment;
mod erasure;

use super::command::TokenDigest;
use super::state::{Invitation, InvitationStatus, Member, Organization, State, Team};
use crate::facts::event::{self, Change};
use crate::facts::{Actor, Event, Fact, OrganizationKind, Roles, Sealed, TeamRole};
use crate::words::hash::read_base64;
use crate::words::{CommandId, Email, InvitationId, MemberId, TeamId, Timestamp, UserId};
use deployment::text;
use imbl::OrdMap;
use std::sync::Arc;

/// Moves the state behind a fact that took effect at `at`.
pub fn evolve(state: &mut State, fact: &Fact, actor: Actor, cmd: CommandId, at: Timestamp) {
    let org = fact.org;
    if let Some(source) = &fact.source {
        deployment::remember_line(state, source, cmd);
    }
    deployment::evolve(state, fact, actor, at);
    if let Some(organization) = state.organizations.get_mut(&org) {
        let organization = Arc::make_mut(organization);
        organization.evolve(&fact.event, actor);
        organization.last_effective = organization.last_effective.max(at);
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
            Event::TeamMemberAdded(event) => self.place_in(event.team, event.user, event.role),
            Event::TeamMemberRemoved(event) => self.team_mut(event.team, |team| {
                team.members.remove(&event.user);
            }),
            Event::TeamRoleChanged(event) => self.place_in(event.team, event.user, event.after),
            Event::AuditorGranted(event) => {
                self.auditors.insert(event.user, event.expires_at);
            }
            Event::AuditorWithdrawn(event) => {
                self.auditors.remove(&event.user);
            }
            Event::ApiKeyIssued(event) => self.own(event),
            Event::ApiKeyRevoked(event) => {
                self.api_keys.remove(&event.key);
            }
            Event::LimitsChanged(event) => self.bound(event),
            Event::PersonalDataErased(event) => self.erase(event),
            Event::MemberUpdated(_)
            | Event::TokenIssued(_)
            | Event::TokenRevoked(_)
            | Event::AccessTakenOver(_)
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
            | Event::LedgerRestored(_) => {}
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
        if let Some(second_factor) = &event.second_factor {
            self.second_factor = second_factor.after.unwrap_or_default();
        }
    }

    fn join(&mut self, user: UserId, id: MemberId, roles: &Roles) {
        self.member_ids.insert(id, user);
        self.members.insert(user, Member { id, roles: roles.clone(), suspended: false });
        if self.kind == OrganizationKind::Personal {
            self.personal_of.get_or_insert(user);
        }
        self.count_top(user);
    }

    fn accept(&mut self, event: &event::InvitationAccepted) {
        self.close(event.invitation, InvitationStatus::Accepted);
        if let Some(invitation) = self.invitations.get_mut(&event.invitation) {
            invitation.accepted_by = Some(event.user);
        }
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
        self.limits.remove(&event.user);
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
            accepted_by: None,
            erased: false,
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

    pub(super) fn folded_address(&self, id: InvitationId) -> Option<Arc<str>> {
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

    fn place_in(&mut self, team: TeamId, user: UserId, role: TeamRole) {
        self.team_mut(team, |team| {
            team.members.insert(user, role);
        });
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
