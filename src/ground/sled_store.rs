//! sled: what everything reads, and what may be lost at any time, because the journal has it all.
//!
//! One keyspace; the first byte of a key tells what the row is ([`row`]). One feed is one
//! `apply_batch`, so entries, index, vault rows and frames never diverge. sled is known to panic on
//! damaged files, to lose records in silence, and to hang on to what it no longer knows: every call
//! is contained here, every value carries a checksum of its key and bytes, and [`walk`] compares
//! all of it with the frames' hashes.

pub mod feed;
pub mod read;
pub mod row;
pub mod walk;

use crate::ground::log::{Damage, Fault, LogError, Place};
use crate::words::Origin;
use crate::words::hash::checksum;
use std::cell::Cell;
use std::fs::{self, File};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

/// sled lets go of its files a moment after it is dropped, when its own threads are done. The data
/// directory's lock keeps other processes out, so whoever holds the files is about to let go.
const LOCK_PAUSE: Duration = Duration::from_millis(10);
const LOCK_PAUSES: u32 = 500;

/// What a flush may take: it writes some megabytes into the system's cache, and the slowest disk
/// that still works does that in seconds.
const FLUSH_PATIENCE: Duration = Duration::from_secs(30);

fn is_locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().contains("could not acquire lock"))
}

/// An open sled directory.
#[derive(Debug)]
pub struct SledStore {
    db: Option<sled::Db>,
    path: PathBuf,
    /// Set when sled panicked or hung: from then on it is neither asked nor closed, because both
    /// can hang.
    broken: AtomicBool,
}

impl SledStore {
    /// Opens or makes the directory. Opening changes damaged files; whoever has no other copy of
    /// what is in them copies the directory first.
    pub fn open(path: &Path, cache_bytes: u64) -> Result<Self, LogError> {
        let config = sled::Config::new().path(path).cache_capacity(cache_bytes);
        let mut pauses = 0;
        let db = loop {
            let opened = contained(|| config.open())
                .unwrap_or_else(|panic| Err(sled::Error::ReportableBug(panic)));
            match opened {
                Err(error) if is_locked(&error) && pauses < LOCK_PAUSES => {
                    pauses += 1;
                    thread::sleep(LOCK_PAUSE);
                }
                opened => break opened.map_err(|error| failure(path, error))?,
            }
        };
        Ok(Self { db: Some(db), path: path.to_owned(), broken: AtomicBool::new(false) })
    }

    /// Makes the directory for a ledger.
    pub fn create(path: &Path, cache_bytes: u64, origin: &Origin) -> Result<Self, LogError> {
        let store = Self::open(path, cache_bytes)?;
        let (key, value) = row::origin(origin);
        store.run(|db| db.insert(key, value).map(drop))?;
        store.sync()?;
        for directory in [&path.join("blobs"), path, path.parent().unwrap_or(path)] {
            let synced = File::open(directory).and_then(|directory| directory.sync_all());
            synced.map_err(LogError::io(directory))?;
        }
        Ok(store)
    }

    /// The ledger's name as it is stored here.
    pub fn origin(&self) -> Result<Option<Origin>, LogError> {
        let value = self.run(|db| db.get(row::ORIGIN_KEY))?;
        value.map(|value| row::read_origin(&value)).transpose().map_err(LogError::from)
    }

    /// Makes everything fed so far durable, and notes beside the directory how much that is. sled's
    /// own flush is not enough: it starts the writing of pages and waits for no disk.
    pub fn sync(&self) -> Result<(), LogError> {
        self.flush()?;
        let path = self.path.join("db");
        let synced = File::open(&path).and_then(|file| file.sync_data());
        synced.map_err(LogError::io(path))?;
        let ((batches, _), Some(origin)) = (self.fed()?, self.origin()?) else { return Ok(()) };
        let path = claim_path(&self.path);
        let unfinished = path.with_extension("fed-unfinished");
        // Not synced: a claim that is lost or old only notices less.
        let written = fs::write(&unfinished, claim(batches, &origin))
            .and_then(|()| fs::rename(&unfinished, &path));
        written.map_err(LogError::io(path))
    }

    /// How many batches of a ledger were durable here once.
    pub fn claimed(&self, origin: &Origin) -> u64 {
        claimed(&self.path, origin)
    }

