//! Rollbook: an event-sourced membership ledger.
//!
//! Every membership action is an entry in one hash-chained log; member lists, roles, invitations,
//! teams and audit views are folds of it. The floors, from the ground of language up; each uses
//! only what lies below it:
//!
//! 0. [`words`]: identifiers, time, hashes, bounded texts, canonical JSON.
//! 1. [`facts`]: what can happen, and the exact bytes in which it is recorded.
//! 2. [`law`]: what may happen. [`proof`]: chains and trees. [`projections`]: what can be read, at
//!    every moment. All pure, and they do not know each other.
//! 3. [`ground`]: where bytes go: the log, the journal, sled, the vault, the keyring.
//! 4. [`house`]: the ledger, its one writer, imports, exports, verification.
//! 5. [`doors`]: how people and programs come in.

pub mod words;

pub mod facts;

pub mod law;
pub mod projections;
pub mod proof;

pub mod ground;

pub mod house;

pub mod doors;
