//! The cells of one row, and what they say.

use super::table::Form;
use crate::facts::Roles;
use crate::words::{RoleName, Timestamp};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// The cells of a row by column. What is empty is not there.
#[derive(Debug)]
pub(crate) struct Cells {
    form: Form,
    cells: BTreeMap<String, Cell>,
}

#[derive(Debug)]
enum Cell {
    Text(String),
    List(Vec<String>),
}

impl Cells {
    pub(super) fn new(form: Form) -> Self {
        Self { form, cells: BTreeMap::new() }
    }

    pub(super) fn put(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.cells.insert(name.to_owned(), Cell::Text(text.to_owned()));
        }
    }

    pub(super) fn put_json(&mut self, name: &str, value: Value) -> Result<(), String> {
        let text = |value: Value| match value {
            Value::String(text) => Ok(text),
            _ => Err(format!("{name} holds something that is no text")),
        };
        let cell = match value {
            Value::Null => return Ok(()),
            Value::Array(values) => {
                Cell::List(values.into_iter().map(text).collect::<Result<_, _>>()?)
            }
            Value::Bool(value) => Cell::Text(value.to_string()),
            Value::Number(value) => Cell::Text(value.to_string()),
            // An extension's value, such as metadata; nobody reads it.
            Value::Object(_) => return Ok(()),
            Value::String(text) if text.is_empty() => return Ok(()),
            Value::String(text) => Cell::Text(text),
        };
        self.cells.insert(name.to_owned(), cell);
        Ok(())
    }

    /// The text of a cell.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.cells.get(name) {
            None => Ok(None),
            Some(Cell::Text(text)) => Ok(Some(text)),
            Some(Cell::List(_)) => Err(format!("{name} is a list and should be a text")),
        }
    }

    /// What a cell says.
    pub(super) fn read<T, E: fmt::Display>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, String> {
        let said = |error: E| format!("{name}: {error}");
        self.text(name)?.map(|text| parse(text).map_err(said)).transpose()
    }

    /// What a cell says that must be there.
    pub(super) fn need<T, E: fmt::Display>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, String> {
        self.read(name, parse)?.ok_or_else(|| format!("{name} is missing"))
    }

    /// Several texts: in CSV with `;` between two of them, in NDJSON as an array.
    pub(super) fn list(&self, name: &str) -> Result<Vec<&str>, String> {
        match (self.cells.get(name), self.form) {
            (None, _) => Ok(Vec::new()),
            (Some(Cell::List(texts)), _) => Ok(texts.iter().map(String::as_str).collect()),
            (Some(Cell::Text(text)), Form::Csv) => Ok(text.split(';').map(str::trim).collect()),
            (Some(Cell::Text(_)), Form::Ndjson) => Err(format!("{name} should be an array")),
        }
    }
}

/// Roles by their names; none where none is named.
pub(super) fn roles<'a>(names: impl Iterator<Item = &'a str>) -> Result<Option<Roles>, String> {
    let names: Result<Vec<RoleName>, _> = names.map(|name| RoleName::parse(name.trim())).collect();
    let names = names.map_err(|error| error.to_string())?;
    if names.is_empty() {
        return Ok(None);
    }
    Roles::new(names).map(Some).map_err(|error| error.to_string())
}

/// A moment as databases write it: RFC 3339, `2026-11-22 14:47:44.268+00`, or how many milliseconds
/// or seconds since 1970. Without an offset it is UTC.
pub(super) fn database_time(text: &str) -> Result<Timestamp, String> {
    if text.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(number) = text.parse::<i64>()
    {
        // Seconds reach this number in the year 5138.
        let scale = if number >= 100_000_000_000 { 1_000 } else { 1_000_000 };
        return Ok(Timestamp::from_micros(number.saturating_mul(scale)));
    }
    if let Ok(time) = Timestamp::parse_any(text) {
        return Ok(time);
    }
    let iso = text.replacen(' ', "T", 1);
    let completed =
        ["", "Z", ":00"].iter().find_map(|end| Timestamp::parse_any(&format!("{iso}{end}")).ok());
    completed.map_or_else(|| Timestamp::parse_any(text).map_err(|error| error.to_string()), Ok)
}

/// A truth as databases write it.
pub(super) fn truth(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "true" => Ok(true),
        "0" | "f" | "false" => Ok(false),
        _ => Err("expected 1, t or true, or 0, f or false".to_owned()),
    }
}

/// The fields of an object, each once.
pub(super) struct Fields(pub(super) BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if fields.contains_key(&name) {
                        return Err(A::Error::custom(format!("{name} stands there twice")));
                    }
                    fields.insert(name, value);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_as_databases_write_them() {
        let expected = "2026-11-22T14:47:44.268000Z";
        for text in [
            "2026-11-22T14:47:44.268Z",
            "2026-11-22 14:47:44.268+00",
            "2026-11-22 14:47:44.268+00:00",
            "2026-11-22 16:47:44.268+02",
            "2026-11-22 14:47:44.268",
            "1795358864268",
        ] {
            assert_eq!(database_time(text).unwrap().to_string(), expected, "{text}");
        }
        let seconds = database_time("1795358864").unwrap().to_string();
        assert_eq!(seconds, "2026-11-22T14:47:44.000000Z");
        for text in ["", "yesterday", "22.11.2026", "-5", "99999999999999999999"] {
            assert!(database_time(text).is_err(), "{text}");
        }
    }
}
