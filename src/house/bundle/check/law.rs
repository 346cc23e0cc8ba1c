//! Whether it could have happened, and whether the law allowed it.

use super::super::finding::{Code, Finding};
use super::Checking;
use super::entries::Entries;
use super::values::Opened;
use crate::facts::{Content, Entry};
use crate::law::replay::{Replay, Unchecked};
use std::borrow::Cow;
use std::sync::Arc;

impl Checking<'_> {
    /// Replays a history from its first entry on; of a part nothing can be said. Answers how often
    /// each rule could not be checked.
    pub(super) fn law(&mut self, entries: &Entries, opened: &Opened) -> Vec<(&'static str, u64)> {
        let begins = self.manifest.from == 0 && entries.is_whole;
        // Behind another fault nothing that follows proves anything more.
        if !begins || self.findings.has_exit(1) {
            return Vec::new();
        }
        let read = || entries.read.iter().map(|read| &read.entry);
        let mut replay = Replay::begin();
        let mut found: Vec<_> =
            read().flat_map(|entry| replay.take(&disclosed(entry, opened))).collect();
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

/// The entry with what is disclosed of it: values decide some rules that are counted without them.
fn disclosed<'a>(entry: &'a Entry, opened: &Opened) -> Cow<'a, Entry> {
    let ours = (entry.seq, String::new())..(entry.seq.saturating_add(1), String::new());
    let mut values = opened.range(ours).peekable();
    if values.peek().is_none() {
        return Cow::Borrowed(entry);
    }
    let mut entry = entry.clone();
    for ((_, field), value) in values {
        let mut sealed = entry.fact.event.sealed_mut();
        if let Some((_, sealed)) = sealed.iter_mut().find(|(known, _)| known == field) {
            sealed.content = Content::Open(Arc::clone(value));
        }
    }
    Cow::Owned(entry)
}
