//! Who may come in and what may be used, beside the members: asked of one organization.

use super::{ApiKeyRow, AuditorRow, InvitationRow, LimitsRow, Moment, OrganizationView, TokenRow};
use crate::facts::Actor;
use crate::words::{ApiKeyId, MemberId, UserId};
use serde::{Deserialize, Serialize};

/// What rests on a member, and ends when the membership ends or is suspended.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resting {
    /// Pending invitations that they sent last, in the order of sending.
    pub invitations: Vec<InvitationRow>,
    /// The organization's tokens that they issued and that were not revoked, expired ones too.
    pub tokens: Vec<TokenRow>,
    /// The API keys that are theirs.
    pub api_keys: Vec<ApiKeyRow>,
}

impl OrganizationView {
    /// Every token that had been issued, whatever became of it, in the order of issuing.
    pub fn tokens(&self, at: Moment) -> Vec<TokenRow> {
        self.tokens.list(at, &self.sequence)
    }

    /// The tokens that could be used, in the order of issuing.
    pub fn active_tokens(&self, at: Moment) -> Vec<TokenRow> {
        self.tokens.active(at, &self.sequence)
    }

    /// Every auditor's grant, whatever became of it, in the order of granting.
    pub fn auditors(&self, at: Moment) -> Vec<AuditorRow> {
        self.auditors.list(at, &self.sequence)
    }

    /// The grants that held, in the order of granting.
    pub fn active_auditors(&self, at: Moment) -> Vec<AuditorRow> {
        self.auditors.active(at, &self.sequence)
    }

    /// Every API key that had been issued, whatever became of it, in the order of issuing; a key
    /// that was issued anew stands there once more.
    pub fn api_keys(&self, at: Moment) -> Vec<ApiKeyRow> {
        self.api_keys.list(None, &self.members, at.place, &self.sequence)
    }

    /// The API keys that could be used, in the order of issuing.
    pub fn active_api_keys(&self, at: Moment) -> Vec<ApiKeyRow> {
        self.api_keys.active(None, &self.members, at.place, &self.sequence)
    }

    /// The API keys of one membership, whatever became of them, or only those that could be used.
    pub fn api_keys_of(&self, member: MemberId, is_active: bool, at: Moment) -> Vec<ApiKeyRow> {
        let Some(row) = self.members.of_member(member) else { return Vec::new() };
        let (members, sequence) = (&self.members, &self.sequence);
        if is_active {
            self.api_keys.active(Some(row), members, at.place, sequence)
        } else {
            self.api_keys.list(Some(row), members, at.place, sequence)
        }
    }

    /// One API key: whose it was, or whose it was last; none before it was issued.
    pub fn api_key(&self, key: ApiKeyId, at: Moment) -> Option<ApiKeyRow> {
        self.api_keys.one(key, &self.members, at.place, &self.sequence)
    }

    /// What bounded a member's use; none before the membership began and after it ended.
    pub fn limits(&self, member: MemberId, at: Moment) -> Option<LimitsRow> {
        self.members.limits(self.members.of_member(member)?, at.place, &self.sequence)
    }

    /// What would end with a user's membership. What ended with one is what rested on it right
    /// before.
    pub fn rests_on(&self, user: UserId, at: Moment) -> Resting {
        let row = self.members.of_user(user, at.place);
        let keys = |row| self.api_keys.active(Some(row), &self.members, at.place, &self.sequence);
        Resting {
            invitations: self.invitations.pending_of(Actor::User(user), at, &self.sequence),
            tokens: self.tokens.issued_by(Actor::User(user), at, &self.sequence),
            api_keys: row.map(keys).unwrap_or_default(),
        }
    }
}
