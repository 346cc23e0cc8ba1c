//! What signing in stands on: passwords, one-time codes, and the slowing down of guesses.
//!
//! Nothing here waits, asks for the time or keeps anything on disk: the moment and the chance are
//! handed in, hashes and secrets are sealed in the vault, and passes are the ground's.

#[cfg(feature = "server")]
pub mod oidc;
pub mod password;
pub mod throttle;
pub mod totp;
