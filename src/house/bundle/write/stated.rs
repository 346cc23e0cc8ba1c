//! What a bundle rests on, signed.

use super::names::Names;
use super::{BundleError, PATIENCE};
use crate::house::publishing::Published;
use crate::house::{Ledger, Receipt};
use crate::law::Publication;
use crate::proof::checkpoint::{ledger_origin, organization_origin};
use crate::proof::{Chains, Checkpoint, Note};
use crate::words::OrganizationId;
use std::sync::Arc;

/// What a bundle rests on: the ledger's checkpoint at exactly the size that the export led to.
/// Witnesses sign it before the bundle is written.
pub fn statement(ledger: &Ledger, receipt: &Receipt) -> Result<Note, BundleError> {
    exactly(ledger, receipt.chains.as_ref().ok_or(BundleError::Unrecorded)?, receipt.size)
}

fn exactly(ledger: &Ledger, chains: &Chains, size: u64) -> Result<Note, BundleError> {
    let published = signed(ledger, size)?;
    let by = Names::at(ledger, size)?.publication;
    sign(ledger, &published, chains, None, by)
}

/// The checkpoint of the ledger, or of an organization, where chains stood.
pub(super) fn sign(
    ledger: &Ledger,
    published: &Published,
    chains: &Chains,
    org: Option<OrganizationId>,
    by: Publication,
) -> Result<Note, BundleError> {
    let name = ledger_origin(ledger.origin(), by.restored);
    let (origin, frontier) = match org {
        None => (name, chains.whole().frontier.clone()),
        Some(org) => (organization_origin(&name, org), chains.organization(org).frontier.clone()),
    };
    let checkpoint = Checkpoint { origin, size: frontier.size(), root: frontier.root() };
    let (size, unsigned) = (chains.whole().size(), checkpoint.unsigned());
    Ok(ledger.sign_as(published, size, unsigned, org, &[by]).ok_or(BundleError::Unsigned)??)
}

/// The checkpoint of the ledger that everything in the bundle leads to: one that witnesses signed,
/// where they are asked, and otherwise that of exactly the size that the export led to.
pub(super) fn resting_on(
    ledger: &Ledger,
    chains: &Chains,
    size: u64,
    cosignatures: &[String],
) -> Result<Note, BundleError> {
    signed(ledger, size)?;
    if let Some(cosigned) = ledger.await_cosigned(size, PATIENCE) {
        return Ok(cosigned.note.clone());
    }
    // The quorum is not filled, and not required: whoever verifies may want fewer witnesses.
    let asked = ledger.being_cosigned().filter(|asked| asked.checkpoint.size >= size);
    if let Some(asked) = asked.filter(|asked| asked.note.lines().count() > 1) {
        return Ok(asked.note.clone());
    }
    let note = exactly(ledger, chains, size)?;
    let mut lines = cosignatures.iter();
    lines.try_fold(note, |note, line| note.with_line(line).ok_or(BundleError::Cosignature))
}

/// Waits until something at least that large is signed: what a bundle rests on is a prefix of it.
pub(super) fn signed(ledger: &Ledger, size: u64) -> Result<Arc<Published>, BundleError> {
    if !ledger.signs() {
        return Err(BundleError::Unsigned);
    }
    ledger.await_published(size, PATIENCE).ok_or_else(|| {
        let fault = ledger.publishing_fault();
        if ledger.requires_witnesses() && fault.is_none() {
            let missing = ledger.missing_witnesses().join(", ");
            return BundleError::Uncosigned { size, missing };
        }
        let because = fault.map_or("it takes too long".to_owned(), |fault| fault.to_string());
        BundleError::NotSigned { size, because }
    })
}
