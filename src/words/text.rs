//! Bounded texts. Parsing brings them into Unicode normal form C, so equal texts are equal bytes.

use crate::words::spelling;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::Arc;
use thiserror::Error;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Why a text is refused.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum TextError {
    /// Nothing is left once white space at the ends is dropped.
    #[error("the {what} is empty")]
    Empty {
        /// What the text was to be.
        what: &'static str,
    },
    /// Longer than the bound.
    #[error("the {what} has {length} characters, at most {limit} are allowed")]
    TooLong {
        /// What the text was to be.
        what: &'static str,
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        limit: usize,
    },
    /// A character that this text may not hold.
    #[error("the {what} holds {character:?} at character {position}: {rule}")]
    Character {
        /// What the text was to be.
        what: &'static str,
        /// The first character that does not fit.
        character: char,
        /// Its place, counted from 1.
        position: usize,
        /// What is allowed.
        rule: &'static str,
    },
    /// Not of the form such a text has.
    #[error("{text:?} is not a valid {what}: {rule}")]
    Form {
        /// What the text was to be.
        what: &'static str,
        /// The text, cut at 64 characters.
        text: String,
        /// What is expected.
        rule: &'static str,
    },
    /// Recorded texts must already be in their one form.
    #[error("the {what} is not in the one form in which it is recorded (trimmed, Unicode NFC)")]
    NotNormal {
        /// What the text was to be.
        what: &'static str,
    },
}

struct Rule {
    what: &'static str,
    limit_chars: usize,
    allowed: fn(char) -> bool,
    rule: &'static str,
}

fn parse(text: &str, rule: &Rule) -> Result<Arc<str>, TextError> {
    let what = rule.what;
    let trimmed = text.trim();
    let normal: Cow<'_, str> =
        if is_nfc(trimmed) { Cow::Borrowed(trimmed) } else { Cow::Owned(trimmed.nfc().collect()) };
    let length = normal.chars().count();
    if length == 0 {
        return Err(TextError::Empty { what });
    }
    if length > rule.limit_chars {
        return Err(TextError::TooLong { what, length, limit: rule.limit_chars });
    }
    if let Some((index, character)) =
        normal.chars().enumerate().find(|&(_, character)| !(rule.allowed)(character))
    {
        return Err(TextError::Character { what, character, position: index + 1, rule: rule.rule });
    }
    Ok(normal.into())
}

fn printable(character: char) -> bool {
    !character.is_control()
}

fn visible(character: char) -> bool {
    !character.is_control() && !character.is_whitespace()
}

macro_rules! texts {
    ($(
        $(#[$doc:meta])*
        $name:ident { $what:literal, $limit:literal, $allowed:expr, $rule:literal, $form:expr }
    ),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The most characters one may have.
            pub const LIMIT_CHARS: usize = $limit;

            /// Trims, normalizes and checks a text from outside.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                let (what, limit_chars, allowed, rule) = ($what, $limit, $allowed, $rule);
                let text = parse(text, &Rule { what, limit_chars, allowed, rule })?;
                let form: fn(&str) -> bool = $form;
                if form(&text) {
                    Ok(Self(text))
                } else {
                    Err(TextError::Form {
                        what: $what,
                        text: text.chars().take(64).collect(),
                        rule: $rule,
                    })
                }
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, shared rather than copied.
            pub fn shared(&self) -> Arc<str> {
                Arc::clone(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // A recorded text has one spelling; repairing it here would hide a forged entry.
                spelling::read(deserializer, |text| match Self::parse(text) {
                    Ok(parsed) if *parsed.0 == *text => Ok(parsed),
                    Ok(_) => Err(TextError::NotNormal { what: $what }),
                    Err(error) => Err(error),
                })
            }
        }
    )+};
}

