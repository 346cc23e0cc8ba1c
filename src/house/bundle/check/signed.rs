//! The two checkpoints: whose they are, who signed them, and who witnessed the ledger's.

use super::super::finding::{Code, Finding};
use super::super::form::{LEDGER_CHECKPOINT, ORGANIZATION_CHECKPOINT};
use super::{Checking, SKEW};
use crate::proof::{Checkpoint, Note, VerificationKey};
use std::time::Duration;

/// A checkpoint that could be read.
pub(super) struct Signed<'a> {
    pub(super) checkpoint: Checkpoint,
    pub(super) note: Note,
    /// The file as it is.
    pub(super) bytes: &'a [u8],
    /// Whether a key that is trusted for its origin signed it, and it is what it should be.
    pub(super) is_vouched: bool,
    /// A known key is named in it with a signature that is not its own.
    pub(super) is_spoilt: bool,
    /// Witnesses whose cosignatures verify, with the moments that they vouch for.
    pub(super) cosigned: Vec<(&'a VerificationKey, Duration)>,
}

impl<'a> Checking<'a> {
    pub(super) fn organization_checkpoint(&mut self) -> Option<Signed<'a>> {
        let manifest = self.manifest;
        self.checkpoint(ORGANIZATION_CHECKPOINT, &manifest.org_origin, manifest.org_size)
    }

    pub(super) fn ledger_checkpoint(&mut self) -> Option<Signed<'a>> {
        let manifest = self.manifest;
        self.checkpoint(LEDGER_CHECKPOINT, &manifest.origin, manifest.size)
    }

    fn checkpoint(&mut self, path: &str, origin: &'a str, size: u64) -> Option<Signed<'a>> {
        // Missing, it was named by the manifest or not; either way there is nothing to read.
        let bytes = self.files.get(path).unwrap_or_default();
        let mut find = |code, detail: String| self.find(Finding::new(code, detail).in_file(path));
        let (checkpoint, note) = match Checkpoint::parse(bytes) {
            Ok(read) => read,
            Err(error) => {
                find(Code::CheckpointForm, error.to_string());
                return None;
            }
        };
        if checkpoint.origin != origin {
            find(Code::CheckpointOrigin, format!("it is of {}", checkpoint.origin));
        }
        if checkpoint.size != size {
            find(Code::CheckpointSize, format!("it is of {} entries", checkpoint.size));
        }
        let policy = self.policy;
        // Whose it is not was found above; who signed it is asked of whose it says it is.
        let logs = self.log_keys();
        let (mut signed, bad) = note.judge(logs.iter());
        signed.retain(|it| it.key.name() == checkpoint.origin);
        let (verified, worse) = note.judge(policy.witnesses());
        let cosigned: Vec<_> = verified.iter().filter_map(|it| Some((it.key, it.time?))).collect();
        let counts = |key| self.succession.counts(key, checkpoint.size);
        let is_signed = signed.iter().any(|it| counts(it.key));
        let is_spoilt = !bad.is_empty() || !worse.is_empty();
        for error in bad.into_iter().chain(worse) {
            self.find(Finding::new(Code::CheckpointSignature, error).in_file(path));
        }
        if !is_signed && !signed.is_empty() {
            let detail = "only a key signed it that another had followed at a smaller size";
            self.find(Finding::new(Code::CheckpointRetired, detail).in_file(path));
        } else if !is_signed {
            let detail = format!("no key that is trusted for {} signed it", checkpoint.origin);
            self.find(Finding::new(Code::CheckpointUnsigned, detail).in_file(path));
        }
        let is_vouched = is_signed && checkpoint.origin == origin;
        Some(Signed { checkpoint, note, bytes, is_vouched, is_spoilt, cosigned })
    }

    /// The witnesses that count, by what they are called. A moment that nobody can have reached yet
    /// says nothing.
    pub(super) fn witnesses(&mut self, ledger: Option<&Signed<'a>>) -> Vec<(String, Duration)> {
        let (policy, latest) = (self.policy, self.wanted.now + SKEW);
        // A note that cannot be read, or is bad as a whole, is no matter of how many signed it.
        let Some(ledger) = ledger.filter(|ledger| !ledger.is_spoilt) else { return Vec::new() };
        let cosigned = ledger.cosigned.as_slice();
        let counts = |time: &Duration| !time.is_zero() && *time <= latest;
        let counted: Vec<_> = cosigned.iter().filter(|(_, time)| counts(time)).collect();
        let keys: Vec<&VerificationKey> = counted.iter().map(|(key, _)| *key).collect();
        if !policy.is_filled_by(&keys) {
            let detail =
                format!("{} witnesses count, and the policy wants others or more", keys.len());
            self.find(Finding::new(Code::Quorum, detail).in_file(LEDGER_CHECKPOINT));
        }
        let named = policy.parties().filter_map(|(name, party)| {
            let (_, time) = counted.iter().find(|(key, _)| **key == party.key)?;
            Some((name.to_owned(), *time))
        });
        named.collect()
    }
}
