//! A disk that processes work on one after the other, watched at every operation.

use super::child::{self, Run, Treatment};
use super::image::Disk;
use super::record::Operation;
use std::fs;
use std::path::{Path, PathBuf};

/// The disk, and what was said so far by those who worked on it.
pub(crate) struct Life {
    root: PathBuf,
    pub(crate) disk: Disk,
    pub(crate) marks: Vec<String>,
}

impl Life {
    /// Begins in a folder that may hold something, all of it durable.
    pub(crate) fn of(root: &Path) -> Self {
        fs::create_dir_all(root).unwrap();
        Self { root: root.to_owned(), disk: Disk::of(root), marks: Vec::new() }
    }

    /// Lets a process work to its end, then looks at the disk as it was behind each operation.
    pub(crate) fn run(
        &mut self,
        work: &str,
        seed: u64,
        treatment: &Treatment,
        mut look: impl FnMut(&Self, usize, usize),
    ) -> Run {
        let run = child::run(work, &self.root, seed, treatment);
        for (number, operation) in run.operations.iter().enumerate() {
            self.disk.apply(operation);
            if let Operation::Mark(words) = operation {
                self.marks.push(words.trim_end().to_owned());
            }
            look(self, number, run.operations.len());
        }
        run
    }
}

/// How many operations a process does that nothing happens to.
pub(crate) fn operations(work: &str, root: &Path, seed: u64) -> u64 {
    fs::create_dir_all(root).unwrap();
    let count = child::run(work, root, seed, &Treatment::default()).count;
    fs::remove_dir_all(root).unwrap();
    count
}
