//! Who was invited, and what became of it.

use super::later::Later;
use super::moment::Sequence;
use super::role_table::RoleTable;
use super::{Misfit, Moment, PersonalValue, Place, Roll, Timeline};
use crate::facts::event::{
    InvitationAccepted, InvitationDeclined, InvitationExpired, InvitationResent, InvitationRevoked,
    InvitationSent, RevocationCause,
};
use crate::facts::{Actor, Roles, roles::named};
use crate::words::{InvitationId, MemberId, TeamId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

named! {
    /// What had become of an invitation.
    InvitationStatus {
        /// It could be accepted.
        Pending = "pending",
        /// Somebody joined with it.
        Accepted = "accepted",
        /// Whoever was invited said no.
        Declined = "declined",
        /// It was withdrawn.
        Revoked = "revoked",
        /// Its time had passed.
        Expired = "expired",
    }
}

/// An invitation as of a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvitationRow {
    /// The invitation.
    pub invitation_id: InvitationId,
    /// The address it is bound to.
    pub email: PersonalValue,
    /// What whoever accepts will hold.
    pub roles: Roles,
    /// The teams they will belong to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
    /// What had become of it.
    pub status: InvitationStatus,
    /// Why it was withdrawn, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<RevocationCause>,
    /// When it was first sent.
    pub sent_at: Timestamp,
    /// The entry with which it was first sent.
    pub sent_org_seq: u64,
    /// From this moment on it cannot be accepted.
    pub expires_at: Timestamp,
    /// Who sent it first.
    pub inviter: Actor,
    /// How often it was sent.
    pub sends: u32,
    /// When it was accepted, declined or withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who joined with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The membership that began with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_id: Option<MemberId>,
}

