//! Sealing: what the vault holds for one owner in one entry, readable only with the owner's key.
//!
//! # The bytes
//!
//! LP(x) is the length of x in 4 bytes, then x; integers are big-endian; fields stand in the order
//! of their bytes. A sealed row is
//!
//! ```text
//! nonce (24) ‖ ciphertext (a multiple of 64) ‖ tag (16)          XChaCha20-Poly1305
//! plaintext   for each field: LP(field) ‖ salt (32) ‖ LP(value)
//!             then 0x80, then zeros up to the next multiple of 64
//! bound to    "rollbook 2026-11 vault v1" ‖ LP(log) ‖ seq (8) ‖ owner (16) ‖ leaf (8)
//!             then for each field: LP(field) ‖ commitment (32)
//! ```
//!
//! The padding hides all of a value's length but its size in steps of 64 bytes. What is bound is
//! not stored: whoever opens a row brings it from the entry, so a row moved to another entry, owner
//! or ledger, or laid beside other commitments, does not open.

use crate::ground::keyring::SubjectKey;
use crate::words::hash::Place;
use crate::words::{Commitment, Origin, SubjectId};
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use std::fmt;
use std::sync::Arc;
use thiserror::Error;
use zeroize::Zeroizing;

/// The most values one row may hold: an entry commits to fewer for any one owner.
pub const DISCLOSURES_LIMIT: usize = 16;

/// The longest value: a reason of 1,000 characters of 4 bytes fits.
pub const VALUE_LIMIT_BYTES: usize = 4 * 1024;

/// The longest JSON pointer into `data`; the longest of any event type is far shorter.
pub const FIELD_LIMIT_BYTES: usize = 255;

const CONTEXT: &[u8] = b"rollbook 2026-11 vault v1";
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const BLOCK_BYTES: usize = 64;
const PADDING_BEGIN: u8 = 0x80;

/// The longest row: nothing longer is opened.
pub const SEALED_LIMIT_BYTES: usize = NONCE_BYTES
    + padded(DISCLOSURES_LIMIT * (4 + FIELD_LIMIT_BYTES + 32 + 4 + VALUE_LIMIT_BYTES))
    + TAG_BYTES;

/// What opens one commitment of an entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// JSON pointer (RFC 6901) into the entry's `data`, such as `/email`.
    pub field: String,
    /// The random bytes that hide the value in the commitment.
    pub salt: [u8; 32],
    /// The value itself.
    pub value: Arc<str>,
}

impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disclosure({}, secret)", self.field)
    }
}

/// Where a row belongs. All of it is bound into the row.
#[derive(Debug, Clone, Copy)]
pub struct Address<'a> {
    /// The ledger.
    pub log: &'a Origin,
    /// The entry that commits to the values.
    pub seq: u64,
    /// Whose values they are.
    pub owner: SubjectId,
    /// The leaf of the keyring from which the owner's key derives.
    pub leaf: u64,
}

/// Why values cannot be sealed or opened. Names the place, never a value.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("the vault's values of {owner} at entry {seq}: {fault}")]
pub struct VaultError {
    /// The entry.
    pub seq: u64,
    /// The owner.
    pub owner: SubjectId,
    /// What is wrong.
    pub fault: VaultFault,
}

/// What is wrong with values or with a sealed row.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum VaultFault {
    /// None, or more than an entry has.
    #[error("{count} fields, but 1 to {DISCLOSURES_LIMIT} belong in a row")]
    Count {
        /// How many there are.
        count: usize,
    },
    /// Two values for one commitment.
    #[error("the field {field} stands there twice")]
    FieldTwice {
        /// The field.
        field: String,
    },
    /// Longer than any pointer into an entry.
    #[error("a field's name has {length} bytes, at most {FIELD_LIMIT_BYTES} are allowed")]
    FieldTooLong {
        /// How many bytes it has.
        length: usize,
    },
    /// Longer than the bound.
    #[error("the value of {field} has {length} bytes, at most {VALUE_LIMIT_BYTES} are allowed")]
    ValueTooLong {
        /// The field.
        field: String,
        /// How many bytes it has.
        length: usize,
    },
    /// No row has this length: it was cut off, or something was added.
    #[error("{length} bytes are not the length of a sealed row")]
    Length {
        /// How many bytes there are.
        length: usize,
    },
    /// The bytes were changed, or they belong to another key, ledger, entry, owner or leaf, or to
    /// other commitments. Which of these it was cannot be told.
    #[error("they do not open under this key, at this place and with these commitments")]
    Sealed,
    /// The right key opened it, yet it does not hold these fields in this form.
    #[error("they open, but do not hold the entry's fields in the form that is written")]
    Form,
    /// The right key opened it, yet a value is not the one that the entry commits to.
    #[error("the value of {field} is not the one that the entry commits to")]
    Mismatch {
        /// The field.
        field: String,
    },
}

