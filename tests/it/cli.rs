//! The real binaries, as a person or a script uses them.

mod demo;
mod disk;
mod program;
mod transcripts;
mod wrong_input;
mod wrong_lines;

pub(crate) use program::Workplace;

pub(crate) use transcripts::Numbered;
