//! Who may come in beside the members, and what members have elsewhere. Never a digest or a key.

use super::Concern;
use super::names::Names;
use super::told::{Told, object, personal};
use crate::facts::Holder;
use crate::facts::event::{ApiKeyIssued, ApiKeyRevoked, AuditorGranted, TokenIssued, TokenRevoked};
use crate::projections::PersonalValue;
use serde_json::{Value, json};

pub(super) fn token_issued(event: &TokenIssued) -> Told {
    let token = Concern::Token { token_id: event.token, name: Some(event.name.clone()) };
    Told::about([token]).after(object([
        ("scopes", Some(json!(event.scopes))),
        ("expires_at", Some(json!(event.expires_at))),
        ("holder", holder(event.holder)),
    ]))
}

pub(super) fn token_revoked(event: &TokenRevoked, names: &Names<'_>) -> Told {
    let told = Told::about([names.token(event.token)]).cause(event.cause.name());
    match holder(event.holder) {
        Some(holder) => told.before(json!({"holder": holder})),
        None => told,
    }
}

/// In an organization's own history it goes without saying.
fn holder(holder: Holder) -> Option<Value> {
    match holder {
        Holder::Organization => None,
        Holder::Operator | Holder::User(_) => Some(json!(holder)),
    }
}

/// By the names that stand in it: the user need not be a member.
pub(super) fn auditor_granted(event: &AuditorGranted) -> Told {
    let shown = |sealed: &Option<_>| sealed.as_ref().map(PersonalValue::from);
    let user = Concern::User {
        user_id: event.user,
        username: shown(&event.username),
        name: shown(&event.name),
    };
    Told::about([user]).after_any(object([
        ("email", personal(event.email.as_ref())),
        ("expires_at", event.expires_at.map(|until| json!(until))),
    ]))
}

pub(super) fn key_issued(event: &ApiKeyIssued, names: &Names<'_>) -> Told {
    let key = Concern::ApiKey { api_key_id: event.key, name: Some(event.name.clone()) };
    Told::about([key, names.member(event.member, event.user)]).after_any(object([
        ("environment", event.environment.as_ref().map(|environment| json!(environment))),
        ("prefix", event.prefix.as_ref().map(|prefix| json!(prefix))),
    ]))
}

pub(super) fn key_revoked(event: &ApiKeyRevoked, names: &Names<'_>) -> Told {
    Told::about([names.api_key(event.key), names.member(event.member, event.user)])
        .cause(event.cause.name())
}
