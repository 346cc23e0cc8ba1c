//! Hashes: one type and one derivation context per purpose. The only file that names a hash
//! function.
//!
//! BLAKE3 in `derive_key` mode links entries and frames and commits to values; SHA-256 builds the
//! trees of RFC 6962. Two families over one set of bytes: a break of one is not a break of the
//! ledger.

use crate::words::{OrganizationId, Origin, UserId, spelling};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;

/// Why a text is not a hash.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("{0:?} is not 32 bytes in standard, padded base64")]
pub struct HashError(String);

macro_rules! hashes {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Takes 32 bytes that are known to be such a hash.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// Reads standard, padded base64 of exactly 32 bytes.
            pub fn parse(text: &str) -> Result<Self, HashError> {
                let bytes = read_base64(text);
                bytes.map(Self).ok_or_else(|| HashError(text.chars().take(64).collect()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(written(&self.0, &mut [0; WRITTEN_BYTES]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        /// In text base64, elsewhere the 32 bytes.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.serialize_str(written(&self.0, &mut [0; WRITTEN_BYTES]))
                } else {
                    self.0.serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if !deserializer.is_human_readable() {
                    return <[u8; 32]>::deserialize(deserializer).map(Self);
                }
                spelling::read(deserializer, Self::parse)
            }
        }
    )+};
}

hashes! {
    /// The link between entries: `E_n = derive("rollbook 2026-11 entry v1", bytes_n)`.
    ChainHash,
    /// The link between journal frames: `F = derive("rollbook 2026-11 frame v1", F_prev ‖ bytes)`.
    FrameHash,
    /// A node of an RFC 6962 tree (SHA-256).
    TreeHash,
    /// What an entry holds in place of a value that may have to be erased.
    Commitment,
    /// A key that verifies signatures (Ed25519); no hash, written like one.
    PublicKey,
}

/// 32 bytes in standard, padded base64.
const WRITTEN_BYTES: usize = 44;

fn written<'a>(bytes: &[u8; 32], text: &'a mut [u8; WRITTEN_BYTES]) -> &'a str {
    STANDARD.encode_slice(bytes, text).expect("32 bytes take 44 characters");
    std::str::from_utf8(text).expect("base64 is ASCII")
}

/// Reads 32 bytes of standard, padded base64; `None` for any other text.
pub fn read_base64(text: &str) -> Option<[u8; 32]> {
    // The decoder wants room for whole groups of four characters.
    let mut room = [0; 33];
    if text.len() != WRITTEN_BYTES || STANDARD.decode_slice(text, &mut room).ok()? != 32 {
        return None;
    }
    room[..32].try_into().ok()
}

