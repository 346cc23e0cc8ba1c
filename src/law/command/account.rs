//! Wishes for a person's account.

use super::Person;
use crate::facts::Source;
use crate::facts::event::PasswordCause;
use crate::words::{Email, Name, Timestamp, UserId, Username};
use std::fmt;
use std::sync::Arc;

/// A text that nobody may read: the hash of a password, what codes are made from.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub Arc<str>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// See [`super::Action::Account`].
#[derive(Debug, Clone)]
pub enum AccountWish {
    /// Come to exist, with an address that is not proven.
    SignUp {
        /// A fresh identifier; the command's actor is this user.
        user: UserId,
        /// Who it is.
        person: Person,
        /// The password's hash.
        password: Option<Secret>,
    },
    /// Come to exist with an address that is proven. An account that holds it without ever having
    /// proven it loses it.
    SignUpProven {
        /// A fresh identifier; the command's actor is this user.
        user: UserId,
        /// Who it is.
        person: Person,
        /// The password's hash.
        password: Option<Secret>,
    },
    /// Bring an account along from another system. Where it was brought before, nothing is
    /// recorded.
    Bring {
        /// A fresh identifier.
        user: UserId,
        /// Who it is.
        person: Person,
        /// Whether the address was proven there.
        proven: Proven,
        /// The password's hash, as it was kept there.
        password: Option<Secret>,
        /// Which account it was there.
        source: Source,
    },
    /// Prove that an address is one's own; it must be the account's.
    VerifyEmail {
        /// The user.
        user: UserId,
        /// The address.
        email: Email,
    },
    /// Set a password.
    SetPassword {
        /// The user.
        user: UserId,
        /// The password's hash.
        hash: Secret,
        /// How it comes about.
        cause: PasswordCause,
        /// The address that is proven by it: a link was sent there.
        proves: Option<Email>,
        /// What was recorded when the old password or the link was looked at: a password that was
        /// set since makes both void.
        seen: Timestamp,
    },
    /// Switch the second factor on or off, or use up a recovery code.
    ChangeSecondFactor {
        /// The user.
        user: UserId,
        /// What is to happen.
        change: SecondFactorWish,
    },
    /// End all sessions of a user.
    EndSessions {
        /// The user.
        user: UserId,
    },
    /// Change what the account says of its user. What is absent stays.
    UpdateUser {
        /// The user.
        user: UserId,
        /// The name.
        name: Option<Name>,
        /// The login name.
        username: Option<Username>,
        /// The address, and whether it is proven to be theirs.
        email: Option<(Email, Proven)>,
    },
}

/// Whether an address is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proven {
    /// A link was sent there and came back.
    Yes,
    /// Somebody said so.
    No,
}

/// See [`AccountWish::ChangeSecondFactor`].
#[derive(Debug, Clone)]
pub enum SecondFactorWish {
    /// Ask for codes from here on.
    Enable {
        /// What codes are made from, base64.
        secret: Secret,
        /// Digests of the recovery codes, base64, a blank between two.
        recovery: Secret,
    },
    /// Ask for none any more.
    Disable,
    /// Use up a recovery code.
    UseRecovery {
        /// The digests that were there when the code was looked at: used up by nobody since.
        before: Secret,
        /// The digests that are left; none: the last one was used.
        left: Option<Secret>,
    },
    /// Put other recovery codes in the place of those that are left.
    RenewRecovery {
        /// Their digests.
        recovery: Secret,
    },
}
