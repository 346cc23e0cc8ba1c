//! In whose name a token acts.

use crate::words::{OrganizationId, SubjectId, UserId, id::IdError, spelling};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Whose token it is: written `organization`, `operator` or `user:ID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// The organization in whose history it stands.
    Organization,
    /// The deployment's operator.
    Operator,
    /// A user, in all of their organizations.
    User(UserId),
}

impl Holder {
    /// Whose key seals what the history of `org` says of their tokens.
    #[must_use]
    pub fn subject(self, org: OrganizationId) -> SubjectId {
        match self {
            Self::User(user) => user.into(),
            Self::Organization | Self::Operator => org.into(),
        }
    }
}

/// Why a text names no holder.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum HolderError {
    /// It is none of the known forms.
    #[error("{0:?} holds no token: expected organization, operator or user:ID")]
    Form(String),
    /// The part behind the colon is no identifier.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization => f.write_str("organization"),
            Self::Operator => f.write_str("operator"),
            Self::User(user) => write!(f, "user:{user}"),
        }
    }
}

impl FromStr for Holder {
    type Err = HolderError;

    fn from_str(text: &str) -> Result<Self, HolderError> {
        match text {
            "organization" => Ok(Self::Organization),
            "operator" => Ok(Self::Operator),
            other => match other.strip_prefix("user:") {
                Some(id) => Ok(Self::User(id.parse()?)),
                None => Err(HolderError::Form(other.chars().take(64).collect())),
            },
        }
    }
}

/// In text the written form, elsewhere its parts.
#[derive(Serialize, Deserialize)]
enum Stored {
    Organization,
    Operator,
    User(UserId),
}

impl Serialize for Holder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        let stored = match *self {
            Self::Organization => Stored::Organization,
            Self::Operator => Stored::Operator,
            Self::User(user) => Stored::User(user),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Holder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return spelling::read(deserializer, Self::from_str);
        }
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Organization => Self::Organization,
            Stored::Operator => Self::Operator,
            Stored::User(user) => Self::User(user),
        })
    }
}
