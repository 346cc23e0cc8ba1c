//! What campaigns share.

#[path = "../it/support/chance.rs"]
#[allow(dead_code, reason = "not every campaign asks for everything")]
pub(crate) mod chance;
pub(crate) mod extent;
#[path = "../it/support/files.rs"]
pub(crate) mod files;
