//! The right edge of an RFC 6962 tree: all that appending and the root need, at most 64 hashes.

use crate::words::TreeHash;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most leaves a tree may have: a size is an integer of the entry format, below 2^53.
const SIZE_LIMIT: u64 = 1 << 53;

/// An append-only Merkle tree of which only the right edge is kept.
///
/// A tree of `size` leaves falls into perfect subtrees, one per bit that is set in `size`; their
/// roots are kept, the largest (leftmost) first. Equal frontiers mean equal leaves in equal order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Frontier {
    size: u64,
    roots: Vec<TreeHash>,
}

/// Why stored hashes are not a frontier.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum FrontierError {
    /// One root per bit that is set in the size; anything else belongs to another tree.
    #[error(
        "a tree of {size} leaves has {expected} perfect subtrees, but {found} roots are stored"
    )]
    Roots {
        /// How many leaves the tree is said to have.
        size: u64,
        /// How many roots belong to that size.
        expected: u32,
        /// How many there are.
        found: usize,
    },
    /// Larger than any log can be.
    #[error("a tree of {size} leaves is larger than a log can be ({SIZE_LIMIT})")]
    Size {
        /// How many leaves the tree is said to have.
        size: u64,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    size: u64,
    roots: Vec<TreeHash>,
}

impl TryFrom<Stored> for Frontier {
    type Error = FrontierError;

    fn try_from(Stored { size, roots }: Stored) -> Result<Self, FrontierError> {
        let expected = size.count_ones();
        if size > SIZE_LIMIT {
            Err(FrontierError::Size { size })
        } else if roots.len() != expected as usize {
            Err(FrontierError::Roots { size, expected, found: roots.len() })
        } else {
            Ok(Self { size, roots })
        }
    }
}

impl Frontier {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a leaf, which is already hashed ([`TreeHash::leaf`]).
    ///
    /// Every perfect subtree at the right end whose size the new one reaches is joined with it: as
    /// many as `size` has ones at its end, one on average.
    pub fn push(&mut self, leaf: TreeHash) {
        let kept = self.roots.len() - self.size.trailing_ones() as usize;
        let root =
            self.roots.drain(kept..).rev().fold(leaf, |right, left| TreeHash::node(&left, &right));
        self.roots.push(root);
        self.size += 1;
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The Merkle tree hash over all leaves (RFC 6962 § 2.1).
    pub fn root(&self) -> TreeHash {
        let from_the_right = self.roots.iter().rev().copied();
        from_the_right
            .reduce(|right, left| TreeHash::node(&left, &right))
            .unwrap_or_else(TreeHash::empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962 § 2.1, word for word.
    fn merkle_tree_hash(leaves: &[TreeHash]) -> TreeHash {
        match leaves {
            [] => TreeHash::empty(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                let (left, right) = leaves.split_at(split);
                TreeHash::node(&merkle_tree_hash(left), &merkle_tree_hash(right))
            }
        }
    }

    fn hex(hash: TreeHash) -> String {
        hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn every_size_has_the_root_of_the_definition() {
        let leaves: Vec<TreeHash> =
            (0..300u32).map(|number| TreeHash::leaf(&number.to_be_bytes())).collect();
        let mut frontier = Frontier::new();
        for size in 0..=leaves.len() {
            assert_eq!(frontier.size(), size as u64);
            assert_eq!(frontier.root(), merkle_tree_hash(&leaves[..size]), "size {size}");
            if let Some(leaf) = leaves.get(size) {
                frontier.push(*leaf);
            }
        }
    }

    /// The reference tree of Certificate Transparency (merkletree tests of its first
    /// implementation).
    #[test]
    fn the_published_tree_of_eight_leaves() {
        let published: [(&[u8], &str); 8] = [
            (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (b"\x00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (b"\x10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (b"\x20\x21", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
            (b"\x30\x31", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
            (b"@ABC", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
            (b"PQRSTUVW", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
            (
                b"`abcdefghijklmno",
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ),
        ];
        let mut frontier = Frontier::new();
        for (leaf, root) in published {
            frontier.push(TreeHash::leaf(leaf));
            assert_eq!(hex(frontier.root()), root, "size {}", frontier.size());
        }
    }

    #[test]
    fn a_stored_frontier_goes_on_where_it_stopped() {
        let mut whole = Frontier::new();
        for number in 0..=40u8 {
            let stored = serde_json::to_string(&whole).unwrap();
            let mut read: Frontier = serde_json::from_str(&stored).unwrap();
            assert_eq!(read, whole);
            read.push(TreeHash::leaf(&[number]));
            whole.push(TreeHash::leaf(&[number]));
            assert_eq!(read.root(), whole.root());
        }
    }

    #[test]
    fn roots_of_another_size_are_refused() {
        let root = TreeHash::empty();
        for (stored, reason) in [
            (format!(r#"{{"size":3,"roots":["{root}"]}}"#), "has 2 perfect subtrees, but 1 roots"),
            (format!(r#"{{"size":0,"roots":["{root}"]}}"#), "has 0 perfect subtrees, but 1 roots"),
            (r#"{"size":18446744073709551615,"roots":[]}"#.into(), "larger than a log can be"),
            (r#"{"size":0,"roots":[],"root":""}"#.into(), "unknown field"),
        ] {
            let error = serde_json::from_str::<Frontier>(&stored).unwrap_err().to_string();
            assert!(error.contains(reason), "{stored}: {error}");
        }
    }
}
