//! Rollbook: an event-sourced membership ledger.
pub mod doors;
pub mod facts;
pub mod ground;
pub mod house;
pub mod law;
pub mod projections;
pub mod proof;
pub mod words;
