//! A power cut of a whole file system: ext4 on a loop device, whose image is copied while a ledger
//! acknowledges. What had not reached the device is lost with the copy, as it is with the power.
//!
//! It mounts loop devices as root, which a machine that runs the tests need not allow: only the
//! full campaign does it. docs/CAMPAIGNS.md says how.

use super::child::{LOAD, load, machine};
use super::scratch;
use super::tally::{Saying, Tally};
use crate::support::chance::Chance;
use crate::support::extent::Extent;
use rollbook::house::Ledger;
use rollbook::projections::{AsOf, PersonalValue};
use rollbook::words::Timestamp;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Cuts of one ledger, from its making on.
const CUTS: usize = 8;

/// Copies of the image that are tried until none was made while the device was written to.
const TRIES: usize = 40;

/// In a part of the campaigns it has nothing to do.
#[test]
fn the_power_is_cut_while_a_ledger_acknowledges() {
    let extent = Extent::of_campaign();
    if !extent.is_full() {
        return;
    }
    let mut tally = Tally::default();
    for seed in extent.seeds(0, 12) {
        let mut chance = Chance::from_seed(seed);
        let what = format!("SEED={seed}");
        let _what = Saying(&what);
        let folder = scratch();
        let image = folder.path().join("image");
        run("truncate", &["-s", "512M", image.to_str().unwrap()]);
        run("mkfs.ext4", &["-q", "-F", image.to_str().unwrap()]);
        let mounted = Mounted::new(&image, &folder.path().join("disk"));
        let running = Running::start(&mounted.at.join("data"), seed);
        let mut acknowledged = 0;
        for number in 0..CUTS {
            // The first moment is any while the ledger is made, the others while it acknowledges.
            running.wait_until(acknowledged + u64::from(number > 0));
            std::thread::sleep(Duration::from_micros(chance.below(60_000) as u64));
            let copy = folder.path().join("copy");
            acknowledged = running.stopped(|| copy_at_once(&mounted, &image, &copy));
            check(&copy, &folder.path().join("after"), acknowledged, &mut tally);
        }
        drop(running);
    }
    eprintln!("power cuts of a file system: {tally}");
    assert!(tally.of("acknowledged") > 100, "{tally}");
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A file system in a file, unmounted at the end.
struct Mounted {
    at: PathBuf,
}

impl Mounted {
    fn new(image: &Path, at: &Path) -> Self {
        fs::create_dir_all(at).unwrap();
        run("mount", &["-o", "loop", image.to_str().unwrap(), at.to_str().unwrap()]);
        Self { at: at.to_owned() }
    }

    /// How many writes the device was given, and how many it has done.
    fn writes(&self, image: &Path) -> String {
        let device = run("losetup", &["-n", "-O", "NAME", "-j", image.to_str().unwrap()]);
        let name = device.trim().rsplit('/').next().unwrap();
        fs::read_to_string(format!("/sys/block/{name}/stat")).unwrap()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        run("umount", &[self.at.to_str().unwrap()]);
    }
}

/// Copies an image of which nothing is written in the meantime.
fn copy_at_once(mounted: &Mounted, image: &Path, copy: &Path) {
    for _ in 0..TRIES {
        let before = mounted.writes(image);
        run("cp", &["--sparse=always", image.to_str().unwrap(), copy.to_str().unwrap()]);
        if mounted.writes(image) == before {
            return;
        }
    }
    panic!("the device is never at rest");
}

/// A process that makes a ledger and goes on and on.
struct Running {
    process: Child,
    acknowledged: Arc<AtomicU64>,
}

impl Running {
    fn start(data: &Path, seed: u64) -> Self {
        let mut process = load(data, seed);
        let acknowledged = Arc::new(AtomicU64::new(0));
        let (output, heard) = (process.stdout.take().unwrap(), Arc::clone(&acknowledged));
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(count) = line.strip_prefix("answered ") {
                    heard.store(count.parse().unwrap(), Ordering::SeqCst);
                }
            }
        });
        Self { process, acknowledged }
    }

    fn wait_until(&self, acknowledged: u64) {
        let start = Instant::now();
        while self.acknowledged.load(Ordering::SeqCst) < acknowledged {
            assert!(start.elapsed() < Duration::from_secs(60), "nothing is acknowledged any more");
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Stops the process while something is done; gives what it had acknowledged before. 0 stands
    /// for nothing at all, 1 for a ledger that was made, then members come.
    fn stopped(&self, work: impl FnOnce()) -> u64 {
        let process = self.process.id().to_string();
        run("kill", &["-STOP", &process]);
        let acknowledged = self.acknowledged.load(Ordering::SeqCst);
        work();
        run("kill", &["-CONT", &process]);
        acknowledged
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Mounts a copy, which replays the file system's own journal, and opens the ledger in it.
fn check(copy: &Path, at: &Path, acknowledged: u64, tally: &mut Tally) {
    let mounted = Mounted::new(copy, at);
    let data = mounted.at.join("data");
    if acknowledged == 0 {
        tally.count("not made");
        return;
    }
    let ledger = Ledger::open(&data, machine(1, 3)).unwrap();
    tally.opened(&ledger.repairs());
    let joined = logins(&ledger);
    assert!(joined + 1 >= acknowledged, "{joined} joined, {acknowledged} acknowledged");
    for _ in 0..acknowledged {
        tally.count("acknowledged");
    }
    ledger.close().unwrap();
}

/// How many joined. They are the first of those who were to join, without a gap.
fn logins(ledger: &Ledger) -> u64 {
    let views = ledger.views();
    let Some(view) = views.by_slug(LOAD) else { return 0 };
    let rows = view.members(view.moment(AsOf::Now, Timestamp::MAX).unwrap());
    let text = |value: &Option<PersonalValue>| value.as_ref().unwrap().text().unwrap().to_owned();
    let names: BTreeSet<String> = rows.iter().map(|row| text(&row.name)).collect();
    assert_eq!(names.len(), rows.len());
    let joined = rows.len() as u64 - 1;
    for number in 0..joined {
        assert!(names.contains(&format!("m{number}")), "m{number} of {joined} is missing");
    }
    assert_eq!(views.size(), joined + 2, "each who joins is one entry, behind the first two");
    joined
}
