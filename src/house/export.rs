//! An organization's history as a file that can be verified alone.
//!
//! One canonical JSON object a line, each line ended by a line feed:
//!
//! ```text
//! {"export":{"format":1,"head":"<E of the last entry>","log":…,"org":"3d7a…","org_size":2}}
//! {"actor":…,"org_seq":0,…}                                    the exact bytes of an entry
//! {"disclosure":{"field":"/name","of":"…","salt":"…","seq":12,"value":"…"}}   opens a commitment
//! {"actor":…,"org_seq":1,…}
//! ```
//!
//! The disclosures of an entry stand directly behind it, in the order of their fields. A commitment
//! without one is erased, where a `PersonalDataErased` covers whose it is, or else withheld.

pub mod check;
pub(super) mod form;
mod owners;
mod verdict;
#[cfg(feature = "store")]
pub mod write;

pub use check::check;
pub use form::{Disclosed, Header};
pub use verdict::{Fault, Finding, Verdict};
