//! Reading entries and histories out of sled.

use crate::ground::log::{Damage, Fault, LogError, READ_LIMIT_BYTES, Record};
use crate::ground::sled_store::SledStore;
use crate::ground::sled_store::row::{self, BLOCKS, INDEX_SEQS, VAULT};
use crate::words::OrganizationId;

impl SledStore {
    /// Records from `from` on, without `until`, at most `limit` of them and about
    /// [`READ_LIMIT_BYTES`]. All of them must be there.
    pub fn read(&self, from: u64, until: u64, limit: usize) -> Result<Vec<Record>, LogError> {
        let mut records: Vec<Record> = Vec::new();
        let (mut seq, mut bytes) = (from, 0);
        let key = row::numbered(BLOCKS, from);
        let below = row::numbered(BLOCKS, 0);
        let begins = self.run(|db| db.range(below..=key).next_back().transpose())?;
        let begins = begins.map_or(key.to_vec(), |(key, _)| key.to_vec());
        let mut blocks = self.run(|db| Ok(db.range(begins..[BLOCKS + 1].to_vec())))?;
        let vault = row::numbered(VAULT, from).to_vec()..[VAULT + 1].to_vec();
        let mut vault = self.run(|db| Ok(db.range(vault)))?;
        while seq < until && records.len() < limit && bytes < READ_LIMIT_BYTES {
            let block = self.run(|_| blocks.next().transpose())?;
            let (key, value) = block.ok_or(Damage::at_seq(seq, Fault::Missing))?;
            let (first_seq, entries) = row::read_block(&key, &value)?;
            let skipped = seq.checked_sub(first_seq).filter(|skip| *skip < entries.len() as u64);
            let skipped = skipped.ok_or(Damage::at_seq(seq, Fault::Missing))?;
            for stored in entries.into_iter().skip(skipped as usize) {
                if seq >= until || records.len() >= limit || bytes >= READ_LIMIT_BYTES {
                    break;
                }
                let mut rows = Vec::with_capacity(stored.vault_rows.min(16) as usize);
                for _ in 0..stored.vault_rows {
                    let row = self.run(|_| vault.next().transpose())?;
                    let (key, value) = row.ok_or(Damage::at_seq(seq, Fault::Missing))?;
                    rows.push(row::read_vault(&key, &value)?);
                }
                if rows.iter().any(|row| row.seq != seq) {
                    return Err(Damage::at_seq(seq, Fault::Missing).into());
                }
                let entry = stored.entry;
                let (org, org_seq, vault) = (entry.org, entry.org_seq, rows);
                let record = Record { seq, org, org_seq, bytes: entry.bytes, vault };
                bytes += record.weight();
                records.push(record);
                seq += 1;
            }
        }
        Ok(records)
    }

    /// The seqs of an organization's entries from an `org_seq` on, at most `limit`, as far as fed.
    pub fn organization(
        &self,
        org: OrganizationId,
        from_org_seq: u64,
        limit: usize,
    ) -> Result<Vec<u64>, LogError> {
        let mut seqs = Vec::new();
        let mut next = from_org_seq;
        while seqs.len() < limit {
            let key = row::index_key(org, next - next % INDEX_SEQS);
            let Some(value) = self.run(|db| db.get(key))? else { break };
            let (_, start, block) = row::read_index(&key, &value)?;
            let found = block.iter().skip((next - start) as usize).take(limit - seqs.len());
            seqs.extend(found);
            if (block.len() as u64) < INDEX_SEQS {
                break;
            }
            next = start + INDEX_SEQS;
        }
        Ok(seqs)
    }
}
