//! The real binaries, as a person or a script uses them.

#[cfg(feature = "server")]
mod anywhere;
mod demo;
mod disk;
pub(crate) mod program;
#[cfg(feature = "server")]
mod readme;
mod transcripts;
mod wrong_input;
mod wrong_lines;

pub(crate) use program::Workplace;

pub(crate) use transcripts::Numbered;
