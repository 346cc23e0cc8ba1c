//! The policy that says who else signs checkpoints, and where they are asked.

use super::client::SubmissionUrl;
use crate::house::witnessing::{WITNESSES_LIMIT, can_be_asked};
use crate::proof::policy::POLICY_LIMIT_BYTES;
use crate::proof::{Policy, PolicyError};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use thiserror::Error;

/// Why nobody can be asked by a file.
#[derive(Debug, Error)]
pub enum WitnessesError {
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A URL that leads nowhere.
    #[error("witness {name}: {error}")]
    Url {
        /// The witness.
        name: String,
        /// What is wrong with its URL.
        error: super::client::SubmissionUrlError,
    },
    /// Nobody is needed, or more than can be asked.
    #[error(
        "its quorum is none, or those witnesses do not fill it that have a URL, or they are more than \
         {WITNESSES_LIMIT}"
    )]
    Quorum,
}

/// A policy of witnesses who can be asked.
pub(super) fn policy(file: &Path) -> Result<Policy, WitnessesError> {
    let mut bytes = Vec::new();
    File::open(file)?.take(POLICY_LIMIT_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let policy = Policy::of_witnesses(&bytes)?;
    for (name, party) in policy.parties() {
        let url = party.url.as_deref().map(str::parse::<SubmissionUrl>).transpose();
        url.map_err(|error| WitnessesError::Url { name: name.to_owned(), error })?;
    }
    if can_be_asked(&policy) { Ok(policy) } else { Err(WitnessesError::Quorum) }
}
