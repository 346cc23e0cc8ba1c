//! What the ledger states about itself, as far as a model without hashes can say it.

use super::membership::Deployment;
use rollbook::facts::Event;
use rollbook::facts::event::PersonalField;
use rollbook::words::ExportId;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What can be stated; the names are those of the events.
#[derive(Clone, Debug)]
pub(super) enum Published {
    ExportCreated {
        export: ExportId,
        from: u64,
        to: Option<u64>,
        disclosed: BTreeSet<PersonalField>,
    },
    /// How many organizations there are, ended ones too.
    OrganizationHeadsCommitted { organizations: usize },
    /// How often the key changed by then.
    CheckpointKeyRotated { rotation: u32 },
}

impl Published {
    /// The name of the event.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::ExportCreated { .. } => "ExportCreated",
            Self::OrganizationHeadsCommitted { .. } => "OrganizationHeadsCommitted",
            Self::CheckpointKeyRotated { .. } => "CheckpointKeyRotated",
        }
    }

    /// What an auditor reads of it behind it.
    pub(super) fn after(&self) -> Value {
        let Self::ExportCreated { export, from, to, disclosed } = self else {
            unreachable!("{self:?} stands in no organization")
        };
        let mut after = json!({"disclosed": disclosed, "export": export, "from": from});
        if let Some(to) = to {
            after["to"] = json!(to);
        }
        after
    }

    /// What becomes of the deployment.
    pub(super) fn happens(&self, world: &mut Deployment) {
        if let Self::CheckpointKeyRotated { rotation } = self {
            world.rotations = *rotation;
        }
    }

    /// Holds it to what was recorded.
    pub(super) fn assert_is(&self, event: &Event) {
        match (self, event) {
            (
                Self::OrganizationHeadsCommitted { organizations },
                Event::OrganizationHeadsCommitted(found),
            ) => assert_eq!(found.organizations, *organizations as u64, "{event:?}"),
            (Self::CheckpointKeyRotated { rotation }, Event::CheckpointKeyRotated(found)) => {
                assert_eq!(u64::from(found.rotation), u64::from(*rotation), "{event:?}");
            }
            // Its row says all of it.
            (Self::ExportCreated { .. }, Event::ExportCreated(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}
