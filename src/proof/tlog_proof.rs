//! Proofs that stand alone (C2SP tlog-proof), and what is given to a witness (C2SP tlog-witness).

use super::checkpoint::number;
use crate::words::TreeHash;

/// The first line.
const BEGINS: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes of a proof: a tree has fewer levels.
const HASHES_LIMIT: usize = 64;

/// That an entry is in the tree of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof<'a> {
    /// The entry's place.
    pub index: u64,
    /// The path from its leaf to the root, the leaf's sibling first.
    pub path: Vec<TreeHash>,
    /// The signed checkpoint, as it is.
    pub checkpoint: &'a str,
}

impl<'a> TlogProof<'a> {
    /// Reads one; none where it is spelled in any other way, or holds what is not signed (`extra`).
    pub fn parse(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix(BEGINS)?.strip_prefix("\nindex ")?;
        let (index, rest) = rest.split_once('\n')?;
        let (path, checkpoint) = hashes(rest)?;
        Some(Self { index: number(index)?, path, checkpoint })
    }

    /// The file.
    pub fn write(&self) -> String {
        format!("{BEGINS}\nindex {}\n{}\n{}", self.index, lines(&self.path), self.checkpoint)
    }
}

/// What is given to a witness: that a checkpoint continues the one of a size that it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint<'a> {
    /// The size that the witness knows; 0 where it knows none.
    pub old: u64,
    /// That the tree of that size begins the checkpoint's.
    pub proof: Vec<TreeHash>,
    /// The signed checkpoint, as it is.
    pub checkpoint: &'a str,
}

impl<'a> AddCheckpoint<'a> {
    /// Reads a request's body.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (old, rest) = text.strip_prefix("old ")?.split_once('\n')?;
        let (proof, checkpoint) = hashes(rest)?;
        let old = number(old)?;
        (proof.len() < HASHES_LIMIT).then_some(Self { old, proof, checkpoint })
    }

    /// The request's body.
    pub fn write(&self) -> String {
        format!("old {}\n{}\n{}", self.old, lines(&self.proof), self.checkpoint)
    }
}

fn lines(hashes: &[TreeHash]) -> String {
    hashes.iter().map(|hash| format!("{hash}\n")).collect()
}

/// Reads lines of hashes up to an empty one, and gives what follows.
fn hashes(mut text: &str) -> Option<(Vec<TreeHash>, &str)> {
    let mut hashes = Vec::new();
    loop {
        let (line, rest) = text.split_once('\n')?;
        if line.is_empty() {
            return Some((hashes, rest));
        }
        if hashes.len() == HASHES_LIMIT {
            return None;
        }
        hashes.push(TreeHash::parse(line).ok()?);
        text = rest;
    }
}
