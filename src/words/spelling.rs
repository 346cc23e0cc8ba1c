//! Words as they stand in JSON: read without copying the text, written from the stack.

use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Reads a text and parses it. Most texts of an entry are read once and never kept.
pub(crate) fn read<'de, D, T, E>(
    deserializer: D,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    deserializer.deserialize_str(Spelled { parse, parsed: PhantomData })
}

struct Spelled<F, T> {
    parse: F,
    parsed: PhantomData<T>,
}

impl<T, E: fmt::Display, F: Fn(&str) -> Result<T, E>> Visitor<'_> for Spelled<F, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<Failure: Error>(self, text: &str) -> Result<T, Failure> {
        (self.parse)(text).map_err(Failure::custom)
    }
}
