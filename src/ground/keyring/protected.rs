//! A keyring that is sealed under a key of its own, which something outside wraps: a passphrase, or
//! a command that asks a service. A copy of a keyring is never written otherwise.
//!
//! | bytes        | what                                                                       |
//! |--------------|----------------------------------------------------------------------------|
//! | 29           | `rollbook protected keyring 1` and a line feed                             |
//! | 1            | 1 a passphrase, 2 a command                                                |
//! | 8            | the epoch                                                                  |
//! | 8            | a copy: when it is to be deleted, in microseconds; the keyring itself: 0   |
//! | 4 + n        | LP(the wrapped key): what the command gave; or salt (16), nonce (24),      |
//! |              | the key sealed under what the passphrase and the salt lead to (48)         |
//! | 24           | nonce                                                                      |
//! | 8 + m        | the length of what follows, then the keyring's own bytes, sealed; bound to |
//! |              | everything before the nonce                                                |
//! | 32           | checksum over everything before                                            |
//!
//! An erasure writes the keyring anew under the same key: whoever erases waits for no service.

use super::file::Damage;
use crate::words::Timestamp;
use crate::words::hash::{Drawn, checksum};
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use std::sync::Arc;
use thiserror::Error;
use zeroize::Zeroizing;

const MAGIC: &[u8] = b"rollbook protected keyring 1\n";
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const SALT_BYTES: usize = 16;
const CHECKSUM_BYTES: usize = 32;

/// The longest wrapped key that a command may give: a service's answer has some 200 bytes.
pub const WRAPPED_LIMIT_BYTES: usize = 16 * 1024;

/// What protects a keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionKind {
    /// A passphrase that somebody knows.
    Passphrase,
    /// A command that wraps and unwraps a key.
    Command,
}

/// Why a key could not be wrapped or unwrapped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WrapError {
    /// Nobody said what opens it.
    #[error("nothing was given that opens it")]
    Nothing,
    /// A passphrase or a command opens it, and the other one was given.
    #[error("it is protected in another way than by what was given")]
    OtherKind,
    /// It was not the passphrase.
    #[error("the passphrase is another")]
    Passphrase,
    /// A passphrase could not be stretched.
    #[error("the passphrase cannot be used: {0}")]
    Stretch(String),
    /// A command did not do what it is for.
    #[error("{0}")]
    Command(String),
}

/// What opens protected keyrings, and protects them. It comes from a door, because it asks the
/// machine.
pub trait Wrapping: Send + Sync {
    /// What it is.
    fn kind(&self) -> ProtectionKind;
    /// The key that a passphrase and a salt lead to.
    fn stretch(&self, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, WrapError>;
    /// Wraps a key by a command.
    fn wrap(&self, key: &[u8; 32]) -> Result<Vec<u8>, WrapError>;
    /// Unwraps it by a command.
    fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, WrapError>;
}

/// What opens a keyring; none, where it is not protected.
pub type Unlock = Option<Arc<dyn Wrapping>>;

/// The key under which a keyring is sealed, and how it is wrapped.
#[derive(Clone)]
pub(super) struct Cover {
    kind: ProtectionKind,
    wrapped: Vec<u8>,
    key: Zeroizing<[u8; 32]>,
}

/// What stands before the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// The epoch of the keyring: each erasure ends one.
    pub epoch: u64,
    /// When a copy is to be deleted; none of the keyring itself.
    pub expires_at: Option<Timestamp>,
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

pub(super) fn is_protected(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

impl Cover {
    /// Draws a key and has it wrapped.
    pub(super) fn draw(wrapping: &dyn Wrapping, drawn: &mut Drawn) -> Result<Self, WrapError> {
        let key = Zeroizing::new(drawn.bytes());
        let wrapped = match wrapping.kind() {
            ProtectionKind::Command => wrapping.wrap(&key)?,
            ProtectionKind::Passphrase => {
                let salt: [u8; SALT_BYTES] = drawn.bytes();
                let nonce: [u8; NONCE_BYTES] = drawn.bytes();
                let mut sealed = Zeroizing::new(key.to_vec());
                let tag = cipher(&*wrapping.stretch(&salt)?)
                    .encrypt_in_place_detached(XNonce::from_slice(&nonce), MAGIC, &mut sealed)
                    .map_err(|error| WrapError::Stretch(error.to_string()))?;
                [&salt[..], &nonce, &sealed, &tag].concat()
            }
        };
        Ok(Self { kind: wrapping.kind(), wrapped, key })
    }

    fn open(
        kind: ProtectionKind,
        wrapped: &[u8],
        wrapping: &dyn Wrapping,
    ) -> Result<Self, WrapError> {
        if wrapping.kind() != kind {
            return Err(WrapError::OtherKind);
        }
        let key = match kind {
            ProtectionKind::Command => wrapping.unwrap(wrapped)?,
            ProtectionKind::Passphrase => by_passphrase(wrapped, wrapping)?,
        };
        Ok(Self { kind, wrapped: wrapped.to_vec(), key })
    }

    /// A nonce for what is sealed together with a savepoint key that was drawn for it.
    pub(super) fn nonce(&self, savepoint_key: &[u8; 32]) -> [u8; NONCE_BYTES] {
        let digest = checksum(&[MAGIC, &self.wrapped, savepoint_key].concat());
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&digest[..NONCE_BYTES]);
        nonce
    }

    pub(super) fn kind(&self) -> ProtectionKind {
        self.kind
    }

    /// A keyring's own bytes, sealed.
    pub(super) fn seal(
        &self,
        plain: &[u8],
        label: Label,
        nonce: [u8; NONCE_BYTES],
    ) -> Zeroizing<Vec<u8>> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(match self.kind {
            ProtectionKind::Passphrase => 1,
            ProtectionKind::Command => 2,
        });
        bytes.extend_from_slice(&label.epoch.to_be_bytes());
        let expires = label.expires_at.map_or(0, Timestamp::micros);
        bytes.extend_from_slice(&expires.to_be_bytes());
        let length = u32::try_from(self.wrapped.len()).expect("a wrapped key is bounded");
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&self.wrapped);
        let bound = bytes.len();
        bytes.extend_from_slice(&nonce);
        let sealed = plain.len() + TAG_BYTES;
        bytes.extend_from_slice(&(sealed as u64).to_be_bytes());
        let mut sealed = Zeroizing::new(plain.to_vec());
        let tag = cipher(&self.key)
            .encrypt_in_place_detached(XNonce::from_slice(&nonce), &bytes[..bound], &mut sealed)
            .expect("a keyring is far smaller than the cipher's 256 GiB");
        bytes.extend_from_slice(&sealed);
        bytes.extend_from_slice(&tag);
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum);
        Zeroizing::new(bytes)
    }
}

