//! What is said of a member's person.

use super::later::Later;
use super::{PersonalValue, Place};
use crate::facts::Sealed;
use crate::facts::event::MemberUpdated;
use serde::{Deserialize, Serialize};

/// A person's names and address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profile {
    /// Their login name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<PersonalValue>,
    /// What they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonalValue>,
    /// Their address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<PersonalValue>,
}

impl Profile {
    /// Takes out of both what is the same in both.
    pub(super) fn leave_other(&mut self, other: &mut Self) {
        for (one, other) in [
            (&mut self.username, &mut other.username),
            (&mut self.name, &mut other.name),
            (&mut self.email, &mut other.email),
        ] {
            if one == other {
                (*one, *other) = (None, None);
            }
        }
    }
}

/// The profile that somebody joined with, as it is kept: in a savepoint an absent field has its
/// place too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Joined {
    pub(super) username: Option<PersonalValue>,
    pub(super) name: Option<PersonalValue>,
    pub(super) email: Option<PersonalValue>,
}

impl Joined {
    /// Leaves only that values were there.
    pub(super) fn erase(&mut self) {
        for value in [&mut self.username, &mut self.name, &mut self.email] {
            erase(value);
        }
    }
}

fn erase(value: &mut Option<PersonalValue>) {
    if let Some(value) = value {
        *value = PersonalValue::Erased;
    }
}

/// What became of the profiles that members joined with, by row. Each value is kept apart, so that
/// a change costs no more than the value that changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Profiles {
    usernames: Later<Option<PersonalValue>>,
    names: Later<Option<PersonalValue>>,
    emails: Later<Option<PersonalValue>>,
}

impl Profiles {
    pub(super) fn update(&mut self, place: Place, row: u32, updated: &MemberUpdated) {
        for (values, changed) in [
            (&mut self.usernames, &updated.username),
            (&mut self.names, &updated.name),
            (&mut self.emails, &updated.email),
        ] {
            if let Some(change) = changed {
                values.set(place, row, shown(change.after.as_ref()));
            }
        }
    }

    pub(super) fn erase(&mut self, row: u32) {
        for values in [&mut self.usernames, &mut self.names, &mut self.emails] {
            values.of_mut(row).for_each(erase);
        }
    }

    pub(super) fn username<'a>(
        &'a self,
        place: Place,
        row: u32,
        joined: &'a Joined,
    ) -> Option<&'a PersonalValue> {
        self.usernames.at(place, row, &joined.username).as_ref()
    }

    pub(super) fn name<'a>(
        &'a self,
        place: Place,
        row: u32,
        joined: &'a Joined,
    ) -> Option<&'a PersonalValue> {
        self.names.at(place, row, &joined.name).as_ref()
    }

    pub(super) fn email<'a>(
        &'a self,
        place: Place,
        row: u32,
        joined: &'a Joined,
    ) -> Option<&'a PersonalValue> {
        self.emails.at(place, row, &joined.email).as_ref()
    }
}

pub(super) fn shown(sealed: Option<&Sealed>) -> Option<PersonalValue> {
    sealed.map(PersonalValue::from)
}
