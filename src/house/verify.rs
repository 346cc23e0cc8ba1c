//! Verifying a data directory: everything is computed again from the stored bytes, over the journal
//! alone and over sled alone, and the two must end at one head.

use super::standing::Leaves;
use super::unseal::{self, UnsealError};
use crate::facts::{Content, Entry, Event};
use crate::ground::directory::{Directory, DirectoryError};
use crate::ground::embedded::{self, Inspection};
use crate::ground::frame::Frame;
use crate::ground::keyring::{Keyring, KeyringError, Unlock, Walk};
use crate::ground::log::{Damage, Head, LogError, Place, Record};
use crate::house::ledger::keyring_path;
use crate::projections::{ApplyError, Views};
use crate::proof::{Chains, HeadsWalk, LinkFault};
use crate::words::{Origin, SubjectId, TreeHash};
use std::fmt;
use std::path::Path;
use thiserror::Error;

/// How many findings are kept of each copy; the others are counted.
const FINDINGS_LIMIT: usize = 1000;

/// Why a data directory cannot be verified at all.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// It cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// Nothing in it can be read.
    #[error(transparent)]
    Inspection(#[from] embedded::OpenError),
    /// Without the keyring no value can be compared with its commitment.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

/// The whole result.
#[derive(Debug)]
pub struct Report {
    /// The ledger.
    pub origin: Origin,
    /// What the journal alone shows.
    pub journal: Copy,
    /// What sled alone shows.
    pub sled: Copy,
    /// The first entry that the copies do not have in common, as far as both can be read; none
    /// where they are the same. Two copies that are each whole can still tell two histories.
    pub parted_at: Option<u64>,
}

impl Report {
    /// Whether both copies are whole and end at one head.
    pub fn is_whole(&self) -> bool {
        self.journal.is_whole()
            && self.sled.is_whole()
            && self.heads_equal()
            && self.parted_at.is_none()
    }

    /// Whether both copies end at one head.
    pub fn heads_equal(&self) -> bool {
        self.journal.head == self.sled.head
    }
}

/// What one copy of the log shows.
#[derive(Debug)]
pub struct Copy {
    /// How far it could be read.
    pub head: Head,
    /// The RFC 6962 root over its entries.
    pub root: TreeHash,
    /// Sealed values that were opened and are what their entries commit to.
    pub opened: u64,
    /// Sealed values whose keys were destroyed.
    pub erased: u64,
    /// Everything that is wrong, in order; at most 1,000.
    pub findings: Vec<Finding>,
    /// How many findings there are in all.
    pub findings_total: u64,
}

impl Copy {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.findings_total == 0
    }
}

/// One fault of a copy.
#[derive(Debug)]
pub struct Finding {
    /// The entry; where the bytes cannot be read at all, the first one that is missing.
    pub seq: u64,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seq {}: {}", self.seq, self.fault)
    }
}

/// What can be wrong with a copy of the log.
#[derive(Debug)]
pub enum Fault {
    /// It cannot be read on from here.
    Unreadable(LogError),
    /// The bytes are no entry, or its sealed values do not fit it.
    Unseal(UnsealError),
    /// The entry does not come next.
    Link(LinkFault),
    /// It is stored for another organization, or at another place in it, than it says.
    Index,
    /// A sealed value has no row in the vault.
    ValueMissing {
        /// Its field.
        field: &'static str,
    },
    /// A row derives its key from another leaf than the subject's.
    Leaf {
        /// Whose row it is.
        owner: SubjectId,
    },
    /// The entry names two subjects for the first time.
    TwoIntroductions,
    /// The root that the batch recorded is not that of its entries.
    Root {
        /// The batch.
        slot: u64,
    },
    /// It commits to other heads of organizations than the entries before it have.
    Heads,
    /// What it says cannot follow from the entries before it.
    Contradiction(ApplyError),
    /// It ends before a place that both copies are known to have reached.
    Short {
        /// The first batch that is missing.
        slot: u64,
        /// How many batches there were.
        held: u64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "cannot be read on from here: {error}"),
            Self::Unseal(error) => write!(f, "{error}"),
            Self::Link(fault) => write!(f, "{fault}"),
            Self::Index => f.write_str("it is indexed at another place than it names"),
            Self::ValueMissing { field } => write!(f, "the vault holds no value for {field}"),
            Self::Leaf { owner } => write!(f, "the key of {owner} derives from another leaf"),
            Self::TwoIntroductions => {
                f.write_str("it names two subjects for the first time; they would share a key")
            }
            Self::Root { slot } => {
                write!(f, "batch {slot} recorded another root than its entries have")
            }
            Self::Heads => {
                f.write_str("it commits to other heads of organizations than are before it")
            }
            Self::Contradiction(error) => write!(f, "{error}"),
            Self::Short { slot, held } => {
                write!(f, "it ends before batch {slot}; {held} batches were here once")
            }
        }
    }
}

/// Verifies a data directory that nobody else has open. Nothing in it is changed.
pub fn verify(path: &Path, sled_cache_bytes: u64) -> Result<Report, VerifyError> {
    verify_by(path, sled_cache_bytes, &None)
}

/// The same of one whose keyring is protected.
pub fn verify_by(
    path: &Path,
    sled_cache_bytes: u64,
    unlock: &Unlock,
) -> Result<Report, VerifyError> {
    let directory = Directory::open(path)?;
    let keyring = Keyring::open_by(keyring_path(path), unlock)?;
    let inspection = Inspection::open(&directory, sled_cache_bytes)?;
    let origin = inspection.origin().clone();
    let held = inspection.held();
    let journal = walk(&origin, &keyring, inspection.journal_frames(), held);
    let sled = walk(&origin, &keyring, inspection.sled_frames(), held);
    let mut report = Report { origin, journal, sled, parted_at: None };
    if !report.heads_equal() {
        report.parted_at = Some(parting(&inspection));
    }
    Ok(report)
}

