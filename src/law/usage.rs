//! API keys that are used elsewhere, and what bounds a member's use.

use super::command::UsageWish;
use super::draft::Draft;
use super::refusal::Refusal;
use super::rights::Rights;
use super::state::Bounds;
use crate::facts::Permission;
use crate::facts::event::{ApiKeyIssued, ApiKeyRevoked, EndCause, Limits, LimitsChanged};
use crate::words::{ApiKeyId, KeyPrefix, MemberId, Name, OrganizationId};

/// The most API keys that one member owns at once.
pub(super) const API_KEYS_LIMIT: usize = 100;

pub(super) fn act(draft: &mut Draft<'_>, wish: &UsageWish) -> Result<(), Refusal> {
    match wish {
        UsageWish::IssueApiKey { org, member, key, name, prefix, environment } => {
            let what = (name, prefix.as_ref(), environment.as_ref());
            issue(draft, *org, *member, *key, what)
        }
        UsageWish::RevokeApiKey { org, key } => {
            let (_, rights) = draft.managed(*org)?;
            may_write_keys(&rights)?;
            end_key(draft, *org, *key, EndCause::Revoked)
        }
        UsageWish::ChangeLimits { org, member, limits } => bound(draft, *org, *member, limits),
    }
}

/// Role sets name what they hand out differently: keys, credentials, tokens.
fn may_write_keys(rights: &Rights) -> Result<(), Refusal> {
    if rights.allow(Permission::CredentialWrite) || rights.allow(Permission::MemberRole) {
        return Ok(());
    }
    rights.require(Permission::ApiKeyWrite)
}

fn issue(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    member: MemberId,
    key: Option<ApiKeyId>,
    (name, prefix, environment): (&Name, Option<&KeyPrefix>, Option<&Name>),
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    may_write_keys(&rights)?;
    let user = organization.user_of(member).ok_or(Refusal::UnknownMember)?;
    let held = organization.member(user).ok_or(Refusal::UnknownMember)?;
    if held.suspended {
        return Err(Refusal::MemberSuspended);
    }
    if key.is_some_and(|key| organization.api_key(key).is_some()) {
        return Err(Refusal::ApiKeyTaken);
    }
    if organization.api_keys().filter(|(_, key)| key.user == user).count() >= API_KEYS_LIMIT {
        return Err(Refusal::TooManyApiKeys { limit: API_KEYS_LIMIT });
    }
    let event = ApiKeyIssued {
        environment: environment.cloned(),
        key: key.unwrap_or_else(|| ApiKeyId::from_uuid(draft.context.uuid())),
        member,
        name: name.clone(),
        prefix: prefix.cloned(),
        reason: draft.reason(user),
        user,
    };
    draft.record(org, event)
}

/// Records that a key is not to be used any more.
pub(super) fn end_key(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    key: ApiKeyId,
    cause: EndCause,
) -> Result<(), Refusal> {
    let owned = draft.living(org)?.api_key(key).ok_or(Refusal::UnknownApiKey)?;
    let (member, user) = (owned.member, owned.user);
    let event = ApiKeyRevoked { cause, key, member, reason: draft.reason(user), user };
    draft.record(org, event)
}

fn bound(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    member: MemberId,
    limits: &Limits,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberRole)?;
    let user = organization.user_of(member).ok_or(Refusal::UnknownMember)?;
    let held = organization.member(user).ok_or(Refusal::UnknownMember)?;
    rights.may_touch(organization, &held.roles)?;
    let before = organization.bounds(user).cloned().unwrap_or_default();
    let before: Limits = before.into();
    if before == *limits {
        return Err(Refusal::NothingChanges);
    }
    let after = limits.clone();
    let event = LimitsChanged { after, before, member, reason: draft.reason(user), user };
    draft.record(org, event)
}

impl From<Bounds> for Limits {
    fn from(Bounds { budget, rate }: Bounds) -> Self {
        Self { budget, rate }
    }
}
