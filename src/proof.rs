//! Floor 2. What can be shown to somebody who trusts nobody: trees over the entries, their roots.
//!
//! Pure: entries and hashes in, hashes and faults out.

pub mod chain;
pub mod tree;

pub use chain::{Chain, Chains, LinkFault, OrganizationChain};
pub use tree::{Frontier, FrontierError};
