//! What a replay keeps beside the law's state: whatever that finds by values which may be withheld,
//! and what a command leaves to its later entries.

use super::command::Underway;
use super::pending::Pending;
use crate::facts::event::RemovalCause;
use crate::facts::{Entry, Event};
use crate::law::state::Organization;
use crate::words::{ApiKeyId, UserId};
use std::collections::BTreeMap;

pub(super) struct Beside<'a> {
    /// As it is before the entry.
    pub(super) organization: &'a Organization,
    pub(super) pending: &'a mut Pending,
    pub(super) keys: &'a mut BTreeMap<UserId, usize>,
}

impl Beside<'_> {
    pub(super) fn moves(&mut self, command: &mut Underway, entry: &Entry) {
        match &entry.fact.event {
            Event::InvitationSent(event) => {
                self.pending.begin(event.invitation, event.expires_at, entry.actor);
            }
            Event::InvitationResent(event) => {
                if self.organization.invitation(event.invitation).is_some() {
                    self.pending.begin(event.invitation, event.expires_at, entry.actor);
                }
            }
            Event::InvitationRevoked(event) => self.pending.end(event.invitation),
            Event::InvitationDeclined(event) => self.pending.end(event.invitation),
            Event::InvitationExpired(event) => self.pending.end(event.invitation),
            Event::InvitationAccepted(event) => self.pending.end(event.invitation),
            Event::ApiKeyIssued(event) => {
                self.disown(event.key);
                *self.keys.entry(event.user).or_default() += 1;
            }
            Event::ApiKeyRevoked(event) => self.disown(event.key),
            Event::MemberRemoved(event) => match event.cause {
                RemovalCause::Removed
                | RemovalCause::Left
                | RemovalCause::Deprovisioned
                | RemovalCause::Erased => command.ended.push((event.user, entry.seq)),
                RemovalCause::OrganizationDissolved => {}
            },
            Event::MemberSuspended(event) => command.ended.push((event.user, entry.seq)),
            Event::AccessTakenOver(event) => command.takes_over(event.user, entry.seq),
            Event::MemberCreated(event) => {
                if !self.organization.definition().exactly_one_top {
                    command.gave_top(event.user);
                }
            }
            Event::RoleChanged(event) => command.gave_top(event.user),
            Event::SuperAdminTransferred(event) => command.gave_top(event.to),
            Event::OrganizationCreated(_)
            | Event::OrganizationUpdated(_)
            | Event::OrganizationCertified(_)
            | Event::OrganizationDissolved(_)
            | Event::MemberReactivated(_)
            | Event::RoleDefined(_)
            | Event::RoleRedefined(_)
            | Event::RoleRetired(_)
            | Event::TeamCreated(_)
            | Event::TeamUpdated(_)
            | Event::TeamRemoved(_)
            | Event::TeamMemberAdded(_)
            | Event::TeamMemberRemoved(_)
            | Event::TeamRoleChanged(_)
            | Event::MemberUpdated(_)
            | Event::TokenIssued(_)
            | Event::TokenRevoked(_)
            | Event::AuditorGranted(_)
            | Event::AuditorWithdrawn(_)
            | Event::LimitsChanged(_)
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
            | Event::PersonalDataErased(_) => {}
        }
    }

    fn disown(&mut self, key: ApiKeyId) {
        let Some(user) = self.organization.api_key(key).map(|key| key.user) else { return };
        if let Some(count) = self.keys.get_mut(&user) {
            *count -= 1;
            if *count == 0 {
                self.keys.remove(&user);
            }
        }
    }
}
