//! Texts as they come in: trimmed, normalized and checked, with our own words about what is wrong.
//! Recorded texts are read more strictly.

use crate::facts::Roles;
use crate::words::text::TextError;
use crate::words::{Email, KeyPrefix, Name, Reason, RoleName, Slug, Username};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A text of a kind.
pub trait Text: Sized {
    fn read(text: &str) -> Result<Self, TextError>;
}

macro_rules! texts {
    ($($name:ident),+) => {$(
        impl Text for $name {
            fn read(text: &str) -> Result<Self, TextError> {
                Self::parse(text)
            }
        }
    )+};
}
texts!(Email, KeyPrefix, Name, Reason, RoleName, Slug, Username);

/// A text from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given<T>(pub T);

impl<T> From<T> for Given<T> {
    fn from(text: T) -> Self {
        Self(text)
    }
}

impl<T: Text> FromStr for Given<T> {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        T::read(text).map(Self)
    }
}

impl<T: fmt::Display> fmt::Display for Given<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, T: Text> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        T::read(&text).map(Self).map_err(Error::custom)
    }
}

impl<T: Serialize> Serialize for Given<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Roles in any order.
#[derive(Debug, Clone)]
pub struct GivenRoles(pub Roles);

impl<'de> Deserialize<'de> for GivenRoles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<Given<RoleName>>::deserialize(deserializer)?;
        Roles::new(names.into_iter().map(|name| name.0)).map(Self).map_err(Error::custom)
    }
}

impl Serialize for GivenRoles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Tells a member that is absent (unchanged) from one that is null (none from here on).
pub(super) fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}
