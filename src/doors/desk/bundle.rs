//! Bundles: the wish, and what is handed out for it.

use super::Desk;
use crate::doors::wire::{BundleAgain, NewBundle, OrganizationName, Problem, When};
use crate::facts::Actor;
use crate::house::Receipt;
use crate::house::bundle::Files;
use crate::house::bundle::write::{Beside, BundleError, SINCE_LIMIT, recorded, write};
use crate::law::command::{ExportWish, PublicationWish};
use crate::law::{Action, Command};
use crate::words::ExportId;

impl Desk {
    /// The command that records an export, and what stands in its bundle beside what is recorded.
    pub(in crate::doors) fn bundle_order(
        &self,
        org: &OrganizationName,
        wanted: NewBundle,
        actor: Actor,
    ) -> Result<(Command, Beside), Problem> {
        if !self.ledger.signs() {
            return Err(BundleError::Unsigned.into());
        }
        let NewBundle { from, to, as_of, disclose, since, proves_all, reason } = wanted;
        if since.len() > SINCE_LIMIT {
            return Err(Problem::unfit("wrong_body", too_many_sizes()));
        }
        let when = When { as_of: as_of.clone(), ..When::default() };
        let (id, size) = {
            let selected = self.select(org, &when)?;
            (selected.view.id(), selected.at.org_seq() + 1)
        };
        let to = match (to, as_of) {
            (Some(_), Some(_)) => {
                return Err(Problem::unfit("wrong_body", "either to or as_of, not both"));
            }
            (None, Some(_)) => Some(size),
            (to, None) => to,
        };
        let from = from.unwrap_or(0);
        let end = to.unwrap_or(size);
        if from >= end || end > size {
            let detail = format!("from and to: the organization has org_seq 0 to {}", size - 1);
            return Err(Problem::unfit("wrong_range", detail));
        }
        let export = ExportId::from_uuid(uuid::Builder::from_random_bytes(self.draw()).into_uuid());
        let wish = ExportWish { org: id, export, from, to, disclosed: disclose };
        let action = Action::Publication(PublicationWish::Export(wish));
        let command = Command::new(actor, reason.map(|reason| reason.0), action);
        Ok((command, Beside { since, proves_all, ..Beside::default() }))
    }

    /// The bundle of an export that was recorded.
    pub(in crate::doors) fn bundle(
        &self,
        receipt: &Receipt,
        beside: &Beside,
    ) -> Result<Files, Problem> {
        Ok(write(&self.ledger, receipt, beside)?)
    }

    /// A bundle that was handed out before, and how many entries the ledger had then.
    pub(in crate::doors) fn bundle_again(
        &self,
        org: &OrganizationName,
        export: ExportId,
        wanted: &BundleAgain,
    ) -> Result<(Files, u64), Problem> {
        let sizes = wanted.sizes().ok_or_else(|| {
            Problem::wrong("wrong_parameter", "since: expected sizes with commas between them")
        })?;
        if sizes.len() > SINCE_LIMIT {
            return Err(Problem::unfit("wrong_parameter", too_many_sizes()));
        }
        if !self.ledger.signs() {
            return Err(BundleError::Unsigned.into());
        }
        let id = self.select(org, &When::default())?.view.id();
        let receipt = recorded(&self.ledger, id, export)?.ok_or_else(|| {
            let detail = format!("the organization handed out no bundle by the export {export}");
            Problem::missing("unknown_export", detail)
        })?;
        let proves_all = wanted.proves_all.unwrap_or(false);
        let beside = Beside { since: sizes, proves_all, ..Beside::default() };
        Ok((write(&self.ledger, &receipt, &beside)?, receipt.size))
    }
}

fn too_many_sizes() -> String {
    format!("since: at most {SINCE_LIMIT} sizes")
}

impl From<BundleError> for Problem {
    fn from(error: BundleError) -> Self {
        match error {
            BundleError::Unsigned => Self::new(409, "not_signed", error),
            BundleError::TooLarge => Self::new(413, "bundle_too_large", error),
            BundleError::NotSigned { .. } => {
                Self { is_passing: true, ..Self::new(503, "not_signed_yet", error) }
            }
            BundleError::Uncosigned { .. } => {
                Self { is_passing: true, ..Self::new(503, "not_cosigned_yet", error) }
            }
            BundleError::Publish(_)
            | BundleError::Key(_)
            | BundleError::Log(_)
            | BundleError::Unseal(_)
            | BundleError::Tiles(_)
            | BundleError::Root
            | BundleError::Unrecorded
            | BundleError::Cosignature
            | BundleError::Form(_) => Self::fault("unreadable", error),
        }
    }
}
