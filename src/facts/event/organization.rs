//! What happens to an organization as a whole.

use super::body::body;
use crate::facts::{OrganizationKind, RoleSet, Sealed, Shown};
use crate::words::{Name, Slug};
use serde::{Deserialize, Serialize};

/// What something was and what it became; absent stands for "none".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Change<T> {
    /// What it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<T>,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<T>,
}

/// An organization came to exist. It is a subject of its own: reasons that concern nobody in
/// particular are sealed under its key, and so are a personal organization's name and slug.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationCreated {
    /// What it is to the deployment.
    pub kind: OrganizationKind,
    /// What it is called; sealed for a personal one.
    pub name: Shown<Name>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// Which roles it uses.
    pub role_set: RoleSet,
    /// How many members and pending invitations it may have; absent: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// Its part of an address; sealed for a personal one.
    pub slug: Shown<Slug>,
}

/// Its name, slug, number of seats, or whether its members need a second factor changed. Only what
/// changed is present.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationUpdated {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<Shown<Name>>>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The number of seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Change<u32>>,
    /// Whether members need a second factor to do anything here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<Change<bool>>,
    /// The slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Change<Shown<Slug>>>,
}

/// The operator confirmed an enterprise organization: its members can be managed from here on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationCertified {
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
}

/// It ended. Its memberships and pending invitations ended in the same command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationDissolved {
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
}

body!(OrganizationCreated, |_event, org| vec![org.into()], {
    "/name" => name, "/reason" => reason, "/slug" => slug,
});
body!(OrganizationCertified, |_event, org| vec![org.into()], { "/reason" => reason });
body!(OrganizationDissolved, |_event, org| vec![org.into()], { "/reason" => reason });

impl super::Body for OrganizationUpdated {
    fn subjects(&self, org: crate::words::OrganizationId) -> Vec<crate::words::SubjectId> {
        vec![org.into()]
    }

    fn sealed(&self) -> Vec<(&'static str, &Sealed)> {
        let (name_after, name_before) = self.name.as_ref().map_or((None, None), Change::slots);
        let (slug_after, slug_before) = self.slug.as_ref().map_or((None, None), Change::slots);
        [
            ("/name/after", name_after),
            ("/name/before", name_before),
            ("/reason", self.reason.as_ref()),
            ("/slug/after", slug_after),
            ("/slug/before", slug_before),
        ]
        .into_iter()
        .filter_map(|(pointer, slot)| slot.map(|sealed| (pointer, sealed)))
        .collect()
    }

    fn sealed_mut(&mut self) -> Vec<(&'static str, &mut Sealed)> {
        let (name_after, name_before) = self.name.as_mut().map_or((None, None), Change::slots_mut);
        let (slug_after, slug_before) = self.slug.as_mut().map_or((None, None), Change::slots_mut);
        [
            ("/name/after", name_after),
            ("/name/before", name_before),
            ("/reason", self.reason.as_mut()),
            ("/slug/after", slug_after),
            ("/slug/before", slug_before),
        ]
        .into_iter()
        .filter_map(|(pointer, slot)| slot.map(|sealed| (pointer, sealed)))
        .collect()
    }
}

impl<T> Change<Shown<T>> {
    fn slots(&self) -> (Option<&Sealed>, Option<&Sealed>) {
        (self.after.as_ref().and_then(Shown::sealed), self.before.as_ref().and_then(Shown::sealed))
    }

    fn slots_mut(&mut self) -> (Option<&mut Sealed>, Option<&mut Sealed>) {
        (
            self.after.as_mut().and_then(Shown::sealed_mut),
            self.before.as_mut().and_then(Shown::sealed_mut),
        )
    }
}
