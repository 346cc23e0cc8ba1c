//! What a view shows of a personal value.

use crate::facts::{Content, Sealed, Shown};
use crate::words::{Name, Slug};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// A value that may be known, kept back, or gone. A value that never was is an absent field.
///
/// Written as the text itself, `{"withheld":true}` or `{"erased":true}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonalValue {
    /// The text, shared with the entry that brought it.
    Known(Arc<str>),
    /// There is a value; the vault is closed, or an export left it out.
    Withheld,
    /// There was a value; its key was destroyed.
    Erased,
}

/// In text, where the kind of a value shows which it is.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Known(Arc<str>),
    Withheld { withheld: bool },
    Erased { erased: bool },
}

/// Elsewhere, where nothing tells a text from an object.
#[derive(Serialize, Deserialize)]
enum Stored {
    Known(Arc<str>),
    Withheld,
    Erased,
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for PersonalValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PersonalValue".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let kept_back = |description: &str, name: &str| {
            schemars::json_schema!({
                "description": description,
                "type": "object",
                "properties": { name: { "type": "boolean", "const": true } },
                "required": [name],
                "additionalProperties": false,
            })
        };
        schemars::json_schema!({
            "description": "A text about a person, unless it is kept back or gone.",
            "anyOf": [
                { "description": "The text itself.", "type": "string" },
                kept_back("There is a text that is not shown here.", "withheld"),
                kept_back("There was a text; it was erased for good.", "erased"),
            ],
        })
    }
}

impl Serialize for PersonalValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return match self {
                // By far the most, and asked for by every row of every list.
                Self::Known(text) => serializer.serialize_str(text),
                Self::Withheld | Self::Erased => Written::from(self.clone()).serialize(serializer),
            };
        }
        let stored = match self {
            Self::Known(text) => Stored::Known(Arc::clone(text)),
            Self::Withheld => Stored::Withheld,
            Self::Erased => Stored::Erased,
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PersonalValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Written::deserialize(deserializer).map(Self::from);
        }
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Known(text) => Self::Known(text),
            Stored::Withheld => Self::Withheld,
            Stored::Erased => Self::Erased,
        })
    }
}

impl From<Written> for PersonalValue {
    fn from(written: Written) -> Self {
        match written {
            Written::Known(text) => Self::Known(text),
            Written::Withheld { .. } => Self::Withheld,
            Written::Erased { .. } => Self::Erased,
        }
    }
}

impl From<PersonalValue> for Written {
    fn from(value: PersonalValue) -> Self {
        match value {
            PersonalValue::Known(text) => Self::Known(text),
            PersonalValue::Withheld => Self::Withheld { withheld: true },
            PersonalValue::Erased => Self::Erased { erased: true },
        }
    }
}

impl PersonalValue {
    /// The text, where it is known.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Withheld | Self::Erased => None,
        }
    }
}

/// For tables read by people: the text, or in parentheses why there is none.
impl fmt::Display for PersonalValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(text) => text,
            Self::Withheld => "(withheld)",
            Self::Erased => "(erased)",
        })
    }
}

/// Never shows the value: what is debugged ends in logs.
impl fmt::Debug for PersonalValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(_) => "known",
            Self::Withheld => "withheld",
            Self::Erased => "erased",
        })
    }
}

impl From<&Sealed> for PersonalValue {
    fn from(sealed: &Sealed) -> Self {
        match &sealed.content {
            Content::Open(text) => Self::Known(Arc::clone(text)),
            Content::Withheld(_) => Self::Withheld,
            Content::Erased(_) => Self::Erased,
        }
    }
}

impl From<&Shown<Name>> for PersonalValue {
    fn from(shown: &Shown<Name>) -> Self {
        match shown {
            Shown::Public(name) => Self::Known(name.shared()),
            Shown::Sealed(sealed) => sealed.into(),
        }
    }
}

impl From<&Shown<Slug>> for PersonalValue {
    fn from(shown: &Shown<Slug>) -> Self {
        match shown {
            Shown::Public(slug) => Self::Known(slug.shared()),
            Shown::Sealed(sealed) => sealed.into(),
        }
    }
}
