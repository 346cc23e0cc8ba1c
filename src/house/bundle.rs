//! Bundles: exports that prove themselves. `docs/BUNDLE.md` is their definition.
//!
//! Writing one needs a ledger; reading and checking one needs nothing but its bytes.

pub mod check;
pub mod container;
pub mod finding;
pub mod form;
#[cfg(feature = "store")]
mod howto;
#[cfg(feature = "store")]
pub mod write;
mod zip;

pub use check::{Verdict, Wanted, check};
pub use container::{ContainerError, Files};
pub use finding::{Code, Finding};
pub use form::Manifest;
