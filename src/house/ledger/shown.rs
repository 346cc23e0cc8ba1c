//! What is shown of a published log: tiles, entries and proofs, each held against the root that was
//! signed before it is given away.

use super::Ledger;
use crate::ground::log::{Log, LogError};
use crate::ground::tiles::Tiles;
use crate::house::publishing::{Published, has_root};
use crate::proof::key::KeyError;
use crate::proof::{AddCheckpoint, Checkpoint, EntryBundle, Hashes, Note, Tile, TlogProof};
use crate::proof::{TileLevels, path};
use crate::words::{OrganizationId, TreeHash};
use std::io;
use std::sync::Arc;
use thiserror::Error;

/// How many of an organization's entries are looked up at a time.
const LOOKED_UP: usize = 4096;

/// A log that the ledger publishes, at the size of a checkpoint: its own, or an organization's.
#[derive(Debug)]
pub struct PublishedLog {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The same with its signature.
    pub note: Note,
    org: Option<OrganizationId>,
}

/// Why something of a published log is not shown.
#[derive(Debug, Error)]
pub enum ShowError {
    /// What is kept of the tree does not have the root that was signed.
    #[error(
        "what is kept of the tree does not have the root that was signed: nothing was sent, and it is \
         computed again now"
    )]
    Wrong,
    /// Nothing is signed.
    #[error("no checkpoints are signed")]
    Off,
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// No key has that name.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Where the hashes of a published log are read.
enum Tree {
    Whole(Arc<Tiles>),
    Organization(Arc<TileLevels>),
}

impl Hashes for Tree {
    type Error = io::Error;

    fn hashes(&self, level: u32, first: u64, count: u64) -> io::Result<Vec<TreeHash>> {
        match self {
            Self::Whole(tiles) => tiles.hashes(level, first, count),
            Self::Organization(levels) => {
                let Ok(hashes) = levels.hashes(level, first, count);
                Ok(hashes)
            }
        }
    }
}

/// What a tree of one size has, proven; `Ok(None)` where it has no such thing, an error where what
/// is kept is wrong.
type Found<T> = Result<Option<T>, ShowError>;

impl Ledger {
    /// The ledger's own log at the size that is published, or an organization's.
    pub fn published_log(
        &self,
        published: &Published,
        org: Option<OrganizationId>,
    ) -> Result<PublishedLog, ShowError> {
        let (checkpoint, note) = match org {
            None => (published.checkpoint.clone(), published.note.clone()),
            Some(org) => self.organization_checkpoint(published, org).ok_or(ShowError::Off)??,
        };
        Ok(PublishedLog { checkpoint, note, org })
    }

    /// What whoever verifies trusts, as this ledger names it (C2SP tlog-policy): its own key and
    /// that of the log. Whoever trusts witnesses adds them.
    pub fn policy(&self, log: &PublishedLog) -> Result<String, ShowError> {
        let published = self.publishing.get().and_then(|it| it.latest()).ok_or(ShowError::Off)?;
        let mut text = String::from(
            "# The keys as the ledger names them. Compare them with ones that came to you another way.\n",
        );
        for org in std::iter::once(None).chain(log.org.map(Some)) {
            let key = self.log_key(&published, org).ok_or(ShowError::Off)??;
            text.push_str(&format!("log {key}\n"));
        }
        text.push_str(
            "# Nobody but the ledger vouches for it so far. For witnesses whom you trust, in place of \
             the last line:\n\
             #   witness one VKEY\n\
             #   witness two VKEY\n\
             #   group both all one two\n\
             #   quorum both\n\
             quorum none\n",
        );
        Ok(text)
    }

    /// The hashes of a tile, as wide as is asked for.
    pub fn shown_tile(&self, log: &PublishedLog, tile: Tile) -> Found<Vec<u8>> {
        self.proven(log, |tree| {
            if !is_in(tile, log.checkpoint.size) {
                return Ok(Some(None));
            }
            let hashes = tile.read(tree)?;
            let bytes = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
            Ok(log.has(tree, tile, &hashes)?.then_some(Some(bytes)))
        })
    }

    /// An entry bundle, as wide as is asked for.
    pub fn shown_entries(&self, log: &PublishedLog, bundle: EntryBundle) -> Found<Vec<u8>> {
        let EntryBundle { index, width } = bundle;
        let tile = Tile { level: 0, index, width };
        if !is_in(tile, log.checkpoint.size) {
            return Ok(None);
        }
        let (mut bytes, mut leaves) = (Vec::new(), Vec::new());
        for entry in self.entries_of(log.org, bundle.first(), width)? {
            leaves.push(TreeHash::leaf(&entry));
            EntryBundle::add(&mut bytes, &entry);
        }
        self.proven(log, |tree| Ok(log.has(tree, tile, &leaves)?.then_some(Some(()))))?;
        Ok(Some(bytes))
    }

