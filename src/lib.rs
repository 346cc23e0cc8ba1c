//! Rollbook: an event-sourced membership ledger.
pub mod facts;
pub mod projections;
pub mod words;
