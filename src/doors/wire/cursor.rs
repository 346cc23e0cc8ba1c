//! Where a list goes on: a text that whoever asks gives back as it came.
//!
//! It holds the moment of the first part, so that all parts are of one moment whatever is recorded
//! meanwhile, and says to which question it belongs. It holds nothing that its reader was not
//! shown, and opens nothing: whoever writes one of their own sees what they may see.

use super::Problem;
use crate::words::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Longer than any that is given out: the names of rows are identifiers and names of roles.
const LIMIT_BYTES: usize = 1024;

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// Tells questions apart.
    #[serde(rename = "q")]
    pub question: String,
    /// The last entry that counts.
    #[serde(rename = "s")]
    pub seq: u64,
    /// When what depends on the clock is looked at.
    #[serde(rename = "t")]
    pub instant: Timestamp,
    /// How many rows stand before.
    #[serde(rename = "p")]
    pub passed: usize,
    /// The name of the last of them.
    #[serde(rename = "l")]
    pub last: String,
}

impl Cursor {
    /// The text.
    pub fn write(&self) -> String {
        // Numbers and texts are always written.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads the text of a cursor that belongs to `question`.
    pub fn read(text: &str, question: &str) -> Result<Self, Problem> {
        let wrong = || {
            let detail = "cursor: expected the next of the part before, asked with the same \
                          parameters";
            Problem::unfit("wrong_cursor", detail)
        };
        let fits = text.len() <= LIMIT_BYTES;
        let bytes = fits.then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten().ok_or_else(wrong)?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        if cursor.question == question { Ok(cursor) } else { Err(wrong()) }
    }
}
