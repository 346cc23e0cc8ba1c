//! The process whose disk is watched: this test binary once more, with the shim before libc.

use super::record::{self, Operation};
use super::shredding;
use super::story::{Story, Wish, shown};
use rollbook::ground::embedded::Options;
use rollbook::ground::keyring::Keyring;
use rollbook::house::ledger::keyring_path;
use rollbook::house::{Ledger, Machine};
use rollbook::words::hash::Drawn;
use rollbook::words::{Origin, Timestamp};
use std::env;
use std::fs::{self, File};
use std::io::Write;
use std::ops::Range;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const WORK: &str = "ROLLBOOK_DISK_WORK";
const DATA: &str = "ROLLBOOK_DISK_DATA";
const SEED: &str = "ROLLBOOK_DISK_SEED";
const MARKS: &str = "ROLLBOOK_DISK_MARKS";

/// Small segments, so that a short run fills several.
pub(crate) const OPTIONS: Options = Options {
    segment_bytes: 8 * 1024,
    tail_limit_bytes: 1024 * 1024,
    sled_cache_bytes: 4 * 1024 * 1024,
};

/// The test that is the child.
const CHILD: &str = "disk::child::the_child";

/// Longer than any run takes, on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Commands of a run; enough for closing to write a savepoint.
pub(crate) const COMMANDS: usize = 84;

/// Keys that are erased, from leaf 0 on.
pub(crate) const ERASURES: u64 = 5;

pub(crate) const KEYRING_SEED: [u8; 32] = [0x5e; 32];

/// The savepoint key behind so many erasures, by which that keyring is known on a disk.
pub(crate) fn savepoint_key(erasures: u64) -> [u8; 32] {
    [0xa0 + erasures as u8; 32]
}

/// Groups of a life that goes on behind a failure: enough to fill a segment and begin the next.
const GROUPS_MORE: usize = 6;

pub(crate) fn origin() -> Origin {
    Origin::parse("ledger.example/campaign").unwrap()
}

/// The machine of the n-th opening: its clock begins where that of the one before cannot have come
/// to.
pub(crate) fn machine(seed: u64, opening: u64) -> Machine {
    let mut now = Timestamp::parse_any("2026-11-22").unwrap();
    now = Timestamp::from_micros(now.micros() + 3_600_000_000 * opening as i64);
    let mut bytes = [0xd1; 32];
    bytes[..8].copy_from_slice(&(seed << 16 | opening).to_le_bytes());
    let clock = move || {
        now = Timestamp::from_micros(now.micros() + 1000);
        now
    };
    let drawn = Drawn::from_seed(&bytes);
    Machine { clock: Box::new(clock), drawn, options: OPTIONS, unlock: None }
}

/// The child itself. Without its variables it is a test that has nothing to do.
#[test]
fn the_child() {
    let Some(work) = env::var_os(WORK) else { return };
    let data = PathBuf::from(env::var_os(DATA).unwrap());
    let seed: u64 = env::var(SEED).unwrap().parse().unwrap();
    match work.to_str().unwrap() {
        "live" => live(&data, seed),
        "go on" => go_on(&data, seed),
        "open" => open(&data, seed),
        "erase" => erase(&data),
        "shred" => shredding::life::begin(&data, seed),
        "shred on" => shredding::life::go_on(&data, seed),
        "load" => join_for_ever(&data, seed),
        other => panic!("there is no work called {other}"),
    }
}

/// Says something that stands in the record between what was done before and behind.
pub(super) fn mark(words: &str) {
    let marks = env::var_os(MARKS).unwrap();
    let mut file = File::options().append(true).create(true).open(marks).unwrap();
    file.write_all(format!("{words}\n").as_bytes()).unwrap();
}

/// The life of a ledger: made, used, closed, opened, used, closed.
fn live(data: &Path, seed: u64) {
    let story = Story::of(seed, COMMANDS);
    let mut ledger = match Ledger::create(data, origin(), machine(seed, 0)) {
        Ok(ledger) => ledger,
        Err(error) => return mark(&format!("not made: {error}")),
    };
    mark("made");
    let turn = story.groups.iter().position(|group| group.start > 70).unwrap();
    for (number, group) in story.groups.iter().enumerate() {
        if number == turn {
            // A sled that hangs holds a lock of its whole process: whoever goes on is another one.
            if !close(&ledger) {
                return;
            }
            drop(ledger);
            ledger = match Ledger::open(data, machine(seed, 1)) {
                Ok(ledger) => ledger,
                Err(error) => return mark(&format!("not opened: {error}")),
            };
            mark("opened");
        }
        if !submit(&ledger, &story, group.clone()) {
            break;
        }
    }
    close(&ledger);
}

