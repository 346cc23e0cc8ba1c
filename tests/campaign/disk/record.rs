//! What a process did to its disk, in order, as `shim.c` writes it down.

use std::fs;
use std::path::{Path, PathBuf};

/// One operation that succeeded.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    /// A file came to be.
    Create {
        path: PathBuf,
        inode: u64,
    },
    Write {
        inode: u64,
        offset: u64,
        data: Vec<u8>,
    },
    /// A file was cut or extended to a length.
    Length {
        inode: u64,
        length: u64,
    },
    /// A file has room up to here, and is at least as long.
    Allocate {
        inode: u64,
        length: u64,
    },
    /// A file's bytes, or a folder's names, were made durable.
    Sync {
        inode: u64,
    },
    /// The same failed. The system takes what was to be written for written from then on.
    FailedSync {
        inode: u64,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Unlink {
        path: PathBuf,
    },
    MakeFolder {
        path: PathBuf,
        inode: u64,
    },
    Link {
        from: PathBuf,
        to: PathBuf,
    },
    /// Nothing was done to the disk: the process said something.
    Mark(String),
}

/// Reads a record.
pub(crate) fn read(path: &Path) -> Vec<Operation> {
    let bytes = fs::read(path).unwrap();
    let mut rest = bytes.as_slice();
    let mut operations = Vec::new();
    while !rest.is_empty() {
        operations.push(operation(&mut rest));
    }
    operations
}

fn operation(rest: &mut &[u8]) -> Operation {
    let [kind, path, other, has_data] = [(); 4].map(|()| number::<4>(rest) as usize);
    let [inode, offset, length] = [(); 3].map(|()| number::<8>(rest));
    let path = PathBuf::from(text(take(rest, path)));
    let other = PathBuf::from(text(take(rest, other)));
    let data = take(rest, if has_data == 0 { 0 } else { length as usize });
    match kind {
        1 => Operation::Create { path, inode },
        2 => Operation::Write { inode, offset, data: data.to_vec() },
        3 => Operation::Length { inode, length: offset },
        4 => Operation::Allocate { inode, length: offset },
        5 => Operation::Sync { inode },
        6 => Operation::Rename { from: path, to: other },
        7 | 10 => Operation::Unlink { path },
        8 => Operation::MakeFolder { path, inode },
        9 => Operation::Link { from: path, to: other },
        11 => Operation::Mark(text(data)),
        12 => Operation::FailedSync { inode },
        other => panic!("the record holds an operation of kind {other}"),
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (part, behind) = rest.split_at(length);
    *rest = behind;
    part
}

fn number<const N: usize>(rest: &mut &[u8]) -> u64 {
    take(rest, N).iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