    /// Waits for sled to have written everything, but not for ever: when one of its own threads
    /// met an error of the disk at the wrong moment, nobody wakes who waits for that thread.
    fn flush(&self) -> Result<(), LogError> {
        let flushed = self.run(|db| {
            let (db, (done, answer)) = (db.clone(), sync_channel(1));
            thread::Builder::new().name("sled flush".to_owned()).spawn(move || {
                let flushed = contained(|| db.flush());
                drop(db);
                // Whoever has gone has taken sled for broken.
                let _ = done.send(flushed);
            })?;
            Ok(answer.recv_timeout(FLUSH_PATIENCE))
        })?;
        let why = match flushed {
            Ok(Ok(Ok(_))) => return Ok(()),
            Ok(Ok(Err(error))) => return Err(failure(&self.path, error)),
            Ok(Err(panic)) => panic,
            Err(_) => format!("its flush did not end within {} s", FLUSH_PATIENCE.as_secs()),
        };
        self.broken.store(true, Ordering::Release);
        Err(failure(&self.path, sled::Error::ReportableBug(why)))
    }

    /// Runs a piece of work on sled; a panic in it is damage.
    fn run<T>(&self, work: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Result<T, LogError> {
        let db = self.db.as_ref().expect("the database is taken out on drop only");
        if self.broken.load(Ordering::Acquire) {
            let words = "it failed before and is not asked again until a restart".to_owned();
            return Err(failure(&self.path, sled::Error::ReportableBug(words)));
        }
        match contained(|| work(db)) {
            Ok(done) => done.map_err(|error| failure(&self.path, error)),
            Err(panic) => {
                self.broken.store(true, Ordering::Release);
                Err(failure(&self.path, sled::Error::ReportableBug(panic)))
            }
        }
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        let db = self.db.take();
        if self.broken.load(Ordering::Acquire) {
            // Closing would wait for writes that a panic has left unfinished.
            std::mem::forget(db);
        } else {
            let _ = contained(move || drop(db));
        }
    }
}

/// Where the claim of a sled directory stands: beside it, because it is about what may be lost in
/// it.
fn claim_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".fed");
    path.with_file_name(name)
}

/// The text of a claim. It is believed only as it was written and for its own ledger: one that says
/// too much would say that batches are lost.
fn claim(batches: u64, origin: &Origin) -> String {
    let words = format!("sled holds {batches} batches of {origin}");
    let sum = checksum(words.as_bytes());
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{words}, {sum}\n")
}

/// How many batches of a ledger were durable in a sled directory once. A sled that has fewer has
/// lost some: it is known to open a damaged file as a shorter one without an error, and to lose
/// what it is fed then, again.
pub fn claimed(path: &Path, origin: &Origin) -> u64 {
    let text = fs::read_to_string(claim_path(path)).unwrap_or_default();
    let number = text.strip_prefix("sled holds ").and_then(|text| text.split(' ').next());
    let number = number.and_then(|number| number.parse().ok());
    number.filter(|batches| text == claim(*batches, origin)).unwrap_or(0)
}

/// Forgets what a sled directory held, before it is built again.
pub fn forget_claim(path: &Path) -> Result<(), LogError> {
    let claim = claim_path(path);
    match fs::remove_file(&claim) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(LogError::Io { path: claim, source: error })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn failure(path: &Path, error: sled::Error) -> LogError {
    match error {
        sled::Error::Io(source) => LogError::Io { path: path.to_owned(), source },
        sled::Error::CollectionNotFound(_)
        | sled::Error::Unsupported(_)
        | sled::Error::ReportableBug(_)
        | sled::Error::Corruption { .. } => {
            let words = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
            Damage { place: Place::Sled, fault: Fault::Sled(words) }.into()
        }
    }
}

/// Copies a directory and everything below it.
pub fn copy_directory(from: &Path, to: &Path) -> Result<(), LogError> {
    fs::create_dir(to).map_err(LogError::io(to))?;
    for item in fs::read_dir(from).map_err(LogError::io(from))? {
        let item = item.map_err(LogError::io(from))?;
        let (path, copy) = (item.path(), to.join(item.file_name()));
        if path.is_dir() {
            copy_directory(&path, &copy)?;
        } else {
            fs::copy(&path, &copy).map_err(LogError::io(path))?;
        }
    }
    Ok(())
}

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Turns a panic into its message. What it left behind must not be used again.
///
/// The process's panic hook is wrapped once, so that contained panics, and those of sled's own
/// threads, print nothing; every other panic goes to the hook that was there before.
fn contained<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let thread = thread::current();
            let name = thread.name().unwrap_or_default();
            let of_sled = name.starts_with("sled-io") || name == "log flusher";
            if !of_sled && !CONTAINED.with(Cell::get) {
                before(info);
            }
        }));
    });
    let outer = CONTAINED.with(|contained| contained.replace(true));
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    CONTAINED.with(|contained| contained.set(outer));
    done.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
    })
}
