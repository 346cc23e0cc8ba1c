//! Whom the lines were about that a source left here before.

use crate::facts::Event;
use crate::ground::log::LogError;
use crate::house::ledger::Ledger;
use crate::house::unseal::UnsealError;
use crate::words::{Name, OrganizationId, UserId};
use std::collections::BTreeMap;
use thiserror::Error;

/// How many entries are asked for at once.
const PART: usize = 1000;

/// Why an organization's history cannot be read.
#[derive(Debug, Error)]
pub enum PastError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An entry cannot be opened.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
}

/// By the line's number, the user whose membership it began or ended.
pub(super) fn people(
    ledger: &Ledger,
    org: OrganizationId,
    source: &Name,
) -> Result<BTreeMap<u64, UserId>, PastError> {
    let mut people = BTreeMap::new();
    let mut from = 0;
    loop {
        let seqs = ledger.organization(org, from, PART)?;
        for seq in &seqs {
            for record in ledger.read(*seq, 1)? {
                let fact = ledger.unseal(&record)?.entry.fact;
                let Some(line) = fact.source.filter(|line| line.repo == *source) else { continue };
                match &fact.event {
                    Event::MemberCreated(event) => people.insert(line.seq, event.user),
                    Event::MemberRemoved(event) => people.insert(line.seq, event.user),
                    _ => None,
                };
            }
        }
        if seqs.len() < PART {
            return Ok(people);
        }
        from += seqs.len() as u64;
    }
}
