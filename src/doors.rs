//! Floor 5. The doors: how people and programs come in.

#[cfg(feature = "store")]
pub mod cli;
pub mod verify;
