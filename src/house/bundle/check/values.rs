//! Personal values: each is disclosed, withheld or erased, and a bundle says truly which.

use super::super::finding::{Code, Finding};
use super::super::form::{Counts, DISCLOSURES, disclosure};
use super::Checking;
use super::entries::{Entries, Read};
use super::verdict::PersonalData;
use crate::facts::{Entry, Event};
use crate::house::export::form::Disclosed;
use crate::words::hash::Place;
use crate::words::{Commitment, SubjectId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whose values were erased, as far as these entries tell.
pub(in crate::house::bundle) fn erased<'a>(
    entries: impl Iterator<Item = &'a Entry>,
) -> BTreeSet<SubjectId> {
    let mut all = BTreeSet::new();
    for entry in entries {
        if let Event::PersonalDataErased(erased) = &entry.fact.event {
            all.extend(erased.erased(entry.fact.org));
        }
    }
    all
}

/// The values that are disclosed, by the entry's place in the ledger and the field.
pub(super) type Opened = BTreeMap<(u64, String), Arc<str>>;

impl Checking<'_> {
    pub(super) fn values(&mut self, entries: &Entries) -> (PersonalData, Opened) {
        let erased = erased(entries.read.iter().map(|read| &read.entry));
        let by_seq: BTreeMap<u64, &Entry> =
            entries.read.iter().map(|Read { entry, .. }| (entry.seq, entry)).collect();
        let opened = self.disclosures(&by_seq, &erased, entries.is_whole);
        let mut counts = Counts::default();
        for Read { entry, .. } in &entries.read {
            for (field, sealed) in entry.fact.event.sealed() {
                if opened.contains_key(&(entry.seq, field.to_owned())) {
                    counts.disclosed += 1;
                } else if erased.contains(&sealed.of) {
                    counts.erased += 1;
                } else {
                    counts.withheld += 1;
                }
            }
        }
        // Of what could not be read nobody knows how many values it had.
        if entries.is_whole && counts != self.manifest.counts {
            let detail = format!(
                "there are {} disclosed, {} erased and {} withheld values",
                counts.disclosed, counts.erased, counts.withheld
            );
            self.find(Finding::new(Code::Counts, detail));
        }
        let Counts { disclosed, erased, withheld } = counts;
        (PersonalData { disclosed, erased, withheld, not_checkable: Vec::new() }, opened)
    }

    /// What opens which fields of which entries.
    fn disclosures(
        &mut self,
        entries: &BTreeMap<u64, &Entry>,
        erased: &BTreeSet<SubjectId>,
        is_whole: bool,
    ) -> Opened {
        let mut opened = Opened::new();
        let Some(bytes) = self.files.get(DISCLOSURES) else { return opened };
        let mut find = |finding: Finding| self.findings.add(finding.in_file(DISCLOSURES));
        let Some(lines) = bytes.strip_suffix(b"\n") else {
            find(Finding::new(Code::DisclosureForm, "its last line is not ended"));
            return opened;
        };
        let mut last: Option<(u64, String)> = None;
        for line in lines.split(|byte| *byte == b'\n') {
            let disclosed = match disclosure(line) {
                Ok(line) => line.disclosure,
                Err(error) => {
                    find(Finding::new(Code::DisclosureForm, error));
                    continue;
                }
            };
            let place = (disclosed.seq, disclosed.field.clone());
            if last.as_ref().is_some_and(|last| *last >= place) {
                let detail = "disclosures do not ascend by seq and field";
                find(Finding::new(Code::DisclosureOrder, detail).at(disclosed.seq));
            }
            last = Some(place.clone());
            match fault(entries.get(&disclosed.seq).copied(), &disclosed, erased) {
                None => {
                    opened.insert(place, disclosed.value);
                }
                Some((Code::DisclosureNothing, _)) if !is_whole => {}
                Some((code, detail)) => {
                    let detail = format!("{}: {detail}", disclosed.field);
                    find(Finding::new(code, detail).at(disclosed.seq));
                }
            }
        }
        opened
    }
}

fn fault(
    entry: Option<&Entry>,
    disclosed: &Disclosed,
    erased: &BTreeSet<SubjectId>,
) -> Option<(Code, &'static str)> {
    let sealed = entry.map(|entry| entry.fact.event.sealed()).unwrap_or_default();
    let found = sealed.into_iter().find(|(field, _)| *field == disclosed.field);
    let (Some((_, sealed)), Some(entry)) = (found, entry) else {
        return Some((Code::DisclosureNothing, "no entry here commits to anything there"));
    };
    if sealed.of != disclosed.of {
        return Some((Code::DisclosureOwner, "the value is somebody else's"));
    }
    let place = Place { log: &entry.log, seq: entry.seq, field: &disclosed.field };
    let commit = Commitment::to(place, &disclosed.salt, &disclosed.value);
    if sealed.commitment() != Some(commit) {
        return Some((Code::DisclosureMismatch, "the value is not the one that was committed to"));
    }
    let is_erased = erased.contains(&sealed.of);
    is_erased.then_some((Code::DisclosureErased, "the value was erased, and stands here"))
}
