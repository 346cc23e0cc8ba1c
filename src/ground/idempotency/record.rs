//! The bytes of a file of idempotency records: a head, then records one behind the other, each
//! framed as [`crate::ground::record`] says and marked `RBI1`. Integers are big-endian.
//!
//! | offset | bytes | what                                                                     |
//! |--------|-------|--------------------------------------------------------------------------|
//! | 8      | 1     | 1 recorded, 2 refused                                                    |
//! | 9      | 32    | the digest of caller and key                                             |
//! | 41     | 8     | the beginning of the digest of the caller alone                          |
//! | 49     | 32    | the digest of the request                                                |
//! | 81     | 8     | when it was answered                                                     |
//! | 89     |       | recorded: the command (16), its first seq (8), how many entries (4),      |
//! |        |       | the size behind it (8); then, of both, what the door has to know          |

use super::{Kept, Outcome};
use crate::ground::record as framed;
use crate::words::CommandId;
use uuid::Uuid;

const MAGIC: [u8; 4] = *b"RBI1";

/// The longest thing that a door has to know of an answer: a refusal's words.
pub const DETAIL_LIMIT_BYTES: usize = 4096;

/// One answered request, as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) key: [u8; 32],
    pub(super) kept: Kept,
}

impl Record {
    /// Writes the record behind `bytes`.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        let Kept { caller, request, at, outcome } = &self.kept;
        framed::write(bytes, MAGIC, |bytes| {
            bytes.push(match outcome {
                Outcome::Recorded { .. } => 1,
                Outcome::Refused(_) => 2,
            });
            bytes.extend_from_slice(&self.key);
            bytes.extend_from_slice(caller);
            bytes.extend_from_slice(request);
            bytes.extend_from_slice(&at.micros().to_be_bytes());
            match outcome {
                Outcome::Recorded { cmd, first, entries, size, detail } => {
                    bytes.extend_from_slice(cmd.as_bytes());
                    bytes.extend_from_slice(&first.to_be_bytes());
                    bytes.extend_from_slice(&entries.to_be_bytes());
                    bytes.extend_from_slice(&size.to_be_bytes());
                    bytes.extend_from_slice(detail);
                }
                Outcome::Refused(detail) => bytes.extend_from_slice(detail),
            }
        });
    }

    /// Reads the record that `bytes` begins with, and gives its length.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let length = framed::stated_length(bytes, MAGIC)?;
        let mut rest = framed::said(bytes, length)?;
        let [what] = rest.take()?;
        let (key, caller, request) = (rest.take()?, rest.take()?, rest.take()?);
        let at = rest.moment()?;
        let outcome = match what {
            1 => Outcome::Recorded {
                cmd: CommandId::from_uuid(Uuid::from_bytes(rest.take()?)),
                first: u64::from_be_bytes(rest.take()?),
                entries: u32::from_be_bytes(rest.take()?),
                size: u64::from_be_bytes(rest.take()?),
                detail: rest.0.into(),
            },
            2 => Outcome::Refused(rest.0.into()),
            _ => return None,
        };
        Some((Self { key, kept: Kept { caller, request, at, outcome } }, length))
    }
}
