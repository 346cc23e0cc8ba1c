//! How a record stands in a file that is appended to beside the log: a mark, its length twice, what
//! it says, and a checksum. Integers are big-endian.
//!
//! | offset | bytes | what                                                                       |
//! |--------|-------|----------------------------------------------------------------------------|
//! | 0      | 4     | what marks the records of the file                                         |
//! | 4      | 2     | length of the whole record                                                 |
//! | 6      | 2     | the same with every bit turned: a wrong length is not followed             |
//! | 8      |       | what it says                                                               |
//! | − 32   | 32    | checksum over everything before (`words::hash::checksum`)                  |

use crate::words::Timestamp;
use crate::words::hash::checksum;

/// What marks the records of a file.
pub(super) type Mark = [u8; 4];

/// What stands before what a record says.
pub(super) const HEADER_BYTES: usize = 8;

/// What stands around it.
pub(super) const AROUND_BYTES: usize = HEADER_BYTES + CHECKSUM_BYTES;

const CHECKSUM_BYTES: usize = 32;

/// Writes a record behind `bytes`; `say` writes what it says, which its owner bounds far below
/// 64 KiB.
pub(super) fn write(bytes: &mut Vec<u8>, mark: Mark, say: impl FnOnce(&mut Vec<u8>)) {
    let begin = bytes.len();
    bytes.extend_from_slice(&[0; HEADER_BYTES]);
    say(bytes);
    let length = u16::try_from(bytes.len() - begin + CHECKSUM_BYTES)
        .expect("what a record says is bounded far below 64 KiB");
    let header = &mut bytes[begin..begin + HEADER_BYTES];
    header[..4].copy_from_slice(&mark);
    header[4..6].copy_from_slice(&length.to_be_bytes());
    header[6..].copy_from_slice(&(!length).to_be_bytes());
    let sum = checksum(&bytes[begin..]);
    bytes.extend_from_slice(&sum);
}

/// The length that a record's first bytes state; none where they are no record's.
pub(super) fn stated_length(bytes: &[u8], mark: Mark) -> Option<usize> {
    let header: &[u8; HEADER_BYTES] = bytes.first_chunk()?;
    let length = u16::from_be_bytes([header[4], header[5]]);
    let turned = u16::from_be_bytes([header[6], header[7]]);
    (header.starts_with(&mark) && turned == !length).then(|| usize::from(length))
}

/// What the record says that `bytes` begins with and that states that length; none where its
/// checksum is another.
pub(super) fn said(bytes: &[u8], length: usize) -> Option<Rest<'_>> {
    let sum_at = length.checked_sub(CHECKSUM_BYTES)?;
    let (body, sum) = bytes.get(..length)?.split_at(sum_at);
    let said = body.get(HEADER_BYTES..)?;
    (checksum(body) == sum).then_some(Rest(said))
}

/// What is not read yet.
pub(super) struct Rest<'a>(pub(super) &'a [u8]);

impl Rest<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    pub(super) fn moment(&mut self) -> Option<Timestamp> {
        let micros = i64::from_be_bytes(self.take()?);
        let moment = Timestamp::from_micros(micros);
        (moment.micros() == micros).then_some(moment)
    }
}
