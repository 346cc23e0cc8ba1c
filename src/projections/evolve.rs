//! The one place where events turn into projections.

use super::member_row::{MemberStatus, Via};
use super::members::Joining;
use super::{Misfit, OrganizationView, Place};
use crate::facts::event::{
    ApiKeyIssued, InvitationAccepted, MemberCreated, MemberRemoved, PersonalDataErased,
    RoleChanged, TeamMemberRemoved, TeamRoleChanged,
};
use crate::facts::{Actor, Event, TeamRole};
use crate::words::{MemberId, TeamId};

impl OrganizationView {
    pub(super) fn evolve(
        &mut self,
        place: Place,
        actor: Actor,
        event: &Event,
    ) -> Result<(), Misfit> {
        match event {
            Event::OrganizationCreated(_) => return Err(Misfit::present("organization", self.id)),
            Event::OrganizationUpdated(updated) => self.headers.update(place, updated),
            Event::OrganizationCertified(_) => self.headers.certify(place),
            Event::OrganizationDissolved(_) => self.headers.dissolve(place),
            Event::MemberCreated(created) => self.create_member(place, actor, created)?,
            Event::InvitationSent(sent) => self.invitations.send(place, actor, sent)?,
            Event::InvitationResent(resent) => self.invitations.resend(place, actor, resent)?,
            Event::InvitationRevoked(revoked) => self.invitations.revoke(place, revoked)?,
            Event::InvitationDeclined(declined) => self.invitations.decline(place, declined)?,
            Event::InvitationExpired(expired) => self.invitations.expire(place, expired)?,
            Event::InvitationAccepted(accepted) => self.accept(place, actor, accepted)?,
            Event::RoleChanged(RoleChanged { member, before, after, .. }) => {
                self.members.held_before(*member, before)?;
                self.members.set_roles(place, *member, after)?;
            }
            Event::MemberSuspended(suspended) => {
                self.members.set_status(place, suspended.member, MemberStatus::Suspended)?;
            }
            Event::MemberReactivated(reactivated) => {
                self.members.set_status(place, reactivated.member, MemberStatus::Active)?;
            }
            Event::MemberRemoved(removed) => self.remove_member(place, removed)?,
            Event::SuperAdminTransferred(moved) => {
                self.members.held_before(moved.to_member, &moved.to_before)?;
                self.members.transfer(place, moved.from_member, &moved.becomes, moved.to_member)?;
            }
            Event::RoleDefined(defined) => self.roles.define(place, defined)?,
            Event::RoleRedefined(changed) => self.roles.redefine(place, changed)?,
            Event::RoleRetired(retired) => self.roles.retire(place, retired)?,
            Event::TeamCreated(created) => self.teams.create(place, created)?,
            Event::TeamUpdated(updated) => self.teams.update(place, updated)?,
            Event::TeamRemoved(removed) => self.teams.remove(place, removed.team)?,
            Event::TeamMemberAdded(added) => {
                self.add_to_team(place, added.team, added.member, added.role)?;
            }
            Event::TeamMemberRemoved(removed) => self.take_out_of_team(place, removed)?,
            Event::TeamRoleChanged(changed) => self.change_team_role(place, changed)?,
            Event::MemberUpdated(updated) => self.members.update(place, updated)?,
            Event::LimitsChanged(changed) => self.members.bound(place, changed)?,
            Event::TokenIssued(issued) => self.tokens.issue(place, actor, issued)?,
            Event::TokenRevoked(revoked) => self.tokens.revoke(place, revoked)?,
            Event::AuditorGranted(granted) => self.auditors.grant(place, actor, granted)?,
            Event::AuditorWithdrawn(withdrawn) => self.auditors.withdraw(place, withdrawn)?,
            Event::ApiKeyIssued(issued) => self.own(place, actor, issued)?,
            Event::ApiKeyRevoked(revoked) => {
                self.api_keys.revoke(place, &self.members, revoked)?;
            }
            Event::PersonalDataErased(erased) => self.erase(place, erased)?,
            // What it gives stands in the events behind it.
            Event::AccessTakenOver(_) | Event::ExportCreated(_) => {}
            Event::UserCreated(_)
            | Event::UserUpdated(_)
            | Event::EmailVerified(_)
            | Event::EmailReleased(_)
            | Event::PasswordSet(_)
            | Event::SecondFactorChanged(_)
            | Event::SessionsEnded(_)
            | Event::OrganizationHeadsCommitted(_)
            | Event::CheckpointKeyRotated(_)
            | Event::LedgerRestored(_) => return Err(Misfit::Elsewhere),
        }
        Ok(())
    }

