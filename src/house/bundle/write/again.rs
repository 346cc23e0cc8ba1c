//! A bundle that was handed out before, found by its export: what it was made from is read from the
//! log, so another process writes the same bytes.

use super::{BundleError, Receipt};
use crate::facts::{Entry, Event};
use crate::house::Ledger;
use crate::projections::HistoryFilter;
use crate::proof::Chains;
use crate::words::{ExportId, OrganizationId};
use std::sync::Arc;

/// How many entries are read at a time.
const READ_ENTRIES: usize = 4096;

/// What the recording of an export led to; none where the organization has no such export.
///
/// Costs a look at every entry of the ledger up to there: where all organizations stood then is
/// kept nowhere.
pub fn recorded(
    ledger: &Ledger,
    org: OrganizationId,
    export: ExportId,
) -> Result<Option<Receipt>, BundleError> {
    let Some(exported) = found(ledger, org, export)? else { return Ok(None) };
    let heads = entry(ledger, exported.seq + 1)?;
    let commits = matches!(heads.fact.event, Event::OrganizationHeadsCommitted(_));
    if !commits || heads.cmd != exported.cmd {
        return Err(BundleError::Unrecorded);
    }
    let size = heads.seq + 1;
    let chains = Some(Arc::new(chains(ledger, size)?));
    let (cmd, entries) = (exported.cmd, vec![Arc::new(exported), Arc::new(heads)]);
    Ok(Some(Receipt { cmd, entries, size, chains }))
}

fn entry(ledger: &Ledger, seq: u64) -> Result<Entry, BundleError> {
    let record = ledger.read(seq, 1)?.pop().ok_or(BundleError::Unrecorded)?;
    Entry::parse(&record.bytes).map_err(|_| BundleError::Root)
}

/// The entry that says that it was handed out.
fn found(
    ledger: &Ledger,
    org: OrganizationId,
    export: ExportId,
) -> Result<Option<Entry>, BundleError> {
    let places: Vec<u64> = {
        let views = ledger.views();
        let Some(view) = views.organization(org) else { return Ok(None) };
        let filter =
            HistoryFilter { event_type: Some("ExportCreated"), ..HistoryFilter::default() };
        // Only a membership that is not there can be asked about in vain, and none is.
        view.history(filter, 0..u64::MAX).map_err(|_| BundleError::Root)?.collect()
    };
    // The last ones are asked for most.
    for place in places.into_iter().rev() {
        let seq = ledger.organization(org, place, 1)?.pop().ok_or(BundleError::Root)?;
        let entry = entry(ledger, seq)?;
        if matches!(&entry.fact.event, Event::ExportCreated(event) if event.export == export) {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

/// Where every chain stood.
fn chains(ledger: &Ledger, size: u64) -> Result<Chains, BundleError> {
    let mut chains = Chains::new(ledger.origin().clone());
    while chains.whole().size() < size {
        let next = chains.whole().size();
        let missing = usize::try_from(size - next).unwrap_or(READ_ENTRIES).min(READ_ENTRIES);
        let records = ledger.read(next, missing)?;
        if records.is_empty() {
            return Err(BundleError::Root);
        }
        for record in records {
            let entry = Entry::parse(&record.bytes).map_err(|_| BundleError::Root)?;
            chains.extend(&entry, &record.bytes);
        }
    }
    Ok(chains)
}
