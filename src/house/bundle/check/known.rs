//! Continuity: what whoever verifies holds from before.

use super::super::finding::{Code, Finding};
use super::super::form::request_path;
use super::Checking;
use super::signed::Signed;
use crate::proof::path::{is_consistent, root};
use crate::proof::{AddCheckpoint, Checkpoint, Note, TileLevels};

impl<'a> Checking<'a> {
    /// Holds known checkpoints against the bundle's. Answers the evidence where they contradict each
    /// other.
    pub(super) fn known(
        &mut self,
        ledger: Option<&Signed<'a>>,
        org: Option<&Signed<'a>>,
        tree: Option<&TileLevels>,
    ) -> Option<String> {
        let (wanted, mut evidence) = (self.wanted, None);
        for (name, bytes) in &wanted.known {
            let (checkpoint, note) = match Checkpoint::parse(bytes) {
                Ok(read) => read,
                Err(error) => {
                    self.find(Finding::new(Code::KnownForm, error).in_file(name.clone()));
                    return evidence;
                }
            };
            let ours = [ledger, org].into_iter().flatten();
            let ours = ours.into_iter().find(|it| it.checkpoint.origin == checkpoint.origin);
            let Some((code, detail)) = self.fault((&checkpoint, &note), ledger, org, tree) else {
                continue;
            };
            self.find(Finding::new(code, &detail).in_file(name.clone()));
            if code.exit() == 4
                && let Some(ours) = ours
            {
                evidence.get_or_insert(told(name, &note, ours, &detail));
            }
        }
        evidence
    }

    fn fault(
        &self,
        (known, note): (&Checkpoint, &Note),
        ledger: Option<&Signed<'a>>,
        org: Option<&Signed<'a>>,
        tree: Option<&TileLevels>,
    ) -> Option<(Code, String)> {
        let (policy, manifest) = (self.policy, self.manifest);
        let origin = &known.origin;
        if *origin != manifest.origin && *origin != manifest.org_origin {
            return Some((Code::KnownForeign, format!("it is of {origin}")));
        }
        let verified = note.verify(policy.logs(origin).chain(policy.witnesses()));
        let is_signed = verified.is_ok_and(|verified| {
            verified.iter().any(|it| policy.logs(origin).any(|key| key == it.key))
        });
        if !is_signed {
            let detail = format!("no key that the policy has for {origin} signed it");
            return Some((Code::KnownUnsigned, detail));
        }
        let of_ledger = *origin == manifest.origin;
        let ours = &(if of_ledger { ledger } else { org })?.checkpoint;
        if known.size > ours.size {
            let detail = format!(
                "{origin} was seen with {} entries, and the bundle says {}",
                known.size, ours.size
            );
            return Some((Code::Rollback, detail));
        }
        let fork = || {
            let detail = format!("{origin} was seen with other first {} entries", known.size);
            Some((Code::Fork, detail))
        };
        if known.size == ours.size {
            return if known.root == ours.root { None } else { fork() };
        }
        if !of_ledger {
            let Ok(begun) = root(tree?, known.size);
            return if begun == known.root { None } else { fork() };
        }
        let request = self.files.get(&request_path(known.size, ours.size));
        let request = request.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let Some(request) = request.and_then(AddCheckpoint::parse) else {
            if known.size == 0 {
                return None;
            }
            let detail = format!(
                "nothing in the bundle continues {origin} from {} entries on: ask for one that does \
                 (--since {})",
                known.size, known.size
            );
            return Some((Code::ContinuityUnproven, detail));
        };
        let (old, new) = ((known.size, known.root), (ours.size, ours.root));
        if is_consistent(old, new, &request.proof) { None } else { fork() }
    }
}

/// Two statements of one log that cannot both be true.
fn told(name: &str, known: &Note, ours: &Signed<'_>, detail: &str) -> String {
    format!(
        "Two statements of one log that cannot both be true: {detail}.\n\n\
         Given as known, {name}:\n\n{known}\nIn the bundle:\n\n{}",
        ours.note
    )
}
