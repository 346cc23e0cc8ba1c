//! Where every organization stands, as the ledger commits to it: a tree with a leaf for each.

use super::path::{inclusion, root};
use super::{Chains, TileLevels};
use crate::words::{ChainHash, OrganizationId, TreeHash};
use std::collections::{BTreeSet, HashMap};

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
    fn of(chains: &Chains, org: OrganizationId) -> Self {
        let chain = chains.organization(org);
        Self { org, size: chain.size(), root: chain.frontier.root(), last: chain.hash }
    }

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
        let heads: Vec<OrganizationHead> =
            chains.created().map(|org| OrganizationHead::of(chains, org)).collect();
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

/// The root alone, for whoever goes through a history and meets it again and again: between two
/// looks at it, only what changed is hashed. It is told of every entry from the first on.
#[derive(Debug, Clone, Default)]
pub struct HeadsWalk {
    places: HashMap<OrganizationId, usize>,
    created: Vec<OrganizationId>,
    changed: BTreeSet<usize>,
    /// The leaves, and above them every level up to the root. A node without a sibling is also the
    /// one above it, which makes the tree RFC 6962's.
    levels: Vec<Vec<TreeHash>>,
}

impl HeadsWalk {
    /// An organization has another entry.
    pub fn changed(&mut self, org: OrganizationId) {
        if org == OrganizationId::DEPLOYMENT {
            return;
        }
        let place = *self.places.entry(org).or_insert_with(|| {
            self.created.push(org);
            self.created.len() - 1
        });
        self.changed.insert(place);
    }

    /// How many organizations there are, and the root over where they stand in these chains.
    pub fn root(&mut self, chains: &Chains) -> (u64, TreeHash) {
        let count = self.created.len();
        let mut changed = std::mem::take(&mut self.changed);
        let mut width = count;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let (below, here) = self.levels.split_at_mut(level);
            here[0].resize(width, TreeHash::empty());
            for &place in &changed {
                here[0][place] = match below.last() {
                    None => OrganizationHead::of(chains, self.created[place]).leaf(),
                    Some(below) => match &below[2 * place..] {
                        [left, right, ..] => TreeHash::node(left, right),
                        rest => rest[0],
                    },
                };
            }
            if width <= 1 {
                break;
            }
            changed = changed.into_iter().map(|place| place / 2).collect();
            width = width.div_ceil(2);
        }
        let top = self.levels.last().and_then(|top| top.first());
        (count as u64, top.copied().unwrap_or(TreeHash::empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Heads, HeadsWalk, OrganizationHead};
    use crate::proof::{Chains, TileLevels};
    use crate::words::{OrganizationId, Origin, TreeHash};

    /// What changed is hashed alone, and it comes to what hashing everything comes to.
    #[test]
    fn the_root_of_a_walk_is_that_of_all_heads() {
        let chains = Chains::new(Origin::parse("ledger.example").unwrap());
        let mut walk = HeadsWalk::default();
        assert_eq!(walk.root(&chains), (0, TreeHash::empty()));
        walk.changed(OrganizationId::DEPLOYMENT);
        assert_eq!(walk.root(&chains), (0, TreeHash::empty()));
        let org = |number: u128| OrganizationId::from_uuid(uuid::Uuid::from_u128(number + 1));
        for count in 1..70_u64 {
            walk.changed(org(u128::from(count - 1)));
            if count % 3 == 0 {
                continue;
            }
            let heads: Vec<_> = (0..u128::from(count))
                .map(|number| OrganizationHead::of(&chains, org(number)))
                .collect();
            let tree: TileLevels = heads.iter().map(OrganizationHead::leaf).collect();
            let expected = Heads { heads, tree };
            assert_eq!(walk.root(&chains), (count, expected.root()), "{count} organizations");
        }
    }
}
