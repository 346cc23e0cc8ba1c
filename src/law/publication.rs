//! What the ledger states about itself.

use super::command::{ExportWish, PublicationWish};
use super::draft::Draft;
use super::refusal::Refusal;
use super::sight::Sight;
use crate::facts::event::{
    CheckpointKeyRotated, ExportCreated, LedgerRestored, OrganizationHeadsCommitted,
};
use crate::facts::{Actor, Permission, System};
use crate::words::{OrganizationId, PublicKey};

const DEPLOYMENT: OrganizationId = OrganizationId::DEPLOYMENT;

pub(super) fn act(draft: &mut Draft<'_>, wish: &PublicationWish) -> Result<(), Refusal> {
    match wish {
        PublicationWish::CommitHeads => {
            match draft.actor() {
                Actor::Operator(_) | Actor::System(System::Publisher) => {}
                Actor::User(_) | Actor::Token(_) | Actor::System(_) => {
                    return Err(Refusal::OperatorOnly);
                }
            }
            draft.record(DEPLOYMENT, OrganizationHeadsCommitted::unplaced())
        }
        PublicationWish::Export(wish) => export(draft, wish),
        PublicationWish::RotateKey { key } => rotate(draft, *key),
        PublicationWish::Restore { guarded_size, guarded_root, restored } => {
            operator_only(draft)?;
            let reason = draft.reason(DEPLOYMENT).ok_or(Refusal::ReasonNeeded)?;
            let restored = draft.state.publication.restored.max(*restored) + 1;
            let (guarded_size, guarded_root) = (*guarded_size, *guarded_root);
            let event = LedgerRestored { guarded_root, guarded_size, reason, restored };
            draft.record(DEPLOYMENT, event)
        }
    }
}

/// Whoever may read the history may take it home; an organization that ended can still be asked for
/// it.
fn export(draft: &mut Draft<'_>, wish: &ExportWish) -> Result<(), Refusal> {
    let permission = Permission::LogRead;
    match draft.state.sight(draft.actor(), wish.org, permission, draft.now())? {
        Sight::All => {}
        Sight::Own(_) | Sight::Nothing => return Err(Refusal::NotPermitted { permission }),
    }
    let event = ExportCreated {
        disclosed: wish.disclosed.iter().copied().collect(),
        export: wish.export,
        from: wish.from,
        reason: draft.reason(wish.org),
        to: wish.to,
    };
    draft.record(wish.org, event)?;
    draft.record(DEPLOYMENT, OrganizationHeadsCommitted::unplaced())
}

fn rotate(draft: &mut Draft<'_>, key: PublicKey) -> Result<(), Refusal> {
    operator_only(draft)?;
    let rotation = draft.state.publication.rotation + 1;
    let reason = draft.reason(DEPLOYMENT);
    draft.record(DEPLOYMENT, CheckpointKeyRotated { key, reason, rotation })
}

fn operator_only(draft: &Draft<'_>) -> Result<(), Refusal> {
    match draft.actor() {
        Actor::Operator(_) => Ok(()),
        Actor::User(_) | Actor::Token(_) | Actor::System(_) => Err(Refusal::OperatorOnly),
    }
}
