//! Rollbook: an event-sourced membership ledger.
pub mod facts;
pub mod ground;
pub mod law;
pub mod projections;
pub mod proof;
pub mod words;
