//! Wishes that the ledger states something about itself.

use super::Wisher;
use rollbook::facts::event::PersonalField;
use rollbook::law::Action;
use rollbook::law::command::{ExportWish, PublicationWish};
use rollbook::words::{ExportId, OrganizationId, PublicKey};

impl Wisher<'_> {
    pub(super) fn about_publications(&mut self, org: OrganizationId) -> Action {
        Action::Publication(match self.chance.below(6) {
            0 => PublicationWish::CommitHeads,
            1 => {
                let mut key = [0x2e; 32];
                key[..16].copy_from_slice(self.uuid().as_bytes());
                PublicationWish::RotateKey { key: PublicKey::from_bytes(key) }
            }
            _ => {
                let size = self.told.of(org).len();
                let from = self.chance.below(size.max(1)) as u64;
                let to = self.chance.percent(40).then(|| from + 1 + self.chance.below(9) as u64);
                let all = PersonalField::ALL.iter().copied();
                let disclosed = all.filter(|_| self.chance.percent(40)).collect();
                let export = ExportId::from_uuid(self.uuid());
                PublicationWish::Export(ExportWish { org, export, from, to, disclosed })
            }
        })
    }
}
