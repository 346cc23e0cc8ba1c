//! The law, by texts, by chance, in every order, and against a second law.
//!
//! Whatever decides here goes through [`world::World::give`], which checks after every command what
//! must hold after any.

mod actions;
mod claims;
mod history;
mod interleavings;
mod invariants;
mod model;
mod random;
pub(crate) mod replay;
mod scenarios;
mod speech;
mod stage;
mod world;
