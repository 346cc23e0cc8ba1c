//! Whose values an export commits to, and what became of them.

use super::form::Disclosed;
use super::verdict::{Fault, Finding};
use crate::words::SubjectId;
use std::collections::BTreeMap;

/// Every subject of the export: as many as an organization has had members and invitations.
#[derive(Default)]
pub(super) struct Owners(BTreeMap<SubjectId, Owner>);

#[derive(Default)]
struct Owner {
    commitments: u64,
    disclosed: u64,
    /// The first disclosure, which is a fault when the owner turns out to be erased.
    first: Option<(u64, u64, String)>,
    is_erased: bool,
}

impl Owners {
    /// Counts a commitment; true where its owner had been erased.
    pub(super) fn commits(&mut self, of: SubjectId) -> bool {
        let owner = self.0.entry(of).or_default();
        owner.commitments += 1;
        owner.is_erased
    }

    /// Counts a good disclosure, and says what is wrong with it all the same.
    pub(super) fn discloses(&mut self, line: u64, disclosed: &Disclosed) -> Option<Finding> {
        let owner = self.0.entry(disclosed.of).or_default();
        owner.disclosed += 1;
        if owner.is_erased {
            let fault =
                Fault::DisclosureOfErased { field: disclosed.field.clone(), of: disclosed.of };
            return Some(Finding { line, seq: Some(disclosed.seq), fault });
        }
        if owner.first.is_none() {
            owner.first = Some((line, disclosed.seq, disclosed.field.clone()));
        }
        None
    }

    /// Takes in that a subject was erased. What was disclosed of it before is told once.
    pub(super) fn erase(&mut self, subject: SubjectId) -> Option<Finding> {
        let owner = self.0.entry(subject).or_default();
        owner.is_erased = true;
        let (line, seq, field) = owner.first.take()?;
        let fault = Fault::DisclosureOfErased { field, of: subject };
        Some(Finding { line, seq: Some(seq), fault })
    }

    /// How many commitments are disclosed, erased, withheld.
    pub(super) fn counts(&self) -> [u64; 3] {
        let mut counts = [0; 3];
        for owner in self.0.values() {
            let closed = owner.commitments.saturating_sub(owner.disclosed);
            counts[0] += owner.disclosed;
            counts[if owner.is_erased { 1 } else { 2 }] += closed;
        }
        counts
    }
}
