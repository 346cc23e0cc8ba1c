//! A copy of sled that is opened in its stead.
//!
//! Opening sled changes its files, and loses what is in them when they are damaged or when it is
//! interrupted. Where nobody else may have what sled holds, it is therefore left as it is.

use crate::ground::directory::Directory;
use crate::ground::embedded::open::sled_path;
use crate::ground::log::LogError;
use crate::ground::sled_store::copy_directory;
use std::fs;
use std::path::{Path, PathBuf};

/// The copy; it is removed with the value.
#[derive(Debug)]
pub(super) struct Spare(PathBuf);

impl Spare {
    /// Copies the sled of a data directory, in the place of what an interrupted one left.
    pub(super) fn of(directory: &Directory) -> Result<Self, LogError> {
        let copy = directory.path().join("sled.inspected");
        if copy.exists() {
            fs::remove_dir_all(&copy).map_err(LogError::io(&copy))?;
        }
        let spare = Self(copy);
        copy_directory(&sled_path(directory.path()), &spare.0)?;
        Ok(spare)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
