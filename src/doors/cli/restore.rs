//! `rollbook restore`

use super::data::{tell, tell_token};
use super::failure::Failure;
use super::machine::{drawn, machine};
use super::output::Output;
use crate::doors::operator::Operator;
use crate::doors::wire::{Given, Problem};
use crate::house::restore::{Sources, Staged};
use crate::words::Reason;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The copy: what `rollbook backup` made, or another copy of a data directory.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// A copy of its keyring.
    #[arg(long, value_name = "FILE")]
    keyring: PathBuf,
    /// A copy of its log key. Without it nobody can sign as this ledger again.
    #[arg(long, value_name = "FILE")]
    log_key: Option<PathBuf>,
    /// The data directory to make; it must not exist, or be empty.
    #[arg(long = "data", value_name = "DIR")]
    into: PathBuf,
    /// The guard of the server, to say whether more was signed than the copy has.
    #[arg(long, value_name = "FILE")]
    guard: Option<PathBuf>,
    /// Continue from the copy although the guard is ahead, and say why. That is recorded, and the
    /// ledger signs under another name from there on: whoever holds newer checkpoints sees it.
    #[arg(long, value_name = "REASON", requires = "guard")]
    accept_rollback: Option<Given<Reason>>,
}

impl Restore {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let sources = Sources {
            from: &self.from,
            keyring: &self.keyring,
            log_key: self.log_key.as_deref(),
            into: &self.into,
        };
        let staged = Staged::new(&sources, machine()?)?;
        tell(&staged.ledger().repairs(), output);
        let (stated, is_said) = staged.stated.clone();
        if !is_said {
            let message = "the copy does not say where it ends: compare the head with one noted \
                           elsewhere";
            output.note("warning", message);
        }
        let accepted = self.accept(&staged, output)?;
        let report = staged.put()?;
        let (head, values) = (report.journal.head, report.journal.opened);
        if output.is_json() {
            let ends = json!({"size": head.size, "hash": head.entry});
            return output.value(&json!({
                "origin": stated.origin, "data": self.into, "copied": stated.head.size,
                "head": ends, "rollback_accepted": accepted,
            }));
        }
        output.line(format_args!(
            "{}: {} entries, head {}, {values} values opened; every entry was computed again",
            stated.origin, head.size, head.entry
        ))?;
        if accepted {
            output.line(
                "The last entry says that the ledger continues from an old copy. Behind this guard it \
                 signs under another name from its next start on.",
            )?;
        }
        output.line(format_args!("It stands in {}.", self.into.display()))
    }

    /// Holds the copy against the guard; says whether it was behind and that was accepted.
    fn accept(&self, staged: &Staged, output: &Output) -> Result<bool, Failure> {
        let Some(guard) = &self.guard else { return Ok(false) };
        let Some(reason) = &self.accept_rollback else {
            staged.ledger().hold_against(guard)?;
            return Ok(false);
        };
        let (operator, _, _) = Operator::of_directory(staged.path(), &mut drawn()?)?;
        let path = self.into.join("operator.token");
        tell_token(&path, output);
        let answer = staged.accept_rollback(guard, operator.actor(), reason.0.clone())?;
        match answer {
            None => Ok(false),
            Some(answer) => Ok(answer.map(|_| true).map_err(Problem::from)?),
        }
    }
}
