//! Floor 2. What can be shown to somebody who trusts nobody: trees over the entries, their roots.
//!
//! Pure: hashes in, hashes out.

pub mod tree;

pub use tree::{Frontier, FrontierError};
