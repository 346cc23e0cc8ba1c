//! Tiles: how a tree's hashes are kept and handed out (C2SP tlog-tiles).
//!
//! A tile holds up to 256 neighbouring hashes of one level; level `l` has the roots of the perfect
//! subtrees of 256^l leaves. Whatever lies between two levels is computed from the lower one.

use crate::words::TreeHash;
use std::convert::Infallible;
use std::fmt;

/// How many hashes a whole tile holds, and how many entries an entry bundle.
pub const TILE_WIDTH: u64 = 256;

/// How many levels of the tree lie between two levels of tiles.
const TILE_HEIGHT: u32 = 8;

/// Where the hashes of a tree are read.
pub trait Hashes {
    /// Why they cannot be read.
    type Error;

    /// `count` hashes of a level of tiles, from the `first` of that level on. All of them are there
    /// in a tree that is as large as whoever asks says.
    fn hashes(&self, level: u32, first: u64, count: u64) -> Result<Vec<TreeHash>, Self::Error>;

    /// The root of the `index`-th perfect subtree of 2^`level` leaves.
    fn subtree(&self, level: u32, index: u64) -> Result<TreeHash, Self::Error> {
        let above = level % TILE_HEIGHT;
        let hashes = self.hashes(level / TILE_HEIGHT, index << above, 1 << above)?;
        Ok(fold(hashes))
    }
}

/// The root over a power of two of hashes.
fn fold(mut hashes: Vec<TreeHash>) -> TreeHash {
    while hashes.len() > 1 {
        hashes = hashes.chunks(2).map(joined).collect();
    }
    hashes.pop().unwrap_or_else(TreeHash::empty)
}

fn joined(pair: &[TreeHash]) -> TreeHash {
    match pair {
        [left, right] => TreeHash::node(left, right),
        [alone] => *alone,
        _ => TreeHash::empty(),
    }
}

/// The hash that a whole tile has in the level above.
pub fn tile_hash(hashes: &[TreeHash]) -> TreeHash {
    fold(hashes.to_vec())
}

/// All tiles of a tree, in memory.
#[derive(Debug, Clone, Default)]
pub struct TileLevels(Vec<Vec<TreeHash>>);

impl TileLevels {
    /// Appends a leaf.
    pub fn push(&mut self, leaf: TreeHash) {
        let mut rising = Some(leaf);
        for level in 0.. {
            let Some(hash) = rising else { return };
            if self.0.len() == level {
                self.0.push(Vec::new());
            }
            let hashes = &mut self.0[level];
            hashes.push(hash);
            let is_whole = (hashes.len() as u64).is_multiple_of(TILE_WIDTH);
            rising = is_whole.then(|| tile_hash(&hashes[hashes.len() - TILE_WIDTH as usize..]));
        }
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.0.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The leaf at a place.
    pub fn leaf(&self, index: u64) -> Option<TreeHash> {
        self.0.first()?.get(usize::try_from(index).ok()?).copied()
    }
}

impl FromIterator<TreeHash> for TileLevels {
    fn from_iter<T: IntoIterator<Item = TreeHash>>(leaves: T) -> Self {
        let mut levels = Self::default();
        leaves.into_iter().for_each(|leaf| levels.push(leaf));
        levels
    }
}

impl Hashes for TileLevels {
    type Error = Infallible;

    fn hashes(&self, level: u32, first: u64, count: u64) -> Result<Vec<TreeHash>, Infallible> {
        let level = self.0.get(level as usize).map_or(&[][..], Vec::as_slice);
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(level.len());
        Ok(level[place(first)..place(first.saturating_add(count))].to_vec())
    }
}

/// One tile of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// Its level; 0 holds the leaves.
    pub level: u32,
    /// Its place in the level.
    pub index: u64,
    /// How many hashes it holds, 1 to 256.
    pub width: u64,
}

impl Tile {
    /// The tile of a level that holds the hash at `first`, as wide as a tree of `size` leaves makes
    /// it; none where that tree has no such hash.
    pub fn of(level: u32, index: u64, size: u64) -> Option<Self> {
        let hashes = size.checked_shr(TILE_HEIGHT * level).unwrap_or(0);
        let width = hashes.checked_sub(index.checked_mul(TILE_WIDTH)?)?.min(TILE_WIDTH);
        (width > 0).then_some(Self { level, index, width })
    }

