//! The kill -9 loop: an import is killed at random moments, everything is read and verified, and
//! the next process continues it, until it is complete and equals one that nobody disturbed.

use crate::crash::child::{Child, DOMAIN, SEGMENT_BYTES, Said};
use crate::crash::histories::{self, Files};
use crate::crash::stored::{Stored, assert_lawful, lists, read_and_verify};
use crate::support::{ledger, real_history};
use rollbook::house::import::import;
use rollbook::house::source::History;
use rollbook::words::hash::Drawn;
use rollbook::words::{CommandId, Name};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Commits of up to this many lines fit into one batch, so they are there wholly or not at all.
const SURELY_ONE_BATCH: usize = 500;

/// Kills of the loop when nobody asks for a certain time or number.
const KILLS: u64 = 16;

/// A number that somebody asks for.
fn asked(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

#[test]
fn killed_imports_lose_nothing() {
    let Some(data) = real_history() else { return };
    let directory = tempfile::tempdir().unwrap();
    let (seconds, kills) = (asked("ROLLBOOK_KILL_SECONDS"), asked("ROLLBOOK_KILLS"));
    let kills = kills.unwrap_or(KILLS);
    let mut real = histories::real(&data);
    if seconds.is_none() {
        // The commit of 3,126 lines is the last.
        real = real.until(4549, &directory.path().join("real"));
    }
    let generated = histories::generated(2, &directory.path().join("generated"));
    let goals = [Goal::of(generated, directory.path()), Goal::of(real, directory.path())];
    let deadline = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut tally = Tally::default();
    let mut chance = Drawn::from_seed(&[7; 32]);
    for round in 0.. {
        let goal = &goals[round % goals.len()];
        let path = directory.path().join(format!("killed-{round}"));
        // Behind a kill of the real history there is more to verify, so it gets fewer.
        let enough = if round == 0 { kills / 2 + 2 } else { kills };
        kill_until_complete(&path, goal, &mut chance, &mut tally, |tally| match deadline {
            Some(deadline) => Instant::now() < deadline,
            None => tally.kills < enough,
        });
        let over = deadline.map_or(tally.kills >= kills, |deadline| Instant::now() > deadline);
        if over {
            break;
        }
    }
    eprintln!("{tally}");
    assert!(tally.lines_at_kills > 0, "every kill came before the first commit: {tally}");
}

/// A history, and what an import of it that nobody disturbs leads to.
struct Goal {
    files: Files,
    told: Vec<(String, String, u64)>,
    lists: Vec<String>,
}

impl Goal {
    fn of(files: Files, directory: &Path) -> Self {
        let name = files.paths[0].file_stem().unwrap().to_str().unwrap();
        let path = directory.join(format!("undisturbed-{name}"));
        let whole = ledger(&path, 1);
        let mut history = History::open(&files.paths, DOMAIN).unwrap();
        let (summary, error) = import(&whole, &mut history, &mut |_, _| ());
        assert!(error.is_none(), "{}", error.unwrap());
        assert_eq!(summary.imported, files.lines.len() as u64);
        drop(whole);
        let stored = read_and_verify(&path);
        Self { files, told: stored.told(), lists: lists(&stored.views) }
    }
}

/// What the loop has seen.
#[derive(Debug, Default)]
struct Tally {
    kills: u64,
    during_opening: u64,
    /// Kills that left a commit of several batches cut in its middle.
    inside_commits: u64,
    acknowledged_commits: u64,
    lines_at_kills: u64,
    imports: u64,
    repairs: BTreeMap<&'static str, u64>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, during_opening, inside_commits, .. } = self;
        let Self { acknowledged_commits, lines_at_kills, imports, repairs, .. } = self;
        write!(
            f,
            "{kills} kills ({during_opening} while opening, {inside_commits} between the batches of a \
             commit), {acknowledged_commits} commits acknowledged, 0 lost; {lines_at_kills} lines \
             checked behind kills, {imports} imports completed; repairs {repairs:?}"
        )
    }
}

/// Kills and continues the import as long as `goes_on`, then lets it finish.
fn kill_until_complete(
    path: &Path,
    goal: &Goal,
    chance: &mut Drawn,
    tally: &mut Tally,
    goes_on: impl Fn(&Tally) -> bool,
) {
    drop(ledger(path, 100));
    let (mut size, mut commits, mut complete) = (0, 0, false);
    let mut commands = BTreeMap::new();
    while !complete {
        let seed = u64::from_le_bytes(chance.bytes());
        let mut child = Child::start(path, &goal.files, seed);
        let kills = goes_on(tally);
        let said = if kills {
            wait_for_a_moment(&mut child, path, commits, chance);
            child.kill()
        } else {
            child.finish()
        };
        tally.kills += u64::from(kills && !said.complete);
        tally.during_opening += u64::from(!said.opened);
        tally.acknowledged_commits += said.commits.saturating_sub(commits) as u64;
        commits = commits.max(said.commits);
        let stored = read_and_verify(path);
        size = check(&stored, &said, size, goal, &mut commands, tally);
        complete = said.complete;
    }
    tally.imports += 1;
    let stored = read_and_verify(path);
    assert!(stored.repairs.is_empty(), "a clean stop leaves nothing to repair");
    assert_eq!(stored.told(), goal.told);
    assert_eq!(lists(&stored.views), goal.lists);
}

