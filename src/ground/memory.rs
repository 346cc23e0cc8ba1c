//! The log in memory: the reference that the other engines are measured by.

use crate::ground::frame::Frame;
use crate::ground::log::{
    AppendError, Batch, BatchFault, Head, Log, LogError, NewEntry, READ_LIMIT_BYTES, Record,
};
use crate::words::{OrganizationId, Origin};
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// A log that lasts as long as the process.
#[derive(Debug)]
pub struct MemoryLog {
    origin: Origin,
    kept: Mutex<Kept>,
    appended: Condvar,
}

#[derive(Debug)]
struct Kept {
    head: Head,
    records: Vec<Record>,
    organizations: BTreeMap<OrganizationId, Vec<u64>>,
}

impl MemoryLog {
    /// An empty log.
    pub fn new(origin: Origin) -> Self {
        let head = Head::genesis(&origin);
        let kept = Kept { head, records: Vec::new(), organizations: BTreeMap::new() };
        Self { origin, kept: Mutex::new(kept), appended: Condvar::new() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("no code panics while it holds this lock")
    }
}

impl Log for MemoryLog {
    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn head(&self) -> Head {
        self.kept().head
    }

    fn append(&self, batch: Batch, expected: &Head) -> Result<Head, AppendError> {
        let mut kept = self.kept();
        if kept.head != *expected {
            return Err(AppendError::Conflict(kept.head));
        }
        let (frame, _) = Frame::follow(batch, expected)?;
        check_organizations(&frame.entries, |org| {
            kept.organizations.get(&org).map_or(0, |seqs| seqs.len() as u64)
        })?;
        for record in frame.records(0) {
            kept.organizations.entry(record.org).or_default().push(record.seq);
            kept.records.push(record);
        }
        kept.head = frame.head();
        self.appended.notify_all();
        Ok(kept.head)
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, LogError> {
        let kept = self.kept();
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let mut bytes = 0;
        let within = |record: &&Record| {
            let reached = bytes;
            bytes += record.weight();
            reached < READ_LIMIT_BYTES
        };
        Ok(kept.records.iter().skip(from).take(limit).take_while(within).cloned().collect())
    }

    fn organization(
        &self,
        org: OrganizationId,
        from_org_seq: u64,
        limit: usize,
    ) -> Result<Vec<u64>, LogError> {
        let kept = self.kept();
        let seqs = kept.organizations.get(&org).map_or(&[][..], Vec::as_slice);
        let from = usize::try_from(from_org_seq).unwrap_or(usize::MAX);
        Ok(seqs.iter().skip(from).take(limit).copied().collect())
    }

    fn tail(&self, beyond: u64, timeout: Duration) -> Head {
        let waiting = |kept: &mut Kept| kept.head.size <= beyond;
        let waited = self.appended.wait_timeout_while(self.kept(), timeout, waiting);
        waited.expect("no code panics while it holds this lock").0.head
    }
}

/// Whether entries continue the histories of their organizations, whose sizes `size` gives.
pub(crate) fn check_organizations(
    entries: &[NewEntry],
    size: impl Fn(OrganizationId) -> u64,
) -> Result<BTreeMap<OrganizationId, u64>, BatchFault> {
    let mut sizes = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let expected = sizes.entry(entry.org).or_insert_with(|| size(entry.org));
        if entry.org_seq != *expected {
            return Err(BatchFault::OrganizationGap {
                index,
                org: entry.org,
                expected: *expected,
                found: entry.org_seq,
            });
        }
        *expected += 1;
    }
    Ok(sizes)
}
