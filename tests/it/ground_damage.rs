//! What is done to the files, and what opening makes of it. Whatever happens to one of the two
//! places, everything that was acknowledged is there afterwards; damage to both is named.

use crate::ground_support::{
    SMALL, batch, change, copy, create, entry, everything, grow, ledger, open, origin, scratch,
    segments,
};
use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::{EmbeddedLog, Inspection, OpenError, Repair};
use rollbook::ground::journal::segment;
use rollbook::ground::journal::survey::{Ending, Survey};
use rollbook::ground::{AppendError, Head, Log, LogError, Record};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Batches of the ledger that is damaged: enough for four segments.
const BATCHES: u64 = 12;

/// A ledger to be damaged again and again.
struct Original {
    directory: TempDir,
    head: Head,
    records: Vec<Record>,
}

impl Original {
    fn new() -> Self {
        let directory = scratch();
        let (head, records) = ledger(&directory.path().join("ledger"), BATCHES);
        let original = Self { directory, head, records };
        assert!(original.segments().len() >= 4, "{:?}", original.segments());
        original
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("ledger")
    }

    fn segments(&self) -> Vec<PathBuf> {
        segments(&self.path())
    }

    /// The place of a file of the original in a copy.
    fn in_copy(&self, copy: &Path, file: &Path) -> PathBuf {
        copy.join(file.strip_prefix(self.path()).unwrap())
    }

    /// Damages a copy, opens it, and demands that all is there, twice, and that work goes on.
    fn recovers(&self, what: &str, damage: impl FnOnce(&Path)) -> Vec<Repair> {
        let target = scratch();
        let path = target.path().join("ledger");
        copy(&self.path(), &path);
        damage(&path);
        let (log, repairs) = open(&path).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(log.head(), self.head, "{what}: {repairs:?}");
        assert_eq!(everything(&log), self.records, "{what}: {repairs:?}");
        for repair in &repairs {
            match repair {
                Repair::JournalMended { set_aside, .. } => {
                    assert!(set_aside.iter().all(|kept| kept.exists()), "{what}: {repair}");
                }
                Repair::SledRebuilt { set_aside: Some(kept), .. } => {
                    assert!(kept.exists(), "{what}: {repair}");
                }
                _ => {}
            }
        }
        drop(log);
        let (log, again) = open(&path).unwrap_or_else(|error| panic!("{what}, again: {error}"));
        assert_eq!(again, [], "{what}: one opening puts everything right");
        assert_eq!(log.head(), self.head);
        grow(&log, 2);
        repairs
    }

    /// Damages a copy and demands that it is not opened; gives the words.
    fn refuses(&self, damage: impl FnOnce(&Path)) -> OpenError {
        let target = scratch();
        let path = target.path().join("ledger");
        copy(&self.path(), &path);
        damage(&path);
        let journal = |path: &Path| {
            segments(path).iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>()
        };
        let before = journal(&path);
        match open(&path) {
            Ok((log, repairs)) => panic!("opened at {:?} after {repairs:?}", log.head()),
            Err(error) => {
                assert!(before == journal(&path), "a refusal leaves the journal as it was");
                error
            }
        }
    }
}

fn used(path: &Path) -> usize {
    let bytes = fs::read(path).unwrap();
    bytes.len() - bytes.iter().rev().take_while(|byte| **byte == 0).count()
}

/// Where the frames of a segment begin.
fn frame_offsets(path: &Path) -> Vec<usize> {
    let bytes = fs::read(path).unwrap();
    let mut offsets = vec![512];
    loop {
        let at = offsets[offsets.len() - 1];
        match bytes.get(at..at + 8) {
            Some([b'R', b'B', b'F', b'1', length @ ..]) => {
                let length = u32::from_be_bytes(length.try_into().unwrap());
                offsets.push(at + length as usize);
            }
            _ => return offsets,
        }
    }
}

