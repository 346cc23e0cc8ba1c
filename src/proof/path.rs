//! Proofs over an RFC 6962 tree: that a leaf is in it, and that one tree begins another.

use super::tile::{Hashes, TILE_WIDTH, Tile};
use crate::words::TreeHash;
use std::ops::Range;

/// How many leaves the left side of a tree of more than one leaf has: the largest power of two
/// below its size (RFC 6962 § 2.1).
fn left_of(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// The Merkle tree hash over the leaves of a range that is a node of some tree: its length, or a
/// power of two above it, divides its beginning.
fn range<H: Hashes>(hashes: &H, leaves: Range<u64>) -> Result<TreeHash, H::Error> {
    let size = leaves.end - leaves.start;
    if size.is_power_of_two() {
        let level = size.trailing_zeros();
        return hashes.subtree(level, leaves.start >> level);
    }
    let middle = leaves.start + left_of(size);
    let left = range(hashes, leaves.start..middle)?;
    Ok(TreeHash::node(&left, &range(hashes, middle..leaves.end)?))
}

/// The root of the tree over the first `size` leaves.
pub fn root<H: Hashes>(hashes: &H, size: u64) -> Result<TreeHash, H::Error> {
    if size == 0 { Ok(TreeHash::empty()) } else { range(hashes, 0..size) }
}

/// The root of the tree of `size` leaves as it follows from the hashes of one tile, which are taken
/// as they are given; all others are read. It is the tree's root only if every one of them is
/// right. The tree has all of the tile.
pub fn root_through<H: Hashes>(
    hashes: &H,
    size: u64,
    tile: Tile,
    given: &[TreeHash],
) -> Result<TreeHash, H::Error> {
    let span = tile.span();
    let start = tile.index * TILE_WIDTH * span;
    let held = Held { leaves: start..start + given.len() as u64 * span, span, given };
    through(hashes, 0..size, &held)
}

struct Held<'a> {
    leaves: Range<u64>,
    span: u64,
    given: &'a [TreeHash],
}

fn through<H: Hashes>(
    hashes: &H,
    leaves: Range<u64>,
    held: &Held<'_>,
) -> Result<TreeHash, H::Error> {
    if leaves.end <= held.leaves.start || held.leaves.end <= leaves.start {
        return range(hashes, leaves);
    }
    let size = leaves.end - leaves.start;
    if size <= held.span {
        let place = usize::try_from((leaves.start - held.leaves.start) / held.span);
        let given = place.ok().and_then(|place| held.given.get(place));
        return Ok(given.copied().unwrap_or_else(TreeHash::empty));
    }
    let middle = leaves.start + left_of(size);
    let left = through(hashes, leaves.start..middle, held)?;
    Ok(TreeHash::node(&left, &through(hashes, middle..leaves.end, held)?))
}

/// The path from a leaf to the root of the tree of `size` leaves, the leaf's sibling first (RFC
/// 6962 § 2.1.1). `index` lies below `size`.
pub fn inclusion<H: Hashes>(hashes: &H, index: u64, size: u64) -> Result<Vec<TreeHash>, H::Error> {
    let mut path = Vec::new();
    let mut leaves = 0..size;
    while leaves.end - leaves.start > 1 {
        let middle = leaves.start + left_of(leaves.end - leaves.start);
        if index < middle {
            path.push(range(hashes, middle..leaves.end)?);
            leaves.end = middle;
        } else {
            path.push(range(hashes, leaves.start..middle)?);
            leaves.start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// What shows that the tree of `old` leaves begins the one of `size` leaves (RFC 6962 § 2.1.2).
/// Empty where `old` is 0 or `size`; `old` is not above `size`.
pub fn consistency<H: Hashes>(hashes: &H, old: u64, size: u64) -> Result<Vec<TreeHash>, H::Error> {
    let mut proof = Vec::new();
    if old == 0 || old == size {
        return Ok(proof);
    }
    let mut leaves = 0..size;
    while leaves.end != old {
        let middle = leaves.start + left_of(leaves.end - leaves.start);
        if old <= middle {
            proof.push(range(hashes, middle..leaves.end)?);
            leaves.end = middle;
        } else {
            proof.push(range(hashes, leaves.start..middle)?);
            leaves.start = middle;
        }
    }
    if leaves.start > 0 {
        proof.push(range(hashes, leaves)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The root that a path leads to from a leaf (RFC 9162 § 2.1.3.2); none where no path of a tree of
/// that size has this length.
pub fn root_of_inclusion(
    leaf: TreeHash,
    index: u64,
    size: u64,
    path: &[TreeHash],
) -> Option<TreeHash> {
    let mut last = size.checked_sub(1).filter(|last| index <= *last)?;
    let (mut at, mut hash) = (index, leaf);
    for sibling in path {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            hash = TreeHash::node(sibling, &hash);
            let risen = if at % 2 == 0 { at.trailing_zeros() } else { 0 };
            (at, last) = (at >> risen, last >> risen);
        } else {
            hash = TreeHash::node(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    (last == 0).then_some(hash)
}

/// Whether a proof shows that the tree with one root begins the tree with the other (RFC 9162 §
/// 2.1.4.2).
pub fn is_consistent(
    (old, old_root): (u64, TreeHash),
    (size, root): (u64, TreeHash),
    proof: &[TreeHash],
) -> bool {
    if old == 0 {
        return proof.is_empty() && old_root == TreeHash::empty();
    }
    if old >= size {
        return old == size && proof.is_empty() && old_root == root;
    }
    let (seed, proof) = if old.is_power_of_two() {
        (old_root, proof)
    } else {
        let Some((first, rest)) = proof.split_first() else { return false };
        (*first, rest)
    };
    let risen = (old - 1).trailing_ones();
    let (mut at, mut last) = ((old - 1) >> risen, (size - 1) >> risen);
    let (mut before, mut behind) = (seed, seed);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            before = TreeHash::node(sibling, &before);
            behind = TreeHash::node(sibling, &behind);
            let risen = if at % 2 == 0 { at.trailing_zeros() } else { 0 };
            (at, last) = (at >> risen, last >> risen);
        } else {
            behind = TreeHash::node(&behind, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && before == old_root && behind == root
}

#[cfg(test)]
mod tests;
