//! What happens beside the commands: the clock is set, the ledger is opened again, the disk fails.

use super::chronicle::Chronicle;
use super::house::Written;
use super::report::{self, CLOCK_STEPS};
use super::run::Run;
use crate::support::files::copy;
use rollbook::ground::savepoints::Savepoints;
use rollbook::words::{InvitationId, OrganizationId, Timestamp};
use std::fs;
use std::path::PathBuf;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
/// How often the ledger is opened again, and how often the disk fails: at the beginning so many
/// times in [`STEPS`]. Opening costs by the ledger's size, so it gets rarer as that grows.
const RESTARTS: usize = 11;
const FAULTS: usize = 4;
const STEPS: usize = 800;

impl Run {
    pub(super) fn moves_the_clock(&mut self) {
        let (clock, last) = (self.house.clock().micros(), self.told.last.micros());
        let some =
            |run: &mut Self, span: i64| run.chance.below(usize::try_from(span).unwrap()) as i64;
        if clock < last - 10 * SECOND && self.chance.percent(60) {
            // Somebody sets it right again.
            let to = last + some(self, SECOND);
            return self.sets_the_clock("forward", to);
        }
        match self.chance.below(100) {
            0..=34 => {
                let to = clock + some(self, 3 * SECOND);
                self.sets_the_clock("forward", to);
            }
            35..=36 => {
                let to = clock + some(self, 60 * HOUR);
                self.sets_the_clock("far forward", to);
            }
            37..=43 => {
                if let Some((org, invitation, to)) = self.some_expiry() {
                    let to = to - 1 + some(self, 3);
                    self.sets_the_clock("to an expiry", to);
                    self.expiring = Some((org, invitation)).filter(|_| self.chance.percent(70));
                }
            }
            44..=46 => {
                let to = last - some(self, 10 * SECOND + 1);
                self.sets_the_clock("back a little", to);
            }
            47 => {
                let to = last - 10 * SECOND - 1 - some(self, 3);
                self.sets_the_clock("back too far", to);
            }
            _ => {}
        }
    }

    fn sets_the_clock(&mut self, how: &'static str, micros: i64) {
        assert!(CLOCK_STEPS.contains(&how));
        self.report.clock_steps.count(how);
        self.house.set_clock(Timestamp::from_micros(micros));
    }

    /// An invitation that waits, and when it expires, within the next days.
    fn some_expiry(&mut self) -> Option<(OrganizationId, InvitationId, i64)> {
        let now = self.house.clock().micros();
        let living = self.told.world.orgs.iter().filter(|org| !org.ended());
        let waiting = living.flat_map(|org| org.waiting().into_iter().map(|one| (org.id(), one)));
        let expiries = waiting
            .map(|(org, letter)| (org, letter.row.invitation_id, letter.row.expires_at.micros()));
        let near = expiries.filter(|(.., at)| (now..now + 8 * 24 * HOUR).contains(at));
        let near: Vec<_> = near.collect();
        self.chance.pick_any(&near)
    }

