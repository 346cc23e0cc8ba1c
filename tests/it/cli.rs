//! The real binaries, as a person or a script uses them.

mod disk;
mod program;
mod transcripts;
mod wrong_input;

pub(crate) use program::{Answer, Workplace};
