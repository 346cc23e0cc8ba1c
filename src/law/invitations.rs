//! The life of an invitation.

use super::accounts::{first_password, release_unproven};
use super::admission::{free_seat, not_by_transfer, roles_fit, unknown_person};
use super::command::{Acceptor, IfPending, Invite, Person, Proof, Secret, TokenDigest};
use super::draft::Draft;
use super::erasure::not_erased;
use super::refusal::Refusal;
use super::state::{Invitation, InvitationStatus, Organization};
use super::withdrawal::withdraw;
use crate::facts::event::{
    InvitationAccepted, InvitationDeclined, InvitationExpired, InvitationResent, InvitationSent,
    RevocationCause,
};
use crate::facts::{Actor, Permission, Sealed};
use crate::words::hash::write_base64;
use crate::words::{Email, InvitationId, MemberId, OrganizationId, SubjectId, Timestamp, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;

pub(super) fn invite(draft: &mut Draft<'_>, wish: &Invite) -> Result<(), Refusal> {
    let org = wish.org;
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberInvite)?;
    roles_fit(organization, &wish.roles)?;
    not_by_transfer(organization, &wish.roles)?;
    rights.may_grant(organization, &wish.roles)?;
    let expires_at = expiry(draft, wish.expires_in)?;
    let teams: BTreeSet<_> = wish.teams.iter().copied().collect();
    if teams.len() > Invite::TEAMS_LIMIT {
        return Err(Refusal::TooManyTeams);
    }
    if teams.iter().any(|team| organization.team(*team).is_none()) {
        return Err(Refusal::UnknownTeam);
    }
    if is_member(draft, organization, &wish.email) {
        return Err(Refusal::AlreadyMember);
    }
    let now = draft.now();
    if let Some(&pending) = organization.pending.get(&wish.email.folded()) {
        let expired_at = organization.invitation(pending).map(|found| found.expires_at);
        match (expired_at, wish.if_pending) {
            (Some(expired_at), _) if expired_at <= now => {
                draft.record(org, InvitationExpired { expired_at, invitation: pending })?;
            }
            (_, IfPending::Refuse) => return Err(Refusal::AlreadyInvited),
            (_, IfPending::Resend) => {
                // Whoever sends it again chooses its link, and with it who may use the roles it
                // names.
                rights.may_grant(organization, &known(organization, pending)?.roles)?;
                return renew(draft, org, pending, expires_at, wish.token);
            }
            (_, IfPending::Supersede) => {
                rights.may_grant(organization, &known(organization, pending)?.roles)?;
                withdraw(draft, org, pending, RevocationCause::Superseded)?;
            }
        }
    }
    free_seat(draft, draft.living(org)?)?;
    let invitation = InvitationId::from_uuid(draft.context.uuid());
    let event = InvitationSent {
        email: Sealed::open(invitation.into(), wish.email.shared()),
        expires_at,
        invitation,
        reason: draft.reason(invitation),
        roles: wish.roles.clone(),
        teams: teams.into_iter().collect(),
        token: digest(invitation, wish.token),
    };
    draft.record(org, event)
}

fn digest(invitation: InvitationId, token: TokenDigest) -> Sealed {
    Sealed::open(invitation.into(), write_base64(&token.0).into())
}

fn expiry(draft: &Draft<'_>, expires_in: Duration) -> Result<Timestamp, Refusal> {
    if expires_in < Duration::from_secs(1) || expires_in > Invite::EXPIRES_IN_MAX {
        return Err(Refusal::ExpiryOutOfRange);
    }
    Ok(draft.now().after(expires_in))
}

fn is_member(draft: &Draft<'_>, organization: &Organization, email: &Email) -> bool {
    let user = draft.state.by_email(&email.folded());
    user.is_some_and(|user| organization.member(user).is_some())
}

fn known(organization: &Organization, invitation: InvitationId) -> Result<&Invitation, Refusal> {
    let found = organization.invitation(invitation).ok_or(Refusal::UnknownInvitation)?;
    if found.erased { Err(Refusal::PersonErased) } else { Ok(found) }
}

/// Refuses whatever is no longer pending at `now`, with what became of it.
fn pending_only(invitation: &Invitation, now: Timestamp) -> Result<(), Refusal> {
    match invitation.status {
        InvitationStatus::Pending if now < invitation.expires_at => Ok(()),
        InvitationStatus::Accepted => Err(Refusal::InvitationAccepted),
        InvitationStatus::Declined => Err(Refusal::InvitationDeclined),
        InvitationStatus::Revoked => Err(Refusal::InvitationRevoked),
        // Expiry holds the moment it passes, recorded or not.
        InvitationStatus::Pending | InvitationStatus::Expired => {
            Err(Refusal::InvitationExpired { expired_at: invitation.expires_at })
        }
    }
}

