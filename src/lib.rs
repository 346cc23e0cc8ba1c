//! Rollbook: an event-sourced membership ledger.
pub mod ground;
pub mod proof;
pub mod words;
