//! Rollbook: an event-sourced membership ledger.
pub mod facts;
pub mod law;
pub mod words;
