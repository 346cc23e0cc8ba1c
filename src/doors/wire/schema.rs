//! The schemas of what comes in as text: exactly what reading it takes.

use super::order::Key;
use super::{Given, GivenRoles, OneTimeToken, Order, OrganizationName, Search, Typed};
use crate::facts::{Event, Roles};
use crate::words::schema::IDENTIFIER;
use crate::words::{Email, KeyPrefix, Name, Reason, RoleName, Slug, Username};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// White space, which is dropped at both ends.
const WHITE: &str = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";

/// Control characters.
const CONTROL: &str = r"\u0000-\u001f\u007f-\u009f";

/// Control characters that prose may not have: all but line breaks and tabs.
const CONTROL_OF_PROSE: &str = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f";

/// The same text with white space around it.
fn padded(pattern: &str) -> String {
    format!("^[{WHITE}]*{pattern}[{WHITE}]*$")
}

/// One to `limit` characters, the first and the last of which are no white space.
fn phrase(control: &str, limit: usize) -> String {
    let inner = limit - 2;
    padded(&format!("[^{WHITE}{CONTROL}](?:[^{control}]{{0,{inner}}}[^{WHITE}{CONTROL}])?"))
}

/// A text as it is taken from outside.
trait Taken {
    const WHAT: &str;
    fn constraint() -> Schema;
}

fn matching(pattern: String) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern })
}

macro_rules! taken {
    ($($name:ident: $what:literal, $constraint:expr;)+) => {$(
        impl Taken for $name {
            const WHAT: &str = $what;

            fn constraint() -> Schema {
                $constraint
            }
        }
    )+};
}

taken! {
    Name: "A name: 1 to 255 characters, none of them a control character.",
        matching(phrase(CONTROL, Self::LIMIT_CHARS));
    Email: "An e-mail address, local-part@domain.example, in which letters of every script may \
            stand (RFC 6531). Case does not tell two of them apart.",
        json_schema!({ "type": "string", "format": "idn-email", "maxLength": Self::LIMIT_CHARS });
    Username: "A login name: 1 to 255 characters without white space.",
        matching(padded(&format!("[^{WHITE}{CONTROL}]{{1,{}}}", Self::LIMIT_CHARS)));
    Slug: "A part of an address: 1 to 64 of a to z, 0 to 9, - and _.",
        matching(padded(&format!("[a-z0-9_-]{{1,{}}}", Self::LIMIT_CHARS)));
    Reason: "Why, in somebody's own words: 1 to 1,000 characters.",
        matching(phrase(CONTROL_OF_PROSE, Self::LIMIT_CHARS));
    RoleName: "The name of a role: 1 to 64 of a to z, 0 to 9, -, _ and :.",
        matching(padded(&format!("[a-z0-9_:-]{{1,{}}}", Self::LIMIT_CHARS)));
    KeyPrefix: "The first characters of a key, 1 to 16, by which people tell keys apart.",
        matching(padded(&format!("[^{WHITE}{CONTROL}]{{1,{}}}", Self::LIMIT_CHARS)));
}

impl<T: Taken> JsonSchema for Given<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = T::constraint();
        schema.insert("description".to_owned(), T::WHAT.into());
        schema
    }
}

impl JsonSchema for GivenRoles {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "GivenRoles".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Names of roles, in any order.",
            "type": "array",
            "items": generator.subschema_for::<Given<RoleName>>(),
            "minItems": 1,
            "maxItems": Roles::LIMIT,
            "uniqueItems": true,
        })
    }
}

impl JsonSchema for OrganizationName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OrganizationName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An organization, by its identifier or its slug. A text that is a UUID \
                is meant as an identifier.",
            "anyOf": [
                { "type": "string", "format": "uuid", "pattern": IDENTIFIER },
                {
                    "type": "string",
                    "pattern": format!("^[a-z0-9_-]{{1,{}}}$", Slug::LIMIT_CHARS),
                    "not": { "pattern": "^(?:[0-9a-f]{32}|[0-9a-f-]{36})$" },
                },
            ],
        })
    }
}

/// A date of the years 1970 to 9999.
const DATE: &str = r"(?:(?:19[7-9]|[2-9][0-9]{2})[0-9]-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)|(?:19(?:7[26]|8[048]|9[26])|[2-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[3579][26])00)-02-29)";

/// The time of a day, with how far it is from UTC.
const TIME: &str = r"[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";

/// A moment that is asked for.
pub(super) struct Moment;

/// A moment by its time alone.
pub(super) struct Instant;

macro_rules! moments {
    ($($name:ident: $pattern:expr, $example:literal;)+) => {$(
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "examples": [$example] })
            }
        }
    )+};
}

moments! {
    Moment: format!("^(?:[0-9]{{1,19}}|{DATE}(?:{TIME})?)$"), "2026-11-22";
    Instant: format!("^{DATE}(?:{TIME})?$"), "2026-11-22T02:25:05Z";
}

/// The type of an event.
pub(super) struct EventType;

impl JsonSchema for EventType {
    fn schema_name() -> Cow<'static, str> {
        "EventType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Event::CATALOGUE.iter().map(|(name, _)| *name).collect();
        json_schema!({ "description": "The type of an event.", "type": "string", "enum": names })
    }
}

impl<K: Key> JsonSchema for Order<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = K::ALL.iter().map(|key| key.name());
        let orders: Vec<String> = names.flat_map(|it| [it.to_owned(), format!("-{it}")]).collect();
        json_schema!({
            "description": "In which order; behind a minus, the last comes first.",
            "type": "string",
            "enum": orders,
        })
    }
}

impl JsonSchema for Search {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Search".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 1,
            "maxLength": super::search::SEARCH_LIMIT_CHARACTERS,
        })
    }
}

macro_rules! secrets {
    ($($name:ident: $description:literal;)+) => {$(
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "description": $description, "type": "string" })
            }
        }
    )+};
}

secrets! {
    OneTimeToken: "A secret that is told once and kept nowhere.";
    Typed: "A password or a code, as it was typed.";
}