    /// The tombstone stands at every place, earlier ones too: what is erased is erased from what
    /// was shown before. An entry that is read when its values no longer open comes to the same.
    fn erase(&mut self, place: Place, erased: &PersonalDataErased) -> Result<(), Misfit> {
        if let Some(user) = erased.user {
            self.members.erase(user);
            self.auditors.erase(place, user);
        }
        for invitation in &erased.invitations {
            self.invitations.erase(*invitation)?;
        }
        if erased.organization {
            self.headers.erase();
        }
        Ok(())
    }

    fn create_member(
        &mut self,
        place: Place,
        added_by: Actor,
        created: &MemberCreated,
    ) -> Result<(), Misfit> {
        let joining = Joining {
            member: created.member,
            user: created.user,
            username: created.username.as_ref(),
            name: created.name.as_ref(),
            email: created.email.as_ref(),
            roles: &created.roles,
            via: created.via.into(),
            added_by,
        };
        self.members.join(place, joining)
    }

    /// Accepting is itself the joining.
    fn accept(
        &mut self,
        place: Place,
        added_by: Actor,
        accepted: &InvitationAccepted,
    ) -> Result<(), Misfit> {
        self.invitations.accept(place, accepted)?;
        let joining = Joining {
            member: accepted.member,
            user: accepted.user,
            username: accepted.username.as_ref(),
            name: accepted.name.as_ref(),
            email: accepted.email.as_ref(),
            roles: &accepted.roles,
            via: Via::Invited(accepted.invitation),
            added_by,
        };
        self.members.join(place, joining)?;
        for team in &accepted.teams {
            self.add_to_team(place, *team, accepted.member, TeamRole::Member)?;
        }
        Ok(())
    }

    fn remove_member(&mut self, place: Place, removed: &MemberRemoved) -> Result<(), Misfit> {
        self.members.held_before(removed.member, &removed.roles)?;
        let row = self.members.leave(place, removed.member, removed.cause)?;
        self.teams.take_out_of_all(place, row);
        Ok(())
    }

    fn take_out_of_team(
        &mut self,
        place: Place,
        removed: &TeamMemberRemoved,
    ) -> Result<(), Misfit> {
        let row = self.members.standing(removed.member)?;
        self.teams.was_before(removed.team, row, removed.role)?;
        self.teams.take_out(place, removed.team, row)
    }

    fn change_team_role(&mut self, place: Place, changed: &TeamRoleChanged) -> Result<(), Misfit> {
        let row = self.members.standing(changed.member)?;
        self.teams.was_before(changed.team, row, changed.before)?;
        self.teams.set_role(place, changed.team, row, changed.after)
    }

    fn own(&mut self, place: Place, actor: Actor, issued: &ApiKeyIssued) -> Result<(), Misfit> {
        let owner = self.members.standing(issued.member)?;
        self.api_keys.issue(place, actor, owner, issued)
    }

    fn add_to_team(
        &mut self,
        place: Place,
        team: TeamId,
        member: MemberId,
        role: TeamRole,
    ) -> Result<(), Misfit> {
        let row = self.members.standing(member)?;
        self.teams.add(place, team, row, role)
    }
}
