//! `rollbook invitations`

use super::failure::Failure;
use super::output::{Output, moment, table};
use super::selection::{Heading, Selection};
use super::wording::count;
use crate::projections::InvitationRow;
use clap::Args;
use serde::Serialize;

#[derive(Debug, Args)]
pub(super) struct Invitations {
    #[command(flatten)]
    selection: Selection,
    /// Only those that could be accepted.
    #[arg(long)]
    pending: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    heading: Heading<'a>,
    invitations: &'a [InvitationRow],
}

impl Invitations {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let (_ledger, selected) = self.selection.select(output)?;
        let (view, at) = (&selected.view, selected.at);
        let invitations =
            if self.pending { view.pending_invitations(at) } else { view.invitations(at) };
        if output.is_json() {
            return output
                .value(&Answer { heading: selected.heading(), invitations: &invitations });
        }
        let what = if self.pending { "pending invitation" } else { "invitation" };
        output.line(selected.title(&count(invitations.len() as u64, what)))?;
        let mut table = table(["e-mail", "roles", "status", "sent (UTC)", "expires (UTC)", "by"]);
        for invitation in &invitations {
            table.add_row([
                invitation.email.to_string(),
                invitation.roles.to_string(),
                invitation.status.to_string(),
                moment(invitation.sent_at),
                moment(invitation.expires_at),
                invitation.inviter.to_string(),
            ]);
        }
        output.table(&table)
    }
}