    /// That an entry is in the log (C2SP tlog-proof).
    pub fn shown_proof(&self, log: &PublishedLog, index: u64) -> Found<String> {
        let Checkpoint { size, root, .. } = log.checkpoint;
        if index >= size {
            return Ok(None);
        }
        let entries = self.entries_of(log.org, index, 1)?;
        let leaf = entries.first().map(|entry| TreeHash::leaf(entry)).ok_or(ShowError::Wrong)?;
        self.proven(log, |tree| {
            let path = path::inclusion(tree, index, size)?;
            if path::root_of_inclusion(leaf, index, size, &path) != Some(root) {
                return Ok(None);
            }
            let checkpoint = &log.note.to_string();
            Ok(Some(Some(TlogProof { index, path, checkpoint }.write())))
        })
    }

    /// That the log continues the one of a size that a witness knows (C2SP add-checkpoint).
    pub fn shown_consistency(&self, log: &PublishedLog, old: u64) -> Found<String> {
        let Checkpoint { size, root, .. } = log.checkpoint;
        if old > size {
            return Ok(None);
        }
        self.proven(log, |tree| {
            let proof = path::consistency(tree, old, size)?;
            let old_root = path::root(tree, old)?;
            if !path::is_consistent((old, old_root), (size, root), &proof) {
                return Ok(None);
            }
            let checkpoint = &log.note.to_string();
            Ok(Some(Some(AddCheckpoint { old, proof, checkpoint }.write())))
        })
    }

    /// What somebody finds in a tree and holds against its root; where it does not hold, or cannot
    /// be read, the tiles are computed again.
    fn proven<T>(
        &self,
        log: &PublishedLog,
        find: impl FnOnce(&Tree) -> io::Result<Option<T>>,
    ) -> Result<T, ShowError> {
        let publishing = self.publishing.get().ok_or(ShowError::Off)?;
        let computed = publishing.tiles.computed();
        let tree = match log.org {
            None => Some(Tree::Whole(Arc::clone(&publishing.tiles))),
            Some(org) => self.organization_tree(org, &log.checkpoint)?.map(Tree::Organization),
        };
        let found = tree.and_then(|tree| find(&tree).ok().flatten());
        found.ok_or_else(|| {
            publishing.distrust(computed);
            ShowError::Wrong
        })
    }

    /// The tree of an organization up to a checkpoint; none where it does not have that root.
    fn organization_tree(
        &self,
        org: OrganizationId,
        checkpoint: &Checkpoint,
    ) -> Result<Option<Arc<TileLevels>>, ShowError> {
        let publishing = self.publishing.get().ok_or(ShowError::Off)?;
        let (size, root) = (checkpoint.size, checkpoint.root);
        let mut tree = publishing.trees.find(org).unwrap_or_default();
        if tree.size() < size {
            let Ok(()) = self.extend(&publishing.tiles, org, Arc::make_mut(&mut tree), size) else {
                return Ok(None);
            };
        }
        if !has_root(&tree, size, root) {
            publishing.trees.forget(org);
            return Ok(None);
        }
        publishing.trees.keep(org, &tree);
        Ok(Some(tree))
    }

    fn extend(
        &self,
        tiles: &Tiles,
        org: OrganizationId,
        tree: &mut TileLevels,
        size: u64,
    ) -> io::Result<()> {
        while tree.size() < size {
            let missing = usize::try_from(size - tree.size()).unwrap_or(usize::MAX);
            let seqs = self.log.organization(org, tree.size(), missing.min(LOOKED_UP));
            let seqs = seqs.map_err(io::Error::other)?;
            if seqs.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            for seq in seqs {
                tiles.hashes(0, seq, 1)?.into_iter().for_each(|leaf| tree.push(leaf));
            }
        }
        Ok(())
    }

    /// The bytes of entries from one place of a log on.
    fn entries_of(
        &self,
        org: Option<OrganizationId>,
        first: u64,
        count: u64,
    ) -> Result<Vec<Arc<[u8]>>, ShowError> {
        let mut entries = Vec::new();
        let missing = |found: u64| usize::try_from(count - found).unwrap_or(usize::MAX);
        while (entries.len() as u64) < count {
            let found = entries.len() as u64;
            let records = match org {
                None => self.log.read(first + found, missing(found))?,
                Some(org) => {
                    let seqs = self.log.organization(org, first + found, missing(found))?;
                    let read = seqs.into_iter().map(|seq| self.log.read(seq, 1));
                    read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()
                }
            };
            if records.is_empty() {
                return Err(ShowError::Wrong);
            }
            entries.extend(records.into_iter().map(|record| record.bytes));
        }
        Ok(entries)
    }
}

impl PublishedLog {
    /// Whether it is the ledger's own.
    pub fn is_whole(&self) -> bool {
        self.org.is_none()
    }

    /// Whether the root that was signed follows from these hashes of a tile.
    fn has(&self, tree: &Tree, tile: Tile, hashes: &[TreeHash]) -> io::Result<bool> {
        let Checkpoint { size, root, .. } = self.checkpoint;
        Ok(path::root_through(tree, size, tile, hashes)? == root)
    }
}

/// Whether a tree has all of a tile.
fn is_in(tile: Tile, size: u64) -> bool {
    Tile::of(tile.level, tile.index, size).is_some_and(|whole| whole.width >= tile.width)
}
