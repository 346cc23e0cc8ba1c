//! One ledger, from its beginning to its end, beside the model.

use super::adopts::adopts;
use super::chance::Chance;
use super::chronicle::{Chronicle, Given};
use super::compares::Both;
use super::house::House;
use super::invariants;
use super::report::{Report, kind};
use super::rules::{Code, Outcome, decides};
use super::wishes::{History, Wisher};
use rollbook::facts::Entry;
use rollbook::house::export;
use rollbook::house::{Answer, SubmitError};
use rollbook::law::Command;
use rollbook::words::{CommandId, InvitationId, OrganizationId, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How far the clock may lie behind the last entry.
const BEHIND_LIMIT: Duration = Duration::from_secs(10);
/// After how many commands all organizations are compared, and an export is verified.
const ALL_EVERY: usize = 50;
const EXPORT_EVERY: usize = 300;

/// See the module.
pub(super) struct Run {
    pub(super) house: House,
    pub(super) told: Chronicle,
    pub(super) chance: Chance,
    pub(super) report: Report,
    history: History,
    met: BTreeSet<Uuid>,
    /// What says where it failed, if it does.
    place: Place,
    /// How many commands the ledgers before this one were given.
    before: usize,
    /// No room is left on the disk: appending fails before long.
    pub(super) fault: Option<&'static str>,
    /// The end of the journal is about to be lost.
    pub(super) loses: bool,
    /// How often it was opened again and the disk failed: each way has its turn.
    pub(super) stops: (usize, usize),
    /// The clock stands at the end of this invitation: the next command is about it.
    pub(super) expiring: Option<(OrganizationId, InvitationId)>,
}

/// Tells where a run failed and how to see it again.
struct Place {
    seed: u64,
    step: usize,
    command: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { seed, step, command } = self;
            eprintln!(
                "the simulation failed with seed {seed} at step {step}: {command}\n\
                 to see it again: ROLLBOOK_SIMULATION_SEED={seed} \
                 ROLLBOOK_SIMULATION_COMMANDS={step} cargo test --test campaign simulation"
            );
        }
    }
}

impl Run {
    pub(super) fn new(seed: u64, report: Report) -> Self {
        let begin = Timestamp::parse_any("2026-11-22").unwrap();
        Self {
            house: House::new(seed, begin),
            told: Chronicle::begin(),
            chance: Chance::from_seed(seed),
            before: report.commands,
            report,
            history: History::default(),
            met: BTreeSet::new(),
            place: Place { seed, step: 0, command: "none yet".to_owned() },
            fault: None,
            loses: false,
            stops: (0, 0),
            expiring: None,
        }
    }

    /// How many commands this ledger was given.
    fn given(&self) -> usize {
        self.report.commands - self.before
    }

    pub(super) fn step(&mut self) {
        self.moves_the_clock();
        if self.fault.is_none() {
            self.stops_or_fails();
        }
        let together = self.fault.is_none() && self.chance.percent(5);
        let count = if together { 2 + self.chance.below(6) } else { 1 };
        self.commands(count);
        if self.report.commands.is_multiple_of(ALL_EVERY) {
            self.compares_everything(false);
        }
        if self.report.commands.is_multiple_of(EXPORT_EVERY) {
            self.verifies_an_export();
        }
    }

    /// So many commands, given together, settled in their order, and compared.
    pub(super) fn commands(&mut self, count: usize) {
        let commands: Vec<Command> = (0..count).map(|_| self.wish(count == 1)).collect();
        self.place.step = self.given() + count;
        self.place.command = format!("{commands:?}");
        let answers = if let [command] = &commands[..] {
            vec![self.house.ledger().submit(command.clone())]
        } else {
            self.report.groups += 1;
            self.house.submit_together(&commands)
        };
        let mut touched = BTreeSet::new();
        for (command, answer) in commands.iter().zip(answers) {
            self.report.commands += 1;
            touched.extend(self.settles(command, answer));
        }
        let org = self.any_org();
        touched.extend(org);
        self.compares(&touched);
    }

