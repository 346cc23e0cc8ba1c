//! `rollbook rotate-log-key`

use super::failure::Failure;
use super::output::Output;
use super::place::Place;
use crate::doors::wire::{Given, Why};
use crate::words::Reason;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct RotateLogKey {
    #[command(flatten)]
    place: Place,
    /// Why, in their own words.
    #[arg(long, value_name = "TEXT")]
    reason: Given<Reason>,
}

impl RotateLogKey {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let why = Why { reason: Some(self.reason) };
        let rotated = self.place.open_signing(output)?.rotate(why, output)?;
        if output.is_json() {
            return output.value(&rotated);
        }
        output.line(format_args!(
            "From entry {} on another key signs: number {}.\n\
             log {}\n\
             Tell those who trust the one before, and have them add this line to their policies. \
             Bundles of before still need the old line.",
            rotated.seq, rotated.rotation, rotated.vkey
        ))?;
        output.text(format_args!("\n{}", rotated.checkpoint))
    }
}
