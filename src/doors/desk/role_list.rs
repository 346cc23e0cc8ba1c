//! The roles of an organization, with what they allowed.

use crate::doors::wire::RoleRow;
use crate::facts::event::PermissionSet;
use crate::law::role_sets::definition;
use crate::projections::{Moment, OrganizationView};
use crate::words::Timestamp;

/// The built-in roles by falling rank, then the custom ones by name. What a built-in one allows is
/// part of the law and never changes.
pub(super) fn role_rows(view: &OrganizationView, at: Moment) -> Vec<RoleRow> {
    let known = view.roles(at);
    let built_in = definition(view.header(at).role_set).roles;
    let holders = |name: &str| {
        known.iter().find(|row| row.role.as_str() == name).map_or(0, |row| row.holders)
    };
    let mut rows: Vec<RoleRow> = built_in
        .iter()
        .map(|role| RoleRow {
            role: role.name.to_owned(),
            built_in: true,
            defined_at: None,
            holders: holders(role.name),
            permissions: PermissionSet::new(role.permissions.iter().copied()),
        })
        .collect();
    let custom = known.iter().filter_map(|row| {
        Some(RoleRow {
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

/// One of them.
pub(super) fn role_row(view: &OrganizationView, at: Moment, name: &str) -> Option<RoleRow> {
    role_rows(view, at).into_iter().find(|row| row.role == name)
}

/// What a role meant.
pub(super) struct Meaning {
    /// None for a role of the role set.
    pub(super) defined_at: Option<Timestamp>,
    pub(super) permissions: PermissionSet,
}

/// What one of them meant. Who holds it is not counted, which costs a look at every member.
pub(super) fn role_meaning(view: &OrganizationView, at: Moment, name: &str) -> Option<Meaning> {
    let (defined_at, permissions) = match definition(view.header(at).role_set).role(name) {
        Some(role) => (None, PermissionSet::new(role.permissions.iter().copied())),
        None => {
            let (defined_at, permissions) = view.custom_role(name, at)?;
            (Some(defined_at), permissions.clone())
        }
    };
    Some(Meaning { defined_at, permissions })
}
