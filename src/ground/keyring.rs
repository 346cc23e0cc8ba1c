//! The keyring: the secret from which every subject's key derives, and from which one subject can
//! be cut out.
//!
//! A puncturable pseudo-random function: a binary tree of 40 levels whose nodes derive their
//! children one-way. It begins as one seed at the top. Erasing a leaf replaces the node that covers
//! it by the siblings on the way down: every other leaf keeps its key, and nothing that is left
//! leads to the erased one. What was sealed under it stays where it is, in journals, sled files and
//! backups, and opens no more.
//!
//! What that rests on, outside this file: no older copy of the keyring is kept (a backup of it
//! needs a short life of its own), and overwriting a file overwrites its blocks. On copy-on-write
//! file systems, snapshots and flash storage it may not; there the keyring belongs on a volume
//! whose own key can be destroyed.

mod copies;
mod error;
mod file;
mod kept;
mod node;
mod protected;
mod replace;

pub use copies::Copied;
pub use error::KeyringError;
pub use file::Damage;
pub use protected::{Label, ProtectionKind, Unlock, WRAPPED_LIMIT_BYTES, WrapError, Wrapping};

use error::io_error;
use node::{LEAVES, Node};
use protected::Cover;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<[u8; 32]>);

        impl $name {
            /// The 32 bytes, for a cipher.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(secret)"))
            }
        }
    )+};
}

keys! {
    /// The key under which one subject's values are sealed; wiped from memory when dropped.
    SubjectKey,
    /// The key under which savepoints are sealed; another one after every erasure.
    SavepointKey,
}

/// Every subject's key that was not erased, and the file that holds them.
pub struct Keyring {
    path: PathBuf,
    nodes: Vec<Node>,
    savepoint_key: SavepointKey,
    /// How many erasures there were: each ends an epoch, and with it the worth of its copies.
    epoch: u64,
    cover: Option<Cover>,
    /// The file was replaced, but whether that outlasts a power cut is unknown.
    unsettled: bool,
}

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// How many leaves lost their key.
    pub erased: usize,
    /// How many had lost it before.
    pub already_erased: usize,
}

