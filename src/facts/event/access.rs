//! Who may reach an organization beside its members: tokens, auditors, the operator.

use super::body::body;
use super::lists::sorted;
use crate::facts::roles::named;
use crate::facts::{Holder, Sealed};
use crate::words::{Name, Timestamp, TokenId, UserId};
use serde::{Deserialize, Serialize};

named! {
    /// What a token may be used for.
    Scope {
        /// To ask.
        Read = "read",
        /// To command.
        Write = "write",
    }

    /// Why a token or an API key ended.
    EndCause {
        /// Somebody revoked it.
        Revoked = "revoked",
        /// Whoever issued the token, or owned the key, is no longer an active member.
        MemberEnded = "member_ended",
        /// The organization ended.
        OrganizationDissolved = "organization_dissolved",
    }
}

/// A token came to exist. It was shown once; only its digest is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenIssued {
    /// Its digest, base64.
    pub digest: Sealed,
    /// From this moment on it is refused.
    pub expires_at: Timestamp,
    /// In whose name it acts.
    pub holder: Holder,
    /// What it is called; unique among its holder's tokens.
    pub name: Name,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// What it may be used for, sorted, each once.
    #[serde(deserialize_with = "sorted")]
    pub scopes: Vec<Scope>,
    /// The token.
    pub token: TokenId,
}

/// A token ended before its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRevoked {
    /// Why it ended.
    pub cause: EndCause,
    /// In whose name it acted.
    pub holder: Holder,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The token.
    pub token: TokenId,
}

/// A user may read everything of the organization, its history and exports included, and change
/// nothing. E-mail, name and username are committed to as a member's are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditorGranted {
    /// The user's e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Sealed>,
    /// From this moment on the grant no longer holds; absent: until it is withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The user's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Sealed>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
    /// The user's login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Sealed>,
}

/// An auditor's grant ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditorWithdrawn {
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
}

/// The operator broke the glass: the top role was given to somebody by none of its holders. The
/// ordinary event that gives it follows in the same command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessTakenOver {
    /// Why. Never without.
    pub reason: Sealed,
    /// Who is given the top role.
    pub user: UserId,
}

body!(TokenIssued, |event, org| vec![event.holder.subject(org)], {
    "/digest" => digest, "/reason" => reason,
});
body!(TokenRevoked, |event, org| vec![event.holder.subject(org)], { "/reason" => reason });
body!(AuditorGranted, |event, _org| vec![event.user.into()], {
    "/email" => email, "/name" => name, "/reason" => reason, "/username" => username,
});
body!(AuditorWithdrawn, |event, _org| vec![event.user.into()], { "/reason" => reason });
body!(AccessTakenOver, |event, _org| vec![event.user.into()], { "/reason" => reason });
