//! What a pass is, and how many of a kind there may be.

use crate::words::hash::pass_digest_of_user;
use crate::words::{Timestamp, UserId};
use std::fmt;

/// The most bytes a detail may have: identifiers, a verifier of 128 characters, a path to return
/// to, and the seal.
pub const DETAIL_LIMIT_BYTES: usize = 1024;

/// What is kept of a token (`words::hash::pass_digest`).
pub type Digest = [u8; 32];

/// What a pass lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Act as the user.
    Session,
    /// Show that an e-mail address is theirs.
    EmailVerification,
    /// Set another password.
    PasswordReset,
    /// Give the second factor, the first having been given.
    SignInSecondStep,
    /// Come back from another provider.
    OidcState,
    /// Nothing: it notes the last step whose code was used, so that none is used again.
    TotpUsedStep,
    /// Switch the second factor on: it holds what codes are to be made from.
    SecondFactorSetup,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Session,
        Self::EmailVerification,
        Self::PasswordReset,
        Self::SignInSecondStep,
        Self::OidcState,
        Self::TotpUsedStep,
        Self::SecondFactorSetup,
    ];

    /// Its number in the file.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Session => 1,
            Self::EmailVerification => 2,
            Self::PasswordReset => 3,
            Self::SignInSecondStep => 4,
            Self::OidcState => 5,
            Self::TotpUsedStep => 6,
            Self::SecondFactorSetup => 7,
        }
    }

    pub(super) fn numbered(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// How many of it one user, or nobody, may have. With one more the oldest ends.
    pub(super) const fn limit(self, user: Option<UserId>) -> usize {
        match (self, user) {
            // Whoever has not signed in yet can ask for them without end: as many as may be under
            // way in a few minutes, and a twentieth of all passes.
            (_, None) => 10_000,
            // More devices and browsers than anybody has; programs sign in with tokens.
            (Self::Session, Some(_)) => 100,
            // Mails cross and are asked for again; the older ones stay good for a while.
            (Self::EmailVerification | Self::PasswordReset, Some(_)) => 5,
            // Several windows.
            (Self::SignInSecondStep | Self::OidcState, Some(_)) => 10,
            (Self::TotpUsedStep | Self::SecondFactorSetup, Some(_)) => 1,
        }
    }
}

/// Something that its holder may do until a moment, and that ends without becoming history.
#[derive(Clone, PartialEq, Eq)]
pub struct Pass {
    /// What it lets its holder do.
    pub kind: Kind,
    /// What is kept of its token. The token itself never is.
    pub digest: Digest,
    /// Whose it is; none before it is known who they are.
    pub user: Option<UserId>,
    /// The moment of the log at which the user's credential was read: what the log says about it
    /// later ends the pass.
    pub since: Timestamp,
    /// When it was issued.
    pub created: Timestamp,
    /// The beginning of the hour in which it was last used.
    pub last_used: Timestamp,
    /// From then on it is worth nothing.
    pub expires: Timestamp,
    /// What has to be known when it is used, sealed ([`super::seal`]) where that is secret or
    /// personal.
    pub detail: Vec<u8>,
}

impl Pass {
    /// Whether it has not expired.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        now < self.expires
    }

    pub(super) fn key(&self) -> (Kind, Digest) {
        (self.kind, self.digest)
    }

    /// The note that a user's code of a step was used.
    pub(super) fn of_step(user: UserId, step: u64, now: Timestamp, expires: Timestamp) -> Self {
        Self {
            kind: Kind::TotpUsedStep,
            digest: pass_digest_of_user(user),
            user: Some(user),
            since: now,
            created: now,
            last_used: now,
            expires,
            detail: step.to_be_bytes().to_vec(),
        }
    }

    /// The step of such a note.
    pub(super) fn step(&self) -> Option<u64> {
        Some(u64::from_be_bytes(self.detail.as_slice().try_into().ok()?))
    }
}

/// Neither the digest nor the detail: what is debugged ends in logs.
impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, user, expires, .. } = self;
        write!(f, "Pass({kind:?} of {user:?} until {expires})")
    }
}
