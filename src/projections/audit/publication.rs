//! What the ledger stated about itself.

use super::told::{Told, object};
use crate::facts::event::{
    CheckpointKeyRotated, ExportCreated, LedgerRestored, OrganizationHeadsCommitted,
};
use serde_json::{Value, json};

pub(super) fn exported(event: &ExportCreated) -> Value {
    object([
        ("export", Some(json!(event.export))),
        ("from", Some(json!(event.from))),
        ("to", event.to.map(|to| json!(to))),
        ("disclosed", Some(json!(event.disclosed))),
    ])
}

pub(super) fn heads(event: &OrganizationHeadsCommitted) -> Told {
    Told::about([]).after(json!({"organizations": event.organizations, "root": event.root}))
}

pub(super) fn rotated(event: &CheckpointKeyRotated) -> Told {
    Told::about([]).after(json!({"rotation": event.rotation, "key": event.key}))
}

pub(super) fn restored(event: &LedgerRestored) -> Told {
    Told::about([]).after(json!({
        "restored": event.restored,
        "guarded_size": event.guarded_size,
        "guarded_root": event.guarded_root,
    }))
}
