//! Entity tags (RFC 9110 § 8.8.3): the state of one thing, so that a change can be bound to it.
//!
//! A tag stands for what can be changed of a thing, not for the moment at which it was asked for:
//! two answers of two moments have one tag while nothing about it changed.

use super::Problem;
use crate::facts::event::PermissionSet;
use crate::words::Timestamp;
use crate::words::hash::state_tag;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use std::fmt;

/// How many bytes of the hash tell states apart.
const TAG_BYTES: usize = 16;

/// The most tags in one header: whoever binds a change to more has no state in mind.
const TAGS_LIMIT: usize = 16;

/// The state of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateTag(String);

impl StateTag {
    /// The tag of what is told of a thing.
    pub fn of(told: &impl Serialize) -> Self {
        // What is told has been written as JSON, or is about to be.
        let bytes = serde_json::to_vec(told).unwrap_or_default();
        Self(URL_SAFE_NO_PAD.encode(&state_tag(&bytes)[..TAG_BYTES]))
    }

    /// The tag of a role: who holds it changes nothing about it.
    pub fn of_role(name: &str, defined_at: Option<Timestamp>, permissions: &PermissionSet) -> Self {
        Self::of(&(name, defined_at.is_none(), defined_at, permissions))
    }
}

impl fmt::Display for StateTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

/// The states that a change is bound to (RFC 9110 § 13.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Any: it is there.
    Any,
    /// One of these. A weak tag equals none.
    OneOf(Vec<StateTag>),
}

impl IfMatch {
    /// Reads the value of the header.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let wrong = || {
            let detail = "If-Match: expected the ETag of an answer, in its quotes";
            Problem::wrong("wrong_condition", detail)
        };
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let mut tags = Vec::new();
        for part in text.split(',').take(TAGS_LIMIT + 1) {
            let (is_weak, part) = match part.trim().strip_prefix("W/") {
                Some(part) => (true, part),
                None => (false, part.trim()),
            };
            let inner = part.strip_prefix('"').and_then(|part| part.strip_suffix('"'));
            let tag = inner.filter(|tag| !tag.contains('"')).ok_or_else(wrong)?;
            tags.extend((!is_weak).then(|| StateTag(tag.to_owned())));
        }
        if tags.len() > TAGS_LIMIT { Err(wrong()) } else { Ok(Self::OneOf(tags)) }
    }

    /// Whether a state is one of them; none is no thing at all.
    pub fn holds(&self, state: Option<&StateTag>) -> bool {
        match (self, state) {
            (_, None) => false,
            (Self::Any, Some(_)) => true,
            (Self::OneOf(tags), Some(state)) => tags.contains(state),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_change_is_bound_to() {
        let here = StateTag::of(&"here");
        let table = [
            ("*".to_owned(), true),
            (here.to_string(), true),
            (format!("\"x\" , {here}"), true),
            (format!("W/{here}"), false),
            ("\"\"".to_owned(), false),
            (StateTag::of(&"there").to_string(), false),
        ];
        for (text, holds) in table {
            let read = IfMatch::read(&text).unwrap();
            assert_eq!(read.holds(Some(&here)), holds, "{text}");
            assert!(!read.holds(None), "{text}");
        }
        let many = vec!["\"x\""; TAGS_LIMIT + 1].join(",");
        for wrong in ["", "x", "\"x", "\"x\"\"y\"", "\"x\",", "*,\"x\"", &many] {
            assert_eq!(IfMatch::read(wrong).unwrap_err().code, "wrong_condition", "{wrong}");
        }
    }
}
