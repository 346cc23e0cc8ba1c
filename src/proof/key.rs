//! Keys that sign notes (C2SP signed-note, tlog-cosignature): a log's, and a witness's.

use crate::words::hash::{decode_base64, note_key_id, write_base64};
use ed25519_dalek::{Signature, Signer, SigningKey as Ed25519, VerifyingKey as Ed25519Public};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;
use thiserror::Error;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// The text of a note: type 0x01.
    Log,
    /// The text and a moment: a timestamped cosignature, type 0x04.
    Witness,
}

impl KeyKind {
    fn byte(self) -> u8 {
        match self {
            Self::Log => 1,
            Self::Witness => 4,
        }
    }
}

/// A key that verifies, with the name that notes call it by. Written as a vkey:
/// `name+key id+base64`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerificationKey {
    name: String,
    kind: KeyKind,
    id: u32,
    key: Ed25519Public,
}

/// Why a text is no vkey.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum KeyError {
    /// It does not have three parts with `+` between them, or a part is not spelled as it should.
    #[error("{0:?} is no vkey: expected name+8 hexadecimal digits+base64")]
    Form(String),
    /// The name has blanks or a plus sign, or is empty.
    #[error("{0:?} is no name of a key: it has no blanks and no plus sign")]
    Name(String),
    /// Another algorithm.
    #[error("the vkey of {0} is of a type that is not known here: 0x01 and 0x04 are (Ed25519)")]
    Kind(String),
    /// The key id belongs to another key or name.
    #[error("the key id in the vkey of {0} is not that of its key")]
    Id(String),
    /// The bytes are no point of the curve, or a weak one.
    #[error("the vkey of {0} holds no Ed25519 public key")]
    Point(String),
}

/// Whether notes can call a key by that name.
pub fn is_key_name(name: &str) -> bool {
    let fits = |char: char| !char.is_whitespace() && char >= ' ' && char != '+';
    !name.is_empty() && name.len() <= NAME_LIMIT_BYTES && name.chars().all(fits)
}

/// The longest name: an origin of 255 characters and what an organization's adds to it.
const NAME_LIMIT_BYTES: usize = 512;

impl VerificationKey {
    /// A key by its name and bytes; an error where these are no strong public key.
    pub fn new(name: &str, kind: KeyKind, public_key: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name(name.chars().take(64).collect()));
        }
        let key = Ed25519Public::from_bytes(public_key);
        let key = key.ok().filter(|key| !key.is_weak() && key.as_bytes() == public_key);
        let key = key.ok_or_else(|| KeyError::Point(name.to_owned()))?;
        let id = note_key_id(name, kind.byte(), public_key);
        Ok(Self { name: name.to_owned(), kind, id, key })
    }

    /// The name by which notes call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The number by which notes call it, beside its name.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The public key's 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The same key as a witness signs with it, whose id is another.
    #[must_use]
    pub fn as_witness(&self) -> Self {
        let id = note_key_id(&self.name, KeyKind::Witness.byte(), self.key.as_bytes());
        Self { kind: KeyKind::Witness, id, ..self.clone() }
    }

    /// Whether `signature`, as it stands in a note, is one over `text`; for a witness with the
    /// moment that it vouches for, in time since 1970.
    pub(super) fn verify(&self, text: &[u8], signature: &[u8]) -> Option<Option<Duration>> {
        let (signed, signature, time) = match self.kind {
            KeyKind::Log => (text.to_vec(), signature, None),
            KeyKind::Witness => {
                let (seconds, signature) = signature.split_first_chunk::<8>()?;
                let seconds = u64::from_be_bytes(*seconds);
                (cosigned(seconds, text), signature, Some(Duration::from_secs(seconds)))
            }
        };
        let signature = Signature::from_bytes(signature.try_into().ok()?);
        self.key.verify_strict(&signed, &signature).ok().map(|()| time)
    }
}

/// What a witness signs (C2SP tlog-cosignature).
fn cosigned(seconds: u64, text: &[u8]) -> Vec<u8> {
    [format!("cosignature/v1\ntime {seconds}\n").as_bytes(), text].concat()
}

impl fmt::Display for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.kind.byte()], &self.bytes()[..]].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, write_base64(&key))
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerificationKey({self})")
    }
}

impl FromStr for VerificationKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let form = || KeyError::Form(text.chars().take(128).collect());
        let (name, rest) = text.split_once('+').ok_or_else(form)?;
        let (id, key) = rest.split_once('+').ok_or_else(form)?;
        let key = decode_base64(key).ok_or_else(form)?;
        let (kind, key) = key.split_first().ok_or_else(form)?;
        let kind = match kind {
            1 => KeyKind::Log,
            4 => KeyKind::Witness,
            _ => return Err(KeyError::Kind(name.chars().take(64).collect())),
        };
        let read = Self::new(name, kind, key.try_into().map_err(|_| form())?)?;
        if format!("{:08x}", read.id) == id { Ok(read) } else { Err(KeyError::Id(read.name)) }
    }
}

/// A key that signs; its seed is wiped when it is dropped.
pub struct SigningKey {
    public: VerificationKey,
    key: Ed25519,
}

impl SigningKey {
    /// The key of a seed.
    pub fn from_seed(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = Ed25519::from_bytes(seed);
        let public = VerificationKey::new(name, kind, key.verifying_key().as_bytes())?;
        Ok(Self { public, key })
    }

    /// What verifies its signatures.
    pub fn public(&self) -> &VerificationKey {
        &self.public
    }

    /// Signs a text as it stands in a note; `time` is what a witness vouches for, since 1970.
    pub(super) fn sign(&self, text: &[u8], time: Duration) -> Vec<u8> {
        match self.public.kind {
            KeyKind::Log => self.key.sign(text).to_vec(),
            KeyKind::Witness => {
                let signature = self.key.sign(&cosigned(time.as_secs(), text));
                [&time.as_secs().to_be_bytes()[..], &signature.to_bytes()].concat()
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(secret of {})", self.public)
    }
}
