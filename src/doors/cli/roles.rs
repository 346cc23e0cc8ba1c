//! `rollbook roles`

use super::failure::Failure;
use super::output::{Output, wrapped};
use super::selection::{Selection, title};
use super::wording::count;
use crate::doors::wire::{Listed, Roles as Question};
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Roles {
    #[command(flatten)]
    selection: Selection,
}

impl Roles {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.selection.open(output)?;
        let (org, as_of) = (self.selection.org(), self.selection.as_of.clone());
        let parameters = Listed { as_of, ..Listed::default() };
        let answer = site.ask_whole(&Question { org, parameters })?;
        if output.is_json() {
            return output.value(&answer);
        }
        let (rows, role_set) = (&answer.roles, answer.role_set);
        let what = format!("{} ({role_set} role set)", count(rows.len() as u64, "role"));
        output.line(title(&answer.heading, &what))?;
        let mut table = wrapped(["role", "kind", "holders", "permissions"]);
        for row in rows {
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
