//! The tree over the whole ledger, kept as the tiles that are handed out (C2SP tlog-tiles): a file
//! for each level, hash behind hash.
//!
//! All of it can be computed from the log again, so nothing here is ever synced, and nothing is
//! believed: whoever reads holds it against a root that is known from elsewhere.

use crate::ground::directory::make;
use crate::proof::tile::tile_hash;
use crate::proof::{Hashes, TILE_WIDTH};
use crate::words::TreeHash;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// As many levels as the largest log has tiles.
const LEVELS: usize = 7;

const HASH_BYTES: u64 = 32;

/// The tiles of a data directory. One appends; any number read what was appended before.
#[derive(Debug)]
pub struct Tiles {
    folder: PathBuf,
    levels: [OnceLock<File>; LEVELS],
    size: AtomicU64,
    computed: AtomicU64,
}

impl Tiles {
    /// Opens the tiles of a data directory; there are none at first. What a crash left half
    /// written is computed again from the level below.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let folder = directory.join("tiles");
        make(&folder, 0o700)?;
        let tiles = Self {
            folder,
            levels: Default::default(),
            size: AtomicU64::new(0),
            computed: AtomicU64::new(0),
        };
        let leaves = tiles.level(0)?.metadata()?.len() / HASH_BYTES;
        tiles.size.store(leaves, Ordering::Release);
        tiles.settle(leaves)?;
        Ok(tiles)
    }

    /// Gives every level above the leaves what belongs to `leaves` leaves.
    fn settle(&self, leaves: u64) -> io::Result<()> {
        self.level(0)?.set_len(leaves * HASH_BYTES)?;
        for level in 1..LEVELS as u32 {
            let expected = leaves >> (8 * level);
            if expected == 0 && !self.path(level).exists() {
                continue;
            }
            let file = self.level(level)?;
            let found = (file.metadata()?.len() / HASH_BYTES).min(expected);
            file.set_len(found * HASH_BYTES)?;
            for index in found..expected {
                self.write(level, index, &[self.above(level, index)?])?;
            }
        }
        Ok(())
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size.load(Ordering::Acquire)
    }

    /// Appends leaves. Only one thread may.
    pub fn append(&self, leaves: &[TreeHash]) -> io::Result<()> {
        let before = self.size();
        let after = before + leaves.len() as u64;
        self.write(0, before, leaves)?;
        for level in 1..LEVELS as u32 {
            let (first, end) = (before >> (8 * level), after >> (8 * level));
            let hashes = (first..end).map(|index| self.above(level, index));
            let hashes = hashes.collect::<io::Result<Vec<_>>>()?;
            if !hashes.is_empty() {
                self.write(level, first, &hashes)?;
            }
        }
        self.size.store(after, Ordering::Release);
        Ok(())
    }

    /// How often everything was dropped, to be computed again.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Acquire)
    }

    /// Drops everything, so that it is computed again.
    pub fn clear(&self) -> io::Result<()> {
        self.size.store(0, Ordering::Release);
        self.computed.fetch_add(1, Ordering::AcqRel);
        self.settle(0)
    }

    /// The hash that a whole tile has in the level above it.
    fn above(&self, level: u32, index: u64) -> io::Result<TreeHash> {
        Ok(tile_hash(&self.hashes(level - 1, index * TILE_WIDTH, TILE_WIDTH)?))
    }

    fn path(&self, level: u32) -> PathBuf {
        self.folder.join(level.to_string())
    }

    fn level(&self, level: u32) -> io::Result<&File> {
        let too_high = || io::Error::new(io::ErrorKind::InvalidInput, "no log has that level");
        let slot = self.levels.get(level as usize).ok_or_else(too_high)?;
        if let Some(file) = slot.get() {
            return Ok(file);
        }
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false);
        let file = file.open(self.path(level))?;
        Ok(slot.get_or_init(|| file))
    }

    fn write(&self, level: u32, first: u64, hashes: &[TreeHash]) -> io::Result<()> {
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
        self.level(level)?.write_all_at(&bytes, first * HASH_BYTES)
    }

    /// Removes the tiles of a data directory that is not open.
    pub fn remove(directory: &Path) -> io::Result<()> {
        match fs::remove_dir_all(directory.join("tiles")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Hashes for Tiles {
    type Error = io::Error;

    fn hashes(&self, level: u32, first: u64, count: u64) -> io::Result<Vec<TreeHash>> {
        let mut bytes = vec![0; usize::try_from(count * HASH_BYTES).map_err(io::Error::other)?];
        self.level(level)?.read_exact_at(&mut bytes, first * HASH_BYTES)?;
        let hashes = bytes.chunks_exact(32).map(|hash| {
            let mut bytes = [0; 32];
            bytes.copy_from_slice(hash);
            TreeHash::from_bytes(bytes)
        });
        Ok(hashes.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::{TileLevels, path};

    fn leaf(number: u64) -> TreeHash {
        TreeHash::leaf(&number.to_be_bytes())
    }

    #[test]
    fn what_is_appended_in_parts_is_the_tree_of_all_of_it() {
        let directory = tempfile::tempdir().unwrap();
        let mut whole = TileLevels::default();
        let mut tiles = Tiles::open(directory.path()).unwrap();
        for part in [1, 254, 1, 1, 600, 65_000, 3, 700] {
            let leaves: Vec<_> = (whole.size()..whole.size() + part).map(leaf).collect();
            tiles.append(&leaves).unwrap();
            leaves.into_iter().for_each(|leaf| whole.push(leaf));
            let Ok(root) = path::root(&whole, whole.size());
            assert_eq!(path::root(&tiles, tiles.size()).unwrap(), root, "{}", tiles.size());
            tiles = Tiles::open(directory.path()).unwrap();
            assert_eq!(tiles.size(), whole.size());
        }
    }

    #[test]
    fn what_a_crash_left_half_written_is_computed_again() {
        let directory = tempfile::tempdir().unwrap();
        let leaves: Vec<_> = (0..70_000).map(leaf).collect();
        Tiles::open(directory.path()).unwrap().append(&leaves).unwrap();
        let level = |level: u32| directory.path().join("tiles").join(level.to_string());
        File::options().write(true).open(level(1)).unwrap().set_len(100).unwrap();
        fs::remove_file(level(2)).unwrap();
        File::options().write(true).open(level(0)).unwrap().set_len(69_999 * 32 + 5).unwrap();
        let tiles = Tiles::open(directory.path()).unwrap();
        assert_eq!(tiles.size(), 69_999);
        tiles.append(&leaves[69_999..]).unwrap();
        let Ok(root) = path::root(&leaves.into_iter().collect::<TileLevels>(), 70_000);
        assert_eq!(path::root(&tiles, 70_000).unwrap(), root);
        tiles.clear().unwrap();
        assert_eq!(Tiles::open(directory.path()).unwrap().size(), 0);
    }
}
