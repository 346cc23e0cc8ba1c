//! One organization's projections, and the one place where events turn into them.

use super::header::Headers;
use super::members::{Joining, Members};
use super::moment::Sequence;
use super::{
    ApplyError, AsOf, AsOfError, Header, MemberRow, MemberStatus, Membership, Misfit, Moment,
    PersonalValue, Place, Via,
};
use crate::facts::event::{InvitationAccepted, MemberCreated};
use crate::facts::{Actor, Entry, Event};
use crate::words::{MemberId, OrganizationId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Everything that can be read of one organization, at every moment of its history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationView {
    id: OrganizationId,
    sequence: Sequence,
    headers: Headers,
    members: Members,
}

impl OrganizationView {
    /// Begins with the entry that creates the organization.
    pub fn begin(entry: &Entry) -> Result<Self, ApplyError> {
        let mut sequence = Sequence::default();
        let place = follow(&sequence, entry)?;
        let Event::OrganizationCreated(created) = &entry.fact.event else {
            return Err(ApplyError::NotCreated {
                seq: entry.seq,
                event: entry.fact.event.type_name(),
                organization: entry.fact.org,
            });
        };
        sequence.push(entry);
        Ok(Self {
            id: entry.fact.org,
            sequence,
            headers: Headers::new(place, created),
            members: Members::default(),
        })
    }

    /// Takes in the organization's next entry. After an error the view is to be thrown away.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), ApplyError> {
        let place = follow(&self.sequence, entry)?;
        self.evolve(place, entry.actor, &entry.fact.event).map_err(|misfit| {
            ApplyError::Misfit { seq: entry.seq, event: entry.fact.event.type_name(), misfit }
        })?;
        self.sequence.push(entry);
        Ok(())
    }

    fn evolve(&mut self, place: Place, actor: Actor, event: &Event) -> Result<(), Misfit> {
        match event {
            Event::OrganizationCreated(_) => Err(Misfit::present("organization", self.id)),
            Event::OrganizationUpdated(updated) => {
                self.headers.update(place, updated);
                Ok(())
            }
            Event::OrganizationCertified(_) => {
                self.headers.certify(place);
                Ok(())
            }
            Event::OrganizationDissolved(_) => {
                self.headers.dissolve(place);
                Ok(())
            }
            Event::MemberCreated(created) => self.created(place, actor, created),
            Event::InvitationAccepted(accepted) => self.accepted(place, actor, accepted),
            Event::RoleChanged(changed) => {
                self.members.set_roles(place, changed.member, &changed.after)
            }
            Event::MemberSuspended(suspended) => {
                self.members.set_status(place, suspended.member, MemberStatus::Suspended)
            }
            Event::MemberReactivated(reactivated) => {
                self.members.set_status(place, reactivated.member, MemberStatus::Active)
            }
            Event::MemberRemoved(removed) => {
                self.members.leave(place, removed.member, removed.cause).map(|_| ())
            }
            Event::SuperAdminTransferred(moved) => {
                self.members.transfer(place, moved.from_member, &moved.becomes, moved.to_member)
            }
            Event::InvitationSent(_)
            | Event::InvitationResent(_)
            | Event::InvitationRevoked(_)
            | Event::InvitationDeclined(_)
            | Event::InvitationExpired(_)
            | Event::RoleDefined(_)
            | Event::RoleRedefined(_)
            | Event::RoleRetired(_)
            | Event::TeamCreated(_)
            | Event::TeamUpdated(_)
            | Event::TeamRemoved(_)
            | Event::TeamMemberAdded(_)
            | Event::TeamMemberRemoved(_)
            | Event::TeamRoleChanged(_) => Ok(()),
        }
    }

    fn created(
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
        self.members.join(place, joining).map(|_| ())
    }

    fn accepted(
        &mut self,
        place: Place,
        added_by: Actor,
        accepted: &InvitationAccepted,
    ) -> Result<(), Misfit> {
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
        self.members.join(place, joining).map(|_| ())
    }

    /// The organization.
    pub fn id(&self) -> OrganizationId {
        self.id
    }

    /// The number of its entries that were taken in.
    pub fn size(&self) -> u64 {
        self.sequence.size()
    }

    /// The place in the ledger of the entry at a place here.
    pub fn seq_of(&self, org_seq: u64) -> Option<u64> {
        self.sequence.seq(Place::of(org_seq)?)
    }

    /// Resolves what is asked for to the moment that answers it. `now` is the instant that
    /// [`AsOf::Now`] means.
    pub fn moment(&self, as_of: AsOf, now: Timestamp) -> Result<Moment, AsOfError> {
        self.sequence.moment(as_of, now)
    }

    /// Its current slug.
    pub fn slug(&self) -> &PersonalValue {
        self.headers.slug()
    }

    /// Its own data.
    pub fn header(&self, at: Moment) -> Header {
        self.headers.at(self.id, at.place, &self.sequence)
    }

    /// Who belonged, in the order of joining.
    pub fn members(&self, at: Moment) -> Vec<MemberRow> {
        self.members.list(at.place, &self.sequence)
    }

    /// How many members there are at the end of its history.
    pub fn member_count(&self) -> usize {
        self.members.count()
    }

    /// One membership; none before it began and after it ended.
    pub fn member(&self, member: MemberId, at: Moment) -> Option<MemberRow> {
        self.members.row(self.members.of_member(member)?, at.place, &self.sequence)
    }

    /// The membership that a user had.
    pub fn member_of_user(&self, user: UserId, at: Moment) -> Option<MemberRow> {
        self.members.row(self.members.of_user(user, at.place)?, at.place, &self.sequence)
    }

    /// All memberships that a user has had, in the order of joining.
    pub fn memberships_of(&self, user: UserId) -> Vec<Membership> {
        self.members.memberships(user, &self.sequence)
    }
}

/// The place of an entry that may come next.
fn follow(sequence: &Sequence, entry: &Entry) -> Result<Place, ApplyError> {
    sequence.follows(entry).ok_or(ApplyError::OutOfOrder {
        seq: entry.seq,
        org_seq: entry.org_seq,
        organization: entry.fact.org,
        size: sequence.size(),
    })
}
