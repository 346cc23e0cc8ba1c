//! All integration tests, in one binary.
#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

mod conformance;
mod ground_damage;
mod ground_directory;
mod ground_disk_full;
mod ground_sled;
mod ground_support;
