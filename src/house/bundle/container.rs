//! What a bundle is handed over in: a folder, or a zip file of it.

use super::form::MANIFEST;
use super::zip;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The most files of a bundle: what a zip file counts without extensions, rounded down.
pub const FILES_LIMIT: usize = 65_000;

/// How large a bundle may be, files and all: it is held in memory. About a million entries.
pub const BUNDLE_LIMIT_BYTES: u64 = 1 << 30;

/// The deepest folder of a bundle is a tile's; hostile ones are deeper.
const DEPTH_LIMIT: usize = 16;

/// What is handed over may disclose names: it is its owner's until they hand it on.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// The files of a bundle by path. Read once: what is checked is what was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, Vec<u8>>);

/// Why something is no container of a bundle.
#[derive(Debug, Error)]
pub enum ContainerError {
    /// An error of the operating system.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// It is a file and no zip file in the one spelling.
    #[error("it is no zip file of the one form that bundles have (docs/BUNDLE.md)")]
    Zip,
    /// A folder holds something that is neither file nor folder.
    #[error("{0} is neither a plain file nor a folder")]
    Kind(PathBuf),
    /// A path that no bundle has.
    #[error("{0:?} is no path inside a bundle")]
    Path(String),
    /// Larger than bundles are.
    #[error("it has more than {FILES_LIMIT} files, or more than {BUNDLE_LIMIT_BYTES} bytes")]
    TooLarge,
}

/// Whether a path stays inside a bundle on every system.
fn is_inside(path: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    path.split('/')
        .all(|part| !part.is_empty() && part != "." && part != ".." && part.bytes().all(fits))
}

impl Files {
    /// Reads a folder, or a zip file.
    pub fn read(path: &Path) -> Result<Self, ContainerError> {
        let at = |source| ContainerError::Io { path: path.to_owned(), source };
        if fs::metadata(path).map_err(at)?.is_dir() {
            let mut files = Self::default();
            let mut left = BUNDLE_LIMIT_BYTES;
            files.read_folder(path, "", 0, &mut left)?;
            return Ok(files);
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(at)?;
        file.take(BUNDLE_LIMIT_BYTES + 1).read_to_end(&mut bytes).map_err(at)?;
        Self::from_zip(&bytes)
    }

    /// Reads the bytes of a zip file.
    pub fn from_zip(bytes: &[u8]) -> Result<Self, ContainerError> {
        if bytes.len() as u64 > BUNDLE_LIMIT_BYTES {
            return Err(ContainerError::TooLarge);
        }
        let files = Self(zip::read(bytes).ok_or(ContainerError::Zip)?);
        if files.0.len() > FILES_LIMIT {
            return Err(ContainerError::TooLarge);
        }
        if let Some(path) = files.0.keys().find(|path| !is_inside(path)) {
            return Err(ContainerError::Path(path.chars().take(128).collect()));
        }
        // The order is part of the spelling.
        if files.to_zip().as_deref() == Some(bytes) { Ok(files) } else { Err(ContainerError::Zip) }
    }

    fn read_folder(
        &mut self,
        folder: &Path,
        below: &str,
        depth: usize,
        left: &mut u64,
    ) -> Result<(), ContainerError> {
        let at = |source| ContainerError::Io { path: folder.to_owned(), source };
        for item in fs::read_dir(folder).map_err(at)? {
            let item = item.map_err(at)?;
            let name = item.file_name().into_string().unwrap_or_default();
            let path = format!("{below}{name}");
            if !is_inside(&path) || depth >= DEPTH_LIMIT {
                return Err(ContainerError::Path(path.chars().take(128).collect()));
            }
            let kind = item.file_type().map_err(at)?;
            if kind.is_dir() {
                self.read_folder(&item.path(), &format!("{path}/"), depth + 1, left)?;
                continue;
            }
            if !kind.is_file() {
                return Err(ContainerError::Kind(item.path()));
            }
            let mut bytes = Vec::new();
            let file = File::open(item.path()).map_err(at)?;
            file.take(*left + 1).read_to_end(&mut bytes).map_err(at)?;
            *left = left.checked_sub(bytes.len() as u64).ok_or(ContainerError::TooLarge)?;
            self.0.insert(path, bytes);
            if self.0.len() > FILES_LIMIT {
                return Err(ContainerError::TooLarge);
            }
        }
        Ok(())
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// Every file, ascending by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Adds a file, or puts another in its place.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), bytes.into());
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: &str) -> Option<Vec<u8>> {
        self.0.remove(path)
    }

    /// The zip file; none where the files are more, or larger, than it can say.
    pub fn to_zip(&self) -> Option<Vec<u8>> {
        let manifest = self.iter().filter(|(path, _)| *path == MANIFEST);
        let others = self.iter().filter(|(path, _)| *path != MANIFEST);
        zip::write(manifest.chain(others))
    }

    /// Writes the files into a folder that does not exist yet.
    pub fn write(&self, folder: &Path) -> Result<(), ContainerError> {
        let io_at = |path: &Path| {
            let path = path.to_owned();
            move |source| ContainerError::Io { path, source }
        };
        let mut folders = fs::DirBuilder::new();
        folders.mode(FOLDER_MODE).create(folder).map_err(io_at(folder))?;
        folders.recursive(true);
        for (path, bytes) in self.iter() {
            let path = folder.join(path);
            let above = path.parent().unwrap_or(folder);
            folders.create(above).map_err(io_at(above))?;
            let mut options = OpenOptions::new();
            let file = options.write(true).create_new(true).mode(FILE_MODE).open(&path);
            let written = file.and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            });
            written.map_err(io_at(&path))?;
        }
        Ok(())
    }
}