/// Goes on with a life that was cut short. What the ledger shows at its opening is a promise too.
fn go_on(data: &Path, seed: u64) {
    let story = Story::of(seed, COMMANDS);
    let ledger = Ledger::open(data, machine(seed, 2));
    let ledger = ledger.or_else(|_| Ledger::create(data, origin(), machine(seed, 2))).unwrap();
    let found = (shown(&ledger.views()), ledger.head().size);
    let done = story.told.iter().position(|told| *told == found).unwrap();
    mark("made");
    mark(&format!("answered {done}"));
    let rest = story.groups.iter().filter(|group| group.end > done).take(GROUPS_MORE);
    for group in rest {
        assert!(submit(&ledger, &story, group.start.max(done)..group.end));
    }
    close(&ledger);
}

/// Hands over a group and waits for all answers. Tells whether all were good.
fn submit(ledger: &Ledger, story: &Story, group: Range<usize>) -> bool {
    mark(&format!("asked {}", group.end));
    let commands: Vec<_> = {
        let views = ledger.views();
        story.wishes[group.clone()].iter().map(|wish| wish.command(&views)).collect()
    };
    let pending: Vec<_> = commands.into_iter().map(|wish| ledger.enqueue(wish)).collect();
    let mut good = true;
    for (number, pending) in group.zip(pending) {
        match pending.wait() {
            Ok(_) => mark(&format!("answered {}", number + 1)),
            Err(error) => {
                good = false;
                mark(&format!("failed {number} {}", error.code()));
            }
        }
    }
    read_everything(ledger);
    good
}

/// Whatever happens to the writer, readers go on.
pub(super) fn read_everything(ledger: &Ledger) {
    let size = ledger.head().size;
    assert_eq!(ledger.views().size(), size);
    let mut read = 0;
    while read < size {
        let records = ledger.read(read, 1000).unwrap();
        records.iter().for_each(|record| drop(ledger.unseal(record).unwrap()));
        read += records.len() as u64;
    }
    for view in ledger.views().organizations() {
        let seqs = ledger.organization(view.id(), 0, usize::MAX).unwrap();
        assert_eq!(seqs.len() as u64, view.size());
    }
}

/// Tells whether it ended well.
pub(super) fn close(ledger: &Ledger) -> bool {
    let closed = ledger.close();
    match &closed {
        Ok(()) => mark("closed"),
        Err(error) => mark(&format!("not closed: {error}")),
    }
    closed.is_ok()
}

/// Opening alone, with everything that it puts right.
fn open(data: &Path, seed: u64) {
    match Ledger::open(data, machine(seed, 2)) {
        Ok(ledger) => {
            mark("opened");
            close(&ledger);
        }
        Err(error) => mark(&format!("not opened: {error}")),
    }
}

/// Erases one key after the other, from a keyring that is made if there is none.
fn erase(data: &Path) {
    fs::create_dir_all(data).unwrap();
    let path = keyring_path(data);
    let made = Keyring::create(&path, KEYRING_SEED, savepoint_key(0));
    let mut keyring = made.or_else(|_| Keyring::open(&path)).unwrap();
    // The names above it are the data directory's to keep.
    for names in [data, data.parent().unwrap()] {
        File::open(names).unwrap().sync_all().unwrap();
    }
    mark("made");
    let first = (0..ERASURES).find(|number| keyring.key(*number).is_some());
    mark(&format!("erased {}", first.unwrap_or(ERASURES)));
    for number in first.unwrap_or(ERASURES)..ERASURES {
        mark(&format!("erasing {}", number + 1));
        keyring.erase(&[number], savepoint_key(number + 1)).unwrap();
        mark(&format!("erased {}", number + 1));
    }
}

/// The organization that a load joins.
pub(crate) const LOAD: &str = "load";

/// Members of a load that are handed over at once.
const AT_ONCE: u64 = 8;

/// Makes a ledger, and lets members join it until the process is killed.
fn join_for_ever(data: &Path, seed: u64) {
    let ledger = Ledger::create(data, origin(), machine(seed, 0)).unwrap();
    // Views hold the writer back, so nobody waits for it with them.
    let begin = Wish::Begin { slug: LOAD.to_owned() }.command(&ledger.views());
    ledger.submit(begin).unwrap();
    println!("\nanswered 1");
    for group in 0.. {
        let join = |number: u64| {
            let wish = Wish::Join { slug: LOAD.to_owned(), login: format!("m{number}") };
            let command = wish.command(&ledger.views());
            ledger.enqueue(command)
        };
        let numbers = group * AT_ONCE..(group + 1) * AT_ONCE;
        let pending: Vec<_> = numbers.clone().map(join).collect();
        for (number, pending) in numbers.zip(pending) {
            pending.wait().unwrap();
            println!("answered {}", number + 2);
        }
    }
}

