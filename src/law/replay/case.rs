//! One entry before the law, with what was so when it was recorded.

use super::authority::By;
use super::command::Underway;
use super::fault::LawFault;
use super::pending::Pending;
use super::{access, invitations, members, organizations, roles, teams};
use crate::facts::event::PermissionSet;
use crate::facts::{Entry, Event, Roles};
use crate::law::admission;
use crate::law::refusal::Refusal;
use crate::law::rights::Rights;
use crate::law::state::{Member, Organization, State};
use crate::words::{MemberId, OrganizationId, Timestamp, UserId};
use std::collections::BTreeMap;

pub(super) type Checked = Result<(), LawFault>;

/// See the module.
pub(super) struct Case<'a> {
    pub(super) entry: &'a Entry,
    pub(super) state: &'a State,
    pub(super) organization: &'a Organization,
    pub(super) command: &'a Underway,
    pub(super) pending: &'a Pending,
    /// How many API keys a user owns.
    pub(super) keys: &'a BTreeMap<UserId, usize>,
}

/// A fault, unless it is so.
pub(super) fn so(is_so: bool, fault: LawFault) -> Checked {
    if is_so { Ok(()) } else { Err(fault) }
}

impl Case<'_> {
    pub(super) fn now(&self) -> Timestamp {
        self.entry.effective_time()
    }

    pub(super) fn org(&self) -> OrganizationId {
        self.entry.fact.org
    }

    /// What the command's actor could do when it began.
    pub(super) fn rights(&self) -> Result<&Rights, LawFault> {
        self.command.rights.as_ref().map_err(|fault| *fault)
    }

    /// The member that is meant.
    pub(super) fn member(&self, user: UserId, id: MemberId) -> Result<&Member, LawFault> {
        let member = self.organization.member(user).filter(|member| member.id == id);
        member.ok_or(LawFault::UnknownMember)
    }

    pub(super) fn roles_fit(&self, roles: &Roles) -> Checked {
        admission::roles_fit(self.organization, roles).map_err(|refusal| {
            if matches!(refusal, Refusal::UnknownRole { .. }) {
                LawFault::UnknownRole
            } else {
                LawFault::RolesDoNotFit
            }
        })
    }

    pub(super) fn not_by_transfer(&self, roles: &Roles) -> Checked {
        let checked = admission::not_by_transfer(self.organization, roles);
        checked.map_err(|_| LawFault::SuperAdminByTransferOnly)
    }

    pub(super) fn may_grant(&self, roles: &Roles) -> Checked {
        let granted = self.rights()?.may_grant(self.organization, roles);
        granted.map_err(|_| LawFault::RoleOutranksActor)
    }

    pub(super) fn may_touch(&self, roles: &Roles) -> Checked {
        let touched = self.rights()?.may_touch(self.organization, roles);
        touched.map_err(|_| LawFault::MemberOutranksActor)
    }

    pub(super) fn covers(&self, permissions: &PermissionSet) -> Checked {
        so(self.rights()?.cover(permissions), LawFault::RoleOutranksActor)
    }

    /// Members, and invitations that can still be accepted.
    pub(super) fn seats_taken(&self) -> usize {
        self.organization.members.len() + self.pending.open()
    }

    /// Whether there is a seat for one more.
    pub(super) fn has_free_seat(&self) -> bool {
        self.organization.seats.is_none_or(|seats| self.seats_taken() < seats as usize)
    }

    /// Whether somebody was let in with all seats taken: only in an invitation's stead.
    pub(super) fn owes_seat(&self, by: By) -> bool {
        let is_joining = matches!(self.entry.fact.event, Event::MemberCreated(_));
        is_joining && matches!(by, By::Permission(_) | By::Import) && !self.has_free_seat()
    }

    /// Whether a role is all that they are.
    pub(super) fn is_alone(&self, roles: &Roles, role: &str) -> bool {
        roles.count() == 1 && roles.contains(role)
    }

    /// What the event itself asks for.
    pub(super) fn fits(&self, by: By) -> Checked {
        match &self.entry.fact.event {
            Event::OrganizationCreated(event) => organizations::created(event),
            Event::OrganizationUpdated(event) => organizations::updated(self, event),
            Event::OrganizationCertified(_) => organizations::certified(self, by),
            Event::OrganizationDissolved(_) => organizations::dissolved(self),
            Event::MemberCreated(event) => members::created(self, event, by),
            Event::MemberUpdated(event) => members::updated(self, event),
            Event::RoleChanged(event) => members::role_changed(self, event, by),
            Event::SuperAdminTransferred(event) => members::transferred(self, event),
            Event::MemberSuspended(event) => members::suspended(self, event),
            Event::MemberReactivated(event) => members::reactivated(self, event),
            Event::MemberRemoved(event) => members::removed(self, event, by),
            Event::InvitationSent(event) => invitations::sent(self, event),
            Event::InvitationResent(event) => invitations::resent(self, event),
            Event::InvitationRevoked(event) => invitations::revoked(self, event),
            Event::InvitationDeclined(event) => invitations::declined(self, event),
            Event::InvitationExpired(event) => invitations::expired(self, event),
            Event::InvitationAccepted(event) => invitations::accepted(self, event),
            Event::RoleDefined(event) => roles::defined(self, event),
            Event::RoleRedefined(event) => roles::redefined(self, event),
            Event::RoleRetired(event) => roles::retired(self, event),
            Event::TeamCreated(event) => teams::created(self, event, by),
            Event::TeamUpdated(event) => teams::updated(self, event),
            Event::TeamRemoved(event) => teams::removed(self, event),
            Event::TeamMemberAdded(event) => teams::member_added(self, event),
            Event::TeamMemberRemoved(event) => teams::member_removed(self, event),
            Event::TeamRoleChanged(event) => teams::role_changed(self, event),
            Event::TokenIssued(event) => access::token_issued(self, event),
            Event::TokenRevoked(event) => access::token_revoked(self, event),
            Event::AuditorGranted(event) => access::auditor_granted(self, event),
            Event::AuditorWithdrawn(event) => access::auditor_withdrawn(self, event),
            Event::AccessTakenOver(event) => access::taken_over(self, event),
            Event::ApiKeyIssued(event) => access::key_issued(self, event),
            Event::ApiKeyRevoked(event) => access::key_revoked(self, event),
            Event::LimitsChanged(event) => access::bounded(self, event),
            Event::ExportCreated(_) => access::exported(self),
            Event::PersonalDataErased(event) => access::erased(self, event),
            Event::UserCreated(_)
            | Event::UserUpdated(_)
            | Event::EmailVerified(_)
            | Event::EmailReleased(_)
            | Event::PasswordSet(_)
            | Event::SecondFactorChanged(_)
            | Event::SessionsEnded(_)
            | Event::OrganizationHeadsCommitted(_)
            | Event::CheckpointKeyRotated(_)
            | Event::LedgerRestored(_) => Err(LawFault::EventOfDeployment),
        }
    }
}
