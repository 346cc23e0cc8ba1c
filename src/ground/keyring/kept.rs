//! How a keyring is protected, copied and put back.

use super::copies::{self, Copied};
use super::error::io_error;
use super::protected::{Cover, Label, Unlock, WrapError, Wrapping};
use super::{Keyring, KeyringError, clear, file, replace};
use crate::words::Timestamp;
use crate::words::hash::Drawn;
use std::io;
use std::path::{Path, PathBuf};

impl Keyring {
    /// Protects it from here on, in another way than before or for the first time. The file that it
    /// replaces is destroyed.
    pub fn protect(
        &mut self,
        wrapping: &dyn Wrapping,
        drawn: &mut Drawn,
    ) -> Result<(), KeyringError> {
        let cover = Cover::draw(wrapping, drawn)
            .map_err(|error| KeyringError::Protected { path: self.path.clone(), error })?;
        clear(&self.path)?;
        let before = self.cover.replace(cover);
        let bytes = self.bytes(&self.nodes, self.savepoint_key.as_bytes(), self.epoch);
        let replaced = self.exchange(&bytes);
        if replaced.is_err() {
            self.cover = before;
        }
        replaced?;
        replace::clear(&self.path)
            .map_err(|source| KeyringError::OlderCopy { path: self.path.clone(), source })
    }

    /// Writes a protected copy of the keyring at `path` to `to`, which must not exist, and notes
    /// it. One that is not protected itself is copied under `unlock`'s protection. The lock of the
    /// directory is not needed: a copy whose epoch ends meanwhile is destroyed and made anew.
    pub fn copy(
        path: &Path,
        unlock: &Unlock,
        to: &Path,
        (made_at, expires_at): (Timestamp, Timestamp),
        drawn: &mut Drawn,
    ) -> Result<Copied, KeyringError> {
        loop {
            let keyring = Self::look(path, unlock)?;
            let protected = |error| KeyringError::Protected { path: path.into(), error };
            let cover = match &keyring.cover {
                Some(cover) => cover.clone(),
                None => {
                    let wrapping =
                        unlock.as_deref().ok_or(WrapError::Nothing).map_err(protected)?;
                    Cover::draw(wrapping, drawn).map_err(protected)?
                }
            };
            let epoch = keyring.epoch;
            let file = to.display().to_string();
            let copied = Copied { epoch, made_at, expires_at, file };
            // Noted first: whoever erases from here on is told of it.
            copies::note(path, &copied)
                .map_err(|source| io_error(path, "note a copy of", source))?;
            let plain = file::write(&keyring.nodes, keyring.savepoint_key.as_bytes(), epoch);
            let label = Label { epoch, expires_at: Some(expires_at) };
            let bytes = cover.seal(&plain, label, drawn.bytes());
            replace::create(to, &bytes)
                .map_err(|source| io_error(to, "write a copy to", source))?;
            if Self::look(path, unlock)?.epoch == epoch {
                return Ok(copied);
            }
            replace::remove(to).map_err(|source| io_error(to, "destroy the copy", source))?;
        }
    }

    /// Puts a copy where no keyring is, protected as the copy is. What was erased since the copy
    /// was made is in it: opening the ledger erases it again before anything is served.
    pub fn restore(
        copy: &Path,
        unlock: &Unlock,
        path: impl Into<PathBuf>,
    ) -> Result<Self, KeyringError> {
        let restored = Self::look(copy, unlock)?;
        let path = path.into();
        if let Ok(there) = Self::look(&path, unlock)
            && there.epoch > restored.epoch
        {
            return Err(KeyringError::EpochEnded {
                copy: copy.into(),
                epoch: restored.epoch,
                current: there.epoch,
            });
        }
        let keyring = Self { path, ..restored };
        let bytes = keyring.bytes(&keyring.nodes, keyring.savepoint_key.as_bytes(), keyring.epoch);
        match replace::create(&keyring.path, &bytes) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(KeyringError::Exists { path: keyring.path })
            }
            done => {
                done.map_err(|source| io_error(&keyring.path, "create", source))?;
                Ok(keyring)
            }
        }
    }
}
