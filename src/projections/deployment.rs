//! The deployment's own chain: accounts, and tokens that are no organization's.

use super::history::History;
use super::moment::Sequence;
use super::organization::follow;
use super::{ApplyError, AsOf, AsOfError, HistoryFilter, Misfit, Moment};
use crate::facts::{Entry, Event, Holder};
use crate::words::{OrganizationId, Timestamp};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What can be read of the deployment's own chain: its history. Who somebody is there is the law's
/// to know, and no list of it is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    sequence: Sequence,
    history: History,
}

impl Deployment {
    /// Takes in the chain's next entry. After an error the view is to be thrown away.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), ApplyError> {
        let place = follow(&self.sequence, entry)?;
        let event = &entry.fact.event;
        if !belongs(event) {
            let (seq, event) = (entry.seq, event.type_name());
            return Err(ApplyError::Misfit { seq, event, misfit: Misfit::Elsewhere });
        }
        self.history.push(place, entry);
        self.sequence.push(entry);
        Ok(())
    }

    /// The number of its entries that were taken in.
    pub fn size(&self) -> u64 {
        self.sequence.size()
    }

    /// The place in the ledger of the entry at a place here.
    pub fn seq_of(&self, org_seq: u64) -> Option<u64> {
        self.sequence.seq(super::Place::of(org_seq)?)
    }

    /// Resolves what is asked for to the moment that answers it; none while there was nothing.
    pub fn moment(&self, as_of: AsOf, now: Timestamp) -> Result<Option<Moment>, AsOfError> {
        match self.sequence.moment(as_of, now) {
            Ok(moment) => Ok(Some(moment)),
            Err(AsOfError::BeforeBeginning { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The `org_seq`s in `range` of the entries that are asked for, ascending. There are no members
    /// here: to ask about one is an error.
    pub fn history<'a>(
        &'a self,
        filter: HistoryFilter<'_>,
        range: Range<u64>,
    ) -> Result<Box<dyn DoubleEndedIterator<Item = u64> + 'a>, Misfit> {
        let range = range.start..range.end.min(self.size());
        self.history.find(OrganizationId::DEPLOYMENT, |_| None, filter, range)
    }
}

/// Whether an event can stand here.
fn belongs(event: &Event) -> bool {
    match event {
        Event::UserCreated(_)
        | Event::UserUpdated(_)
        | Event::EmailVerified(_)
        | Event::EmailReleased(_)
        | Event::PasswordSet(_)
        | Event::SecondFactorChanged(_)
        | Event::SessionsEnded(_)
        | Event::OrganizationHeadsCommitted(_)
        | Event::CheckpointKeyRotated(_)
        | Event::LedgerRestored(_) => true,
        // An account is a user and nothing else.
        Event::PersonalDataErased(erased) => {
            erased.user.is_some() && erased.invitations.is_empty() && !erased.organization
        }
        Event::TokenIssued(issued) => issued.holder != Holder::Organization,
        Event::TokenRevoked(revoked) => revoked.holder != Holder::Organization,
        Event::OrganizationCreated(_)
        | Event::OrganizationUpdated(_)
        | Event::OrganizationCertified(_)
        | Event::OrganizationDissolved(_)
        | Event::MemberCreated(_)
        | Event::MemberUpdated(_)
        | Event::InvitationSent(_)
        | Event::InvitationResent(_)
        | Event::InvitationRevoked(_)
        | Event::InvitationDeclined(_)
        | Event::InvitationExpired(_)
        | Event::InvitationAccepted(_)
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
        | Event::TeamRoleChanged(_)
        | Event::AuditorGranted(_)
        | Event::AuditorWithdrawn(_)
        | Event::AccessTakenOver(_)
        | Event::ApiKeyIssued(_)
        | Event::ApiKeyRevoked(_)
        | Event::LimitsChanged(_)
        | Event::ExportCreated(_) => false,
    }
}
