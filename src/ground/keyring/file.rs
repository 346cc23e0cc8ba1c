//! The bytes of a keyring file. Integers are big-endian.
//!
//! | offset    | bytes | what                                                                  |
//! |-----------|-------|-----------------------------------------------------------------------|
//! | 0         | 19    | `rollbook keyring 1` and a line feed                                  |
//! | 19        | 8     | n, the number of nodes                                                |
//! | 27        | 38 n  | the nodes, in order of their leaves, none covering another's          |
//! | 27 + 38 n | 32    | the savepoint key                                                     |
//! | 59 + 38 n | 32    | checksum over everything before (`words::hash::checksum`)             |
//!
//! That is a keyring of epoch 0, from which nothing was erased. Every other one begins with
//! `rollbook keyring 2` and a line feed, and has its epoch (8) before the number of nodes.
//!
//! A node is its level (1 byte, 0 the seed, 40 a leaf), its place inside the level from the left
//! (5 bytes, below 2^level), and its secret (32 bytes).
//!
//! # How large it grows
//!
//! Leaves that are not erased are covered by the largest subtrees without an erased leaf. With
//! k of N leaves erased at random, a subtree of s leaves is such a node when it is untouched and
//! its neighbour is not: with x = s·k/N about k·e^-x·(1 - e^-x)/x nodes of that size. Summed over s
//! = 1, 2, 4, … that is k·(log2(N/k) - 0.87) nodes for small k/N, and at most about 40 more for the
//! leaves that no entry has reached. 100,000 of 10,000,000: 577,000 nodes, 22 MB, 219 bytes an
//! erasure. Never more than k·(40 - log2 k) + 1 nodes, wherever the erased leaves lie.

use super::node::{LEVELS, Node};
use crate::words::hash::checksum;
use thiserror::Error;
use zeroize::Zeroizing;

const FAMILY: &[u8] = b"rollbook keyring ";
const MAGIC: &[u8] = b"rollbook keyring 1\n";
const MAGIC_WITH_EPOCH: &[u8] = b"rollbook keyring 2\n";
const NODES_AT: usize = MAGIC.len() + 8;
const EPOCH_BYTES: usize = 8;
const NODE_BYTES: usize = 1 + 5 + 32;
const TRAILER_BYTES: usize = 32 + 32;

/// The most nodes a file may hold (638 MB): no choice of erased leaves among the first 33 million
/// entries needs more, and a file of another kind is not read into memory whatever its length.
pub(super) const NODES_LIMIT: usize = 1 << 24;

/// The longest file that is read.
pub(super) const LIMIT_BYTES: u64 =
    (EPOCH_BYTES + NODES_AT + NODES_LIMIT * NODE_BYTES + TRAILER_BYTES + PROTECTION_BYTES) as u64;

/// More than what protects a keyring takes beside it.
const PROTECTION_BYTES: usize = 2 * super::protected::WRAPPED_LIMIT_BYTES;

/// What is wrong with the bytes of a keyring file.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum Damage {
    /// Nothing was ever written, or everything was cut off.
    #[error("it is empty")]
    Empty,
    /// The file is of another kind.
    #[error("it does not begin as a keyring does")]
    Foreign,
    /// A later version of the format.
    #[error("it has the format {0:?}, which is not known here: use the rollbook that wrote it")]
    Format(String),
    /// Longer than any keyring.
    #[error("it has {0} bytes, more than any keyring ({LIMIT_BYTES})")]
    TooLong(u64),
    /// Cut off, or something was added.
    #[error("it has {found} bytes, but {expected} belong to its {nodes} nodes")]
    Length {
        /// How many nodes it says it holds.
        nodes: u64,
        /// How long it would have to be.
        expected: u64,
        /// How long it is.
        found: u64,
    },
    /// Shorter than a keyring without nodes.
    #[error("it has {0} bytes, fewer than any keyring")]
    TooShort(u64),
    /// A byte was changed.
    #[error("its checksum does not match its bytes")]
    Checksum,
    /// The checksum matches, yet no keyring looks like this.
    #[error("node {0} stands outside the tree or covers leaves of the node before")]
    Node(usize),
}

