//! The two links of every entry: to the entry before it in the ledger, and in its organization.
//!
//! One rule for whoever writes, opens or verifies: [`Chains::check`] says what an entry must be to
//! come next, [`Chains::extend`] takes it in.

use super::Frontier;
use crate::facts::Entry;
use crate::words::{ChainHash, OrganizationId, Origin, Timestamp, TreeHash};
use imbl::{OrdMap, Vector};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A chain as far as it is known: what the next entry must name, and the tree over its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// The hash of the last entry, or the genesis.
    pub hash: ChainHash,
    /// The right edge of the tree.
    pub frontier: Frontier,
    /// The last moment: recorded for the whole ledger, effective for an organization.
    pub last_time: Timestamp,
}

impl Chain {
    fn begin(genesis: ChainHash) -> Self {
        Self { hash: genesis, frontier: Frontier::new(), last_time: Timestamp::EPOCH }
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    fn extend(&mut self, hash: ChainHash, leaf: TreeHash, time: Timestamp) {
        self.hash = hash;
        self.frontier.push(leaf);
        self.last_time = time;
    }
}

/// Why an entry does not come next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkFault {
    /// It belongs to another ledger.
    Log {
        /// The ledger it names.
        found: Origin,
    },
    /// Its place in the ledger is another.
    Seq {
        /// The place it should have.
        expected: u64,
        /// The place it names.
        found: u64,
    },
    /// It does not follow the entry before it in the ledger.
    Prev,
    /// Its place in the organization is another.
    OrgSeq {
        /// The place it should have.
        expected: u64,
        /// The place it names.
        found: u64,
    },
    /// It does not follow the entry before it in the organization.
    OrgPrev,
    /// It was not recorded after the entry before it.
    Time {
        /// When the entry before was recorded.
        last: Timestamp,
        /// When this one says it was.
        found: Timestamp,
    },
    /// It took effect before the organization's entry before it.
    Effective {
        /// When the entry before took effect.
        last: Timestamp,
        /// When this one says it did.
        found: Timestamp,
    },
}

impl fmt::Display for LinkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log { found } => write!(f, "it belongs to the ledger {found}"),
            Self::Seq { expected, found } => {
                write!(f, "seq is {found} where {expected} comes next")
            }
            Self::Prev => f.write_str("prev is not the hash of the entry before it"),
            Self::OrgSeq { expected, found } => {
                write!(f, "org_seq is {found} where {expected} comes next")
            }
            Self::OrgPrev => {
                f.write_str("org_prev is not the hash of the organization's entry before it")
            }
            Self::Time { last, found } => {
                write!(f, "time {found} does not lie after {last}, the time of the entry before it")
            }
            Self::Effective { last, found } => write!(
                f,
                "it took effect at {found}, before {last}, when the organization's entry before it did"
            ),
        }
    }
}

/// All chains of a ledger. A clone shares everything and is cheap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chains {
    origin: Origin,
    whole: Chain,
    organizations: OrdMap<OrganizationId, Arc<Chain>>,
    /// The organizations in the order of their first entries, without the deployment's own chain.
    created: Vector<OrganizationId>,
}

impl Chains {
    /// The chains of an empty ledger.
    pub fn new(origin: Origin) -> Self {
        let whole = Chain::begin(ChainHash::genesis(&origin));
        Self { origin, whole, organizations: OrdMap::new(), created: Vector::new() }
    }

    /// The ledger.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The chain over everything.
    pub fn whole(&self) -> &Chain {
        &self.whole
    }

    /// The chain of one organization; that of an unknown one is empty.
    pub fn organization(&self, org: OrganizationId) -> Arc<Chain> {
        self.organizations.get(&org).cloned().unwrap_or_else(|| self.unknown(org))
    }

    fn unknown(&self, org: OrganizationId) -> Arc<Chain> {
        Arc::new(Chain::begin(ChainHash::organization_genesis(&self.origin, org)))
    }

    /// All organizations that have entries.
    pub fn organizations(&self) -> impl Iterator<Item = (OrganizationId, &Chain)> {
        self.organizations.iter().map(|(org, chain)| (*org, chain.as_ref()))
    }

    /// The organizations in the order in which they were created.
    pub fn created(&self) -> impl Iterator<Item = OrganizationId> {
        self.created.iter().copied()
    }

