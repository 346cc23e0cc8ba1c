//! Floor 2. The law: what may happen, decided purely.
//!
//! `decide(state, command, context)` answers with facts or a [`Refusal`]; `evolve(state, fact)`
//! moves the state along. No clock, no randomness, no I/O: whatever a rule needs comes in as an
//! argument, so a rule is checked exactly where the order is fixed and cannot race.
//!
//! Invariants hold at the end of a command, and at every place where a long command may be cut into
//! batches ([`Decision::cuts`]).

mod access;
mod accounts;
mod admission;
pub mod command;
mod context;
mod credential;
mod decide;
mod draft;
mod erasure;
mod evolve;
mod import;
mod invitations;
mod membership;
mod organizations;
mod publication;
mod refusal;
pub mod replay;
mod rights;
pub mod role_sets;
mod roles;
pub mod sight;
pub mod state;
mod teams;
mod tokens;
mod usage;
mod withdrawal;

pub use command::{Action, Command};
pub use context::Context;
pub use decide::{Decision, decide};
pub use evolve::evolve;
pub use refusal::Refusal;
pub use state::{Publication, State};
