//! Mail to people: what is written, and how it is handed to a mail server.
//!
//! A letter is put into a queue and forgotten: no request waits for a mail server, or fails by it.
//! What became of letters is counted. The queue lives in memory, so a letter can be lost with the
//! process; every letter can be asked for again.

mod counts;
mod delivery;
mod mailer;
mod written;

pub use mailer::{MailError, Mailer};
pub use written::Written;

use super::settings::PublicUrl;
use crate::words::{Email, Name, Timestamp};
use std::fmt;

/// A letter to somebody.
#[derive(Debug, Clone)]
pub struct Letter {
    /// To whom.
    pub to: Email,
    /// What it says.
    pub content: Content,
}

/// What a letter says.
#[derive(Debug, Clone)]
pub enum Content {
    /// Somebody is invited.
    Invitation {
        /// Where they may join.
        organization: Name,
        /// Who invites, where that is known.
        inviter: Option<Name>,
        /// Until when.
        expires_at: Timestamp,
        /// Where to answer.
        link: Link,
    },
    /// Somebody was handed the one super admin's role.
    HandedOver {
        /// Of which organization.
        organization: Name,
        /// Where it is.
        link: Link,
    },
    /// Somebody says that the address is theirs.
    Verification {
        /// Where to confirm it.
        link: Link,
        /// Until when.
        expires_at: Timestamp,
    },
    /// Somebody has forgotten their password.
    PasswordReset {
        /// Where to choose another.
        link: Link,
        /// Until when.
        expires_at: Timestamp,
    },
    /// Somebody tries to make an account that is there already.
    AlreadyKnown {
        /// Where to choose another password.
        link: Link,
        /// Until when.
        expires_at: Timestamp,
    },
}

impl Content {
    /// What kind of letter it is, for logs.
    fn kind(&self) -> &'static str {
        match self {
            Self::Invitation { .. } => "invitation",
            Self::HandedOver { .. } => "handed over",
            Self::Verification { .. } => "verification",
            Self::PasswordReset { .. } => "password reset",
            Self::AlreadyKnown { .. } => "already known",
        }
    }
}

/// A link to the server. It may hold a one-time token.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// What stands at a path, which begins with a slash. What means something outside of a URL is
    /// written in its percent form.
    pub fn new(url: &PublicUrl, path: &str) -> Self {
        let mut text = format!("{}/", url.as_str());
        for byte in path.trim_start_matches('/').bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~/?#=&%:@!$*+,;".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
        Self(text)
    }
}

/// What is debugged ends in logs.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("link")
    }
}