    /// Every tile of a tree of `size` leaves, level by level.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..u64::BITS / TILE_HEIGHT).take_while(move |level| {
            size.checked_shr(TILE_HEIGHT * level).is_some_and(|hashes| hashes > 0)
        });
        levels.flat_map(move |level| (0..).map_while(move |index| Self::of(level, index, size)))
    }

    /// How many leaves lie under each of its hashes.
    pub fn span(&self) -> u64 {
        1 << (TILE_HEIGHT * self.level)
    }

    /// Its hashes.
    pub fn read<H: Hashes>(&self, hashes: &H) -> Result<Vec<TreeHash>, H::Error> {
        hashes.hashes(self.level, self.index * TILE_WIDTH, self.width)
    }

    /// Reads the path of a tile; none where it is spelled in any other way.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (index, width) = place(rest)?;
        let level = level.parse().ok().filter(|level| *level < u64::BITS / TILE_HEIGHT)?;
        let tile = Self { level, index, width };
        (tile.to_string() == path).then_some(tile)
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        write_place(f, self.index, self.width)
    }
}

/// The entries under one tile of leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryBundle {
    /// Its place.
    pub index: u64,
    /// How many entries it holds, 1 to 256.
    pub width: u64,
}

impl EntryBundle {
    /// The bundle at a place, as wide as a tree of `size` leaves makes it.
    pub fn of(index: u64, size: u64) -> Option<Self> {
        Tile::of(0, index, size).map(|Tile { index, width, .. }| Self { index, width })
    }

    /// The place of its first entry.
    pub fn first(&self) -> u64 {
        self.index * TILE_WIDTH
    }

    /// Reads the path of an entry bundle; none where it is spelled in any other way.
    pub fn parse(path: &str) -> Option<Self> {
        let (index, width) = place(path.strip_prefix("tile/entries/")?)?;
        let bundle = Self { index, width };
        (bundle.to_string() == path).then_some(bundle)
    }

    /// Divides the bytes of a bundle into its entries, each with its length in two bytes before it;
    /// none where they end in the middle of one or are not as many.
    pub fn entries<'a>(&self, mut bytes: &'a [u8]) -> Option<Vec<&'a [u8]>> {
        let mut entries = Vec::new();
        while !bytes.is_empty() {
            let (length, rest) = bytes.split_first_chunk::<2>()?;
            let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            entries.push(entry);
            bytes = rest;
        }
        (entries.len() as u64 == self.width).then_some(entries)
    }

    /// Adds an entry to the bytes of a bundle. An entry is far shorter than 64 KiB.
    pub fn add(bytes: &mut Vec<u8>, entry: &[u8]) {
        let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&entry[..usize::from(length)]);
    }
}

impl fmt::Display for EntryBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        write_place(f, self.index, self.width)
    }
}

/// Writes an index in groups of three digits, all but the last behind an `x`, and the width where
/// it is not a whole tile's.
fn write_place(f: &mut fmt::Formatter<'_>, index: u64, width: u64) -> fmt::Result {
    let mut groups = Vec::new();
    let mut rest = index;
    while rest >= 1000 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    groups.push(rest);
    for (place, group) in groups.iter().enumerate().rev() {
        write!(f, "{}{group:03}", if place > 0 { "x" } else { "" })?;
        f.write_str(if place > 0 { "/" } else { "" })?;
    }
    if width < TILE_WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
}

/// Reads what stands behind the level; whoever asks holds it against what would be written.
fn place(text: &str) -> Option<(u64, u64)> {
    let (index, width) = match text.split_once(".p/") {
        Some((index, width)) => {
            (index, width.parse().ok().filter(|width| (1..TILE_WIDTH).contains(width))?)
        }
        None => (text, TILE_WIDTH),
    };
    let digits: String = index.chars().filter(|char| !matches!(char, 'x' | '/')).collect();
    Some((digits.parse().ok()?, width))
}
