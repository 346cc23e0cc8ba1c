//! Writing an export.

use super::form::{Disclosed, DisclosureLine, FORMAT, Header, HeaderLine};
use crate::ground::log::{LogError, Record};
use crate::house::ledger::Ledger;
use crate::house::unseal::{Opened, UnsealError};
use crate::words::{ChainHash, OrganizationId, canonical};
use std::io::Write;
use thiserror::Error;

/// How many entries are read at a time.
const READ_ENTRIES: usize = 1024;

/// Why an export cannot be written.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A record cannot be opened.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// The entry that the index names is not there.
    #[error("entry {seq} cannot be read, although the organization's index names it")]
    Missing {
        /// The entry.
        seq: u64,
    },
    /// A line has no canonical form.
    #[error("a line cannot be written: {0}")]
    Line(#[from] serde_json::Error),
    /// The output takes no more.
    #[error("the export cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

/// Writes the first `org_size` entries of an organization with everything that can be disclosed.
pub fn write(
    ledger: &Ledger,
    org: OrganizationId,
    org_size: u64,
    output: &mut dyn Write,
) -> Result<(), ExportError> {
    let head = match org_size.checked_sub(1) {
        None => ChainHash::organization_genesis(ledger.origin(), org),
        Some(last) => {
            let mut seqs = ledger.organization(org, last, 1)?;
            let seq = seqs.pop().ok_or(ExportError::Missing { seq: last })?;
            ChainHash::of_entry(&record(ledger, seq)?.bytes)
        }
    };
    let log = ledger.origin().clone();
    line(output, &HeaderLine { export: Header { format: FORMAT, head, log, org, org_size } })?;
    let mut org_seq = 0;
    while org_seq < org_size {
        let limit = usize::try_from(org_size - org_seq).unwrap_or(usize::MAX).min(READ_ENTRIES);
        let seqs = ledger.organization(org, org_seq, limit)?;
        if seqs.is_empty() {
            return Err(ExportError::Missing { seq: org_seq });
        }
        for seq in seqs {
            entry(ledger, &record(ledger, seq)?, output)?;
            org_seq += 1;
        }
    }
    output.flush()?;
    Ok(())
}

fn record(ledger: &Ledger, seq: u64) -> Result<Record, ExportError> {
    ledger.read(seq, 1)?.pop().ok_or(ExportError::Missing { seq })
}

fn entry(ledger: &Ledger, record: &Record, output: &mut dyn Write) -> Result<(), ExportError> {
    let Opened { entry, disclosures } = ledger.unseal(record)?;
    output.write_all(&record.bytes)?;
    output.write_all(b"\n")?;
    let sealed = entry.fact.event.sealed();
    for disclosure in disclosures {
        let owner = sealed.iter().find(|(field, _)| *field == disclosure.field);
        let Some((_, sealed)) = owner else { continue };
        let disclosure = Disclosed {
            field: disclosure.field,
            of: sealed.of,
            salt: disclosure.salt,
            seq: entry.seq,
            value: disclosure.value,
        };
        line(output, &DisclosureLine { disclosure })?;
    }
    Ok(())
}

fn line<T: serde::Serialize>(output: &mut dyn Write, line: &T) -> Result<(), ExportError> {
    output.write_all(&canonical::write(line)?)?;
    output.write_all(b"\n")?;
    Ok(())
}