/// Puts another ledger's sled in the place of this one's, with what it claims to hold.
fn take_sled(from: &Path, to: &Path) {
    fs::remove_dir_all(to.join("sled")).unwrap();
    copy(&from.join("sled"), &to.join("sled"));
    fs::copy(from.join("sled.fed"), to.join("sled.fed")).unwrap();
}

fn has_damage(repairs: &[Repair]) -> bool {
    repairs.iter().any(Repair::is_damage)
}

fn mended(repairs: &[Repair]) -> bool {
    repairs.iter().any(|repair| matches!(repair, Repair::JournalMended { .. }))
}

fn rebuilt(repairs: &[Repair]) -> bool {
    repairs.iter().any(|repair| matches!(repair, Repair::SledRebuilt { .. }))
}

#[test]
fn an_untouched_ledger_needs_nothing() {
    let original = Original::new();
    assert_eq!(original.recovers("nothing", |_| {}), []);
}

#[test]
fn a_write_torn_into_any_sectors_is_cut() {
    let directory = scratch();
    let (shorter, longer) = (directory.path().join("shorter"), directory.path().join("longer"));
    let (head, records) = ledger(&shorter, 10);
    let (next, _) = ledger(&longer, 11);
    let last = segments(&longer).pop().unwrap();
    let (begin, end) = (used(segments(&shorter).last().unwrap()), used(&last));
    let name = last.file_name().unwrap();
    assert_eq!(segments(&shorter).last().unwrap().file_name().unwrap(), name, "one segment longer");
    let frame = fs::read(&last).unwrap()[begin..end].to_vec();
    // Each sector reaches the disk wholly or not at all, and in any order.
    let sector = |byte: usize| (begin + byte) / 512 - begin / 512;
    let sectors = 1 + sector(frame.len() - 1);
    assert!((2..8).contains(&sectors), "{sectors} sectors");
    let tear = |kept: usize| -> Vec<u8> {
        let byte = |(place, byte): (usize, &u8)| {
            if kept >> sector(place) & 1 == 1 { *byte } else { 0 }
        };
        frame.iter().enumerate().map(byte).collect()
    };
    let tears: Vec<Vec<u8>> = (1..(1 << sectors) - 1).map(tear).collect();
    for (number, torn) in tears.iter().enumerate() {
        let path = directory.path().join("torn");
        copy(&shorter, &path);
        change(&path.join("journal").join(name), |bytes| {
            bytes[begin..begin + torn.len()].copy_from_slice(torn);
        });
        let survey = Survey::of(&path.join("journal")).unwrap();
        let ending = &survey.segments.last().unwrap().ending;
        assert!(matches!(ending, Ending::Torn { .. }), "tear {number}: {ending:?}");
        let (log, repairs) = open(&path).unwrap();
        assert!(matches!(repairs[..], [Repair::TailCut { slot: 10, .. }]), "{repairs:?}");
        assert_eq!((log.head(), everything(&log)), (head, records.clone()));
        assert_eq!(grow(&log, 1), next, "the same batch takes the place");
        drop(log);
        fs::remove_dir_all(&path).unwrap();
    }
}

#[test]
fn a_flipped_bit_anywhere_in_the_journal_is_mended_from_sled() {
    let original = Original::new();
    for segment in original.segments() {
        let used = used(&segment);
        let regions = [0, 7, 8, 16, 24, 56, 88, 95, 120, 511, 512, 516, 520, 528, 536, 540, 544];
        let tail = [used - 1, used - 32, used - 33, used - 64, used - 96, used - 97];
        let places = regions.into_iter().chain((550..used).step_by(331)).chain(tail);
        for place in places {
            let what = format!("{} byte {place}", segment.display());
            let repairs = original.recovers(&what, |copy| {
                change(&original.in_copy(copy, &segment), |bytes| bytes[place] ^= 1 << (place % 8));
            });
            assert!(mended(&repairs), "{what}: {repairs:?}");
        }
    }
}

