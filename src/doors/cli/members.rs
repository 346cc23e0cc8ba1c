//! `rollbook members`

use super::failure::Failure;
use super::output::{Output, cell, moment, table};
use super::selection::{Heading, Selection};
use super::wording::count;
use crate::projections::MemberRow;
use clap::Args;
use comfy_table::ColumnConstraint;
use serde::Serialize;

#[derive(Debug, Args)]
pub(super) struct Members {
    #[command(flatten)]
    selection: Selection,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    heading: Heading<'a>,
    members: &'a [MemberRow],
}

impl Members {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let (_ledger, selected) = self.selection.select(output)?;
        let members = selected.view.members(selected.at);
        if output.is_json() {
            return output.value(&Answer { heading: selected.heading(), members: &members });
        }
        output.line(selected.title(&count(members.len() as u64, "member")))?;
        // Where everybody is called as they log in, a second column says nothing.
        let with_names = members.iter().any(|member| member.name != member.username);
        let mut table = table(["username", "name", "e-mail", "roles", "status", "joined (UTC)"]);
        for member in &members {
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
