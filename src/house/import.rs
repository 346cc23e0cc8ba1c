//! Taking over another system's history, one source commit after the other.

use super::answer::SubmitError;
use super::ledger::Ledger;
use super::source::{History, Located, Place, SourceError};
use crate::facts::{Actor, System};
use crate::law::{Action, Command, Refusal};
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;
use thiserror::Error;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Lines that were recorded by this run.
    pub imported: u64,
    /// Lines that were recorded before.
    pub already_present: u64,
    /// Lines of the commit at which the import stopped, if it did, that are not recorded.
    pub refused: u64,
    /// Organizations in the ledger afterwards.
    pub organizations: usize,
    /// How long it took.
    #[serde(serialize_with = "seconds")]
    pub seconds: Duration,
}

fn seconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((duration.as_secs_f64() * 1000.0).round() / 1000.0)
}

/// Why an import stopped. What was imported before stays.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The history cannot be read on.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The law refuses a line.
    #[error("{place}: {refusal} ({})", refusal.innermost().code())]
    Refused {
        /// Where the line stands.
        place: Place,
        /// Why.
        refusal: Refusal,
    },
    /// The ledger did not take a commit.
    #[error("{place}: {error}")]
    Submit {
        /// Where its first line stands.
        place: Place,
        /// Why.
        error: SubmitError,
    },
}

impl ImportError {
    /// How much of the commit at which the import stopped is recorded all the same.
    fn recorded(&self) -> u64 {
        match self {
            Self::Submit { error: SubmitError::CutShort { recorded, .. }, .. } => *recorded,
            Self::Submit { .. } | Self::Refused { .. } | Self::Source(_) => 0,
        }
    }
}

/// Imports a history until its end or its first fault. `progress` is told how many bytes of how
/// many have been read.
pub fn import(
    ledger: &Ledger,
    history: &mut History,
    progress: &mut dyn FnMut(u64, u64),
) -> (Summary, Option<ImportError>) {
    let mut summary = Summary::default();
    let error = import_commits(ledger, history, progress, &mut summary).err();
    summary.organizations = ledger.views().organizations().len();
    (summary, error)
}

fn import_commits(
    ledger: &Ledger,
    history: &mut History,
    progress: &mut dyn FnMut(u64, u64),
    summary: &mut Summary,
) -> Result<(), ImportError> {
    while let Some(located) = history.next_commit()? {
        let lines = located.commit.lines.len() as u64;
        // Each commit is answered before the next is handed over: a refused one must be the last.
        let recorded = import_commit(ledger, located).inspect_err(|error| {
            let recorded = error.recorded().min(lines);
            summary.imported += recorded;
            summary.refused = lines - recorded;
        })?;
        summary.imported += recorded;
        summary.already_present += lines - recorded;
        let (read, all) = history.progress_bytes();
        progress(read, all);
    }
    Ok(())
}

/// Hands one commit to the ledger; answers how many of its lines this recorded.
fn import_commit(ledger: &Ledger, located: Located) -> Result<u64, ImportError> {
    let Located { commit, mut places } = located;
    let action = Action::Import(commit);
    let command = Command::new(Actor::System(System::Import), None, action);
    let mut first = || places.first_entry().map(|entry| entry.get().clone());
    match ledger.submit(command) {
        Ok(receipt) => {
            // One line can lead to several entries.
            let recorded = receipt.entries.iter().filter_map(|entry| entry.fact.source.as_ref());
            let seqs: BTreeSet<u64> = recorded.map(|source| source.seq).collect();
            Ok(seqs.len() as u64)
        }
        Err(SubmitError::Refused(refusal)) => {
            let seq = match &refusal {
                Refusal::Line { seq, .. } | Refusal::SourceConflict { seq, .. } => Some(*seq),
                _ => None,
            };
            let first = first();
            let place = seq.and_then(|seq| places.remove(&seq)).or(first);
            // A commit has at least one line, so there always is a place.
            let place = place.unwrap_or(Place { file: "import".into(), line: 0 });
            Err(ImportError::Refused { place, refusal })
        }
        Err(error) => {
            let place = first().unwrap_or(Place { file: "import".into(), line: 0 });
            Err(ImportError::Submit { place, error })
        }
    }
}
