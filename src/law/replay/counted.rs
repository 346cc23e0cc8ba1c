//! What an entry leaves undecided.

use super::authority::{By, Way};
use super::case::Case;
use super::invitations::is_address_theirs;
use super::organizations::uncompared;
use super::unchecked::{Counts, Unchecked};
use crate::facts::event::{
    Admission, InvitationRevoked, MemberCreated, OrganizationUpdated, RevocationCause,
};
use crate::facts::{Actor, Event};
use crate::words::UserId;

pub(super) fn count(case: &Case<'_>, way: &Way, counts: &mut Counts) {
    if case.command.is_first() {
        match case.entry.actor {
            Actor::User(_) | Actor::Token(_) => counts.add(Unchecked::Credential),
            Actor::Operator(_) => counts.add(Unchecked::Operator),
            Actor::System(_) => {}
        }
    }
    if case.entry.fact.source.is_some() {
        counts.add(Unchecked::Source);
    }
    let by_rights = matches!(way.by, By::Permission(_) | By::TopRole | By::Maintainer);
    let is_user = matches!(case.entry.actor, Actor::User(_));
    if by_rights && is_user && case.organization.second_factor {
        counts.add(Unchecked::SecondFactor);
    }
    of_event(case, way.by, counts);
}

fn of_event(case: &Case<'_>, by: By, counts: &mut Counts) {
    match &case.entry.fact.event {
        Event::OrganizationCreated(_) => counts.add(Unchecked::Slug),
        Event::OrganizationUpdated(event) => updated(case, event, counts),
        Event::MemberCreated(event) => joined(case, event, counts),
        Event::MemberUpdated(_) => counts.add(Unchecked::Account),
        Event::InvitationSent(_) | Event::InvitationResent(_) => {
            counts.add(Unchecked::InvitedAddress);
        }
        Event::InvitationRevoked(event) => revoked(event, counts),
        Event::InvitationDeclined(_) => counts.add(Unchecked::InvitationProof),
        Event::InvitationAccepted(event) => {
            counts.add(Unchecked::InvitationProof);
            if is_address_theirs(case, event).is_none() {
                counts.add(Unchecked::AcceptedAddress);
            }
        }
        Event::AuditorGranted(event) => known_user(case, event.user, counts),
        Event::AccessTakenOver(event) => {
            known_user(case, event.user, counts);
            sign_in(case, event.user, counts);
        }
        Event::SuperAdminTransferred(event) => {
            if !matches!(by, By::Follows(_)) {
                sign_in(case, event.to, counts);
            }
        }
        Event::OrganizationCertified(_)
        | Event::OrganizationDissolved(_)
        | Event::MemberRemoved(_)
        | Event::MemberSuspended(_)
        | Event::MemberReactivated(_)
        | Event::InvitationExpired(_)
        | Event::RoleChanged(_)
        | Event::RoleDefined(_)
        | Event::RoleRedefined(_)
        | Event::RoleRetired(_)
        | Event::TeamCreated(_)
        | Event::TeamUpdated(_)
        | Event::TeamRemoved(_)
        | Event::TeamMemberAdded(_)
        | Event::TeamMemberRemoved(_)
        | Event::TeamRoleChanged(_)
        | Event::TokenIssued(_)
        | Event::TokenRevoked(_)
        | Event::AuditorWithdrawn(_)
        | Event::ApiKeyIssued(_)
        | Event::ApiKeyRevoked(_)
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

fn updated(case: &Case<'_>, event: &OrganizationUpdated, counts: &mut Counts) {
    if event.slug.is_some() {
        counts.add(Unchecked::Slug);
    }
    (0..uncompared(case, event)).for_each(|_| counts.add(Unchecked::SealedBefore));
}

fn joined(case: &Case<'_>, event: &MemberCreated, counts: &mut Counts) {
    match event.via {
        Admission::Created => counts.add(Unchecked::NewUser),
        Admission::Added => known_user(case, event.user, counts),
    }
    if !case.pending.is_empty() {
        counts.add(Unchecked::JoinedAddress);
    }
}

fn revoked(event: &InvitationRevoked, counts: &mut Counts) {
    match event.cause {
        RevocationCause::Superseded | RevocationCause::Joined => {
            counts.add(Unchecked::EndedAddress);
        }
        RevocationCause::Revoked
        | RevocationCause::InviterEnded
        | RevocationCause::OrganizationDissolved
        | RevocationCause::Erased => {}
    }
}

fn known_user(case: &Case<'_>, user: UserId, counts: &mut Counts) {
    if case.state.user(user).is_none() {
        counts.add(Unchecked::KnownUser);
    }
}

/// Who accepted an invitation had its link, and can sign in by that alone.
fn sign_in(case: &Case<'_>, user: UserId, counts: &mut Counts) {
    if !case.state.user(user).is_some_and(|user| user.signs_in) {
        counts.add(Unchecked::SignIn);
    }
}
