//! Who is meant, and what is to happen where they are meant already.

use super::Given;
use crate::words::{Email, Name, UserId, Username};
use serde::{Deserialize, Serialize};

/// Somebody who exists, by their identifier, or who comes to exist.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Somebody {
    /// The user, where they exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The address of whoever comes to exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Given<Email>>,
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Given<Name>>,
    /// The login name of whoever comes to exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Given<Username>>,
}

/// What a second invitation of one address does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Pending {
    /// It is refused.
    #[default]
    Refuse,
    /// The pending one is sent again; its roles stay.
    Resend,
    /// It takes the pending one's place.
    Supersede,
}