fn by_passphrase(
    wrapped: &[u8],
    wrapping: &dyn Wrapping,
) -> Result<Zeroizing<[u8; 32]>, WrapError> {
    let parts = wrapped.split_first_chunk::<SALT_BYTES>().and_then(|(salt, rest)| {
        let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let (sealed, tag) = rest.split_first_chunk::<32>()?;
        let tag: [u8; TAG_BYTES] = tag.try_into().ok()?;
        Some((salt, nonce, sealed, tag))
    });
    let Some((salt, nonce, sealed, tag)) = parts else { return Err(WrapError::OtherKind) };
    let mut key = Zeroizing::new(*sealed);
    cipher(&*wrapping.stretch(salt)?)
        .decrypt_in_place_detached(
            XNonce::from_slice(nonce),
            MAGIC,
            key.as_mut_slice(),
            (&tag).into(),
        )
        .map_err(|_| WrapError::Passphrase)?;
    Ok(key)
}

/// A protected file, taken apart.
pub(super) struct Sealed<'a> {
    pub(super) label: Label,
    kind: ProtectionKind,
    wrapped: &'a [u8],
    bound: &'a [u8],
    nonce: [u8; NONCE_BYTES],
    sealed: &'a [u8],
}

impl<'a> Sealed<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Damage> {
        let found = bytes.len() as u64;
        let short = Damage::TooShort(found);
        let (body, sum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(short.clone())?;
        if checksum(body) != *sum {
            return Err(Damage::Checksum);
        }
        let read = || {
            let rest = body.strip_prefix(MAGIC)?;
            let (kind, rest) = rest.split_first()?;
            let (epoch, rest) = rest.split_first_chunk()?;
            let (expires, rest) = rest.split_first_chunk()?;
            let (length, rest) = rest.split_first_chunk()?;
            let length = u32::from_be_bytes(*length) as usize;
            let (wrapped, rest) = rest.split_at_checked(length)?;
            let bound = &body[..body.len() - rest.len()];
            let (nonce, rest) = rest.split_first_chunk()?;
            let (length, sealed) = rest.split_first_chunk()?;
            let kind = match kind {
                1 => ProtectionKind::Passphrase,
                2 => ProtectionKind::Command,
                _ => return None,
            };
            let expires = i64::from_be_bytes(*expires);
            let label = Label {
                epoch: u64::from_be_bytes(*epoch),
                expires_at: (expires != 0).then(|| Timestamp::from_micros(expires)),
            };
            let whole = u64::from_be_bytes(*length) == sealed.len() as u64;
            whole.then_some(Self { label, kind, wrapped, bound, nonce: *nonce, sealed })
        };
        read().ok_or(short)
    }

    /// The keyring's own bytes.
    pub(super) fn open(&self, unlock: &Unlock) -> Result<(Cover, Zeroizing<Vec<u8>>), WrapError> {
        let wrapping = unlock.as_deref().ok_or(WrapError::Nothing)?;
        let cover = Cover::open(self.kind, self.wrapped, wrapping)?;
        let other = || WrapError::Command("the key that was unwrapped is another".to_owned());
        let (text, tag) = self.sealed.split_last_chunk::<TAG_BYTES>().ok_or_else(other)?;
        let mut plain = Zeroizing::new(text.to_vec());
        cipher(&cover.key)
            .decrypt_in_place_detached(
                XNonce::from_slice(&self.nonce),
                self.bound,
                &mut plain,
                tag.into(),
            )
            .map_err(|_| other())?;
        Ok((cover, plain))
    }
}
