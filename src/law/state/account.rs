//! What the law knows of accounts and tokens.

use crate::facts::event::Scope;
use crate::facts::{Actor, Holder};
use crate::law::command::TokenDigest;
use crate::words::{Name, OrganizationId, Timestamp, TokenId, UserId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// How a user signs in. Only users who ever could have one.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The password's hash as a PHC string, when there is one and the vault is open.
    pub password: Option<Arc<str>>,
    /// When it was last chosen or reset; links and looks from before that are void.
    pub password_at: Timestamp,
    /// The second factor, when one is on.
    pub second_factor: Option<SecondFactor>,
    /// Sessions that rest on what was recorded before this moment have ended.
    pub sessions_from: Timestamp,
}

/// What codes are made from, and what helps when they are lost.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// The secret, base64, when the vault is open.
    pub secret: Option<Arc<str>>,
    /// Digests of the recovery codes that are left, base64, a blank between two.
    pub recovery: Option<Arc<str>>,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            password: None,
            password_at: Timestamp::EPOCH,
            second_factor: None,
            sessions_from: Timestamp::EPOCH,
        }
    }
}

/// Never shows what is secret: what is debugged ends in logs.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("password", &self.password.is_some())
            .field("password_at", &self.password_at)
            .field("second_factor", &self.second_factor.is_some())
            .field("sessions_from", &self.sessions_from)
            .finish()
    }
}

impl fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecondFactor")
    }
}

/// A token that was not revoked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// In whose chain it was issued: the organization's it belongs to, or the deployment's.
    pub org: OrganizationId,
    /// In whose name it acts.
    pub holder: Holder,
    /// What it is called.
    pub name: Name,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// From this moment on it is refused.
    pub expires_at: Timestamp,
    /// What is kept of it, when the vault is open.
    pub digest: Option<TokenDigest>,
    /// Who issued it.
    pub issuer: Actor,
}

impl Token {
    /// Whether it may be used for that at `now`.
    pub fn allows(&self, scope: Scope, now: Timestamp) -> bool {
        now < self.expires_at && self.scopes.contains(&scope)
    }
}

impl super::State {
    /// How a user signs in.
    pub fn account(&self, user: UserId) -> Option<&Account> {
        self.accounts.get(&user).map(Arc::as_ref)
    }

    /// The token, unless it was revoked.
    pub fn token(&self, token: TokenId) -> Option<&Token> {
        self.tokens.get(&token).map(Arc::as_ref)
    }

    /// The token with that digest, unless it was revoked. What is compared is the digest of 256
    /// random bits, so that how long it takes tells nothing about any token.
    pub fn token_by_digest(&self, digest: &TokenDigest) -> Option<(TokenId, &Token)> {
        let id = *self.token_digests.get(&digest.0)?;
        self.token(id).map(|token| (id, token))
    }

    /// The tokens that one organization, user or the operator has.
    pub fn tokens(
        &self,
        org: OrganizationId,
        holder: Holder,
    ) -> impl Iterator<Item = (TokenId, &Token)> {
        let held = move |token: &&Arc<Token>| token.org == org && token.holder == holder;
        let ids = self.token_names.range((org, holder, None)..);
        ids.take_while(move |((of, held_by, _), _)| (*of, *held_by) == (org, holder))
            .filter_map(|(_, id)| Some((*id, self.tokens.get(id)?)))
            .filter(move |(_, token)| held(token))
            .map(|(id, token)| (id, token.as_ref()))
    }
}
