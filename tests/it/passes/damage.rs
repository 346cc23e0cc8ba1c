//! Files that were torn, altered or never ours, and disks that are full.

use super::*;
use crate::ground_disk_full::SmallDisk;

/// Three passes, the second of them ended last; gives the file and where the last record begins.
fn written(data: &Path) -> (Vec<u8>, usize) {
    let passes = open(data);
    let file = data.join("passes");
    for number in 1..4 {
        passes.issue(session(number, 1), noon()).unwrap();
    }
    let begin = fs::read(&file).unwrap().len();
    passes.end(Kind::Session, &digest(2), noon()).unwrap();
    (fs::read(&file).unwrap(), begin)
}

fn opened(bytes: &[u8]) -> (Vec<u32>, Vec<Note>, usize) {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("passes"), bytes).unwrap();
    let (passes, notes) = Passes::open(data.path(), noon()).unwrap();
    let kept = data.path().join("passes.damaged-1");
    assert!(!kept.exists() || fs::read(kept).unwrap() == bytes, "it is kept as it was");
    (numbers(&passes, 1), notes, fs::read_dir(data.path()).unwrap().count())
}

#[test]
fn a_torn_record_is_cut_wherever_it_was_torn() {
    let (bytes, begin) = written(tempfile::tempdir().unwrap().path());
    for end in begin + 1..bytes.len() {
        let (found, notes, files) = opened(&bytes[..end]);
        assert_eq!((found, files), (vec![3, 2, 1], 1), "cut at {end}");
        let [Note::Cut { bytes, .. }] = notes.as_slice() else { panic!("{end}: {notes:?}") };
        assert_eq!(*bytes, end - begin);
        assert!(notes[0].to_string().contains("never acknowledged"));
    }
    // A file may have grown before its bytes reached the disk.
    let mut zeros = bytes[..begin].to_vec();
    zeros.resize(bytes.len(), 0);
    let (found, notes, _) = opened(&zeros);
    assert!(matches!(notes.as_slice(), [Note::Cut { .. }]), "{notes:?}");
    assert_eq!(found, [3, 2, 1]);
}

#[test]
fn a_record_that_lacks_any_sector_is_cut() {
    let data = tempfile::tempdir().unwrap();
    let passes = open(data.path());
    passes.issue(session(1, 1), noon()).unwrap();
    let file = data.path().join("passes");
    let begin = fs::read(&file).unwrap().len();
    let mut long = session(2, 1);
    long.detail = vec![1; DETAIL_LIMIT_BYTES];
    passes.issue(long, noon()).unwrap();
    let bytes = fs::read(&file).unwrap();
    let sectors: Vec<usize> = (0..bytes.len().div_ceil(512)).collect();
    for sector in sectors.into_iter().filter(|sector| (sector + 1) * 512 > begin) {
        let mut torn = bytes.clone();
        let end = bytes.len().min((sector + 1) * 512);
        torn[begin.max(sector * 512)..end].fill(0);
        let (found, notes, _) = opened(&torn);
        assert!(matches!(notes.as_slice(), [Note::Cut { .. }]), "{sector}: {notes:?}");
        assert_eq!(found, [1], "{sector}");
    }
}

#[test]
fn any_flipped_bit_puts_the_file_aside_and_brings_nothing_back() {
    let (bytes, _) = written(tempfile::tempdir().unwrap().path());
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let (found, notes, files) = opened(&flipped);
        assert_eq!((found, files), (vec![], 2), "bit {bit}");
        let [note @ Note::SetAside { .. }] = notes.as_slice() else { panic!("{bit}: {notes:?}") };
        assert!(note.to_string().contains("everybody signs in again"), "{note}");
    }
}

#[test]
fn what_is_no_passes_file_is_put_aside_or_refused() {
    for bytes in [&b""[..], b"rollbook passes 2\n", b"SQLite format 3\0"] {
        let (found, notes, files) = opened(bytes);
        assert_eq!((found, files), (vec![], 2));
        assert!(notes[0].to_string().contains("does not begin as a passes file of format 1 does"));
    }
    let data = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/null", data.path().join("passes")).unwrap();
    let error = Passes::open(data.path(), noon()).unwrap_err();
    assert!(matches!(error, PassesError::NotAFile { .. }), "{error}");
}

#[test]
fn a_full_disk_issues_nothing_ends_what_is_to_end_and_recovers() {
    let Some(disk) = SmallDisk::mount("1m") else { return };
    let data = disk.path();
    fs::create_dir(&data).unwrap();
    let passes = open(&data);
    let mut issued = Vec::new();
    for number in 0..50 {
        passes.issue(session(number, 1), noon()).unwrap();
        issued.insert(0, number);
    }
    let filler = disk.fill();
    let refused = (50..300).find(|number| passes.issue(session(*number, 2), noon()).is_err());
    let refused = refused.expect("the disk is full");
    let error = passes.issue(session(900, 2), noon()).unwrap_err().to_string();
    assert!(error.contains("No space left on device"), "{error}");
    assert_eq!(passes.find(Kind::Session, &digest(refused), noon()), None);
    assert_eq!(numbers(&passes, 1), issued, "who is in stays in");
    // Ended is ended, and the disk is said to have failed.
    passes.end(Kind::Session, &digest(7), noon()).unwrap_err();
    passes.take(Kind::Session, &digest(8), noon()).unwrap_err();
    issued.retain(|number| !matches!(number, 7 | 8));
    assert_eq!(numbers(&passes, 1), issued);
    fs::remove_file(filler).unwrap();
    passes.issue(session(901, 3), noon()).unwrap();
    assert_eq!(numbers(&open(&data), 1), issued, "with room it is written anew");
    assert_eq!(numbers(&open(&data), 3), [901]);
}
