//! The roles of an organization, with what they allowed.

use crate::facts::event::PermissionSet;
use crate::law::role_sets::definition;
use crate::projections::{Moment, OrganizationView};
use crate::words::Timestamp;
use serde::Serialize;

/// A role with what it allowed: what a built-in one allows is part of the law and never changes.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) role: String,
    pub(super) built_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) defined_at: Option<Timestamp>,
    pub(super) holders: u64,
    pub(super) permissions: PermissionSet,
}

/// The built-in roles by falling rank, then the custom ones by name.
pub(super) fn rows(view: &OrganizationView, at: Moment) -> Vec<Row> {
    let known = view.roles(at);
    let built_in = definition(view.header(at).role_set).roles;
    let holders = |name: &str| {
        known.iter().find(|row| row.role.as_str() == name).map_or(0, |row| row.holders)
    };
    let mut rows: Vec<Row> = built_in
        .iter()
        .map(|role| Row {
            role: role.name.to_owned(),
            built_in: true,
            defined_at: None,
            holders: holders(role.name),
            permissions: PermissionSet::new(role.permissions.iter().copied()),
        })
        .collect();
    let custom = known.iter().filter_map(|row| {
        Some(Row {
            role: row.role.to_string(),
            built_in: false,
            defined_at: row.defined_at,
            holders: row.holders,
            permissions: row.permissions.clone()?,
        })
    });
    rows.extend(custom);
    rows
}
