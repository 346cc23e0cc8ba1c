//! Wishes for who else may reach an organization.

use super::TokenDigest;
use crate::facts::event::Scope;
use crate::words::{Name, OrganizationId, Timestamp, TokenId, UserId};
use std::collections::BTreeSet;

/// Whose token is wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenOf {
    /// An organization's.
    Organization(OrganizationId),
    /// A user's, in all of their organizations.
    User(UserId),
    /// The operator's.
    Operator,
}

/// See [`super::Action::Access`].
#[derive(Debug, Clone)]
pub enum AccessWish {
    /// Issue a token.
    IssueToken {
        /// Whose it is to be.
        of: TokenOf,
        /// What it is to be called.
        name: Name,
        /// What it may be used for.
        scopes: BTreeSet<Scope>,
        /// From this moment on it is refused.
        expires_at: Timestamp,
        /// What is kept of it.
        digest: TokenDigest,
    },
    /// End a token.
    RevokeToken {
        /// Whose it is.
        of: TokenOf,
        /// The token.
        token: TokenId,
    },
    /// Let a user read everything.
    GrantAuditor {
        /// The organization.
        org: OrganizationId,
        /// The user.
        user: UserId,
        /// Until when; none: until it is withdrawn.
        expires_at: Option<Timestamp>,
    },
    /// End an auditor's grant.
    WithdrawAuditor {
        /// The organization.
        org: OrganizationId,
        /// The user.
        user: UserId,
    },
    /// Give somebody the top role where none of its holders does: the operator's, with a reason.
    TakeOver {
        /// The organization.
        org: OrganizationId,
        /// Who is to have it.
        user: UserId,
    },
}
