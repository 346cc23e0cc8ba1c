//! Journal and sled side by side, frame by frame from the genesis on.

use crate::ground::frame::Frame;
use crate::ground::journal::frames::JournalFrames;
use crate::ground::log::{Head, LogError};
use crate::ground::sled_store::SledStore;
use crate::ground::sled_store::walk::SledFrames;
use crate::words::{OrganizationId, Origin};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Frames are fed in parts of about this many bytes.
const FEED_BYTES: usize = 4 * 1024 * 1024;

/// Until where both are walked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Until {
    /// To the end of the journal; sled, which nobody else feeds, is fed what it lacks.
    End,
    /// The same up to a head, while the journal grows behind it.
    Fed(Head),
    /// To a head that sled has reached, while both grow behind it.
    Reached(Head),
}

/// A comparison under way.
#[derive(Debug)]
pub(super) struct Comparison {
    journal: JournalFrames,
    /// None behind its end.
    sled: Option<SledFrames>,
    store: Arc<SledStore>,
    feeds: bool,
    waiting: Vec<Arc<Frame>>,
    waiting_bytes: usize,
    /// What sled lacked, in batches.
    pub(super) lacked: u64,
    /// Where the journal led so far.
    pub(super) walked: Walked,
}

/// Why sled cannot be used.
#[derive(Debug)]
pub(super) enum Unfit {
    /// It is not what stood there.
    Damaged(String),
    /// It is whole, and tells the ledger otherwise than the journal: what it held says nothing of
    /// what the journal should.
    Foreign(String),
}

impl Unfit {
    /// In words.
    pub(super) fn why(self) -> String {
        match self {
            Self::Damaged(why) | Self::Foreign(why) => why,
        }
    }
}

impl From<LogError> for Unfit {
    fn from(error: LogError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// What a walk over the whole journal leaves.
#[derive(Debug)]
pub(super) struct Walked {
    pub(super) head: Head,
    pub(super) organizations: HashMap<OrganizationId, u64>,
}

/// How a comparison goes on.
#[derive(Debug)]
pub(super) enum Step {
    /// There is more to compare.
    Further,
    /// Everything was compared, and sled holds it.
    Equal,
    /// sled is not what the journal says.
    Differs(Unfit),
    /// The journal cannot be read on from here.
    Broken(LogError),
}

impl Walked {
    pub(super) fn nothing(origin: &Origin) -> Self {
        Self { head: Head::genesis(origin), organizations: HashMap::new() }
    }

    pub(super) fn pass(&mut self, frame: &Frame) {
        self.head = frame.head();
        for entry in &frame.entries {
            self.organizations.insert(entry.org, entry.org_seq + 1);
        }
    }
}

impl Comparison {
    /// Begins one; or says in which way sled is not what the journal says at all.
    pub(super) fn begin(
        journal: &Path,
        origin: &Origin,
        store: &Arc<SledStore>,
        until: Until,
    ) -> Result<Result<Self, Unfit>, LogError> {
        let (fed, claimed) = match store.fed() {
            Ok((fed, _)) => (fed, store.claimed(origin)),
            Err(error) => return Ok(Err(error.into())),
        };
        if fed < claimed {
            let why = format!("it held {claimed} batches once and holds {fed}");
            return Ok(Err(Unfit::Damaged(why)));
        }
        let walked = Walked::nothing(origin);
        let until_slot = match until {
            Until::End => u64::MAX,
            Until::Fed(head) | Until::Reached(head) => head.slot,
        };
        let journal = JournalFrames::open(journal, origin, until_slot)?;
        let sled = match SledFrames::from(Arc::clone(store), 0, 0, walked.head.frame) {
            Ok(sled) => sled,
            Err(error) => return Ok(Err(error.into())),
        };
        let (sled, feeds) = match until {
            Until::End | Until::Fed(_) => (sled, true),
            Until::Reached(head) => (sled.until(&head), false),
        };
        Ok(Ok(Self {
            journal,
            sled: Some(sled),
            store: Arc::clone(store),
            feeds,
            waiting: Vec::new(),
            waiting_bytes: 0,
            lacked: 0,
            walked,
        }))
    }

    /// Compares the next frames, about `bytes` of them. An error is sled's, while it is fed.
    pub(super) fn advance(&mut self, bytes: usize) -> Result<Step, LogError> {
        let mut passed = 0;
        while passed < bytes {
            let frame = match self.journal.next() {
                None => return self.finish(),
                Some(Err(error)) => return Ok(Step::Broken(error)),
                Some(Ok(frame)) => frame,
            };
            passed += frame.weight();
            self.walked.pass(&frame);
            match self.sled.as_mut().map(Iterator::next) {
                Some(Some(Ok(stored))) if stored.hash == frame.hash => continue,
                Some(Some(Ok(_))) => {
                    let why = format!("its batch {} is not the journal's", frame.slot);
                    return Ok(Step::Differs(Unfit::Foreign(why)));
                }
                Some(Some(Err(error))) => return Ok(Step::Differs(error.into())),
                Some(None) => self.sled = None,
                None => {}
            }
            if !self.feeds {
                let why = format!("its batch {} is missing", frame.slot);
                return Ok(Step::Differs(Unfit::Damaged(why)));
            }
            self.lacked += 1;
            self.waiting_bytes += frame.weight();
            self.waiting.push(Arc::new(frame));
            if self.waiting_bytes >= FEED_BYTES {
                self.feed()?;
            }
        }
        Ok(Step::Further)
    }

    fn finish(&mut self) -> Result<Step, LogError> {
        self.feed()?;
        Ok(match self.sled.as_mut().and_then(Iterator::next) {
            None => Step::Equal,
            Some(Ok(frame)) => {
                let why = format!("its batch {} does not follow the journal", frame.slot);
                Step::Differs(Unfit::Foreign(why))
            }
            Some(Err(error)) => Step::Differs(error.into()),
        })
    }

    fn feed(&mut self) -> Result<(), LogError> {
        self.waiting_bytes = 0;
        self.store.feed(&std::mem::take(&mut self.waiting))
    }
}
