//! The organization's tree: its tiles, and the root that they lead to.

use super::super::container::FILES_LIMIT;
use super::super::finding::{Code, Finding};
use super::super::form::{Kind, ORGANIZATION, ORGANIZATION_CHECKPOINT};
use super::Checking;
use super::signed::Signed;
use crate::proof::{TILE_WIDTH, Tile, TileLevels, path};
use crate::words::TreeHash;

impl<'a> Checking<'a> {
    /// The leaves of the tree, and what follows from them; none where a tile of leaves is missing.
    pub(super) fn tree(&mut self, org: Option<&Signed<'a>>) -> Option<TileLevels> {
        let size = self.manifest.org_size;
        if size / TILE_WIDTH > FILES_LIMIT as u64 {
            let detail = format!("{size} entries have more tiles than a bundle has files");
            self.find(Finding::new(Code::TileMissing, detail));
            return None;
        }
        let (mut leaves, mut above, mut is_whole) = (Vec::new(), Vec::new(), true);
        for tile in Tile::all(size) {
            match self.tile(tile) {
                Some(hashes) if tile.level == 0 => leaves.extend(hashes),
                Some(hashes) => above.push((tile, hashes)),
                None => is_whole &= tile.level > 0,
            }
        }
        for (path, _) in self.files.iter() {
            if let Some(Kind::Tile(tile)) = Kind::at(path)
                && Tile::of(tile.level, tile.index, size) != Some(tile)
            {
                let detail = format!("a tree of {size} entries has no such tile");
                self.findings.add(Finding::new(Code::TileExtra, detail).in_file(path));
            }
        }
        if !is_whole {
            return None;
        }
        let levels: TileLevels = leaves.into_iter().collect();
        for (tile, hashes) in above {
            let Ok(expected) = tile.read(&levels);
            if hashes != expected {
                let detail = "its hashes are not those of the tiles below it";
                let file = format!("{ORGANIZATION}{tile}");
                self.find(Finding::new(Code::TileRoot, detail).in_file(file));
            }
        }
        let Ok(root) = path::root(&levels, size);
        if org.is_some_and(|org| org.checkpoint.root != root) {
            let detail = format!("the tiles lead to {root}, another root than is signed");
            self.find(Finding::new(Code::TileRoot, detail).in_file(ORGANIZATION_CHECKPOINT));
        }
        Some(levels)
    }

    fn tile(&mut self, tile: Tile) -> Option<Vec<TreeHash>> {
        let path = format!("{ORGANIZATION}{tile}");
        let Some(bytes) = self.files.get(&path) else {
            self.find(Finding::new(Code::TileMissing, "it is not there").in_file(path));
            return None;
        };
        let (hashes, rest) = bytes.as_chunks::<32>();
        if hashes.len() as u64 != tile.width || !rest.is_empty() {
            let detail = format!("it has {} bytes for {} hashes", bytes.len(), tile.width);
            self.find(Finding::new(Code::TileForm, detail).in_file(path));
            return None;
        }
        Some(hashes.iter().map(|hash| TreeHash::from_bytes(*hash)).collect())
    }
}
