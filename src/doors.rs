//! Floor 5. The doors: how people and programs come in.

#[cfg(feature = "store")]
pub mod cli;
#[cfg(feature = "store")]
mod codes;
#[cfg(feature = "store")]
mod role_list;
#[cfg(feature = "server")]
pub mod server;
pub mod verify;