#[test]
fn a_bit_in_the_unused_end_changes_nothing() {
    let original = Original::new();
    for segment in original.segments() {
        let length = fs::metadata(&segment).unwrap().len() as usize;
        let what = format!("{} end", segment.display());
        original.recovers(&what, |copy| {
            change(&original.in_copy(copy, &segment), |bytes| bytes[length - 1] ^= 1);
        });
    }
}

#[test]
fn a_zeroed_page_is_mended_from_sled() {
    let original = Original::new();
    for segment in original.segments() {
        for place in (0..used(&segment)).step_by(512) {
            let what = format!("{} page {place}", segment.display());
            let repairs = original.recovers(&what, |copy| {
                change(&original.in_copy(copy, &segment), |bytes| bytes[place..][..512].fill(0));
            });
            assert!(has_damage(&repairs), "{what}: {repairs:?}");
        }
    }
}

#[test]
fn removed_doubled_and_exchanged_frames_are_put_right() {
    let original = Original::new();
    for segment in original.segments() {
        let offsets = frame_offsets(&segment);
        let bytes = fs::read(&segment).unwrap();
        let frames: Vec<&[u8]> = offsets.windows(2).map(|two| &bytes[two[0]..two[1]]).collect();
        let rewritten = |frames: Vec<&[u8]>| {
            let mut changed = [&bytes[..512], &frames.concat()].concat();
            changed.resize(changed.len().max(bytes.len()), 0);
            changed
        };
        for index in 0..frames.len() {
            let mut removed = frames.clone();
            removed.remove(index);
            let mut doubled = frames.clone();
            doubled.insert(index, frames[index]);
            let mut exchanged = frames.clone();
            exchanged.swap(index, 0);
            for (what, frames) in [("removed", removed), ("doubled", doubled), ("moved", exchanged)]
            {
                let what = format!("{} frame {index} {what}", segment.display());
                original.recovers(&what, |copy| {
                    fs::write(original.in_copy(copy, &segment), rewritten(frames)).unwrap();
                });
            }
        }
    }
}

#[test]
fn a_cut_segment_is_mended_from_sled() {
    let original = Original::new();
    for segment in original.segments() {
        let mut lengths = frame_offsets(&segment);
        lengths.pop();
        lengths.extend([0, 100, 513, 700, used(&segment) - 1]);
        for length in lengths {
            let what = format!("{} cut at {length}", segment.display());
            let repairs = original.recovers(&what, |copy| {
                change(&original.in_copy(copy, &segment), |bytes| bytes.truncate(length));
            });
            assert!(has_damage(&repairs), "{what}: {repairs:?}");
        }
    }
}

#[test]
fn lost_segments_are_written_again_from_sled() {
    let original = Original::new();
    let segments = original.segments();
    for first in 0..segments.len() {
        for behind in first + 1..=segments.len() {
            let what = format!("segments {first}..{behind} removed");
            let repairs = original.recovers(&what, |copy| {
                for segment in &segments[first..behind] {
                    fs::remove_file(original.in_copy(copy, segment)).unwrap();
                }
            });
            assert!(has_damage(&repairs), "{what}: {repairs:?}");
        }
    }
    original.recovers("the journal removed", |copy| {
        fs::remove_dir_all(copy.join("journal")).unwrap();
    });
}

#[test]
fn swapped_segments_are_put_in_order_without_sled() {
    let original = Original::new();
    let segments = original.segments();
    for (one, other) in [(0, 1), (1, 2), (0, segments.len() - 1)] {
        for without_sled in [false, true] {
            let what = format!("segments {one} and {other} swapped");
            let repairs = original.recovers(&what, |copy| {
                let one = original.in_copy(copy, &segments[one]);
                let other = original.in_copy(copy, &segments[other]);
                let bytes = fs::read(&one).unwrap();
                fs::copy(&other, &one).unwrap();
                fs::write(&other, bytes).unwrap();
                if without_sled {
                    fs::remove_dir_all(copy.join("sled")).unwrap();
                }
            });
            let restored = repairs.iter().find_map(|repair| match repair {
                Repair::JournalMended { restored, .. } => Some(restored.len()),
                _ => None,
            });
            assert!(mended(&repairs) && restored == Some(0), "{what}: {repairs:?}");
        }
    }
}

