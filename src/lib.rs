//! Rollbook: an event-sourced membership ledger.
pub mod facts;
pub mod words;
