//! What tests of several parts share.

pub(crate) mod chance;
pub(crate) mod transcript;
