//! Wishes for what members have elsewhere.

use crate::facts::event::Limits;
use crate::words::{ApiKeyId, KeyPrefix, MemberId, Name, OrganizationId};

/// See [`super::Action::Usage`].
#[derive(Debug, Clone)]
pub enum UsageWish {
    /// Record that a key is a member's.
    IssueApiKey {
        /// The organization.
        org: OrganizationId,
        /// Whose it is.
        member: MemberId,
        /// The identifier that it has elsewhere; none: one is drawn.
        key: Option<ApiKeyId>,
        /// What it is called.
        name: Name,
        /// Its first characters.
        prefix: Option<KeyPrefix>,
        /// Where it is used.
        environment: Option<Name>,
    },
    /// Record that a key is not to be used any more.
    RevokeApiKey {
        /// The organization.
        org: OrganizationId,
        /// The key.
        key: ApiKeyId,
    },
    /// Change what bounds a member's use.
    ChangeLimits {
        /// The organization.
        org: OrganizationId,
        /// The member.
        member: MemberId,
        /// What is to bound it.
        limits: Limits,
    },
}
