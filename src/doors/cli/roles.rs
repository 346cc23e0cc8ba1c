//! `rollbook roles`

use super::failure::Failure;
use super::output::{Output, wrapped};
use super::selection::{Heading, Selection};
use super::wording::count;
use crate::doors::role_list::{Row, rows};
use crate::facts::RoleSet;
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

impl Roles {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let (_ledger, selected) = self.selection.select(output)?;
        let rows = rows(&selected.view, selected.at);
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
