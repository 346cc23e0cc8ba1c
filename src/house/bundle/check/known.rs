//! Continuity: what whoever verifies holds from before.

use super::super::finding::{Code, Finding};
use super::super::form::{Named, request_path};
use super::Checking;
use super::restorations::Restorations;
use super::signed::Signed;
use crate::proof::path::{is_consistent, root};
use crate::proof::{AddCheckpoint, Checkpoint, KeyKind, Note, TileLevels, VerificationKey};

/// What is held against known checkpoints.
pub(super) struct Ours<'b, 'a> {
    pub(super) ledger: Option<&'b Signed<'a>>,
    pub(super) org: Option<&'b Signed<'a>>,
    /// The organization's tree, where it is the one that is signed.
    pub(super) tree: Option<&'b TileLevels>,
}

impl<'b, 'a> Ours<'b, 'a> {
    fn of(&self, named: Option<Named>) -> Option<&'b Signed<'a>> {
        if named?.is_ledger { self.ledger } else { self.org }
    }
}

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
    /// each other, and whether one was held against nothing.
    pub(super) fn known(
        &mut self,
        ours: &Ours<'_, 'a>,
        restorations: &Restorations,
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
            match self.hold((&checkpoint, &note), ours, restorations) {
                Held::Consistent => {}
                Held::Uncompared => is_uncompared = true,
                Held::Unsigned { is_foreign } => {
                    let origin = &checkpoint.origin;
                    let detail = format!("no key that is trusted for {origin} signed it");
                    self.find(Finding::new(Code::KnownUnsigned, detail).in_file(name.clone()));
                    if is_foreign {
                        let detail = format!("it is of {origin}");
                        self.find(Finding::new(Code::KnownForeign, detail).in_file(name.clone()));
                    }
                }
                Held::Wrong(code, detail) => {
                    self.find(Finding::new(code, &detail).in_file(name.clone()));
                    if code.exit() == 4
                        && let Some(ours) = ours.of(self.manifest.named(&checkpoint.origin))
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
        ours: &Ours<'_, 'a>,
        restorations: &Restorations,
    ) -> Held {
        let (manifest, origin) = (self.manifest, &known.origin);
        let logs = self.log_keys();
        let verified = match note.verify(logs.iter().chain(self.policy.witnesses())) {
            Ok(verified) => verified,
            Err(error) => return Held::Wrong(Code::KnownForm, error.to_string()),
        };
        let counts =
            |key: &VerificationKey| key.name() == origin && self.succession.counts(key, known.size);
        let now = manifest.named(&manifest.origin).map_or(0, |named| named.restored);
        let named = manifest.named(origin).filter(|named| named.restored <= now);
        if !verified.iter().any(|it| it.key.kind() == KeyKind::Log && counts(it.key)) {
            let is_foreign = named.is_none_or(|named| named.restored < now);
            return Held::Unsigned { is_foreign };
        }
        let Some(named) = named else {
            return Held::Wrong(Code::KnownForeign, format!("it is of {origin}"));
        };
        // What nobody signed contradicts nobody.
        let Some(signed) = ours.of(Some(named)).filter(|signed| signed.is_vouched) else {
            return Held::Uncompared;
        };
        if named.restored < now {
            return self.held_before(known, named, (signed, ours.tree), restorations);
        }
        self.held_now(known, named, (signed, ours.tree))
    }

    /// Held against a ledger that was taken back since, and has another name.
    fn held_before(
        &self,
        known: &Checkpoint,
        named: Named,
        (signed, tree): (&Signed<'a>, Option<&TileLevels>),
        restorations: &Restorations,
    ) -> Held {
        // Where the ledger does not say so, that was found.
        let Some(ended) = restorations.ended(named.restored) else { return Held::Uncompared };
        let is_kept = if named.is_ledger {
            known.size <= ended
        } else {
            let Some(tree) = tree else { return Held::Uncompared };
            known.size <= tree.size() && root(tree, known.size) == Ok(known.root)
        };
        if is_kept {
            return self.held_now(known, named, (signed, tree));
        }
        let detail = format!(
            "the ledger was taken back at seq {ended} and says so; what {} had behind it when {} \
             entries were signed is lost",
            known.origin, known.size
        );
        Held::Wrong(Code::KnownRestored, detail)
    }

    fn held_now(
        &self,
        known: &Checkpoint,
        named: Named,
        (signed, tree): (&Signed<'a>, Option<&TileLevels>),
    ) -> Held {
        let (origin, ours) = (&known.origin, &signed.checkpoint);
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
        if !named.is_ledger {
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
