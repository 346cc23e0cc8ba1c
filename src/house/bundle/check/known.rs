//! Continuity: what whoever verifies holds from before.

use super::super::finding::{Code, Finding};
use super::super::form::request_path;
use super::Checking;
use super::signed::Signed;
use crate::proof::path::{is_consistent, root};
use crate::proof::{AddCheckpoint, Checkpoint, Note, TileLevels};

/// What became of holding one known checkpoint against the bundle.
enum Held {
    Consistent,
    /// There was nothing to hold it against.
    Uncompared,
    /// No key that is trusted for its origin signed it.
    Unsigned {
        /// Nor is it of an origin of the bundle.
        is_foreign: bool,
    },
    Wrong(Code, String),
}

impl<'a> Checking<'a> {
    /// Holds known checkpoints against the bundle's. Answers the evidence where they contradict
    /// each other, and whether one was held against nothing. `tree` is the one that is signed.
    pub(super) fn known(
        &mut self,
        ledger: Option<&Signed<'a>>,
        org: Option<&Signed<'a>>,
        tree: Option<&TileLevels>,
    ) -> (Option<String>, bool) {
        let (wanted, mut evidence, mut is_uncompared) = (self.wanted, None, false);
        for (name, bytes) in &wanted.known {
            let (checkpoint, note) = match Checkpoint::parse(bytes) {
                Ok(read) => read,
                Err(error) => {
                    self.find(Finding::new(Code::KnownForm, error).in_file(name.clone()));
                    break;
                }
            };
            match self.hold((&checkpoint, &note), ledger, org, tree) {
                Held::Consistent => {}
                Held::Uncompared => is_uncompared = true,
                Held::Unsigned { is_foreign } => {
                    let origin = &checkpoint.origin;
                    let detail = format!("no key that the policy has for {origin} signed it");
                    self.find(Finding::new(Code::KnownUnsigned, detail).in_file(name.clone()));
                    if is_foreign {
                        let detail = format!("it is of {origin}");
                        self.find(Finding::new(Code::KnownForeign, detail).in_file(name.clone()));
                    }
                }
                Held::Wrong(code, detail) => {
                    self.find(Finding::new(code, &detail).in_file(name.clone()));
                    let ours = [ledger, org].into_iter().flatten();
                    let mut ours = ours.filter(|it| it.checkpoint.origin == checkpoint.origin);
                    if code.exit() == 4
                        && let Some(ours) = ours.next()
                    {
                        evidence.get_or_insert_with(|| told(name, &note, ours, &detail));
                    }
                    if code == Code::KnownForm {
                        break;
                    }
                }
            }
        }
        (evidence, is_uncompared)
    }

    fn hold(
        &self,
        (known, note): (&Checkpoint, &Note),
        ledger: Option<&Signed<'a>>,
        org: Option<&Signed<'a>>,
        tree: Option<&TileLevels>,
    ) -> Held {
        let (policy, manifest, origin) = (self.policy, self.manifest, &known.origin);
        let verified = match note.verify(policy.logs(origin).chain(policy.witnesses())) {
            Ok(verified) => verified,
            Err(error) => return Held::Wrong(Code::KnownForm, error.to_string()),
        };
        let is_foreign = *origin != manifest.origin && *origin != manifest.org_origin;
        if !verified.iter().any(|it| policy.logs(origin).any(|key| key == it.key)) {
            return Held::Unsigned { is_foreign };
        }
        if is_foreign {
            return Held::Wrong(Code::KnownForeign, format!("it is of {origin}"));
        }
        let of_ledger = *origin == manifest.origin;
        let ours = if of_ledger { ledger } else { org };
        // What nobody signed contradicts nobody.
        let Some(ours) = ours.filter(|ours| ours.is_vouched) else { return Held::Uncompared };
        let ours = &ours.checkpoint;
        if known.size > ours.size {
            let detail = format!(
                "{origin} was seen with {} entries, and the bundle says {}",
                known.size, ours.size
            );
            return Held::Wrong(Code::Rollback, detail);
        }
        let same = |is_same: bool| {
            if is_same {
                return Held::Consistent;
            }
            let detail = format!("{origin} was seen with other first {} entries", known.size);
            Held::Wrong(Code::Fork, detail)
        };
        if known.size == ours.size {
            return same(known.root == ours.root);
        }
        if known.size == 0 {
            return same(is_consistent((0, known.root), (ours.size, ours.root), &[]));
        }
        if !of_ledger {
            let Some(tree) = tree else { return Held::Uncompared };
            let Ok(begun) = root(tree, known.size);
            return same(begun == known.root);
        }
        let request = self.files.get(&request_path(known.size, ours.size));
        let request = request.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let Some(request) = request.and_then(AddCheckpoint::parse) else {
            let size = known.size;
            let detail = format!(
                "nothing in the bundle continues {origin} from {size} entries on: ask for one that \
                 does (--since {size})"
            );
            return Held::Wrong(Code::ContinuityUnproven, detail);
        };
        let (old, new) = ((known.size, known.root), (ours.size, ours.root));
        same(is_consistent(old, new, &request.proof))
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
