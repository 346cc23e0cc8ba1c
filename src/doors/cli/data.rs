//! The data directory, as the verbs name and open it that work on one alone.

use super::failure::Failure;
use super::machine::machine;
use super::output::Output;
use crate::ground::embedded::Repair;
use crate::house::Ledger;
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Data {
    /// The data directory.
    #[arg(long = "data", value_name = "DIR")]
    pub(super) directory: PathBuf,
}

/// The data directory, and what knows whether it is an old copy.
#[derive(Debug, Args)]
pub(super) struct GuardedData {
    #[command(flatten)]
    pub(super) data: Data,
    /// The guard of the server: a data directory that is behind it is refused. Nothing is signed.
    #[arg(long, value_name = "FILE")]
    guard: Option<PathBuf>,
}

impl GuardedData {
    /// Opens the ledger and tells what opening put right.
    pub(super) fn open(&self, output: &Output) -> Result<Ledger, Failure> {
        open(&self.data.directory, self.guard.as_deref(), output)
    }

    /// Refuses a ledger that is behind its guard.
    pub(super) fn hold(&self, ledger: &Ledger) -> Result<(), Failure> {
        hold(ledger, self.guard.as_deref())
    }
}

/// Opens a ledger and tells what opening put right; one that is behind its guard is refused.
pub(super) fn open(
    directory: &Path,
    guard: Option<&Path>,
    output: &Output,
) -> Result<Ledger, Failure> {
    let ledger = Ledger::open(directory, machine()?)?;
    tell(&ledger.repairs(), output);
    tell_ignored(&ledger, output);
    hold(&ledger, guard)?;
    Ok(ledger)
}

fn hold(ledger: &Ledger, guard: Option<&Path>) -> Result<(), Failure> {
    let held = guard.map_or(Ok(()), |guard| ledger.hold_against(guard));
    if held.is_err() {
        // What is wrong with the guard is told, whatever closing says.
        let _ = ledger.close();
    }
    Ok(held?)
}

/// Tells the operator which savepoints could not be used.
pub(super) fn tell_ignored(ledger: &Ledger, output: &Output) {
    for ignored in ledger.ignored() {
        output.note("ignored", &ignored.to_string());
    }
}

/// Tells the operator when closing wrote no savepoint, although one was due.
pub(super) fn tell_unsaved(ledger: &Ledger, output: &Output) {
    if let Some(error) = ledger.unsaved() {
        output.note("warning", &error.to_string());
    }
}

/// Tells the operator what was put right.
pub(super) fn tell<'a>(repairs: impl IntoIterator<Item = &'a Repair>, output: &Output) {
    for repair in repairs {
        let kind = if repair.is_damage() { "repaired damage" } else { "repaired" };
        output.note(kind, &repair.to_string());
    }
}

/// Tells the operator where the token of a data directory was written.
pub(super) fn tell_token(path: &Path, output: &Output) {
    let message = format!("{}: whoever has it may do everything", path.display());
    output.note("operator token written to", &message);
}
