use super::*;
use crate::proof::{EntryBundle, Frontier, Tile, TileLevels};
use tlog_tiles::tlog::{Hash, check_record, check_tree};

/// Sizes at which trees of every shape occur, and where tiles begin and end.
const SIZES: [u64; 14] = [1, 2, 3, 4, 5, 7, 8, 9, 31, 255, 256, 257, 511, 700];

fn leaf(number: u64) -> TreeHash {
    TreeHash::leaf(&number.to_be_bytes())
}

fn levels() -> TileLevels {
    (0..SIZES[SIZES.len() - 1]).map(leaf).collect()
}

fn theirs(hash: TreeHash) -> Hash {
    Hash(*hash.as_bytes())
}

fn all_theirs(hashes: &[TreeHash]) -> Vec<Hash> {
    hashes.iter().copied().map(theirs).collect()
}

fn made<T>(result: Result<T, std::convert::Infallible>) -> T {
    let Ok(value) = result;
    value
}

#[test]
fn the_root_of_the_tiles_is_that_of_the_frontier() {
    let levels = levels();
    let mut frontier = Frontier::new();
    for size in 0..=levels.size() {
        assert_eq!(made(root(&levels, size)), frontier.root(), "{size}");
        frontier.push(leaf(size));
    }
}

#[test]
fn what_is_proven_is_accepted_here_and_by_other_peoples_code() {
    let levels = levels();
    for size in SIZES {
        let whole = made(root(&levels, size));
        for index in 0..size {
            let path = made(inclusion(&levels, index, size));
            assert_eq!(root_of_inclusion(leaf(index), index, size, &path), Some(whole));
            let proof = all_theirs(&path);
            check_record(&proof, size, theirs(whole), index, theirs(leaf(index))).unwrap();
        }
        for old in 0..=size {
            let proof = made(consistency(&levels, old, size));
            let before = made(root(&levels, old));
            assert!(is_consistent((old, before), (size, whole), &proof), "{old} to {size}");
            if old > 0 {
                let proof = all_theirs(&proof);
                check_tree(&proof, size, theirs(whole), old, theirs(before)).unwrap();
            }
        }
    }
}

/// Every way of being wrong by one: another place, another size, a hash too few, too many or other.
#[test]
fn nothing_else_is_accepted_and_other_peoples_code_agrees() {
    let levels = levels();
    for size in [1, 2, 3, 5, 8, 13] {
        let whole = made(root(&levels, size));
        for index in 0..size {
            let path = made(inclusion(&levels, index, size));
            for (index, size, path) in altered(index, size, &path) {
                let ours = root_of_inclusion(leaf(0), index, size, &path) == Some(whole);
                let proof = all_theirs(&path);
                let others = index < size
                    && check_record(&proof, size, theirs(whole), index, theirs(leaf(0))).is_ok();
                assert_eq!(ours, others, "{index} in {size}: {path:?}");
            }
        }
        for old in 1..=size {
            let proof = made(consistency(&levels, old, size));
            let before = made(root(&levels, old));
            for (old, size, proof) in altered(old, size, &proof) {
                let ours = is_consistent((old, before), (size, whole), &proof);
                let given = all_theirs(&proof);
                let others = old > 0
                    && old <= size
                    && check_tree(&given, size, theirs(whole), old, theirs(before)).is_ok();
                assert_eq!(ours, others, "{old} to {size}: {proof:?}");
            }
        }
    }
}

type Altered = Vec<(u64, u64, Vec<TreeHash>)>;

fn altered(at: u64, size: u64, path: &[TreeHash]) -> Altered {
    let same = path.to_vec();
    let mut all = vec![
        (at + 1, size, same.clone()),
        (at.saturating_sub(1), size, same.clone()),
        (at, size + 1, same.clone()),
        (at, size - 1, same.clone()),
        (at, size, [same.clone(), vec![leaf(9)]].concat()),
        (at, size, [vec![leaf(9)], same.clone()].concat()),
    ];
    for place in 0..path.len() {
        let (mut other, mut fewer) = (same.clone(), same.clone());
        other[place] = leaf(1_000);
        fewer.remove(place);
        all.extend([(at, size, other), (at, size, fewer)]);
    }
    all
}

#[test]
fn a_tile_has_one_path() {
    let table = [
        (Tile { level: 0, index: 0, width: 256 }, "tile/0/000"),
        (Tile { level: 0, index: 273, width: 112 }, "tile/0/273.p/112"),
        (Tile { level: 1, index: 1_234_067, width: 256 }, "tile/1/x001/x234/067"),
        (Tile { level: 2, index: 1_000, width: 1 }, "tile/2/x001/000.p/1"),
    ];
    for (tile, path) in table {
        assert_eq!(tile.to_string(), path);
        assert_eq!(Tile::parse(path), Some(tile));
    }
    let refused = [
        "tile/0/0",
        "tile/00/000",
        "tile/0/x000/000",
        "tile/0/1000",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/8/000",
        "tile/0/+00",
        "tile/0/000/",
        "/tile/0/000",
        "tile/entries/000",
    ];
    for path in refused {
        assert_eq!(Tile::parse(path), None, "{path}");
    }
    assert_eq!(
        EntryBundle::parse("tile/entries/x001/067.p/9"),
        Some(EntryBundle { index: 1067, width: 9 })
    );
    assert_eq!(EntryBundle::parse("tile/0/000"), None);
}

/// 70,000 leaves: the example of the specification.
#[test]
fn a_tree_has_the_tiles_of_the_specification() {
    let tiles: Vec<String> = Tile::all(70_000).map(|tile| tile.to_string()).collect();
    assert_eq!(tiles.len(), 273 + 1 + 1 + 1 + 1);
    let partial: Vec<&String> = tiles.iter().filter(|path| path.contains(".p/")).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    assert_eq!(Tile::all(0).count(), 0);
}

#[test]
fn the_root_rests_on_every_hash_of_a_tile_that_is_given() {
    let levels = levels();
    for size in [1, 2, 255, 256, 257, 511, 600, 700] {
        let expected = made(root(&levels, size));
        for whole in Tile::all(size) {
            for width in [1, whole.width / 2, whole.width].into_iter().filter(|width| *width > 0) {
                let tile = Tile { width, ..whole };
                let given = made(tile.read(&levels));
                assert_eq!(made(root_through(&levels, size, tile, &given)), expected, "{tile}");
                for place in [0, given.len() / 2, given.len() - 1] {
                    let mut altered = given.clone();
                    altered[place] = leaf(u64::MAX);
                    let found = made(root_through(&levels, size, tile, &altered));
                    assert_ne!(found, expected, "{tile} of {size}, hash {place}");
                }
            }
        }
    }
}
