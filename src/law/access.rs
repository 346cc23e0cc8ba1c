//! Auditors, and the operator's takeover.

use super::admission::{admit_user, role};
use super::command::AccessWish;
use super::draft::Draft;
use super::erasure::not_erased;
use super::membership::hand_over;
use super::refusal::Refusal;
use super::tokens::{issue, revoke, top_role_only};
use crate::facts::event::{AccessTakenOver, AuditorGranted, AuditorWithdrawn, RoleChanged};
use crate::facts::{Actor, OrganizationKind, Roles, Sealed};
use crate::words::hash::write_base64;
use crate::words::{OrganizationId, SubjectId, Timestamp, UserId};

pub(super) fn act(draft: &mut Draft<'_>, wish: &AccessWish) -> Result<(), Refusal> {
    match wish {
        AccessWish::IssueToken { of, name, scopes, expires_at, digest } => {
            let digest = write_base64(&digest.0);
            issue(draft, *of, name, scopes, *expires_at, digest)
        }
        AccessWish::RevokeToken { of, token } => revoke(draft, *of, *token),
        AccessWish::GrantAuditor { org, user, expires_at } => {
            grant_auditor(draft, *org, *user, *expires_at)
        }
        AccessWish::WithdrawAuditor { org, user } => withdraw_auditor(draft, *org, *user),
        AccessWish::TakeOver { org, user } => take_over(draft, *org, *user),
    }
}

fn grant_auditor(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    user: UserId,
    expires_at: Option<Timestamp>,
) -> Result<(), Refusal> {
    top_role_only(draft, org)?;
    let now = draft.now();
    let known = draft.state.user(user).ok_or(Refusal::UnknownUser)?;
    not_erased(&draft.state, org, user)?;
    if draft.living(org)?.is_auditor(user, now) {
        return Err(Refusal::AlreadyAuditor);
    }
    if expires_at.is_some_and(|until| until <= now) {
        return Err(Refusal::GrantExpiryOutOfRange);
    }
    let sealed = |text: &Option<std::sync::Arc<str>>| {
        text.clone().map(|text| Sealed::open(SubjectId::from(user), text))
    };
    let event = AuditorGranted {
        email: sealed(&known.email),
        expires_at,
        name: sealed(&known.name),
        reason: draft.reason(user),
        user,
        username: sealed(&known.username),
    };
    draft.record(org, event)
}

fn withdraw_auditor(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    user: UserId,
) -> Result<(), Refusal> {
    top_role_only(draft, org)?;
    if !draft.living(org)?.auditors.contains_key(&user) {
        return Err(Refusal::NotAnAuditor);
    }
    let event = AuditorWithdrawn { reason: draft.reason(user), user };
    draft.record(org, event)
}

/// Break-glass. Seats do not stand in its way: an organization in need is not to wait for one.
fn take_over(draft: &mut Draft<'_>, org: OrganizationId, user: UserId) -> Result<(), Refusal> {
    if !matches!(draft.actor(), Actor::Operator(_)) {
        return Err(Refusal::OperatorOnly);
    }
    let reason = draft.reason(user).ok_or(Refusal::ReasonNeeded)?;
    let organization = draft.living(org)?;
    if organization.kind == OrganizationKind::Personal {
        return Err(Refusal::PersonalOrganization);
    }
    let definition = organization.definition();
    if organization.top_holders.contains(&user) {
        return Err(Refusal::NothingChanges);
    }
    let held = organization.member(user).cloned();
    if held.as_ref().is_some_and(|member| member.suspended) {
        return Err(Refusal::MemberSuspended);
    }
    let known = draft.state.user(user).ok_or(Refusal::UnknownUser)?;
    not_erased(&draft.state, org, user)?;
    if !known.signs_in {
        return Err(Refusal::CannotSignIn);
    }
    draft.record(org, AccessTakenOver { reason, user })?;
    let top = Roles::one(role(definition.top_role())?);
    if definition.exactly_one_top {
        if held.is_none() {
            admit_user(draft, org, user, Roles::one(role(definition.joins_as)?))?;
        }
        return hand_over(draft, org, user);
    }
    let Some(held) = held else { return admit_user(draft, org, user, top) };
    let (before, member, reason) = (held.roles, held.id, draft.reason(user));
    draft.record(org, RoleChanged { after: top, before, member, reason, user })
}
