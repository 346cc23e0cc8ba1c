//! Rollbook: an event-sourced membership ledger.
pub mod proof;
pub mod words;
