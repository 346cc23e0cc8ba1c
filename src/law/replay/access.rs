//! Who else could reach the organization, and what members have elsewhere.

use super::case::{Case, Checked, so};
use super::fault::LawFault;
use crate::facts::event::{
    AccessTakenOver, ApiKeyIssued, ApiKeyRevoked, AuditorGranted, AuditorWithdrawn, Limits,
    LimitsChanged, PersonalDataErased, Scope, TokenIssued, TokenRevoked,
};
use crate::facts::{Actor, Holder, OrganizationKind};
use crate::law::state::InvitationStatus;
use crate::law::tokens::{TOKEN_VALIDITY_MAX, TOKENS_LIMIT};
use crate::law::usage::API_KEYS_LIMIT;

pub(super) fn token_issued(case: &Case<'_>, event: &TokenIssued) -> Checked {
    so(case.state.token(event.token).is_none(), LawFault::IdentifierTaken)?;
    so(!event.scopes.is_empty(), LawFault::ScopeNeeded)?;
    let now = case.now();
    let lasts = now < event.expires_at && event.expires_at <= now.after(TOKEN_VALIDITY_MAX);
    so(lasts, LawFault::ExpiryOutOfRange)?;
    let held = || case.state.tokens(case.org(), Holder::Organization);
    so(held().all(|(_, token)| token.name != event.name), LawFault::TokenNameTaken)?;
    so(held().count() < TOKENS_LIMIT, LawFault::TooManyTokens)
}

pub(super) fn token_revoked(case: &Case<'_>, event: &TokenRevoked) -> Checked {
    so(case.state.token(event.token).is_some(), LawFault::UnknownToken)
}

pub(super) fn auditor_granted(case: &Case<'_>, event: &AuditorGranted) -> Checked {
    let now = case.now();
    so(!case.organization.has_erased(event.user), LawFault::PersonErased)?;
    so(!case.organization.is_auditor(event.user, now), LawFault::AlreadyAuditor)?;
    so(event.expires_at.is_none_or(|until| now < until), LawFault::ExpiryOutOfRange)
}

pub(super) fn auditor_withdrawn(case: &Case<'_>, event: &AuditorWithdrawn) -> Checked {
    so(case.organization.auditors.contains_key(&event.user), LawFault::NotAnAuditor)
}

pub(super) fn taken_over(case: &Case<'_>, event: &AccessTakenOver) -> Checked {
    let organization = case.organization;
    let is_personal = organization.kind == OrganizationKind::Personal;
    so(!is_personal, LawFault::PersonalOrganization)?;
    so(!organization.has_erased(event.user), LawFault::PersonErased)?;
    so(!organization.top_holders.contains(&event.user), LawFault::NothingChanges)?;
    let is_active = organization.member(event.user).is_none_or(|member| !member.suspended);
    so(is_active, LawFault::MemberSuspended)
}

pub(super) fn key_issued(case: &Case<'_>, event: &ApiKeyIssued) -> Checked {
    let member = case.member(event.user, event.member)?;
    so(!member.suspended, LawFault::MemberSuspended)?;
    so(case.organization.api_key(event.key).is_none(), LawFault::IdentifierTaken)?;
    let held = case.keys.get(&event.user).copied().unwrap_or_default();
    so(held < API_KEYS_LIMIT, LawFault::TooManyApiKeys)
}

pub(super) fn key_revoked(case: &Case<'_>, event: &ApiKeyRevoked) -> Checked {
    let key = case.organization.api_key(event.key);
    let is_theirs = key.is_some_and(|key| (key.member, key.user) == (event.member, event.user));
    so(is_theirs, LawFault::UnknownApiKey)
}

pub(super) fn bounded(case: &Case<'_>, event: &LimitsChanged) -> Checked {
    let member = case.member(event.user, event.member)?;
    case.may_touch(&member.roles)?;
    let before: Limits = case.organization.bounds(event.user).cloned().unwrap_or_default().into();
    so(before == event.before, LawFault::BeforeDiffers)?;
    so(event.after != event.before, LawFault::NothingChanges)
}

/// What may be taken home may be read; a token is for that as well.
pub(super) fn exported(case: &Case<'_>) -> Checked {
    let Actor::Token(token) = case.entry.actor else { return Ok(()) };
    let reads = case.state.token(token).is_some_and(|token| token.allows(Scope::Read, case.now()));
    so(reads, LawFault::TokenEnded)
}

/// Nobody who belongs is erased, and nobody twice; a personal organization's own values go with
/// whom they name, when it has ended.
pub(super) fn erased(case: &Case<'_>, event: &PersonalDataErased) -> Checked {
    let organization = case.organization;
    for id in &event.invitations {
        let invitation = organization.invitation(*id).ok_or(LawFault::UnknownInvitation)?;
        so(!invitation.erased, LawFault::PersonErased)?;
        so(invitation.status != InvitationStatus::Pending, LawFault::FollowUpMissing)?;
    }
    if let Some(user) = event.user {
        so(!organization.has_erased(user), LawFault::PersonErased)?;
        so(organization.member(user).is_none(), LawFault::AlreadyMember)?;
    }
    let own = organization.kind == OrganizationKind::Personal
        && organization.dissolved
        && organization.personal_of == event.user;
    so(own || !event.organization, LawFault::PersonalOrganization)
}
