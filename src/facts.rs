//! Floor 1. Facts: what can happen, and the exact form in which it is recorded.

pub mod actor;
pub mod entry;
pub mod event;
pub mod holder;
pub mod permission;
pub mod roles;
#[cfg(feature = "schema")]
mod schema;
pub mod sealed;

pub use actor::{Actor, System};
pub use entry::{Entry, EntryError, Fact, Source};
pub use event::Event;
pub use holder::Holder;
pub use permission::Permission;
pub use roles::{OrganizationKind, RoleSet, Roles, TeamRole};
pub use sealed::{Content, Sealed, Shown};
