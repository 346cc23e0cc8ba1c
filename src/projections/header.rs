//! The organization as a whole.

use super::moment::Sequence;
use super::{PersonalValue, Place, Timeline};
use crate::facts::event::{OrganizationCreated, OrganizationUpdated};
use crate::facts::{OrganizationKind, RoleSet};
use crate::words::{OrganizationId, Timestamp};
use serde::{Deserialize, Serialize};

/// An organization's own data as of a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Header {
    /// The organization.
    pub organization_id: OrganizationId,
    /// What it was called.
    pub name: PersonalValue,
    /// Its part of an address.
    pub slug: PersonalValue,
    /// What it is to the deployment.
    pub kind: OrganizationKind,
    /// Which roles it uses.
    pub role_set: RoleSet,
    /// How many members and pending invitations it could have; absent: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// Whether its members needed a second factor to do anything; absent: they did not.
    #[serde(default, skip_serializing_if = "is_off")]
    pub second_factor: bool,
    /// When it came to exist.
    pub created_at: Timestamp,
    /// When the operator certified it; absent: it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certified_at: Option<Timestamp>,
    /// When it ended; absent: it had not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dissolved_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Headers {
    kind: OrganizationKind,
    role_set: RoleSet,
    name: Timeline<PersonalValue>,
    slug: Timeline<PersonalValue>,
    seats: Timeline<Option<u32>>,
    second_factor: Timeline<bool>,
    created: Place,
    certified: Option<Place>,
    dissolved: Option<Place>,
}

impl Headers {
    pub(super) fn new(place: Place, created: &OrganizationCreated) -> Self {
        Self {
            kind: created.kind,
            role_set: created.role_set,
            name: Timeline::new(place, (&created.name).into()),
            slug: Timeline::new(place, (&created.slug).into()),
            seats: Timeline::new(place, created.seats),
            second_factor: Timeline::new(place, false),
            created: place,
            certified: None,
            dissolved: None,
        }
    }

    pub(super) fn update(&mut self, place: Place, updated: &OrganizationUpdated) {
        // A name and a slug are never given up, only exchanged: a change without `after` says
        // nothing about them.
        if let Some(name) = updated.name.as_ref().and_then(|change| change.after.as_ref()) {
            self.name.set(place, name.into());
        }
        if let Some(slug) = updated.slug.as_ref().and_then(|change| change.after.as_ref()) {
            self.slug.set(place, slug.into());
        }
        if let Some(seats) = &updated.seats {
            self.seats.set(place, seats.after);
        }
        if let Some(second_factor) = &updated.second_factor {
            self.second_factor.set(place, second_factor.after.unwrap_or_default());
        }
    }

    pub(super) fn certify(&mut self, place: Place) {
        self.certified.get_or_insert(place);
    }

    pub(super) fn dissolve(&mut self, place: Place) {
        self.dissolved.get_or_insert(place);
    }

    /// Leaves only that a name and a slug were there.
    pub(super) fn erase(&mut self) {
        for value in self.name.values_mut().chain(self.slug.values_mut()) {
            *value = PersonalValue::Erased;
        }
    }

    pub(super) fn slug(&self) -> &PersonalValue {
        self.slug.current()
    }

    pub(super) fn at(&self, id: OrganizationId, place: Place, sequence: &Sequence) -> Header {
        let by_then = |happened: Option<Place>| {
            happened.filter(|at| *at <= place).map(|at| sequence.time(at))
        };
        Header {
            organization_id: id,
            // The first entry of an organization sets them all, so they hold at every place of it.
            name: self.name.at(place).unwrap_or_else(|| self.name.current()).clone(),
            slug: self.slug.at(place).unwrap_or_else(|| self.slug.current()).clone(),
            kind: self.kind,
            role_set: self.role_set,
            seats: self.seats.at(place).copied().flatten(),
            second_factor: self.second_factor.at(place).copied().unwrap_or_default(),
            created_at: sequence.time(self.created),
            certified_at: by_then(self.certified),
            dissolved_at: by_then(self.dissolved),
        }
    }
}

fn is_off(second_factor: &bool) -> bool {
    !second_factor
}
