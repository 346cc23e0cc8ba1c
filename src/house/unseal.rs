//! From records to entries: what the vault holds for them is opened again.

use crate::facts::{Content, Entry, EntryError};
use crate::ground::keyring::{Keyring, SubjectKey, Walk};
use crate::ground::log::{Record, VaultRow};
use crate::ground::vault::{self, Address, Disclosure, VaultError};
use crate::words::Commitment;
use std::collections::BTreeMap;
use thiserror::Error;

/// An entry as it was read back, with what opens its commitments.
#[derive(Debug)]
pub struct Opened {
    /// The entry; its values are open, erased, or withheld where the vault holds no row for them.
    pub entry: Entry,
    /// What opens its commitments, by field.
    pub disclosures: Vec<Disclosure>,
}

/// Why a record cannot be opened.
#[derive(Debug, Error)]
pub enum UnsealError {
    /// Its bytes are no entry.
    #[error("entry {seq}: {error}")]
    Entry {
        /// The entry.
        seq: u64,
        /// What is wrong.
        error: EntryError,
    },
    /// A row of the vault does not fit the entry.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Where keys come from: the keyring, at random or in the order of leaves.
pub trait Keys {
    /// The key of a leaf; none if it was erased.
    fn key(&mut self, leaf: u64) -> Option<SubjectKey>;
}

impl Keys for &Keyring {
    fn key(&mut self, leaf: u64) -> Option<SubjectKey> {
        Keyring::key(self, leaf)
    }
}

impl Keys for Walk<'_> {
    fn key(&mut self, leaf: u64) -> Option<SubjectKey> {
        Walk::key(self, leaf)
    }
}

/// Parses a record and opens what the vault holds for it.
pub fn open(record: &Record, keys: &mut impl Keys) -> Result<Opened, UnsealError> {
    open_parsed(Entry::parse(&record.bytes), record, keys)
}

/// The same of a record that this ledger appended: that its bytes are those is known, and what is
/// appended was checked before.
pub fn recall(record: &Record, keys: &mut impl Keys) -> Result<Opened, UnsealError> {
    open_parsed(Entry::recall(&record.bytes), record, keys)
}

fn open_parsed(
    parsed: Result<Entry, EntryError>,
    record: &Record,
    keys: &mut impl Keys,
) -> Result<Opened, UnsealError> {
    let mut entry = parsed.map_err(|error| UnsealError::Entry { seq: record.seq, error })?;
    if record.vault.is_empty() {
        return Ok(Opened { entry, disclosures: Vec::new() });
    }
    let mut disclosures = Vec::new();
    for row in &record.vault {
        match keys.key(row.leaf) {
            Some(key) => disclosures.extend(open_row(&entry, row, &key)?),
            None => erase(&mut entry, row),
        }
    }
    let mut by_field: BTreeMap<&str, &Disclosure> = BTreeMap::new();
    for disclosure in &disclosures {
        by_field.insert(&disclosure.field, disclosure);
    }
    for (field, sealed) in entry.fact.event.sealed_mut() {
        if let Some(disclosure) = by_field.get(field) {
            sealed.content = Content::Open(disclosure.value.clone());
        }
    }
    disclosures.sort_by(|one, other| one.field.cmp(&other.field));
    Ok(Opened { entry, disclosures })
}

fn open_row(
    entry: &Entry,
    row: &VaultRow,
    key: &SubjectKey,
) -> Result<Vec<Disclosure>, VaultError> {
    let commits: Vec<(&str, Commitment)> = entry
        .fact
        .event
        .sealed()
        .into_iter()
        .filter(|(_, sealed)| sealed.of == row.owner)
        .filter_map(|(field, sealed)| sealed.commitment().map(|commit| (field, commit)))
        .collect();
    let address = Address { log: &entry.log, seq: entry.seq, owner: row.owner, leaf: row.leaf };
    vault::open(key, address, &commits, &row.sealed)
}

fn erase(entry: &mut Entry, row: &VaultRow) {
    for (_, sealed) in entry.fact.event.sealed_mut() {
        if sealed.of == row.owner
            && let Some(commit) = sealed.commitment()
        {
            sealed.content = Content::Erased(commit);
        }
    }
}
