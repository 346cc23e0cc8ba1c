//! Stored files are damaged at random: either everything is put right from what is left, or opening
//! is refused and says what is lost. Never a panic, and never a ledger that is merely shorter.

use super::base;
use super::child::{self, COMMANDS, Treatment, machine};
use super::reopened::{check_copies, copies_are_equal};
use super::scratch;
use super::story::{Members, Story, shown};
use super::tally::{Saying, Tally};
use crate::support::chance::Chance;
use crate::support::extent::Extent;
use crate::support::files::copy;
use rollbook::ground::embedded::Repair;
use rollbook::house::{Ledger, Machine};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What a ledger keeps, as far as damage to it is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Journal,
    Sled,
    /// How much sled once held.
    Claim,
    Keyring,
    Savepoint,
    Format,
}

const PARTS: [Part; 10] = [
    Part::Journal,
    Part::Journal,
    Part::Journal,
    Part::Journal,
    Part::Sled,
    Part::Sled,
    Part::Claim,
    Part::Keyring,
    Part::Savepoint,
    Part::Format,
];

/// A ledger to be damaged, and what it holds.
struct Original {
    folder: TempDir,
    size: u64,
    members: Members,
    /// Whether it was closed, so that sled has everything.
    is_closed: bool,
}

impl Original {
    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn closed(story: &Story) -> Self {
        let (members, size) = story.told[COMMANDS].clone();
        Self { folder: base::ledger(story), size, members, is_closed: true }
    }

    /// One whose process was killed.
    fn killed(seed: u64, number: u64) -> Self {
        let folder = scratch();
        child::run("live", folder.path(), seed, &Treatment::killed_at(number));
        let whole = scratch();
        copy(folder.path(), whole.path());
        let ledger = Ledger::open(&whole.path().join("data"), machine(1, 3)).unwrap();
        let (size, members) = (ledger.head().size, shown(&ledger.views()));
        Self { folder, size, members, is_closed: false }
    }
}

#[test]
fn damage_is_put_right_or_named() {
    let extent = Extent::of_campaign();
    let mut tally = Tally::default();
    let story = Story::of(1, COMMANDS);
    let closed = Original::closed(&story);
    let killed = [230, 270, 310].map(|number| Original::killed(1, number));
    let other = base::ledger_of(&Story::of(2, COMMANDS), "ledger.example/other");
    for seed in extent.seeds(100, 3000) {
        let mut chance = Chance::from_seed(seed);
        let one = chance.below(killed.len());
        let original = if chance.percent(75) { &closed } else { &killed[one] };
        trial(seed, &mut chance, original, &other.path().join("data"), &mut tally);
    }
    eprintln!("damage: {tally}");
    for what in ["refused, batches named", "journal mended", "journal continued", "sled rebuilt"] {
        let came = tally.of(what) > 0 || tally.of("trials") == 1;
        assert!(came, "no trial came to {what}: {tally}");
    }
}

fn trial(seed: u64, chance: &mut Chance, original: &Original, other: &Path, tally: &mut Tally) {
    let folder = scratch();
    let data = folder.path().join("data");
    copy(&original.data(), &data);
    let mut parts = Vec::new();
    let mut what = format!("SEED={seed}");
    let damages = if original.is_closed { 1 + chance.below(2) } else { 1 };
    for _ in 0..damages {
        let part = chance.pick(&PARTS);
        let Some(path) = file(part, &data, chance) else { continue };
        let done = harm(&path, other, part, original, chance);
        what = format!("{what}; {part:?} {}: {done}", path.file_name().unwrap().display());
        parts.push(part);
    }
    let _what = Saying(&what);
    let opened = catch_unwind(AssertUnwindSafe(|| open(&data, machine(1, 4), original)));
    match opened.expect("nothing panics on damage") {
        Ok(repairs) => {
            tally.opened(&repairs);
            if !copies_are_equal(&data) {
                // sled can hide damage until it is opened once more. The journal is whole by then.
                tally.count("sled put right by the second opening");
                open(&data, machine(1, 5), original).unwrap();
            }
            check_copies(&data);
        }
        Err(why) => {
            assert!(may_refuse(&parts, original.is_closed), "refused: {why}");
            tally.count(named(&why, &parts).unwrap_or_else(|| panic!("what is lost? {why}")));
            // Refusing has made nothing worse: with the files back, everything is there.
            for folder in ["journal", "sled"] {
                let _ = fs::remove_dir_all(data.join(folder));
            }
            copy(&original.data(), &data);
            open(&data, machine(1, 5), original).unwrap();
        }
    }
    let ledger = Ledger::open(&data, machine(1, 6)).unwrap();
    assert!(
        ledger.repairs().is_empty(),
        "one opening puts everything right: {:?}",
        ledger.repairs()
    );
    tally.count("trials");
}