/// The bytes of a keyring; the buffer is wiped when it is dropped.
pub(super) fn write(nodes: &[Node], savepoint_key: &[u8; 32], epoch: u64) -> Zeroizing<Vec<u8>> {
    let epoch_bytes = if epoch == 0 { 0 } else { EPOCH_BYTES };
    let length = epoch_bytes + NODES_AT + nodes.len() * NODE_BYTES + TRAILER_BYTES;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    if epoch == 0 {
        bytes.extend_from_slice(MAGIC);
    } else {
        bytes.extend_from_slice(MAGIC_WITH_EPOCH);
        bytes.extend_from_slice(&epoch.to_be_bytes());
    }
    bytes.extend_from_slice(&(nodes.len() as u64).to_be_bytes());
    for node in nodes {
        bytes.push(node.level);
        bytes.extend_from_slice(&node.index.to_be_bytes()[3..]);
        bytes.extend_from_slice(&*node.secret);
    }
    bytes.extend_from_slice(savepoint_key);
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum);
    debug_assert_eq!(bytes.len(), length);
    bytes
}

/// What a keyring file holds.
pub(super) struct Contents {
    pub(super) nodes: Vec<Node>,
    pub(super) savepoint_key: Zeroizing<[u8; 32]>,
    pub(super) epoch: u64,
}

/// Reads the nodes, the savepoint key and the epoch.
pub(super) fn read(bytes: &[u8]) -> Result<Contents, Damage> {
    let (epoch, nodes, savepoint_key) = parts(bytes)?;
    let mut read: Vec<Node> = Vec::with_capacity(nodes.len() / NODE_BYTES);
    for (number, bytes) in nodes.chunks_exact(NODE_BYTES).enumerate() {
        let mut index = [0; 8];
        index[3..].copy_from_slice(&bytes[1..6]);
        let index = u64::from_be_bytes(index);
        let level = bytes[0];
        if level > LEVELS || index >= 1 << level {
            return Err(Damage::Node(number));
        }
        let node = Node { level, index, secret: secret(&bytes[6..]) };
        if read.last().is_some_and(|before| before.last_leaf() >= node.first_leaf()) {
            return Err(Damage::Node(number));
        }
        read.push(node);
    }
    Ok(Contents { nodes: read, savepoint_key: secret(savepoint_key), epoch })
}

/// The epoch, and the bytes of all nodes and of the savepoint key, of a file whose length and
/// checksum are right.
fn parts(bytes: &[u8]) -> Result<(u64, &[u8], &[u8]), Damage> {
    let found = bytes.len() as u64;
    if bytes.is_empty() {
        return Err(Damage::Empty);
    }
    let has_epoch = bytes.starts_with(MAGIC_WITH_EPOCH);
    if !bytes.starts_with(MAGIC) && !has_epoch {
        return Err(match bytes.strip_prefix(FAMILY) {
            Some(rest) => Damage::Format(format(rest)),
            None => Damage::Foreign,
        });
    }
    let epoch_bytes = if has_epoch { EPOCH_BYTES } else { 0 };
    let short = Damage::TooShort(found);
    let (epoch, rest) = bytes[MAGIC.len()..].split_at_checked(epoch_bytes).ok_or(short.clone())?;
    let epoch = epoch.first_chunk().map_or(0, |epoch| u64::from_be_bytes(*epoch));
    let Some((count, rest)) = rest.split_first_chunk() else { return Err(short) };
    let nodes = u64::from_be_bytes(*count);
    let expected = nodes
        .saturating_mul(NODE_BYTES as u64)
        .saturating_add((epoch_bytes + NODES_AT + TRAILER_BYTES) as u64);
    if found != expected {
        return Err(Damage::Length { nodes, expected, found });
    }
    let (body, sum) = bytes.split_at(bytes.len() - 32);
    if checksum(body) != sum {
        return Err(Damage::Checksum);
    }
    let (nodes, savepoint_key) = rest[..rest.len() - 32].split_at(rest.len() - TRAILER_BYTES);
    Ok((epoch, nodes, savepoint_key))
}

