//! One organization's projections, and what can be asked of them.

use super::api_keys::ApiKeys;
use super::auditors::Auditors;
use super::custom_roles::CustomRoles;
use super::header::Headers;
use super::history::History;
use super::invitations::Invitations;
use super::members::Members;
use super::moment::Sequence;
use super::teams::Teams;
use super::tokens::Tokens;
use super::{
    ApplyError, AsOf, AsOfError, Header, HistoryFilter, InvitationRow, Leaving, MemberRow,
    Membership, Misfit, Moment, PersonalValue, Place, RoleRow, TeamRow,
};
use crate::facts::event::PermissionSet;
use crate::facts::{Entry, Event};
use crate::words::{InvitationId, MemberId, OrganizationId, TeamId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Everything that can be read of one organization, at every moment of its history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationView {
    pub(super) id: OrganizationId,
    pub(super) sequence: Sequence,
    pub(super) headers: Headers,
    pub(super) members: Members,
    pub(super) roles: CustomRoles,
    pub(super) invitations: Invitations,
    pub(super) teams: Teams,
    pub(super) tokens: Tokens,
    pub(super) auditors: Auditors,
    pub(super) api_keys: ApiKeys,
    history: History,
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
        let mut history = History::default();
        history.push(place, entry);
        Ok(Self {
            id: entry.fact.org,
            sequence,
            headers: Headers::new(place, created),
            members: Members::default(),
            roles: CustomRoles::default(),
            invitations: Invitations::default(),
            teams: Teams::default(),
            tokens: Tokens::default(),
            auditors: Auditors::default(),
            api_keys: ApiKeys::default(),
            history,
        })
    }

    /// Takes in the organization's next entry. After an error the view is to be thrown away.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), ApplyError> {
        let place = follow(&self.sequence, entry)?;
        self.evolve(place, entry.actor, &entry.fact.event).map_err(|misfit| {
            ApplyError::Misfit { seq: entry.seq, event: entry.fact.event.type_name(), misfit }
        })?;
        self.history.push(place, entry);
        self.sequence.push(entry);
        Ok(())
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

    /// At most `limit` of those who belonged, in the order of joining, behind the first `skip`.
    pub fn members_from(&self, at: Moment, skip: usize, limit: usize) -> Vec<MemberRow> {
        self.members.from(at.place, skip, limit, &self.sequence)
    }

    /// How many members there are at the end of its history.
    pub fn member_count(&self) -> usize {
        self.members.count()
    }

    /// How many members there were; at the end of its history that is known without counting.
    pub fn member_count_at(&self, at: Moment) -> usize {
        if at.org_seq() + 1 == self.size() {
            self.members.count()
        } else {
            self.members.count_at(at.place)
        }
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

    /// How a membership ended, if it had by then.
    pub fn leaving(&self, member: MemberId, at: Moment) -> Option<Leaving> {
        let row = self.members.of_member(member)?;
        let left = self.members.membership(row, &self.sequence)?.left?;
        (left.left_org_seq <= at.org_seq()).then_some(left)
    }

    /// Custom roles with what they allowed, and every other role that somebody held, by name.
    pub fn roles(&self, at: Moment) -> Vec<RoleRow> {
        self.roles.list(&self.members, at.place, &self.sequence)
    }

    /// When a custom role was defined, and what it allowed: without a look at who held it.
    pub fn custom_role(&self, name: &str, at: Moment) -> Option<(Timestamp, &PermissionSet)> {
        self.roles.meaning(name, at.place, &self.sequence)
    }

    /// Every invitation that had been sent, whatever became of it, in the order of sending.
    pub fn invitations(&self, at: Moment) -> Vec<InvitationRow> {
        self.invitations.list(at, &self.sequence)
    }

    /// The invitations that could be accepted, in the order of sending.
    pub fn pending_invitations(&self, at: Moment) -> Vec<InvitationRow> {
        self.invitations.pending(at, &self.sequence)
    }

    /// One invitation; none before it was sent.
    pub fn invitation(&self, id: InvitationId, at: Moment) -> Option<InvitationRow> {
        self.invitations.one(id, at, &self.sequence)
    }

    /// The teams with everybody in them, in the order in which they came to exist.
    pub fn teams(&self, at: Moment) -> Vec<TeamRow> {
        self.teams.list(&self.members, at.place, &self.sequence)
    }

    /// One team; none before it came to exist and after it was removed.
    pub fn team(&self, id: TeamId, at: Moment) -> Option<TeamRow> {
        self.teams.one(id, &self.members, at.place, &self.sequence)
    }

    /// The `org_seq`s in `range` of the entries that are asked for, ascending; read from the back
    /// for the latest first. A membership that never was is an error: an empty answer would not
    /// tell it from one about which nothing happened.
    pub fn history<'a>(
        &'a self,
        filter: HistoryFilter<'_>,
        range: Range<u64>,
    ) -> Result<Box<dyn DoubleEndedIterator<Item = u64> + 'a>, Misfit> {
        let range = range.start..range.end.min(self.size());
        let span = |member| self.span(member);
        self.history.find(self.id, span, filter, range)
    }

    /// Whose a membership is, and the places of the first and the last entry about it. A member's
    /// keys end behind the member.
    fn span(&self, member: MemberId) -> Option<(UserId, Place, Option<Place>)> {
        let row = self.members.of_member(member)?;
        let (user, from, left) = self.members.span(row)?;
        let to = left.map(|left| self.api_keys.last_end(row).map_or(left, |end| end.max(left)));
        Some((user, from, to))
    }
}

/// The place of an entry that may come next.
pub(super) fn follow(sequence: &Sequence, entry: &Entry) -> Result<Place, ApplyError> {
    sequence.follows(entry).ok_or(ApplyError::OutOfOrder {
        seq: entry.seq,
        org_seq: entry.org_seq,
        organization: entry.fact.org,
        size: sequence.size(),
    })
}
