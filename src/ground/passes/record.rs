//! The bytes of `passes`: a first line, then records one behind the other, each framed as
//! [`crate::ground::record`] says and marked `RBP1`. Integers are big-endian.
//!
//! | offset | bytes | what                                                                       |
//! |--------|-------|----------------------------------------------------------------------------|
//! | 8      | 1     | 1 issued, 2 ended, 3 used                                                  |
//! | 9      | 1     | the kind of the pass                                                       |
//! | 10     | 32    | the digest of its token                                                    |
//! | 42     |       | issued: whether there is a user (1), the user (16), since (8), created (8), |
//! |        |       | last used (8), expires (8), detail; used: last used (8); ended: nothing    |

use super::{DETAIL_LIMIT_BYTES, Digest, Kind, Pass};
use crate::ground::record::{self as framed, AROUND_BYTES, Rest};
use crate::words::{Timestamp, UserId};
use uuid::Uuid;

/// What every passes file begins with.
pub(super) const FIRST_LINE: &[u8] = b"rollbook passes 1\n";

const MAGIC: [u8; 4] = *b"RBP1";
const KEY_BYTES: usize = 2 + 32;
const ISSUED_BYTES: usize = 17 + 4 * 8;
const EMPTY_BYTES: usize = AROUND_BYTES + KEY_BYTES;

/// The longest record there is.
pub(super) const LIMIT_BYTES: usize = EMPTY_BYTES + ISSUED_BYTES + DETAIL_LIMIT_BYTES;

/// What happened to a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    /// It is there from now on, in place of another under the same digest.
    Issued(Pass),
    /// It is gone.
    Ended(Kind, Digest),
    /// It was used in the hour that began then.
    Used(Kind, Digest, Timestamp),
}

/// What a pass takes in the file.
pub(super) fn length_of(pass: &Pass) -> usize {
    EMPTY_BYTES + ISSUED_BYTES + pass.detail.len()
}

/// The length that a record's first bytes state; none where they are no record's.
pub(super) fn stated_length(bytes: &[u8]) -> Option<usize> {
    let length = framed::stated_length(bytes, MAGIC)?;
    (EMPTY_BYTES..=LIMIT_BYTES).contains(&length).then_some(length)
}

impl Record {
    /// Writes the record behind `bytes`.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        let (what, kind, digest) = match self {
            Self::Issued(pass) => (1, pass.kind, &pass.digest),
            Self::Ended(kind, digest) => (2, *kind, digest),
            Self::Used(kind, digest, _) => (3, *kind, digest),
        };
        framed::write(bytes, MAGIC, |bytes| {
            bytes.extend_from_slice(&[what, kind.number()]);
            bytes.extend_from_slice(digest);
            match self {
                Self::Issued(pass) => write_pass(bytes, pass),
                Self::Ended(..) => {}
                Self::Used(_, _, at) => bytes.extend_from_slice(&at.micros().to_be_bytes()),
            }
        });
    }

    /// Reads the record that `bytes` begins with, and gives its length.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let length = stated_length(bytes)?;
        let mut rest = framed::said(bytes, length)?;
        let [what, kind] = rest.take()?;
        let (kind, digest) = (Kind::numbered(kind)?, rest.take()?);
        let record = match what {
            1 => Self::Issued(read_pass(kind, digest, &mut rest)?),
            2 => Self::Ended(kind, digest),
            3 => Self::Used(kind, digest, rest.moment()?),
            _ => return None,
        };
        rest.0.is_empty().then_some((record, length))
    }
}

fn write_pass(bytes: &mut Vec<u8>, pass: &Pass) {
    let user = pass.user.map_or([0; 16], |user| *user.as_bytes());
    bytes.push(u8::from(pass.user.is_some()));
    bytes.extend_from_slice(&user);
    for moment in [pass.since, pass.created, pass.last_used, pass.expires] {
        bytes.extend_from_slice(&moment.micros().to_be_bytes());
    }
    bytes.extend_from_slice(&pass.detail);
}

fn read_pass(kind: Kind, digest: Digest, rest: &mut Rest<'_>) -> Option<Pass> {
    let [has_user] = rest.take()?;
    let user = UserId::from_uuid(Uuid::from_bytes(rest.take()?));
    let user = match has_user {
        0 => None,
        1 => Some(user),
        _ => return None,
    };
    let (since, created) = (rest.moment()?, rest.moment()?);
    let (last_used, expires) = (rest.moment()?, rest.moment()?);
    let detail = std::mem::take(&mut rest.0).to_vec();
    Some(Pass { kind, digest, user, since, created, last_used, expires, detail })
}
