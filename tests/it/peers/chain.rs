//! `b3sum`, the program of BLAKE3's authors, computes our links.

use super::{Shown, printed, program, runs};
use rollbook::facts::Entry;
use std::fs;

const CONTEXT: &str = "rollbook 2026-11 entry v1";

#[test]
fn b3sum_computes_what_each_entry_says_of_the_one_before() {
    if !runs(&["b3sum", "--version"]) {
        return;
    }
    let shown = Shown::new();
    let size = shown.published.checkpoint.size;
    let hash = |path: &str| {
        let told = program(&["b3sum", "--derive-key", CONTEXT, "--no-names", path]).output();
        printed(&told.unwrap()).trim().to_owned()
    };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for seq in 1..size {
        let path = shown.path(&format!("entries/{}", seq - 1));
        let next = fs::read(shown.path(&format!("entries/{seq}"))).unwrap();
        let said = Entry::parse(&next).unwrap().prev;
        assert_eq!(hash(path.to_str().unwrap()), hex(said.as_bytes()), "entry {}", seq - 1);
    }
    let path = shown.path("entries/0");
    let mut bytes = fs::read(&path).unwrap();
    let before = hash(path.to_str().unwrap());
    bytes[9] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_ne!(hash(path.to_str().unwrap()), before);
}
