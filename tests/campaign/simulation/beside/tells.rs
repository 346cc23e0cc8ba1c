//! What an auditor reads of it.

use super::{Beside, Changes};
use crate::simulation::membership::{Org, Text, known};
use rollbook::projections::{Concern, PersonalValue};
use rollbook::words::{ApiKeyId, MemberId, OrganizationId, UserId};
use serde_json::{Map, Value, json};
use uuid::Uuid;

impl Beside {
    /// The name of the event.
    pub(in crate::simulation) fn name(&self) -> &'static str {
        match self {
            Self::UserCreated { .. } => "UserCreated",
            Self::UserUpdated { .. } => "UserUpdated",
            Self::EmailVerified { .. } => "EmailVerified",
            Self::EmailReleased { .. } => "EmailReleased",
            Self::PasswordSet { .. } => "PasswordSet",
            Self::SecondFactorChanged { .. } => "SecondFactorChanged",
            Self::MemberUpdated { .. } => "MemberUpdated",
            Self::TokenIssued { .. } => "TokenIssued",
            Self::TokenRevoked { .. } => "TokenRevoked",
            Self::AuditorGranted { .. } => "AuditorGranted",
            Self::AuditorWithdrawn { .. } => "AuditorWithdrawn",
            Self::AccessTakenOver { .. } => "AccessTakenOver",
            Self::ApiKeyIssued { .. } => "ApiKeyIssued",
            Self::ApiKeyRevoked { .. } => "ApiKeyRevoked",
            Self::LimitsChanged { .. } => "LimitsChanged",
        }
    }

    pub(in crate::simulation) fn concerns(
        &self,
        org: &Org,
        member: impl Fn(MemberId) -> Concern,
    ) -> Vec<Concern> {
        let key = |id: &ApiKeyId| {
            let mut rows = org.held.keys.iter().rev().map(|(row, _)| row);
            let row = rows.find(|row| row.api_key_id == *id).unwrap();
            Concern::ApiKey { api_key_id: *id, name: Some(row.name.clone()) }
        };
        match self {
            Self::MemberUpdated { member: id, .. } | Self::LimitsChanged { member: id, .. } => {
                vec![member(*id)]
            }
            Self::TokenIssued { token, .. } | Self::TokenRevoked { token, .. } => {
                let row = org.held.tokens.iter().find(|row| row.token_id == *token).unwrap();
                vec![Concern::Token { token_id: *token, name: Some(row.name.clone()) }]
            }
            Self::AuditorGranted { user, person: [_, name, username], .. } => {
                let shown = |text: &Option<Text>| text.as_ref().map(known);
                let (username, name) = (shown(username), shown(name));
                vec![Concern::User { user_id: *user, username, name }]
            }
            Self::AuditorWithdrawn { user } | Self::AccessTakenOver { user } => {
                vec![called(org, *user)]
            }
            Self::ApiKeyIssued { key: id, member: of, .. }
            | Self::ApiKeyRevoked { key: id, member: of, .. } => vec![key(id), member(*of)],
            other => unreachable!("{other:?} stands in no organization"),
        }
    }

    pub(in crate::simulation) fn sides(&self) -> [Option<Value>; 2] {
        match self {
            Self::MemberUpdated { changes, .. } => [0, 1].map(|side| Some(changed(changes, side))),
            Self::TokenIssued { scopes, expires_at, .. } => {
                [None, Some(json!({"scopes": scopes, "expires_at": expires_at}))]
            }
            Self::AuditorGranted { person: [email, ..], expires_at, .. } => {
                let email = email.as_ref().map(|email| json!(&**email));
                let expires_at = expires_at.map(|until| json!(until));
                [None, any([("email", email), ("expires_at", expires_at)])]
            }
            Self::ApiKeyIssued { about, .. } => {
                let environment = about.environment.as_ref().map(|name| json!(name));
                let prefix = about.prefix.as_ref().map(|prefix| json!(prefix));
                [None, any([("environment", environment), ("prefix", prefix)])]
            }
            Self::LimitsChanged { before, after, .. } => [Some(json!(before)), Some(json!(after))],
            _ => [None, None],
        }
    }

    pub(in crate::simulation) fn cause(&self) -> Option<&'static str> {
        match self {
            Self::TokenRevoked { cause, .. } | Self::ApiKeyRevoked { cause, .. } => {
                Some(cause.name())
            }
            _ => None,
        }
    }

    /// Whom the entry names as its subjects.
    pub(in crate::simulation) fn subjects(&self, org: OrganizationId) -> Vec<Uuid> {
        match self {
            Self::TokenIssued { .. } | Self::TokenRevoked { .. } => vec![org.uuid()],
            Self::UserCreated { user, .. }
            | Self::UserUpdated { user, .. }
            | Self::EmailVerified { user, .. }
            | Self::EmailReleased { user, .. }
            | Self::PasswordSet { user, .. }
            | Self::SecondFactorChanged { user, .. }
            | Self::MemberUpdated { user, .. }
            | Self::AuditorGranted { user, .. }
            | Self::AuditorWithdrawn { user, .. }
            | Self::AccessTakenOver { user, .. }
            | Self::ApiKeyIssued { user, .. }
            | Self::ApiKeyRevoked { user, .. }
            | Self::LimitsChanged { user, .. } => vec![user.uuid()],
        }
    }
}

/// A user as a member, if they ever were one, or else as the auditor they last were.
fn called(org: &Org, user_id: UserId) -> Concern {
    let mut username: Option<PersonalValue> = None;
    let mut name = None;
    if let Some(row) = org.last_row_of(user_id) {
        (username, name) = (row.username.clone(), row.name.clone());
    } else if let Some(row) = org.held.auditors.iter().rev().find(|row| row.user_id == user_id) {
        (username, name) = (row.username.clone(), row.name.clone());
    }
    Concern::User { user_id, username, name }
}

fn changed([email, name, username]: &Changes, side: usize) -> Value {
    let text = |both: &Option<[Option<Text>; 2]>| {
        let text = both.as_ref().and_then(|both| both[side].as_ref());
        text.map(|text| json!(&**text))
    };
    object([("email", text(email)), ("name", text(name)), ("username", text(username))])
}

fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}

fn any<const N: usize>(fields: [(&str, Option<Value>); N]) -> Option<Value> {
    Some(object(fields)).filter(|value| *value != json!({}))
}
