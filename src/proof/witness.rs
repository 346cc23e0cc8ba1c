//! What a witness does with a checkpoint that it is given (C2SP tlog-witness, add-checkpoint).

use super::checkpoint::Checkpoint;
use super::key::VerificationKey;
use super::note::Note;
use super::path;
use super::tlog_proof::AddCheckpoint;
use crate::words::TreeHash;
use thiserror::Error;

/// The longest request: a note, and as many hashes as a proof may have.
pub const REQUEST_LIMIT_BYTES: usize = 32 * 1024;

/// A request that may be signed, as far as it says so itself: whose log, signed by a key of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The size that the witness is believed to have.
    pub old: u64,
    /// That the tree of that size begins the checkpoint's.
    pub proof: Vec<TreeHash>,
    /// What is to be signed.
    pub checkpoint: Checkpoint,
    /// The same with the signatures of the log's keys, and no others.
    pub note: Note,
}

/// Why a witness does not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// It cannot be read, or wishes for a smaller size than it begins with.
    #[error("that is no request to add a checkpoint as c2sp.org/tlog-witness has it")]
    Form,
    /// Nobody gave the witness a key of that log.
    #[error("this witness does not know that log")]
    Unknown,
    /// No key of that log signed it.
    #[error("no key of that log that this witness knows signed the checkpoint")]
    Unsigned,
    /// The witness has another size than the request begins with.
    #[error("the latest checkpoint here has another size: {0}")]
    Size(u64),
    /// It does not continue what the witness has.
    #[error("the checkpoint does not continue the one of that size that is here")]
    Inconsistent,
}

/// Reads a request, and holds it against the keys of logs that the witness was given.
pub fn read(body: &[u8], logs: &[VerificationKey]) -> Result<Given, Refused> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.len() <= REQUEST_LIMIT_BYTES);
    let given = AddCheckpoint::parse(text.ok_or(Refused::Form)?).ok_or(Refused::Form)?;
    let parsed = Checkpoint::parse(given.checkpoint.as_bytes());
    let (checkpoint, note) = parsed.map_err(|_| Refused::Form)?;
    let known = logs.iter().filter(|key| key.name() == checkpoint.origin);
    if known.clone().next().is_none() {
        return Err(Refused::Unknown);
    }
    // One that names a known key and is not its signature spoils the whole note.
    let verified = note.verify(known).map_err(|_| Refused::Unsigned)?;
    if verified.is_empty() {
        return Err(Refused::Unsigned);
    }
    let note = note.only(verified.iter().map(|it| it.key)).ok_or(Refused::Form)?;
    let AddCheckpoint { old, proof, .. } = given;
    if old > checkpoint.size {
        return Err(Refused::Form);
    }
    Ok(Given { old, proof, checkpoint, note })
}

/// Whether what was given continues what the witness has; none is a log that it has not seen yet.
pub fn decide(given: &Given, held: Option<&Checkpoint>) -> Result<(), Refused> {
    let nothing = (0, TreeHash::empty());
    let (size, root) = held.map_or(nothing, |held| (held.size, held.root));
    if given.old != size {
        return Err(Refused::Size(size));
    }
    let new = (given.checkpoint.size, given.checkpoint.root);
    // A tree of nothing has one root, whatever is said of it.
    let is_whole = new.0 > 0 || new.1 == TreeHash::empty();
    if is_whole && path::is_consistent((size, root), new, &given.proof) {
        Ok(())
    } else {
        Err(Refused::Inconsistent)
    }
}

#[cfg(test)]
mod tests;
