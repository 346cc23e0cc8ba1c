//! The last word of a clean stop: the file `closed`, which says where the log ended.
//!
//! Closing writes it when journal and sled hold everything, durably, and nothing is known to be
//! wrong with either. Opening removes it before anything can be appended. So wherever it stands,
//! the log ends at the head it names, or something was taken away since.

use crate::ground::journal::segment::sync_directory;
use crate::ground::log::{Head, LogError};
use crate::words::hash::{checksum, write_base64};
use crate::words::{ChainHash, FrameHash, Origin};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

fn path_in(data: &Path) -> PathBuf {
    data.join("closed")
}

/// The head at which the log was closed. A file that is damaged or of another log says nothing.
pub(super) fn read(data: &Path, origin: &Origin) -> Option<Head> {
    let text = fs::read_to_string(path_in(data)).ok()?;
    let mut lines = text.lines();
    let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    value("log").filter(|log| *log == origin.as_str())?;
    let head = Head {
        slot: value("slot")?.parse().ok()?,
        size: value("size")?.parse().ok()?,
        entry: ChainHash::parse(value("entry")?).ok()?,
        frame: FrameHash::parse(value("frame")?).ok()?,
    };
    (words(origin, &head) == text).then_some(head)
}

/// Writes it, durably.
pub(super) fn write(data: &Path, origin: &Origin, head: &Head) -> io::Result<()> {
    let path = path_in(data);
    let unfinished = path.with_extension("unfinished");
    let mut file = File::create(&unfinished)?;
    file.write_all(words(origin, head).as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, &path)?;
    sync_directory(data)
}

/// Removes it, durably.
pub(super) fn remove(data: &Path) -> Result<(), LogError> {
    let path = path_in(data);
    match fs::remove_file(&path) {
        Ok(()) => sync_directory(data).map_err(LogError::io(data)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(LogError::io(path)(error)),
    }
}

/// With a checksum: a flipped bit in a digit must not make the log seem longer than it was.
fn words(origin: &Origin, head: &Head) -> String {
    let Head { slot, size, entry, frame } = head;
    let text = format!("log {origin}\nslot {slot}\nsize {size}\nentry {entry}\nframe {frame}\n");
    let sum = write_base64(&checksum(text.as_bytes()));
    format!("{text}checksum {sum}\n")
}