impl Keyring {
    /// Writes a keyring in which every leaf has a key. Both secrets must be fresh random bytes.
    ///
    /// The caller holds the lock of the directory. [`KeyringError::Exists`] when a file is there.
    pub fn create(
        path: impl Into<PathBuf>,
        seed: [u8; 32],
        savepoint_key: [u8; 32],
    ) -> Result<Self, KeyringError> {
        let path = path.into();
        let nodes = vec![Node::seed(seed)];
        match replace::create(&path, &file::write(&nodes, &savepoint_key, 0)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(KeyringError::Exists { path });
            }
            done => done.map_err(|source| io_error(&path, "create", source))?,
        }
        let savepoint_key = SavepointKey(Zeroizing::new(savepoint_key));
        Ok(Self { path, nodes, savepoint_key, epoch: 0, cover: None, unsettled: false })
    }

    /// Reads the keyring and destroys what an interrupted erasure left beside it.
    ///
    /// The caller holds the lock of the directory: an erasure in another process would lose its
    /// files.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, KeyringError> {
        Self::open_by(path, &None)
    }

    /// The same of one that may be protected.
    pub fn open_by(path: impl Into<PathBuf>, unlock: &Unlock) -> Result<Self, KeyringError> {
        let keyring = Self::look(path, unlock)?;
        clear(&keyring.path)?;
        Ok(keyring)
    }

    /// Reads the keyring and changes nothing. The file is whole at every moment, so nobody needs to
    /// hold the lock of the directory; but what is read may be erased at once.
    pub fn look(path: impl Into<PathBuf>, unlock: &Unlock) -> Result<Self, KeyringError> {
        let path = path.into();
        let bytes = read(&path)?;
        let damaged = |damage| KeyringError::Damaged { path: path.clone(), damage };
        let (cover, contents) = if protected::is_protected(&bytes) {
            let sealed = protected::Sealed::read(&bytes).map_err(damaged)?;
            let (cover, plain) = sealed
                .open(unlock)
                .map_err(|error| KeyringError::Protected { path: path.clone(), error })?;
            let contents = file::read(&plain).map_err(damaged)?;
            if contents.epoch != sealed.label.epoch {
                return Err(damaged(Damage::Checksum));
            }
            (Some(cover), contents)
        } else {
            (None, file::read(&bytes).map_err(damaged)?)
        };
        let file::Contents { nodes, savepoint_key, epoch } = contents;
        let savepoint_key = SavepointKey(savepoint_key);
        Ok(Self { path, nodes, savepoint_key, epoch, cover, unsettled: false })
    }

    /// How many erasures there were.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// What protects it, where something does.
    pub fn protection(&self) -> Option<ProtectionKind> {
        self.cover.as_ref().map(Cover::kind)
    }

    /// The copies that were made of it.
    pub fn copies(&self) -> Result<Vec<Copied>, KeyringError> {
        copies::read(&self.path)
            .map_err(|source| io_error(&self.path, "list the copies of", source))
    }

    /// The key of a leaf; `None` when it was erased (and for a leaf that no tree has).
    ///
    /// Costs up to 40 derivations. For many leaves in order, [`Keyring::walk`] costs two each.
    pub fn key(&self, leaf: u64) -> Option<SubjectKey> {
        self.walk().key(leaf)
    }

    /// Begins to derive the keys of many leaves.
    pub fn walk(&self) -> Walk<'_> {
        Walk { nodes: &self.nodes, path: Vec::with_capacity(usize::from(node::LEVELS) + 1) }
    }

    /// The key under which savepoints are sealed until the next erasure.
    pub fn savepoint_key(&self) -> &SavepointKey {
        &self.savepoint_key
    }

    /// Cuts leaves out, for good, and replaces the savepoint key by fresh random bytes.
    ///
    /// When this returns `Ok`, the leaves' keys stand neither in memory nor in the file nor in what
    /// was the file. Leaves that are erased already change nothing; if all are, the savepoint key
    /// stays too. After [`KeyringError::OlderCopy`] the leaves are erased and repeating the call
    /// tries to destroy the older file again; after [`KeyringError::Unsettled`] only opening tells;
    /// after any other error nothing was erased.
    pub fn erase(
        &mut self,
        leaves: &[u64],
        fresh_savepoint_key: [u8; 32],
    ) -> Result<Erased, KeyringError> {
        if self.unsettled {
            return Err(KeyringError::Unsettled { path: self.path.clone() });
        }
        if let Some(&leaf) = leaves.iter().find(|&&leaf| leaf >= LEAVES) {
            return Err(KeyringError::Beyond { leaf });
        }
        clear(&self.path)?;
        let mut wanted = leaves.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let asked = wanted.len();
        wanted.retain(|&leaf| node::covering(&self.nodes, leaf).is_some());
        let erased = Erased { erased: wanted.len(), already_erased: asked - wanted.len() };
        if !wanted.is_empty() {
            self.replace(node::without(&self.nodes, &wanted), fresh_savepoint_key)?;
        }
        Ok(erased)
    }

    /// Whether a leaf's key is still there.
    pub fn has(&self, leaf: u64) -> bool {
        node::covering(&self.nodes, leaf).is_some()
    }

    /// Forgets the keys of leaves in memory alone, where [`Keyring::erase`] could not: nothing more
    /// is opened with them here, and opening the keyring again is how to go on.
    pub fn forget(&mut self, leaves: &[u64]) {
        let mut leaves = leaves.to_vec();
        leaves.sort_unstable();
        leaves.dedup();
        self.nodes = node::without(&self.nodes, &leaves);
        self.unsettled = true;
    }

    /// What its file holds. The savepoint key was drawn for this file alone, and so is what the
    /// nonce is made of.
    fn bytes(&self, nodes: &[Node], savepoint_key: &[u8; 32], epoch: u64) -> Zeroizing<Vec<u8>> {
        let plain = file::write(nodes, savepoint_key, epoch);
        let Some(cover) = &self.cover else { return plain };
        cover.seal(&plain, Label { epoch, expires_at: None }, cover.nonce(savepoint_key))
    }

    fn replace(&mut self, nodes: Vec<Node>, savepoint_key: [u8; 32]) -> Result<(), KeyringError> {
        if nodes.len() > file::NODES_LIMIT {
            return Err(KeyringError::Full { nodes: nodes.len() });
        }
        let epoch = self.epoch + 1;
        let bytes = self.bytes(&nodes, &savepoint_key, epoch);
        self.exchange(&bytes)?;
        self.nodes = nodes;
        self.epoch = epoch;
        self.savepoint_key = SavepointKey(Zeroizing::new(savepoint_key));
        replace::clear(&self.path)
            .map_err(|source| KeyringError::OlderCopy { path: self.path.clone(), source })
    }

    /// Puts another file in the keyring's place; the old one waits to be destroyed.
    fn exchange(&mut self, bytes: &[u8]) -> Result<(), KeyringError> {
        replace::prepare(&self.path, bytes)
            .map_err(|source| io_error(&self.path, "write the successor of", source))?;
        // Whether the rename happened and stays is unknown after an error here. Memory keeps the
        // old keys, and no further erasure may build on them: it could bring back what the file
        // erased.
        replace::put_in_force(&self.path).map_err(|_| {
            self.unsettled = true;
            KeyringError::Unsettled { path: self.path.clone() }
        })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({} nodes, secret, in {})", self.nodes.len(), self.path.display())
    }
}

/// Derives the keys of leaves one after the other and keeps the way down to the last one, so that
/// neighbours share it. No leaf can be erased while one is in use.
pub struct Walk<'a> {
    nodes: &'a [Node],
    /// From the covering node downwards.
    path: Vec<Node>,
}

impl Walk<'_> {
    /// The key of a leaf; `None` when it was erased (and for a leaf that no tree has).
    pub fn key(&mut self, leaf: u64) -> Option<SubjectKey> {
        while self.path.last().is_some_and(|node| !node.covers(leaf)) {
            self.path.pop();
        }
        if self.path.is_empty() {
            self.path.push(node::covering(self.nodes, leaf)?.clone());
        }
        loop {
            let node = self.path.last()?;
            if node.level == node::LEVELS {
                return Some(SubjectKey(node.secret.clone()));
            }
            let below = node.child_towards(leaf);
            self.path.push(below);
        }
    }
}

impl fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Walk(secret)")
    }
}

fn clear(path: &Path) -> Result<(), KeyringError> {
    replace::clear(path)
        .map_err(|source| io_error(path, "destroy what an interrupted erasure left beside", source))
}

/// The whole file, in a buffer that is wiped when it is dropped.
fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    let read_error = |source| io_error(path, "read", source);
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(KeyringError::Missing { path: path.into() });
        }
        Ok(metadata) if !metadata.is_file() => {
            return Err(KeyringError::NotAFile { path: path.into() });
        }
        found => found.map_err(read_error)?,
    };
    let mut file = File::open(path).map_err(read_error)?;
    let length_bytes = file.metadata().map_err(read_error)?.len();
    if length_bytes > file::LIMIT_BYTES {
        let damage = Damage::TooLong(length_bytes);
        return Err(KeyringError::Damaged { path: path.into(), damage });
    }
    let mut bytes = Zeroizing::new(vec![0; length_bytes as usize]);
    file.read_exact(&mut bytes).map_err(read_error)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
