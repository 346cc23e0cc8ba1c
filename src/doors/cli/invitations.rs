//! `rollbook invitations`

use super::failure::Failure;
use super::output::{Output, moment, table};
use super::selection::{Selection, title};
use super::wording::count;
use crate::doors::wire::{Invitations as Question, ListedInvitations};
use crate::projections::InvitationStatus;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Invitations {
    #[command(flatten)]
    selection: Selection,
    /// Only those that could be accepted.
    #[arg(long)]
    pending: bool,
}

impl Invitations {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.selection.open(output)?;
        let (org, as_of) = (self.selection.org(), self.selection.as_of.clone());
        let pending = self.pending;
        let status = pending.then_some(InvitationStatus::Pending);
        let parameters = ListedInvitations { as_of, status, ..ListedInvitations::default() };
        let answer = site.ask_whole(&Question { org, parameters })?;
        if output.is_json() {
            return output.value(&answer);
        }
        let what = if pending { "pending invitation" } else { "invitation" };
        let number = answer.invitations.len() as u64;
        output.line(title(&answer.heading, &count(number, what)))?;
        let mut table = table(["e-mail", "roles", "status", "sent (UTC)", "expires (UTC)", "by"]);
        for invitation in &answer.invitations {
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
