//! Where every organization stands, as the ledger commits to it: a tree with a leaf for each.

use super::path::{inclusion, root};
use super::{Chains, TileLevels};
use crate::words::{ChainHash, OrganizationId, TreeHash};

/// Where one organization stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationHead {
    /// The organization.
    pub org: OrganizationId,
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
    pub root: TreeHash,
    /// The hash of the last one.
    pub last: ChainHash,
}

impl OrganizationHead {
    /// The leaf: `SHA-256(0x00 ‖ LP(org) ‖ size ‖ root ‖ E of the last)`.
    pub fn leaf(&self) -> TreeHash {
        let org = self.org.to_string();
        let length = u32::try_from(org.len()).unwrap_or(u32::MAX).to_be_bytes();
        let size = self.size.to_be_bytes();
        let parts =
            [&length[..], org.as_bytes(), &size, self.root.as_bytes(), self.last.as_bytes()];
        TreeHash::leaf(&parts.concat())
    }
}

/// The heads of all organizations in the order in which they were created.
#[derive(Debug, Clone)]
pub struct Heads {
    heads: Vec<OrganizationHead>,
    tree: TileLevels,
}

impl Heads {
    /// Where the organizations of a ledger stand. Costs a hash or three for each.
    pub fn of(chains: &Chains) -> Self {
        let heads: Vec<OrganizationHead> = chains
            .created()
            .map(|org| {
                let chain = chains.organization(org);
                let (size, root) = (chain.size(), chain.frontier.root());
                OrganizationHead { org, size, root, last: chain.hash }
            })
            .collect();
        let tree = heads.iter().map(OrganizationHead::leaf).collect();
        Self { heads, tree }
    }

    /// How many organizations there are.
    pub fn count(&self) -> u64 {
        self.tree.size()
    }

    /// The root over all of them.
    pub fn root(&self) -> TreeHash {
        let Ok(root) = root(&self.tree, self.count());
        root
    }

    /// Where an organization stands, its place, and the path from its leaf to the root.
    pub fn find(&self, org: OrganizationId) -> Option<(&OrganizationHead, u64, Vec<TreeHash>)> {
        let place = self.heads.iter().position(|head| head.org == org)?;
        let index = place as u64;
        let Ok(path) = inclusion(&self.tree, index, self.count());
        Some((&self.heads[place], index, path))
    }
}