/// Sends a pending or expired invitation again.
pub(super) fn resend(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    id: InvitationId,
    expires_in: Duration,
    token: TokenDigest,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberInvite)?;
    let invitation = known(organization, id)?;
    rights.may_grant(organization, &invitation.roles)?;
    let now = draft.now();
    let expired = match invitation.status {
        InvitationStatus::Expired => true,
        InvitationStatus::Pending => invitation.expires_at <= now,
        InvitationStatus::Accepted | InvitationStatus::Declined | InvitationStatus::Revoked => {
            return pending_only(invitation, now);
        }
    };
    // A custom role it names may have been retired while it lay expired.
    roles_fit(organization, &invitation.roles)?;
    let email = invitation.email.as_deref().and_then(|email| Email::parse(email).ok());
    let email = email.ok_or(Refusal::UnknownInvitation)?;
    if is_member(draft, organization, &email) {
        return Err(Refusal::AlreadyMember);
    }
    let other = organization.pending.get(&email.folded()).copied().filter(|other| *other != id);
    if let Some(other) = other {
        let other = known(organization, other)?;
        if now < other.expires_at {
            return Err(Refusal::AlreadyInvited);
        }
    }
    if expired {
        free_seat(draft, organization)?;
    }
    let expires_at = expiry(draft, expires_in)?;
    if let Some(other) = other {
        let expired_at = known(draft.living(org)?, other)?.expires_at;
        draft.record(org, InvitationExpired { expired_at, invitation: other })?;
    }
    renew(draft, org, id, expires_at, token)
}

fn renew(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    invitation: InvitationId,
    expires_at: Timestamp,
    token: TokenDigest,
) -> Result<(), Refusal> {
    let event = InvitationResent {
        expires_at,
        invitation,
        reason: draft.reason(invitation),
        token: digest(invitation, token),
    };
    draft.record(org, event)
}

pub(super) fn revoke(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    id: InvitationId,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberInvite)?;
    let invitation = known(organization, id)?;
    pending_only(invitation, draft.now())?;
    // Whoever could not have promised it cannot take the promise back.
    rights.may_grant(organization, &invitation.roles)?;
    withdraw(draft, org, id, RevocationCause::Revoked)
}

/// Joins by an invitation.
pub(super) fn accept(
    draft: &mut Draft<'_>,
    (org, id): (OrganizationId, InvitationId),
    acceptor: &Acceptor,
    proof: Proof,
    password: Option<&Secret>,
) -> Result<(), Refusal> {
    let organization = draft.living(org)?;
    organization.manageable()?;
    let invitation = known(organization, id)?.clone();
    let user = match acceptor {
        Acceptor::User(user) | Acceptor::Newcomer { user, .. } => *user,
    };
    not_erased(&draft.state, org, user)?;
    may_answer(draft, &invitation, user, proof)?;
    let values = match acceptor {
        Acceptor::User(user) => existing(draft, &invitation, *user)?,
        Acceptor::Newcomer { name, username, .. } => {
            // A known user has an address already; this invitation is for another one.
            if draft.state.user(user).is_some() {
                return Err(Refusal::InvitationNotYours);
            }
            let email = invitation.email.as_deref().and_then(|email| Email::parse(email).ok());
            if let (Some(email), Proof::Token(_)) = (&email, proof) {
                release_unproven(draft, email)?;
            }
            let person = Person { email, name: name.clone(), username: username.clone() };
            unknown_person(draft, &person)?;
            [
                person.email.map(|email| email.shared()),
                person.name.map(|name| name.shared()),
                person.username.map(|username| username.shared()),
            ]
        }
    };
    // Taking the address from somebody else took time: it holds when it is recorded.
    pending_only(&invitation, draft.now())?;
    let organization = draft.living(org)?;
    if organization.member(user).is_some() {
        return Err(Refusal::AlreadyMember);
    }
    // This invitation's own seat is reserved; others may have been promised beyond the limit since.
    if let Some(seats) = organization.seats
        && organization.seats_taken(draft.now()) > seats as usize
    {
        return Err(Refusal::NoSeatLeft { seats });
    }
    roles_fit(organization, &invitation.roles)?;
    let teams = invitation.teams.iter().copied();
    let teams = teams.filter(|team| organization.team(*team).is_some()).collect();
    let of = SubjectId::from(user);
    let [email, name, username] = values.map(|value| value.map(|text| Sealed::open(of, text)));
    let event = InvitationAccepted {
        email,
        invitation: id,
        member: MemberId::from_uuid(draft.context.uuid()),
        name,
        reason: draft.reason(user),
        roles: invitation.roles,
        teams,
        user,
        username,
    };
    draft.record(org, event)?;
    match (password, proof) {
        (None, _) => Ok(()),
        (Some(hash), Proof::Token(_)) => first_password(draft, user, hash),
        (Some(_), Proof::SignedIn) => Err(Refusal::PasswordPresent),
    }
}

