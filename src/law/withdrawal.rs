//! Withdrawing pending invitations.

use super::draft::Draft;
use super::refusal::Refusal;
use crate::facts::Actor;
use crate::facts::event::{InvitationExpired, InvitationRevoked, RevocationCause};
use crate::words::{InvitationId, OrganizationId, UserId};

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

/// Withdraws what somebody had pending when their membership ended or was suspended.
pub(super) fn withdraw_sent_by(
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
    for invitation in sent {
        withdraw(draft, org, invitation, RevocationCause::InviterEnded)?;
    }
    Ok(())
}