/// Seals the values of one owner in one entry: nonce ‖ ciphertext ‖ tag.
///
/// The nonce must be fresh random bytes: one key seals many rows. The commitments that the row is
/// bound to are computed from the values.
pub fn seal(
    key: &SubjectKey,
    address: Address<'_>,
    disclosures: &[Disclosure],
    nonce: [u8; NONCE_BYTES],
) -> Result<Vec<u8>, VaultError> {
    let error = |fault| address.error(fault);
    let mut disclosures: Vec<&Disclosure> = disclosures.iter().collect();
    disclosures.sort_unstable_by_key(|disclosure| disclosure.field.as_str());
    check_fields(disclosures.iter().map(|disclosure| disclosure.field.as_str())).map_err(error)?;
    for Disclosure { field, value, .. } in &disclosures {
        if value.len() > VALUE_LIMIT_BYTES {
            let (field, length) = (field.clone(), value.len());
            return Err(error(VaultFault::ValueTooLong { field, length }));
        }
    }
    let commits: Vec<(&str, Commitment)> = disclosures
        .iter()
        .map(|disclosure| (disclosure.field.as_str(), address.commitment(disclosure)))
        .collect();
    Ok(encrypt(key, &bound(address, &commits), &disclosures, nonce))
}

/// Opens a row and holds every value against the entry's commitment.
///
/// `commits` are all commitments of the entry to values of this owner, in any order, each with its
/// field; the disclosures come back in the order of the fields' bytes.
pub fn open(
    key: &SubjectKey,
    address: Address<'_>,
    commits: &[(&str, Commitment)],
    sealed: &[u8],
) -> Result<Vec<Disclosure>, VaultError> {
    let error = |fault| address.error(fault);
    let mut commits = commits.to_vec();
    commits.sort_unstable_by_key(|&(field, _)| field);
    check_fields(commits.iter().map(|&(field, _)| field)).map_err(error)?;
    let plain = decrypt(key, &bound(address, &commits), sealed).map_err(error)?;
    let fields: Vec<&str> = commits.iter().map(|&(field, _)| field).collect();
    let disclosures = read(&plain, &fields).ok_or_else(|| error(VaultFault::Form))?;
    for (disclosure, (field, commit)) in disclosures.iter().zip(&commits) {
        if address.commitment(disclosure) != *commit {
            return Err(error(VaultFault::Mismatch { field: (*field).into() }));
        }
    }
    Ok(disclosures)
}

impl Address<'_> {
    fn error(&self, fault: VaultFault) -> VaultError {
        VaultError { seq: self.seq, owner: self.owner, fault }
    }

    fn commitment(&self, disclosure: &Disclosure) -> Commitment {
        let place = Place { log: self.log, seq: self.seq, field: &disclosure.field };
        Commitment::to(place, &disclosure.salt, &disclosure.value)
    }
}

/// Takes the fields in order.
fn check_fields<'a>(fields: impl ExactSizeIterator<Item = &'a str>) -> Result<(), VaultFault> {
    let count = fields.len();
    if count == 0 || count > DISCLOSURES_LIMIT {
        return Err(VaultFault::Count { count });
    }
    let mut before = None;
    for field in fields {
        if field.len() > FIELD_LIMIT_BYTES {
            return Err(VaultFault::FieldTooLong { length: field.len() });
        }
        if before == Some(field) {
            return Err(VaultFault::FieldTwice { field: field.into() });
        }
        before = Some(field);
    }
    Ok(())
}