#[test]
fn a_missing_sled_is_built_again() {
    let original = Original::new();
    let repairs = original.recovers("no sled", |copy| {
        fs::remove_dir_all(copy.join("sled")).unwrap();
    });
    assert!(matches!(&repairs[..], [Repair::SledRebuilt { set_aside: None, .. }]), "{repairs:?}");
}

#[test]
fn a_damaged_sled_is_set_aside_and_built_again() {
    let original = Original::new();
    let db = original.path().join("sled").join("db");
    let length = fs::metadata(&db).unwrap().len() as usize;
    let used = used(&db);
    let mut built_again = 0;
    for place in (0..used).step_by(used / 60 + 1) {
        let repairs = original.recovers(&format!("bit at {place} of {length}"), |copy| {
            change(&original.in_copy(copy, &db), |bytes| bytes[place] ^= 4);
        });
        built_again += usize::from(rebuilt(&repairs));
    }
    assert!(built_again > 0, "no bit was ever noticed");
    for cut in [1, 8, used / 3, used / 2, used] {
        original.recovers(&format!("cut to {}", used - cut), |copy| {
            change(&original.in_copy(copy, &db), |bytes| bytes.truncate(used - cut));
        });
    }
    for page in [0, used / 3, used / 2] {
        original.recovers(&format!("zeros at {page}"), |copy| {
            change(&original.in_copy(copy, &db), |bytes| {
                bytes[page..used.min(page + 4096)].fill(0)
            });
        });
    }
    original.recovers("conf", |copy| change(&copy.join("sled/conf"), |bytes| bytes[3] ^= 1));
}

#[test]
fn a_sled_that_is_behind_is_fed() {
    let original = Original::new();
    let directory = scratch();
    ledger(&directory.path().join("shorter"), 7);
    let repairs = original.recovers("sled of batch 7", |path| {
        take_sled(&directory.path().join("shorter"), path);
    });
    assert_eq!(repairs, [Repair::SledFed { batches: BATCHES - 7 }]);
}

#[test]
fn a_journal_that_ends_before_sled_is_continued() {
    let original = Original::new();
    let directory = scratch();
    ledger(&directory.path().join("shorter"), 7);
    let repairs = original.recovers("journal of batch 7", |path| {
        fs::remove_dir_all(path.join("journal")).unwrap();
        copy(&directory.path().join("shorter/journal"), &path.join("journal"));
    });
    assert_eq!(repairs, [Repair::JournalContinued { slot: 7, batches: BATCHES - 7 }]);
}

#[test]
fn a_sled_with_another_history_gives_way_to_the_journal() {
    let original = Original::new();
    let directory = scratch();
    let cases = [(0, 2), (0, 0), (5, 2), (5, 0), (5, 1), (BATCHES, 2)];
    for (number, (common, longer)) in cases.into_iter().enumerate() {
        let other = directory.path().join(number.to_string());
        let log = create(&other);
        let mut head = grow(&log, common);
        for index in 0..BATCHES + longer - common {
            let entry = entry(7, index, "another history");
            head = log.append(batch(vec![entry], vec![]), &head).unwrap();
        }
        drop(log);
        let take_its_sled = |path: &Path| take_sled(&other, path);
        if common < BATCHES {
            let repairs = original.recovers("another sled", take_its_sled);
            let kept = |repair: &Repair| {
                matches!(repair, Repair::SledRebuilt { set_aside: Some(path), .. }
                    if path.ends_with("sled.damaged-1"))
            };
            assert!(matches!(&repairs[..], [repair] if kept(repair)), "{repairs:?}");
        } else {
            // It follows the journal's head, so it was acknowledged.
            let path = directory.path().join("continued");
            copy(&original.path(), &path);
            take_its_sled(&path);
            let (log, repairs) = open(&path).unwrap();
            assert_eq!(log.head(), head);
            assert_eq!(repairs, [Repair::JournalContinued { slot: BATCHES, batches: 2 }]);
        }
    }
}

