//! Campaigns: long runs of chance against the promise, with a seeded part of each in `cargo test`.
//! `docs/CAMPAIGNS.md` says how each is run in full, and what came of it.
#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

mod disk;
mod load;
mod races;
mod simulation;
mod support;
