//! Long runs: each has a short seeded form that every test run takes, and a long one that is
//! steered by environment variables. `docs/CAMPAIGNS.md` says how, and what came of them.
#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

mod simulation;
