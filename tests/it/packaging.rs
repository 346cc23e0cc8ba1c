//! `packaging/` and `docs/OPERATIONS.md`: what people run Rollbook with, held against what it does.

mod alerts;
mod backup;
mod container;
mod image;
mod shell;
mod started;
mod unit;

use std::path::{Path, PathBuf};

/// A file of the repository.
fn of_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text_of(path: &str) -> String {
    std::fs::read_to_string(of_repository(path)).unwrap()
}
