//! Why a keyring cannot be used.

use super::file::{self, Damage};
use super::node::LEAVES;
use super::protected::WrapError;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why the keyring cannot be used, or an erasure did not happen as asked.
#[derive(Debug, Error)]
pub enum KeyringError {
    /// A keyring is never overwritten by a first one.
    #[error(
        "{path} or {path}.old exists already: a keyring is created once, and every value sealed under it is lost with it"
    )]
    Exists {
        /// Where the keyring was to be.
        path: PathBuf,
    },
    /// Nothing stands there.
    #[error("{path} is missing: put the keyring back, or name the directory that holds it")]
    Missing {
        /// Where the keyring should be.
        path: PathBuf,
    },
    /// A symbolic link, a directory or a device: replacing it would not destroy what it leads to.
    #[error("{path} is not a regular file: put the keyring itself there")]
    NotAFile {
        /// What was found instead.
        path: PathBuf,
    },
    /// Not a keyring, not a whole one, or one of a later format. It was not touched.
    #[error("{path} cannot be read as a keyring: {damage}; it was left as it is")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        damage: Damage,
    },
    /// It is protected, and was not opened or not protected.
    #[error("the keyring {path} is protected and cannot be opened or written: {error}")]
    Protected {
        /// The keyring.
        path: PathBuf,
        /// Why not.
        error: WrapError,
    },
    /// A copy from before an erasure, while the keyring behind it is there.
    #[error(
        "{copy} is of epoch {epoch}, which an erasure ended; the keyring here is of epoch {current}, and \
         nothing is missing in it: the copy would only bring back keys that were erased"
    )]
    EpochEnded {
        /// The copy.
        copy: PathBuf,
        /// Its epoch.
        epoch: u64,
        /// That of the keyring in its place.
        current: u64,
    },
    /// The file system refused. The keyring is as it was before.
    #[error("cannot {action} the keyring {path}: {source}")]
    Io {
        /// The keyring.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Keys are for the places of entries, which end far below.
    #[error("leaf {leaf} is outside the keyring, which has {LEAVES} leaves")]
    Beyond {
        /// The first such leaf.
        leaf: u64,
    },
    /// The file would grow past its bound. Nothing was erased.
    #[error(
        "the keyring would need {nodes} nodes, more than the {} it may have; nothing was erased",
        file::NODES_LIMIT
    )]
    Full {
        /// How many nodes were needed.
        nodes: usize,
    },
    /// The leaves have no key any more, but what the file replaced may still be readable. The next
    /// erasure (of the same leaves, too) or opening tries again.
    #[error(
        "the leaves are erased from {path}, but the older keyring {path}.old could not be destroyed: {source}; repeat the erasure"
    )]
    OlderCopy {
        /// The keyring.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file was replaced, but the system did not confirm that it stays so.
    #[error(
        "it is unknown whether the last erasure in {path} outlasts a power cut: open the keyring again and repeat it"
    )]
    Unsettled {
        /// The keyring.
        path: PathBuf,
    },
}

pub(super) fn io_error(path: &Path, action: &'static str, source: io::Error) -> KeyringError {
    KeyringError::Io { path: path.into(), action, source }
}