fn put(bytes: &mut Vec<u8>, part: &[u8]) {
    let length = u32::try_from(part.len()).expect("fields, values and origins are bounded above");
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(part);
}

/// What a row is bound to; the commitments in the order of their fields.
fn bound(address: Address<'_>, commits: &[(&str, Commitment)]) -> Vec<u8> {
    let mut bytes = CONTEXT.to_vec();
    put(&mut bytes, address.log.as_str().as_bytes());
    bytes.extend_from_slice(&address.seq.to_be_bytes());
    bytes.extend_from_slice(address.owner.as_bytes());
    bytes.extend_from_slice(&address.leaf.to_be_bytes());
    for (field, commit) in commits {
        put(&mut bytes, field.as_bytes());
        bytes.extend_from_slice(commit.as_bytes());
    }
    bytes
}

/// At least one byte of padding always follows.
const fn padded(length: usize) -> usize {
    (length / BLOCK_BYTES + 1) * BLOCK_BYTES
}

fn encrypt(
    key: &SubjectKey,
    bound: &[u8],
    disclosures: &[&Disclosure],
    nonce: [u8; NONCE_BYTES],
) -> Vec<u8> {
    let mut plain = write(disclosures);
    let tag = cipher(key)
        .encrypt_in_place_detached(XNonce::from_slice(&nonce), bound, &mut plain)
        .expect("a row is far shorter than the cipher's 256 GiB");
    [&nonce[..], &plain, &tag].concat()
}

fn decrypt(
    key: &SubjectKey,
    bound: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultFault> {
    let length = sealed.len();
    let fault = VaultFault::Length { length };
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(fault.clone())?;
    let (text, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(fault.clone())?;
    if text.is_empty() || text.len() % BLOCK_BYTES != 0 || length > SEALED_LIMIT_BYTES {
        return Err(fault);
    }
    let mut plain = Zeroizing::new(text.to_vec());
    cipher(key)
        .decrypt_in_place_detached(XNonce::from_slice(nonce), bound, &mut plain, tag.into())
        .map_err(|_| VaultFault::Sealed)?;
    Ok(plain)
}

fn cipher(key: &SubjectKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.as_bytes().into())
}

/// The plaintext. The buffer is as long as it will be from the start: one that grows leaves copies
/// of values behind in freed memory.
fn write(disclosures: &[&Disclosure]) -> Zeroizing<Vec<u8>> {
    let length = disclosures
        .iter()
        .map(|Disclosure { field, salt, value }| 4 + field.len() + salt.len() + 4 + value.len())
        .sum();
    let mut plain = Zeroizing::new(Vec::with_capacity(padded(length)));
    for Disclosure { field, salt, value } in disclosures {
        put(&mut plain, field.as_bytes());
        plain.extend_from_slice(salt);
        put(&mut plain, value.as_bytes());
    }
    plain.push(PADDING_BEGIN);
    plain.resize(padded(length), 0);
    plain
}

/// Reads exactly these fields, in this order, and exactly the padding that belongs behind them.
fn read(plain: &[u8], fields: &[&str]) -> Option<Vec<Disclosure>> {
    let mut rest = plain;
    let mut disclosures = Vec::with_capacity(fields.len());
    for field in fields {
        if take(&mut rest)? != field.as_bytes() {
            return None;
        }
        let (salt, behind) = rest.split_first_chunk()?;
        rest = behind;
        let value = std::str::from_utf8(take(&mut rest)?).ok()?;
        disclosures.push(Disclosure { field: (*field).into(), salt: *salt, value: value.into() });
    }
    let (&begin, zeros) = rest.split_first()?;
    let canonical =
        begin == PADDING_BEGIN && zeros.len() < BLOCK_BYTES && zeros.iter().all(|&byte| byte == 0);
    canonical.then_some(disclosures)
}

/// Takes LP(x) from the front.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, behind) = rest.split_first_chunk()?;
    let length = u32::from_be_bytes(*length) as usize;
    let (part, behind) = behind.split_at_checked(length)?;
    *rest = behind;
    Some(part)
}

#[cfg(test)]
mod tests;
