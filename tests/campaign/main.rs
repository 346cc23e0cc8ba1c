//! Long campaigns, each with a fast part that every run of the tests goes through.
//! `docs/CAMPAIGNS.md` tells how the whole of each is run, and what came of it.
#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

mod load;
