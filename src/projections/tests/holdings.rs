//! The part of the plain model that is about tokens, auditors and API keys.

use super::story::*;
use crate::facts::event::*;
use crate::facts::*;
use crate::projections::*;
use crate::words::*;

/// Everything there ever was, with what became of it.
#[derive(Clone, Default)]
pub(super) struct Holdings {
    pub(super) tokens: Vec<ModelToken>,
    pub(super) auditors: Vec<ModelAuditor>,
    pub(super) keys: Vec<ModelKey>,
}

#[derive(Clone)]
pub(super) struct ModelToken {
    pub(super) name: String,
    pub(super) issuer: Actor,
    pub(super) expires_at: Timestamp,
    pub(super) cause: Option<EndCause>,
}

#[derive(Clone)]
pub(super) struct ModelAuditor {
    pub(super) login: String,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) withdrawn: bool,
}

#[derive(Clone)]
pub(super) struct ModelKey {
    pub(super) name: String,
    pub(super) owner: String,
    pub(super) login: String,
    pub(super) cause: Option<EndCause>,
}

impl ModelAuditor {
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        !self.withdrawn && self.expires_at.is_none_or(|until| now < until)
    }
}

impl Holdings {
    pub(super) fn issue_token(&mut self, event: &TokenIssued, issuer: Actor) {
        let (name, expires_at) = (event.name.to_string(), event.expires_at);
        self.tokens.push(ModelToken { name, issuer, expires_at, cause: None });
    }

    pub(super) fn revoke_token(&mut self, event: &TokenRevoked) {
        let mut tokens = self.tokens.iter_mut();
        let known = tokens.find(|known| token(&known.name) == event.token);
        known.unwrap().cause = Some(event.cause);
    }

    pub(super) fn grant(&mut self, login: &str, event: &AuditorGranted) {
        let (login, expires_at) = (login.to_owned(), event.expires_at);
        self.auditors.push(ModelAuditor { login, expires_at, withdrawn: false });
    }

    pub(super) fn withdraw(&mut self, event: &AuditorWithdrawn) {
        let mut auditors = self.auditors.iter_mut();
        let known = auditors.rfind(|known| user(&known.login) == event.user);
        known.unwrap().withdrawn = true;
    }

    pub(super) fn issue_key(&mut self, owner: &str, login: &str, event: &ApiKeyIssued) {
        let (name, owner, login) = (event.name.to_string(), owner.to_owned(), login.to_owned());
        self.keys.push(ModelKey { name, owner, login, cause: None });
    }

    pub(super) fn revoke_key(&mut self, event: &ApiKeyRevoked) {
        let mut keys = self.keys.iter_mut();
        let known = keys.rfind(|known| api_key(&known.name) == event.key);
        known.unwrap().cause = Some(event.cause);
    }

    /// The keys that can be used.
    pub(super) fn live_keys(&self) -> impl Iterator<Item = &ModelKey> {
        self.keys.iter().filter(|known| known.cause.is_none())
    }

    pub(super) fn read(&self, now: Timestamp) -> Vec<String> {
        let mut lines = Vec::new();
        for known in &self.tokens {
            let status = match known.cause {
                Some(cause) => format!("revoked {cause}"),
                None if known.expires_at <= now => "expired".to_owned(),
                None => "active".to_owned(),
            };
            lines.push(format!("token {} by {} {status}", known.name, known.issuer));
        }
        for (number, known) in self.auditors.iter().enumerate() {
            let again = self.auditors[number + 1..].iter().any(|next| next.login == known.login);
            let status = if known.withdrawn {
                "withdrawn"
            } else if again || !known.holds(now) {
                "expired"
            } else {
                "active"
            };
            lines.push(format!("auditor {} {status}", known.login));
        }
        for known in &self.keys {
            let cause = known.cause.map(EndCause::name);
            lines.push(format!("key {} of {} {cause:?}", known.name, member(&known.owner)));
        }
        lines
    }
}

/// The same lines, read from the projections.
pub(super) fn read(view: &OrganizationView, at: Moment) -> Vec<String> {
    let mut lines = Vec::new();
    for row in view.tokens(at) {
        let cause = row.cause.map(|cause| format!(" {cause}")).unwrap_or_default();
        let issuer = row.issued_by;
        lines.push(format!("token {} by {issuer} {}{cause}", row.name, row.status));
    }
    let mut active = view.tokens(at);
    active.retain(|row| row.status == TokenStatus::Active);
    assert_eq!(view.active_tokens(at), active);
    for row in view.auditors(at) {
        lines.push(format!("auditor {} {}", row.username.unwrap(), row.status));
    }
    let mut active = view.auditors(at);
    active.retain(|row| row.status == AuditorStatus::Active);
    assert_eq!(view.active_auditors(at), active);
    let keys = view.api_keys(at);
    for row in &keys {
        let cause = row.cause.map(EndCause::name);
        lines.push(format!("key {} of {} {cause:?}", row.name, row.member_id));
        let latest = keys.iter().rfind(|known| known.api_key_id == row.api_key_id);
        assert_eq!(view.api_key(row.api_key_id, at).as_ref(), latest);
        let mut theirs = keys.clone();
        theirs.retain(|known| known.member_id == row.member_id);
        assert_eq!(view.api_keys_of(row.member_id, false, at), theirs);
        theirs.retain(|known| known.status == ApiKeyStatus::Active);
        assert_eq!(view.api_keys_of(row.member_id, true, at), theirs);
    }
    let mut active = keys;
    active.retain(|row| row.status == ApiKeyStatus::Active);
    assert_eq!(view.active_api_keys(at), active);
    lines
}
