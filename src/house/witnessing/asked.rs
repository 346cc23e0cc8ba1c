//! One witness, asked for one cosignature (C2SP tlog-witness).

use super::rounds::line_of;
use crate::house::outside::{Came, Post, Sent};
use crate::house::publishing::{Published, Publishing};
use crate::proof::{AddCheckpoint, Note, VerificationKey, path};
use thiserror::Error;

/// How often a witness is asked for one checkpoint: whoever does not know what it has hears so the
/// first time, and somebody else may have asked in between.
const TRIES: usize = 3;

/// The longest answer that is looked at: sixteen signatures are shorter.
const ANSWER_LIMIT_BYTES: usize = 16 * 1024;

/// The kind of an answer that says which size a witness has.
const SIZE: &str = "text/x.tlog.size";

/// A witness that is asked.
#[derive(Debug)]
pub(super) struct Asked {
    /// What the policy calls it.
    pub(super) name: String,
    /// Where it takes checkpoints.
    pub(super) url: String,
    pub(super) key: VerificationKey,
}

/// Why a witness did not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// No answer came.
    #[error("it did not answer in time")]
    Unreachable,
    /// It does not know the log, or trusts another key.
    #[error("it does not take checkpoints of this log (status {0}): give it the log's vkey")]
    Unknown(u16),
    /// It says that this is not the log that it saw before.
    #[error(
        "it holds a checkpoint of this log that this one does not continue (status {0}): compare \
         the two, somebody signed two histories"
    )]
    Contradicted(u16),
    /// It has a larger checkpoint of this log.
    #[error(
        "it holds a checkpoint of {0} entries, more than there are here: this is an old copy, or \
         somebody else signs with its key"
    )]
    Ahead(u64),
    /// It answered something else.
    #[error("it answered with status {0}")]
    Status(u16),
    /// What it gave is not its signature.
    #[error("what it answered is no cosignature of its key: look at its vkey in the policy")]
    Cosignature,
    /// The proof cannot be made now; the tiles are computed again.
    #[error("what is kept of the tree does not have the root that was signed; it is mended")]
    Tree,
}

impl Fault {
    /// What counters call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Unknown(_) => "unknown_log",
            Self::Contradicted(_) => "contradicted",
            Self::Ahead(_) => "ahead",
            Self::Status(_) => "status",
            Self::Cosignature => "cosignature",
            Self::Tree => "tree",
        }
    }
}

impl Asked {
    /// Gets a cosignature. `known` is the size that the witness is believed to have.
    pub(super) fn ask(
        &self,
        publishing: &Publishing,
        published: &Published,
        post: &Post,
        known: &mut u64,
    ) -> Result<String, Fault> {
        let size = published.checkpoint.size;
        for _ in 0..TRIES {
            if *known > size {
                return Err(Fault::Ahead(std::mem::take(known)));
            }
            let body = body(publishing, published, *known).ok_or(Fault::Tree)?;
            let url = format!("{}/add-checkpoint", self.url);
            let sent = Sent { url: &url, kind: "text/plain", body: body.as_bytes() };
            let came = post(sent).ok_or(Fault::Unreachable)?;
            match came.status {
                200 => {
                    let line = self.cosignature(&published.note, &came)?;
                    *known = size;
                    return Ok(line);
                }
                409 => {
                    // Without a size it is about the root, where both have the same size.
                    let nothing =
                        if *known == size { Fault::Contradicted(409) } else { Fault::Status(409) };
                    let told = told_size(&came).ok_or(nothing)?;
                    // The same size, and not taken: another root.
                    if told == *known {
                        return Err(Fault::Contradicted(409));
                    }
                    *known = told;
                }
                403 | 404 => return Err(Fault::Unknown(came.status)),
                422 => return Err(Fault::Contradicted(422)),
                status => return Err(Fault::Status(status)),
            }
        }
        Err(Fault::Status(409))
    }

    /// The line of its own signature; those of others say nothing here.
    fn cosignature(&self, note: &Note, came: &Came) -> Result<String, Fault> {
        let text = std::str::from_utf8(&came.body).ok();
        let text = text.filter(|text| text.len() <= ANSWER_LIMIT_BYTES);
        let bare = Note::unsigned(note.text().to_owned());
        let lines = text.unwrap_or_default().lines();
        let mut found = lines.filter_map(|line| line_of(&bare.clone().with_line(line)?, &self.key));
        found.next().ok_or(Fault::Cosignature)
    }
}

/// What a witness says that it has.
fn told_size(came: &Came) -> Option<u64> {
    let kind = came.kind.split(';').next().unwrap_or_default().trim();
    let text = std::str::from_utf8(&came.body).ok()?;
    let size: u64 = text.strip_suffix('\n').unwrap_or(text).parse().ok()?;
    kind.eq_ignore_ascii_case(SIZE).then_some(size)
}

/// That what is published continues what a witness has; none where the tiles are wrong, which are
/// computed again then.
fn body(publishing: &Publishing, published: &Published, old: u64) -> Option<String> {
    let (size, root) = (published.checkpoint.size, published.checkpoint.root);
    let tiles = &*publishing.tiles;
    let computed = tiles.computed();
    let proven = path::consistency(tiles, old, size)
        .and_then(|proof| Ok((path::root(tiles, old)?, proof)))
        .ok()
        .filter(|(old_root, proof)| path::is_consistent((old, *old_root), (size, root), proof));
    if proven.is_none() {
        publishing.distrust(computed);
    }
    let (_, proof) = proven?;
    let checkpoint = &published.note.to_string();
    Some(AddCheckpoint { old, proof, checkpoint }.write())
}
