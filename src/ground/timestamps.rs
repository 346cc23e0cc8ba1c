//! Timestamps over checkpoints, in a folder of the data directory: for each, the checkpoint's text
//! and the authority's answer, beside each other as `openssl ts -verify` takes them.

use super::directory::make;
use super::whole;
use crate::proof::Checkpoint;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How many are kept: those of some hours, so that one can be looked up that was not handed on.
const KEPT: usize = 64;

/// The longest answer that is read.
const ANSWER_LIMIT_BYTES: u64 = 64 * 1024;

/// The longest text of a checkpoint.
const TEXT_LIMIT_BYTES: u64 = 4096;

/// The folder of a data directory.
#[derive(Debug)]
pub struct Timestamps(PathBuf);

impl Timestamps {
    /// That of a data directory; it is made.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let folder = directory.join("timestamps");
        make(&folder, 0o700)?;
        Ok(Self(folder))
    }

    /// Keeps an answer over a checkpoint; durable when it returns. The oldest go.
    pub fn keep(&self, checkpoint: &Checkpoint, answer: &[u8]) -> io::Result<()> {
        let size = checkpoint.size;
        whole::replace(&self.path(size, "text"), checkpoint.to_string().as_bytes())?;
        whole::replace(&self.path(size, "tsr"), answer)?;
        let sizes = self.sizes()?;
        for size in sizes.iter().rev().skip(KEPT) {
            fs::remove_file(self.path(*size, "tsr"))?;
            fs::remove_file(self.path(*size, "text"))?;
        }
        Ok(())
    }

    /// The answer over just that checkpoint, where one is kept.
    pub fn find(&self, checkpoint: &Checkpoint) -> io::Result<Option<Vec<u8>>> {
        let text = whole::read(&self.path(checkpoint.size, "text"), TEXT_LIMIT_BYTES)?;
        if text.as_deref() != Some(checkpoint.to_string().as_bytes()) {
            return Ok(None);
        }
        whole::read(&self.path(checkpoint.size, "tsr"), ANSWER_LIMIT_BYTES)
    }

    fn path(&self, size: u64, ending: &str) -> PathBuf {
        self.0.join(format!("{size}.{ending}"))
    }

    /// Of what answers are kept, ascending.
    fn sizes(&self) -> io::Result<Vec<u64>> {
        let mut sizes = Vec::new();
        for file in fs::read_dir(&self.0)? {
            let path = file?.path();
            let is_answer = path.extension() == Some(OsStr::new("tsr"));
            let size: Option<u64> =
                path.file_stem().and_then(OsStr::to_str).and_then(|it| it.parse().ok());
            sizes.extend(size.filter(|_| is_answer));
        }
        sizes.sort_unstable();
        Ok(sizes)
    }
}
