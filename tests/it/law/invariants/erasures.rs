//! Behind an erasure nothing is known, and nothing more comes to be known, of whoever was erased.

use rollbook::facts::{Event, Fact};
use rollbook::law::State;
use rollbook::words::{OrganizationId, SubjectId};
use std::collections::BTreeSet;

/// Whose values were erased, and where.
#[derive(Default)]
pub(crate) struct Erasures(BTreeSet<(OrganizationId, SubjectId)>);

impl Erasures {
    pub(crate) fn covers(&self, org: OrganizationId, subject: SubjectId) -> bool {
        self.0.contains(&(org, subject))
    }

    pub(crate) fn meet(&mut self, fact: &Fact) {
        for (field, sealed) in fact.event.sealed() {
            let name = fact.event.type_name();
            assert!(!self.covers(fact.org, sealed.of), "{name} seals {field} for the erased");
        }
        if let Event::PersonalDataErased(erased) = &fact.event {
            let before = self.0.len();
            self.0.extend(erased.erased(fact.org).map(|subject| (fact.org, subject)));
            assert!(self.0.len() > before, "an erasure erased nobody: {fact:?}");
            let reason = erased.reason.as_ref().map(|reason| reason.of);
            assert!(reason.is_none_or(|of| !self.covers(fact.org, of)), "its reason is erased");
        }
    }
}

/// What was read behind the erasures is what was known when they were recorded. Told by parts: a
/// whole state is too long to be read.
pub(crate) fn replay_the_same(read: &State, known: &State) {
    for (id, organization) in known.organizations() {
        assert_eq!(read.organization(id), Some(organization), "read and known of {id}");
    }
    assert!(read == known, "a state read behind the erasures is another:\n{read:?}\n{known:?}");
}
