//! Who did it.

use crate::words::{OperatorId, TokenId, UserId, id::IdError, spelling};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Whoever gave a command: written `user:ID`, `token:ID`, `operator:ID`, `system:import`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A user, with the rights of the roles they hold.
    User(UserId),
    /// A token, with the rights of its scopes.
    Token(TokenId),
    /// An operator of the deployment.
    Operator(OperatorId),
    /// Rollbook itself.
    System(System),
}

/// The things that Rollbook does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// Taking over history that was recorded elsewhere.
    Import,
    /// Recording that an invitation's time has passed.
    Expiry,
    /// Committing to where every organization stands.
    Publisher,
}

impl System {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Import, "import"), (Self::Expiry, "expiry"), (Self::Publisher, "publisher")];

    fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Expiry => "expiry",
            Self::Publisher => "publisher",
        }
    }
}

/// Why a text names no actor.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum ActorError {
    /// The part before the colon is unknown.
    #[error(
        "{0:?} is not an actor: expected user:ID, token:ID, operator:ID, system:import, system:expiry or \
         system:publisher"
    )]
    Form(String),
    /// The part behind the colon is no identifier.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Token(id) => write!(f, "token:{id}"),
            Self::Operator(id) => write!(f, "operator:{id}"),
            Self::System(system) => write!(f, "system:{}", system.name()),
        }
    }
}

impl FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, ActorError> {
        let refuse = || ActorError::Form(text.chars().take(64).collect());
        let (kind, name) = text.split_once(':').ok_or_else(refuse)?;
        Ok(match kind {
            "user" => Self::User(name.parse()?),
            "token" => Self::Token(name.parse()?),
            "operator" => Self::Operator(name.parse()?),
            "system" => System::ALL
                .into_iter()
                .find(|(_, known)| *known == name)
                .map(|(system, _)| Self::System(system))
                .ok_or_else(refuse)?,
            _ => return Err(refuse()),
        })
    }
}

/// In text the written form, elsewhere its parts.
#[derive(Serialize, Deserialize)]
enum Stored {
    User(UserId),
    Token(TokenId),
    Operator(OperatorId),
    Import,
    Expiry,
    Publisher,
}

impl From<Actor> for Stored {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::User(id) => Self::User(id),
            Actor::Token(id) => Self::Token(id),
            Actor::Operator(id) => Self::Operator(id),
            Actor::System(System::Import) => Self::Import,
            Actor::System(System::Expiry) => Self::Expiry,
            Actor::System(System::Publisher) => Self::Publisher,
        }
    }
}

impl From<Stored> for Actor {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::User(id) => Self::User(id),
            Stored::Token(id) => Self::Token(id),
            Stored::Operator(id) => Self::Operator(id),
            Stored::Import => Self::System(System::Import),
            Stored::Expiry => Self::System(System::Expiry),
            Stored::Publisher => Self::System(System::Publisher),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            Stored::from(*self).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return spelling::read(deserializer, Self::from_str);
        }
        Stored::deserialize(deserializer).map(Self::from)
    }
}
