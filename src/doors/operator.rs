//! The operator's token: who may come in.

use super::wire::{OPERATOR, read_token, write_token};
use crate::facts::Actor;
use crate::words::OperatorId;
use crate::words::hash::{Drawn, token_digest};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use subtle::ConstantTimeEq;
use thiserror::Error;

/// Its owner alone reads it.
const MODE: u32 = 0o600;

/// What others may not have of the file.
const OTHERS: u32 = 0o077;

/// Who operates the deployment. The token itself is not kept.
pub struct Operator {
    id: OperatorId,
    digest: [u8; 32],
}

/// Why there is no operator to let in.
#[derive(Debug, Error)]
pub enum TokenError {
    /// The file cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What failed.
        error: io::Error,
    },
    /// Others can read it.
    #[error(
        "{path} can be read by others (mode {mode:o}): run chmod 600 on it, or remove it, and the \
         next start writes another token"
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It holds something else.
    #[error(
        "{path} holds no operator token: expected a line with the token and a line operator:ID; \
         remove it, and the next start writes another"
    )]
    Form {
        /// The file.
        path: PathBuf,
    },
}

/// Where the token stands in a data directory.
fn token_path(directory: &Path) -> PathBuf {
    directory.join("operator.token")
}

impl Operator {
    /// Reads the token of a data directory. On the first start there is none: then one is drawn and
    /// written, and the answer says so.
    pub fn of_directory(
        directory: &Path,
        drawn: &mut Drawn,
    ) -> Result<(Self, PathBuf, bool), TokenError> {
        let path = token_path(directory);
        let at = |error| TokenError::Io { path: path.clone(), error };
        match File::open(&path) {
            Ok(file) => {
                let mode = file.metadata().map_err(at)?.permissions().mode() & 0o777;
                if mode & OTHERS != 0 {
                    return Err(TokenError::Exposed { path, mode });
                }
                let text = fs::read_to_string(&path).map_err(at)?;
                let operator = Self::parse(&text).ok_or(TokenError::Form { path: path.clone() })?;
                Ok((operator, path, false))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let id = uuid::Builder::from_random_bytes(drawn.bytes()).into_uuid();
                let actor = Actor::Operator(OperatorId::from_uuid(id));
                let token = write_token(OPERATOR, &drawn.bytes());
                let text = format!("{token}\n{actor}\n");
                write_file(directory, &path, &text).map_err(at)?;
                let operator = Self::parse(&text).ok_or(TokenError::Form { path: path.clone() })?;
                Ok((operator, path, true))
            }
            Err(error) => Err(at(error)),
        }
    }

    /// Reads a token file's text: the token, and who acts by it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (token, actor) = (lines.next()?, lines.next()?);
        match (actor.parse().ok()?, lines.next()) {
            (Actor::Operator(id), None) => {
                Some(Self { id, digest: token_digest(&read_token(OPERATOR, token)?) })
            }
            (Actor::Operator(_) | Actor::User(_) | Actor::Token(_) | Actor::System(_), _) => None,
        }
    }

    /// As whom the token acts.
    pub(super) fn actor(&self) -> Actor {
        Actor::Operator(self.id)
    }

    /// Whether that is the token; how long it takes to say does not depend on how much of it fits.
    #[cfg(feature = "server")]
    pub(super) fn owns(&self, token: &str) -> bool {
        read_token(OPERATOR, token)
            .is_some_and(|bytes| token_digest(&bytes).ct_eq(&self.digest).into())
    }
}

/// Writes the file whole or not at all, and never readable by others.
fn write_file(directory: &Path, path: &Path, text: &str) -> io::Result<()> {
    let part = path.with_extension("token.part");
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    File::open(directory)?.sync_all()
}