#[test]
fn a_segment_of_another_history_is_not_believed() {
    let original = Original::new();
    let directory = scratch();
    let other = directory.path().join("other");
    let log = create(&other);
    let text = "another history ".repeat(40);
    for index in 0..BATCHES {
        let entries = vec![entry(7, index, &text)];
        log.append(batch(entries, vec![]), &log.head()).unwrap();
    }
    drop(log);
    let (segment, foreign) = (&original.segments()[1], &segments(&other)[1]);
    let repairs = original.recovers("a foreign segment", |copy| {
        fs::copy(foreign, original.in_copy(copy, segment)).unwrap();
    });
    assert!(mended(&repairs), "{repairs:?}");
}

#[test]
fn damage_to_both_is_named_and_nothing_is_changed() {
    let original = Original::new();
    let segments = original.segments();
    let in_the_middle = frame_offsets(&segments[1])[1] + 40;
    let lose_sled = |copy: &Path| fs::remove_dir_all(copy.join("sled")).unwrap();
    let error = original.refuses(|copy| {
        lose_sled(copy);
        change(&original.in_copy(copy, &segments[1]), |bytes| bytes[in_the_middle] ^= 1);
    });
    let slot: u64 = segments[1].file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let words = format!("batch {} is lost, in the journal and in sled", slot + 1);
    assert!(error.to_string().contains(&words), "{error}");
    let error = original.refuses(|copy| {
        lose_sled(copy);
        fs::remove_file(original.in_copy(copy, &segments[2])).unwrap();
    });
    assert!(error.to_string().contains("are lost, in the journal and in sled"), "{error}");
    let error = original.refuses(|copy| {
        lose_sled(copy);
        fs::remove_file(original.in_copy(copy, &segments[0])).unwrap();
    });
    assert!(error.to_string().starts_with("batches 0 to "), "{error}");
    let error = original.refuses(|copy| {
        lose_sled(copy);
        for segment in &segments {
            fs::remove_file(original.in_copy(copy, segment)).unwrap();
        }
    });
    assert!(matches!(error, OpenError::NothingLeft { .. }), "{error}");
}

#[test]
fn two_damaged_frames_at_the_end_are_no_torn_write() {
    let original = Original::new();
    let segments = original.segments();
    let segment = segments.iter().rfind(|segment| frame_offsets(segment).len() > 2).unwrap();
    let offsets = frame_offsets(segment);
    let behind: Vec<_> = segments.iter().filter(|other| *other > segment).collect();
    let error = original.refuses(|copy| {
        fs::remove_dir_all(copy.join("sled")).unwrap();
        for other in behind {
            fs::remove_file(original.in_copy(copy, other)).unwrap();
        }
        change(&original.in_copy(copy, segment), |bytes| {
            for frame in &offsets[offsets.len() - 3..offsets.len() - 1] {
                bytes[frame + 60] ^= 1;
            }
        });
    });
    assert!(error.to_string().contains("from"), "{error}");
    assert!(matches!(error, OpenError::Lost(_)), "{error}");
}

#[test]
fn each_place_fills_the_holes_of_the_other() {
    // sled is whole and short, the journal is long and damaged where sled is whole.
    let original = Original::new();
    let directory = scratch();
    ledger(&directory.path().join("shorter"), 7);
    let segments = original.segments();
    let repairs = original.recovers("a short sled, a damaged journal", |path| {
        take_sled(&directory.path().join("shorter"), path);
        change(&original.in_copy(path, &segments[0]), |bytes| bytes[600] ^= 1);
    });
    assert!(mended(&repairs), "{repairs:?}");
    let fed = Repair::SledFed { batches: BATCHES - 7 };
    assert!(repairs.contains(&fed), "{repairs:?}");
}