    /// Everything that keeps `entry` from coming next.
    pub fn check(&self, entry: &Entry) -> Vec<LinkFault> {
        let mut faults = Vec::new();
        if entry.log != self.origin {
            faults.push(LinkFault::Log { found: entry.log.clone() });
        }
        let whole = &self.whole;
        if entry.seq != whole.size() {
            faults.push(LinkFault::Seq { expected: whole.size(), found: entry.seq });
        }
        if entry.prev != whole.hash {
            faults.push(LinkFault::Prev);
        }
        if whole.size() > 0 && entry.time <= whole.last_time {
            faults.push(LinkFault::Time { last: whole.last_time, found: entry.time });
        }
        let chain = self.organization(entry.fact.org);
        faults.extend(check_in_organization(&chain, chain.size(), entry));
        faults
    }

    /// Takes an entry in, with the exact bytes in which it is stored, and gives its leaf.
    pub fn extend(&mut self, entry: &Entry, bytes: &[u8]) -> TreeHash {
        let (hash, leaf) = (ChainHash::of_entry(bytes), TreeHash::leaf(bytes));
        self.whole.extend(hash, leaf, entry.time);
        let (org, time) = (entry.fact.org, entry.effective_time());
        if let Some(chain) = self.organizations.get_mut(&org) {
            Arc::make_mut(chain).extend(hash, leaf, time);
        } else {
            let mut chain = self.unknown(org);
            Arc::make_mut(&mut chain).extend(hash, leaf, time);
            self.organizations.insert(org, chain);
            if org != OrganizationId::DEPLOYMENT {
                self.created.push_back(org);
            }
        }
        leaf
    }
}

fn check_in_organization(chain: &Chain, expected: u64, entry: &Entry) -> Vec<LinkFault> {
    let mut faults = Vec::new();
    if entry.org_seq != expected {
        faults.push(LinkFault::OrgSeq { expected, found: entry.org_seq });
    }
    if entry.org_prev != chain.hash {
        faults.push(LinkFault::OrgPrev);
    }
    let effective = entry.effective_time();
    if effective < chain.last_time {
        faults.push(LinkFault::Effective { last: chain.last_time, found: effective });
    }
    faults
}

/// One organization's chain on its own: what an export of it must be.
#[derive(Debug, Clone)]
pub struct OrganizationChain {
    origin: Origin,
    org: OrganizationId,
    chain: Chain,
    /// The place that comes next. Follows the entries rather than their number, so that one missing
    /// entry is one fault.
    next_org_seq: u64,
    last: Option<(u64, Timestamp)>,
}

impl OrganizationChain {
    /// The chain before its first entry.
    pub fn new(origin: Origin, org: OrganizationId) -> Self {
        let chain = Chain::begin(ChainHash::organization_genesis(&origin, org));
        Self { origin, org, chain, next_org_seq: 0, last: None }
    }

    /// The chain as far as it was taken in.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The organization.
    pub fn organization(&self) -> OrganizationId {
        self.org
    }

    /// Everything that keeps `entry` from coming next. Of its place in the ledger only the order
    /// can be seen from here.
    pub fn check(&self, entry: &Entry) -> Vec<LinkFault> {
        let mut faults = Vec::new();
        if entry.log != self.origin {
            faults.push(LinkFault::Log { found: entry.log.clone() });
        }
        if let Some((seq, time)) = self.last {
            if entry.seq <= seq {
                faults.push(LinkFault::Seq { expected: seq + 1, found: entry.seq });
            }
            if entry.time <= time {
                faults.push(LinkFault::Time { last: time, found: entry.time });
            }
        }
        faults.extend(check_in_organization(&self.chain, self.next_org_seq, entry));
        faults
    }

    /// Takes an entry in, with its exact bytes.
    pub fn extend(&mut self, entry: &Entry, bytes: &[u8]) {
        self.extend_unread(bytes);
        self.chain.last_time = entry.effective_time();
        self.next_org_seq = entry.org_seq.saturating_add(1);
        self.last = Some((entry.seq, entry.time));
    }

    /// Takes in bytes that are no entry, so that what follows them can still be checked.
    pub fn extend_unread(&mut self, bytes: &[u8]) {
        let (hash, leaf) = (ChainHash::of_entry(bytes), TreeHash::leaf(bytes));
        let last_time = self.chain.last_time;
        self.chain.extend(hash, leaf, last_time);
        self.next_org_seq = self.next_org_seq.saturating_add(1);
    }
}
