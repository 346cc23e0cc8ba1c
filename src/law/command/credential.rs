//! By what an actor came in.

use crate::words::{Timestamp, TokenId};

/// What lets an actor command. It was checked at the door; the law asks once more, where the order
/// is fixed, so that nothing happens by what ended meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// Nothing that the ledger knows: the operator's own token, an import, a one-time link that the
    /// action itself names, Rollbook itself.
    Outside,
    /// A session that rests on what was recorded until then.
    Session {
        /// Sessions of a user that rest on less than their last new password end with it.
        since: Timestamp,
    },
    /// A token that was issued.
    Token(TokenId),
}
