//! Witnesses: whoever else signs what is published (C2SP tlog-witness), asked behind the publisher
//! and off every answer's path.
//!
//! A thread of its own asks each, one request at a time, so that a slow one holds up nobody. Which
//! checkpoint is asked for is the same for all of them (`rounds`).

mod asked;
mod rounds;

pub use asked::Fault;
pub use rounds::Cosigned;

use super::outside::Post;
use super::publishing::{Published, Publishing};
use crate::ground::cosigned::CosignedFile;
use crate::proof::note::SIGNATURES_LIMIT;
use crate::proof::{Checkpoint, Note, Policy, VerificationKey, path};
use crate::words::Timestamp;
use asked::Asked;
use rounds::{Rounds, line_of};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use thiserror::Error;

/// The most witnesses that are asked: with them a note still has room for the signatures of two
/// keys of the log.
pub const WITNESSES_LIMIT: usize = SIGNATURES_LIMIT - 2;

/// How often witnesses are asked while the ledger grows and nobody waits: they are other people's
/// machines, and a checkpoint a second is what their public network expects of a log.
const PERIOD: Duration = Duration::from_secs(1);

/// How long a witness is left alone that did not sign; doubled each time, up to the second.
const RESTS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Told what became of asking a witness, when it is something else than the time before.
pub type Told = Box<dyn Fn(&str, Result<(), Fault>) + Send + Sync>;

/// Who is asked, and what it means.
pub struct Witnesses {
    /// Who they are, where they are asked, and how many are needed.
    pub policy: Policy,
    /// Whether nothing is shown that they did not sign.
    pub is_required: bool,
    /// What sends requests.
    pub post: Post,
    /// Whoever is told of news.
    pub told: Told,
}

/// Why witnesses cannot be asked.
#[derive(Debug, Error)]
pub enum WitnessError {
    /// Nothing is signed.
    #[error("no checkpoints are signed, so there is nothing to witness")]
    Off,
    /// There is nobody to ask, or too many, or not enough for the quorum.
    #[error(
        "the witnesses' policy needs a quorum that those fill who have a URL, at most {WITNESSES_LIMIT} \
         of them"
    )]
    Policy,
    /// The file of cosignatures cannot be read, or a thread not be started.
    #[error("witnesses cannot be asked: {0}")]
    Io(#[from] io::Error),
}

/// What is known of a witness.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// What the policy calls it.
    pub name: String,
    /// The size that it signed last; 0 since the start.
    pub size: u64,
    /// How often each outcome came: `cosigned`, or a [`Fault`]'s name.
    pub outcomes: BTreeMap<&'static str, u64>,
    last: Option<Result<(), Fault>>,
}

/// Witnesses that are being asked.
pub(super) struct Witnessing {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    publishing: Arc<Publishing>,
    asked: Vec<Asked>,
    is_required: bool,
    post: Post,
    told: Told,
    file: Mutex<CosignedFile>,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    rounds: Rounds,
    standings: Vec<Standing>,
    /// Somebody waits for a quorum under at least that size.
    wanted: u64,
    ended: bool,
}

/// Whether those of a policy who can be asked fill its quorum, and a note has room for them.
pub fn can_be_asked(policy: &Policy) -> bool {
    let with_url = policy.parties().filter(|(_, party)| party.url.is_some());
    let keys: Vec<&VerificationKey> = with_url.map(|(_, party)| &party.key).collect();
    let is_filled = !policy.is_unwitnessed() && policy.is_filled_by(&keys);
    is_filled && keys.len() <= WITNESSES_LIMIT
}

