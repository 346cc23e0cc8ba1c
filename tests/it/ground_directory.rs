//! The data directory: one process, one format.

use crate::ground_support::{create, ledger, open};
use rollbook::ground::directory::{Directory, DirectoryError};
use std::fs;

#[test]
fn a_directory_in_use_is_locked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger");
    let log = create(&path);
    let error = open(&path).unwrap_err().to_string();
    assert!(
        error.ends_with("is in use by another process: stop that one first, or ask it instead")
    );
    drop(log);
    open(&path).unwrap();
}

#[test]
fn a_newer_format_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger");
    ledger(&path, 1);
    fs::write(path.join("FORMAT"), "rollbook data directory, format 2\n").unwrap();
    let error = open(&path).unwrap_err().to_string();
    assert!(
        error.ends_with("has format 2, this version reads format 1: use a newer Rollbook"),
        "{error}"
    );
}

#[test]
fn other_format_files_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger");
    ledger(&path, 1);
    for text in ["", "2", "rollbook data directory, format x", "rollbook data directory, format 0"]
    {
        fs::write(path.join("FORMAT"), text).unwrap();
        let refused = Directory::open(&path);
        assert!(matches!(refused, Err(DirectoryError::UnreadableFormat { .. })), "{text:?}");
    }
}

#[test]
fn a_directory_without_a_ledger_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    for path in [directory.path().to_owned(), directory.path().join("nowhere")] {
        let refused = Directory::open(&path);
        assert!(matches!(refused, Err(DirectoryError::NotInitialized { .. })));
    }
    assert!(!directory.path().join("nowhere").exists());
}

#[test]
fn a_ledger_is_made_in_an_empty_directory_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger");
    drop(create(&path));
    assert!(matches!(Directory::create(&path), Err(DirectoryError::NotEmpty { .. })));
    fs::create_dir(directory.path().join("other")).unwrap();
    fs::write(directory.path().join("other/file"), "").unwrap();
    let refused = Directory::create(&directory.path().join("other"));
    assert!(matches!(refused, Err(DirectoryError::NotEmpty { .. })));
}

#[test]
fn a_ledger_that_was_not_finished_is_not_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger");
    drop(Directory::create(&path).unwrap());
    assert!(matches!(Directory::open(&path), Err(DirectoryError::NotInitialized { .. })));
    drop(create(&path));
    open(&path).unwrap();
}
