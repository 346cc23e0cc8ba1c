//! Wishes for an invitation, and how it is answered.

use crate::facts::Roles;
use crate::words::{Email, Name, OrganizationId, TeamId, UserId, Username};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// See [`super::Action::Invite`].
#[derive(Debug, Clone)]
pub struct Invite {
    /// The organization.
    pub org: OrganizationId,
    /// The address.
    pub email: Email,
    /// What whoever accepts will hold.
    pub roles: Roles,
    /// The teams they will belong to.
    pub teams: Vec<TeamId>,
    /// How long the invitation is valid.
    pub expires_in: Duration,
    /// What to do when one is pending for that address.
    pub if_pending: IfPending,
    /// Digest of the one-time token ([`crate::words::hash::token_digest`]).
    pub token: TokenDigest,
}

impl Invite {
    /// How long an invitation is valid when nobody says: seven days.
    pub const EXPIRES_IN: Duration = Duration::from_secs(7 * 24 * 60 * 60);
    /// The longest validity: a year. A link that works for ever is a password nobody changes.
    pub const EXPIRES_IN_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    /// The most teams one invitation can name; keeps its entry below the bound.
    pub const TEAMS_LIMIT: usize = 32;
}

/// What a second invitation of one address does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfPending {
    /// Nothing: it is refused.
    Refuse,
    /// The pending one is sent again; its roles stay.
    Resend,
    /// It takes the pending one's place.
    Supersede,
}

/// What is kept of a one-time token.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenDigest(pub [u8; 32]);

impl std::fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenDigest(secret)")
    }
}

/// Who accepts an invitation.
#[derive(Debug, Clone)]
pub enum Acceptor {
    /// A user who exists.
    User(UserId),
    /// Somebody who comes to exist with it, at the address that was invited.
    Newcomer {
        /// A fresh identifier; the command's actor is this user.
        user: UserId,
        /// Their name.
        name: Option<Name>,
        /// Their login name.
        username: Option<Username>,
    },
}

/// How somebody proves that an invitation is theirs.
#[derive(Debug, Clone, Copy)]
pub enum Proof {
    /// By the one-time link.
    Token(TokenDigest),
    /// By being signed in as a user whose address was invited.
    SignedIn,
}