/// Reads standard, padded base64 of any length, in its one spelling.
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Writes bytes in standard, padded base64.
pub fn write_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn derive(context: &'static str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = ::blake3::Hasher::new_derive_key(context);
    for part in parts {
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

/// `LP(x) = u32 big-endian length ‖ x`: keeps neighbouring parts from running into one another.
fn length(part: &[u8]) -> [u8; 4] {
    u32::try_from(part.len()).expect("hashed parts are bounded far below 4 GiB").to_be_bytes()
}

impl ChainHash {
    /// The link of an entry: the hash of its exact stored bytes.
    pub fn of_entry(bytes: &[u8]) -> Self {
        Self(derive("rollbook 2026-11 entry v1", &[bytes]))
    }

    /// What the first entry of a ledger names as its predecessor.
    pub fn genesis(origin: &Origin) -> Self {
        let origin = origin.as_str().as_bytes();
        Self(derive("rollbook 2026-11 genesis v1", &[&length(origin), origin]))
    }

    /// What the first entry of an organization names as its predecessor there: the organization is
    /// hashed as the text of its identifier.
    pub fn organization_genesis(origin: &Origin, organization: OrganizationId) -> Self {
        let origin = origin.as_str().as_bytes();
        let organization = organization.to_string();
        let organization = organization.as_bytes();
        Self(derive(
            "rollbook 2026-11 org genesis v1",
            &[&length(origin), origin, &length(organization), organization],
        ))
    }
}

impl FrameHash {
    /// What the first frame of a journal follows.
    pub fn genesis(origin: &Origin) -> Self {
        let origin = origin.as_str().as_bytes();
        Self(derive("rollbook 2026-11 frame genesis v1", &[&length(origin), origin]))
    }

    /// The hash of a frame's bytes behind `self`, the hash of the frame before.
    pub fn follow(&self, bytes: &[u8]) -> Self {
        Self(derive("rollbook 2026-11 frame v1", &[&self.0, bytes]))
    }
}

impl TreeHash {
    /// The root of the empty tree: SHA-256 of nothing (RFC 6962 § 2.1).
    pub fn empty() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// The leaf of an entry: `SHA-256(0x00 ‖ bytes)` (RFC 6962 § 2.1).
    pub fn leaf(bytes: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
    }

    /// An inner node: `SHA-256(0x01 ‖ left ‖ right)` (RFC 6962 § 2.1).
    pub fn node(left: &Self, right: &Self) -> Self {
        Self(
            Sha256::new()
                .chain_update([1])
                .chain_update(left.0)
                .chain_update(right.0)
                .finalize()
                .into(),
        )
    }
}

/// The first bytes by which a note names a key: SHA-256(name ‖ 0x0A ‖ type ‖ public key) (C2SP
/// signed-note).
pub fn note_key_id(name: &str, kind: u8, public_key: &[u8; 32]) -> u32 {
    let hasher = Sha256::new().chain_update(name).chain_update([0x0a, kind]);
    let digest = hasher.chain_update(public_key).finalize();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// SHA-256 of a file's bytes, as other people's tools print it.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// BLAKE3 of a file's bytes, as other people's tools print it.
pub fn blake3(bytes: &[u8]) -> [u8; 32] {
    *::blake3::hash(bytes).as_bytes()
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The seed of the key that signs the checkpoints of one origin: each origin has a key of its own,
/// because a policy names no key twice, and each rotation another.
pub fn log_key_seed(master: &[u8; 32], origin: &str, rotation: u32) -> [u8; 32] {
    let origin = origin.as_bytes();
    let rotation = rotation.to_be_bytes();
    derive("rollbook 2026-11 log key v1", &[master, &length(origin), origin, &rotation])
}

/// Where a committed value stands: the ledger, the entry, and the JSON pointer into its `data`.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The ledger's origin.
    pub log: &'a Origin,
    /// The entry.
    pub seq: u64,
    /// JSON pointer (RFC 6901) into `data`, such as `/email`.
    pub field: &'a str,
}

impl Commitment {
    /// `derive("rollbook 2026-11 field v1", LP(log) ‖ LP(seq as 8 bytes) ‖ LP(field) ‖ LP(salt) ‖
    /// LP(value))`.
    ///
    /// Hides the value as long as the salt is secret, and binds it to its place: no commitment can
    /// be moved to another entry or field.
    pub fn to(place: Place<'_>, salt: &[u8; 32], value: &str) -> Self {
        let seq = place.seq.to_be_bytes();
        let parts =
            [place.log.as_str().as_bytes(), &seq, place.field.as_bytes(), salt, value.as_bytes()];
        let mut hasher = ::blake3::Hasher::new_derive_key("rollbook 2026-11 field v1");
        for part in parts {
            hasher.update(&length(part)).update(part);
        }
        Self(*hasher.finalize().as_bytes())
    }
}

/// What is kept of a one-time invitation token: a digest from which the token cannot be found.
pub fn token_digest(token: &[u8; 32]) -> [u8; 32] {
    derive("rollbook 2026-11 invitation token v1", &[token])
}

/// What is kept of a token that was issued: a digest from which the token cannot be found.
pub fn credential_digest(token: &[u8; 32]) -> [u8; 32] {
    derive("rollbook 2026-11 credential v1", &[token])
}

/// What is kept of the token of a pass: a digest from which the token cannot be found.
pub fn pass_digest(token: &[u8; 32]) -> [u8; 32] {
    derive("rollbook 2026-11 pass token v1", &[token])
}

/// Where a pass is kept that a user has without a token.
pub fn pass_digest_of_user(user: UserId) -> [u8; 32] {
    derive("rollbook 2026-11 pass of a user v1", &[user.as_bytes()])
}

/// The key under which the detail of a pass is sealed: only whoever shows the token has it.
pub fn pass_detail_key(token: &[u8; 32]) -> [u8; 32] {
    derive("rollbook 2026-11 pass detail key v1", &[token])
}

/// What is kept of a user's recovery code. It is fast, so a code must be long enough not to be
/// found by trying.
pub fn recovery_code_digest(user: UserId, code: &[u8; 10]) -> [u8; 32] {
    derive("rollbook 2026-11 recovery code v1", &[user.as_bytes(), code])
}

/// What stands for a role where roles are named by 16 bytes: the same for ever.
pub fn role_id(role_set: &str, role: &str) -> [u8; 16] {
    let digest =
        derive("rollbook 2026-11 role id v1", &[role_set.as_bytes(), b"/", role.as_bytes()]);
    digest[..16].try_into().expect("a digest has 32 bytes")
}

/// The number of a row of another system that has a name there and no number: the same for ever.
/// Below 2^53, so that every reader of JSON keeps it exact.
pub fn source_number(name: &str) -> u64 {
    let digest = derive("rollbook 2026-11 row of another system v1", &[name.as_bytes()]);
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)) >> 11
}

/// What stands for somebody who is being counted, under a key that lives as long as the counting.
pub fn counted_digest(key: &[u8; 32], text: &str) -> [u8; 32] {
    derive("rollbook 2026-11 counted v1", &[key, text.as_bytes()])
}

/// The six digits of RFC 6238 for one step of 30 seconds since 1970.
///
/// With SHA-1, because many authenticators know nothing else and do not say so; what breaks SHA-1
/// elsewhere, collisions, does not help against HMAC.
#[cfg(feature = "store")]
pub fn totp_code(secret: &[u8; 20], step: u64) -> String {
    totp_lite::totp_custom::<totp_lite::Sha1>(1, 6, secret, step)
}

/// The side on which a node of the keyring's tree hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The lower half of the leaves.
    Left,
    /// The upper half.
    Right,
}