/// Opens, reads and closes; gives what was put right, or in which words it was refused.
fn open(data: &Path, machine: Machine, original: &Original) -> Result<Vec<Repair>, String> {
    let ledger = Ledger::open(data, machine).map_err(|error| error.to_string())?;
    let repairs = ledger.repairs().to_vec();
    assert_eq!(ledger.head().size, original.size, "it is silently shorter: {repairs:?}");
    assert_eq!(shown(&ledger.views()), original.members, "{repairs:?}");
    ledger.close().unwrap();
    Ok(repairs)
}

/// One file of a part; none where the part has none.
fn file(part: Part, data: &Path, chance: &mut Chance) -> Option<PathBuf> {
    let below = |folder: &str, chance: &mut Chance| {
        let items = fs::read_dir(data.join(folder)).ok()?;
        let mut paths: Vec<PathBuf> = items.map(|item| item.unwrap().path()).collect();
        paths.retain(|path| path.is_file() && !path.to_string_lossy().contains(".damaged-"));
        paths.sort();
        (!paths.is_empty()).then(|| paths.swap_remove(chance.below(paths.len())))
    };
    match part {
        Part::Journal => below("journal", chance),
        Part::Sled if chance.percent(20) => Some(data.join("sled")),
        // Most of what sled keeps stands in one file.
        Part::Sled if chance.percent(50) => Some(data.join("sled/db")),
        Part::Sled => below("sled", chance),
        Part::Claim => Some(data.join("sled.fed")),
        Part::Keyring => Some(data.join("keyring")),
        Part::Savepoint => below("savepoints", chance),
        Part::Format => Some(data.join("FORMAT")),
    }
    .filter(|path| path.exists())
}

/// Damages a file or folder; says how.
fn harm(
    path: &Path,
    other: &Path,
    part: Part,
    original: &Original,
    chance: &mut Chance,
) -> &'static str {
    let data = path.ancestors().find(|above| above.ends_with("data")).unwrap();
    let of_other = other.join(path.strip_prefix(data).unwrap());
    if path.is_dir() {
        fs::remove_dir_all(path).unwrap();
        if chance.percent(50) {
            copy(&of_other, path);
            return "another ledger's";
        }
        return "removed";
    }
    let bits_only = part == Part::Journal && !original.is_closed;
    match if bits_only { 0 } else { chance.below(6) } {
        0 | 1 => {
            let flips = 1 + chance.below(4);
            base::change(path, |bytes| {
                let used = base::used(bytes).max(1).min(bytes.len());
                (0..if bytes.is_empty() { 0 } else { flips })
                    .for_each(|_| bytes[chance.below(used)] ^= 1 << chance.below(8));
            });
            "bits flipped"
        }
        2 => {
            base::change(path, |bytes| {
                let page = chance.below(base::used(bytes).div_ceil(4096).max(1)) * 4096;
                let end = (page + 4096).min(bytes.len());
                bytes[page.min(end)..end].fill(0);
            });
            "a page zeroed"
        }
        3 => {
            base::change(path, |bytes| bytes.truncate(chance.below(base::used(bytes).max(1))));
            "cut"
        }
        4 => {
            fs::remove_file(path).unwrap();
            "removed"
        }
        _ => swap(path, &of_other, chance),
    }
}

/// Puts another file of its kind in a file's place: of the same folder, or of another ledger.
fn swap(path: &Path, of_other: &Path, chance: &mut Chance) -> &'static str {
    let items = fs::read_dir(path.parent().unwrap()).unwrap().map(|item| item.unwrap().path());
    let mut beside: Vec<PathBuf> =
        items.filter(|item| item.extension() == path.extension() && item != path).collect();
    beside.sort();
    if path.extension().is_some() && !beside.is_empty() && chance.percent(50) {
        base::swap(path, &beside[chance.below(beside.len())]);
        return "swapped with another";
    }
    if !of_other.exists() {
        fs::remove_file(path).unwrap();
        return "removed";
    }
    fs::copy(of_other, path).unwrap();
    "another ledger's"
}

/// A refusal needs damage that only a backup cures: to both copies of the log, or to what has no
/// copy. Where the process was killed, sled may lack the newest of the journal.
fn may_refuse(parts: &[Part], is_closed: bool) -> bool {
    let has = |part: Part| parts.contains(&part);
    let copies = has(Part::Journal) && (has(Part::Sled) || !is_closed);
    copies || has(Part::Keyring) || has(Part::Format)
}

/// What a refusal says is lost, if that is among what was damaged.
fn named(why: &str, parts: &[Part]) -> Option<&'static str> {
    let has = |part: Part| parts.contains(&part);
    let batches = why.contains("lost, in the journal and in sled: the log is whole up to entry");
    let nothing_left = why.contains("neither a readable journal nor a readable sled");
    if has(Part::Journal) && (batches || nothing_left) {
        return Some("refused, batches named");
    }
    if has(Part::Keyring) && (why.contains("keyring") || why.contains("entry")) {
        return Some("refused, keyring named");
    }
    let format = why.contains("FORMAT") || why.contains("has format");
    (has(Part::Format) && format).then_some("refused, format named")
}
