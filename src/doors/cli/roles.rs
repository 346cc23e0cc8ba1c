//! `rollbook roles`

use super::failure::Failure;
use super::output::{Output, wrapped};
use super::selection::{Heading, Selected, Selection};
use super::wording::count;
use crate::facts::RoleSet;
use crate::facts::event::PermissionSet;
use crate::law::role_sets::definition;
use crate::words::Timestamp;
use clap::Args;
use serde::Serialize;

#[derive(Debug, Args)]
pub(super) struct Roles {
    #[command(flatten)]
    selection: Selection,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    heading: Heading<'a>,
    role_set: RoleSet,
    roles: &'a [Row],
}

/// A role with what it allowed: what a built-in one allows is part of the law and never changes.
#[derive(Serialize)]
struct Row {
    role: String,
    built_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    defined_at: Option<Timestamp>,
    holders: u64,
    permissions: PermissionSet,
}

impl Roles {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let (_ledger, selected) = self.selection.select(output)?;
        let rows = rows(&selected);
        let role_set = selected.header.role_set;
        if output.is_json() {
            let heading = selected.heading();
            return output.value(&Answer { heading, role_set, roles: &rows });
        }
        let what = format!("{} ({role_set} role set)", count(rows.len() as u64, "role"));
        output.line(selected.title(&what))?;
        let mut table = wrapped(["role", "kind", "holders", "permissions"]);
        for row in &rows {
            let permissions: Vec<&str> =
                row.permissions.iter().map(|permission| permission.name()).collect();
            table.add_row([
                row.role.clone(),
                if row.built_in { "built in" } else { "custom" }.to_owned(),
                row.holders.to_string(),
                permissions.join(" "),
            ]);
        }
        output.table(&table)
    }
}

/// The built-in roles by falling rank, then the custom ones by name.
fn rows(selected: &Selected) -> Vec<Row> {
    let known = selected.view.roles(selected.at);
    let built_in = definition(selected.header.role_set).roles;
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
