//! The tree of keys: which nodes are kept, and what follows from each.
//!
//! Goldreich, Goldwasser and Micali (1986): both children of a node follow from it by a one-way
//! function, so a node stands for all leaves below it, and nothing leads upwards or sideways.

use crate::words::hash::{Side, key_child};
use zeroize::Zeroizing;

/// The height of the tree: 2^40 leaves are an entry each, more than a ledger will ever hold.
pub(super) const LEVELS: u8 = 40;

/// One past the last leaf.
pub(super) const LEAVES: u64 = 1 << LEVELS;

/// A node whose secret is known, and with it the key of every leaf below.
#[derive(Clone)]
pub(super) struct Node {
    /// 0 at the seed, [`LEVELS`] at a leaf.
    pub(super) level: u8,
    /// The place inside the level, from the left: below 2^level.
    pub(super) index: u64,
    pub(super) secret: Zeroizing<[u8; 32]>,
}

impl Node {
    /// The node from which every leaf derives.
    pub(super) fn seed(secret: [u8; 32]) -> Self {
        Self { level: 0, index: 0, secret: Zeroizing::new(secret) }
    }

    pub(super) fn first_leaf(&self) -> u64 {
        self.index << (LEVELS - self.level)
    }

    pub(super) fn last_leaf(&self) -> u64 {
        self.first_leaf() + ((1 << (LEVELS - self.level)) - 1)
    }

    pub(super) fn covers(&self, leaf: u64) -> bool {
        (self.first_leaf()..=self.last_leaf()).contains(&leaf)
    }

    /// One child; only of a node above the leaves.
    pub(super) fn child(&self, side: Side) -> Self {
        Self {
            level: self.level + 1,
            index: self.index * 2 + u64::from(side == Side::Right),
            secret: Zeroizing::new(key_child(&self.secret, side)),
        }
    }

    /// The child that covers a leaf below this node.
    pub(super) fn child_towards(&self, leaf: u64) -> Self {
        let right = leaf >= middle(self.level, self.index);
        self.child(if right { Side::Right } else { Side::Left })
    }
}

/// The node that covers a leaf; `None` when it was cut out.
pub(super) fn covering(nodes: &[Node], leaf: u64) -> Option<&Node> {
    let behind = nodes.partition_point(|node| node.first_leaf() <= leaf);
    nodes[..behind].last().filter(|node| node.covers(leaf))
}

/// The nodes that cover what `nodes` cover, except `leaves` (ascending, without repetition).
///
/// Both sides are walked from left to right, so the result is in order of its leaves. It is as long
/// as was counted before: a vector that grows leaves copies of secrets behind in freed memory.
pub(super) fn without(nodes: &[Node], leaves: &[u64]) -> Vec<Node> {
    let mut parts = Vec::with_capacity(nodes.len());
    let mut rest = leaves;
    for node in nodes {
        rest = &rest[rest.partition_point(|&leaf| leaf < node.first_leaf())..];
        let (below, behind) = rest.split_at(rest.partition_point(|&leaf| leaf <= node.last_leaf()));
        parts.push((node, below));
        rest = behind;
    }
    let count = parts.iter().map(|(node, below)| pieces(node.level, node.index, below)).sum();
    let mut kept = Vec::with_capacity(count);
    for (node, below) in parts {
        cut(node, below, &mut kept);
    }
    debug_assert_eq!(kept.len(), count);
    kept
}

/// Where the right half of a node above the leaves begins.
fn middle(level: u8, index: u64) -> u64 {
    (index * 2 + 1) << (LEVELS - level - 1)
}

/// How many nodes remain of one when leaves below it are cut out.
fn pieces(level: u8, index: u64, leaves: &[u64]) -> usize {
    if leaves.is_empty() {
        1
    } else if level == LEVELS {
        0
    } else {
        let split = leaves.partition_point(|&leaf| leaf < middle(level, index));
        let (left, right) = leaves.split_at(split);
        pieces(level + 1, index * 2, left) + pieces(level + 1, index * 2 + 1, right)
    }
}

fn cut(node: &Node, leaves: &[u64], kept: &mut Vec<Node>) {
    if leaves.is_empty() {
        kept.push(node.clone());
    } else if node.level < LEVELS {
        let split = leaves.partition_point(|&leaf| leaf < middle(node.level, node.index));
        let (before, behind) = leaves.split_at(split);
        cut(&node.child(Side::Left), before, kept);
        cut(&node.child(Side::Right), behind, kept);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Walk, file};
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const SEED: [u8; 32] = [7; 32];

    /// The definition: from the seed down, one child per bit of the leaf, the highest first.
    fn derived(leaf: u64) -> [u8; 32] {
        (0..LEVELS).rev().fold(SEED, |node, bit| {
            key_child(&node, if leaf >> bit & 1 == 0 { Side::Left } else { Side::Right })
        })
    }

    /// Leaves that meet one another: at both ends, around a boundary of a large subtree, anywhere.
    fn leaf() -> impl Strategy<Value = u64> {
        prop_oneof![0..40u64, LEAVES - 40..LEAVES, (1 << 20) - 20..(1 << 20) + 20u64, 0..LEAVES]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn every_leaf_that_is_not_erased_keeps_its_key(
            batches in prop::collection::vec(prop::collection::btree_set(leaf(), 0..12), 0..6),
            probes in prop::collection::vec(leaf(), 24),
        ) {
            let mut nodes = vec![Node::seed(SEED)];
            let mut erased = BTreeSet::new();
            for batch in &batches {
                erased.extend(batch);
                nodes = without(&nodes, &batch.iter().copied().collect::<Vec<_>>());
                let read = file::read(&file::write(&nodes, &[0; 32], 1)).unwrap();
                prop_assert_eq!(read.nodes.len(), nodes.len());
                nodes = read.nodes;
            }
            let around = |leaf: u64| [leaf.saturating_sub(1), leaf, leaf + 1];
            let beside = erased.iter().copied().flat_map(around);
            let mut walk = Walk { nodes: &nodes, path: Vec::new() };
            for leaf in beside.chain(probes).filter(|&leaf| leaf < LEAVES) {
                let expected = (!erased.contains(&leaf)).then(|| derived(leaf));
                prop_assert_eq!(walk.key(leaf).map(|key| *key.as_bytes()), expected, "{}", leaf);
            }
        }
    }

    #[test]
    fn both_ends_of_the_tree_can_be_cut_off() {
        let nodes = without(&[Node::seed(SEED)], &[0, LEAVES - 1]);
        let covered: u64 = nodes.iter().map(|node| node.last_leaf() - node.first_leaf() + 1).sum();
        assert_eq!((nodes.len(), covered), (78, LEAVES - 2));
        assert!(covering(&nodes, 0).is_none() && covering(&nodes, LEAVES - 1).is_none());
        assert!(covering(&nodes, 1).is_some() && covering(&nodes, LEAVES - 2).is_some());
        assert!(covering(&nodes, LEAVES).is_none() && covering(&nodes, u64::MAX).is_none());
    }

    #[test]
    fn a_pair_of_neighbours_leaves_no_node_of_its_own() {
        let one = without(&[Node::seed(SEED)], &[6]);
        assert_eq!(one.len(), 40);
        assert_eq!(without(&one, &[7]).len(), 39);
    }
}
