//! Rollbook: an event-sourced membership ledger.
pub mod ground;
pub mod words;
