//! What the disk allows: a plain file, written and synced the way the journal is.

use rollbook::words::FrameHash;
use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Appends `syncs` chained frames of `bytes` each to a file whose blocks were all written before:
/// the fastest durable append there is.
pub(crate) fn plain_file(directory: &Path, syncs: usize, bytes: usize) -> Duration {
    let path = directory.join("plain");
    let file = OpenOptions::new().create(true).truncate(true).write(true).open(&path);
    let file = file.expect("writable");
    let room = vec![0; 1 << 20];
    for start in (0..syncs * bytes).step_by(room.len()) {
        file.write_all_at(&room, start as u64).expect("room");
    }
    file.sync_all().expect("the disk works");
    let frame = vec![b'x'; bytes];
    let mut hash = FrameHash::from_bytes([0; 32]);
    let start = Instant::now();
    for sync in 0..syncs {
        hash = hash.follow(&frame);
        file.write_all_at(&frame, (sync * bytes) as u64).expect("room");
        file.sync_data().expect("the disk works");
    }
    let took = start.elapsed();
    assert_ne!(hash, FrameHash::from_bytes([0; 32]));
    std::fs::remove_file(&path).expect("it was made here");
    took
}
