//! What is stored of the tree is believed by nobody.

use super::{Place, copy, settled};
use crate::ledger::{create, organization};
use rollbook::proof::path;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The tiles' files with their bytes.
fn tiles(place: &Place) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(place.data().join("tiles")).unwrap().map(Result::unwrap);
    let named = |file: fs::DirEntry| file.file_name().into_string().unwrap();
    files
        .map(|file| (fs::read(file.path()).unwrap(), file))
        .map(|(it, file)| (named(file), it))
        .collect()
}

/// Opens, signs, and answers what the tiles are then.
fn signed_again(place: &Place) -> BTreeMap<String, Vec<u8>> {
    let ledger = place.open();
    let published = place.publish(&ledger).unwrap();
    let size = published.checkpoint.size;
    assert_eq!(path::root(&*ledger.tiles().unwrap(), size).unwrap(), published.checkpoint.root);
    ledger.close().unwrap();
    tiles(place)
}

#[test]
fn damaged_tiles_are_computed_again_where_the_root_rests_on_them() {
    let place = Place::new();
    place.signed();
    place.grow((0..40).map(|number| format!("m{number}")));
    let whole = signed_again(&place);
    let leaves = place.data().join("tiles/0");
    let bytes = whole["0"].clone();
    assert!(bytes.len() > 40 * 32 && bytes.len().is_multiple_of(32));
    // Below 256 leaves every byte is one that the root rests on.
    for at in (0..bytes.len()).step_by(61) {
        let mut altered = bytes.clone();
        altered[at] ^= 0x40;
        fs::write(&leaves, altered).unwrap();
        assert_eq!(signed_again(&place), whole, "byte {at}");
    }
    let alterations: [fn(&Path, &[u8]); 4] = [
        |path, bytes| fs::write(path, &bytes[..bytes.len() - 7]).unwrap(),
        |path, bytes| fs::write(path, [bytes, &[7; 96]].concat()).unwrap(),
        |path, _| fs::remove_file(path).unwrap(),
        |path, _| fs::remove_dir_all(path.parent().unwrap()).unwrap(),
    ];
    for alter in alterations {
        alter(&leaves, &bytes);
        assert_eq!(signed_again(&place), whole);
    }
}

/// Also above whole tiles, where the level below is not read for the root.
#[test]
fn the_levels_above_are_held_against_the_root_too() {
    let place = Place::new();
    place.signed();
    place.grow((0..600).map(|number| format!("m{number}")));
    let whole = signed_again(&place);
    let above = place.data().join("tiles/1");
    let bytes = whole["1"].clone();
    assert_eq!(bytes.len() % 32, 0);
    for at in [0, 31, bytes.len() - 1] {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        fs::write(&above, altered).unwrap();
        assert_eq!(signed_again(&place), whole, "byte {at}");
    }
}

/// Tiles of another history, of a ledger of the same name.
#[test]
fn tiles_of_another_copy_are_not_believed() {
    let (place, other) = (Place::new(), Place::new());
    place.signed();
    let ledger = crate::support::ledger(&other.data(), 77);
    let org = organization(&ledger, "birch");
    other.publish(&ledger).unwrap();
    for number in 0..9 {
        ledger.submit(create(org, &format!("m{number}"))).unwrap();
    }
    settled(&ledger);
    ledger.close().unwrap();
    let whole = tiles(&place);
    fs::remove_dir_all(place.data().join("tiles")).unwrap();
    copy(&other.data().join("tiles"), &place.data().join("tiles"));
    assert_eq!(signed_again(&place), whole);
}
