//! Checking a bundle: nothing is asked but its bytes, a policy and the time.
//!
//! The stages stand in the order of `docs/BUNDLE.md` § 7, a file each. A later one is skipped only
//! where it needs what an earlier one could not read.

mod entries;
mod global;
mod known;
mod law;
mod manifest;
mod restorations;
mod rotations;
mod signed;
mod tree;
mod values;
mod verdict;

use super::container::{ContainerError, Files};
use super::finding::{Code, Finding, Findings};
use super::form::Manifest;
use crate::proof::{Policy, TileLevels, path};
use known::Ours;
use rotations::Succession;
use signed::Signed;
use std::time::Duration;
#[cfg(feature = "store")]
pub(super) use values::erased;
pub use verdict::{Assurance, Completeness, Continuity, Integrity, PersonalData, Verdict};

/// How far the clocks of those who sign, and of whoever verifies, may lie apart.
const SKEW: Duration = Duration::from_secs(300);

/// What somebody wants of a bundle beside that it is whole.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Checkpoints that they hold, each with what it is called.
    pub known: Vec<(String, Vec<u8>)>,
    /// How many entries the organization must have had at least.
    pub min_size: Option<u64>,
    /// How old the newest proof of time may be.
    pub max_age: Option<Duration>,
    /// What their clock says, in time since 1970.
    pub now: Duration,
    /// Whether a policy without witnesses will do.
    pub allow_unwitnessed: bool,
}

/// What is known of a bundle while it is checked.
struct Checking<'a> {
    files: &'a Files,
    policy: &'a Policy,
    wanted: &'a Wanted,
    manifest: &'a Manifest,
    succession: Succession,
    findings: Findings,
}

impl Checking<'_> {
    fn find(&mut self, finding: Finding) {
        self.findings.add(finding);
    }
}

/// Checks a bundle against a policy.
pub fn check(files: Result<Files, ContainerError>, policy: &[u8], wanted: &Wanted) -> Verdict {
    let mut findings = Findings::default();
    match begin(files, policy, wanted, &mut findings) {
        Ok((files, policy, manifest)) => {
            let mut checking = Checking {
                files: &files,
                policy: &policy,
                wanted,
                manifest: &manifest,
                succession: Succession::default(),
                findings,
            };
            let whole = checking.whole();
            let findings = checking.findings;
            Verdict::of(findings, Some(manifest), whole, wanted)
        }
        Err(finding) => {
            findings.add(*finding);
            Verdict::of(findings, None, Whole::default(), wanted)
        }
    }
}

/// What everything else needs; without it there is nothing to check.
fn begin(
    files: Result<Files, ContainerError>,
    policy: &[u8],
    wanted: &Wanted,
    findings: &mut Findings,
) -> Result<(Files, Policy, Manifest), Box<Finding>> {
    let files = files.map_err(|error| Finding::new(Code::Container, error))?;
    let policy = Policy::parse(policy).map_err(|error| Finding::new(Code::Policy, error))?;
    if policy.is_unwitnessed() && !wanted.allow_unwitnessed {
        let detail = "the policy's quorum is none: name witnesses, or give --allow-unwitnessed";
        return Err(Box::new(Finding::new(Code::PolicyUnwitnessed, detail)));
    }
    let manifest = manifest::read(&files)?;
    manifest::hold(&files, &manifest, findings);
    Ok((files, policy, manifest))
}

/// What was seen beside faults.
#[derive(Default)]
struct Whole {
    witnesses: Vec<(String, Duration)>,
    personal: PersonalData,
    /// When the newest proof of time is from, in time since 1970.
    newest: Option<Duration>,
    evidence: Option<String>,
    /// A checkpoint could not be read.
    is_unread: bool,
    /// A known checkpoint was not held against anything.
    is_uncompared: bool,
    /// The policy asks for no witness.
    is_unwitnessed: bool,
}

/// Whether a tree is the one that is signed.
fn leads_to(tree: &TileLevels, org: Option<&Signed<'_>>) -> bool {
    let Ok(root) = path::root(tree, tree.size());
    org.is_some_and(|org| org.checkpoint.root == root)
}

impl Checking<'_> {
    fn whole(&mut self) -> Whole {
        self.rotations();
        let org = self.organization_checkpoint();
        let ledger = self.ledger_checkpoint();
        let witnesses = self.witnesses(ledger.as_ref());
        let tree = self.tree(org.as_ref());
        let read = self.entries(tree.as_ref(), &witnesses);
        let restorations = self.restorations();
        self.proofs(ledger.as_ref(), &read, &restorations);
        let heads_at = self.heads(org.as_ref(), &read);
        let (mut personal, opened) = self.values(&read);
        personal.not_checkable = self.law(&read, &opened);
        self.requests(ledger.as_ref());
        let is_unread = ledger.is_none() || org.is_none();
        let tree = tree.filter(|tree| leads_to(tree, org.as_ref()));
        self.beginnings(ledger.as_ref(), tree.as_ref());
        let ours = Ours { ledger: ledger.as_ref(), org: org.as_ref(), tree: tree.as_ref() };
        let (evidence, is_uncompared) = self.known(&ours, &restorations);
        let latest = witnesses.iter().map(|(_, time)| *time).max();
        let newest = latest.or(heads_at);
        self.sizes_and_ages(newest);
        let is_unwitnessed = self.policy.is_unwitnessed();
        Whole { witnesses, personal, newest, evidence, is_unread, is_uncompared, is_unwitnessed }
    }

    /// What whoever asks wants at least.
    fn sizes_and_ages(&mut self, newest: Option<Duration>) {
        let (size, wanted) = (self.manifest.org_size, self.wanted);
        if let Some(least) = wanted.min_size.filter(|least| size < *least) {
            let detail =
                format!("the organization had {size} entries, at least {least} are wanted");
            self.find(Finding::new(Code::TooSmall, detail));
        }
        if let Some(most) = wanted.max_age
            && newest.is_none_or(|newest| wanted.now.saturating_sub(newest) > most)
        {
            let detail = format!(
                "nothing proves that it is from the last {} s: ask for a newer one",
                most.as_secs()
            );
            self.find(Finding::new(Code::TooOld, detail));
        }
    }
}
