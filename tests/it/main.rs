//! All integration tests, in one binary.
#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

mod conformance;
mod ground_support;
