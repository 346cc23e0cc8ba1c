//! Timestamps: an authority for them says when a checkpoint was there (RFC 3161), asked behind the
//! publisher and for each bundle.

mod token;

use super::outside::{Post, Sent};
use super::publishing::Publishing;
use crate::ground::timestamps::Timestamps;
use crate::proof::Checkpoint;
use crate::words::hash::{Drawn, sha256};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thiserror::Error;
use token::{ANSWER_LIMIT_BYTES, Nonce, TokenError, check, request};

/// How often an authority is asked while the ledger grows: many are free, and bound how much.
const PERIOD: Duration = Duration::from_secs(600);

/// Told what became of asking, when it is something else than the time before.
pub type Told = Box<dyn Fn(Result<(), &StampError>) + Send + Sync>;

/// Who is asked for timestamps.
pub struct Authority {
    /// Where.
    pub url: String,
    /// What sends requests.
    pub post: Post,
    /// Where the numbers come from that tell answers apart.
    pub drawn: Drawn,
    /// Whoever is told of news.
    pub told: Told,
}

/// Why there is no timestamp.
#[derive(Debug, Error)]
pub enum StampError {
    /// No answer came.
    #[error("the authority did not answer in time")]
    Unreachable,
    /// It answered something else.
    #[error("the authority answered with status {0}")]
    Status(u16),
    /// What it answered is no timestamp of what was asked.
    #[error("of the authority: {0}")]
    Answer(String),
    /// It cannot be kept.
    #[error("timestamps cannot be kept: {0}")]
    Io(#[from] io::Error),
    /// Nothing is signed.
    #[error("no checkpoints are signed, so there is nothing to be timestamped")]
    Off,
}

impl StampError {
    /// What counters call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Status(_) => "status",
            Self::Answer(_) => "answer",
            Self::Io(_) => "io",
            Self::Off => "off",
        }
    }
}

impl From<TokenError> for StampError {
    fn from(error: TokenError) -> Self {
        Self::Answer(error.to_string())
    }
}

/// An authority that is being asked.
pub(super) struct Timestamping(Arc<Shared>);

struct Shared {
    publishing: Arc<Publishing>,
    url: String,
    post: Post,
    told: Told,
    /// One asks at a time: whoever waits may find that it is there.
    asking: Mutex<(Drawn, Timestamps)>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    outcomes: BTreeMap<&'static str, u64>,
    last: Option<&'static str>,
    ended: bool,
}

impl Timestamping {
    /// Begins to ask.
    pub(super) fn begin(
        publishing: Arc<Publishing>,
        directory: &Path,
        authority: Authority,
    ) -> Result<Self, StampError> {
        let Authority { url, post, drawn, told } = authority;
        let asking = Mutex::new((drawn, Timestamps::open(directory)?));
        let (state, changed) = (Mutex::default(), Condvar::new());
        let shared = Arc::new(Shared { publishing, url, post, told, asking, state, changed });
        let with = Arc::clone(&shared);
        // What is under way when the ledger closes is not waited for, and not kept.
        std::thread::Builder::new().name("timestamps".to_owned()).spawn(move || with.run())?;
        Ok(Self(shared))
    }

    /// A timestamp of just that checkpoint; none where the authority gives none now.
    pub(super) fn of(&self, checkpoint: &Checkpoint) -> Option<Vec<u8>> {
        self.0.of(checkpoint)
    }

    /// How often each outcome came: `stamped`, or a [`StampError`]'s name.
    pub(super) fn outcomes(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().outcomes.clone()
    }

    /// Ends the asking.
    pub(super) fn end(&self) {
        self.0.lock().ended = true;
        self.0.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut seen = None;
        while let Some(latest) = self.publishing.await_beyond(seen) {
            seen = Some(latest.checkpoint.size);
            // Of nothing there is nothing to say.
            if latest.checkpoint.size > 0 {
                drop(self.of(&latest.checkpoint));
            }
            let goes_on = |state: &mut State| !state.ended;
            let waited = self.changed.wait_timeout_while(self.lock(), PERIOD, goes_on);
            let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if state.ended {
                return;
            }
        }
    }

    fn of(&self, checkpoint: &Checkpoint) -> Option<Vec<u8>> {
        let stamped = self.stamped(checkpoint);
        let name = stamped.as_ref().map_or_else(StampError::name, |_| "stamped");
        let mut state = self.lock();
        *state.outcomes.entry(name).or_default() += 1;
        let is_other = state.last.replace(name) != Some(name);
        drop(state);
        if is_other {
            (self.told)(stamped.as_ref().map(drop));
        }
        stamped.ok()
    }

    fn stamped(&self, checkpoint: &Checkpoint) -> Result<Vec<u8>, StampError> {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let (drawn, timestamps) = &mut *asking;
        if let Some(kept) = timestamps.find(checkpoint)? {
            return Ok(kept);
        }
        let digest = sha256(checkpoint.to_string().as_bytes());
        let nonce = Nonce::new(drawn.bytes());
        let asked = request(&digest, nonce);
        let kind = "application/timestamp-query";
        let sent = Sent { url: &self.url, kind, body: &asked };
        let came = (self.post)(sent).ok_or(StampError::Unreachable)?;
        if came.status != 200 {
            return Err(StampError::Status(came.status));
        }
        if came.body.len() > ANSWER_LIMIT_BYTES {
            return Err(TokenError::Form.into());
        }
        check(&came.body, &digest, nonce)?;
        if self.lock().ended {
            return Err(StampError::Off);
        }
        timestamps.keep(checkpoint, &came.body)?;
        Ok(came.body)
    }
}
