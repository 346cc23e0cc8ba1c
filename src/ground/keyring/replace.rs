//! One file in place of another, whole at every moment, and the old one destroyed.
//!
//! Beside the keyring two names are used for it, and nothing else may use them:
//!
//! | step        | `keyring` | `keyring.next` | `keyring.old` |
//! |-------------|-----------|----------------|---------------|
//! | before      | old       |                |               |
//! | prepare     | old       | new            | same as old   |
//! | put_in_force| new       |                | old           |
//! | destroy     | new       |                |               |
//!
//! A crash in any step leaves a whole keyring under its own name, and everything else under a name
//! that [`clear`] finds: the old keyring never lies in blocks that no name leads to. The second
//! name is why this is a link and not only a rename.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Only the owner reads and writes.
const MODE: u32 = 0o600;

pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

/// Where the keyring that is to follow is written.
pub(super) fn next(path: &Path) -> PathBuf {
    beside(path, ".next")
}

/// The name under which a replaced keyring waits to be destroyed.
pub(super) fn old(path: &Path) -> PathBuf {
    beside(path, ".old")
}

/// Puts a first file at a path where none stands; `AlreadyExists` otherwise, also when a replaced
/// keyring is left that may be the only one.
pub(super) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    for taken in [path, &old(path)] {
        if fs::symlink_metadata(taken).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
    }
    destroy(&next(path), None)?;
    write_next(path, bytes)?;
    // Unlike a rename, a link never replaces a file that came to stand there in the meantime.
    fs::hard_link(next(path), path)?;
    fs::remove_file(next(path))?;
    synchronize_directory(path)
}

/// Makes the new file and a second name for the old one durable; what is in force does not change.
pub(super) fn prepare(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_next(path, bytes)?;
    fs::hard_link(path, old(path))?;
    synchronize_directory(path)
}

/// The new file takes the place of the old one. Once this returns without an error it stays so.
pub(super) fn put_in_force(path: &Path) -> io::Result<()> {
    fs::rename(next(path), path)?;
    synchronize_directory(path)
}

/// Overwrites and removes whatever a replacement, finished or not, left beside the keyring.
///
/// Only to be called when the keyring itself is known to be whole: until then a file that is left
/// may be the only good one.
pub(super) fn clear(path: &Path) -> io::Result<()> {
    let left = [next(path), old(path)];
    if !left.iter().any(|path| fs::symlink_metadata(path).is_ok()) {
        return Ok(());
    }
    // A process that was killed may have left a rename that a power cut would take back: the name
    // would lead to the file that is destroyed here.
    synchronize_directory(path)?;
    let kept = fs::metadata(path)?;
    let kept = Some((kept.dev(), kept.ino()));
    for path in &left {
        destroy(path, kept)?;
    }
    synchronize_directory(path)
}

/// Overwrites and removes a file.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    destroy(path, None)?;
    synchronize_directory(path)
}

fn write_next(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let next = next(path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&next)?;
    // The mode at creation is narrowed by the process's mask, never guaranteed by it.
    file.set_permissions(Permissions::from_mode(MODE))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Overwrites a file with zeros and removes its name; a second name of the file to keep is only
/// removed.
fn destroy(path: &Path, kept: Option<(u64, u64)>) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if metadata.is_file() && kept != Some((metadata.dev(), metadata.ino())) {
        overwrite(path, metadata.len())?;
    }
    fs::remove_file(path)
}

fn overwrite(path: &Path, length_bytes: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    io::copy(&mut io::Read::take(io::repeat(0), length_bytes), &mut file)?;
    file.sync_all()
}

fn synchronize_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}
