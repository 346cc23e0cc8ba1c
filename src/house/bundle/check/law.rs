//! Whether it could have happened, and whether the law allowed it.

use super::super::finding::{Code, Finding};
use super::Checking;
use super::entries::Entries;
use crate::facts::Entry;
use crate::law::replay::{Replay, Unchecked};
use crate::projections::OrganizationView;

impl Checking<'_> {
    /// Replays a history from its first entry on; of a part nothing can be said. Answers how often
    /// each rule could not be checked.
    pub(super) fn law(&mut self, entries: &Entries) -> Vec<(&'static str, u64)> {
        let begins = self.manifest.from == 0 && entries.is_whole;
        // Behind another fault nothing that follows proves anything more.
        if !begins || self.findings.has_exit(1) {
            return Vec::new();
        }
        let read = || entries.read.iter().map(|read| &read.entry);
        if let Some((seq, detail)) = contradiction(read()) {
            self.find(Finding::new(Code::State, detail).at(seq));
            return Vec::new();
        }
        let mut replay = Replay::begin();
        let mut found: Vec<_> = read().flat_map(|entry| replay.take(entry)).collect();
        let outcome = replay.end();
        // Where the range ends in the middle of a command, nobody can tell what that one owed.
        if self.manifest.to == self.manifest.org_size {
            found.extend(outcome.found);
        }
        for found in found {
            let finding = Finding::new(Code::Law, found.fault).at(found.seq);
            self.find(Finding { law: Some(found.fault.code()), ..finding });
        }
        let counted = Unchecked::ALL.iter().map(|rule| (rule.name(), outcome.unchecked.of(*rule)));
        counted.filter(|(_, count)| *count > 0).collect()
    }
}

/// The first entry that cannot follow from those before it.
fn contradiction<'a>(mut entries: impl Iterator<Item = &'a Entry>) -> Option<(u64, String)> {
    let first = entries.next()?;
    let mut view = match OrganizationView::begin(first) {
        Ok(view) => view,
        Err(error) => return Some((first.seq, error.to_string())),
    };
    entries.find_map(|entry| Some((entry.seq, view.apply(entry).err()?.to_string())))
}
