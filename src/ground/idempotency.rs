//! What became of requests that came with an idempotency key, so that the same request can be
//! answered again for a day (draft-ietf-httpapi-idempotency-key-header).
//!
//! A record stands in a file before the entries that it speaks of stand in the log, and says which
//! command they belong to: where a crash came between, the log does not have that command there,
//! and the record says nothing. So nothing is recorded twice, and nothing unrecorded is taken for
//! done. A record holds seqs and keyed digests, and of a refusal its words; no body, no secret and
//! nothing personal.
//!
//! Records are kept in *generations*, a file each (`idempotency-` and the microsecond at which it
//! began). Every six hours a new one begins, and one that ended a day ago is deleted whole: nothing
//! is ever written anew. A generation's digests are made under a key of its own, which stands in
//! its head sealed under the keyring's savepoint key: without the keyring the file tells nobody
//! what was asked. An erasure replaces that key, and every head is sealed anew before it does.

mod file;
mod record;

pub use record::DETAIL_LIMIT_BYTES;

use crate::ground::keyring::SavepointKey;
use crate::words::hash::{Drawn, idempotency_digest};
use crate::words::{CommandId, Timestamp};
use file::{GenerationFile, read_all};
use record::Record;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long an answer is kept.
pub const KEPT_FOR: Duration = Duration::from_secs(24 * 3600);

/// How long one file is appended to.
const GENERATION: Duration = Duration::from_secs(6 * 3600);

/// The most records: some 300 MB in memory.
const LIMIT: usize = 1_000_000;

/// The most of them that are one caller's, so that nobody takes the place of everybody.
const CALLER_LIMIT: u32 = 200_000;

/// What a caller sends to be answered the same again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Who sends it: keys of others are other keys.
    pub caller: String,
    /// The key.
    pub key: String,
    /// A digest of the request: where it differs, the key was used for something else.
    pub request: [u8; 32],
}

/// An answered request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    caller: [u8; 8],
    request: [u8; 32],
    at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A command was recorded, if the log has it there.
    Recorded {
        /// The command.
        cmd: CommandId,
        /// Its first entry; the size where it has none.
        first: u64,
        /// How many entries it has.
        entries: u32,
        /// The size of the ledger behind it.
        size: u64,
        /// What the door needs to answer again.
        detail: Box<[u8]>,
    },
    /// The law said no: the door's words.
    Refused(Box<[u8]>),
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It was not used, or more than a day ago.
    Nothing,
    /// It was used for another request.
    Other,
    /// That is what became of it.
    Kept(Kept),
}

/// What was not as it should be at opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The file.
    pub path: PathBuf,
    /// What could not be read of it.
    pub bytes: usize,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, bytes) = (self.path.display(), self.bytes);
        write!(
            f,
            "the last {bytes} bytes of {path} cannot be read: requests whose idempotency keys stood \
             there are taken as new ones"
        )
    }
}

/// One file, as it is known in memory.
struct Generation {
    began: Timestamp,
    key: Zeroizing<[u8; 32]>,
    kept: HashMap<[u8; 32], Kept>,
    by_caller: HashMap<[u8; 8], u32>,
}

impl Generation {
    fn digest(&self, key: &IdempotencyKey) -> [u8; 32] {
        idempotency_digest(&self.key, &[key.caller.as_bytes(), key.key.as_bytes()])
    }

    fn caller(&self, key: &IdempotencyKey) -> [u8; 8] {
        let digest = idempotency_digest(&self.key, &[key.caller.as_bytes()]);
        let mut caller = [0; 8];
        caller.copy_from_slice(&digest[..8]);
        caller
    }

    fn request(&self, key: &IdempotencyKey) -> [u8; 32] {
        idempotency_digest(&self.key, &[&key.request])
    }

    fn keep(&mut self, Record { key, kept }: Record) {
        *self.by_caller.entry(kept.caller).or_default() += 1;
        self.kept.insert(key, kept);
    }
}

/// All records of a deployment. The writer appends; whoever asks finds without waiting for a disk.
pub struct Idempotency {
    directory: PathBuf,
    /// Under which a new generation's key is sealed.
    savepoint_key: Mutex<Zeroizing<[u8; 32]>>,
    /// Ascending by their beginning; the last one is appended to.
    generations: RwLock<Vec<Generation>>,
    /// None until something is appended.
    file: Mutex<Option<GenerationFile>>,
}

impl Idempotency {
    /// Reads what a data directory holds. The caller holds the directory's lock.
    pub fn open(directory: &Path, key: &SavepointKey) -> io::Result<(Self, Vec<Note>)> {
        let mut notes = Vec::new();
        let mut generations = Vec::new();
        for read in read_all(directory, key)? {
            let (began, key) = (read.began, read.key);
            let mut generation =
                Generation { began, key, kept: HashMap::new(), by_caller: HashMap::new() };
            read.records.into_iter().for_each(|record| generation.keep(record));
            generations.push(generation);
            if read.unread_bytes > 0 {
                notes.push(Note { path: read.path, bytes: read.unread_bytes });
            }
        }
        let records = Self {
            directory: directory.to_owned(),
            savepoint_key: Mutex::new(Zeroizing::new(*key.as_bytes())),
            generations: RwLock::new(generations),
            file: Mutex::new(None),
        };
        Ok((records, notes))
    }

