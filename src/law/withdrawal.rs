//! Withdrawing what rests on somebody, or on an organization, that ends.

use super::draft::Draft;
use super::refusal::Refusal;
use super::state::{InvitationStatus, Token};
use super::tokens::end_token;
use super::usage::end_key;
use crate::facts::event::{EndCause, InvitationExpired, InvitationRevoked, RevocationCause};
use crate::facts::{Actor, Holder};
use crate::words::{ApiKeyId, InvitationId, OrganizationId, TokenId, UserId};

/// Records the withdrawal of a pending invitation, or that it had expired before.
pub(super) fn withdraw(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    invitation: InvitationId,
    cause: RevocationCause,
) -> Result<(), Refusal> {
    let found = draft.living(org)?.invitation(invitation).ok_or(Refusal::UnknownInvitation)?;
    let expired_at = found.expires_at;
    if expired_at <= draft.now() {
        return draft.record(org, InvitationExpired { expired_at, invitation });
    }
    let event = InvitationRevoked { cause, invitation, reason: draft.reason(invitation) };
    draft.record(org, event)
}

/// Withdraws an invitation whose address is erased, if it is pending. Why stands in the erasure.
pub(super) fn withdraw_erased(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    invitation: InvitationId,
) -> Result<(), Refusal> {
    let found = draft.living(org)?.invitation(invitation).ok_or(Refusal::UnknownInvitation)?;
    let expired_at = found.expires_at;
    match found.status {
        InvitationStatus::Pending if expired_at <= draft.now() => {
            draft.record(org, InvitationExpired { expired_at, invitation })
        }
        InvitationStatus::Pending => {
            let cause = RevocationCause::Erased;
            draft.record(org, InvitationRevoked { cause, invitation, reason: None })
        }
        InvitationStatus::Accepted
        | InvitationStatus::Declined
        | InvitationStatus::Revoked
        | InvitationStatus::Expired => Ok(()),
    }
}

/// Withdraws what rests on somebody whose membership ended or was suspended: the invitations that
/// they sent last, the organization's tokens that they know, the API keys that are theirs.
pub(super) fn withdraw_of(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    user: UserId,
) -> Result<(), Refusal> {
    let organization = draft.living(org)?;
    let sent: Vec<InvitationId> = organization
        .pending
        .values()
        .copied()
        .filter(|id| {
            let invitation = organization.invitation(*id);
            invitation.is_some_and(|found| found.inviter == Actor::User(user))
        })
        .collect();
    let keys: Vec<ApiKeyId> =
        organization.api_keys().filter(|(_, key)| key.user == user).map(|(id, _)| id).collect();
    let tokens = tokens_of(draft, org, |token| token.issuer == Actor::User(user));
    for invitation in sent {
        withdraw(draft, org, invitation, RevocationCause::InviterEnded)?;
    }
    end_all(draft, org, (tokens, keys), EndCause::MemberEnded)
}

/// Ends every token and API key of an organization that ends.
pub(super) fn withdraw_everything(
    draft: &mut Draft<'_>,
    org: OrganizationId,
) -> Result<(), Refusal> {
    let keys: Vec<ApiKeyId> = draft.living(org)?.api_keys().map(|(id, _)| id).collect();
    let tokens = tokens_of(draft, org, |_| true);
    end_all(draft, org, (tokens, keys), EndCause::OrganizationDissolved)
}

fn tokens_of(
    draft: &Draft<'_>,
    org: OrganizationId,
    is_meant: impl Fn(&Token) -> bool,
) -> Vec<TokenId> {
    let tokens = draft.state.tokens(org, Holder::Organization);
    tokens.filter(|(_, token)| is_meant(token)).map(|(id, _)| id).collect()
}

fn end_all(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    (tokens, keys): (Vec<TokenId>, Vec<ApiKeyId>),
    cause: EndCause,
) -> Result<(), Refusal> {
    for token in tokens {
        end_token(draft, org, token, cause)?;
    }
    for key in keys {
        end_key(draft, org, key, cause)?;
    }
    Ok(())
}
