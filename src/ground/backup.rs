//! A copy of a log, taken while it grows: the journal's frames up to one head.
//!
//! | bytes | what |
//! |---|---|
//! | 18 | `rollbook backup 1` and a line feed |
//! | 512 | the head that it ends at, as at the beginning of a segment |
//! | | the frames from the genesis on, one after the other |
//!
//! The head comes first and every frame names the one before, so whoever receives a copy knows
//! whether it is whole and of one history. On disk it is a data directory without a keyring, with
//! the first two parts in the file `BACKUP`.

use crate::ground::directory::{Directory, DirectoryError, make};
use crate::ground::frame::{self, Frame};
use crate::ground::journal::segment::{self, FRAMES_OFFSET};
use crate::ground::log::{BATCH_LIMIT_BYTES, Damage, Fault, Head, LogError};
use crate::words::Origin;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

const BEGINS: &[u8] = b"rollbook backup 1\n";

/// What the copy's file of segments is called.
const JOURNAL: &str = "journal";

/// Where a copy says where it ends.
const STATED: &str = "BACKUP";

/// As long as the segments of a data directory.
const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// A copy is its owner's alone.
const MODE: u32 = 0o700;

/// Why a copy was not made or cannot be used.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The log that is copied cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The directory that it is copied to cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// An error of the operating system.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// Whoever it was sent to takes no more, or whoever sends it sends no more.
    #[error("the copy broke off: {0}; make it anew")]
    BrokeOff(io::Error),
    /// It is no copy, or a damaged one.
    #[error("what came is no copy of a ledger, or a damaged one ({0}); make it anew")]
    Form(&'static str),
    /// It ends elsewhere than it says.
    #[error("the copy says that it has {stated} entries, and it has {found}: make it anew")]
    Short {
        /// What it says.
        stated: u64,
        /// What it has.
        found: u64,
    },
}

fn io_at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + '_ {
    |source| BackupError::Io { path: path.to_owned(), source }
}

/// Where a copy ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The ledger's name.
    pub origin: Origin,
    /// The head.
    pub head: Head,
}

impl Stated {
    fn write(&self) -> Vec<u8> {
        let mut block = segment::encode_head(&self.origin, &self.head);
        block.resize(FRAMES_OFFSET as usize, 0);
        [BEGINS, &block].concat()
    }

    fn read(reader: &mut dyn Read) -> Result<Self, BackupError> {
        let mut bytes = vec![0; BEGINS.len() + FRAMES_OFFSET as usize];
        reader.read_exact(&mut bytes).map_err(BackupError::BrokeOff)?;
        let block = bytes.strip_prefix(BEGINS).ok_or(BackupError::Form("its first line"))?;
        let read = segment::decode_head(block).ok_or(BackupError::Form("its head"))?;
        Ok(Self { origin: read.0, head: read.1 })
    }

    /// What a copy says of itself; none where it is one that was made in another way.
    pub fn of(directory: &Path) -> Result<Option<Self>, BackupError> {
        let path = directory.join(STATED);
        match File::open(&path) {
            Ok(mut file) => Self::read(&mut file).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_at(&path)(error)),
        }
    }
}

/// Sends the frames up to a head, each checked against the one before.
pub fn send(
    stated: &Stated,
    frames: impl Iterator<Item = Result<Frame, LogError>>,
    writer: &mut dyn Write,
) -> Result<(), BackupError> {
    writer.write_all(&stated.write()).map_err(BackupError::BrokeOff)?;
    let mut found = Head::genesis(&stated.origin);
    for frame in frames {
        let frame = frame?;
        writer.write_all(&frame.encode()).map_err(BackupError::BrokeOff)?;
        found = frame.head();
    }
    ends(stated, &found)?;
    writer.flush().map_err(BackupError::BrokeOff)
}

fn ends(stated: &Stated, found: &Head) -> Result<(), BackupError> {
    if *found == stated.head {
        return Ok(());
    }
    Err(BackupError::Short { stated: stated.head.size, found: found.size })
}

/// Receives a copy into a directory that does not exist or is empty, and makes it durable. It
/// counts as a data directory only when all of it is there.
pub fn receive(reader: &mut dyn Read, path: &Path) -> Result<Stated, BackupError> {
    let stated = Stated::read(reader)?;
    let directory = begin(path)?;
    let mut copy = Copy::into(path, &stated.origin)?;
    while let Some(bytes) = next(reader)? {
        let (frame, _) = Frame::decode(&bytes).map_err(|_| BackupError::Form("a frame"))?;
        copy.take(&frame, &bytes)?;
    }
    finish(copy, &stated, &directory)?;
    Ok(stated)
}

