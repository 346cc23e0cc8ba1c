//! What is told of an erasure.

use super::recorded::{Told, counted, ended, signed_out};
use super::{Desk, heading};
use crate::doors::wire::{ErasedIn, ErasureCertificate, Heading, Problem, Recorded, Subject};
use crate::facts::event::PersonalDataErased;
use crate::facts::{Entry, Event};
use crate::house::Receipt;
use crate::projections::{About, AsOf, HistoryFilter, PersonalValue};
use crate::words::{OrganizationId, SubjectId, UserId};
use std::collections::BTreeSet;

impl Desk {
    /// The certificate of an erasure that is recorded, whose keys are destroyed.
    pub(super) fn certificate(&self, receipt: &Receipt) -> Result<ErasureCertificate, Problem> {
        let mut erased = Vec::new();
        let (mut user_id, mut recorded_at) = (None, None);
        for entry in &receipt.entries {
            let Event::PersonalDataErased(event) = &entry.fact.event else { continue };
            user_id = event.user.or(user_id);
            recorded_at = Some(entry.time);
            erased.push(ErasedIn {
                organization_id: entry.fact.org,
                seq: entry.seq,
                org_seq: entry.org_seq,
                invitations: event.invitations.clone(),
                values: self.covered(entry, event)?,
            });
        }
        let unshowable = || Problem::fault("fault", "recorded, but it cannot be shown");
        let (epoch, copies) =
            self.ledger.keyring_copies().map_err(|error| Problem::fault("keyring", error))?;
        let now = (self.now)();
        let older = copies.iter().filter(|copy| copy.epoch < epoch && now < copy.expires_at);
        Ok(ErasureCertificate {
            cmd: receipt.cmd,
            user_id,
            values: erased.iter().map(|erased| erased.values).sum(),
            erased,
            recorded_at: recorded_at.ok_or_else(unshowable)?,
            keyring_epoch: epoch,
            older_keyring_copies_until: older.map(|copy| copy.expires_at).max(),
        })
    }

    /// Answers an erasure that is recorded, where its last entry stands.
    pub(super) fn told_erasure(&self, receipt: &Receipt) -> Result<Told, Problem> {
        let unshowable = || Problem::fault("fault", "recorded, but it cannot be shown");
        let last = receipt.entries.last().ok_or_else(unshowable)?;
        let erasure = Some(self.certificate(receipt)?);
        let views = self.ledger.views();
        let heading = if last.fact.org == OrganizationId::DEPLOYMENT {
            let as_of = views.deployment_moment(AsOf::Seq(last.seq), (self.now)())?;
            Heading {
                organization_id: OrganizationId::DEPLOYMENT,
                slug: PersonalValue::Known("deployment".into()),
                dissolved_at: None,
                as_of: as_of.ok_or_else(unshowable)?,
            }
        } else {
            let view = views.organization(last.fact.org).ok_or_else(unshowable)?;
            heading(view, views.moment(view, AsOf::Seq(last.seq), (self.now)())?)
        };
        let answer = Recorded {
            heading,
            cmd: receipt.cmd,
            recorded: counted(&receipt.entries),
            token: None,
            link: None,
            subject: Subject { erasure, ..Subject::default() },
            ended: ended(&receipt.entries),
            omitted: Vec::new(),
        };
        let parted = receipt.entries.iter().find_map(|entry| signed_out(&entry.fact.event));
        let account = receipt.entries.iter().find_map(|entry| erased_account(entry));
        Ok(Told { answer, created_at: None, signed_out: account.or(parted) })
    }

    /// How many values an erasure covers: those of everybody it names, in every entry about them.
    fn covered(&self, entry: &Entry, event: &PersonalDataErased) -> Result<u64, Problem> {
        let org = entry.fact.org;
        let owners: BTreeSet<SubjectId> = event.erased(org).collect();
        let abouts = event.user.map(About::User).into_iter();
        let abouts = abouts.chain(event.invitations.iter().map(|id| About::Invitation(*id)));
        let abouts = abouts.chain(event.organization.then_some(About::Organization));
        let mut values = 0;
        let filters =
            abouts.map(|about| HistoryFilter { about: Some(about), ..HistoryFilter::default() });
        for seq in self.seqs_of(org, filters)? {
            for record in self.ledger.read(seq, 1)? {
                let sealed = self.ledger.unseal(&record)?.entry;
                let sealed = sealed.fact.event.sealed();
                values += sealed.iter().filter(|(_, it)| owners.contains(&it.of)).count() as u64;
            }
        }
        Ok(values)
    }

    /// The entries of a chain that one of these asks for.
    pub(super) fn seqs_of<'a>(
        &self,
        org: OrganizationId,
        filters: impl Iterator<Item = HistoryFilter<'a>>,
    ) -> Result<BTreeSet<u64>, Problem> {
        let views = self.ledger.views();
        let mut seqs = BTreeSet::new();
        for filter in filters {
            let missing = |misfit| Problem::fault("fault", misfit);
            if org == OrganizationId::DEPLOYMENT {
                let deployment = views.deployment();
                let places = deployment.history(filter, 0..u64::MAX).map_err(missing)?;
                seqs.extend(places.filter_map(|place| deployment.seq_of(place)));
            } else if let Some(view) = views.organization(org) {
                let places = view.history(filter, 0..u64::MAX).map_err(missing)?;
                seqs.extend(places.filter_map(|place| view.seq_of(place)));
            }
        }
        Ok(seqs)
    }
}

/// Whose account was erased.
fn erased_account(entry: &Entry) -> Option<UserId> {
    match &entry.fact.event {
        Event::PersonalDataErased(event) if entry.fact.org == OrganizationId::DEPLOYMENT => {
            event.user
        }
        _ => None,
    }
}