    /// What became of a request.
    pub fn find(&self, key: &IdempotencyKey, now: Timestamp) -> Found {
        let generations = self.generations.read().unwrap_or_else(PoisonError::into_inner);
        let latest = generations.iter().rev();
        let mut found = latest.filter_map(|generation| {
            let kept = generation.kept.get(&generation.digest(key))?;
            let holds = kept.at.until(now) < KEPT_FOR;
            holds.then(|| match kept.request == generation.request(key) {
                true => Found::Kept(kept.clone()),
                false => Found::Other,
            })
        });
        found.next().unwrap_or(Found::Nothing)
    }

    /// Whether one more record of a caller has room.
    pub fn has_room(&self, key: &IdempotencyKey) -> bool {
        let generations = self.generations.read().unwrap_or_else(PoisonError::into_inner);
        let callers = generations.iter().map(|generation| {
            generation.by_caller.get(&generation.caller(key)).copied().unwrap_or(0)
        });
        let all = generations.iter().map(|generation| generation.kept.len());
        all.sum::<usize>() < LIMIT && callers.sum::<u32>() < CALLER_LIMIT
    }

    /// Writes what becomes of requests, durably, before it is. [`Idempotency::keep`] shows it.
    pub fn write(
        &self,
        answered: Vec<(IdempotencyKey, Outcome)>,
        now: Timestamp,
        drawn: &mut Drawn,
    ) -> io::Result<Written> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.as_ref().is_none_or(|file| file.began().until(now) >= GENERATION) {
            *file = Some(self.begin(now, drawn)?);
        }
        let generations = self.generations.read().unwrap_or_else(PoisonError::into_inner);
        let Some(generation) = generations.last() else { return Ok(Written(Vec::new())) };
        let records: Vec<Record> = answered
            .into_iter()
            .map(|(key, outcome)| Record {
                key: generation.digest(&key),
                kept: Kept {
                    caller: generation.caller(&key),
                    request: generation.request(&key),
                    at: now,
                    outcome,
                },
            })
            .collect();
        drop(generations);
        let Some(open) = file.as_mut() else { return Ok(Written(Vec::new())) };
        if let Err(error) = open.append(&records) {
            // What it holds is unknown: the next one begins a new file.
            *file = None;
            return Err(error);
        }
        Ok(Written(records))
    }

    /// Shows what was written: the entries that it speaks of are durable.
    pub fn keep(&self, written: Written) {
        let mut generations = self.generations.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(generation) = generations.last_mut() {
            written.0.into_iter().for_each(|record| generation.keep(record));
        }
    }

    /// Prepares for the savepoint key to come: whichever of the two is in force behind a crash, it
    /// opens every file. [`Idempotency::follow`] is told which one came to be.
    pub fn prepare(&self, fresh_savepoint_key: &[u8; 32], drawn: &mut Drawn) -> io::Result<()> {
        let generations = self.generations.read().unwrap_or_else(PoisonError::into_inner);
        let savepoint_key = self.savepoint_key.lock().unwrap_or_else(PoisonError::into_inner);
        generations.iter().try_for_each(|generation| {
            let sealed = (drawn.bytes(), &**savepoint_key);
            file::reseal(&self.directory, generation.began, sealed, fresh_savepoint_key)
        })
    }

    /// Takes over the savepoint key that is in force.
    pub fn follow(&self, key: &SavepointKey) {
        *self.savepoint_key.lock().unwrap_or_else(PoisonError::into_inner) =
            Zeroizing::new(*key.as_bytes());
    }

    /// Begins a generation, and forgets those that ended a day ago.
    fn begin(&self, now: Timestamp, drawn: &mut Drawn) -> io::Result<GenerationFile> {
        let mut generations = self.generations.write().unwrap_or_else(PoisonError::into_inner);
        // The next one's beginning is where a generation ended.
        while generations.get(1).is_some_and(|next| next.began.until(now) >= KEPT_FOR) {
            file::remove(&self.directory, generations[0].began)?;
            generations.remove(0);
        }
        // Two that begin in one microsecond would be one file.
        let began = generations.last().map_or(now, |last| now.max(last.began.next()));
        let key = Zeroizing::new(drawn.bytes());
        let savepoint_key = self.savepoint_key.lock().unwrap_or_else(PoisonError::into_inner);
        let file =
            GenerationFile::create(&self.directory, began, (&key, drawn.bytes()), &savepoint_key)?;
        let (kept, by_caller) = (HashMap::new(), HashMap::new());
        generations.push(Generation { began, key, kept, by_caller });
        Ok(file)
    }
}

/// Records that are durable and not shown yet.
#[must_use]
pub struct Written(Vec<Record>);

#[cfg(test)]
mod tests;
