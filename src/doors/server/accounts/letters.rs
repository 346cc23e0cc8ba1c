//! Letters to people, and the links that stand in them.

use super::links::written;
use crate::doors::server::Site;
use crate::doors::wire::{OneTimeToken, Recorded};
use crate::words::{Email, Timestamp};

/// What a letter says.
pub(super) enum Letter {
    /// The address is to be proven.
    Verification,
    /// Another password is asked for.
    PasswordReset,
    /// Somebody tries to make an account that is there already.
    AlreadyKnown,
}

/// Whether mail is sent at all.
pub(super) fn are_sent(_site: &Site) -> bool {
    false
}

/// Sends a letter; it waits for nothing and cannot fail.
pub(super) fn send(
    _site: &Site,
    _to: &Email,
    _letter: Letter,
    (_link, _expires_at): (OneTimeToken, Timestamp),
) {
}

/// Adds the link to the answer that tells the token of an invitation, and sends it.
pub(in crate::doors::server) fn invited(site: &Site, told: &mut Recorded) {
    let (Some(token), Some(invitation)) = (&told.token, &told.subject.invitation) else { return };
    let organization = told.heading.organization_id;
    let id = invitation.invitation_id;
    let OneTimeToken(token) = token;
    told.link = Some(written(site, &format!("invitation={organization}/{id}/{token}")));
}
