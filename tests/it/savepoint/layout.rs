//! The content of a savepoint is as stable as the number of its layout says.

use super::{Opened, close, content};
use crate::ledger::random::command;
use crate::support::chance::Chance;
use crate::support::ledger;
use rollbook::house::savepoint::LAYOUT;
use rollbook::words::hash::{checksum, write_base64};

/// Layout and checksum of what one fixed history folds to.
const KNOWN: (u32, &str) = (5, "WkC73AaX8avgdhOmS2vLLE6W8TqxLUkbqO4uCiICXAw=");

#[test]
fn another_content_has_another_layout() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let fixed = ledger(&path, 1);
    let mut chance = Chance::from_seed(1);
    for number in 0..200 {
        let _ = fixed.submit(command(&fixed, &mut chance, number));
    }
    close(fixed);
    let found = write_base64(&checksum(&content(&Opened::new(&path).start().folded)));
    assert_eq!(
        (LAYOUT, found.as_str()),
        KNOWN,
        "savepoints hold something else than before: raise `LAYOUT` in src/house/savepoint.rs, \
         so that older ones are ignored, and write both down here"
    );
}
