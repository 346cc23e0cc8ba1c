//! What the ledger states about itself.

use super::*;

pub(super) fn publication(ledger: &mut Ledger) {
    let (org, deployment) = (lindenau(), OrganizationId::DEPLOYMENT);
    let exported = ExportCreated {
        disclosed: vec![PersonalField::Email, PersonalField::Name],
        export: id!("export"),
        from: 0,
        reason: Some(sealed(org, "Audit of 2026")),
        to: Some(40),
    };
    ledger.record(org, Actor::User(mara()), "export", exported);
    let committed = OrganizationHeadsCommitted { organizations: 2, root: TreeHash::leaf(b"heads") };
    ledger.record(deployment, Actor::System(System::Publisher), "commit heads", committed);
    let rotated = CheckpointKeyRotated {
        key: PublicKey::from_bytes(checksum(b"public key")),
        reason: Some(sealed(deployment, "The server was replaced")),
        rotation: 1,
    };
    ledger.record(deployment, operator(), "rotate", rotated);
    let restored = LedgerRestored {
        guarded_root: TreeHash::leaf(b"signed"),
        guarded_size: 1_204,
        reason: sealed(deployment, "The disk was lost, the newest copy is of yesterday"),
        restored: 1,
    };
    ledger.record(deployment, operator(), "restore", restored);
}
