//! Rollbook: an event-sourced membership ledger.
pub mod words;