impl Witnessing {
    /// Begins to ask.
    pub(super) fn begin(
        publishing: Arc<Publishing>,
        directory: &Path,
        witnesses: Witnesses,
    ) -> Result<Self, WitnessError> {
        let Witnesses { policy, is_required, post, told } = witnesses;
        if !can_be_asked(&policy) {
            return Err(WitnessError::Policy);
        }
        let asked: Vec<Asked> = policy
            .parties()
            .filter_map(|(name, party)| {
                let url = party.url.as_ref()?.trim_end_matches('/').to_owned();
                Some(Asked { name: name.to_owned(), url, key: party.key.clone() })
            })
            .collect();
        let keys: Vec<_> = asked.iter().map(|asked| asked.key.clone()).collect();
        let file = CosignedFile::of(directory);
        let kept = file.read()?.filter(|kept| holds(kept, &publishing, &policy));
        let known = |key| kept.as_ref().filter(|(_, note)| line_of(note, key).is_some());
        let known: Vec<u64> = keys
            .iter()
            .map(|key| known(key).map_or(0, |(checkpoint, _)| checkpoint.size))
            .collect();
        let named = |asked: &Asked| Standing { name: asked.name.clone(), ..Standing::default() };
        let standings = asked.iter().map(named).collect();
        let mut rounds = Rounds::new(policy, keys, kept);
        // What was kept may be just what is published now: then it holds before anybody asks.
        let first = publishing.latest();
        let seen = first.as_ref().map(|first| first.checkpoint.size);
        first.into_iter().for_each(|first| rounds.begin(first));
        let state = Mutex::new(State { rounds, standings, wanted: 0, ended: false });
        let (file, changed) = (Mutex::new(file), Condvar::new());
        let shared = Shared { publishing, asked, is_required, post, told, file, state, changed };
        let shared = Arc::new(shared);
        for (number, known) in known.into_iter().enumerate() {
            let with = Arc::clone(&shared);
            let name = format!("witness {number}");
            // Whoever is being asked when the ledger closes is not waited for: what they answer
            // is not kept then, and they are asked for it again.
            std::thread::Builder::new().name(name).spawn(move || with.ask(number, known))?;
        }
        let with = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("witnesses".to_owned())
            .spawn(move || with.run(seen))?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Whether nothing is shown that witnesses did not sign.
    pub(super) fn is_required(&self) -> bool {
        self.shared.is_required
    }

    /// The newest checkpoint whose quorum is filled.
    pub(super) fn cosigned(&self) -> Option<Arc<Cosigned>> {
        self.shared.lock().rounds.cosigned().cloned()
    }

    /// What may be shown where `latest` was signed last: the same with the cosignatures under it,
    /// or the newest that has all it needs.
    pub(super) fn shown(&self, latest: Arc<Published>) -> Option<Arc<Published>> {
        let state = self.shared.lock();
        if self.shared.is_required {
            return state.rounds.cosigned()?.published.clone();
        }
        let shown = state.rounds.shown().filter(|it| it.checkpoint == latest.checkpoint);
        Some(shown.cloned().unwrap_or(latest))
    }

    /// What is being asked for, with what was signed under it so far.
    pub(super) fn round(&self) -> Option<Arc<Published>> {
        self.shared.lock().rounds.shown().cloned()
    }

    /// Waits for a quorum under at least that size, but not for ever.
    pub(super) fn wait(&self, size: u64, patience: Duration) -> Option<Arc<Cosigned>> {
        self.shared.publishing.wait(size, patience)?;
        let mut state = self.shared.lock();
        state.wanted = state.wanted.max(size);
        self.shared.changed.notify_all();
        let found = |state: &State| {
            state.rounds.cosigned().filter(|it| it.checkpoint.size >= size).cloned()
        };
        let is_missing = |state: &mut State| found(state).is_none() && !state.ended;
        let waited = self.shared.changed.wait_timeout_while(state, patience, is_missing);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        found(&state)
    }

    /// Whoever has not signed what is being asked for.
    pub(super) fn missing(&self) -> Vec<String> {
        let missing = self.shared.lock().rounds.missing();
        missing.into_iter().map(|number| self.shared.asked[number].name.clone()).collect()
    }

    /// Since when the quorum is missing; none where it is filled.
    pub(super) fn behind_since(&self) -> Option<Timestamp> {
        self.shared.lock().rounds.behind_since()
    }

    /// What is known of each.
    pub(super) fn standings(&self) -> Vec<Standing> {
        self.shared.lock().standings.clone()
    }

    /// Ends the asking. The publisher ended before.
    pub(super) fn end(&self) {
        self.shared.lock().ended = true;
        self.shared.changed.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // One that panicked has shown nothing that nobody signed.
        let _ = thread.map(JoinHandle::join);
    }
}

/// Whether what was kept is of this log, and its quorum is filled.
fn holds(
    (checkpoint, note): &(Checkpoint, Note),
    publishing: &Publishing,
    policy: &Policy,
) -> bool {
    let Some(latest) = publishing.latest().map(|latest| latest.checkpoint.clone()) else {
        return false;
    };
    // Behind a restored copy the log has another name, and what was signed before is not its own.
    if checkpoint.origin != latest.origin || checkpoint.size > latest.size {
        return false;
    }
    let root = path::root(&*publishing.tiles, checkpoint.size);
    let signed: Vec<_> = policy.witnesses().filter(|key| line_of(note, key).is_some()).collect();
    root.is_ok_and(|root| root == checkpoint.root) && policy.is_filled_by(&signed)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, is_idle: impl FnMut(&mut State) -> bool) -> MutexGuard<'_, State> {
        let waited = self.changed.wait_while(self.lock(), is_idle);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// Says which checkpoint is asked for, for as long as any are signed.
    fn run(&self, mut seen: Option<u64>) {
        while self.publishing.await_beyond(seen).is_some() {
            let mut state = self.wait_while(|state| !state.ended && !state.rounds.is_over());
            let Some(latest) = self.publishing.latest().filter(|_| !state.ended) else { return };
            let size = latest.checkpoint.size;
            seen = Some(size);
            state.rounds.begin(latest);
            self.changed.notify_all();
            let idle = |state: &mut State| !state.ended && state.wanted <= size;
            drop(self.changed.wait_timeout_while(state, PERIOD, idle));
        }
    }

