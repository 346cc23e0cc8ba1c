//! `rollbook keyring`

use super::data::Data;
use super::failure::Failure;
use super::machine::{drawn, machine, now, unlock};
use super::output::{Output, moment};
use crate::doors::unlock::{by_command, by_passphrase_file};
use crate::ground::directory::Directory;
use crate::ground::keyring::{Keyring, KeyringError, ProtectionKind, Unlock};
use crate::house::Ledger;
use crate::house::ledger::keyring_path;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Debug, Subcommand)]
pub(super) enum KeyringVerb {
    /// Seal it under a passphrase, or under a key that a command wraps.
    Protect(Protect),
    /// Write a protected copy, apart from the data, that is to be deleted after a time.
    Backup(Backup),
    /// Put a copy where the keyring was lost, and erase again what was erased since.
    Restore(Restore),
    /// Tell its epoch, what protects it, and which copies of it were made.
    Show(Show),
}

#[derive(Debug, Args)]
pub(super) struct Protect {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    by: By,
}

/// By what it is protected from here on.
#[derive(Debug, Args)]
struct By {
    /// A file whose first line is the passphrase.
    #[arg(long, value_name = "FILE", conflicts_with = "command")]
    passphrase_file: Option<PathBuf>,
    /// A program that wraps and unwraps a key; it is called with `wrap` or `unwrap`.
    #[arg(long, value_name = "PROGRAM")]
    command: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Backup {
    #[command(flatten)]
    data: Data,
    /// The copy's file; it must not exist.
    file: PathBuf,
    /// After how many days the copy is to be deleted: until then an erasure's certificate tells of
    /// it.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    expires: u32,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    #[command(flatten)]
    data: Data,
    /// The copy.
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    data: Data,
}

impl By {
    fn unlock(&self) -> Result<Unlock, Failure> {
        Ok(match (&self.passphrase_file, &self.command) {
            (Some(file), _) => Some(by_passphrase_file(file).map_err(Failure::Unlock)?),
            (None, Some(program)) => Some(by_command(program.clone())),
            (None, None) => None,
        })
    }
}

impl KeyringVerb {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Protect(verb) => verb.run(output),
            Self::Backup(verb) => verb.run(output),
            Self::Restore(verb) => verb.run(output),
            Self::Show(verb) => verb.run(output),
        }
    }
}

impl Protect {
    fn run(self, output: &mut Output) -> Result<(), Failure> {
        let Some(wrapping) = self.by.unlock()? else {
            let what = "expected --passphrase-file or --command";
            return Err(Failure::Unlock(std::io::Error::other(what)));
        };
        let data = &self.data.directory;
        // Held until the file is replaced: nobody erases meanwhile.
        let _directory = Directory::open(data).map_err(crate::house::OpenError::from)?;
        let mut keyring = Keyring::open_by(keyring_path(data), &unlock()?)?;
        keyring.protect(&*wrapping, &mut drawn()?)?;
        told(&keyring, output)
    }
}

impl Backup {
    fn run(self, output: &mut Output) -> Result<(), Failure> {
        let path = keyring_path(&self.data.directory);
        let unlock = match self.by.unlock()? {
            Some(wrapping) => Some(wrapping),
            None => unlock()?,
        };
        let made_at = now();
        let expires_at = made_at.after(DAY * self.expires);
        let times = (made_at, expires_at);
        let copied = Keyring::copy(&path, &unlock, &self.file, times, &mut drawn()?)?;
        if output.is_json() {
            return output.value(&json!(copied));
        }
        output.line(format_args!(
            "{}: a copy of the keyring in epoch {}, to be deleted by {} UTC",
            self.file.display(),
            copied.epoch,
            moment(copied.expires_at)
        ))
    }
}

impl Restore {
    fn run(self, output: &mut Output) -> Result<(), Failure> {
        let (data, unlock) = (&self.data.directory, unlock()?);
        let directory = Directory::open(data).map_err(crate::house::OpenError::from)?;
        let before = Keyring::restore(&self.file, &unlock, keyring_path(data))?.epoch();
        drop(directory);
        // Opening erases what the log says was erased and the copy still has.
        let ledger = Ledger::open(data, machine()?)?;
        ledger.close()?;
        let keyring = Keyring::open_by(keyring_path(data), &unlock)?;
        if keyring.epoch() > before && !output.is_json() {
            output.line("what was erased since the copy was made was erased again")?;
        }
        told(&keyring, output)
    }
}

impl Show {
    fn run(self, output: &mut Output) -> Result<(), Failure> {
        let keyring = Keyring::look(keyring_path(&self.data.directory), &unlock()?)?;
        told(&keyring, output)
    }
}

fn told(keyring: &Keyring, output: &mut Output) -> Result<(), Failure> {
    let (epoch, copies) = (keyring.epoch(), keyring.copies()?);
    let protection = match keyring.protection() {
        None => "nothing",
        Some(ProtectionKind::Passphrase) => "passphrase",
        Some(ProtectionKind::Command) => "command",
    };
    if output.is_json() {
        return output.value(&json!({"epoch": epoch, "protection": protection, "copies": copies}));
    }
    output.line(format_args!("the keyring is in epoch {epoch}, protected by {protection}"))?;
    for copied in copies {
        let state = if copied.epoch < epoch { "ended" } else { "current" };
        output.line(format_args!(
            "copy of epoch {} ({state}), until {} UTC: {}",
            copied.epoch,
            moment(copied.expires_at),
            copied.file
        ))?;
    }
    Ok(())
}

impl From<KeyringError> for Failure {
    fn from(error: KeyringError) -> Self {
        Self::Open(error.into())
    }
}
