//! Wishes for what the ledger states about itself.

use crate::facts::event::PersonalField;
use crate::words::{ExportId, OrganizationId, PublicKey, TreeHash};
use std::collections::BTreeSet;

/// See [`super::Action::Publication`].
#[derive(Debug, Clone)]
pub enum PublicationWish {
    /// Commit to where every organization stands.
    CommitHeads,
    /// Record that a part of an organization's history is handed out, and commit to where every
    /// organization stands then.
    Export(ExportWish),
    /// Sign checkpoints with another key from there on.
    RotateKey {
        /// The key that follows, which signs the ledger's checkpoints.
        key: PublicKey,
    },
    /// Continue from an old copy.
    Restore {
        /// The last size that may have been signed.
        guarded_size: u64,
        /// The root of that size.
        guarded_root: TreeHash,
        /// How often the ledger had been taken back when that was signed: it may be more often than
        /// the copy knows.
        restored: u32,
    },
}

/// See [`PublicationWish::Export`].
#[derive(Debug, Clone)]
pub struct ExportWish {
    /// The organization.
    pub org: OrganizationId,
    /// The export.
    pub export: ExportId,
    /// The `org_seq` of its first entry.
    pub from: u64,
    /// The `org_seq` behind its last entry, above `from`; none: up to the record of the export.
    pub to: Option<u64>,
    /// Which personal values it discloses.
    pub disclosed: BTreeSet<PersonalField>,
}
