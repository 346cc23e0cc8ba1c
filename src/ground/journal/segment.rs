//! One segment file: its name, its head, and its coming into being.
//!
//! | offset | bytes | what (numbers big-endian) |
//! |---|---|---|
//! | 0 | 8 | `RBJOURN1` |
//! | 8 | 8 | slot of the first frame, as in the file's name |
//! | 16 | 8 | entries before it |
//! | 24 | 32 | chain hash of the entry before it (or of the genesis) |
//! | 56 | 32 | hash of the frame before it (or of the genesis) |
//! | 88 | 4 + n | length and text of the origin |
//! | 92 + n | 32 | checksum of everything before it |
//! | | | zeros |
//! | 512 | | the first frame |

use crate::ground::frame::Reader;
use crate::ground::log::{Head, LogError};
use crate::words::hash::checksum;
use crate::words::{ChainHash, FrameHash, Origin};
use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Where a segment's first frame begins: room for the longest origin (255 bytes).
pub const FRAMES_OFFSET: u64 = 512;

const MAGIC: [u8; 8] = *b"RBJOURN1";
const EXTENSION: &str = "segment";
const UNFINISHED: &str = "unfinished";

/// The file that begins with a slot.
pub fn path_of(directory: &Path, first_slot: u64) -> PathBuf {
    directory.join(format!("{first_slot:020}.{EXTENSION}"))
}

/// The segments of a journal, in order: first slot by name, and path.
pub fn list(directory: &Path) -> Result<Vec<(u64, PathBuf)>, LogError> {
    let mut segments = Vec::new();
    for item in fs::read_dir(directory).map_err(LogError::io(directory))? {
        let path = item.map_err(LogError::io(directory))?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let slot = stem.filter(|stem| stem.len() == 20).and_then(|stem| stem.parse().ok());
        if let (Some(slot), true) = (slot, path.extension().is_some_and(|end| end == EXTENSION)) {
            segments.push((slot, path));
        }
    }
    segments.sort_unstable();
    Ok(segments)
}

/// The head of a segment that begins at `start`.
pub fn encode_head(origin: &Origin, start: &Head) -> Vec<u8> {
    let origin = origin.as_str().as_bytes();
    let mut bytes = Vec::with_capacity(FRAMES_OFFSET as usize);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&start.slot.to_be_bytes());
    bytes.extend_from_slice(&start.size.to_be_bytes());
    bytes.extend_from_slice(start.entry.as_bytes());
    bytes.extend_from_slice(start.frame.as_bytes());
    let length = u32::try_from(origin.len()).expect("an origin has at most 255 bytes");
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(origin);
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum);
    bytes.resize(FRAMES_OFFSET as usize, 0);
    bytes
}

/// Reads a segment's head; `None` unless every byte of it is as written.
pub fn decode_head(bytes: &[u8]) -> Option<(Origin, Head)> {
    let bytes = bytes.get(..FRAMES_OFFSET as usize)?;
    let mut reader = Reader(bytes);
    let _magic: [u8; 8] = reader.take().filter(|magic| *magic == MAGIC)?;
    let (slot, size) = (reader.u64()?, reader.u64()?);
    let entry = ChainHash::from_bytes(reader.take()?);
    let frame = FrameHash::from_bytes(reader.take()?);
    let origin = Origin::parse(std::str::from_utf8(reader.sized()?).ok()?).ok()?;
    let start = Head { slot, size, entry, frame };
    (encode_head(&origin, &start) == bytes).then_some((origin, start))
}

/// The head of a file; `None` unless every byte of it is as written.
pub fn read_head(path: &Path) -> Result<Option<(Origin, Head)>, LogError> {
    let mut bytes = vec![0; FRAMES_OFFSET as usize];
    let read = File::open(path).and_then(|file| file.read_exact_at(&mut bytes, 0));
    match read {
        Ok(()) => Ok(decode_head(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(LogError::io(path)(error)),
    }
}

/// Makes a segment and everything that its durability needs: room, head, name.
///
/// It is written under another name first, so a file named as a segment always has its head. On
/// failure nothing is left.
pub fn create(
    directory: &Path,
    origin: &Origin,
    start: &Head,
    length_bytes: u64,
) -> Result<(File, PathBuf), (PathBuf, io::Error)> {
    let path = path_of(directory, start.slot);
    let unfinished = path.with_extension(UNFINISHED);
    let made = make(&unfinished, &encode_head(origin, start), length_bytes)
        .and_then(|file| fs::rename(&unfinished, &path).map(|()| file))
        .and_then(|file| sync_directory(directory).map(|()| file));
    match made {
        Ok(file) => Ok((file, path)),
        Err(error) => {
            // Only what this call made: an older segment of that name cannot exist behind the head.
            let _ = fs::remove_file(&unfinished);
            let _ = fs::remove_file(&path);
            Err((path, error))
        }
    }
}

/// Makes a file of `length_bytes` that begins with `head`, durably, whatever stood there before.
pub fn make(path: &Path, head: &[u8], length_bytes: u64) -> io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
    preallocate(&file, length_bytes)?;
    file.write_all_at(head, 0)?;
    file.sync_all()?;
    Ok(file)
}

/// Reserves a file's room. Where the file system cannot, the file only gets its length, and a full
/// disk shows when a frame is written instead.
pub fn preallocate(file: &File, length_bytes: u64) -> io::Result<()> {
    match fallocate(file, FallocateFlags::empty(), 0, length_bytes) {
        Ok(()) => Ok(()),
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => {
            let length = file.metadata()?.len();
            if length < length_bytes { file.set_len(length_bytes) } else { Ok(()) }
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes the names in a directory durable.
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Removes what a stop in the middle of [`create`] left.
pub fn remove_unfinished(directory: &Path) -> Result<(), LogError> {
    for item in fs::read_dir(directory).map_err(LogError::io(directory))? {
        let path = item.map_err(LogError::io(directory))?.path();
        if path.extension().is_some_and(|end| end == UNFINISHED) {
            fs::remove_file(&path).map_err(LogError::io(path))?;
        }
    }
    Ok(())
}
