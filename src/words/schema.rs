//! The words as JSON Schemas say them: the one form in which each of them is written.

use super::{
    ApiKeyId, ChainHash, CommandId, Currency, ExportId, InvitationId, KeyPrefix, MemberId, Name,
    OperatorId, OrganizationId, Origin, RoleName, SubjectId, TeamId, Timestamp, TokenId, UserId,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// The one spelling of an identifier.
pub(crate) const IDENTIFIER: &str =
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

macro_rules! schemas {
    ($($name:ident => $schema:expr;)+) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )+};
}

fn identifier(description: &str) -> Schema {
    json_schema!({
        "description": description,
        "type": "string",
        "format": "uuid",
        "pattern": IDENTIFIER,
    })
}

fn text(description: &str, limit_chars: usize) -> Schema {
    json_schema!({
        "description": description,
        "type": "string",
        "minLength": 1,
        "maxLength": limit_chars,
    })
}

schemas! {
    OrganizationId => identifier("Identifies an organization.");
    SubjectId => identifier("Identifies whose a value is: a user, an invitation, an organization.");
    UserId => identifier("Identifies a person or service account of the deployment.");
    MemberId => identifier(
        "Identifies one membership: joining again begins another.");
    InvitationId => identifier("Identifies an invitation, through all its resendings.");
    TeamId => identifier("Identifies a team.");
    CommandId => identifier("Identifies a command; the entries it led to share it.");
    OperatorId => identifier("Identifies an operator of the deployment.");
    TokenId => identifier("Identifies a token; nobody comes in by it.");
    ExportId => identifier("Identifies a bundle that was handed out.");
    ApiKeyId => identifier("Identifies an API key that is used elsewhere.");
    Name => text("What somebody or something is called.", Self::LIMIT_CHARS);
    RoleName => text("The name of a role.", Self::LIMIT_CHARS);
    KeyPrefix => text("The first characters of an API key.", Self::LIMIT_CHARS);
    Origin => text("The name of the ledger, a schema-less URL.", Self::LIMIT_CHARS);
    Currency => json_schema!({
        "description": "A currency, ISO 4217.",
        "type": "string",
        "pattern": "^[A-Z]{3}$",
    });
    Timestamp => json_schema!({
        "description": "A moment in UTC, with six decimals.",
        "type": "string",
        "format": "date-time",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$",
    });
    ChainHash => json_schema!({
        "description": "32 bytes of BLAKE3 in standard base64.",
        "type": "string",
        "pattern": "^[A-Za-z0-9+/]{43}=$",
    });
}