/// A child of a node of the keyring's tree (Goldreich, Goldwasser, Micali 1986).
pub fn key_child(node: &[u8; 32], side: Side) -> [u8; 32] {
    match side {
        Side::Left => derive("rollbook 2026-11 keyring left v1", &[node]),
        Side::Right => derive("rollbook 2026-11 keyring right v1", &[node]),
    }
}

/// Stands for a caller's idempotency key or request, under a key of ours: whoever does not have it
/// cannot try out what was sent.
pub fn idempotency_digest(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut all = Vec::new();
    for part in parts {
        all.extend_from_slice(&length(part));
        all.extend_from_slice(part);
    }
    derive("rollbook 2026-11 idempotency v1", &[&length(key), key, &all])
}

/// Tells one state of a resource from another.
pub fn state_tag(bytes: &[u8]) -> [u8; 32] {
    derive("rollbook 2026-11 state tag v1", &[bytes])
}

/// A checksum over a file's bytes, against accidents only.
pub fn checksum(bytes: &[u8]) -> [u8; 32] {
    derive("rollbook 2026-11 file checksum v1", &[bytes])
}

/// An endless supply of unpredictable bytes from one fresh 32-byte seed (BLAKE3 as an XOF).
#[derive(Clone)]
pub struct Drawn(::blake3::OutputReader);

impl Drawn {
    /// Starts a supply; the seed must be fresh, or a test's own.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let mut hasher = ::blake3::Hasher::new_derive_key("rollbook 2026-11 draw v1");
        hasher.update(seed);
        Self(hasher.finalize_xof())
    }

    /// The next bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Drawn(secret)")
    }
}

#[cfg(test)]
mod tests;
