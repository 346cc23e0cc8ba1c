//! `rollbook personal-data`

use super::failure::Failure;
use super::output::Output;
use super::place::{Place, Site};
use crate::doors::wire::{
    FromSeq, OrganizationName, PersonalData, PersonalDataAnswer, PersonalDataHere,
};
use crate::words::UserId;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Personal {
    #[command(flatten)]
    place: Place,
    /// What this organization holds alone: its slug or identifier. Without it everything.
    #[arg(long, value_name = "ORG")]
    org: Option<OrganizationName>,
    /// The user.
    #[arg(long, value_name = "ID")]
    user: UserId,
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
        output.line(format_args!("user:{}: {} entries", whole.user_id, whole.entries.len()))?;
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
        let (user, parameters) = (self.user, FromSeq { from, min_seq: None });
        match self.org.clone() {
            Some(org) => site.ask(&PersonalDataHere { org, user, parameters }),
            None => site.ask(&PersonalData { user, parameters }),
        }
    }
}
