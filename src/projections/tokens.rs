//! Which tokens an organization had, and what became of them.

use super::moment::Sequence;
use super::{Misfit, Moment, Place, Roll};
use crate::facts::event::{EndCause, Scope, TokenIssued, TokenRevoked};
use crate::facts::{Actor, Holder, roles::named};
use crate::words::{Name, Timestamp, TokenId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

named! {
    /// What had become of a token.
    TokenStatus {
        /// It could be used.
        Active = "active",
        /// Its time had passed.
        Expired = "expired",
        /// It had ended before; or nobody waited for its time to pass.
        Revoked = "revoked",
    }
}

/// A token as of a moment. Of the token itself there is nothing here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TokenRow {
    /// The token.
    pub token_id: TokenId,
    /// What it is called.
    pub name: Name,
    /// What it could be used for.
    pub scopes: Vec<Scope>,
    /// What had become of it.
    pub status: TokenStatus,
    /// From this moment on it is refused.
    pub expires_at: Timestamp,
    /// When it came to exist.
    pub issued_at: Timestamp,
    /// The entry with which it came to exist.
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

/// All tokens an organization has ever had, a row each, in the order of issuing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Tokens {
    rows: Vec<Token>,
    by_id: BTreeMap<TokenId, u32>,
    /// Those that were not revoked, expired or not.
    roll: Roll,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Token {
    id: TokenId,
    name: Name,
    scopes: Box<[Scope]>,
    expires_at: Timestamp,
    issued_by: Actor,
    /// Why it ended, once it has.
    cause: Option<EndCause>,
}

impl Tokens {
    pub(super) fn issue(
        &mut self,
        place: Place,
        issued_by: Actor,
        issued: &TokenIssued,
    ) -> Result<(), Misfit> {
        held_here(issued.holder)?;
        if self.by_id.contains_key(&issued.token) {
            return Err(Misfit::present("token", issued.token));
        }
        let row = self.roll.enter(place);
        self.rows.push(Token {
            id: issued.token,
            name: issued.name.clone(),
            scopes: issued.scopes.as_slice().into(),
            expires_at: issued.expires_at,
            issued_by,
            cause: None,
        });
        self.by_id.insert(issued.token, row);
        Ok(())
    }

    pub(super) fn revoke(&mut self, place: Place, revoked: &TokenRevoked) -> Result<(), Misfit> {
        held_here(revoked.holder)?;
        let row = self.by_id.get(&revoked.token).copied();
        let row = row
            .filter(|&row| self.roll.strike(place, row))
            .ok_or_else(|| Misfit::absent("token", revoked.token))?;
        self.rows[row as usize].cause = Some(revoked.cause);
        Ok(())
    }

    /// Everything issued by then.
    pub(super) fn list(&self, at: Moment, sequence: &Sequence) -> Vec<TokenRow> {
        let issued = 0..self.roll.entered_by(at.place);
        issued.filter_map(|row| self.shown(row, at, sequence)).collect()
    }

    /// Only what could be used.
    pub(super) fn active(&self, at: Moment, sequence: &Sequence) -> Vec<TokenRow> {
        let rows = self.roll.at(at.place).filter_map(|row| self.shown(row, at, sequence));
        rows.filter(|row| row.status == TokenStatus::Active).collect()
    }

    /// What somebody issued and nobody revoked, expired or not: it ends when they do.
    pub(super) fn issued_by(
        &self,
        issuer: Actor,
        at: Moment,
        sequence: &Sequence,
    ) -> Vec<TokenRow> {
        let rows = self.roll.at(at.place);
        rows.filter(|row| self.rows[*row as usize].issued_by == issuer)
            .filter_map(|row| self.shown(row, at, sequence))
            .collect()
    }

    pub(super) fn name(&self, id: TokenId) -> Option<&Name> {
        self.by_id.get(&id).map(|&row| &self.rows[row as usize].name)
    }

    fn shown(&self, row: u32, at: Moment, sequence: &Sequence) -> Option<TokenRow> {
        let known = self.rows.get(row as usize)?;
        let (issued, struck) = self.roll.interval(row)?;
        let revoked = struck.filter(|revoked| *revoked <= at.place);
        Some(TokenRow {
            token_id: known.id,
            name: known.name.clone(),
            scopes: known.scopes.to_vec(),
            status: if revoked.is_some() {
                TokenStatus::Revoked
            } else if known.expires_at <= at.time() {
                TokenStatus::Expired
            } else {
                TokenStatus::Active
            },
            expires_at: known.expires_at,
            issued_at: sequence.time(issued),
            issued_org_seq: issued.org_seq(),
            issued_by: known.issued_by,
            revoked_at: revoked.map(|place| sequence.time(place)),
            cause: known.cause.filter(|_| revoked.is_some()),
        })
    }
}

/// In an organization's history stand only its own tokens.
fn held_here(holder: Holder) -> Result<(), Misfit> {
    match holder {
        Holder::Organization => Ok(()),
        Holder::Operator | Holder::User(_) => Err(Misfit::Elsewhere),
    }
}
