//! Whose the API keys were that are used elsewhere.

use super::members::Members;
use super::moment::Sequence;
use super::{Misfit, PersonalValue, Place, Roll};
use crate::facts::event::{ApiKeyIssued, ApiKeyRevoked, EndCause};
use crate::facts::{Actor, roles::named};
use crate::words::{ApiKeyId, KeyPrefix, MemberId, Name, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

named! {
    /// What had become of an API key.
    ApiKeyStatus {
        /// It could be used.
        Active = "active",
        /// It was not to be used any more.
        Revoked = "revoked",
    }
}

/// An API key and its owner as of a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApiKeyRow {
    /// The key.
    pub api_key_id: ApiKeyId,
    /// What it is called.
    pub name: Name,
    /// Where it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Name>,
    /// Its first characters, by which people tell keys apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<KeyPrefix>,
    /// The membership whose it is.
    pub member_id: MemberId,
    /// The user.
    pub user_id: UserId,
    /// Their login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<PersonalValue>,
    /// What had become of it.
    pub status: ApiKeyStatus,
    /// When it became theirs.
    pub issued_at: Timestamp,
    /// The entry with which it became theirs. A key that is issued anew has another.
    pub issued_org_seq: u64,
    /// Who issued it.
    pub issued_by: Actor,
    /// When it was revoked, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// Why it was revoked, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<EndCause>,
}

/// All keys an organization's members have ever had, a row each time one was issued.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ApiKeys {
    rows: Vec<ApiKey>,
    /// The latest issuing of each key; earlier ones hang from it.
    by_id: BTreeMap<ApiKeyId, u32>,
    /// By row of the member: theirs, ascending.
    by_owner: BTreeMap<u32, Vec<u32>>,
    roll: Roll,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ApiKey {
    id: ApiKeyId,
    /// The owner's row.
    owner: u32,
    name: Name,
    environment: Option<Name>,
    prefix: Option<KeyPrefix>,
    issued_by: Actor,
    /// Why it ended, once it has.
    cause: Option<EndCause>,
    /// The issuing of the same key before.
    earlier: Option<u32>,
}

impl ApiKeys {
    /// `owner` is the row of a member who belongs.
    pub(super) fn issue(
        &mut self,
        place: Place,
        issued_by: Actor,
        owner: u32,
        issued: &ApiKeyIssued,
    ) -> Result<(), Misfit> {
        let earlier = self.by_id.get(&issued.key).copied();
        if earlier.is_some_and(|row| self.roll.stood(row, Place::LAST)) {
            return Err(Misfit::present("API key", issued.key));
        }
        let row = self.roll.enter(place);
        self.rows.push(ApiKey {
            id: issued.key,
            owner,
            name: issued.name.clone(),
            environment: issued.environment.clone(),
            prefix: issued.prefix.clone(),
            issued_by,
            cause: None,
            earlier,
        });
        self.by_id.insert(issued.key, row);
        self.by_owner.entry(owner).or_default().push(row);
        Ok(())
    }

    /// The owner may have left already: in the same command, right before.
    pub(super) fn revoke(
        &mut self,
        place: Place,
        members: &Members,
        revoked: &ApiKeyRevoked,
    ) -> Result<(), Misfit> {
        let row = self.by_id.get(&revoked.key).copied();
        let row = row
            .filter(|&row| self.roll.stood(row, Place::LAST))
            .ok_or_else(|| Misfit::absent("API key", revoked.key))?;
        let known = &mut self.rows[row as usize];
        let owner = members.identity(known.owner).0;
        Misfit::unless_before(&revoked.member, &owner, MemberId::to_string)?;
        known.cause = Some(revoked.cause);
        self.roll.strike(place, row);
        Ok(())
    }

    /// Everything issued by then; of one member only, where `owner` is their row.
    pub(super) fn list(
        &self,
        owner: Option<u32>,
        members: &Members,
        place: Place,
        sequence: &Sequence,
    ) -> Vec<ApiKeyRow> {
        let end = self.roll.entered_by(place);
        let shown = |row| self.shown(row, members, place, sequence);
        match owner {
            None => (0..end).filter_map(shown).collect(),
            Some(owner) => self.of(owner).take_while(|row| *row < end).filter_map(shown).collect(),
        }
    }

    /// Only what could be used.
    pub(super) fn active(
        &self,
        owner: Option<u32>,
        members: &Members,
        place: Place,
        sequence: &Sequence,
    ) -> Vec<ApiKeyRow> {
        let shown = |row| self.shown(row, members, place, sequence);
        match owner {
            None => self.roll.at(place).filter_map(shown).collect(),
            Some(owner) => {
                let standing = self.of(owner).filter(|row| self.roll.stood(*row, place));
                standing.filter_map(shown).collect()
            }
        }
    }

    /// Whose a key was, or whose it was last.
    pub(super) fn one(
        &self,
        id: ApiKeyId,
        members: &Members,
        place: Place,
        sequence: &Sequence,
    ) -> Option<ApiKeyRow> {
        self.shown(self.latest(id, place)?, members, place, sequence)
    }

    pub(super) fn name(&self, id: ApiKeyId, place: Place) -> Option<&Name> {
        self.latest(id, place).map(|row| &self.rows[row as usize].name)
    }

    /// Where the last of a member's keys ended that have.
    pub(super) fn last_end(&self, owner: u32) -> Option<Place> {
        self.of(owner).filter_map(|row| self.roll.interval(row)?.1).max()
    }

    /// The latest issuing by then. Looks at every later one: there are as many as the key was
    /// revoked and issued anew.
    fn latest(&self, id: ApiKeyId, place: Place) -> Option<u32> {
        let latest = self.by_id.get(&id).copied();
        let mut rows = std::iter::successors(latest, |&row| self.rows[row as usize].earlier);
        rows.find(|&row| row < self.roll.entered_by(place))
    }

    fn of(&self, owner: u32) -> impl Iterator<Item = u32> {
        self.by_owner.get(&owner).into_iter().flatten().copied()
    }

    fn shown(
        &self,
        row: u32,
        members: &Members,
        place: Place,
        sequence: &Sequence,
    ) -> Option<ApiKeyRow> {
        let known = self.rows.get(row as usize)?;
        let (issued, struck) = self.roll.interval(row)?;
        let revoked = struck.filter(|revoked| *revoked <= place);
        let (member_id, user_id) = members.identity(known.owner);
        Some(ApiKeyRow {
            api_key_id: known.id,
            name: known.name.clone(),
            environment: known.environment.clone(),
            prefix: known.prefix.clone(),
            member_id,
            user_id,
            username: members.username(known.owner, place).cloned(),
            status: match revoked {
                Some(_) => ApiKeyStatus::Revoked,
                None => ApiKeyStatus::Active,
            },
            issued_at: sequence.time(issued),
            issued_org_seq: issued.org_seq(),
            issued_by: known.issued_by,
            revoked_at: revoked.map(|place| sequence.time(place)),
            cause: known.cause.filter(|_| revoked.is_some()),
        })
    }
}
