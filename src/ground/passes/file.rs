//! The file `passes`: read at opening, appended to, and written anew.

use super::record::{self, FIRST_LINE, Record};
use super::table::{LIMIT, Table};
use super::{Note, PassesError};
use crate::ground::journal::mend::free_name;
use crate::ground::journal::segment::sync_directory;
use crate::ground::journal::torn::lacks_a_sector;
use crate::ground::record::HEADER_BYTES;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Only the owner reads and writes.
const MODE: u32 = 0o600;

/// The most that one write appends: everything that one user has ending at once, and what was used
/// meanwhile. A rest that is longer was not left by one torn write.
pub(super) const WRITE_LIMIT_BYTES: usize = 64 * 1024;

/// A file that has grown past twice what its passes take, and this much, is written anew.
pub(super) const SLACK_BYTES: usize = 1024 * 1024;

/// The longest file that is read: twice as many passes as there may be, each with all the detail
/// it may have, and the slack.
const FILE_LIMIT_BYTES: u64 = (2 * LIMIT * record::LIMIT_BYTES + SLACK_BYTES) as u64;

#[derive(Debug)]
pub(super) struct PassFile {
    path: PathBuf,
    /// None when it is unknown what the file holds: it is written anew before anything else.
    file: Option<File>,
    bytes: usize,
}

/// What stands in a file.
enum Found {
    Whole,
    /// The last write was never finished.
    Torn {
        bytes: usize,
    },
    Damaged(String),
}

impl PassFile {
    /// Reads what is there; the file that is to be used has to be written anew then.
    pub(super) fn open(data: &Path) -> Result<(Self, Table, Vec<Note>), PassesError> {
        let path = data.join("passes");
        let mut table = Table::default();
        let mut notes = Vec::new();
        if let Some(bytes) = read(&path)? {
            let found = match bytes {
                Ok(bytes) => replay(&bytes, &mut table),
                Err(damage) => Found::Damaged(damage),
            };
            match found {
                Found::Whole => {}
                Found::Torn { bytes } => notes.push(Note::Cut { path: path.clone(), bytes }),
                Found::Damaged(why) => {
                    table = Table::default();
                    let kept = free_name(&path);
                    let moved = fs::rename(&path, &kept).and_then(|()| sync_directory(data));
                    moved.map_err(PassesError::io(&path, "set aside"))?;
                    notes.push(Note::SetAside { path: path.clone(), why, kept });
                }
            }
        }
        Ok((Self { path, file: None, bytes: 0 }, table, notes))
    }

    /// Whether it has to be written anew before it is appended to.
    pub(super) fn is_overdue(&self, table: &Table) -> bool {
        self.file.is_none() || self.bytes > 2 * table.bytes() + SLACK_BYTES
    }

    /// Writes those bytes ([`written`]), durably, in place of what was there.
    pub(super) fn rewrite(&mut self, bytes: &[u8]) -> Result<(), PassesError> {
        self.file = None;
        let file = replace(&self.path, bytes);
        self.file = Some(file.map_err(PassesError::io(&self.path, "write"))?);
        self.bytes = bytes.len();
        Ok(())
    }

    /// Appends durably. Behind an error it is unknown what the file holds.
    pub(super) fn append(&mut self, records: &[Record]) -> Result<(), PassesError> {
        let mut bytes = Vec::new();
        for record in records {
            record.write(&mut bytes);
        }
        let mut file =
            self.file.take().ok_or_else(|| PassesError::Unsettled { path: self.path.clone() })?;
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        written.map_err(PassesError::io(&self.path, "append to"))?;
        self.file = Some(file);
        self.bytes += bytes.len();
        Ok(())
    }
}

/// All passes as a file.
pub(super) fn written(table: &Table) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FIRST_LINE.len() + table.bytes());
    bytes.extend_from_slice(FIRST_LINE);
    for pass in table.all() {
        Record::Issued(pass.clone()).write(&mut bytes);
    }
    bytes
}

/// The whole file; none where there is no file, and what is wrong where it cannot be one of ours.
fn read(path: &Path) -> Result<Option<Result<Vec<u8>, String>>, PassesError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Ok(metadata) if !metadata.is_file() => {
            return Err(PassesError::NotAFile { path: path.to_owned() });
        }
        found => found.map_err(PassesError::io(path, "read"))?,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(PassesError::io(path, "read"))?;
    let length = file.take(FILE_LIMIT_BYTES + 1).read_to_end(&mut bytes);
    if length.map_err(PassesError::io(path, "read"))? as u64 > FILE_LIMIT_BYTES {
        return Ok(Some(Err(format!("it is longer than {FILE_LIMIT_BYTES} bytes"))));
    }
    Ok(Some(Ok(bytes)))
}

/// Does what all records say.
fn replay(bytes: &[u8], table: &mut Table) -> Found {
    if !bytes.starts_with(FIRST_LINE) {
        return Found::Damaged("it does not begin as a passes file of format 1 does".to_owned());
    }
    let mut offset = FIRST_LINE.len();
    while offset < bytes.len() {
        let Some((record, length)) = Record::read(&bytes[offset..]) else {
            return ending(&bytes[offset..], offset);
        };
        table.apply(record);
        offset += length;
        if table.len() > LIMIT {
            return Found::Damaged(format!("it holds more than {LIMIT} passes"));
        }
    }
    Found::Whole
}

/// What stands behind the last whole record. A disk writes a sector wholly or not at all, and the
/// file grows with each write, so a torn record lacks a sector: there are zeros, or the file ends.
/// One that has all its sectors and not its checksum was acknowledged and damaged since: to cut it
/// could bring back what it ended.
fn ending(rest: &[u8], offset: usize) -> Found {
    let torn = rest.len() < HEADER_BYTES
        || lacks_a_sector(rest, offset, 0..HEADER_BYTES)
        || record::stated_length(rest)
            .is_some_and(|length| rest.len() < length || lacks_a_sector(rest, offset, 0..length));
    let is_last = || (1..rest.len()).all(|from| Record::read(&rest[from..]).is_none());
    if torn && rest.len() <= WRITE_LIMIT_BYTES && is_last() {
        Found::Torn { bytes: rest.len() }
    } else {
        Found::Damaged(format!("the record at byte {offset} does not match its checksum"))
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let next = path.with_extension("next");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(MODE).open(&next)?;
    // The mode at creation is narrowed by the process's mask, never guaranteed by it.
    file.set_permissions(Permissions::from_mode(MODE))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&next, path)?;
    sync_directory(path.parent().unwrap_or(path))?;
    Ok(file)
}