/// A process that joins for ever and says so.
pub(crate) fn load(data: &Path, seed: u64) -> process::Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", CHILD, "--nocapture", "--test-threads=1"])
        .envs([(WORK, "load"), (SEED, &seed.to_string())])
        .env(DATA, data)
        .stdout(Stdio::piped())
        .stdin(Stdio::null())
        .spawn()
        .unwrap()
}

/// How the shim is to treat the child's operations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Treatment {
    /// Which operation fails: its number from 1, the system's error, whether those that take no
    /// room count too, and whether every later one fails as well.
    pub(crate) fails: Option<(u64, i32, bool, bool)>,
    /// Syncs that do nothing, for seeing a campaign fail.
    pub(crate) skips: Option<&'static str>,
}

const SIGKILL: i32 = 9;

impl Treatment {
    /// The child is killed before its n-th operation.
    pub(crate) fn killed_at(number: u64) -> Self {
        Self { fails: Some((number, 0, true, false)), skips: None }
    }

    fn dies(&self) -> bool {
        self.fails.is_some_and(|(_, error, _, _)| error == 0)
    }
}

/// What a child did and said.
pub(crate) struct Run {
    pub(crate) operations: Vec<Operation>,
    /// How many operations could have failed.
    pub(crate) count: u64,
}

impl Run {
    /// What the child said, in order.
    pub(crate) fn marks(&self) -> Vec<String> {
        let mark = |operation: &Operation| match operation {
            Operation::Mark(words) => Some(words.trim_end().to_owned()),
            _ => None,
        };
        self.operations.iter().filter_map(mark).collect()
    }
}

/// Runs a child that works on `<folder>/data`, to its end. It must end by itself and well.
pub(crate) fn run(work: &str, folder: &Path, seed: u64, treatment: &Treatment) -> Run {
    let beside = |name: &str| folder.with_extension(name);
    let paths = ["record", "count", "words"].map(beside);
    paths.iter().for_each(|path| drop(fs::remove_file(path)));
    let [record, count, words] = &paths;
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", CHILD, "--nocapture", "--test-threads=1"])
        .envs([(WORK, work), (SEED, &seed.to_string())])
        .env(DATA, folder.join("data"))
        .env(MARKS, beside("marks"))
        .env("ROLLBOOK_DISK_FOLDER", folder)
        .env("ROLLBOOK_DISK_RECORD", record)
        .env("ROLLBOOK_DISK_COUNT", count)
        .env("LD_PRELOAD", shim())
        .stdout(File::create(words).unwrap())
        .stderr(File::options().append(true).open(words).unwrap())
        .stdin(Stdio::null());
    if let Some((number, error, all, on)) = treatment.fails {
        let text = format!("{number} {error} {} {}", u8::from(all), u8::from(on));
        command.env("ROLLBOOK_DISK_FAILS", text);
    }
    if let Some(skips) = treatment.skips {
        command.env("ROLLBOOK_DISK_SKIPS", skips);
    }
    let mut child = command.spawn().unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("the child hangs: {treatment:?}\n{}", fs::read_to_string(words).unwrap());
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let words = fs::read_to_string(words).unwrap();
    let killed = treatment.dies() && status.signal() == Some(SIGKILL);
    assert!(status.success() || killed, "{status} {treatment:?}\n{words}");
    assert!(!words.contains("panicked"), "{treatment:?}\n{words}");
    let count = fs::read_to_string(count).map_or(0, |count| count.parse().unwrap());
    Run { operations: record::read(record), count }
}

/// The shim, compiled once by the C compiler that Rust links with.
fn shim() -> &'static Path {
    static SHIM: OnceLock<PathBuf> = OnceLock::new();
    SHIM.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/campaign/disk/shim.c");
        let (made, path) =
            (folder.join(format!("shim-{}", std::process::id())), folder.join("shim.so"));
        let status = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&made, &source])
            .status()
            .expect("a C compiler is there, because Rust links with it");
        assert!(status.success(), "the shim does not compile");
        fs::rename(&made, &path).unwrap();
        path
    })
}
