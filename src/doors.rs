//! Floor 5. The doors: how people and programs come in.

#[cfg(feature = "store")]
pub mod cli;
#[cfg(feature = "store")]
mod client;
#[cfg(feature = "store")]
mod codes;
#[cfg(feature = "store")]
mod desk;
#[cfg(feature = "store")]
mod operator;
#[cfg(feature = "server")]
pub mod server;
pub mod verify;
#[cfg(feature = "store")]
mod wire;