    /// A wish, mostly one that the model accepts: else little would come to pass.
    fn wish(&mut self, alone: bool) -> Command {
        let may_erase = alone && self.fault.is_none() && !self.loses;
        let tries = if self.chance.percent(55) { 12 } else { 0 };
        let now = self.next_entry();
        let step = self.given();
        let (told, history) = (&self.told, &mut self.history);
        let chance = &mut self.chance;
        let mut wisher = Wisher { chance, told, now, step, history, may_erase };
        if let Some((org, invitation)) = self.expiring.take() {
            return wisher.about_one(org, invitation);
        }
        let mut command = wisher.wish();
        for _ in 0..tries {
            if decides(&told.world, &command, now).is_ok() {
                break;
            }
            command = wisher.wish();
        }
        command
    }

    /// When the next entry would be recorded.
    fn next_entry(&self) -> Timestamp {
        self.house.clock().max(self.told.last.next())
    }

    fn says(&self, command: &Command) -> Result<Outcome, Code> {
        if self.house.clock().until(self.told.last) > BEHIND_LIMIT {
            return Err("clock_behind");
        }
        decides(&self.told.world, command, self.next_entry())
    }

    /// Holds an answer to what the model says; the organizations that it touched.
    fn settles(&mut self, command: &Command, answer: Answer) -> BTreeSet<OrganizationId> {
        match (self.says(command), answer) {
            (Ok(outcome), Ok(receipt)) => {
                self.report.accepted.count(kind(&command.action));
                assert_eq!(receipt.size, self.told.size + receipt.entries.len() as u64);
                self.records(command, outcome, &receipt.entries, receipt.cmd)
            }
            (Err(code), Err(error)) => {
                assert_eq!(error.code(), code, "{error}");
                self.report.refused.count(kind(&command.action));
                self.report.codes.count(code);
                BTreeSet::new()
            }
            (Ok(outcome), Err(error)) if self.fault.is_some() && !outcome.facts.is_empty() => {
                self.recovers(command, outcome, &error)
            }
            (Ok(outcome), Err(error)) => {
                panic!("refused with {}: {error}; it leads to {:?}", error.code(), outcome.facts)
            }
            (Err(code), Ok(receipt)) => panic!("accepted, must be {code}: {:?}", receipt.entries),
        }
    }

    /// Takes over what was recorded, and holds the entries to the pages that were written for them.
    pub(super) fn records(
        &mut self,
        command: &Command,
        outcome: Outcome,
        entries: &[Arc<Entry>],
        cmd: CommandId,
    ) -> BTreeSet<OrganizationId> {
        let Outcome { mut facts, occurred, continues } = outcome;
        adopts(&mut facts, entries, &mut self.met);
        assert_eq!(cmd, continues.unwrap_or(cmd), "another command is continued");
        let reason = command.reason.as_ref().map(|reason| reason.as_str());
        let (actor, recorded, from) = (command.actor, self.next_entry(), self.told.size);
        self.told.writes(&facts, Given { actor, cmd, reason, recorded, occurred });
        for fact in &facts {
            self.report.events.count(fact.what.name());
        }
        let mut both = self.both();
        both.entries(entries);
        both.told(from, entries.len());
        self.report.compared += both.compared;
        let touched = facts.iter().map(|fact| fact.org);
        touched.filter(|org| *org != OrganizationId::DEPLOYMENT).collect()
    }

