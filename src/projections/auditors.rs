//! Who could read an organization without belonging to it.

use super::moment::Sequence;
use super::profile::{Joined, shown};
use super::{Misfit, Moment, PersonalValue, Place, Roll};
use crate::facts::event::{AuditorGranted, AuditorWithdrawn};
use crate::facts::{Actor, roles::named};
use crate::words::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

named! {
    /// What had become of an auditor's grant.
    AuditorStatus {
        /// It held.
        Active = "active",
        /// Its time had passed.
        Expired = "expired",
        /// It was withdrawn.
        Withdrawn = "withdrawn",
    }
}

/// An auditor's grant as of a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditorRow {
    /// The user.
    pub user_id: UserId,
    /// Their login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<PersonalValue>,
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonalValue>,
    /// Their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<PersonalValue>,
    /// What had become of the grant.
    pub status: AuditorStatus,
    /// From this moment on it does not hold; absent: until it is withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was given.
    pub granted_at: Timestamp,
    /// The entry with which it was given. A user who is granted it anew has another.
    pub granted_org_seq: u64,
    /// Who gave it.
    pub granted_by: Actor,
    /// When it was withdrawn, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
}

/// All grants there have ever been, a row each, in the order of granting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Auditors {
    rows: Vec<Grant>,
    /// Each user's latest grant.
    by_user: BTreeMap<UserId, u32>,
    /// Those that were neither withdrawn nor, once expired, followed by another.
    roll: Roll,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Grant {
    user: UserId,
    person: Joined,
    expires_at: Option<Timestamp>,
    granted_by: Actor,
    is_withdrawn: bool,
}

impl Auditors {
    pub(super) fn grant(
        &mut self,
        place: Place,
        granted_by: Actor,
        granted: &AuditorGranted,
    ) -> Result<(), Misfit> {
        if let Some(&row) = self.by_user.get(&granted.user)
            && self.roll.stood(row, Place::LAST)
        {
            // One that has a bound may have expired, and is followed by another.
            if self.rows[row as usize].expires_at.is_none() {
                return Err(Misfit::present("auditor", granted.user));
            }
            self.roll.strike(place, row);
        }
        let row = self.roll.enter(place);
        self.rows.push(Grant {
            user: granted.user,
            person: Joined {
                username: shown(granted.username.as_ref()),
                name: shown(granted.name.as_ref()),
                email: shown(granted.email.as_ref()),
            },
            expires_at: granted.expires_at,
            granted_by,
            is_withdrawn: false,
        });
        self.by_user.insert(granted.user, row);
        Ok(())
    }

    pub(super) fn withdraw(
        &mut self,
        place: Place,
        withdrawn: &AuditorWithdrawn,
    ) -> Result<(), Misfit> {
        let row = self.by_user.get(&withdrawn.user).copied();
        let row = row
            .filter(|&row| self.roll.strike(place, row))
            .ok_or_else(|| Misfit::absent("auditor", withdrawn.user))?;
        self.rows[row as usize].is_withdrawn = true;
        Ok(())
    }

    /// Leaves of a user's values only that they were there, in every grant; one that holds ends.
    pub(super) fn erase(&mut self, place: Place, user: UserId) {
        if let Some(&row) = self.by_user.get(&user) {
            if self.roll.strike(place, row) {
                self.rows[row as usize].is_withdrawn = true;
            }
            let grants = self.rows.iter_mut().filter(|grant| grant.user == user);
            grants.for_each(|grant| grant.person.erase());
        }
    }

    /// Everything granted by then.
    pub(super) fn list(&self, at: Moment, sequence: &Sequence) -> Vec<AuditorRow> {
        let granted = 0..self.roll.entered_by(at.place);
        granted.filter_map(|row| self.shown(row, at, sequence)).collect()
    }

    /// Only what held.
    pub(super) fn active(&self, at: Moment, sequence: &Sequence) -> Vec<AuditorRow> {
        let rows = self.roll.at(at.place).filter_map(|row| self.shown(row, at, sequence));
        rows.filter(|row| row.status == AuditorStatus::Active).collect()
    }

    /// What was said of a user when they were last granted it by then. Looks at every later grant.
    pub(super) fn person(&self, user: UserId, place: Place) -> Option<&Joined> {
        let latest = *self.by_user.get(&user)?;
        let end = self.roll.entered_by(place).min(latest + 1);
        let mut granted = (0..end).rev().map(|row| &self.rows[row as usize]);
        granted.find(|grant| grant.user == user).map(|grant| &grant.person)
    }

    fn shown(&self, row: u32, at: Moment, sequence: &Sequence) -> Option<AuditorRow> {
        let known = self.rows.get(row as usize)?;
        let (granted, struck) = self.roll.interval(row)?;
        let ended = struck.filter(|ended| *ended <= at.place);
        let withdrawn = ended.filter(|_| known.is_withdrawn);
        let has_passed = known.expires_at.is_some_and(|until| until <= at.time());
        Some(AuditorRow {
            user_id: known.user,
            username: known.person.username.clone(),
            name: known.person.name.clone(),
            email: known.person.email.clone(),
            status: if withdrawn.is_some() {
                AuditorStatus::Withdrawn
            } else if has_passed || ended.is_some() {
                AuditorStatus::Expired
            } else {
                AuditorStatus::Active
            },
            expires_at: known.expires_at,
            granted_at: sequence.time(granted),
            granted_org_seq: granted.org_seq(),
            granted_by: known.granted_by,
            withdrawn_at: withdrawn.map(|place| sequence.time(place)),
        })
    }
}
