//! Everything that is held about one person.

use super::{Answered, Desk};
use crate::doors::wire::{
    LedgerMoment, PersonalData, PersonalDataAnswer, PersonalDataHere, PersonalDataInvited,
    PersonalEntry, PersonalField, Problem,
};
use crate::facts::Actor;
use crate::facts::event::PersonalField as Disclosed;
use crate::law::Refusal;
use crate::projections::{About, HistoryFilter, PersonalValue};
use crate::words::{InvitationId, OrganizationId, SubjectId, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// The most entries in one part: an entry has at most 8 KiB, its values as much, so some 8 MB.
const ENTRIES_LIMIT: usize = 500;

impl Answered for PersonalData {
    fn answer(&self, desk: &Desk) -> Result<PersonalDataAnswer, Problem> {
        desk.held_about(self.user, None, self.parameters.from)
    }
}

impl Answered for PersonalDataHere {
    fn answer(&self, desk: &Desk) -> Result<PersonalDataAnswer, Problem> {
        let org = desk.org(&self.org)?;
        desk.held_about(self.user, Some(org), self.parameters.from)
    }
}

impl Answered for PersonalDataInvited {
    fn answer(&self, desk: &Desk) -> Result<PersonalDataAnswer, Problem> {
        let org = desk.org(&self.org)?;
        let known = desk.ledger.known();
        let alike = known.state.invited_alike(org, self.invitation);
        let (user, invitations) = alike.ok_or(Refusal::UnknownInvitation)?;
        let person = Held { user, invitations: BTreeMap::from([(org, invitations)]) };
        desk.tell(person, vec![org], self.parameters.from)
    }
}

/// By what a person is known.
struct Held {
    /// None where they are known by invitations alone.
    user: Option<UserId>,
    invitations: BTreeMap<OrganizationId, Vec<InvitationId>>,
}

impl Desk {
    /// What is recorded about a user, in one organization or everywhere.
    fn held_about(
        &self,
        user: UserId,
        only: Option<OrganizationId>,
        from: Option<u64>,
    ) -> Result<PersonalDataAnswer, Problem> {
        let known = self.ledger.known();
        if known.state.user(user).is_none() {
            return Err(Refusal::UnknownUser.into());
        }
        let mut invitations: BTreeMap<OrganizationId, Vec<InvitationId>> = BTreeMap::new();
        for (org, invitation) in known.state.invitations_to(user) {
            invitations.entry(org).or_default().push(invitation);
        }
        let chains: Vec<OrganizationId> = match only {
            Some(org) => vec![org],
            None => {
                let views = self.ledger.views();
                let organizations = views.organizations().map(|view| view.id());
                organizations.chain([OrganizationId::DEPLOYMENT]).collect()
            }
        };
        self.tell(Held { user: Some(user), invitations }, chains, from)
    }

    fn tell(
        &self,
        mut person: Held,
        chains: Vec<OrganizationId>,
        from: Option<u64>,
    ) -> Result<PersonalDataAnswer, Problem> {
        // Whatever is recorded meanwhile belongs to the next answer.
        let size = self.ledger.known().size;
        let mut seqs = BTreeSet::new();
        let mut owners: BTreeSet<SubjectId> =
            person.user.into_iter().map(SubjectId::from).collect();
        for org in chains {
            let theirs = person.invitations.remove(&org).unwrap_or_default();
            owners.extend(theirs.iter().map(|id| SubjectId::from(*id)));
            let about = theirs.into_iter().map(About::Invitation);
            let about = about.chain(person.user.map(About::User));
            let about =
                about.map(|about| HistoryFilter { about: Some(about), ..HistoryFilter::default() });
            let actor = person.user.map(Actor::User);
            let did =
                actor.map(|actor| HistoryFilter { actor: Some(actor), ..HistoryFilter::default() });
            seqs.extend(self.seqs_of(org, about.chain(did))?);
        }
        if seqs.is_empty() {
            return Err(Refusal::UnknownUser.into());
        }
        let mut rest = seqs.range(from.unwrap_or(0)..).copied();
        let mut entries = Vec::new();
        for seq in rest.by_ref().take(ENTRIES_LIMIT) {
            for record in self.ledger.read(seq, 1)? {
                let opened = self.ledger.unseal(&record)?.entry;
                let sealed = opened.fact.event.sealed();
                let theirs = sealed.into_iter().filter(|(_, sealed)| owners.contains(&sealed.of));
                // What opens an account, and digests, are told to nobody.
                let told = theirs.filter(|(field, _)| Disclosed::at(field).is_some());
                let values = told.map(|(field, sealed)| PersonalField {
                    field: field.to_owned(),
                    of: sealed.of,
                    value: PersonalValue::from(sealed),
                });
                let entry = serde_json::from_slice(&record.bytes)
                    .map_err(|error| Problem::fault("damaged", error))?;
                let organization_id = opened.fact.org;
                entries.push(PersonalEntry {
                    seq,
                    organization_id,
                    entry,
                    values: values.collect(),
                });
            }
        }
        let as_of = LedgerMoment { seq: size.checked_sub(1) };
        Ok(PersonalDataAnswer { as_of, user_id: person.user, entries, next: rest.next() })
    }
}
