//! `rollbook members`

use super::failure::Failure;
use super::output::{Output, cell, moment, table};
use super::selection::{Selection, title};
use super::wording::count;
use crate::doors::wire::{ListedMembers, Members as Question};
use clap::Args;
use comfy_table::ColumnConstraint;

#[derive(Debug, Args)]
pub(super) struct Members {
    #[command(flatten)]
    selection: Selection,
}

impl Members {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.selection.open(output)?;
        let (org, as_of) = (self.selection.org(), self.selection.as_of.clone());
        let parameters = ListedMembers { as_of, ..ListedMembers::default() };
        let answer = site.ask_whole(&Question { org, parameters })?;
        if output.is_json() {
            return output.value(&answer);
        }
        let members = &answer.members;
        output.line(title(&answer.heading, &count(members.len() as u64, "member")))?;
        // Where everybody is called as they log in, a second column says nothing.
        let with_names = members.iter().any(|member| member.name != member.username);
        let mut table = table(["username", "name", "e-mail", "roles", "status", "joined (UTC)"]);
        for member in members {
            table.add_row([
                cell(member.username.as_ref()),
                cell(member.name.as_ref()),
                cell(member.email.as_ref()),
                member.roles.to_string(),
                member.status.to_string(),
                moment(member.joined_at),
            ]);
        }
        if let Some(names) = table.column_mut(1).filter(|_| !with_names) {
            names.set_constraint(ColumnConstraint::Hidden);
        }
        output.table(&table)
    }
}
