//! A ledger on a disk of its own, with a clock that is set by hand.

use super::chance::Chance;
use rollbook::ground::embedded::{Options, Repair};
use rollbook::house::{Answer, Ledger, Machine};
use rollbook::law::Command;
use rollbook::words::hash::Drawn;
use rollbook::words::{Origin, Timestamp};
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Small segments, so that every run fills several.
const OPTIONS: Options = Options {
    segment_bytes: 48 * 1024,
    tail_limit_bytes: 16 * 1024 * 1024,
    sled_cache_bytes: 4 * 1024 * 1024,
};
/// More than a ledger of the longest run takes.
const ROOM: &str = "size=4g";
/// What a file of the small disk is made of.
const PAGE_BYTES: u64 = 4096;

/// A disk whose room can be taken away. Where nothing may be mounted, a directory in its place.
struct Disk {
    directory: TempDir,
    mounted: bool,
}

impl Disk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mount = process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", ROOM, "rollbook-test"])
            .arg(directory.path())
            .output();
        let mounted = mount.is_ok_and(|output| output.status.success());
        if !mounted {
            assert!(std::env::var_os("CI").is_none(), "CI must be able to mount a tmpfs");
            eprintln!("skipped: full disks, because no file system can be mounted here");
        }
        Self { directory, mounted }
    }

    fn resize(&self, size: &str) -> bool {
        let mount = process::Command::new("mount")
            .args(["-o", &format!("remount,{size}")])
            .arg(self.directory.path())
            .output();
        mount.unwrap().status.success()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            let _ = process::Command::new("umount").arg(self.directory.path()).status();
        }
    }
}

/// A place in the journal: segment, and offset in it.
pub(super) type Written = (PathBuf, u64);

/// Where the clock stands, and what makes it wait.
#[derive(Default)]
struct Hands {
    micros: AtomicI64,
    gate: Mutex<Option<Gate>>,
}

/// Whoever looks at the clock says so, and waits until they may go on.
struct Gate {
    reached: SyncSender<()>,
    opened: Receiver<()>,
}

/// See the module.
pub(super) struct House {
    path: PathBuf,
    hands: Arc<Hands>,
    ledger: Option<Ledger>,
    seed: u64,
    openings: u64,
    /// The directory itself; unmounted last.
    disk: Disk,
}

impl House {
    pub(super) fn new(seed: u64, now: Timestamp) -> Self {
        let disk = Disk::new();
        let path = disk.directory.path().join("ledger");
        let hands = Arc::new(Hands::default());
        let mut house = Self { path, hands, ledger: None, seed, openings: 0, disk };
        house.set_clock(now);
        let origin = Origin::parse("ledger.example/simulation").unwrap();
        let machine = house.machine();
        house.ledger = Some(Ledger::create(&house.path, origin, machine).unwrap());
        house
    }

    /// Each opening draws from a seed of its own: no identifier comes twice.
    fn machine(&mut self) -> Machine {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_be_bytes());
        seed[8..16].copy_from_slice(&self.openings.to_be_bytes());
        self.openings += 1;
        let hands = Arc::clone(&self.hands);
        let clock = Box::new(move || {
            let gate = hands.gate.lock().unwrap().take();
            if let Some(Gate { reached, opened }) = gate {
                reached.send(()).unwrap();
                opened.recv().unwrap();
            }
            Timestamp::from_micros(hands.micros.load(Ordering::SeqCst))
        });
        Machine { clock, drawn: Drawn::from_seed(&seed), options: OPTIONS, unlock: None }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn ledger(&self) -> &Ledger {
        self.ledger.as_ref().expect("it is closed only in order to be opened")
    }

    pub(super) fn clock(&self) -> Timestamp {
        Timestamp::from_micros(self.hands.micros.load(Ordering::SeqCst))
    }

    pub(super) fn set_clock(&self, now: Timestamp) {
        self.hands.micros.store(now.micros(), Ordering::SeqCst);
    }