/// The version that stands behind the family's name, as far as it can be shown.
fn format(rest: &[u8]) -> String {
    let line = rest.split(|&byte| byte == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(&line[..line.len().min(16)]).into_owned()
}

fn secret(bytes: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut secret = Zeroizing::new([0; 32]);
    secret.copy_from_slice(bytes);
    secret
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two nodes: all leaves but those of the second quarter.
    fn whole() -> Vec<u8> {
        let node = |level, index, byte| Node { level, index, secret: Zeroizing::new([byte; 32]) };
        write(&[node(2, 0, 0xaa), node(1, 1, 0xbb)], &[0xcc; 32], 0).to_vec()
    }

    fn damage(bytes: &[u8]) -> Option<Damage> {
        read(bytes).err()
    }

    /// Repairs the checksum behind a change.
    fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
        let body = bytes.len() - 32;
        let sum = checksum(&bytes[..body]);
        bytes[body..].copy_from_slice(&sum);
        bytes
    }

    #[test]
    fn the_bytes_stand_where_the_table_says() {
        let bytes = whole();
        assert_eq!(bytes.len(), 59 + 38 * 2 + 32);
        assert_eq!(&bytes[..19], b"rollbook keyring 1\n");
        assert_eq!(&bytes[19..27], [0, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(&bytes[27..33], [2, 0, 0, 0, 0, 0]);
        assert_eq!(&bytes[33..65], [0xaa; 32]);
        assert_eq!(&bytes[65..71], [1, 0, 0, 0, 0, 1]);
        assert_eq!(&bytes[71..103], [0xbb; 32]);
        assert_eq!(&bytes[103..135], [0xcc; 32]);
        assert_eq!(&bytes[135..], checksum(&bytes[..135]));
        let Contents { nodes, savepoint_key, epoch } = read(&bytes).unwrap();
        assert_eq!((epoch, write(&nodes, &savepoint_key, 0).to_vec()), (0, bytes.clone()));

        let later = write(&nodes, &savepoint_key, 7).to_vec();
        assert_eq!(&later[..27], b"rollbook keyring 2\n\0\0\0\0\0\0\0\x07");
        assert_eq!(later[27..later.len() - 32], bytes[19..bytes.len() - 32]);
        let again = read(&later).unwrap();
        assert_eq!(write(&again.nodes, &again.savepoint_key, again.epoch).to_vec(), later);
        assert!((0..later.len()).all(|length| read(&later[..length]).is_err()));
    }

    #[test]
    fn a_keyring_cut_off_anywhere_is_refused() {
        let bytes = whole();
        for length in 0..bytes.len() {
            let found = length as u64;
            let expected = match length {
                0 => Damage::Empty,
                1..19 => match bytes[..length].strip_prefix(FAMILY) {
                    Some(rest) => Damage::Format(String::from_utf8_lossy(rest).into()),
                    None => Damage::Foreign,
                },
                19..27 => Damage::TooShort(found),
                _ => Damage::Length { nodes: 2, expected: bytes.len() as u64, found },
            };
            assert_eq!(damage(&bytes[..length]), Some(expected), "{length}");
        }
        let mut longer = bytes;
        longer.push(0);
        assert!(matches!(damage(&longer), Some(Damage::Length { nodes: 2, .. })));
    }

    #[test]
    fn a_keyring_with_any_bit_flipped_is_refused() {
        let bytes = whole();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(damage(&flipped).is_some(), "bit {bit}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let changed = |at: usize, byte: u8| {
            let mut bytes = whole();
            bytes[at] = byte;
            bytes
        };
        for (bytes, expected) in [
            (b"SQLite format 3\0".to_vec(), "it does not begin as a keyring does"),
            (
                b"rollbook keyring 3\nwhatever".to_vec(),
                "it has the format \"3\", which is not known here: use the rollbook that wrote it",
            ),
            (changed(50, 0), "its checksum does not match its bytes"),
            (
                changed(19, 0xff),
                "it has 167 bytes, but 18446744073709551615 belong to its 18374686479671623682 nodes",
            ),
            (
                sealed(changed(27, 41)),
                "node 0 stands outside the tree or covers leaves of the node before",
            ),
            (
                sealed(changed(32, 4)),
                "node 0 stands outside the tree or covers leaves of the node before",
            ),
            (
                sealed(changed(32, 2)),
                "node 1 stands outside the tree or covers leaves of the node before",
            ),
            (
                sealed(changed(70, 0)),
                "node 1 stands outside the tree or covers leaves of the node before",
            ),
        ] {
            assert_eq!(damage(&bytes).expect(expected).to_string(), expected);
        }
    }
}
