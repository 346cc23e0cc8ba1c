//! From facts to entries: each gets its place, its commitments and its exact bytes.

use super::standing::Standing;
use crate::facts::{Content, Entry, EntryError, Event};
use crate::ground::keyring::Walk;
use crate::ground::log::{NewEntry, VaultRow};
use crate::ground::vault::{self, Address, Disclosure, VaultError};
use crate::law::{Command, Context, Decision};
use crate::proof::Heads;
use crate::words::hash::Place;
use crate::words::{Commitment, OrganizationId, Origin, SubjectId, Timestamp, TreeHash};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// A fact in its place, ready to be appended.
#[derive(Debug)]
pub(super) struct Placed {
    /// The entry, with its values open.
    pub(super) entry: Arc<Entry>,
    /// The same as it is stored.
    pub(super) new: NewEntry,
    /// Its sealed values.
    pub(super) rows: Vec<VaultRow>,
    /// Its leaf in the trees.
    pub(super) leaf: TreeHash,
}

/// Why a fact cannot be given its place.
#[derive(Debug, Error)]
pub enum PlaceError {
    /// The entry cannot be written.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// Its values cannot be sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The values of a subject that was erased, or was never named.
    #[error("{subject} has no key in organization {org}: its values were erased")]
    NoKey {
        /// The organization.
        org: OrganizationId,
        /// The subject.
        subject: SubjectId,
    },
    /// Two subjects would share a key.
    #[error("one entry would name two subjects for the first time")]
    TwoIntroductions,
}

/// Gives the facts of a decision their places behind `standing`, and moves it there.
///
/// After an error `standing` is somewhere in between; the caller goes back to its clone.
pub(super) fn place(
    standing: &mut Standing,
    keys: &mut Walk<'_>,
    command: &Command,
    decision: Decision,
    context: &mut Context,
) -> Result<Vec<Placed>, PlaceError> {
    let mut placed = Vec::with_capacity(decision.facts.len());
    for (time, mut fact) in (context.now.micros()..).zip(decision.facts) {
        if let Event::OrganizationHeadsCommitted(committed) = &mut fact.event {
            let heads = Heads::of(&standing.chains);
            (committed.organizations, committed.root) = (heads.count(), heads.root());
        }
        let chain = standing.chains.organization(fact.org);
        let whole = standing.chains.whole();
        let mut entry = Entry {
            fact,
            actor: command.actor,
            cmd: decision.cmd,
            log: standing.chains.origin().clone(),
            occurred: decision.occurred,
            org_prev: chain.hash,
            org_seq: chain.size(),
            prev: whole.hash,
            seq: whole.size(),
            time: Timestamp::from_micros(time),
        };
        if standing.leaves.introduce(&entry) > 1 {
            return Err(PlaceError::TwoIntroductions);
        }
        let open = entry.fact.event.clone();
        let rows = seal(&mut entry, standing, keys, context)?;
        let bytes = entry.write()?;
        let leaf = standing.chains.extend(&entry, &bytes);
        let new = NewEntry { org: entry.fact.org, org_seq: entry.org_seq, bytes: bytes.into() };
        entry.fact.event = open;
        placed.push(Placed { entry: Arc::new(entry), new, rows, leaf });
    }
    standing.state = decision.state;
    Ok(placed)
}

/// Commits to the open values of an entry and seals them, one row for each owner.
fn seal(
    entry: &mut Entry,
    standing: &Standing,
    keys: &mut Walk<'_>,
    context: &mut Context,
) -> Result<Vec<VaultRow>, PlaceError> {
    let (org, seq, log) = (entry.fact.org, entry.seq, entry.log.clone());
    let by_owner = commit(&mut entry.fact.event, seq, &log, context);
    let mut rows = Vec::with_capacity(by_owner.len());
    for (owner, disclosures) in by_owner {
        let no_key = PlaceError::NoKey { org, subject: owner };
        let Some(leaf) = standing.leaves.of(org, owner) else { return Err(no_key) };
        let Some(key) = keys.key(leaf) else { return Err(no_key) };
        let address = Address { log: &log, seq, owner, leaf };
        let sealed = vault::seal(&key, address, &disclosures, context.drawn.bytes())?;
        rows.push(VaultRow { seq, owner, leaf, sealed });
    }
    Ok(rows)
}

fn commit(
    event: &mut Event,
    seq: u64,
    log: &Origin,
    context: &mut Context,
) -> BTreeMap<SubjectId, Vec<Disclosure>> {
    let mut by_owner: BTreeMap<SubjectId, Vec<Disclosure>> = BTreeMap::new();
    for (field, sealed) in event.sealed_mut() {
        let Content::Open(value) = &sealed.content else { continue };
        let value = value.clone();
        let salt = context.drawn.bytes();
        let commit = Commitment::to(Place { log, seq, field }, &salt, &value);
        sealed.content = Content::Withheld(commit);
        let disclosure = Disclosure { field: field.to_owned(), salt, value };
        by_owner.entry(sealed.of).or_default().push(disclosure);
    }
    by_owner
}
