//! The facts as JSON Schemas say them, where they are more than their fields.

use super::event::{PermissionSet, Thousandths};
use super::{Actor, Permission, Roles};
use crate::words::RoleName;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

impl JsonSchema for Actor {
    fn schema_name() -> Cow<'static, str> {
        "Actor".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Whoever gave a command: `user:ID`, `token:ID`, `operator:ID`, or \
                `system:import` and `system:expiry` for what Rollbook does by itself.",
            "type": "string",
            "pattern": "^(?:(?:user|token|operator):[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-\
                [0-9a-f]{4}-[0-9a-f]{12}|system:(?:import|expiry))$",
        })
    }
}

impl JsonSchema for Roles {
    fn schema_name() -> Cow<'static, str> {
        "Roles".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The roles that somebody holds, sorted by name.",
            "type": "array",
            "items": generator.subschema_for::<RoleName>(),
            "minItems": 1,
            "maxItems": Self::LIMIT,
            "uniqueItems": true,
        })
    }
}

impl JsonSchema for PermissionSet {
    fn schema_name() -> Cow<'static, str> {
        "Permissions".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What is allowed, sorted by name.",
            "type": "array",
            "items": generator.subschema_for::<Permission>(),
            "uniqueItems": true,
        })
    }
}

impl JsonSchema for Thousandths {
    fn schema_name() -> Cow<'static, str> {
        "Thousandths".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An amount in thousandths of a currency's unit.",
            "type": "integer",
            "minimum": 0,
            "maximum": Self::LIMIT,
        })
    }
}
