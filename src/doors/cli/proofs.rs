//! What a site publishes of itself, and how it is copied.

use super::failure::Failure;
use super::output::Output;
use super::place::{Site, operator};
use crate::doors::client::post;
use crate::doors::desk::Desk;
use crate::doors::wire::{KeyRotated, OrganizationName, Problem, Why};
use crate::ground::backup::{Stated, receive};
use crate::house::ledger::rotating::{KeyRotation, RotateError};
use crate::house::ledger::shown::{PublishedLog, ShowError};
use crate::house::witnessing::Witnesses;
use crate::law::command::Credential;
use crate::proof::Policy;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

fn log(desk: &Desk, org: Option<&OrganizationName>) -> Result<PublishedLog, Failure> {
    let org = org.map(|name| desk.org(name)).transpose()?;
    let published = desk.ledger.published().ok_or(ShowError::Off)?;
    Ok(desk.ledger.published_log(&published, org)?)
}

impl Site {
    /// The checkpoint of the ledger, or of an organization.
    pub(super) fn checkpoint(&self, org: Option<&OrganizationName>) -> Result<String, Failure> {
        match self {
            Self::There(client) => Ok(client.checkpoint(org)?),
            Self::Here { desk, .. } => Ok(log(desk, org)?.note.to_string()),
        }
    }

    /// What whoever verifies a bundle of an organization trusts.
    pub(super) fn policy(&self, org: &OrganizationName) -> Result<String, Failure> {
        match self {
            Self::There(client) => Ok(client.policy(org)?),
            Self::Here { desk, .. } => {
                let log = log(desk, Some(org))?;
                Ok(desk.ledger.policy(&log)?)
            }
        }
    }

    /// Has whatever is signed here signed by witnesses too, before it leaves.
    pub(super) fn require_witnesses(&self, policy: Policy) -> Result<(), Failure> {
        let Self::Here { desk, .. } = self else { return Ok(()) };
        // Whoever is missing is named when it comes to nothing.
        let told = Box::new(|_: &str, _| {});
        let witnesses = Witnesses { policy, is_required: true, post: post(), told };
        Ok(desk.ledger.ask_witnesses(witnesses)?)
    }

    /// Has checkpoints signed by another key from now on.
    pub(super) fn rotate(self, why: Why, output: &Output) -> Result<KeyRotated, Failure> {
        let (desk, directory) = match self {
            Self::There(client) => return Ok(client.rotate_log_key(&why)?),
            Self::Here { desk, directory } => (desk, directory),
        };
        let rotation = KeyRotation {
            actor: operator(&directory, output)?,
            credential: Credential::Outside,
            reason: why.reason.map(|reason| reason.0),
        };
        let rotated = desk.ledger.rotate_log_key(rotation).map_err(failed);
        let closed = desk.ledger.close();
        let rotated = KeyRotated::from(rotated?);
        closed?;
        Ok(rotated)
    }

    /// Copies everything that is committed into a directory.
    pub(super) fn back_up(&self, into: &Path) -> Result<Stated, Failure> {
        match self {
            Self::There(client) => {
                let taken = client.back_up(|stream| receive(&mut BufReader::new(stream), into))?;
                Ok(taken?)
            }
            Self::Here { desk, .. } => {
                let (reader, writer) = io::pipe().map_err(Failure::Output)?;
                std::thread::scope(|scope| {
                    let sending = scope.spawn(move || {
                        let mut writer = BufWriter::new(writer);
                        let sent = desk.ledger.back_up(&mut writer);
                        // Whoever receives finds out by what is missing.
                        let _ = writer.flush();
                        sent
                    });
                    let received = receive(&mut BufReader::new(reader), into);
                    let sent = sending.join();
                    match (received, sent) {
                        // What stopped the sender says more than what the receiver misses.
                        (Err(_), Ok(Err(error))) => Err(error.into()),
                        (received, _) => Ok(received?),
                    }
                })
            }
        }
    }
}

fn failed(error: RotateError) -> Failure {
    match error {
        RotateError::Off => ShowError::Off.into(),
        RotateError::Key(error) => ShowError::Key(error).into(),
        RotateError::Submit(error) => Problem::from(error).into(),
    }
}
