//! Floor 0. The words everything else is written in: identifiers, time, hashes, texts, canonical
//! JSON.
//!
//! A value of one of these types is already valid: parsing is the only way in, and nothing above
//! checks again.

pub mod canonical;
pub mod hash;
pub mod id;
#[cfg(feature = "schema")]
pub(crate) mod schema;
pub(crate) mod spelling;
pub mod text;
pub mod time;

pub use hash::{ChainHash, Commitment, FrameHash, PublicKey, TreeHash};
pub use id::{
    ApiKeyId, CommandId, ExportId, InvitationId, MemberId, OperatorId, OrganizationId, SubjectId,
    TeamId, TokenId, UserId,
};
pub use text::{Currency, Email, KeyPrefix, Name, Origin, Reason, RoleName, Slug, Username};
pub use time::Timestamp;
