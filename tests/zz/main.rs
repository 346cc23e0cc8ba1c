#![allow(clippy::unwrap_used, dead_code, unused, missing_docs)]
mod contract;
mod law;
mod reference;
mod support;
