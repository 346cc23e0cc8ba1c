//! One test binary: every part of Rollbook as its users meet it.
#![allow(clippy::unwrap_used)]

mod law;
mod support;
