//! That the ledger says of itself that it was taken back, where its name says so.

use super::super::finding::{Code, Finding};
use super::super::form::{Kind, restoration_path};
use super::Checking;
use crate::facts::{Entry, Event};
use crate::words::{OrganizationId, TreeHash};

/// An entry that says so.
#[derive(Clone)]
pub(super) struct Restoration {
    pub(super) restored: u32,
    pub(super) seq: u64,
    pub(super) leaf: TreeHash,
}

/// Those that could be read.
pub(super) struct Restorations {
    /// Ascending by number.
    pub(super) read: Vec<Restoration>,
    /// Whether each that is there could be read.
    pub(super) is_whole: bool,
}

impl Restorations {
    /// Where an earlier name of the ledger ended, by how often it had been taken back then.
    pub(super) fn ended(&self, restored: u32) -> Option<u64> {
        let later = self.read.iter().filter(|it| it.restored > restored);
        later.map(|it| it.seq).min()
    }
}

impl Checking<'_> {
    pub(super) fn restorations(&mut self) -> Restorations {
        let manifest = self.manifest;
        let now = manifest.named(&manifest.origin).map_or(0, |named| named.restored);
        let needed = restoration_path(now);
        if now > 0 && self.files.get(&needed).is_none() {
            let detail = "the ledger was taken back, and the entry that says so is not there";
            self.find(Finding::new(Code::RestorationMissing, detail).in_file(needed));
        }
        let mut found = Restorations { read: Vec::new(), is_whole: true };
        let files = self.files;
        for (path, bytes) in files.iter() {
            let Some(Kind::Restoration(restored)) = Kind::at(path) else { continue };
            match self.restoration(restored, now, bytes) {
                Ok(read) => found.read.push(read),
                Err(detail) => {
                    found.is_whole = false;
                    self.find(Finding::new(Code::RestorationForm, detail).in_file(path));
                }
            }
        }
        found
    }

    fn restoration(&self, restored: u32, now: u32, bytes: &[u8]) -> Result<Restoration, String> {
        let manifest = self.manifest;
        let entry = Entry::parse(bytes).map_err(|error| error.to_string())?;
        let is_named = matches!(&entry.fact.event,
            Event::LedgerRestored(event) if event.restored == restored);
        let is_here = entry.fact.org == OrganizationId::DEPLOYMENT && entry.log == manifest.log;
        if !is_named || !is_here || restored > now || entry.seq >= manifest.size {
            return Err("it does not say that this ledger was taken back that often".to_owned());
        }
        Ok(Restoration { restored, seq: entry.seq, leaf: TreeHash::leaf(bytes) })
    }
}
