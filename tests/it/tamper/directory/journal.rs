//! The journal altered in its file, sled untouched: only the journal's copy shows it, and where the
//! two part.

use super::{Seen, Stored, expect, report};
use rollbook::ground::frame::Frame;

/// The bytes of a segment, taken apart.
struct Taken {
    head: Vec<u8>,
    frames: Vec<Vec<u8>>,
    unused: Vec<u8>,
}

impl Taken {
    fn of(stored: &Stored) -> Self {
        let bytes = std::fs::read(stored.segment()).unwrap();
        let (head, mut rest) = bytes.split_at(512);
        let mut frames = Vec::new();
        while let Ok((_, length)) = Frame::decode(rest) {
            let (frame, behind) = rest.split_at(length);
            frames.push(frame.to_vec());
            rest = behind;
        }
        assert!(rest.iter().all(|byte| *byte == 0) && !rest.is_empty());
        Self { head: head.to_vec(), frames, unused: rest.to_vec() }
    }

    fn put(self, stored: &Stored) {
        let bytes = [self.head, self.frames.concat(), self.unused].concat();
        std::fs::write(stored.segment(), bytes).unwrap();
    }

    /// Flips a bit of a part of a frame.
    fn flip(&mut self, frame: usize, part: &[u8]) {
        let bytes = &mut self.frames[frame];
        let place = bytes.windows(part.len()).position(|window| window == part).unwrap();
        bytes[place + part.len() / 2] ^= 1;
    }

    fn frame(&self, number: usize) -> Frame {
        Frame::decode(&self.frames[number]).unwrap().0
    }
}

type Case = (&'static str, fn(&mut Taken), Seen, u64);

const HASH: &str = "its bytes do not have their hash";
const FORM: &str = "it is not of the form that is written";
const CHAIN: &str = "it does not follow what stands before it";
const SHORT: &str = "5 batches were here once";

const CASES: [Case; 21] = [
    (
        "a byte of an entry",
        |it| it.flip(1, &it.frame(1).entries[0].bytes.clone()),
        Some((3, HASH)),
        3,
    ),
    (
        "a byte of the last entry",
        |it| it.flip(4, &it.frame(4).entries[1].bytes.clone()),
        Some((8, HASH)),
        8,
    ),
    (
        "a byte of a sealed value",
        |it| it.flip(1, &it.frame(1).vault[0].sealed.clone()),
        Some((3, HASH)),
        3,
    ),
    (
        "the owner of a sealed value",
        |it| it.flip(1, &it.frame(1).vault[0].owner.as_bytes().clone()),
        Some((3, HASH)),
        3,
    ),
    ("the recorded root", |it| it.flip(2, it.frame(2).root.as_bytes()), Some((5, HASH)), 5),
    (
        "the hash of the batch before",
        |it| it.flip(2, it.frame(2).previous.as_bytes()),
        Some((5, HASH)),
        5,
    ),
    ("the batch's own hash", |it| it.flip(2, it.frame(2).hash.as_bytes()), Some((5, HASH)), 5),
    ("the mark that a batch begins with", |it| it.frames[2][0] ^= 1, Some((5, FORM)), 5),
    ("the length of a batch", |it| it.frames[2][7] ^= 1, Some((5, HASH)), 5),
    ("the number of a batch", |it| it.frames[2][15] ^= 1, Some((5, HASH)), 5),
    ("two batches change places", |it| it.frames.swap(1, 2), Some((3, CHAIN)), 3),
    ("a batch stands twice", |it| it.frames.insert(2, it.frames[1].clone()), Some((5, CHAIN)), 5),
    ("the first batch is missing", |it| drop(it.frames.remove(0)), Some((0, CHAIN)), 0),
    ("a batch in the middle is missing", |it| drop(it.frames.remove(2)), Some((5, CHAIN)), 5),
    ("the last batch is missing", |it| drop(it.frames.pop()), Some((8, SHORT)), 8),
    ("every batch is missing", |it| it.frames.clear(), Some((0, SHORT)), 0),
    ("the last batch is zeros", |it| it.frames[4].fill(0), Some((8, SHORT)), 8),
    (
        "cut inside the last batch",
        |it| {
            let half = it.frames[4].len() / 2;
            it.frames[4].truncate(half);
            it.unused.clear();
        },
        Some((8, HASH)),
        8,
    ),
    (
        "cut inside a batch in the middle",
        |it| {
            it.frames.truncate(3);
            it.frames[2].pop();
            it.unused.clear();
        },
        Some((5, HASH)),
        5,
    ),
    ("something behind the last batch", |it| it.unused[0] = 1, Some((10, FORM)), 10),
    ("the head of the segment", |it| it.head[100] ^= 1, Some((0, HASH)), 0),
];

#[test]
fn every_alteration_of_the_journal_is_found_in_its_batch() {
    let stored = Stored::new();
    let mut missed = Vec::new();
    for (what, alter, journal, parted_at) in CASES {
        let altered = stored.copy();
        let mut taken = Taken::of(&altered);
        alter(&mut taken);
        taken.put(&altered);
        // Garbage behind the last batch changes no head: both copies read the same history.
        let parted_at = (parted_at < 10).then_some(parted_at);
        missed.extend(expect(what, &altered, [journal, None], parted_at).err());
    }
    report(&missed);
    eprintln!("{} altered journals, each found in its place", CASES.len());
}

#[test]
fn a_journal_without_its_segment_is_found() {
    let stored = Stored::new();
    std::fs::remove_file(stored.segment()).unwrap();
    expect("no segment", &stored, [Some((0, SHORT)), None], Some(0)).unwrap();
}

/// The room that a segment has beyond its batches holds nothing.
#[test]
fn unused_room_may_be_longer_or_shorter() {
    let stored = Stored::new();
    for room in [0, 1, 5000] {
        let altered = stored.copy();
        let mut taken = Taken::of(&altered);
        taken.unused.resize(room, 0);
        taken.put(&altered);
        assert!(altered.verify().is_whole(), "{room} bytes of room");
    }
}
