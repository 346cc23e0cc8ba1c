//! Signed notes (C2SP signed-note): a text, and who signed it.

use super::key::{KeyKind, SigningKey, VerificationKey};
use crate::words::hash::{decode_base64, write_base64};
use std::fmt;
use std::time::Duration;
use thiserror::Error;

/// The longest note that is read: sixteen signatures and a text of three lines are far shorter.
pub const NOTE_LIMIT_BYTES: usize = 16 * 1024;

/// The most signatures of a note: what every reader must take (C2SP signed-note).
pub const SIGNATURES_LIMIT: usize = 16;

/// How every signature's line begins.
const BEGINS: &str = "\u{2014} ";

/// A text that somebody signed. Written, it has the bytes that were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signed>,
}

/// A signature's line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Signed {
    name: String,
    id: u32,
    signature: Vec<u8>,
}

/// Why bytes are no signed note.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum NoteError {
    /// Longer than any.
    #[error("it has more than {NOTE_LIMIT_BYTES} bytes")]
    TooLong,
    /// Not UTF-8, or with control characters.
    #[error("it is not plain UTF-8 text")]
    Text,
    /// No empty line between text and signatures, or no line feed at the end.
    #[error("it has no text and signatures with an empty line between them, each line ended")]
    Form,
    /// A line that is no signature.
    #[error("line {0} behind the text is no signature")]
    Signature(usize),
    /// More than any reader must take.
    #[error("it has more than {SIGNATURES_LIMIT} signatures")]
    TooMany,
}

/// A signature that a known key made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<'a> {
    /// The key.
    pub key: &'a VerificationKey,
    /// The moment that a witness vouches for, since 1970; none from a log.
    pub time: Option<Duration>,
}

/// A known key is named in the note, and did not make that signature.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("the signature of {name} does not verify")]
pub struct BadSignature {
    /// The key's name.
    pub name: String,
}

impl Note {
    /// A text that nobody has signed yet. It ends with a line feed.
    pub fn unsigned(text: String) -> Self {
        Self { text, signatures: Vec::new() }
    }

    /// Reads a note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_LIMIT_BYTES {
            return Err(NoteError::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Text)?;
        if note.chars().any(|char| char < ' ' && char != '\n') {
            return Err(NoteError::Text);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Form)?;
        let mut signatures = Vec::new();
        for (place, line) in lines.split('\n').enumerate() {
            if place >= SIGNATURES_LIMIT {
                return Err(NoteError::TooMany);
            }
            signatures.push(Signed::parse(line).ok_or(NoteError::Signature(place + 1))?);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// What was signed, with the line feed at its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures that known keys made. Those of other keys say nothing.
    ///
    /// # Errors
    /// One that names a known key and is not its signature: nobody would have put it there who
    /// means well.
    pub fn verify<'a>(
        &self,
        known: impl Iterator<Item = &'a VerificationKey> + Clone,
    ) -> Result<Vec<Verified<'a>>, BadSignature> {
        let (verified, bad) = self.judge(known);
        bad.into_iter().next().map_or(Ok(verified), Err)
    }

    /// The same, with everything that is bad beside what is good.
    pub fn judge<'a>(
        &self,
        known: impl Iterator<Item = &'a VerificationKey> + Clone,
    ) -> (Vec<Verified<'a>>, Vec<BadSignature>) {
        let (mut verified, mut bad) = (Vec::new(), Vec::new());
        for Signed { name, id, signature } in &self.signatures {
            for key in known.clone().filter(|key| key.name() == name && key.id() == *id) {
                match key.verify(self.text.as_bytes(), signature) {
                    None => bad.push(BadSignature { name: name.clone() }),
                    Some(time) => verified.push(Verified { key, time }),
                }
            }
        }
        (verified, bad)
    }

    /// Adds a log's signature. The same key signs the same text in the same bytes.
    #[must_use]
    pub fn signed(self, key: &SigningKey) -> Self {
        debug_assert_eq!(key.public().kind(), KeyKind::Log);
        self.signed_at(key, Duration::ZERO)
    }

    /// Adds a witness's cosignature at a moment, in time since 1970.
    #[must_use]
    pub fn signed_at(mut self, key: &SigningKey, time: Duration) -> Self {
        let public = key.public();
        let (name, id) = (public.name().to_owned(), public.id());
        let signature = key.sign(self.text.as_bytes(), time);
        self.signatures.push(Signed { name, id, signature });
        self
    }

    /// Adds a line that somebody else made over the same text; none where it is no signature, or
    /// the note has as many as it may.
    #[must_use]
    pub fn with_line(mut self, line: &str) -> Option<Self> {
        if self.signatures.len() >= SIGNATURES_LIMIT {
            return None;
        }
        self.signatures.push(Signed::parse(line)?);
        Some(self)
    }

    /// The same with the signatures of these keys alone; none where they signed nothing.
    pub fn only<'a>(
        &self,
        keys: impl Iterator<Item = &'a VerificationKey> + Clone,
    ) -> Option<Self> {
        let is_theirs =
            |it: &&Signed| keys.clone().any(|key| key.name() == it.name && key.id() == it.id);
        let signatures: Vec<_> = self.signatures.iter().filter(is_theirs).cloned().collect();
        let text = self.text.clone();
        (!signatures.is_empty()).then_some(Self { text, signatures })
    }

    /// The lines of its signatures, without line feeds.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.signatures.iter().map(Signed::to_string)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signed| writeln!(f, "{signed}"))
    }
}

impl Signed {
    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix(BEGINS)?.split_once(' ')?;
        let bytes = decode_base64(signature)?;
        let (id, signature) = bytes.split_first_chunk::<4>()?;
        let is_there = super::key::is_key_name(name) && !signature.is_empty();
        is_there.then(|| Self {
            name: name.to_owned(),
            id: u32::from_be_bytes(*id),
            signature: signature.to_vec(),
        })
    }
}

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.to_be_bytes()[..], &self.signature].concat();
        write!(f, "{BEGINS}{} {}", self.name, write_base64(&bytes))
    }
}

#[cfg(test)]
mod tests;
