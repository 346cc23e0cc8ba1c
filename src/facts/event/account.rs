//! What happens to a person's account, in the deployment's own chain. An account is a subject of
//! its own there: what organizations know of the same person lies under other keys.

use super::body::body;
use super::profile::{Profile, profile_body};
use crate::facts::Sealed;
use crate::facts::roles::named;
use crate::words::UserId;
use serde::{Deserialize, Serialize};

named! {
    /// How a password came to be set.
    PasswordCause {
        /// Its owner chose it, or chose another while signed in.
        Chosen = "chosen",
        /// Through a link sent to the account's address, or handed over by an operator.
        Reset = "reset",
        /// The same password, hashed anew with today's parameters.
        Rehashed = "rehashed",
    }

    /// What became of a second factor.
    SecondFactorStep {
        /// From here on a code is asked for.
        Enabled = "enabled",
        /// None is asked for any more.
        Disabled = "disabled",
        /// A recovery code was used up.
        RecoveryUsed = "recovery_used",
        /// Other recovery codes took the place of those that were left.
        RecoveryRenewed = "recovery_renewed",
    }
}

/// An account came to exist by itself: somebody signed up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserCreated {
    /// The user's e-mail address; not proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Sealed>,
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

/// What an account says of its user changed. Only what changed is present.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserUpdated {
    /// The address. A new one is not proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Profile,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Profile,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
    /// The login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Profile,
}

/// The user proved that the address is theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailVerified {
    /// The address.
    pub email: Sealed,
    /// The user.
    pub user: UserId,
}

/// An account lost an address that it had never proven, to somebody who did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailReleased {
    /// The address.
    pub email: Sealed,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user who lost it.
    pub user: UserId,
}

/// A password was set. Sessions that began before it end, unless it is the same one hashed anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordSet {
    /// How it came about.
    pub cause: PasswordCause,
    /// The password's hash as a PHC string, its parameters included.
    pub hash: Sealed,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
}

/// A second factor was switched on or off, or its recovery codes changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorChanged {
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// Digests of the recovery codes that can be used from here on, base64, a blank between two;
    /// absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Sealed>,
    /// The secret that codes are made from, base64; only where it was switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Sealed>,
    /// What happened.
    pub step: SecondFactorStep,
    /// The user.
    pub user: UserId,
}

/// All sessions of a user that began before this ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionsEnded {
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
}

body!(UserCreated, |event, _org| vec![event.user.into()], {
    "/email" => email, "/name" => name, "/reason" => reason, "/username" => username,
});
profile_body!(UserUpdated);
body!(EmailVerified, |event, _org| vec![event.user.into()], { "/email" => email });
body!(EmailReleased, |event, _org| vec![event.user.into()], {
    "/email" => email, "/reason" => reason,
});
body!(PasswordSet, |event, _org| vec![event.user.into()], {
    "/hash" => hash, "/reason" => reason,
});
body!(SecondFactorChanged, |event, _org| vec![event.user.into()], {
    "/reason" => reason, "/recovery" => recovery, "/secret" => secret,
});
body!(SessionsEnded, |event, _org| vec![event.user.into()], { "/reason" => reason });