/// What is known of the existing user who accepts; the invitation is bound to their address.
fn existing(
    draft: &Draft<'_>,
    invitation: &Invitation,
    user: UserId,
) -> Result<[Option<Arc<str>>; 3], Refusal> {
    let known = draft.state.user(user).ok_or(Refusal::UnknownUser)?;
    let folded = |text: &Option<Arc<str>>| {
        text.as_deref().and_then(|text| Email::parse(text).ok()).map(|email| email.folded())
    };
    let (own, invited) = (folded(&known.email), folded(&invitation.email));
    if invited.is_none() || own != invited {
        return Err(Refusal::InvitationNotYours);
    }
    Ok([known.email.clone(), known.name.clone(), known.username.clone()])
}

/// Whether the actor may accept or decline: it is still pending, and theirs.
fn may_answer(
    draft: &Draft<'_>,
    invitation: &Invitation,
    user: UserId,
    proof: Proof,
) -> Result<(), Refusal> {
    match draft.actor() {
        Actor::Operator(_) => {}
        Actor::User(actor) if actor == user => {}
        Actor::User(_) | Actor::Token(_) | Actor::System(_) => return Err(Refusal::NotYourself),
    }
    pending_only(invitation, draft.now())?;
    match proof {
        Proof::Token(given) => sent_last(invitation, given),
        Proof::SignedIn => {
            existing(draft, invitation, user)?;
            let is_proven = draft.state.user(user).is_some_and(|known| known.verified);
            // The operator vouches for whom they let in.
            if is_proven || matches!(draft.actor(), Actor::Operator(_)) {
                Ok(())
            } else {
                Err(Refusal::EmailUnverified)
            }
        }
    }
}

fn sent_last(invitation: &Invitation, given: TokenDigest) -> Result<(), Refusal> {
    let kept = invitation.token.ok_or(Refusal::InvitationTokenWrong)?;
    if bool::from(kept.0.ct_eq(&given.0)) { Ok(()) } else { Err(Refusal::InvitationTokenWrong) }
}

pub(super) fn decline(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    id: InvitationId,
    proof: Proof,
) -> Result<(), Refusal> {
    let invitation = known(draft.living(org)?, id)?;
    match (draft.actor(), proof) {
        (Actor::User(user), proof) => may_answer(draft, invitation, user, proof)?,
        // Whoever has the link may say no without an account; the operator only passes it on.
        (Actor::Operator(_), Proof::Token(given)) => {
            pending_only(invitation, draft.now())?;
            sent_last(invitation, given)?;
        }
        (Actor::Operator(_), Proof::SignedIn) => pending_only(invitation, draft.now())?,
        (Actor::Token(_) | Actor::System(_), _) => return Err(Refusal::NotYourself),
    }
    let event = InvitationDeclined { invitation: id, reason: draft.reason(id) };
    draft.record(org, event)
}

/// Records every expiry that has passed. Nothing to record is no refusal.
pub(super) fn expire(draft: &mut Draft<'_>, org: OrganizationId) -> Result<(), Refusal> {
    let organization = draft.living(org)?;
    match draft.actor() {
        Actor::System(_) | Actor::Operator(_) => {}
        Actor::User(_) | Actor::Token(_) => return Err(Refusal::OperatorOnly),
    }
    let now = draft.now();
    let expired: Vec<(InvitationId, Timestamp)> = organization
        .pending
        .values()
        .filter_map(|id| organization.invitation(*id).map(|found| (*id, found.expires_at)))
        .filter(|(_, expires_at)| *expires_at <= now)
        .collect();
    for (invitation, expired_at) in expired {
        draft.record(org, InvitationExpired { expired_at, invitation })?;
    }
    Ok(())
}
