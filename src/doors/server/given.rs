//! Texts as requests give them: trimmed, normalized and checked, with our own words about what is
//! wrong. Recorded texts are read more strictly.

use crate::facts::Roles;
use crate::words::text::TextError;
use crate::words::{Email, Name, Reason, RoleName, Slug, Username};
use serde::de::{Deserialize, Deserializer, Error};
use std::borrow::Cow;

/// A text of a kind.
pub(super) trait Text: Sized {
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
texts!(Email, Name, Reason, RoleName, Slug, Username);

/// A text from outside.
#[derive(Debug, Clone)]
pub(super) struct Given<T>(pub(super) T);

impl<'de, T: Text> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        T::read(&text).map(Self).map_err(Error::custom)
    }
}

/// Roles in any order.
#[derive(Debug, Clone)]
pub(super) struct GivenRoles(pub(super) Roles);

impl<'de> Deserialize<'de> for GivenRoles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<Given<RoleName>>::deserialize(deserializer)?;
        Roles::new(names.into_iter().map(|name| name.0)).map(Self).map_err(Error::custom)
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
