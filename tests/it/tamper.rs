//! What was altered is found, and named where it stands: copies of an export, and data directories.
#![allow(clippy::unwrap_used, reason = "what is read and written here is the tests' own")]

mod binary;
mod chance;
mod directory;
mod export;
mod forger;
mod lies;
mod limits;