/// Three kinds of moments: anywhere while opening, soon behind the first commit that is recorded,
/// and soon after a batch of a large commit began to be written.
fn wait_for_a_moment(child: &mut Child, path: &Path, before: usize, chance: &mut Drawn) {
    let [kind] = chance.bytes();
    let micros = u64::from(u16::from_le_bytes(chance.bytes()));
    match kind % 8 {
        0 => std::thread::sleep(Duration::from_micros(micros * 10)),
        1..=4 => {
            child.wait_until(|said| said.commits > before);
            std::thread::sleep(Duration::from_micros(micros));
        }
        _ => {
            child.wait_until(|said| said.opened);
            let large = large_segments(path);
            // Where no large commit is near, a small one will do.
            let enough = |said: &Said| said.commits > before + 12;
            child.wait_until(|said| large_segments(path) > large || enough(said));
            std::thread::sleep(Duration::from_micros(micros / 8));
        }
    }
}

/// How many segments were made for a single frame that is longer than a common segment.
fn large_segments(path: &Path) -> usize {
    let items = std::fs::read_dir(path.join("journal")).unwrap();
    let items = items.filter_map(|item| item.unwrap().metadata().ok());
    items.filter(|found| found.len() > 2 * SEGMENT_BYTES).count()
}

/// Checks what a killed child left; gives the ledger's size.
fn check(
    stored: &Stored,
    said: &Said,
    size_before: u64,
    goal: &Goal,
    commands: &mut BTreeMap<String, CommandId>,
    tally: &mut Tally,
) -> u64 {
    for repair in &stored.repairs {
        assert!(!repair.is_damage(), "a kill damages nothing: {repair}");
        let kind = if repair.to_string().contains("cut off") { "tail cut" } else { "sled fed" };
        *tally.repairs.entry(kind).or_default() += 1;
    }
    let size = stored.head.size;
    assert!(size >= size_before, "{size} entries, there were {size_before} before this run");
    let acknowledged = goal.files.lines_of(said.commits);
    assert!(
        size >= acknowledged as u64,
        "{acknowledged} lines were acknowledged, {size} are there"
    );
    // What is there is exactly the beginning of the history, line for line.
    let lines: Vec<u64> = goal.files.lines.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(stored.lines(), lines[..size as usize]);
    tally.lines_at_kills += size;
    tally.inside_commits += u64::from(is_inside_a_commit(stored, &goal.files));
    assert_lawful(&stored.standing.state);
    assert_remembered(stored, &goal.files);
    assert_one_command_per_commit(stored, commands);
    size
}

/// Whether the ledger ends between the lines of one commit; a commit that fits into a batch never
/// leaves it so.
fn is_inside_a_commit(stored: &Stored, files: &Files) -> bool {
    let size = stored.head.size as usize;
    if size == 0 || size == files.lines.len() {
        return false;
    }
    let (begin, end) = files.commit_around(size);
    let inside = begin < size;
    assert!(!inside || end - begin > SURELY_ONE_BATCH, "a batch is torn: {size} in {begin}..{end}");
    inside
}

/// The law knows which lines are recorded, so that the next run continues behind them.
pub(crate) fn assert_remembered(stored: &Stored, files: &Files) {
    let repo = Name::parse(&files.repo).unwrap();
    for (index, (seq, commit)) in files.lines.iter().enumerate() {
        let remembered = stored.standing.state.imported(&repo, *seq);
        let remembered = remembered.map(|(commit, _)| commit.as_str());
        let expected = (index < stored.head.size as usize).then_some(commit.as_str());
        assert_eq!(remembered, expected, "line {seq}");
    }
}

/// All entries of a source commit share one command, however many runs it took; no two commits do.
/// `commands` keeps what was seen before: a command never changes.
pub(crate) fn assert_one_command_per_commit(
    stored: &Stored,
    commands: &mut BTreeMap<String, CommandId>,
) {
    for entry in &stored.entries {
        let commit = entry.source.as_ref().unwrap().commit.clone();
        let cmd = *commands.entry(commit.clone()).or_insert(entry.cmd);
        assert_eq!(cmd, entry.cmd, "commit {commit} has two commands");
    }
    let distinct: BTreeSet<_> = commands.values().collect();
    assert_eq!(distinct.len(), commands.len(), "two commits share a command");
}