#[test]
fn a_copy_of_a_running_ledger_holds_what_was_acknowledged() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    let log = create(&path);
    for round in 0..15 {
        let acknowledged = grow(&log, 1 + round % 4);
        let image = directory.path().join(format!("image-{round}"));
        copy(&path, &image);
        let (opened, repairs) = open(&image).unwrap();
        assert_eq!(opened.head(), acknowledged, "{repairs:?}");
        assert_eq!(everything(&opened), everything(&log));
    }
}

#[test]
fn reopening_changes_nothing() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    let reference = create(&directory.path().join("reference"));
    drop(create(&path));
    for round in 0..12 {
        let (log, repairs) = open(&path).unwrap();
        assert_eq!(repairs, []);
        assert_eq!(log.head(), reference.head());
        assert_eq!(grow(&log, round % 5), grow(&reference, round % 5));
        assert_eq!(everything(&log), everything(&reference));
    }
}

#[test]
fn a_closed_log_says_so() {
    let directory = scratch();
    let log = create(&directory.path().join("ledger"));
    let head = grow(&log, 1);
    log.close().unwrap();
    log.close().unwrap();
    assert!(matches!(log.read(0, 1), Err(LogError::Closed)));
    let answer = log.append(batch(vec![entry(9, 0, "x")], vec![]), &head);
    assert!(matches!(&answer, Err(AppendError::Rejected(_))), "{answer:?}");
    assert_eq!(log.head(), head);
}

#[test]
fn an_inspection_finds_what_opening_would_mend_and_changes_nothing() {
    let original = Original::new();
    let path = original.path();
    let journal = |inspection: &Inspection| {
        inspection.journal_frames().unwrap().map(|frame| frame.map(|frame| frame.head())).last()
    };
    let sled = |inspection: &Inspection| {
        inspection.sled_frames().unwrap().map(|frame| frame.map(|frame| frame.head())).last()
    };
    let inspect = || Inspection::open(&Directory::open(&path).unwrap(), 1 << 22).unwrap();
    let whole = inspect();
    assert_eq!(journal(&whole).unwrap().unwrap(), original.head);
    assert_eq!(sled(&whole).unwrap().unwrap(), original.head);
    drop(whole);
    let original_bytes = fs::read(&original.segments()[1]).unwrap();
    change(&original.segments()[1], |bytes| {
        let (_, start) = segment::decode_head(bytes).unwrap();
        let wrong = Head { size: start.size + 1, ..start };
        bytes[..512].copy_from_slice(&segment::encode_head(&origin(), &wrong));
    });
    let error = journal(&inspect()).unwrap().unwrap_err().to_string();
    assert!(error.ends_with("it does not follow what stands before it"), "{error}");
    fs::write(&original.segments()[1], original_bytes).unwrap();
    change(&original.segments()[1], |bytes| bytes[700] ^= 1);
    let damaged = inspect();
    let error = journal(&damaged).unwrap().unwrap_err();
    let slot =
        original.segments()[1].file_stem().unwrap().to_str().unwrap().parse::<u64>().unwrap();
    assert_eq!(
        error.to_string(),
        format!("batch {slot} is damaged: its bytes do not have their hash")
    );
    assert_eq!(sled(&damaged).unwrap().unwrap(), original.head);
    drop(damaged);
    assert!(journal(&inspect()).unwrap().is_err(), "nothing was mended");
    assert!(!path.join("sled.inspected").exists());
}

#[test]
fn a_rebuild_takes_everything_from_the_journal() {
    let original = Original::new();
    let path = original.path();
    let rebuild = || EmbeddedLog::rebuild(Directory::open(&path).unwrap(), SMALL);
    let (log, repairs) = rebuild().unwrap();
    assert!(rebuilt(&repairs));
    assert_eq!((log.head(), everything(&log)), (original.head, original.records.clone()));
    drop(log);
    change(&original.segments()[1], |bytes| bytes[700] ^= 1);
    assert!(matches!(rebuild(), Err(OpenError::JournalNotWhole { .. })));
    let (log, _) = open(&path).unwrap();
    assert_eq!(everything(&log), original.records, "sled was still there to mend it");
}
