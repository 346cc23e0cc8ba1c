//! The erasure of what is known of somebody.

use super::lists::sorted;
use crate::facts::Sealed;
use crate::words::{InvitationId, OrganizationId, SubjectId, UserId};
use serde::{Deserialize, Deserializer, Serialize};

/// What stands in this chain under the keys of those named here was erased: their keys were
/// destroyed, and every value opens no more, those of earlier entries and of copies of them too.
/// Behind it nothing is sealed under their keys again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Recorded")]
pub struct PersonalDataErased {
    /// Invitations to the person's address, whatever became of them; sorted, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invitations: Vec<InvitationId>,
    /// The organization's own values, too: a personal organization's name and slug name a person.
    #[serde(skip_serializing_if = "is_off")]
    pub organization: bool,
    /// Why. It belongs to the organization: the key of whoever was erased is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
}

impl PersonalDataErased {
    /// The most invitations that one names, so that its entry stays below the bound with a subject
    /// each. More of them take more entries.
    pub const INVITATIONS_LIMIT: usize = 64;

    /// Whose keys are destroyed; `org` is the organization it happened in.
    pub fn erased(&self, org: OrganizationId) -> impl Iterator<Item = SubjectId> {
        let user = self.user.map(SubjectId::from);
        let organization = self.organization.then(|| SubjectId::from(org));
        let invitations = self.invitations.iter().map(|invitation| (*invitation).into());
        user.into_iter().chain(invitations).chain(organization)
    }
}

fn is_off(organization: &bool) -> bool {
    !organization
}

/// The same as it is read. A field that says nothing is left out: two spellings of one event would
/// be two hashes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    #[serde(default, deserialize_with = "sorted_some")]
    invitations: Option<Vec<InvitationId>>,
    organization: Option<bool>,
    reason: Option<Sealed>,
    user: Option<UserId>,
}

fn sorted_some<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<InvitationId>>, D::Error> {
    sorted(deserializer).map(Some)
}

impl TryFrom<Recorded> for PersonalDataErased {
    type Error = &'static str;

    fn try_from(recorded: Recorded) -> Result<Self, Self::Error> {
        let Recorded { invitations, organization, reason, user } = recorded;
        if invitations.is_none() && organization.is_none() && user.is_none() {
            return Err("an erasure names whose values it erased");
        }
        if organization == Some(false) || invitations.as_ref().is_some_and(Vec::is_empty) {
            return Err("what an erasure does not reach is left out");
        }
        let invitations = invitations.unwrap_or_default();
        if invitations.len() > Self::INVITATIONS_LIMIT {
            return Err("an erasure names at most 64 invitations");
        }
        Ok(Self { invitations, organization: organization.unwrap_or_default(), reason, user })
    }
}

impl super::Body for PersonalDataErased {
    /// The organization is named where its reason is sealed: in the deployment's chain nobody may
    /// have named it before.
    fn subjects(&self, org: OrganizationId) -> Vec<SubjectId> {
        let reason = self.reason.as_ref().map(|_| SubjectId::from(org));
        self.erased(org).chain(reason).collect()
    }

    fn sealed(&self) -> Vec<(&'static str, &Sealed)> {
        self.reason.iter().map(|reason| ("/reason", reason)).collect()
    }

    fn sealed_mut(&mut self) -> Vec<(&'static str, &mut Sealed)> {
        self.reason.iter_mut().map(|reason| ("/reason", reason)).collect()
    }
}
