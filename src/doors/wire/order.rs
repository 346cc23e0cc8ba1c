//! In which order a list is asked for: the name of what is compared, a minus before it for the last
//! first (JSON:API 1.1, "Sorting").

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// What the rows of a list can be ordered by.
pub trait Key: Copy + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// How it is asked for.
    fn name(self) -> &'static str;
}

/// An order: rows that compare the same stand as they stand without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<K> {
    /// What is compared.
    pub by: K,
    /// Whether the last comes first.
    pub descending: bool,
}

impl<K: Key> fmt::Display for Order<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.descending {
            f.write_str("-")?;
        }
        f.write_str(self.by.name())
    }
}

impl<K: Key> Serialize for Order<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Key> Deserialize<'de> for Order<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, &*text),
        };
        let found = K::ALL.iter().find(|key| key.name() == name);
        let by = *found.ok_or_else(|| {
            let names: Vec<&str> = K::ALL.iter().map(|key| key.name()).collect();
            let known = names.join(", ");
            Error::custom(format!("sort: expected {known}, or one of them behind a minus"))
        })?;
        Ok(Self { by, descending })
    }
}

macro_rules! keys {
    ($($(#[$meta:meta])* $name:ident { $($key:ident = $text:literal),+ })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("By `", $text, "`.")] $key),+
        }

        impl Key for $name {
            const ALL: &'static [Self] = &[$(Self::$key),+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$key => $text,)+
                }
            }
        }
    )+};
}

keys! {
    /// What organizations are ordered by.
    OrganizationKey { Created = "created", Name = "name", Slug = "slug", Members = "members" }
    /// What members are ordered by.
    MemberKey { Joined = "joined", Name = "name", Username = "username", Email = "email" }
    /// What invitations are ordered by.
    InvitationKey { Sent = "sent", Expires = "expires", Email = "email" }
    /// What teams are ordered by.
    TeamKey { Created = "created", Name = "name" }
    /// What entries are ordered by.
    EntryKey { Seq = "seq" }
}
