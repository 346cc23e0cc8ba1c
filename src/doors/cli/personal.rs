//! `rollbook personal-data`

use super::failure::Failure;
use super::output::Output;
use super::place::{Place, Site};
use crate::doors::wire::{
    FromSeq, OrganizationName, PersonalData, PersonalDataAnswer, PersonalDataHere,
    PersonalDataInvited,
};
use crate::words::{InvitationId, UserId};
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Personal {
    #[command(flatten)]
    place: Place,
    /// What this organization holds alone: its slug or identifier. Without it everything.
    #[arg(long, value_name = "ORG")]
    org: Option<OrganizationName>,
    #[command(flatten)]
    who: Who,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Who {
    /// The user.
    #[arg(long, value_name = "ID")]
    user: Option<UserId>,
    /// Whoever got this invitation of the organization, where no user is known.
    #[arg(long, value_name = "ID", requires = "org")]
    invitation: Option<InvitationId>,
}

impl Personal {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.place.open(output)?;
        let mut whole = self.part(&site, None)?;
        while let Some(from) = whole.next {
            let part = self.part(&site, Some(from))?;
            whole.entries.extend(part.entries);
            whole.next = part.next;
        }
        if output.is_json() {
            return output.value(&whole);
        }
        let who = match (whole.user_id, self.who.invitation) {
            (Some(user), _) => format!("user:{user}"),
            (None, invitation) => {
                invitation.map_or_else(String::new, |invitation| format!("invitation:{invitation}"))
            }
        };
        output.line(format_args!("{who}: {} entries", whole.entries.len()))?;
        for held in &whole.entries {
            let at = held.entry["time"].as_str().unwrap_or_default();
            let event_type = held.entry["type"].as_str().unwrap_or_default();
            output
                .line(format_args!("{}  {at}  {}  {event_type}", held.seq, held.organization_id))?;
            for value in &held.values {
                output.line(format_args!("    {}: {}", value.field, value.value))?;
            }
        }
        Ok(())
    }

    fn part(&self, site: &Site, from: Option<u64>) -> Result<PersonalDataAnswer, Failure> {
        let parameters = FromSeq { from, min_seq: None };
        let Who { user, invitation } = self.who;
        match (user, invitation, self.org.clone()) {
            (Some(user), _, Some(org)) => site.ask(&PersonalDataHere { org, user, parameters }),
            (Some(user), _, None) => site.ask(&PersonalData { user, parameters }),
            (None, Some(invitation), Some(org)) => {
                site.ask(&PersonalDataInvited { org, invitation, parameters })
            }
            // Clap asks for one of them before.
            (None, _, _) => {
                let kind = clap::error::ErrorKind::MissingRequiredArgument;
                let missing = "expected --user, or --invitation with --org\n";
                Err(Failure::Usage(clap::Error::raw(kind, missing)))
            }
        }
    }
}
