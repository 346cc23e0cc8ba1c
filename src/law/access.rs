//! Tokens, auditors, and the operator's takeover.

use super::admission::{admit_user, role};
use super::command::AccessWish;
use super::command::access::TokenOf;
use super::credential::no_token;
use super::draft::Draft;
use super::refusal::Refusal;
use super::state::Token;
use crate::facts::event::{
    AccessTakenOver, AuditorGranted, AuditorWithdrawn, EndCause, RoleChanged, Scope,
    SuperAdminTransferred, TokenIssued, TokenRevoked,
};
use crate::facts::{Actor, Holder, OrganizationKind, Roles, Sealed};
use crate::words::hash::write_base64;
use crate::words::{Name, OrganizationId, SubjectId, Timestamp, TokenId, UserId};
use std::collections::BTreeSet;
use std::time::Duration;

/// The most tokens that one holder has at once: enough for every service of a large organization,
/// and few enough to be read through.
const TOKENS_LIMIT: usize = 100;

/// The longest validity of a token: a year, as an invitation's.
const TOKEN_VALIDITY_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

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

/// In whose chain a token stands and in whose name it acts, where the actor may issue and revoke
/// it.
fn place(draft: &Draft<'_>, of: TokenOf) -> Result<(OrganizationId, Holder), Refusal> {
    match of {
        TokenOf::Organization(org) => {
            top_role_only(draft, org)?;
            Ok((org, Holder::Organization))
        }
        TokenOf::User(user) => {
            if draft.actor() != Actor::User(user) && !matches!(draft.actor(), Actor::Operator(_)) {
                return Err(Refusal::NotYourself);
            }
            draft.state.user(user).ok_or(Refusal::UnknownUser)?;
            Ok((OrganizationId::DEPLOYMENT, Holder::User(user)))
        }
        TokenOf::Operator => match draft.actor() {
            Actor::Operator(_) => Ok((OrganizationId::DEPLOYMENT, Holder::Operator)),
            Actor::User(_) | Actor::Token(_) | Actor::System(_) => Err(Refusal::OperatorOnly),
        },
    }
}

/// Whoever lets others in beside the members answers for all of it.
fn top_role_only(draft: &Draft<'_>, org: OrganizationId) -> Result<(), Refusal> {
    let organization = draft.living(org)?;
    // A member who can do nothing for the time being hears why.
    draft.rights(org)?;
    match draft.actor() {
        Actor::Operator(_) => Ok(()),
        Actor::User(user) if organization.top_holders.contains(&user) => Ok(()),
        Actor::User(_) | Actor::Token(_) | Actor::System(_) => {
            Err(Refusal::TopRoleOnly { role: organization.definition().top_role() })
        }
    }
}

fn subject(holder: Holder, org: OrganizationId) -> SubjectId {
    match holder {
        Holder::User(user) => user.into(),
        Holder::Organization | Holder::Operator => org.into(),
    }
}

fn issue(
    draft: &mut Draft<'_>,
    of: TokenOf,
    name: &Name,
    scopes: &BTreeSet<Scope>,
    expires_at: Timestamp,
    digest: String,
) -> Result<(), Refusal> {
    no_token(draft)?;
    let (org, holder) = place(draft, of)?;
    if scopes.is_empty() {
        return Err(Refusal::ScopeNeeded);
    }
    let now = draft.now();
    if expires_at <= now || expires_at > now.after(TOKEN_VALIDITY_MAX) {
        return Err(Refusal::TokenExpiryOutOfRange);
    }
    let held: Vec<(TokenId, &Token)> = draft.state.tokens(org, holder).collect();
    if held.iter().any(|(_, token)| token.name == *name) {
        return Err(Refusal::TokenNameTaken);
    }
    if held.len() >= TOKENS_LIMIT {
        return Err(Refusal::TooManyTokens { limit: TOKENS_LIMIT });
    }
    let subject = subject(holder, org);
    let event = TokenIssued {
        digest: Sealed::open(subject, digest.into()),
        expires_at,
        holder,
        name: name.clone(),
        reason: draft.reason(subject),
        scopes: scopes.iter().copied().collect(),
        token: TokenId::from_uuid(draft.context.uuid()),
    };
    draft.record(org, event)
}

fn revoke(draft: &mut Draft<'_>, of: TokenOf, id: TokenId) -> Result<(), Refusal> {
    let (org, holder) = place(draft, of)?;
    let token = draft.state.token(id).ok_or(Refusal::UnknownToken)?;
    if (token.org, token.holder) != (org, holder) {
        return Err(Refusal::UnknownToken);
    }
    end_token(draft, org, id, EndCause::Revoked)
}

/// Records the end of a token.
pub(super) fn end_token(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    id: TokenId,
    cause: EndCause,
) -> Result<(), Refusal> {
    let holder = draft.state.token(id).ok_or(Refusal::UnknownToken)?.holder;
    let reason = draft.reason(subject(holder, org));
    draft.record(org, TokenRevoked { cause, holder, reason, token: id })
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
    if !known.signs_in {
        return Err(Refusal::CannotSignIn);
    }
    draft.record(org, AccessTakenOver { reason, user })?;
    let top = Roles::one(role(definition.top_role())?);
    let joins_as = Roles::one(role(definition.joins_as)?);
    if held.is_none() {
        let roles = if definition.exactly_one_top { &joins_as } else { &top };
        admit_user(draft, org, user, roles.clone())?;
    }
    let organization = draft.living(org)?;
    let member = organization.member(user).ok_or(Refusal::UnknownMember)?.clone();
    if definition.exactly_one_top {
        let from = *organization.top_holders.get_min().ok_or(Refusal::LastSuperAdmin)?;
        let from_member = organization.member(from).ok_or(Refusal::UnknownMember)?.id;
        let event = SuperAdminTransferred {
            becomes: joins_as,
            from,
            from_member,
            reason: draft.reason(user),
            to: user,
            to_before: member.roles,
            to_member: member.id,
        };
        draft.record(org, event)
    } else if held.is_some() {
        let (before, after) = (member.roles, top);
        let (member, reason) = (member.id, draft.reason(user));
        draft.record(org, RoleChanged { after, before, member, reason, user })
    } else {
        Ok(())
    }
}
