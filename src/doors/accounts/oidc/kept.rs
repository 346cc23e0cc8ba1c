//! What is kept of a provider between two sign-ins, and when it is asked again.

use super::{Document, Fault, Keys};
use crate::words::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// How long its description and its keys are believed. A key that it takes back is believed for no
/// longer.
const KEPT_FOR: Duration = Duration::from_secs(3600);

/// How often keys are asked for because a token names another one: whoever makes such tokens makes
/// no more requests than this.
const NEWER_KEYS_EVERY: Duration = Duration::from_secs(60);

/// How long a provider that did not answer is left alone.
const LEFT_ALONE_FOR: Duration = Duration::from_secs(10);

/// Asks for what stands at a URL.
type Ask<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, Fault>;

/// What is kept of one provider.
#[derive(Debug, Default)]
pub struct Kept {
    document: Option<(Timestamp, Arc<Document>)>,
    keys: Option<(Timestamp, Arc<Keys>)>,
    /// When keys were asked for before their time.
    renewed: Option<Timestamp>,
    failed: Option<Timestamp>,
}

fn is_within(moment: Option<Timestamp>, duration: Duration, now: Timestamp) -> bool {
    moment.is_some_and(|moment| now < moment.after(duration))
}

fn fresh<T: Clone>(kept: &Option<(Timestamp, T)>, now: Timestamp) -> Option<T> {
    let (read, kept) = kept.as_ref()?;
    is_within(Some(*read), KEPT_FOR, now).then(|| kept.clone())
}

impl Kept {
    /// The provider's description.
    pub fn document(
        &mut self,
        issuer: &str,
        now: Timestamp,
        ask: Ask<'_>,
    ) -> Result<Arc<Document>, Fault> {
        if let Some(document) = fresh(&self.document, now) {
            return Ok(document);
        }
        let text = self.ask(&Document::place(issuer), now, ask)?;
        let document = Arc::new(Document::read(&text, issuer).inspect_err(|_| self.fail(now))?);
        self.document = Some((now, Arc::clone(&document)));
        Ok(document)
    }

    /// Its keys.
    pub fn keys(
        &mut self,
        document: &Document,
        now: Timestamp,
        ask: Ask<'_>,
    ) -> Result<Arc<Keys>, Fault> {
        match fresh(&self.keys, now) {
            Some(keys) => Ok(keys),
            None => self.read_keys(document, now, ask),
        }
    }

    /// Its keys as they are now, for a token that names one that is not kept.
    pub fn newer_keys(
        &mut self,
        document: &Document,
        now: Timestamp,
        ask: Ask<'_>,
    ) -> Result<Arc<Keys>, Fault> {
        if is_within(self.renewed, NEWER_KEYS_EVERY, now) {
            return Err(Fault::UnknownKey);
        }
        self.renewed = Some(now);
        self.read_keys(document, now, ask)
    }

    fn read_keys(
        &mut self,
        document: &Document,
        now: Timestamp,
        ask: Ask<'_>,
    ) -> Result<Arc<Keys>, Fault> {
        let text = self.ask(&document.jwks_uri, now, ask)?;
        let keys = Arc::new(Keys::read(&text).inspect_err(|_| self.fail(now))?);
        self.keys = Some((now, Arc::clone(&keys)));
        Ok(keys)
    }

    fn ask(&mut self, url: &str, now: Timestamp, ask: Ask<'_>) -> Result<Vec<u8>, Fault> {
        if is_within(self.failed, LEFT_ALONE_FOR, now) {
            return Err(Fault::Unreachable);
        }
        ask(url).inspect_err(|_| self.fail(now))
    }

    fn fail(&mut self, now: Timestamp) {
        self.failed = Some(now);
    }
}