/// All invitations an organization has ever sent, a row each, in the order of sending.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Invitations {
    rows: Vec<Invitation>,
    by_id: BTreeMap<InvitationId, u32>,
    /// The times during which invitations were open; an expired one that is sent again opens anew.
    open: Roll,
    /// By row of `open`: whose time it is.
    openings: Vec<u32>,
    granted: RoleTable,
    /// Who sent one last, where that was not its inviter.
    senders: Later<Actor>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Invitation {
    id: InvitationId,
    email: PersonalValue,
    /// Number of the [`RoleTable`].
    roles: u32,
    teams: Box<[TeamId]>,
    inviter: Actor,
    terms: Timeline<Terms>,
    end: Option<(Place, End)>,
    /// Its latest row of `open`.
    opening: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Terms {
    expires_at: Timestamp,
    sends: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum End {
    Accepted { user: UserId, member: MemberId },
    Declined,
    Revoked(RevocationCause),
}

impl Invitations {
    pub(super) fn send(
        &mut self,
        place: Place,
        inviter: Actor,
        sent: &InvitationSent,
    ) -> Result<(), Misfit> {
        if self.by_id.contains_key(&sent.invitation) {
            return Err(Misfit::present("invitation", sent.invitation));
        }
        // Each row comes with an entry, and those are counted in 32 bits.
        let row = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.rows.push(Invitation {
            id: sent.invitation,
            email: (&sent.email).into(),
            roles: self.granted.number(&sent.roles),
            teams: sent.teams.as_slice().into(),
            inviter,
            terms: Timeline::new(place, Terms { expires_at: sent.expires_at, sends: 1 }),
            end: None,
            opening: self.open.enter(place),
        });
        self.openings.push(row);
        self.by_id.insert(sent.invitation, row);
        Ok(())
    }

    pub(super) fn resend(
        &mut self,
        place: Place,
        sender: Actor,
        resent: &InvitationResent,
    ) -> Result<(), Misfit> {
        let row = self.unanswered(resent.invitation)?;
        let known = &mut self.rows[row as usize];
        if *self.senders.at(place, row, &known.inviter) != sender {
            self.senders.set(place, row, sender);
        }
        let sends = known.terms.current().sends.saturating_add(1);
        known.terms.set(place, Terms { expires_at: resent.expires_at, sends });
        if !self.open.stood(known.opening, Place::LAST) {
            known.opening = self.open.enter(place);
            self.openings.push(row);
        }
        Ok(())
    }

    /// It stays unanswered: it can be sent again.
    pub(super) fn expire(
        &mut self,
        place: Place,
        expired: &InvitationExpired,
    ) -> Result<(), Misfit> {
        let row = self.unanswered(expired.invitation)?;
        let known = &mut self.rows[row as usize];
        let sends = known.terms.current().sends;
        known.terms.set(place, Terms { expires_at: expired.expired_at, sends });
        self.open.strike(place, known.opening);
        Ok(())
    }

    pub(super) fn accept(
        &mut self,
        place: Place,
        accepted: &InvitationAccepted,
    ) -> Result<(), Misfit> {
        let end = End::Accepted { user: accepted.user, member: accepted.member };
        self.end(place, accepted.invitation, end)
    }

    pub(super) fn decline(
        &mut self,
        place: Place,
        declined: &InvitationDeclined,
    ) -> Result<(), Misfit> {
        self.end(place, declined.invitation, End::Declined)
    }

    pub(super) fn revoke(
        &mut self,
        place: Place,
        revoked: &InvitationRevoked,
    ) -> Result<(), Misfit> {
        self.end(place, revoked.invitation, End::Revoked(revoked.cause))
    }

    /// Leaves of the address only that it was there.
    pub(super) fn erase(&mut self, id: InvitationId) -> Result<(), Misfit> {
        let row = self.by_id.get(&id).ok_or_else(|| Misfit::absent("invitation", id))?;
        self.rows[*row as usize].email = PersonalValue::Erased;
        Ok(())
    }

    fn end(&mut self, place: Place, id: InvitationId, end: End) -> Result<(), Misfit> {
        let row = self.unanswered(id)?;
        let known = &mut self.rows[row as usize];
        known.end = Some((place, end));
        self.open.strike(place, known.opening);
        Ok(())
    }

    fn unanswered(&self, id: InvitationId) -> Result<u32, Misfit> {
        let row = self.by_id.get(&id).copied();
        row.filter(|&row| self.rows[row as usize].end.is_none())
            .ok_or_else(|| Misfit::absent("unanswered invitation", id))
    }

    pub(super) fn list(&self, at: Moment, sequence: &Sequence) -> Vec<InvitationRow> {
        let sent = self.rows.partition_point(|known| known.terms.began() <= at.place);
        self.rows[..sent].iter().filter_map(|known| self.shown(known, at, sequence)).collect()
    }

    /// Only those that could be accepted. What it costs follows those that were open: an expired
    /// one counts among them until its expiry is recorded.
    pub(super) fn pending(&self, at: Moment, sequence: &Sequence) -> Vec<InvitationRow> {
        let mut rows: Vec<u32> =
            self.open.at(at.place).map(|opening| self.openings[opening as usize]).collect();
        rows.sort_unstable();
        rows.into_iter()
            .filter_map(|row| self.shown(&self.rows[row as usize], at, sequence))
            .filter(|row| row.status == InvitationStatus::Pending)
            .collect()
    }

    /// The pending ones that somebody sent last: they are withdrawn when whoever answers for them
    /// ends.
    pub(super) fn pending_of(
        &self,
        sender: Actor,
        at: Moment,
        sequence: &Sequence,
    ) -> Vec<InvitationRow> {
        let mut rows = self.pending(at, sequence);
        rows.retain(|row| self.sender(row.invitation_id, at.place) == Some(sender));
        rows
    }

    fn sender(&self, id: InvitationId, place: Place) -> Option<Actor> {
        let row = *self.by_id.get(&id)?;
        Some(*self.senders.at(place, row, &self.rows[row as usize].inviter))
    }

    pub(super) fn one(
        &self,
        id: InvitationId,
        at: Moment,
        sequence: &Sequence,
    ) -> Option<InvitationRow> {
        let row = *self.by_id.get(&id)?;
        self.shown(&self.rows[row as usize], at, sequence)
    }

    pub(super) fn email(&self, id: InvitationId) -> Option<&PersonalValue> {
        self.by_id.get(&id).map(|&row| &self.rows[row as usize].email)
    }

    fn shown(&self, known: &Invitation, at: Moment, sequence: &Sequence) -> Option<InvitationRow> {
        let terms = known.terms.at(at.place)?;
        let end = known.end.filter(|(place, _)| *place <= at.place);
        let mut row = InvitationRow {
            invitation_id: known.id,
            email: known.email.clone(),
            roles: self.granted.roles(known.roles).clone(),
            teams: known.teams.to_vec(),
            status: if terms.expires_at <= at.time() {
                InvitationStatus::Expired
            } else {
                InvitationStatus::Pending
            },
            cause: None,
            sent_at: sequence.time(known.terms.began()),
            sent_org_seq: known.terms.began().org_seq(),
            expires_at: terms.expires_at,
            inviter: known.inviter,
            sends: terms.sends,
            ended_at: end.map(|(place, _)| sequence.time(place)),
            user_id: None,
            member_id: None,
        };
        match end.map(|(_, end)| end) {
            None => {}
            Some(End::Declined) => row.status = InvitationStatus::Declined,
            Some(End::Revoked(cause)) => {
                row.status = InvitationStatus::Revoked;
                row.cause = Some(cause);
            }
            Some(End::Accepted { user, member }) => {
                row.status = InvitationStatus::Accepted;
                row.user_id = Some(user);
                row.member_id = Some(member);
            }
        }
        Some(row)
    }
}
