//! What other systems export, read as rows that can be taken over.

pub(crate) mod better_auth;
mod cells;
pub(crate) mod members;
pub(crate) mod table;
