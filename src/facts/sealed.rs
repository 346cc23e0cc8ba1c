//! Values that an entry only commits to, so that they can be erased without breaking a hash.

use crate::words::{Commitment, SubjectId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// A value of a subject, kept in the vault under the subject's key.
///
/// In an entry it stands as `{"commit":"<base64>","of":"<subject id>"}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Whose value it is: erasing that subject erases it.
    pub of: SubjectId,
    /// What is known of the value.
    pub content: Content,
}

/// What is known of a sealed value.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// The value itself: about to be committed to, or opened from the vault.
    Open(Arc<str>),
    /// Only the commitment: the vault is closed, or the value was left out of an export.
    Withheld(Commitment),
    /// Only the commitment, for ever: the subject's key was destroyed.
    Erased(Commitment),
}

impl Sealed {
    /// A value that is about to be recorded.
    pub fn open(of: SubjectId, value: Arc<str>) -> Self {
        Self { of, content: Content::Open(value) }
    }

    /// The value, when it is known.
    pub fn text(&self) -> Option<&Arc<str>> {
        match &self.content {
            Content::Open(text) => Some(text),
            Content::Withheld(_) | Content::Erased(_) => None,
        }
    }

    /// The commitment, where that and not the value is held.
    pub fn commitment(&self) -> Option<Commitment> {
        match &self.content {
            Content::Open(_) => None,
            Content::Withheld(commit) | Content::Erased(commit) => Some(*commit),
        }
    }
}

/// Never shows the value: what is debugged ends in logs.
impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.content {
            Content::Open(_) => "open",
            Content::Withheld(_) => "withheld",
            Content::Erased(_) => "erased",
        };
        write!(f, "Sealed({state}, of {})", self.of)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    commit: Commitment,
    of: SubjectId,
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(commit) = self.commitment() else {
            return Err(serde::ser::Error::custom(
                "a sealed value is committed to before its entry is written",
            ));
        };
        Recorded { commit, of: self.of }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Recorded { commit, of } = Recorded::deserialize(deserializer)?;
        Ok(Self { of, content: Content::Withheld(commit) })
    }
}

/// A value that is public in an entry, or sealed where it would name a person: a personal
/// organization's name and slug.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown<T> {
    /// Stands in the entry as it is.
    Public(T),
    /// Stands in the entry as a commitment.
    Sealed(Sealed),
}

impl<T> Shown<T> {
    /// The sealed value, when it is one.
    pub fn sealed(&self) -> Option<&Sealed> {
        match self {
            Self::Public(_) => None,
            Self::Sealed(sealed) => Some(sealed),
        }
    }

    /// The sealed value, when it is one.
    pub fn sealed_mut(&mut self) -> Option<&mut Sealed> {
        match self {
            Self::Public(_) => None,
            Self::Sealed(sealed) => Some(sealed),
        }
    }
}

impl<T: Serialize> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Public(value) => value.serialize(serializer),
            Self::Sealed(sealed) => sealed.serialize(serializer),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Shown<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let shown = if value.is_object() {
            serde_json::from_value(value).map(Self::Sealed)
        } else {
            serde_json::from_value(value).map(Self::Public)
        };
        shown.map_err(serde::de::Error::custom)
    }
}
