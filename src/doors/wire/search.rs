//! A text that is looked for in others.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;

/// The longest text that is looked for: nothing longer stands in a name or an address.
pub(super) const SEARCH_LIMIT_CHARACTERS: usize = 255;

/// What is looked for, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(String);

impl Search {
    /// Whether a text contains it, letters of both sizes being the same.
    pub fn is_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.0)
    }
}

impl Serialize for Search {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Search {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        if !(1..=SEARCH_LIMIT_CHARACTERS).contains(&text.chars().count()) {
            let expected = format!("expected 1 to {SEARCH_LIMIT_CHARACTERS} characters");
            return Err(Error::custom(expected));
        }
        Ok(Self(text.to_lowercase()))
    }
}
