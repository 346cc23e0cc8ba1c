//! Looking at an invitation with its link, before anybody is anybody.

use super::as_of;
use super::me::invited;
use crate::doors::desk::proof;
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::reply::Reply;
use crate::doors::wire::accounts::{AccountThere, Looked, Looking};
use crate::doors::wire::{OneTimeToken, Problem};
use crate::house::Known;
use crate::law::Refusal;
use crate::law::command::Proof;
use crate::law::state::{Invitation, InvitationStatus as Kept};
use crate::projections::InvitationStatus;
use crate::words::{Email, InvitationId, OrganizationId, Timestamp, UserId};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The invitation to which somebody has the link that was sent last. An organization that has none
/// of that name is unknown to them.
pub(super) fn by_link<'a>(
    known: &'a Known,
    (org, id): (OrganizationId, InvitationId),
    token: &OneTimeToken,
) -> Result<&'a Invitation, Refusal> {
    let organization = known.state.organization(org).ok_or(Refusal::UnknownOrganization)?;
    let invitation = organization.invitation(id).ok_or(Refusal::UnknownOrganization)?;
    let Proof::Token(given) = proof(Some(token)) else {
        return Err(Refusal::InvitationTokenWrong);
    };
    let kept = invitation.token.ok_or_else(|| over(invitation))?;
    let is_same = bool::from(kept.0.ct_eq(&given.0));
    if is_same { Ok(invitation) } else { Err(Refusal::InvitationTokenWrong) }
}

/// What is said of an invitation that no link belongs to any more.
fn over(invitation: &Invitation) -> Refusal {
    match invitation.status {
        Kept::Pending => Refusal::InvitationTokenWrong,
        Kept::Accepted => Refusal::InvitationAccepted,
        Kept::Declined => Refusal::InvitationDeclined,
        Kept::Revoked => Refusal::InvitationRevoked,
        Kept::Expired => Refusal::InvitationExpired { expired_at: invitation.expires_at },
    }
}

/// Who has the address that was invited, and what they do first.
pub(super) fn holder(known: &Known, invitation: &Invitation) -> (Option<UserId>, AccountThere) {
    let email = invitation.email.as_deref().and_then(|email| Email::parse(email).ok());
    let user = email.and_then(|email| known.state.by_email(&email.folded()));
    let Some((id, user)) = user.and_then(|id| Some((id, known.state.user(id)?))) else {
        return (None, AccountThere::None);
    };
    let has_password = known.state.account(id).is_some_and(|it| it.password.is_some());
    match (has_password, user.verified) {
        (false, _) => (Some(id), AccountThere::NoPassword),
        (true, true) => (Some(id), AccountThere::SignsIn),
        // They only said that the address is theirs; whoever has the link has shown it.
        (true, false) => (None, AccountThere::None),
    }
}

fn status(invitation: &Invitation, now: Timestamp) -> InvitationStatus {
    match invitation.status {
        Kept::Pending if now < invitation.expires_at => InvitationStatus::Pending,
        Kept::Pending | Kept::Expired => InvitationStatus::Expired,
        Kept::Accepted => InvitationStatus::Accepted,
        Kept::Declined => InvitationStatus::Declined,
        Kept::Revoked => InvitationStatus::Revoked,
    }
}

pub(super) async fn look(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let Looking { organization_id: org, invitation_id: id, token } = call.body()?;
    let known = site.ledger.known();
    let invitation = by_link(&known, (org, id), &token)?;
    let organization = known.state.organization(org).ok_or(Refusal::UnknownOrganization)?;
    let told = Looked {
        invited: invited(&known, (org, organization), (id, invitation)),
        email: invitation.email.clone(),
        status: status(invitation, (site.now)()),
        account: holder(&known, invitation).1,
    };
    Reply::json(as_of(known.size).seq, &told)
}
