//! `web/`: the second verifier, in JavaScript. Its own tests run in node, and in a browser.

use crate::clients::is_there;
use std::path::Path;
use std::process::Command;

/// What one of its tests prints where it finds something wrong.
fn run(test: &str) {
    if !is_there(&["node", "--version"]) {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = format!("tests/web/{test}.test.mjs");
    let output = Command::new("node")
        .args(["--test", "--test-reporter=spec", &path])
        .current_dir(root)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    // A run that finds no test succeeds, too.
    assert!(!printed.contains("\u{2139} tests 0\n"), "{path} holds no test");
}

#[test]
fn its_parts_agree_with_the_reference_ledger() {
    run("parts");
}

#[test]
fn every_attack_is_found() {
    run("verify");
}

#[test]
fn no_random_change_is_accepted() {
    run("changes");
}

#[test]
fn the_page_works_offline_in_a_browser() {
    run("page");
}