/// Makes a data directory, still without a keyring, of the frames of a journal; where they end if
/// nobody said so before.
pub fn copy(
    frames: impl Iterator<Item = Result<Frame, LogError>>,
    (origin, stated): (&Origin, Option<Stated>),
    path: &Path,
) -> Result<(Directory, Stated), BackupError> {
    let directory = begin(path)?;
    let mut copy = Copy::into(path, origin)?;
    for frame in frames {
        let frame = frame?;
        copy.take(&frame, &frame.encode())?;
    }
    let stated = stated.unwrap_or(Stated { origin: origin.clone(), head: copy.head });
    finish(copy, &stated, &directory)?;
    Ok((directory, stated))
}

fn begin(path: &Path) -> Result<Directory, BackupError> {
    make(path, MODE).map_err(io_at(path))?;
    Ok(Directory::create(path)?)
}

fn finish(copy: Copy, stated: &Stated, directory: &Directory) -> Result<(), BackupError> {
    ends(stated, &copy.head)?;
    copy.end()?;
    let path = directory.path().join(STATED);
    let written = || {
        let mut file = File::create(&path)?;
        file.write_all(&stated.write())?;
        file.sync_all()
    };
    written().map_err(io_at(&path))?;
    Ok(directory.finish()?)
}

/// The next frame's bytes; none at the end.
fn next(reader: &mut dyn Read) -> Result<Option<Vec<u8>>, BackupError> {
    let mut bytes = vec![0; frame::HEADER_BYTES];
    let mut filled = 0;
    while filled < bytes.len() {
        match reader.read(&mut bytes[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(BackupError::Form("its end")),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(BackupError::BrokeOff(error)),
        }
    }
    let length = frame::stated_length(&bytes).ok_or(BackupError::Form("a frame's length"))?;
    debug_assert!(length <= BATCH_LIMIT_BYTES);
    bytes.resize(length, 0);
    reader.read_exact(&mut bytes[frame::HEADER_BYTES..]).map_err(BackupError::BrokeOff)?;
    Ok(Some(bytes))
}

/// A journal that is written from frames, not synced one by one.
struct Copy {
    journal: PathBuf,
    origin: Origin,
    head: Head,
    segment: Option<Open>,
}

struct Open {
    file: BufWriter<File>,
    path: PathBuf,
    end: u64,
}

impl Copy {
    fn into(path: &Path, origin: &Origin) -> Result<Self, BackupError> {
        let journal = path.join(JOURNAL);
        make(&journal, MODE).map_err(io_at(&journal))?;
        let (origin, head) = (origin.clone(), Head::genesis(origin));
        Ok(Self { journal, origin, head, segment: None })
    }

    fn take(&mut self, frame: &Frame, bytes: &[u8]) -> Result<(), BackupError> {
        if !frame.follows(&self.head) {
            return Err(LogError::from(Damage::at_slot(self.head.slot, Fault::Chain)).into());
        }
        let length = bytes.len() as u64;
        if self.segment.as_ref().is_some_and(|open| open.end + length > SEGMENT_BYTES)
            && let Some(open) = self.segment.take()
        {
            open.close()?;
        }
        let open = match &mut self.segment {
            Some(open) => open,
            none => none.insert(Open::make(&self.journal, &self.origin, &self.head)?),
        };
        open.file.write_all(bytes).map_err(io_at(&open.path))?;
        open.end += length;
        self.head = frame.head();
        Ok(())
    }

    fn end(self) -> Result<(), BackupError> {
        if let Some(open) = self.segment {
            open.close()?;
        }
        segment::sync_directory(&self.journal).map_err(io_at(&self.journal))
    }
}

impl Open {
    fn make(journal: &Path, origin: &Origin, head: &Head) -> Result<Self, BackupError> {
        let made = segment::create(journal, origin, head, FRAMES_OFFSET);
        let (mut file, path) = made.map_err(|(path, source)| BackupError::Io { path, source })?;
        file.seek(SeekFrom::Start(FRAMES_OFFSET)).map_err(io_at(&path))?;
        Ok(Self { file: BufWriter::new(file), path, end: FRAMES_OFFSET })
    }

    fn close(self) -> Result<(), BackupError> {
        let Self { file, path, .. } = self;
        let file = file.into_inner().map_err(|error| io_at(&path)(error.into_error()))?;
        file.sync_all().map_err(io_at(&path))
    }
}

/// Copies a file that only its owner may read, durably.
pub fn copy_secret(from: &Path, to: &Path) -> Result<(), BackupError> {
    use std::os::unix::fs::OpenOptionsExt;
    let bytes = zeroize::Zeroizing::new(fs::read(from).map_err(io_at(from))?);
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(to);
    let mut file = file.map_err(io_at(to))?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(io_at(to))
}
