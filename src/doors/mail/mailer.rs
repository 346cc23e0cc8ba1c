//! The queue of letters, and the thread that empties it.

use super::Letter;
use super::counts::{Counts, Fate};
use super::delivery::{Delivery, Failed};
use crate::doors::settings::Smtp;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};
use thiserror::Error;

/// The most letters that wait for their first try: a mail server takes some ten a second, so more
/// of them would be late.
const QUEUE_LIMIT: usize = 500;

/// The most letters that wait for another try; while a mail server is away they gather.
const RETRY_LIMIT: usize = 1000;

/// How long a letter waits before each further try: from a hiccup to a restart to a long repair.
/// A link that arrives later than this is of no use to whoever asked for it.
const WAITS: &[Duration] = &[
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
];

/// How long the thread sleeps at most: it looks whether it shall end.
const IDLE: Duration = Duration::from_secs(60);

/// Why no mail can be sent.
#[derive(Debug, Error)]
pub enum MailError {
    /// The settings do not lead to a mail server.
    #[error("no mail can be sent: {0}")]
    Delivery(String),
    /// The machine gives no thread.
    #[error("no mail can be sent: {0}")]
    Thread(#[from] io::Error),
}

/// Takes letters and sends them, in a thread of its own.
pub struct Mailer {
    queue: Mutex<Option<SyncSender<Letter>>>,
    counts: Arc<Counts>,
    /// When the thread must have ended, once it was asked to.
    end: Arc<OnceLock<Instant>>,
    ended: Mutex<Receiver<()>>,
}

impl Mailer {
    /// Begins to send; without a mail server every letter is dropped and counted.
    pub fn start(smtp: Option<&Smtp>) -> Result<Self, MailError> {
        Self::with_waits(smtp, WAITS)
    }

    /// The same with other times between tries.
    pub fn with_waits(smtp: Option<&Smtp>, waits: &'static [Duration]) -> Result<Self, MailError> {
        let delivery = smtp.map(Delivery::new).transpose().map_err(MailError::Delivery)?;
        let (counts, end) = (Arc::new(Counts::default()), Arc::new(OnceLock::new()));
        let (say_ended, ended) = sync_channel(1);
        let mut queue = None;
        if let Some(delivery) = delivery {
            let (sender, letters) = sync_channel(QUEUE_LIMIT);
            let (counts, end) = (Arc::clone(&counts), Arc::clone(&end));
            let round = Round { delivery, waits, counts, end, later: Vec::new() };
            Builder::new().name("mail".to_owned()).spawn(move || {
                round.run(&letters);
                let _ = say_ended.send(());
            })?;
            queue = Some(sender);
        }
        Ok(Self { queue: Mutex::new(queue), counts, end, ended: Mutex::new(ended) })
    }

    /// Whether there is a mail server to send by.
    pub fn is_on(&self) -> bool {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Puts a letter into the queue. It waits for nothing and cannot fail; what becomes of the
    /// letter is counted.
    pub fn send(&self, letter: Letter) {
        let kind = letter.content.kind();
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let is_queued = queue.as_ref().is_some_and(|queue| queue.try_send(letter).is_ok());
        if !is_queued {
            self.counts.add(Fate::Dropped);
            tracing::warn!(kind, "mail dropped");
        }
    }

    /// Everything that was counted, in the Prometheus text format.
    pub fn write_counts(&self, text: &mut String) {
        self.counts.write(text);
    }

    /// Sends what waits, each letter once, and then ends; what is not sent when `grace` is over is
    /// lost.
    pub fn close(&self, grace: Duration) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        if queue.is_none() {
            return;
        }
        let _ = self.end.set(Instant::now() + grace);
        drop(queue);
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.recv_timeout(grace).is_err() {
            tracing::warn!("the mail server gives no answer: letters may be lost");
        }
    }
}

/// A letter that was tried before.
struct Later {
    due: Instant,
    tries: usize,
    letter: Letter,
}

/// What the thread works with.
struct Round {
    delivery: Delivery,
    waits: &'static [Duration],
    counts: Arc<Counts>,
    end: Arc<OnceLock<Instant>>,
    later: Vec<Later>,
}

impl Round {
    fn run(mut self, letters: &Receiver<Letter>) {
        loop {
            let now = Instant::now();
            let due = self.later.iter().map(|later| later.due).min();
            let wait = due.map_or(IDLE, |due| due.saturating_duration_since(now).min(IDLE));
            match letters.recv_timeout(wait) {
                Ok(letter) => self.try_once(letter, 0),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.try_due();
        }
        for Later { tries, letter, .. } in std::mem::take(&mut self.later) {
            self.try_once(letter, tries);
        }
        for later in std::mem::take(&mut self.later) {
            self.tell(Fate::Lost, &later.letter, "stopping");
        }
    }

    fn try_due(&mut self) {
        let now = Instant::now();
        let (due, later) =
            std::mem::take(&mut self.later).into_iter().partition(|later| later.due <= now);
        self.later = later;
        let due: Vec<Later> = due;
        for Later { tries, letter, .. } in due {
            self.try_once(letter, tries);
        }
    }

    fn try_once(&mut self, letter: Letter, tries: usize) {
        if self.end.get().is_some_and(|end| Instant::now() >= *end) {
            return self.tell(Fate::Lost, &letter, "stopping");
        }
        if tries > 0 {
            self.counts.retry();
        }
        match self.delivery.send(&letter) {
            Ok(()) => self.tell(Fate::Sent, &letter, "250"),
            Err(Failed::ForGood(code)) => self.tell(Fate::Refused, &letter, &code),
            Err(Failed::ForNow(code)) => match self.waits.get(tries) {
                Some(wait) if self.later.len() < RETRY_LIMIT => {
                    let due = Instant::now() + *wait;
                    self.later.push(Later { due, tries: tries + 1, letter });
                }
                _ => self.tell(Fate::GivenUp, &letter, &code),
            },
        }
    }

    /// Counts and logs what became of a letter, and never whose it was.
    fn tell(&self, fate: Fate, letter: &Letter, code: &str) {
        self.counts.add(fate);
        let kind = letter.content.kind();
        match fate {
            Fate::Sent => tracing::info!(kind, code, "mail sent"),
            Fate::Refused | Fate::GivenUp | Fate::Dropped | Fate::Lost => {
                tracing::warn!(kind, code, ?fate, "mail not sent");
            }
        }
    }
}