/// Where two copies with different heads part. Reads both once more, frame beside frame: keeping
/// the hashes of a first pass would take memory for every whole ledger.
fn parting(inspection: &Inspection) -> u64 {
    fn readable<F, E>(frames: Result<F, E>) -> impl Iterator<Item = Frame>
    where
        F: Iterator<Item = Result<Frame, E>>,
    {
        frames.into_iter().flatten().map_while(Result::ok)
    }
    let mut journal = readable(inspection.journal_frames());
    let mut sled = readable(inspection.sled_frames());
    let mut size = 0;
    while let (Some(one), Some(other)) = (journal.next(), sled.next()) {
        if one != other {
            let pairs = one.records(size).zip(other.records(size));
            return size + pairs.take_while(|(one, other)| one == other).count() as u64;
        }
        size = one.size();
    }
    size
}

fn walk<F>(origin: &Origin, keyring: &Keyring, frames: Result<F, LogError>, held: u64) -> Copy
where
    F: Iterator<Item = Result<Frame, LogError>>,
{
    let mut walking = Walking {
        chains: Chains::new(origin.clone()),
        heads: HeadsWalk::default(),
        leaves: Leaves::default(),
        views: Views::default(),
        keys: keyring.walk(),
        copy: Copy {
            head: Head::genesis(origin),
            root: TreeHash::empty(),
            opened: 0,
            erased: 0,
            findings: Vec::new(),
            findings_total: 0,
        },
    };
    match frames {
        Ok(frames) => {
            for frame in frames {
                match frame {
                    Ok(frame) => walking.frame(&frame),
                    Err(error) => walking.unreadable(error),
                }
            }
        }
        Err(error) => walking.find(0, Fault::Unreadable(error)),
    }
    let Head { slot, size, .. } = walking.copy.head;
    // Where it could not be read on, that is what there is to say.
    if walking.copy.is_whole() && slot < held {
        walking.find(size, Fault::Short { slot, held });
    }
    walking.copy.root = walking.chains.whole().frontier.root();
    walking.copy
}

struct Walking<'a> {
    chains: Chains,
    heads: HeadsWalk,
    leaves: Leaves,
    views: Views,
    keys: Walk<'a>,
    copy: Copy,
}

impl Walking<'_> {
    fn find(&mut self, seq: u64, fault: Fault) {
        self.copy.findings_total += 1;
        if self.copy.findings.len() < FINDINGS_LIMIT {
            self.copy.findings.push(Finding { seq, fault });
        }
    }

    /// Nothing behind the frames so far can be read; the damage may name a later place in the next.
    fn unreadable(&mut self, error: LogError) {
        let size = self.copy.head.size;
        let seq = match &error {
            LogError::Damaged(Damage { place: Place::Seq(seq), .. }) => size.max(*seq),
            LogError::Damaged(_) | LogError::Io { .. } | LogError::Closed => size,
        };
        self.find(seq, Fault::Unreadable(error));
    }

    fn frame(&mut self, frame: &Frame) {
        for record in frame.records(frame.first_seq) {
            self.record(&record);
        }
        self.copy.head = frame.head();
        if self.chains.whole().frontier.root() != frame.root {
            self.find(frame.first_seq, Fault::Root { slot: frame.slot });
        }
    }

    fn record(&mut self, record: &Record) {
        let seq = record.seq;
        let entry = match unseal::open(record, &mut self.keys) {
            Ok(opened) => opened.entry,
            Err(error) => {
                self.find(seq, Fault::Unseal(error));
                // What is linked are the bytes; whatever the vault holds for them, the chain goes
                // on.
                match Entry::parse(&record.bytes) {
                    Ok(entry) => entry,
                    Err(_) => return,
                }
            }
        };
        for fault in self.chains.check(&entry) {
            self.find(seq, Fault::Link(fault));
        }
        if (record.org, record.org_seq) != (entry.fact.org, entry.org_seq) {
            self.find(seq, Fault::Index);
        }
        if let Event::OrganizationHeadsCommitted(committed) = &entry.fact.event
            && (committed.organizations, committed.root) != self.heads.root(&self.chains)
        {
            self.find(seq, Fault::Heads);
        }
        self.chains.extend(&entry, &record.bytes);
        self.heads.changed(entry.fact.org);
        if self.leaves.introduce(&entry) > 1 {
            self.find(seq, Fault::TwoIntroductions);
        }
        self.vault(record, &entry);
        // Behind a first finding a contradiction proves nothing more.
        if self.copy.is_whole()
            && let Err(error) = self.views.apply(&entry)
        {
            self.find(seq, Fault::Contradiction(error));
        }
    }

    fn vault(&mut self, record: &Record, entry: &Entry) {
        for row in &record.vault {
            if self.leaves.of(entry.fact.org, row.owner) != Some(row.leaf) {
                self.find(record.seq, Fault::Leaf { owner: row.owner });
            }
        }
        for (field, sealed) in entry.fact.event.sealed() {
            match sealed.content {
                Content::Open(_) => self.copy.opened += 1,
                Content::Erased(_) => self.copy.erased += 1,
                Content::Withheld(_) => self.find(record.seq, Fault::ValueMissing { field }),
            }
        }
    }
}
