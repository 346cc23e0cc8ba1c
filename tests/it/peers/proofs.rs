//! Checkpoints and proofs, by implementations in two other languages.

use super::{Shown, altered, printed, program, runs};
use std::fs;

/// Files, and a text in each behind which a byte is changed.
const ALTERATIONS: [(&str, &str); 8] = [
    ("checkpoint", "ledger.example\n"),
    ("checkpoint", "\u{2014} ledger.example "),
    ("old-checkpoint", "\u{2014} ledger.example "),
    ("proof", "index "),
    ("proof", "index 5\n"),
    ("consistency", "\n"),
    ("entries/5", "\"actor\":\""),
    ("vkey", "ledger.example+"),
];

fn check(words: &[&str]) {
    let shown = Shown::new();
    let folder = shown.path("");
    let run = || {
        let mut program = program(words);
        program.arg(&folder).output().unwrap()
    };
    let size = shown.published.checkpoint.size;
    let told = printed(&run());
    assert!(told.starts_with(&format!("entry {} of {size}, behind ", size / 3)), "{told}");
    for (name, behind) in ALTERATIONS {
        let index = size / 3;
        let name = name.replace('5', &index.to_string());
        let behind = behind.replace('5', &index.to_string());
        let whole = fs::read(shown.path(&name)).unwrap();
        let text = String::from_utf8_lossy(&whole).into_owned();
        let at = text.find(&behind).unwrap_or_else(|| panic!("{behind:?} in {name}: {text}"));
        // Behind the key's id, which says nothing of the signature.
        let skipped = if behind.starts_with('\u{2014}') { 12 } else { 2 };
        fs::write(shown.path(&name), altered(&whole, at + behind.len() + skipped)).unwrap();
        let refused = run();
        assert_eq!(refused.status.code(), Some(1), "{name} behind {behind:?}: {refused:?}");
        fs::write(shown.path(&name), whole).unwrap();
    }
    printed(&run());
}

#[test]
fn packages_of_python_accept_what_is_published_and_nothing_else() {
    if runs(&["python3", "-c", "import pymerkle, tracekit.merkle, tracekit.format.checkpoint"]) {
        check(&["python3", "tests/peers/proofs.py"]);
    }
}

#[test]
fn the_packages_of_gos_own_log_accept_what_is_published_and_nothing_else() {
    if runs(&["go", "list", "golang.org/x/mod/sumdb/tlog"]) {
        check(&["go", "run", "tests/peers/proofs.go"]);
    }
}
