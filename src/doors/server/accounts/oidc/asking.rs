//! The providers that are set, and what is asked of them: on threads that may block, a few at a
//! time for each, so that one that hangs keeps nobody from the others.

use super::Refused;
use crate::doors::accounts::oidc::{
    ClientLogin, Document, Expected, Fault, Journey, Kept, Keys, Vouched, add, basic, form,
    provider_name, verify,
};
use crate::doors::client::outside::Outside;
use crate::doors::server::accounts::aside;
use crate::doors::settings::Oidc;
use crate::doors::wire::Problem;
use crate::words::Timestamp;
use serde::Deserialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// How many at a time are asked something of one provider. Each holds a thread; whoever waits holds
/// a connection, and of those there are only so many.
const AT_ONCE_LIMIT: usize = 4;

/// Every provider that is set.
pub(in crate::doors::server::accounts) struct Providers(Vec<Arc<Provider>>);

/// One of them, and what is kept of it.
pub(super) struct Provider {
    set: Oidc,
    /// Counted from one in the file of settings, for the log.
    number: usize,
    name: String,
    kept: Mutex<Kept>,
    outside: Arc<Outside>,
    places: Arc<Semaphore>,
}

impl Providers {
    pub(in crate::doors::server::accounts) fn new(set: &[Oidc]) -> Self {
        let outside = Arc::new(Outside::new());
        let provider = |(before, set): (usize, &Oidc)| Provider {
            set: set.clone(),
            number: before + 1,
            name: provider_name(set.organization.as_str(), &set.issuer, &set.client_id),
            kept: Mutex::default(),
            outside: Arc::clone(&outside),
            places: Arc::new(Semaphore::new(AT_ONCE_LIMIT)),
        };
        Self(set.iter().enumerate().map(provider).map(Arc::new).collect())
    }

    /// The provider of an organization; with several, the first, or the one that is meant.
    pub(super) fn of(&self, slug: &str, issuer: Option<&str>) -> Result<Arc<Provider>, Fault> {
        let is_meant = |it: &&Arc<Provider>| {
            let (set, meant) = (&it.set, issuer.unwrap_or(&it.set.issuer));
            set.organization.as_str() == slug && set.issuer == meant
        };
        self.0.iter().find(is_meant).cloned().ok_or(Fault::NoProvider)
    }

    /// The provider that somebody was sent to, if it is set still.
    pub(super) fn named(&self, name: &str) -> Result<Arc<Provider>, Fault> {
        self.0.iter().find(|it| it.name == name).cloned().ok_or(Fault::StateEnded)
    }
}

/// What a token endpoint gives (RFC 6749 § 5.1, OpenID Connect Core 1.0 § 3.1.3.3).
#[derive(Deserialize)]
struct Given {
    id_token: String,
    access_token: Option<String>,
}

impl Provider {
    /// Whose it is.
    pub(super) fn organization(&self) -> &str {
        self.set.organization.as_str()
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Where a browser is sent.
    pub(super) fn place(
        &self,
        journey: &Journey,
        document: &Document,
        callback: &str,
        state: &str,
    ) -> String {
        journey.place(document, &self.set.client_id, callback, state)
    }

    /// What the provider says of itself.
    pub(super) async fn document(
        self: &Arc<Self>,
        now: Timestamp,
    ) -> Result<Arc<Document>, Refused> {
        self.ask(move |it| it.kept().document(&it.set.issuer, now, &|url| it.read(url, None))).await
    }

    /// Gives a code for what it stands for, and says for whom the provider vouches.
    pub(super) async fn exchange(
        self: &Arc<Self>,
        journey: &Journey,
        document: Arc<Document>,
        code: String,
        callback: String,
        now: Timestamp,
    ) -> Result<Vouched, Refused> {
        let (verifier, nonce) = (journey.verifier.clone(), journey.nonce.clone());
        self.ask(move |it| {
            let given = it.redeem(&document, &code, &callback, &verifier)?;
            let vouched = it.verified(&document, &given.id_token, &nonce, now)?;
            match (&vouched.email, &document.userinfo_endpoint, given.access_token) {
                (None, Some(place), Some(token)) => {
                    add(vouched, &it.read(place, Some(&format!("Bearer {token}")))?)
                }
                _ => Ok(vouched),
            }
        })
        .await
    }

    async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        ask: impl FnOnce(&Self) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Refused> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|error| Problem::fault("fault", error))?;
        let provider = Arc::clone(self);
        let asked = aside(move || {
            // Whoever waited may have gone; the place is free when the thread is.
            let _place = place;
            ask(&provider).inspect_err(|fault| {
                tracing::warn!(provider = provider.number, why = %fault, "provider");
            })
        });
        Ok(asked.await??)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, url: &str, authorization: Option<&str>) -> Result<Vec<u8>, Fault> {
        match self.outside.read(url, authorization) {
            Ok((200, body)) => Ok(body),
            Ok(_) | Err(_) => Err(Fault::Unreachable),
        }
    }

    fn redeem(
        &self,
        document: &Document,
        code: &str,
        callback: &str,
        verifier: &str,
    ) -> Result<Given, Fault> {
        let client_id = self.set.client_id.as_str();
        let secret = self.set.client_secret.as_ref().map(|secret| secret.reveal());
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", callback),
            ("code_verifier", verifier),
        ];
        let login = document.client_login(secret.is_some())?;
        let authorization = match (login, secret) {
            (ClientLogin::Basic, Some(secret)) => Some(basic(client_id, secret)),
            (ClientLogin::Post, Some(secret)) => {
                pairs.extend([("client_id", client_id), ("client_secret", secret)]);
                None
            }
            (ClientLogin::Basic | ClientLogin::Post, None) | (ClientLogin::None, _) => {
                pairs.push(("client_id", client_id));
                None
            }
        };
        let form = form(&pairs);
        let sent = self.outside.send(&document.token_endpoint, authorization.as_deref(), &form);
        match sent {
            Ok((200, body)) => serde_json::from_slice(&body).map_err(|_| Fault::Answer),
            Ok((400..=499, _)) => Err(Fault::CodeRefused),
            Ok(_) | Err(_) => Err(Fault::Unreachable),
        }
    }

    fn verified(
        &self,
        document: &Document,
        token: &str,
        nonce: &str,
        now: Timestamp,
    ) -> Result<Vouched, Fault> {
        let (issuer, client_id) = (self.set.issuer.as_str(), self.set.client_id.as_str());
        let expected = Expected { issuer, client_id, nonce, now };
        let ask = |url: &str| self.read(url, None);
        let by = |keys: Arc<Keys>| verify(token, &keys, expected);
        // Nobody else waits for keys while tokens are looked at.
        let keys = self.kept().keys(document, now, &ask)?;
        match by(keys) {
            Err(Fault::UnknownKey) => {
                let newer = self.kept().newer_keys(document, now, &ask)?;
                by(newer)
            }
            told => told,
        }
    }
}