    /// Gives the first command alone and all others together, as one group that the writer takes at
    /// once: it waits at the clock until they all stand in its queue.
    pub(super) fn submit_together(&self, commands: &[Command]) -> Vec<Answer> {
        let (reached, is_reached) = sync_channel(1);
        let (open, opened) = sync_channel(1);
        *self.hands.gate.lock().unwrap() = Some(Gate { reached, opened });
        let mut pending = Vec::new();
        for (index, command) in commands.iter().enumerate() {
            pending.push(self.ledger().enqueue(command.clone()));
            if index == 0 {
                is_reached.recv().unwrap();
            }
        }
        open.send(()).unwrap();
        pending.into_iter().map(rollbook::house::ledger::Pending::wait).collect()
    }

    /// Closes the ledger; where it is not `orderly`, as whoever forgets to.
    pub(super) fn end(&mut self, orderly: bool) {
        let ledger = self.ledger.take().unwrap();
        if orderly {
            ledger.close().unwrap();
            assert!(ledger.unsaved().is_none(), "{:?}", ledger.unsaved());
        }
    }

    pub(super) fn open(&mut self) {
        let machine = self.machine();
        self.ledger = Some(Ledger::open(&self.path, machine).unwrap());
        self.forget_what_was_set_aside();
    }

    pub(super) fn rebuild(&mut self) {
        let machine = self.machine();
        self.ledger = Some(Ledger::rebuild(&self.path, machine).unwrap());
        self.forget_what_was_set_aside();
    }

    /// What opening keeps for the operator would fill the disk.
    fn forget_what_was_set_aside(&self) {
        for repair in self.ledger().repairs() {
            if let Repair::SledRebuilt { set_aside: Some(path), .. } = repair {
                fs::remove_dir_all(path).unwrap();
            }
        }
    }

    pub(super) fn can_be_full(&self) -> bool {
        self.disk.mounted
    }

    /// Leaves no room on the disk.
    pub(super) fn fill(&self) {
        let used = || {
            let found = statvfs(self.disk.directory.path()).unwrap();
            (found.f_blocks - found.f_bfree) * found.f_frsize
        };
        // Another thread may be writing: then it is a little more than it was.
        let filled = (0..100).any(|_| self.disk.resize(&format!("size={}", used())));
        assert!(filled, "the disk does not get smaller");
    }

    pub(super) fn make_room(&self) {
        assert!(self.disk.resize(ROOM));
    }

    fn segments(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = fs::read_dir(self.path.join("journal"))
            .unwrap()
            .map(|item| item.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "segment"))
            .collect();
        paths.sort();
        paths
    }

    /// The last segment, and where what was written in it ends.
    pub(super) fn written(&self) -> Written {
        let path = self.segments().pop().unwrap();
        let bytes = fs::read(&path).unwrap();
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        (path, end as u64)
    }

    /// How much room the page has in which the journal ends.
    pub(super) fn left_of_page(&self) -> u64 {
        let (_, end) = self.written();
        end.next_multiple_of(PAGE_BYTES) - end
    }

    /// Takes back the room that the journal had reserved behind what is written: on a full disk a
    /// frame then goes into the file in part, and can neither be finished nor taken back.
    pub(super) fn unreserve(&self) {
        let (path, end) = self.written();
        let file = OpenOptions::new().write(true).open(path).unwrap();
        let from = end.next_multiple_of(PAGE_BYTES);
        let until = file.metadata().unwrap().len();
        if from < until {
            let how = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
            fallocate(&file, how, from, until - from).unwrap();
        }
    }

    /// What a power cut can leave of what was written to the journal behind `from`: its first
    /// sectors. Answers where the rest began.
    pub(super) fn lose_tail(&self, from: &Written, chance: &mut Chance) -> Written {
        let (path, begin) = from;
        let bytes = fs::read(path).unwrap();
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1);
        let cut = begin + chance.below(usize::try_from(end - begin + 1).unwrap()) as u64;
        let cut = if cut == end { end } else { begin.max(&(cut / 512 * 512)).to_owned() };
        let file = OpenOptions::new().write(true).open(path).unwrap();
        file.write_all_at(&vec![0; usize::try_from(end - cut).unwrap()], cut).unwrap();
        for later in self.segments().into_iter().filter(|later| later > path) {
            fs::remove_file(later).unwrap();
        }
        (path.clone(), cut)
    }
}