    /// Asks one witness for whatever it has not signed.
    fn ask(&self, number: usize, mut known: u64) {
        let mut rest = RESTS.0;
        loop {
            let has_nothing =
                |state: &mut State| !state.ended && state.rounds.next(number).is_none();
            let state = self.wait_while(has_nothing);
            let Some(published) = state.rounds.next(number).filter(|_| !state.ended) else {
                return;
            };
            drop(state);
            let asked = &self.asked[number];
            let outcome = asked.ask(&self.publishing, &published, &self.post, &mut known);
            match outcome {
                Ok(line) => {
                    rest = RESTS.0;
                    self.signed(number, &published, &line);
                }
                Err(fault) => {
                    self.failed(number, fault, rest);
                    rest = (rest * 2).min(RESTS.1);
                }
            }
        }
    }

    fn signed(&self, number: usize, published: &Published, line: &str) {
        let mut state = self.lock();
        if state.ended {
            return;
        }
        let is_news = state.rounds.signed(number, published, line);
        state.standings[number].size = published.checkpoint.size;
        let is_other = state.standings[number].count(Ok(()));
        drop(state);
        self.changed.notify_all();
        if is_other {
            (self.told)(&self.asked[number].name, Ok(()));
        }
        if is_news {
            self.keep();
        }
    }

    /// Leaves a witness alone that did not sign.
    fn failed(&self, number: usize, fault: Fault, rest: Duration) {
        let mut state = self.lock();
        state.rounds.failed(number);
        let is_other = state.standings[number].count(Err(fault));
        drop(state);
        self.changed.notify_all();
        if is_other {
            (self.told)(&self.asked[number].name, Err(fault));
        }
        let goes_on = |state: &mut State| !state.ended;
        let waited = self.changed.wait_timeout_while(self.lock(), rest, goes_on);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.rounds.rested(number);
    }

    /// Writes down what was signed. Without the file witnesses are asked anew, so that nothing
    /// depends on it.
    fn keep(&self) {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.lock();
        let cosigned = state.rounds.cosigned().filter(|_| !state.ended).cloned();
        drop(state);
        if let Some(cosigned) = cosigned {
            let _ = file.keep(&cosigned.note);
        }
    }
}

impl Standing {
    /// Counts an outcome; true where it is another one than before.
    fn count(&mut self, outcome: Result<(), Fault>) -> bool {
        let name = outcome.map_or_else(Fault::name, |()| "cosigned");
        *self.outcomes.entry(name).or_default() += 1;
        let before = self.last.replace(outcome);
        before.is_none_or(|before| before.map_err(Fault::name) != outcome.map_err(Fault::name))
    }
}
