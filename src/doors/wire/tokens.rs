//! Tokens as they are handed out: a word that tells what leaked, and 32 random bytes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// Stands before the token of an operator.
pub const OPERATOR: &str = "rbo_";

/// Stands before the one-time token of an invitation.
pub const INVITATION: &str = "rbi_";

/// Stands before the token of an organization.
pub const ORGANIZATION_TOKEN: &str = "rbt_";

/// Stands before a user's own token.
pub const PERSONAL_TOKEN: &str = "rbp_";

/// Stands before the token of a session, in its cookie.
pub const SESSION: &str = "rbs_";

/// Stands before the token of a link that was sent by mail.
pub const LINK: &str = "rbl_";

/// Stands before what tells that a password was right, until the second factor is given.
pub const TICKET: &str = "rbk_";

/// Stands before what a browser sets out with to sign in elsewhere, in its cookie.
pub const JOURNEY: &str = "rbj_";

/// Stands before the state that a browser takes there and brings back.
pub const STATE: &str = "rby_";

/// A token as it is handed out.
pub fn write_token(prefix: &str, bytes: &[u8; 32]) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The 32 bytes of a token.
pub fn read_token(prefix: &str, token: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(token.strip_prefix(prefix)?).ok()?.try_into().ok()
}

/// The token of an invitation, as it is told once and given back once.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OneTimeToken(pub String);

/// Never shows the token: what is debugged ends in logs.
impl fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one-time token")
    }
}

/// A password or a code as it was typed; wiped from memory when dropped.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(Zeroizing<String>);

impl Typed {
    /// The text, for whatever compares it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// What is debugged ends in logs.
impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("typed")
    }
}
