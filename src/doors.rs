//! Floor 5. The doors: how people and programs come in.

#[cfg(feature = "store")]
pub mod accounts;
#[cfg(feature = "store")]
pub mod cli;
#[cfg(feature = "store")]
pub mod client;
#[cfg(feature = "store")]
mod codes;
#[cfg(feature = "store")]
#[cfg_attr(
    not(feature = "server"),
    allow(dead_code, unreachable_pub, unused_imports, reason = "the server's part")
)]
mod desk;
#[cfg(feature = "server")]
mod dialects;
#[cfg(feature = "server")]
mod logs;
#[cfg(feature = "server")]
pub mod mail;
#[cfg(feature = "store")]
mod moving;
#[cfg(feature = "store")]
#[cfg_attr(
    not(feature = "server"),
    allow(dead_code, unreachable_pub, unused_imports, reason = "the server's part")
)]
mod operator;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod settings;
#[cfg(feature = "store")]
mod unlock;
pub mod verify;
#[cfg(feature = "store")]
#[cfg_attr(
    not(feature = "server"),
    allow(dead_code, unreachable_pub, unused_imports, reason = "the server's part")
)]
pub mod wire;
#[cfg(feature = "store")]
pub mod witnesses;
