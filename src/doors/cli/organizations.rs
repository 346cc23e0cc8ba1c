//! `rollbook organizations`

use super::failure::Failure;
use super::output::{Output, moment, table};
use super::place::Place;
use super::wording::count;
use crate::doors::wire::{
    Head, ListedOrganizations, Now, OrganizationRow, Organizations as Question,
};
use crate::words::{ChainHash, Origin};
use clap::Args;
use serde::Serialize;

#[derive(Debug, Args)]
pub(super) struct Organizations {
    #[command(flatten)]
    place: Place,
}

#[derive(Serialize)]
struct Answer<'a> {
    origin: &'a Origin,
    head: Shown,
    organizations: &'a [OrganizationRow],
}

#[derive(Serialize)]
struct Shown {
    size: u64,
    hash: ChainHash,
}

impl Organizations {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.place.open(output)?;
        let head = site.ask(&Head { parameters: Now::default() })?;
        // The list of that head, whatever is recorded meanwhile.
        let as_of = head.as_of.seq.map(|seq| seq.to_string());
        let parameters = ListedOrganizations { as_of, ..ListedOrganizations::default() };
        let mut organizations = site.ask_whole(&Question { parameters })?.organizations;
        organizations.sort_by(|one, other| one.header.slug.cmp(&other.header.slug));
        let (origin, organizations) = (&head.origin, &organizations[..]);
        if output.is_json() {
            let head = Shown { size: head.size, hash: head.hash };
            return output.value(&Answer { origin, head, organizations });
        }
        output.line(format_args!(
            "{origin}: {} in {}, head {}",
            count(organizations.len() as u64, "organization"),
            if head.size == 1 { "1 entry".to_owned() } else { format!("{} entries", head.size) },
            head.hash
        ))?;
        let mut table = table(["slug", "kind", "role set", "members", "entries", "since (UTC)"]);
        for OrganizationRow { header, members, entries } in organizations {
            table.add_row([
                header.slug.to_string(),
                header.kind.to_string(),
                header.role_set.to_string(),
                members.to_string(),
                entries.to_string(),
                moment(header.created_at),
            ]);
        }
        output.table(&table)
    }
}
