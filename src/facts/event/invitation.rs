//! The life of an invitation. It is a subject of its own: the address that was invited and the
//! digest of its one-time token can be erased without touching anybody's membership.

use super::body::body;
use super::lists::sorted;
use crate::facts::roles::named;
use crate::facts::{Roles, Sealed};
use crate::words::{InvitationId, MemberId, TeamId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

named! {
    /// Why an invitation was withdrawn.
    RevocationCause {
        /// Somebody withdrew it.
        Revoked = "revoked",
        /// Another invitation of the same address took its place.
        Superseded = "superseded",
        /// The person it was for became a member in another way.
        Joined = "joined",
        /// Whoever sent it is no longer an active member.
        InviterEnded = "inviter_ended",
        /// The organization ended.
        OrganizationDissolved = "organization_dissolved",
        /// What was known of whom it was for was erased.
        Erased = "erased",
    }
}

/// An address was invited. The token itself is shown once and kept nowhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationSent {
    /// The address it is bound to.
    pub email: Sealed,
    /// From this moment on it can no longer be accepted.
    pub expires_at: Timestamp,
    /// The invitation.
    pub invitation: InvitationId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// What whoever accepts will hold.
    pub roles: Roles,
    /// The teams they will belong to, sorted, each once.
    #[serde(skip_serializing_if = "Vec::is_empty", default, deserialize_with = "sorted")]
    pub teams: Vec<TeamId>,
    /// Digest of the one-time token, base64.
    pub token: Sealed,
}

/// A pending or expired invitation was sent again: same invitation, another token, a later expiry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationResent {
    /// Its expiry from here on.
    pub expires_at: Timestamp,
    /// The invitation.
    pub invitation: InvitationId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// Digest of the token that is valid from here on, base64.
    pub token: Sealed,
}

/// It was withdrawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationRevoked {
    /// Why it ended.
    pub cause: RevocationCause,
    /// The invitation.
    pub invitation: InvitationId,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
}

/// Whoever was invited said no.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationDeclined {
    /// The invitation.
    pub invitation: InvitationId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
}

/// Its time passed. The expiry held from `expired_at` on; this records it for readers of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationExpired {
    /// The moment it expired.
    pub expired_at: Timestamp,
    /// The invitation.
    pub invitation: InvitationId,
}

/// Somebody accepted, and joined with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationAccepted {
    /// The user's e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Sealed>,
    /// The invitation.
    pub invitation: InvitationId,
    /// The membership that began.
    pub member: MemberId,
    /// The user's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Sealed>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// What they hold from the start.
    pub roles: Roles,
    /// The teams they belong to from the start, sorted, each once.
    #[serde(skip_serializing_if = "Vec::is_empty", default, deserialize_with = "sorted")]
    pub teams: Vec<TeamId>,
    /// The user.
    pub user: UserId,
    /// The user's login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Sealed>,
}

body!(InvitationSent, |event, _org| vec![event.invitation.into()], {
    "/email" => email, "/reason" => reason, "/token" => token,
});
body!(InvitationResent, |event, _org| vec![event.invitation.into()], {
    "/reason" => reason, "/token" => token,
});
body!(InvitationRevoked, |event, _org| vec![event.invitation.into()], { "/reason" => reason });
body!(InvitationDeclined, |event, _org| vec![event.invitation.into()], { "/reason" => reason });
body!(InvitationExpired, |event, _org| vec![event.invitation.into()], {});
body!(InvitationAccepted, |event, _org| vec![event.invitation.into(), event.user.into()], {
    "/email" => email, "/name" => name, "/reason" => reason, "/username" => username,
});
