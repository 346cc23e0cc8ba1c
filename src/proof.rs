//! Floor 2. What can be shown to somebody who trusts nobody: chains and trees over the entries,
//! proofs, and who signed which root.
//!
//! Pure: entries, hashes and keys in, hashes, proofs and faults out.

pub mod chain;
pub mod checkpoint;
pub mod handover;
pub mod heads;
pub mod key;
pub mod note;
pub mod path;
pub mod policy;
pub mod tile;
pub mod tlog_proof;
pub mod tree;
pub mod witness;

pub use chain::{Chain, Chains, LinkFault, OrganizationChain};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use handover::Handover;
pub use heads::{Heads, HeadsWalk, OrganizationHead};
pub use key::{KeyKind, SigningKey, VerificationKey};
pub use note::Note;
pub use policy::{Policy, PolicyError};
pub use tile::{EntryBundle, Hashes, TILE_WIDTH, Tile, TileLevels};
pub use tlog_proof::{AddCheckpoint, TlogProof};
pub use tree::{Frontier, FrontierError};
