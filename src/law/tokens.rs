//! Tokens: who issues and ends them, and what may be asked of the top role alone.

use super::command::access::TokenOf;
use super::credential::no_token;
use super::draft::Draft;
use super::erasure::not_erased;
use super::refusal::Refusal;
use super::state::Token;
use crate::facts::event::{EndCause, Scope, TokenIssued, TokenRevoked};
use crate::facts::{Actor, Holder, Sealed};
use crate::words::{Name, OrganizationId, Timestamp, TokenId};
use std::collections::BTreeSet;
use std::time::Duration;

/// The most tokens that one holder has at once: enough for every service of a large organization,
/// and few enough to be read through.
pub(super) const TOKENS_LIMIT: usize = 100;

/// The longest validity of a token: a year, as an invitation's.
pub(super) const TOKEN_VALIDITY_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

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
            not_erased(&draft.state, OrganizationId::DEPLOYMENT, user)?;
            Ok((OrganizationId::DEPLOYMENT, Holder::User(user)))
        }
        TokenOf::Operator => match draft.actor() {
            Actor::Operator(_) => Ok((OrganizationId::DEPLOYMENT, Holder::Operator)),
            Actor::User(_) | Actor::Token(_) | Actor::System(_) => Err(Refusal::OperatorOnly),
        },
    }
}

/// Whoever lets others in beside the members answers for all of it.
pub(super) fn top_role_only(draft: &Draft<'_>, org: OrganizationId) -> Result<(), Refusal> {
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

pub(super) fn issue(
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
    let subject = holder.subject(org);
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

pub(super) fn revoke(draft: &mut Draft<'_>, of: TokenOf, id: TokenId) -> Result<(), Refusal> {
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
    let reason = draft.reason(holder.subject(org));
    draft.record(org, TokenRevoked { cause, holder, reason, token: id })
}
