//! All organizations of a ledger.

use super::{ApplyError, AsOf, AsOfError, Deployment, Moment, OrganizationView};
use crate::facts::Entry;
use crate::words::{OrganizationId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The projections of a whole ledger.
///
/// A clone shares every organization with its original; an entry applied to one of the two copies
/// only the organization it happened in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Views {
    size: u64,
    deployment: Arc<Deployment>,
    organizations: BTreeMap<OrganizationId, Arc<OrganizationView>>,
    /// Current slugs, as far as they are known. A dissolved organization keeps its own.
    slugs: BTreeMap<Arc<str>, OrganizationId>,
}

impl Views {
    /// Takes in the next entry of the log. After an error the views are to be thrown away.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), ApplyError> {
        let id = entry.fact.org;
        if id == OrganizationId::DEPLOYMENT {
            Arc::make_mut(&mut self.deployment).apply(entry)?;
        } else {
            match self.organizations.get_mut(&id) {
                Some(organization) => {
                    let before = organization.slug().clone();
                    let organization = Arc::make_mut(organization);
                    organization.apply(entry)?;
                    if *organization.slug() != before {
                        self.free_slug(id, before.text());
                        self.take_slug(id);
                    }
                }
                None => {
                    self.organizations.insert(id, Arc::new(OrganizationView::begin(entry)?));
                    self.take_slug(id);
                }
            }
        }
        self.size = entry.seq + 1;
        Ok(())
    }

    /// Inside one command another organization may have taken it first.
    fn free_slug(&mut self, id: OrganizationId, slug: Option<&str>) {
        if let Some(slug) = slug.filter(|slug| self.slugs.get(*slug) == Some(&id)) {
            self.slugs.remove(slug);
        }
    }

    fn take_slug(&mut self, id: OrganizationId) {
        if let Some(slug) = self.organizations.get(&id).and_then(|known| known.slug().text()) {
            self.slugs.insert(slug.into(), id);
        }
    }

    /// The number of entries that were taken in.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The deployment's own chain, to be read or kept while later entries are applied.
    pub fn deployment(&self) -> &Arc<Deployment> {
        &self.deployment
    }

    /// One organization, to be read or kept while later entries are applied.
    pub fn organization(&self, id: OrganizationId) -> Option<&Arc<OrganizationView>> {
        self.organizations.get(&id)
    }

    /// The organization that has a slug.
    pub fn by_slug(&self, slug: &str) -> Option<&Arc<OrganizationView>> {
        self.slugs.get(slug).and_then(|id| self.organizations.get(id))
    }

    /// All organizations, by id.
    pub fn organizations(&self) -> impl ExactSizeIterator<Item = &Arc<OrganizationView>> {
        self.organizations.values()
    }

    /// Resolves a wish for one organization, and refuses a seq that the ledger has not reached.
    pub fn moment(
        &self,
        organization: &OrganizationView,
        as_of: AsOf,
        now: Timestamp,
    ) -> Result<Moment, AsOfError> {
        self.reached(as_of)?;
        organization.moment(as_of, now)
    }

    /// The same for the deployment's own chain; none while there was nothing in it.
    pub fn deployment_moment(
        &self,
        as_of: AsOf,
        now: Timestamp,
    ) -> Result<Option<Moment>, AsOfError> {
        self.reached(as_of)?;
        self.deployment.moment(as_of, now)
    }

    fn reached(&self, as_of: AsOf) -> Result<(), AsOfError> {
        match as_of {
            AsOf::Seq(seq) | AsOf::Again { seq, .. } if seq >= self.size => {
                Err(AsOfError::Beyond { what: "seq", asked: seq, size: self.size })
            }
            AsOf::Seq(_)
            | AsOf::Again { .. }
            | AsOf::Now
            | AsOf::Time(_)
            | AsOf::Recorded(_)
            | AsOf::OrgSeq(_) => Ok(()),
        }
    }
}