    /// An append failed because the disk is full: nothing more is taken and reading goes on, until
    /// the ledger is opened again where there is room.
    fn recovers(
        &mut self,
        command: &Command,
        outcome: Outcome,
        error: &SubmitError,
    ) -> BTreeSet<OrganizationId> {
        let fault = self.fault.take().expect("only where a fault was made");
        assert!(matches!(error.code(), "not_appended" | "outcome_unknown"), "{error}");
        let unknown = error.code() == "outcome_unknown";
        self.report.faults.count(if unknown { "outcome unknown" } else { "disk full" });
        // Where the segment ends first, no next one can be made: then it is certain.
        assert!(!unknown || fault == "outcome unknown", "{fault}: {error}");
        let ledger = self.house.ledger();
        assert!(!ledger.takes_commands());
        let again = ledger.submit(command.clone()).unwrap_err();
        assert_eq!(again.code(), "stopped");
        self.compares_everything(true);
        self.house.end(false);
        self.house.make_room();
        self.house.open();
        let recorded = self.house.ledger().head().size - self.told.size;
        let touched = if recorded == 0 {
            BTreeSet::new()
        } else {
            assert!(unknown, "a refused command was recorded");
            let found = self.house.ledger().read(self.told.size, outcome.facts.len()).unwrap();
            let opened = found.iter().map(|record| self.house.ledger().unseal(record).unwrap());
            let entries: Vec<_> = opened.map(|opened| Arc::new(opened.entry)).collect();
            let cmd = entries[0].cmd;
            self.records(command, outcome, &entries, cmd)
        };
        self.compares_everything(true);
        touched
    }

    pub(super) fn both(&mut self) -> Both<'_> {
        let now = self.house.clock();
        let (ledger, told, chance) = (self.house.ledger(), &self.told, &mut self.chance);
        Both { ledger, told, now, chance, compared: 0 }
    }

    fn any_org(&mut self) -> Option<OrganizationId> {
        let ids: Vec<_> = self.told.world.orgs.iter().map(|org| org.id()).collect();
        self.chance.pick_any(&ids)
    }

    fn compares(&mut self, orgs: &BTreeSet<OrganizationId>) {
        let now = self.house.clock().max(self.told.last);
        let size = self.told.size;
        let mut both = self.both();
        for org in orgs {
            both.now(*org);
            both.then(*org);
            both.then(*org);
            both.between(*org);
            let views = both.ledger.views();
            invariants::hold(views.organization(*org).unwrap(), now);
        }
        if size > 0 {
            let seq = both.chance.below(usize::try_from(size).unwrap()) as u64;
            both.told(seq, 1);
        }
        self.report.compared += both.compared;
    }

    /// Every organization that lives, and of the others a few or all.
    pub(super) fn compares_everything(&mut self, really: bool) {
        let now = self.house.clock().max(self.told.last);
        let orgs: Vec<_> = self.told.world.orgs.iter().map(|o| (o.id(), o.ended())).collect();
        let share = (600 / orgs.len().max(1)).min(100);
        let mut both = self.both();
        both.directory();
        for (org, ended) in orgs {
            if really || !ended || both.chance.percent(share) {
                both.now(org);
                both.then(org);
                let views = both.ledger.views();
                invariants::hold(views.organization(org).unwrap(), now);
            }
        }
        let views = both.ledger.views();
        invariants::tell_people_apart(views.organizations().map(AsRef::as_ref), now);
        drop(views);
        self.report.compared += both.compared;
    }

    fn verifies_an_export(&mut self) {
        let Some(org) = self.any_org() else { return };
        let size = self.told.of(org).len() as u64;
        let mut bytes = Vec::new();
        export::write::write(self.house.ledger(), org, size, &mut bytes).unwrap();
        let verdict = export::check::check(&bytes[..]).unwrap();
        assert!(verdict.is_whole(), "{:?}", verdict.findings);
        assert_eq!((verdict.entries, verdict.withheld), (size, 0));
        self.report.verified.count("exports");
    }

    /// The end of the ledger: everything is compared, replayed and verified.
    pub(super) fn ends(mut self) -> Report {
        if self.fault.take().is_some() {
            self.house.make_room();
        }
        "the end".clone_into(&mut self.place.command);
        self.compares_everything(true);
        self.house.end(false);
        let report = rollbook::house::verify::verify(self.house.path(), 4 << 20).unwrap();
        assert!(report.is_whole(), "{:?} {:?}", report.journal.findings, report.sled.findings);
        assert_eq!(report.journal.head.size, self.told.size);
        self.report.verified.count("ledgers");
        self.house.rebuild();
        self.compares_everything(true);
        self.report.entries += self.told.size;
        self.report.organizations += self.told.world.orgs.len();
        std::mem::take(&mut self.report)
    }
}
