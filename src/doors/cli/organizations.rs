//! `rollbook organizations`

use super::data::Data;
use super::failure::Failure;
use super::machine::now;
use super::output::{Output, moment, table};
use super::wording::count;
use crate::projections::{AsOf, Header};
use crate::words::ChainHash;
use crate::words::Origin;
use clap::Args;
use serde::Serialize;

#[derive(Debug, Args)]
pub(super) struct Organizations {
    #[command(flatten)]
    data: Data,
}

#[derive(Serialize)]
struct Answer<'a> {
    origin: &'a Origin,
    head: Head,
    organizations: Vec<Row>,
}

/// Where the ledger stands: two ledgers with equal heads hold the same entries.
#[derive(Serialize)]
struct Head {
    size: u64,
    hash: ChainHash,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    header: Header,
    members: usize,
    entries: u64,
}

impl Organizations {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let ledger = self.data.open(output)?;
        let now = now();
        let mut organizations: Vec<Row> = Vec::new();
        for view in ledger.views().organizations() {
            let at = view.moment(AsOf::Now, now);
            let at = at.map_err(|error| Failure::AsOf { option: "now", error })?;
            let header = view.header(at);
            organizations.push(Row { header, members: view.member_count(), entries: view.size() });
        }
        organizations.sort_by(|one, other| one.header.slug.cmp(&other.header.slug));
        let head = ledger.head();
        let head = Head { size: head.size, hash: head.entry };
        if output.is_json() {
            return output.value(&Answer { origin: ledger.origin(), head, organizations });
        }
        output.line(format_args!(
            "{}: {} in {}, head {}",
            ledger.origin(),
            count(organizations.len() as u64, "organization"),
            if head.size == 1 { "1 entry".to_owned() } else { format!("{} entries", head.size) },
            head.hash
        ))?;
        let mut table = table(["slug", "kind", "role set", "members", "entries", "since (UTC)"]);
        for Row { header, members, entries } in &organizations {
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