    pub(super) fn stops_or_fails(&mut self) {
        let steps = STEPS + usize::try_from(self.told.size / 2).unwrap();
        match self.chance.below(steps) {
            drawn if drawn < RESTARTS => {
                let how = report::RESTARTS[self.stops.0 % report::RESTARTS.len()];
                self.stops.0 += 1;
                self.restarts(how);
            }
            drawn if drawn < RESTARTS + FAULTS => {
                let fault = report::FAULTS[self.stops.1 % report::FAULTS.len()];
                self.stops.1 += 1;
                match fault {
                    "tail lost" => self.loses_the_tail(),
                    fault if self.house.can_be_full() => self.fills_the_disk(fault),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Where something of the data directory is kept, to be put back.
    fn kept(&self, name: &str) -> PathBuf {
        self.house.path().with_file_name(format!("kept-{name}"))
    }

    fn keeps(&self, name: &str) {
        let (from, kept) = (self.house.path().join(name), self.kept(name));
        fs::remove_dir_all(&kept).ok();
        if from.is_dir() {
            copy(&from, &kept);
        }
    }

    /// Whether there was something to put back.
    fn puts_back(&self, name: &str) -> bool {
        let (to, kept) = (self.house.path().join(name), self.kept(name));
        if kept.is_dir() {
            fs::remove_dir_all(&to).ok();
            copy(&kept, &to);
        }
        kept.is_dir()
    }

    fn restarts(&mut self, how: &'static str) {
        let orderly = how != "dropped" && self.chance.percent(70);
        self.house.end(orderly || how == "closed");
        let savepoints = Savepoints::of(self.house.path());
        let sizes = savepoints.sizes();
        let (sled, claim) = (self.house.path().join("sled"), self.house.path().join("sled.fed"));
        let mut done = true;
        match how {
            "no savepoints" => {
                sizes.iter().for_each(|size| fs::remove_file(savepoints.path(*size)).unwrap());
            }
            "newest savepoint gone" | "savepoint damaged" if sizes.is_empty() => done = false,
            "newest savepoint gone" => fs::remove_file(savepoints.path(sizes[0])).unwrap(),
            "savepoint damaged" => {
                let path = savepoints.path(sizes[0]);
                let mut bytes = fs::read(&path).unwrap();
                let at = self.chance.below(bytes.len());
                bytes[at] ^= 1 << self.chance.below(8);
                fs::write(path, bytes).unwrap();
            }
            "older savepoints" => done = self.puts_back("savepoints"),
            "no sled" => fs::remove_dir_all(sled).unwrap(),
            "older sled" => {
                done = self.puts_back("sled");
                if self.chance.percent(50) {
                    fs::remove_file(claim).ok();
                }
            }
            _ => {}
        }
        if how == "rebuilt" {
            self.house.rebuild()
        } else {
            self.house.open()
        }
        let ledger = self.house.ledger();
        match how {
            "closed" | "dropped" => assert_eq!(ledger.repairs(), []),
            "savepoint damaged" if done => assert!(!ledger.ignored().is_empty()),
            "no sled" => assert!(!ledger.repairs().is_empty()),
            "no savepoints" | "rebuilt" => assert_eq!(ledger.began_at(), 0),
            _ => {}
        }
        if done {
            self.report.restarts.count(how);
        }
        self.compares_everything(true);
        if self.chance.percent(40) {
            self.house.end(true);
            let what = self.chance.pick(&["sled", "savepoints"]);
            self.keeps(what);
            self.house.open();
        }
    }

    /// From here on there is no room; before long a command cannot be appended.
    fn fills_the_disk(&mut self, fault: &'static str) {
        self.house.end(true);
        self.house.open();
        if fault == "outcome unknown" {
            // Only a frame that begins in room that is there, and ends where none is, gets torn.
            for _ in 0..64 {
                if self.house.left_of_page() < 256 {
                    break;
                }
                self.commands(1);
            }
            self.house.unreserve();
        }
        self.house.fill();
        self.fault = Some(fault);
    }

    /// The power fails while nobody has been answered: of the commands under way a part is there
    /// afterwards, each wholly, and none behind one that is lost.
    fn loses_the_tail(&mut self) {
        self.house.end(true);
        self.keeps("sled");
        let claim = self.house.path().join("sled.fed");
        let claimed = fs::read(&claim).unwrap();
        let begin = self.house.written();
        self.house.open();
        let mut behind: Vec<(Written, Chronicle)> = vec![(begin.clone(), self.told.clone())];
        self.loses = true;
        for _ in 0..1 + self.chance.below(6) {
            self.commands(1);
            behind.push((self.house.written(), self.told.clone()));
        }
        self.loses = false;
        self.house.end(false);
        let cut = self.house.lose_tail(&begin, &mut self.chance);
        // Nothing of what is lost was durable, so nothing said that it was.
        self.puts_back("sled");
        fs::write(&claim, claimed).unwrap();
        fs::remove_file(self.house.path().join("closed")).unwrap();
        self.house.open();
        let left = behind.into_iter().rev().find(|(end, _)| *end <= cut);
        self.told = left.expect("what was there before is there").1;
        assert_eq!(self.house.ledger().head().size, self.told.size, "cut at {cut:?}");
        self.report.faults.count("tail lost");
        self.compares_everything(true);
    }
}
