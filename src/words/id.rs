//! Identifiers: random UUIDs (version 4) without meaning, one type per kind of thing.

use crate::words::spelling;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;
use uuid::Uuid;

/// Why a text is not an identifier.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error(
    "{text:?} is not an identifier: expected a UUID in lower case with hyphens, like 9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d"
)]
pub struct IdError {
    text: String,
}

/// Accepts exactly the form that is written: 36 characters, lower case, hyphens. Entries are
/// compared by their bytes, so a second spelling of one identifier must not exist.
fn parse(text: &str) -> Result<Uuid, IdError> {
    let refuse = || IdError { text: text.chars().take(64).collect() };
    let one_spelling = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    let uuid = Uuid::try_parse(text).map_err(|_| refuse())?;
    if one_spelling { Ok(uuid) } else { Err(refuse()) }
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID that was drawn at random, or read back from storage.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// The 16 bytes, for keys and hashes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text).map(Self)
            }
        }

        /// In text the hyphenated form, elsewhere the 16 bytes.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    let mut written = Uuid::encode_buffer();
                    serializer.serialize_str(self.0.hyphenated().encode_lower(&mut written))
                } else {
                    self.as_bytes().serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    return spelling::read(deserializer, Self::from_str);
                }
                <[u8; 16]>::deserialize(deserializer).map(|bytes| Self(Uuid::from_bytes(bytes)))
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }
    )+};
}

identifiers! {
    /// A tenant. The nil UUID stands for the deployment itself.
    OrganizationId,
    /// A person or service account of the deployment.
    UserId,
    /// One joining of one user in one organization; joining again makes a new one.
    MemberId,
    /// One invitation, through all its resendings.
    InvitationId,
    /// A group inside one organization.
    TeamId,
    /// One command; the entries it produced share it.
    CommandId,
    /// An operator of the deployment.
    OperatorId,
    /// A credential for Rollbook's own API.
    TokenId,
    /// A key that is used elsewhere, whose owner is recorded here.
    ApiKeyId,
    /// A bundle that was handed out.
    ExportId,
    /// Whoever an event is about and whose values the vault keeps under one key: a user in one
    /// organization, an invitation, or an organization itself.
    SubjectId,
}

impl OrganizationId {
    /// The deployment's own chain (users, operators, keys).
    pub const DEPLOYMENT: Self = Self(Uuid::nil());
}

macro_rules! subjects {
    ($($name:ident),+) => {$(
        impl From<$name> for SubjectId {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        }
    )+};
}

subjects!(UserId, InvitationId, OrganizationId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_only() {
        let written = "9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d";
        assert_eq!(written.parse::<UserId>().unwrap().to_string(), written);
        for wrong in [
            "9B1C3F0E-5a7d-4c55-9f3e-2d1f0a6b7c8d",
            "9b1c3f0e5a7d4c559f3e2d1f0a6b7c8d",
            "{9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d}",
            "",
            "x",
        ] {
            assert!(wrong.parse::<UserId>().is_err(), "{wrong}");
        }
    }
}
