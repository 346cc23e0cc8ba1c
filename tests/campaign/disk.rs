//! Machines and disks that fail: what was acknowledged is there afterwards, or its loss is named.

mod base;
mod child;
mod content;
mod damage;
mod device;
mod erasing;
mod failing;
mod image;
mod life;
mod mending;
mod names;
mod power;
mod record;
mod reopened;
mod restart;
mod shredding;
mod story;
mod tally;

use std::path::Path;
use tempfile::TempDir;

/// A directory in memory where there is such a place: what is durable is told by the record, so the
/// disk below need not be.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}
