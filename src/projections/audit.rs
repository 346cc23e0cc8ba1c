//! Who did what to whom, when, what it changed, and why: one entry, told.

mod access;
mod events;
mod membership;
mod names;
mod organization;
mod person;
mod publication;
mod role;
mod team;
mod told;

use super::{OrganizationView, PersonalValue, Place};
use crate::facts::{Actor, Entry, Source};
use crate::words::{
    ApiKeyId, CommandId, InvitationId, MemberId, Name, OrganizationId, RoleName, TeamId, Timestamp,
    TokenId, UserId,
};
use events::told;
use names::Names;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// One entry as an auditor reads it. Names are those that held at its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditRow {
    /// Its place in the ledger.
    pub seq: u64,
    /// Its place in the organization.
    pub org_seq: u64,
    /// When it counts as having happened.
    pub happened_at: Timestamp,
    /// When the ledger recorded it.
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// The login name of the actor, for a user who was or had been a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_username: Option<PersonalValue>,
    /// What was done: the type of the event.
    #[serde(rename = "type")]
    pub event_type: Cow<'static, str>,
    /// Whom or what it concerns; what it is about comes first.
    pub concerns: Vec<Concern>,
    /// What was there before, as far as it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is there after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// Which of the known causes it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cow<'static, str>>,
    /// Why, in the actor's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<PersonalValue>,
    /// The command; rows that share it happened together.
    pub cmd: CommandId,
    /// Where it was recorded before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// Whom or what an event concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Concern {
    /// The organization as a whole.
    Organization {
        /// Its id.
        organization_id: OrganizationId,
    },
    /// A member.
    Member {
        /// The membership.
        member_id: MemberId,
        /// The user.
        user_id: UserId,
        /// Their login name.
        #[serde(skip_serializing_if = "Option::is_none")]
        username: Option<PersonalValue>,
        /// What they are called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<PersonalValue>,
    },
    /// An invitation.
    Invitation {
        /// Its id.
        invitation_id: InvitationId,
        /// The address it is bound to.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<PersonalValue>,
    },
    /// A team.
    Team {
        /// Its id.
        team_id: TeamId,
        /// What it was called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
    },
    /// A custom role.
    Role {
        /// Its name.
        role: RoleName,
    },
    /// A token. Of the token itself nothing is told.
    Token {
        /// Its id.
        token_id: TokenId,
        /// What it is called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
    },
    /// An API key. Of the key itself nothing is told.
    ApiKey {
        /// Its id.
        api_key_id: ApiKeyId,
        /// What it is called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
    },
    /// A user, member or not.
    User {
        /// The user.
        user_id: UserId,
        /// Their login name.
        #[serde(skip_serializing_if = "Option::is_none")]
        username: Option<PersonalValue>,
        /// What they are called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<PersonalValue>,
    },
}

impl AuditRow {
    /// Tells an entry of that organization, which must have been applied to the view; of one that
    /// was not, only what stands in the entry itself is told.
    pub fn of(entry: &Entry, view: &OrganizationView) -> Self {
        let place = Place::of(entry.org_seq).unwrap_or(Place::LAST);
        Self::with(entry, &Names::of(view, place))
    }

    /// Tells an entry by what stands in it alone: one of the deployment's own chain, of which no
    /// names are kept.
    pub fn alone(entry: &Entry) -> Self {
        Self::with(entry, &Names::none(entry.fact.org))
    }

    fn with(entry: &Entry, names: &Names<'_>) -> Self {
        let event = &entry.fact.event;
        let told = told(event, names);
        let actor_username = match entry.actor {
            Actor::User(user) => names.username(user),
            Actor::Token(_) | Actor::Operator(_) | Actor::System(_) => None,
        };
        Self {
            seq: entry.seq,
            org_seq: entry.org_seq,
            happened_at: entry.effective_time(),
            recorded_at: entry.time,
            actor: entry.actor,
            actor_username,
            event_type: event.type_name().into(),
            concerns: told.concerns,
            before: told.before,
            after: told.after,
            cause: told.cause.map(Cow::Borrowed),
            reason: event.reason().map(PersonalValue::from),
            cmd: entry.cmd,
            source: entry.fact.source.clone(),
        }
    }
}
