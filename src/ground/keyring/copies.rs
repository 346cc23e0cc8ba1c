//! The copies that were made of a keyring: a line of JSON each in `keyring.copies`, beside it. They
//! hold no secret; what they tell is until when a copy from before an erasure may lie somewhere.

use super::replace::beside;
use crate::words::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The longest list that is read: some 10,000 copies.
const LIMIT_BYTES: u64 = 4 * 1024 * 1024;

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copied {
    /// The epoch of the keyring that was copied.
    pub epoch: u64,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it is to be deleted.
    pub expires_at: Timestamp,
    /// Where it was written.
    pub file: String,
}

/// Notes a copy, durably.
pub(super) fn note(keyring: &Path, copied: &Copied) -> io::Result<()> {
    let path = beside(keyring, ".copies");
    let mut line = serde_json::to_vec(copied)?;
    line.push(b'\n');
    let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
    file.write_all(&line)?;
    file.sync_all()?;
    File::open(path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")))?
        .sync_all()
}

/// Every copy that was noted.
pub(super) fn read(keyring: &Path) -> io::Result<Vec<Copied>> {
    let path = beside(keyring, ".copies");
    match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Ok(metadata) if metadata.len() > LIMIT_BYTES => {
            return Err(io::Error::other("the list of keyring copies is longer than any"));
        }
        found => found?,
    };
    // A line that a crash broke off was followed by no copy.
    let text = fs::read_to_string(&path)?;
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}
