//! The life of an invitation.

use super::case::{Case, Checked, so};
use super::fault::LawFault;
use crate::facts::Sealed;
use crate::facts::event::{
    InvitationAccepted, InvitationDeclined, InvitationExpired, InvitationResent, InvitationRevoked,
    InvitationSent, RevocationCause,
};
use crate::law::command::Invite;
use crate::law::state::{Invitation, InvitationStatus};
use crate::words::{Email, InvitationId, TeamId, Timestamp};
use std::sync::Arc;
use std::time::Duration;

pub(super) fn sent(case: &Case<'_>, event: &InvitationSent) -> Checked {
    let organization = case.organization;
    so(organization.invitation(event.invitation).is_none(), LawFault::IdentifierTaken)?;
    case.roles_fit(&event.roles)?;
    case.not_by_transfer(&event.roles)?;
    case.may_grant(&event.roles)?;
    let teams_exist = event.teams.iter().all(|team| organization.team(*team).is_some());
    so(teams_exist, LawFault::UnknownTeam)?;
    lasts(case, event.expires_at)?;
    so(case.has_free_seat(), LawFault::NoSeatLeft)
}

/// It lasts from when the command began: what an earlier invitation's end takes does not count.
fn lasts(case: &Case<'_>, expires_at: Timestamp) -> Checked {
    let begun = case.command.moment;
    let (least, most) = (begun.after(Duration::from_secs(1)), begun.after(Invite::EXPIRES_IN_MAX));
    so((least..=most).contains(&expires_at), LawFault::ExpiryOutOfRange)
}

fn known<'a>(case: &'a Case<'_>, id: InvitationId) -> Result<&'a Invitation, LawFault> {
    let found = case.organization.invitation(id).ok_or(LawFault::UnknownInvitation)?;
    if found.erased { Err(LawFault::PersonErased) } else { Ok(found) }
}

/// The invitation, where it can still be answered.
fn open<'a>(case: &'a Case<'_>, id: InvitationId) -> Result<&'a Invitation, LawFault> {
    let invitation = known(case, id)?;
    match invitation.status {
        InvitationStatus::Pending if case.now() < invitation.expires_at => Ok(invitation),
        InvitationStatus::Pending | InvitationStatus::Expired => Err(LawFault::InvitationExpired),
        InvitationStatus::Accepted | InvitationStatus::Declined | InvitationStatus::Revoked => {
            Err(LawFault::InvitationClosed)
        }
    }
}

pub(super) fn resent(case: &Case<'_>, event: &InvitationResent) -> Checked {
    let invitation = known(case, event.invitation)?;
    let had_expired = match invitation.status {
        InvitationStatus::Pending => invitation.expires_at <= case.command.moment,
        InvitationStatus::Expired => true,
        InvitationStatus::Accepted | InvitationStatus::Declined | InvitationStatus::Revoked => {
            return Err(LawFault::InvitationClosed);
        }
    };
    case.may_grant(&invitation.roles)?;
    // A custom role it names may have been retired while it lay expired.
    case.roles_fit(&invitation.roles)?;
    lasts(case, event.expires_at)?;
    so(!had_expired || case.has_free_seat(), LawFault::NoSeatLeft)
}

pub(super) fn revoked(case: &Case<'_>, event: &InvitationRevoked) -> Checked {
    let invitation = open(case, event.invitation)?;
    match event.cause {
        RevocationCause::Revoked | RevocationCause::Superseded => case.may_grant(&invitation.roles),
        RevocationCause::Joined
        | RevocationCause::InviterEnded
        | RevocationCause::OrganizationDissolved
        | RevocationCause::Erased => Ok(()),
    }
}

pub(super) fn declined(case: &Case<'_>, event: &InvitationDeclined) -> Checked {
    open(case, event.invitation).map(|_| ())
}

pub(super) fn expired(case: &Case<'_>, event: &InvitationExpired) -> Checked {
    let invitation = known(case, event.invitation)?;
    so(invitation.status == InvitationStatus::Pending, LawFault::InvitationClosed)?;
    so(invitation.expires_at == event.expired_at, LawFault::BeforeDiffers)?;
    so(event.expired_at <= case.now(), LawFault::ExpiredTooEarly)
}

pub(super) fn accepted(case: &Case<'_>, event: &InvitationAccepted) -> Checked {
    let organization = case.organization;
    let invitation = open(case, event.invitation)?;
    so(!organization.has_erased(event.user), LawFault::PersonErased)?;
    so(organization.member(event.user).is_none(), LawFault::AlreadyMember)?;
    so(organization.user_of(event.member).is_none(), LawFault::IdentifierTaken)?;
    so(event.email.is_some(), LawFault::AddressNeeded)?;
    let teams = invitation.teams.iter().filter(|team| organization.team(**team).is_some());
    let teams: Vec<TeamId> = teams.copied().collect();
    let is_as_invited = event.roles == invitation.roles && event.teams == teams;
    so(is_as_invited, LawFault::InvitationDiffers)?;
    case.roles_fit(&event.roles)?;
    let seated = organization.seats.is_none_or(|seats| case.seats_taken() <= seats as usize);
    so(seated, LawFault::NoSeatLeft)?;
    so(is_address_theirs(case, event) != Some(false), LawFault::InvitationNotYours)
}

/// Whether who accepted has the address that was invited; none where either is withheld.
pub(super) fn is_address_theirs(case: &Case<'_>, event: &InvitationAccepted) -> Option<bool> {
    let folded =
        |text: &str| -> Option<Arc<str>> { Email::parse(text).ok().map(|email| email.folded()) };
    let invited = case.organization.invitation(event.invitation)?.email.as_deref()?;
    let own = event.email.as_ref().and_then(Sealed::text)?;
    Some(folded(invited)? == folded(own)?)
}
