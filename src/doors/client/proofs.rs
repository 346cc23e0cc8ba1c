//! What is asked of a server that is no JSON: checkpoints, policies, a copy of everything.

use super::{Client, ClientError, REQUEST_TIMEOUT};
use crate::doors::wire::{KeyRotated, OrganizationName, Why};
use serde::de::IgnoredAny;
use std::io::Read;

type Came = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

impl Client {
    /// The checkpoint of the ledger, or of an organization, that was signed last.
    pub fn checkpoint(&self, org: Option<&OrganizationName>) -> Result<String, ClientError> {
        match org {
            None => self.text("/checkpoint"),
            Some(org) => self.text(&format!("/v1/organizations/{org}/log/checkpoint")),
        }
    }

    /// What whoever verifies a bundle of an organization trusts, as the ledger names it.
    pub fn policy(&self, org: &OrganizationName) -> Result<String, ClientError> {
        self.text(&format!("/v1/organizations/{org}/log/policy"))
    }

    /// Has checkpoints signed by another key from now on.
    pub fn rotate_log_key(&self, why: &Why) -> Result<KeyRotated, ClientError> {
        let body = serde_json::to_vec(why).unwrap_or_default();
        let request = self.agent.post(format!("{}/v1/log/rotate-key", self.url));
        let request = self.signed(request).content_type("application/json");
        self.answer(request.send(&body[..]), true)
    }

    /// Asks for a copy of everything that is committed, and hands it to whoever takes it. It may be
    /// of any length, so only silence has a limit.
    pub fn back_up<T>(&self, take: impl FnOnce(&mut dyn Read) -> T) -> Result<T, ClientError> {
        let request = self.signed(self.agent.get(format!("{}/v1/backup", self.url))).config();
        let request = request.timeout_global(None).timeout_per_read(Some(REQUEST_TIMEOUT)).build();
        let mut response = self.accepted(request.call())?;
        Ok(take(&mut response.body_mut().as_reader()))
    }

    /// An answer that is no problem.
    fn accepted(&self, came: Came) -> Result<ureq::http::Response<ureq::Body>, ClientError> {
        match came {
            Ok(response) if response.status().is_success() => Ok(response),
            other => Err(match self.answer::<IgnoredAny>(other, false) {
                Err(error) => error,
                Ok(_) => {
                    let what = "an answer of no kind".to_owned();
                    ClientError::NotRollbook { url: self.url.clone(), what }
                }
            }),
        }
    }

    fn text(&self, path: &str) -> Result<String, ClientError> {
        let request = self.signed(self.agent.get(format!("{}{path}", self.url)));
        let mut response = self.accepted(request.call())?;
        let text = response.body_mut().read_to_string();
        text.map_err(|error| self.unreachable(error, false))
    }
}
