//! The bytes of a file of idempotency records: a head, then records one behind the other. Integers
//! are big-endian.
//!
//! | offset | bytes | what                                                                     |
//! |--------|-------|--------------------------------------------------------------------------|
//! | 0      | 4     | `RBI1`                                                                   |
//! | 4      | 2     | length of the whole record                                               |
//! | 6      | 2     | the same with every bit turned: a wrong length is not followed           |
//! | 8      | 1     | 1 recorded, 2 refused                                                    |
//! | 9      | 32    | the digest of caller and key                                             |
//! | 41     | 8     | the beginning of the digest of the caller alone                          |
//! | 49     | 32    | the digest of the request                                                |
//! | 81     | 8     | when it was answered                                                     |
//! | 89     |       | recorded: the command (16), its first seq (8), how many entries (4),      |
//! |        |       | the size behind it (8); then, of both, what the door has to know          |
//! | − 32   | 32    | checksum over everything before (`words::hash::checksum`)                |

use super::{Kept, Outcome};
use crate::words::hash::checksum;
use crate::words::{CommandId, Timestamp};
use uuid::Uuid;

const MAGIC: [u8; 4] = *b"RBI1";
const HEADER_BYTES: usize = 8;
const CHECKSUM_BYTES: usize = 32;
const FIXED_BYTES: usize = HEADER_BYTES + 1 + 32 + 8 + 32 + 8;

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
        let begin = bytes.len();
        let Kept { caller, request, at, outcome } = &self.kept;
        bytes.extend_from_slice(&[0; HEADER_BYTES]);
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
        let length = u16::try_from(bytes.len() - begin + CHECKSUM_BYTES)
            .expect("a detail is bounded far below 64 KiB");
        let header = &mut bytes[begin..begin + HEADER_BYTES];
        header[..4].copy_from_slice(&MAGIC);
        header[4..6].copy_from_slice(&length.to_be_bytes());
        header[6..].copy_from_slice(&(!length).to_be_bytes());
        let sum = checksum(&bytes[begin..]);
        bytes.extend_from_slice(&sum);
    }

    /// Reads the record that `bytes` begins with, and gives its length.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let header: &[u8; HEADER_BYTES] = bytes.first_chunk()?;
        let length = u16::from_be_bytes([header[4], header[5]]);
        let turned = u16::from_be_bytes([header[6], header[7]]);
        if !header.starts_with(&MAGIC) || turned != !length {
            return None;
        }
        let length = usize::from(length);
        let body = length.checked_sub(CHECKSUM_BYTES).filter(|body| *body >= FIXED_BYTES)?;
        let (body, sum) = bytes.get(..length)?.split_at(body);
        if checksum(body) != sum {
            return None;
        }
        let mut rest = Rest(&body[HEADER_BYTES..]);
        let [what] = rest.take()?;
        let (key, caller, request) = (rest.take()?, rest.take()?, rest.take()?);
        let at = Timestamp::from_micros(i64::from_be_bytes(rest.take()?));
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

/// What is not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }
}