texts! {
    /// What a person, organization or team is called.
    Name { "name", 255, printable, "control characters are not allowed", |_| true },
    /// An e-mail address (RFC 5321 mailbox, without quoted local parts and address literals).
    Email { "e-mail address", 254, visible, "expected local-part@domain.example", is_mailbox },
    /// A login name.
    Username { "username", 255, visible, "white space and control characters are not allowed", |_| true },
    /// The part of an address that names an organization.
    Slug { "slug", 64, is_slug_character, "only a to z, 0 to 9, - and _ are allowed", |_| true },
    /// Why somebody did something, in their own words.
    Reason { "reason", 1000, is_prose, "control characters other than line breaks and tabs are not allowed", |_| true },
    /// The name of a role, such as `super_admin` or `kubernetes:edit`.
    RoleName { "role", 64, is_role_character, "only a to z, 0 to 9, -, _ and : are allowed", |_| true },
    /// The first characters of an API key, by which people tell keys apart. Short, so that what is
    /// not shown stays long.
    KeyPrefix { "key prefix", 16, visible, "white space and control characters are not allowed", |_| true },
    /// A currency, ISO 4217, such as `EUR`.
    Currency { "currency", 3, is_capital, "expected three capital letters, as in ISO 4217", |text| text.len() == 3 },
    /// The name of a ledger, a schema-less URL (C2SP tlog-checkpoint), such as
    /// `ledger.example/main`.
    Origin { "origin", 255, is_origin_character, "expected a schema-less URL without spaces or plus signs, like ledger.example/main", |text| !text.contains("://") },
}

fn is_slug_character(character: char) -> bool {
    matches!(character, 'a'..='z' | '0'..='9' | '-' | '_')
}

fn is_role_character(character: char) -> bool {
    matches!(character, 'a'..='z' | '0'..='9' | '-' | '_' | ':')
}

fn is_capital(character: char) -> bool {
    character.is_ascii_uppercase()
}

fn is_origin_character(character: char) -> bool {
    character.is_ascii_graphic() && character != '+'
}

fn is_prose(character: char) -> bool {
    !character.is_control() || matches!(character, '\n' | '\t')
}

/// RFC 5321 § 4.1.2 mailbox with a dot-string local part of at most 64 bytes and a domain of at
/// least two labels; letters beyond ASCII are allowed in both (RFC 6531).
fn is_mailbox(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let local_character =
        |character: char| character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character);
    let local_fits = local.len() <= 64
        && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(local_character));
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    local_fits && domain.contains('.') && domain.split('.').all(label_fits)
}

impl Email {
    /// The form in which addresses are compared: case does not tell two of them apart.
    pub fn folded(&self) -> Arc<str> {
        folded(&self.0)
    }
}

impl Username {
    /// The form in which usernames are compared: case does not tell two of them apart.
    pub fn folded(&self) -> Arc<str> {
        folded(&self.0)
    }
}

fn folded(text: &Arc<str>) -> Arc<str> {
    if text.chars().any(char::is_uppercase) {
        // Lower-casing can leave normal form C; comparing must not depend on that.
        text.to_lowercase().nfc().collect::<String>().into()
    } else {
        Arc::clone(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes() {
        for good in [
            "a@b.example",
            "first.last+tag@sub.domain.example",
            "O'Neil@example.org",
            "jürgen@müller.example",
        ] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@",
            "@b.example",
            "a@b",
            "a..b@c.example",
            ".a@c.example",
            "a b@c.example",
            "a@-b.example",
            "a@b-.example",
            "a@b..example",
            "a@b.example@",
            "a\u{0}@b.example",
            "\"a\"@b.example",
            "a@[127.0.0.1]",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        let long = format!("{}@{}.example", "a".repeat(64), "b.".repeat(100).trim_end_matches('.'));
        assert!(matches!(Email::parse(&long), Err(TextError::TooLong { .. })));
    }

    #[test]
    fn a_refusal_names_the_character_and_its_place() {
        let error = Slug::parse("acme Inc").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the slug holds ' ' at character 5: only a to z, 0 to 9, - and _ are allowed"
        );
        let error = Name::parse(&"x".repeat(256)).unwrap_err();
        assert_eq!(error.to_string(), "the name has 256 characters, at most 255 are allowed");
    }

    #[test]
    fn recorded_texts_have_one_form() {
        assert_eq!(Name::parse(" e\u{301} ").unwrap().as_str(), "é");
        assert!(serde_json::from_str::<Name>("\"e\u{301}\"").is_err());
        assert!(serde_json::from_str::<Name>("\" a\"").is_err());
        assert!(serde_json::from_str::<Name>("\"é\"").is_ok());
    }

    #[test]
    fn case_does_not_tell_addresses_apart() {
        let folded = |text| Email::parse(text).unwrap().folded();
        assert_eq!(folded("A@B.example"), folded("a@b.EXAMPLE"));
        assert_eq!(Email::parse("A@B.example").unwrap().as_str(), "A@B.example");
    }
}
